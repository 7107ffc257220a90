// The grid through the real session: what a range pays is worked out by hand, and what must always hold is watched at every
// hook of generated sessions.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SeatrialError, type MarketRules, type PositionMode } from "../../src/domain/index.ts";
import { venueProfiles } from "../../src/exchange/virtual/index.ts";
import type { RunRecord } from "../../src/journal/index.ts";
import { simulate, SimulatedSession, type SimulationPlan, type Step } from "../../src/session/index.ts";
import {
  Grid,
  grid,
  missingHooks,
  resolveParams,
  type Context,
  type FillView,
  type GridParams,
  type StrategyDefinition,
} from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { syntheticSeries } from "../session/busy-plan.ts";
import { planOf, type Row } from "../session/plans.ts";
import { FakeContext, type Asked } from "./fake-context.ts";

const definition = grid as unknown as StrategyDefinition;

/** Five levels around 100. */
const five: Partial<GridParams> = { lower: 98, upper: 102, levels: 5 };

function plan(rows: readonly Row[], params: Partial<GridParams>, mode: PositionMode = "hedge", steps: readonly Step[] = []): SimulationPlan {
  return planOf({ strategy: definition, params: { ...five, ...params }, rows, mode, steps });
}

const run = (...options: Parameters<typeof plan>): RunRecord => simulate(plan(...options));
/** "buy 99" for each fill, in order. */
const trades = ({ rows }: RunRecord) => rows.fills.map(({ side, price }) => `${side} ${price}`);
const resting = ({ final }: RunRecord) => final.openOrders.map(({ side, price, trigger }) => `${side} ${price ?? trigger}`).sort();
const flat = (price: number): Row => [price, price, price, price, 1_000];

/** Falls through 99 and 98, and comes back to 101.5. */
const valley: readonly Row[] = [flat(100), [100, 100, 97.9, 98.5, 1_000], [98.5, 101.5, 98.4, 101.5, 1_000], flat(101.5), flat(101.5)];
/** Rises through 101 and 102, and comes back to 98.5. */
const hill: readonly Row[] = [flat(100), [100, 102.1, 100, 101.5, 1_000], [101.5, 101.6, 98.5, 98.5, 1_000], flat(98.5), flat(98.5)];

