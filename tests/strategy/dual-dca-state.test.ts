import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createStrategy, dualDca, missingHooks, type DualDcaState } from "../../src/strategy/index.ts";
import { brief, entered, lotsOf, sixLots, trade } from "./dca-setup.ts";
import type { Asked, Candle } from "./fake-context.ts";
import { playBar } from "./replay.ts";

describe("trend", () => {
  const trendSizing = {
    enabled: true,
    timeframe: "1w",
    period: 2,
    slopeBars: 1,
    thresholdPercent: 1,
    scoreLow: 45,
    scoreHigh: 75,
    minPercent: 0.5,
    maxPercent: 2,
  };

  it("sizes the first order by the score of slope and distance", () => {
    const { context } = trade({ sizing: "equity_pct", equityForSizing: 10_000, trendSizing, sides: "both" });
    context.feed("1w", [100, 100, 101]);
    // Average 100.5 after 100: slope 0.5 % → 12.5; distance 101/100.5 − 1 = 0.4975 % → 12.4378. Long score 74.9378:
    // 0.5 + 1.5 × 29.9378/30 = 1.99689 % of 10 000 at 10 = 19.9689 → 19.97. Short score 25.06 is below 45: 0.5 % = 5.
    expect(context.close1m([10, 10, 10, 10]).map((asked) => asked.quantity)).toEqual([19.97, 5]);
  });

  it("withholds a share of an ADD against the trend", () => {
    const make = (counterTrendDcaBlock: number) => {
      const { context } = trade({ counterTrendDcaBlock, trendSizing: { ...trendSizing, enabled: false } });
      // 100 → 97: slope of the average (100 → 98.5) −1.5 %
      context.feed("1w", [100, 100, 97]);
      const [entry] = context.close1m([100, 100, 100, 100]);
      context.fill(entry as Asked, 100);
      return context.close1m([99.6, 99.6, 99.6, 99.6]).map((asked) => asked.quantity);
    };
    expect(make(0)).toEqual([1.5]);
    expect(make(0.4)).toEqual([0.9]);
    expect(make(1)).toEqual([]);
  });
});

describe("state", () => {
  it("a snapshot restored into a fresh instance is equal and goes on alike (004-DS-7)", () => {
    const { context, strategy } = sixLots();
    const saved = JSON.parse(JSON.stringify(strategy.snapshot())) as DualDcaState;
    const { context: other, strategy: copy } = trade({ tpPercent: 0.22, subSellTpPercent: 0.36 });
    copy.restore(saved);
    expect(copy.snapshot()).toEqual(strategy.snapshot());
    Object.assign(other.position("LONG"), context.position("LONG"));
    expect(brief(other.close1m([97, 97.36, 97, 97.36]))).toEqual(brief(context.close1m([97, 97.36, 97, 97.36])));
  });

  it("holds plain trade fields only", () => {
    const { strategy } = sixLots();
    expect(Object.keys(strategy.snapshot().long ?? {}).sort()).toEqual(["armed", "base", "extreme", "flight", "lots", "recent"]);
  });

  it("a rollback forgets no order that is still out", () => {
    const { context, strategy } = trade({ sides: "both" });
    const [long, short] = context.close1m([100, 100, 100, 100]);
    // The long entry's snapshot is older than the short entry.
    context.end(long as Asked, "REJECTED", "insufficient_funds", true);
    expect(strategy.snapshot().short?.flight.entry).toBe(short?.number);
    expect(context.close1m([100, 100, 100, 100]).map((asked) => asked.side)).toEqual(["LONG"]);
  });

  it("a rollback of one leg leaves the other where it is: its lots, and the extreme of its trailing take-profit (004-DS-6)", () => {
    const { context, strategy } = trade({ sides: "both" });
    const [long, short] = context.close1m([100, 100, 100, 100]);
    context.fill(short as Asked, 100);
    // Target of the short leg: 100 × (1 - 0.22 %) = 99.78, touched at 99.5; the callback would be 99.5 × 1.001 = 99.5995.
    expect(context.close1m([99.8, 99.8, 99.5, 99.5])).toEqual([]);
    context.end(long as Asked, "REJECTED", "insufficient_funds", true);
    expect(strategy.snapshot().short).toMatchObject({ armed: true, extreme: 99.5, lots: [{ quantity: 1, price: 100 }] });
    expect(strategy.snapshot().long?.flight.entry).toBe(0);
  });

  it("keeps the newest take-profit when it looks at the open orders while the replaced one is still being cancelled", () => {
    const { context, strategy } = trade({ ladder: "resting", restingRungs: 2, tpPercent: 1 });
    const [entry] = context.close1m([100, 100, 100, 100]);
    const [first, rung] = context.fill(entry as Asked, 100);
    // A part of the rung: the target is replaced, and the leg looks at the open orders at the next bar.
    const [second] = context.fill(rung as Asked, 99.7, 0.5);
    (first as Asked).status = "SUBMITTED";
    expect(context.close1m([99.7, 99.7, 99.7, 99.7])).toEqual([]);
    expect(strategy.snapshot().long?.flight.target.intent).toBe(second?.number);
  });

  it("orders its lots by rung, whatever the order in which one bar's fills are told", () => {
    const { context, strategy } = entered(100);
    const adds = context.close1m([100, 100, 99.3, 99.3]);
    for (const add of adds.toReversed()) context.fill(add, 99.3);
    expect(lotsOf(strategy).map((lot) => lot.rung)).toEqual([0, 1, 2]);
    // Rung 3 stands at 99.3012 × 0.994 = 98.7053928.
    expect(context.close1m([99, 99, 98.71, 98.71])).toEqual([]);
    expect(context.close1m([99, 99, 98.7, 98.7]).map((add) => add.tag)).toEqual(["rung 3"]);
  });

  it("adopts a position that was changed outside: newest lots go first", () => {
    const { context, strategy } = sixLots();
    context.changeOutside("LONG", 4);
    expect(lotsOf(strategy).map((lot) => lot.quantity)).toEqual([1, 1.5, 1, 0.5]);
    context.changeOutside("LONG", 0);
    expect(lotsOf(strategy)).toEqual([]);
    expect(context.close1m([97, 97, 97, 97])[0]?.kind).toBe("OPEN");
  });

  it("has every hook that a live session requires", () => {
    expect(missingHooks(createStrategy(dualDca, {}))).toEqual([]);
  });

  it("knows an order whose end it was not told of only until the next bar", () => {
    const { context, strategy } = entered(100);
    const [add] = context.close1m([99.6, 99.6, 99.6, 99.6]);
    context.fill(add as Asked, 99.6, 0.5);
    (add as Asked).status = "EXPIRED";
    context.close1m([99.6, 99.6, 99.6, 99.6]);
    expect(strategy.snapshot().long?.flight.rungs).toEqual([]);
  });
});