describe("a grid in a range", () => {
  it("long: buys below, sells one level above, puts the buys back", () => {
    const record = run(valley, {});
    // Bought 99 and 98, sold 100 and 99: 2 gained. Fees 0.0002 × (99 + 98 + 99 + 100) = 0.0792.
    expect(trades(record)).toEqual(["buy 99", "buy 98", "sell 99", "sell 100"]);
    expect(record.final.equity).toBe("1001.9208");
    // 101 has never been passed from below by a close before the last bars: its buy rests since the close at 101.5.
    expect(resting(record)).toEqual(["buy 100", "buy 101", "buy 98", "buy 99"]);
  });

  it("short: the mirror of it", () => {
    const record = run(hill, { direction: "short" });
    // Sold 101 and 102, bought back 101 and 100: 2 gained. Fees 0.0002 × (101 + 102 + 101 + 100) = 0.0808.
    expect(trades(record)).toEqual(["sell 101", "sell 102", "buy 101", "buy 100"]);
    expect(record.final.equity).toBe("1001.9192");
    expect(resting(record)).toEqual(["sell 100", "sell 101", "sell 102", "sell 99"]);
  });

  it.each(["hedge", "one_way"] as const)("neutral, %s: long below the start and short above it", (mode) => {
    const rows = [...valley.slice(0, 3), ...hill.slice(1)];
    const record = run(rows, { direction: "neutral" }, mode);
    // After the valley 101 is sold short. The next bar opens at 100 and takes the buy that arrives there; while the close is
    // 101.5 a sell at 101 would not rest, so only 102 is sold. Then the fall: 101 bought back, 99 bought.
    expect(trades(record)).toEqual(["buy 99", "buy 98", "sell 99", "sell 100", "sell 101", "buy 100", "sell 102", "buy 101", "buy 99"]);
    // Four cells of 1, and 98.5 - 99 for the one that is held. Fees: 0.0005 × 100, and 0.0002 × 799 for the other eight.
    expect(record.final.equity).toBe("1003.2902");
    expect(record.rows.skipped).toEqual([]);
  });

  it("market: starts with the cells above the price", () => {
    const record = run([flat(100.5), flat(100.5), [100.5, 102.1, 100.5, 102, 1_000]], { initial: "market" });
    // Three levels are not below 100.5: no. Only 101 is, so one cell is bought at 100.5 and sold at 102.
    expect(trades(record)).toEqual(["buy 100.5", "sell 102"]);
    // 1.5 - 0.0005 × 100.5 - 0.0002 × 102.
    expect(record.final.equity).toBe("1001.42935");
  });

  it("existing: sells on the grid what the account holds already", () => {
    const options = {
      strategy: definition,
      params: { ...five, initial: "existing" },
      rows: [flat(98.5), flat(98.5), [98.5, 100.1, 98.5, 100, 1_000]],
    } as const;
    const record = simulate(planOf({ ...options, positions: [{ symbol: plainRules.symbol, leg: "LONG", quantity: "2", entryPrice: "98" }] }));
    // Cells 99 to 100 and 100 to 101 get one each; the bar reaches the first target only.
    expect(trades(record)).toEqual(["sell 100"]);
    expect(record.final.positions.map(({ quantity }) => quantity)).toEqual(["1"]);
  });

  it("geometric: levels a constant ratio apart", () => {
    // 100, 110, 121: a ratio of 1.1.
    const record = run([flat(130), flat(130)], { lower: 100, upper: 121, levels: 3, spacing: "geometric", notional: 220, quantity: 0 });
    expect(record.final.openOrders.map(({ price, quantity }) => [price, quantity])).toEqual([
      ["110", "2"],
      ["100", "2.2"],
    ]);
  });

  it("without prices it is laid around the first close", () => {
    const record = run([flat(100), flat(100)], { lower: null, upper: null, rangePercent: 2 });
    expect(resting(record)).toEqual(["buy 98", "buy 99"]);
  });

  it("a wide bar that fills both sides of the centre leaves a one-way account flat, and both cells close at the centre", () => {
    const rows: readonly Row[] = [
      flat(100),
      [100, 101.1, 98.9, 100.5, 1_000],
      [100.5, 100.6, 99.4, 99.5, 1_000],
      [99.5, 100.5, 99.5, 100.5, 1_000],
      [100.5, 100.5, 99.9, 100, 1_000],
    ];
    const record = run(rows, { direction: "neutral" }, "one_way");
    // Both close at 100, one after the other: a level has one order. Each cell earns 1.
    expect([...trades(record)].sort()).toEqual(["buy 100", "buy 99", "sell 100", "sell 101"]);
    expect(record.final.positions).toEqual([]);
    // 2 - 0.0002 × (99 + 101 + 100 + 100).
    expect(record.final.equity).toBe("1001.92");
    // The sell at 100 left as a reduction of the 1 that was held then; the venue refused it, and it came again as a plain sell.
    expect(record.metrics.rejected).toBe(1);
  });
});

describe("a grid that is left", () => {
  const fall: readonly Row[] = [
    flat(100),
    [100, 100, 98.9, 99, 1_000],
    [99, 99, 98.5, 98.5, 1_000],
    [98.5, 98.5, 96, 96.5, 1_000],
    flat(96.5),
    flat(96.5),
  ];

  it("stops at the venue: everything is cancelled and closed, and it stays so", () => {
    const record = run([...fall, flat(100), flat(103), flat(97.5), flat(97.5)], { stopLower: 97 });
    // Bought 99; the next bars reach 98 and then the stop at 97, which stands for what was held when it left.
    expect(trades(record).slice(0, 2)).toEqual(["buy 99", "buy 98"]);
    expect(
      trades(record)
        .slice(2)
        .every((trade) => trade.startsWith("sell")),
    ).toBe(true);
    expect(record.final.positions).toEqual([]);
    expect(record.final.openOrders).toEqual([]);
  });

  it("stops at a bar's close where there is nothing at the venue yet", () => {
    const record = run([flat(100), [100, 100, 96, 96.5, 1_000], flat(96.5), flat(96.5)], { stopLower: 97 });
    // 99 and 98 fill on the way down; the stop was not out yet. Closed at the next open.
    expect(trades(record)).toEqual(["buy 99", "buy 98", "sell 96.5"]);
    expect(record.final.openOrders).toEqual([]);
  });

  it("stays stopped when a refused order puts an older state back, and brings its stop back when a cancel took it", () => {
    const strategy = new Grid(resolveParams(grid, { ...five, stopLower: 97 }));
    const context = new FakeContext(strategy, { instrument: { tick: 0.01 } });
    const [first] = context.close1m([100, 100, 100, 100]);
    expect(first).toMatchObject({ kind: "OPEN", family: "dca", price: 99 });
    const before = strategy.snapshot();
    context.fill(first as Asked, 99);
    const stop = context.asked.find(({ family }) => family === "sl") as Asked;
    expect(stop).toMatchObject({ quantity: 1, trigger: 97 });
    context.cancel(stop.number);
    context.confirmCancels();
    expect(context.close1m([99, 99, 98.5, 98.5]).map(({ family, quantity }) => [family, quantity])).toEqual([["sl", 1]]);
    context.close1m([98, 98, 96, 96]);
    strategy.restore(before);
    expect(strategy.snapshot().stopped).toBe(true);
    expect(strategy.canSubmit()).toMatchObject({ allowed: false });
  });

  it("pause: takes its buys away outside of the range and puts them back inside", () => {
    const params = { outside: "pause" } as const;
    expect(resting(run([flat(101.5), flat(102.5), flat(102.5)], params))).toEqual([]);
    expect(resting(run([flat(101.5), flat(102.5), flat(102.5), flat(101.5), flat(101.5)], params))).toEqual([
      "buy 100",
      "buy 101",
      "buy 98",
      "buy 99",
    ]);
    expect(resting(run([flat(101.5), flat(102.5), flat(102.5)], {}))).toEqual(["buy 100", "buy 101", "buy 98", "buy 99"]);
  });

  it("gives up the cells whose holding somebody else closed", () => {
    const closed: Step = { bar: 2, symbol: null, action: { do: "close_position", leg: "LONG", quantity: null, notify: true } };
    const record = run([flat(100), [100, 100, 98.9, 98.9, 1_000], flat(99.2), flat(99.2), flat(99.2), flat(99.2)], {}, "hedge", [closed]);
    expect(trades(record)).toEqual(["buy 99"]);
    expect(resting(record)).toEqual(["buy 98", "buy 99"]);
  });
});