describe("on random walks", () => {
  const walk = fc.array(fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
    minLength: 5,
    maxLength: 120,
  });

  function candlesOf(moves: readonly (readonly [number, number, number])[]): Candle[] {
    let open = 10_000;
    return moves.map(([move, up, down]) => {
      const close = Math.max(5_000, open + move);
      const candle: Candle = [open / 100, (Math.max(open, close) + up) / 100, (Math.min(open, close) - down) / 100, close / 100];
      open = close;
      return candle;
    });
  }

  const settings = fc.record({
    ladder: fc.constantFrom("close" as const, "resting" as const),
    sides: fc.constantFrom("long" as const, "both" as const),
    hardBreakevenDeleveragePct: fc.constantFrom(0, 50),
    equityForSizing: fc.constantFrom(1_000, 100_000),
    autoMerge: fc.boolean(),
    subSellMinFills: fc.constantFrom(1, 2, 5),
    confirmMode: fc.constantFrom("close" as const, "touch" as const),
  });

  it("no partial fills below its lot's floor, and lots are what is held (004-DS-5)", () => {
    fc.assert(
      fc.property(walk, settings, (moves, params) => {
        const { context, strategy } = trade({ ...params, restingRungs: 4 });
        for (const candle of candlesOf(moves)) {
          const left = new Set<string>();
          playBar(context, candle, (asked, price) => {
            if (asked.family === "tp" || asked.kind === "CLOSE") left.add(asked.side);
            if (asked.family !== "partial") return;
            const state = strategy.snapshot();
            const rung = Number((asked.tag ?? "").slice("rung ".length));
            const leg = asked.side === "LONG" ? state.long : state.short;
            const lot = leg?.lots.findLast((one) => one.rung === rung);
            // The whole position went in this very bar, and a rung that was being cancelled has begun a new one: it has no such lot.
            if (lot === undefined && left.has(asked.side)) return;
            if (lot === undefined) throw new Error(`a partial of rung ${rung} sells no lot`);
            const direction = asked.side === "LONG" ? 1 : -1;
            const percent = asked.reason === "hard_breakeven_deleverage" ? 0.1 : 0.1 + 0.22;
            expect(direction * (price - lot.price * (1 + (direction * percent) / 100))).toBeGreaterThanOrEqual(-1e-9);
          });
          for (const side of ["LONG", "SHORT"] as const) {
            const leg = side === "LONG" ? strategy.snapshot().long : strategy.snapshot().short;
            const sum = (leg?.lots ?? []).reduce((total, lot) => total + lot.quantity, 0);
            expect(sum).toBeCloseTo(context.position(side).quantity, 6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