describe("a grid that is refused", () => {
  it("tries one order alone after the time to retry, then all", () => {
    const reject: Step = { bar: 1, symbol: null, action: { do: "reject", next: 2, code: null, family: null, symbol: null } };
    const rows = Array.from({ length: 6 }, () => flat(100));
    const record = run(rows, { retryMs: 120_000 }, "hedge", [reject]);
    // Two rejections at the open of bar 1 (60 s). At 180 s the nearest is asked for alone, at 240 s the other.
    expect(record.rows.orders.map(({ price, status, bar }) => [price, status, bar])).toEqual([
      ["99", "REJECTED", 0],
      ["98", "REJECTED", 0],
      ["99", "SUBMITTED", 2],
      ["98", "SUBMITTED", 3],
    ]);
  });

  it("does not ask for every level at every bar while the operator's stop is on", () => {
    const stop: Step = { bar: 0, symbol: null, action: { do: "stop_new_orders", text: "test" } };
    const record = run(
      Array.from({ length: 11 }, () => flat(100)),
      { retryMs: 300_000 },
      "hedge",
      [stop],
    );
    // Both levels at 60 s, one alone at 360 s, one alone at 660 s.
    expect(record.rows.skipped.map(({ bar }) => bar)).toEqual([0, 0, 5, 10]);
  });

  it("post-only: a buy that the price has passed waits until the price is back", () => {
    const rows: readonly Row[] = [flat(100), [98.6, 98.6, 98.6, 98.6, 1_000], [98.6, 100, 98.6, 100, 1_000], flat(100)];
    const record = run(rows, { postOnly: true });
    expect(record.rows.orders.map(({ price, status }) => [price, status])).toEqual([
      ["99", "REJECTED"],
      ["98", "SUBMITTED"],
      ["99", "SUBMITTED"],
    ]);
  });
});

/** What must hold whenever the grid is told anything. */
class Watched extends Grid {
  readonly seen: string[] = [];
  private bought = 0;
  checks = 0;

  override onBar(ctx: Context): void {
    super.onBar(ctx);
    this.watch(ctx);
  }

  override onFill(ctx: Context, fill: FillView): void {
    const increases = fill.kind === "OPEN" || fill.kind === "ADD";
    this.bought += (fill.side === "LONG") === increases ? fill.quantity : -fill.quantity;
    super.onFill(ctx, fill);
    this.watch(ctx);
  }

  private watch(ctx: Context): void {
    const cells = this.snapshot().cells;
    if (cells === null) return;
    this.checks += 1;
    const prices = ctx.orders().flatMap(({ price }) => (price === null ? [] : [price]));
    const strange = prices.filter((price) => !cells.levels.includes(price));
    if (strange.length > 0) this.seen.push(`bar ${ctx.bar}: orders off the levels at ${strange.join(", ")}`);
    if (new Set(prices).size !== prices.length) this.seen.push(`bar ${ctx.bar}: two orders of one level, ${prices.join(", ")}`);
    const net = ctx.position("LONG").quantity - ctx.position("SHORT").quantity;
    if (Math.abs(net - this.bought) > 1e-6) this.seen.push(`bar ${ctx.bar}: position ${net}, fills ${this.bought}`);
    const held = cells.held.reduce((sum, one, cell) => sum + (cell < cells.centre ? one : -one), 0);
    if (!this.snapshot().stopped && Math.abs(net - held) > 1e-6) this.seen.push(`bar ${ctx.bar}: position ${net}, cells ${held}`);
  }
}

describe("at every bar and fill of a generated session", () => {
  const cases = fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    direction: fc.constantFrom("long", "short", "neutral"),
    levels: fc.integer({ min: 2, max: 30 }),
    spacing: fc.constantFrom("arithmetic", "geometric"),
    rangePercent: fc.constantFrom(0.5, 1, 3),
    market: fc.boolean(),
    outside: fc.constantFrom("keep", "pause"),
    postOnly: fc.boolean(),
    stops: fc.boolean(),
    hedge: fc.boolean(),
    seeded: fc.boolean(),
    thin: fc.boolean(),
    faults: fc.boolean(),
  });
  // Reductions of a one-way account that the venue ends in part, their ends told before their fills.
  const reduced = {
    seed: 11,
    direction: "neutral",
    levels: 17,
    spacing: "arithmetic",
    rangePercent: 0.5,
    market: false,
    outside: "keep",
    postOnly: false,
    stops: false,
    hedge: false,
    seeded: true,
    thin: true,
    faults: false,
  };
  it("orders stand on levels, one at a level, and the position is the sum of the fills and of the cells", () => {
    fc.assert(
      fc.property(cases, ({ seed, market, stops, hedge, seeded, thin, faults, ...params }) => {
        const made: Watched[] = [];
        const watched = { ...definition, create: (given: unknown) => (made[0] = new Watched(given as GridParams)) } as StrategyDefinition;
        const initial = market && params.direction !== "neutral" ? "market" : "none";
        const faulty: Step[] = [
          { bar: 40, symbol: null, action: { do: "reject", next: 2, code: null, family: null, symbol: null } },
          { bar: 90, symbol: null, action: { do: "lose_reply", next: 1, family: null, symbol: null } },
          { bar: 120, symbol: null, action: { do: "partial_fill", next: 1, share: "0.5", family: null, symbol: null } },
        ];
        const plan = planOf({
          strategy: watched,
          params: { ...params, initial, quantity: 0.5, ...(stops ? { stopLower: 40, stopUpper: 44 } : {}) },
          markets: [{ rules: plainRules, series: [syntheticSeries(240, seed)] }],
          balance: "20000",
          mode: hedge ? "hedge" : "one_way",
          fill: { ...(seeded ? { delivery: "seeded", deliveryWindow: 1_000 } : {}), ...(thin ? { volumeCap: "0.0001" } : {}) },
          seed,
          steps: faults ? faulty : [],
        });
        const session = new SimulatedSession(plan);
        session.run();
        expect(session.record().rows.halt).toBe(null);
        expect(made[0]?.seen).toEqual([]);
        expect(made[0]?.checks).toBeGreaterThan(200);
      }),
      { numRuns: 150, examples: [[reduced]] },
    );
  });

  it("on spot, too, where fees are taken out of the coins", () => {
    const rules: MarketRules = { ...plainRules, symbol: "TEST/USDC", kind: "spot", minNotional: "5" };
    const plan = planOf({ strategy: definition, params: { rangePercent: 1, quantity: 0.5, initial: "market" }, mode: "one_way" });
    for (const seed of [1, 2, 3]) {
      const base = syntheticSeries(400, seed);
      const record = simulate({
        ...plan,
        profile: venueProfiles["binance-spot"] as SimulationPlan["profile"],
        balances: { USDC: "1000" },
        markets: [{ rules, series: [Object.assign(Object.create(Object.getPrototypeOf(base) as object), base, { symbol: rules.symbol })] }],
      });
      expect(record.rows.halt).toBe(null);
      expect(record.metrics.rejected).toBe(0);
      expect(record.rows.fills.filter(({ side }) => side === "sell").length).toBeGreaterThan(5);
    }
  });
});

describe("the parameters of a grid", () => {
  it.each([
    [{ lower: 100, upper: 90 }, "upper must be above lower, 100"],
    [{ direction: "both" }, "direction must be one of long, short, neutral"],
    [{ levels: 1 }, "levels must be a number from 2 to 500"],
    [{ levels: 10.5 }, "levels must be a whole number"],
    [{ lower: -1 }, "lower must be null or a price above 0"],
    [{ quantity: 0 }, "quantity must be above 0 where there is no notional"],
    [{ direction: "neutral", initial: "market" }, 'initial must be "none" with direction neutral'],
    [{ lower: 90, stopLower: 95 }, "stopLower must be below lower, 90"],
    [{ upper: 110, stopUpper: 105 }, "stopUpper must be above upper, 110"],
  ])("%j is refused: %s", (params, message) => {
    expect(() => resolveParams(grid, params as never)).toThrow(message);
  });

  it("levels that the tick does not tell apart are an error of the parameters", () => {
    expect(() => run([flat(100)], { lower: 100, upper: 100.05, levels: 20 })).toThrow(SeatrialError);
    expect(() => run([flat(100)], { lower: 100, upper: 100.05, levels: 20 })).toThrow(
      /20 levels from 100 to 100.05 are closer than the tick of 0.01/,
    );
  });

  it("has every hook that a live session requires", () => {
    expect(missingHooks(new Grid(resolveParams(grid, {})))).toEqual([]);
  });
});
