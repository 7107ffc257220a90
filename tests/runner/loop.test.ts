// Rows 004-LP-1, 004-ST-1, 004-IN-12, 004-SC-3: the order of one instant, the doors of the runner, and that every order
// traces to an intent or to a named policy.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  attemptOf,
  intentOf,
  type BarIndex,
  type Effect,
  type MarketIndex,
  type Millis,
  type OrderIntent,
  type Sequence,
} from "../../src/domain/index.ts";
import { Runner } from "../../src/runner/index.ts";
import { SimulatedSession } from "../../src/session/index.ts";
import type { Strategy } from "../../src/strategy/index.ts";
import { planOf } from "../session/plans.ts";
import { Harness, minute, orderOf, TestStrategy } from "./harness.ts";

function threeMarkets(topN: number | null): { harness: Harness; trace: string[]; strategies: TestStrategy[] } {
  const trace: string[] = [];
  const strategies = ["A", "B", "C"].map((name) => new TestStrategy({ name, trace }));
  const harness = new Harness({
    markets: strategies.map((strategy) => ({ strategy, market: { symbol: `${strategy.name}/USDC:USDC` } })),
    settings: { topN },
  });
  return { harness, trace, strategies };
}

describe("one instant", () => {
  it("004-LP-1: positioned markets first, then the rest by rank, each after its floor", () => {
    const { harness, trace, strategies } = threeMarkets(null);
    const [a, b, c] = strategies as [TestStrategy, TestStrategy, TestStrategy];
    [a.score, b.score, c.score] = [1, 7, 3];
    a.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1, { market: 0 });
    trace.length = 0;
    harness.bar(1);
    const name = (market: string) => `${market}/USDC:USDC`;
    expect(trace).toEqual([
      `floor ${name("A")}`,
      `bar ${name("A")}`,
      `rank ${name("B")}`,
      `rank ${name("C")}`,
      `floor ${name("B")}`,
      `bar ${name("B")}`,
      `floor ${name("C")}`,
      `bar ${name("C")}`,
    ]);
  });

  it("004-LP-1: with one slot, only the best ranked market may enter", () => {
    const { harness, strategies } = threeMarkets(1);
    strategies.forEach((strategy, at) => {
      strategy.score = [2, Number.NaN, 9][at] as number;
      strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    });
    harness.bar(0);
    expect(harness.sent.map((request) => request.market)).toEqual([2]);
    expect(harness.of("intent_skipped").map(({ market, reason }) => [market, reason])).toEqual([
      [0, "not_in_top_n"],
      [1, "not_in_top_n"],
    ]);
    // The slot is free again once the entry has failed.
    harness.reject(orderOf(1), "injected_rejection", 2);
    (strategies[2] as TestStrategy).at = {};
    harness.bar(1);
    expect(harness.sent.map((request) => request.market)).toEqual([2, 0]);
  });

  it("004-LP-1: of equal ranks the earlier market goes first", () => {
    const { harness, trace } = threeMarkets(null);
    harness.bar(0);
    expect(trace.filter((entry) => entry.startsWith("bar")).map((entry) => entry[4])).toEqual(["A", "B", "C"]);
  });

  it("strategies decide once all markets of the instant have closed", () => {
    const trace: string[] = [];
    const strategies = ["A", "B"].map((name) => new TestStrategy({ name, trace }));
    const harness = new Harness({
      markets: strategies.map((strategy, at) => ({
        strategy,
        market: { symbol: `${strategy.name}/USDC:USDC` },
        closes: [
          [100, 101],
          [50, 51],
        ][at] as number[],
      })),
    });
    const seen: number[] = [];
    (strategies[0] as TestStrategy).at[1] = (ctx) => seen.push(ctx.series("1m", "B/USDC:USDC").close);
    harness.bars(0, 1);
    expect(seen).toEqual([51]);
  });

  it("004-ST-1: a simulation warns once about the hooks that a live session would require", () => {
    const bare = (): Strategy => ({ name: "bare", policy: new TestStrategy().policy, onBar: () => {}, snapshot: () => null, restore: () => {} });
    const harness = new Harness({
      markets: [
        { strategy: bare(), market: { symbol: "A/USDC:USDC" } },
        { strategy: bare(), market: { symbol: "B/USDC:USDC" } },
      ],
    });
    expect(harness.of("alert")).toEqual([
      {
        type: "alert",
        level: "warning",
        text: "bare has no canSubmit, canClose, setBrokerMinimum, onRejected, onExternalChange, onWarmup: a live session would refuse it",
      },
    ]);
    expect(new Harness().of("alert")).toEqual([]);
  });

  it("004-SC-3, INT-1: a simulated session drives this very runner", () => {
    expect(new SimulatedSession(planOf({ actions: [] })).runner).toBeInstanceOf(Runner);
  });
});

interface Scripted {
  readonly bar: number;
  readonly kind: "open" | "add" | "reduce" | "close" | "cancel";
  readonly intent: OrderIntent;
  readonly target: number;
}

const scripts = fc.array(
  fc.record<Scripted>({
    bar: fc.integer({ min: 0, max: 11 }),
    kind: fc.constantFrom("open", "add", "reduce", "close", "cancel"),
    target: fc.integer({ min: 1, max: 12 }),
    intent: fc.record({
      side: fc.constantFrom<"LONG" | "SHORT">("LONG", "SHORT"),
      quantity: fc.constantFrom(0.5, 1, 2.25, 0, Number.NaN),
      orderType: fc.constantFrom<"market" | "limit" | "stop_market">("market", "limit", "stop_market"),
      price: fc.integer({ min: 90, max: 110 }),
      trigger: fc.integer({ min: 90, max: 110 }),
      timeToLive: fc.constantFrom(null, minute),
      allowMarketFallback: fc.boolean(),
      fallbackOnReject: fc.boolean(),
      fallbackOnTimeout: fc.boolean(),
    }),
  }),
  { maxLength: 12 },
);

/** What the venue does with the oldest open order at a bar. */
const answers = fc.array(fc.constantFrom("fill", "half", "reject", "ack", "unknown", "absent", "expire", "cancel", "nothing"), {
  minLength: 12,
  maxLength: 12,
});

function load(strategy: TestStrategy, script: readonly Scripted[], asked: { kind: string; side: string }[]): void {
  for (const bar of new Set(script.map((line) => line.bar))) {
    strategy.at[bar] = (ctx) => {
      for (const line of script.filter((candidate) => candidate.bar === bar)) {
        if (line.kind === "cancel") ctx.cancel(line.target);
        else {
          asked.push({ kind: line.kind, side: line.intent.side });
          ctx[line.kind](line.intent);
        }
      }
    };
  }
}

/** The venue's part of a random session: one answer a bar to the oldest order that is out. */
function answer(harness: Harness, open: Map<number, number>, what: string): Effect[] {
  for (const { order, quantity } of harness.sent) if (!open.has(order) && harness.settled(order).length === 0) open.set(order, quantity / 1_000);
  for (const order of open.keys()) if (/^(FILLED|CANCELED|EXPIRED|REJECTED|NEVER)/.test(harness.settled(order).at(-1) ?? "")) open.delete(order);
  const [order, left] = [...open][0] ?? [0, 0];
  if (order === 0) return [];
  const untouched = harness.sent.find((request) => request.order === order)?.quantity === left * 1_000;
  const part = Math.max(0.001, Math.floor(left * 500) / 1_000);
  switch (what) {
    case "fill":
      open.set(order, 0);
      return harness.fill(order, 100, left);
    case "half":
      open.set(order, Math.round((left - part) * 1_000) / 1_000);
      return harness.fill(order, 100, part);
    case "reject":
      return untouched ? harness.reject(order) : [];
    case "ack":
      return harness.ack(order);
    case "unknown":
      return harness.unknown(order);
    case "absent":
      return untouched ? [...harness.answer(order, null), ...harness.answer(order, null, [], 10_000)] : [];
    case "expire": {
      const cumulative = (harness.sent.find((request) => request.order === order)?.quantity ?? 0) - Math.round(left * 1_000);
      return harness.handle(harness.fact("order_expired", { order: order as never, cumulative: cumulative as never, reason: "volume_cap" }));
    }
    case "cancel": {
      const asked = harness.of("cancel_order").some((effect) => effect.order === order);
      const cumulative = (harness.sent.find((request) => request.order === order)?.quantity ?? 0) / 1_000 - left;
      return asked ? harness.canceled(order, cumulative) : [];
    }
    default:
      return [];
  }
}

function strategyFor(): TestStrategy {
  return new TestStrategy({
    policy: { dcaOrderType: "limit", maxPendingAdds: 2, maxEntrySlipBp: 500, fallback: { onReject: true, onTimeout: true } },
  });
}

describe("orders and intents", () => {
  it("004-IN-12: every order traces to an intent of the strategy, or to a fallback or revert that its policy names", () => {
    fc.assert(
      fc.property(scripts, answers, (script, venue) => {
        const harness = new Harness({ strategy: strategyFor(), settings: { fallback: { onReject: true, onTimeout: true } } });
        const asked: { kind: string; side: string }[] = [];
        load(harness.strategy, script, asked);
        const open = new Map<number, number>();
        for (let bar = 0; bar < 12; bar += 1) {
          harness.bar(bar);
          answer(harness, open, venue[bar] as string);
        }
        const reverts = harness.sent.filter((request) => request.family === "revert");
        for (const { request, reason } of harness.of("submit_order")) {
          if (request.family === "revert") {
            expect(reason).toBe("max_entry_slip");
            continue;
          }
          // Reverts take intent numbers of their own: those asked before it shift by as many.
          const number = intentOf(request.order) - reverts.filter((revert) => revert.order < request.order).length;
          const own = asked[number - 1];
          expect(own).toBeDefined();
          const increases = own?.kind === "open" || own?.kind === "add";
          expect(request.side).toBe((own?.side === "LONG") === increases ? "buy" : "sell");
          if (attemptOf(request.order) === 1)
            expect([reason, request.type, request.replaces]).toEqual(["market_fallback", "market", request.order - 1]);
          else expect(attemptOf(request.order)).toBe(0);
        }
        // I-14: an intent is attempted at most twice.
        const attempts = harness.sent.map((request) => request.order);
        expect(new Set(attempts).size).toBe(attempts.length);
      }),
      { numRuns: 250 },
    );
  });

  it("I-12: every order ends in exactly one terminal record, a late fill aside, or is visibly out", () => {
    const terminal = /^(FILLED|CANCELED|EXPIRED|REJECTED|NEVER_ARRIVED) /;
    fc.assert(
      fc.property(scripts, answers, (script, venue) => {
        const harness = new Harness({ strategy: strategyFor() });
        const asked: { kind: string; side: string }[] = [];
        load(harness.strategy, script, asked);
        const open = new Map<number, number>();
        for (let bar = 0; bar < 12; bar += 1) {
          harness.bar(bar);
          answer(harness, open, venue[bar] as string);
        }
        let out = 0;
        for (const { order } of harness.sent) {
          const ends = harness.settled(order).filter((record) => terminal.test(record));
          expect(ends.length).toBeLessThanOrEqual(1);
          if (ends.length === 0) out += 1;
        }
        expect(harness.runner.openOrders).toBe(out);
        // Every intent that is no order is one SKIPPED record.
        const skipped = new Set(harness.of("intent_skipped").map((skip) => skip.intent));
        const sent = new Set(harness.sent.map((request) => intentOf(request.order)));
        expect([...skipped].filter((intent) => sent.has(intent))).toEqual([]);
        expect(skipped.size + sent.size).toBe(asked.length + harness.sent.filter((request) => request.family === "revert").length);
      }),
      { numRuns: 250 },
    );
  });

  it("handleBar is handle(bar_closed): the same effects, the same snapshot bytes; and equal input gives equal bytes", () => {
    fc.assert(
      fc.property(scripts, answers, (script, venue) => {
        const runs = ["bar", "event", "bar"].map((door) => {
          const harness = new Harness({ strategy: strategyFor() });
          load(harness.strategy, script, []);
          const open = new Map<number, number>();
          const bytes: string[] = [];
          for (let bar = 0; bar < 12; bar += 1) {
            if (door === "bar") harness.bar(bar);
            else {
              const time = ((bar + 1) * minute) as Millis;
              harness.handle({
                type: "bar_closed",
                time,
                sequence: 0 as Sequence,
                market: 0 as MarketIndex,
                series: 0,
                bar: bar as BarIndex,
                decide: true,
              });
              harness.bar(bar, []);
            }
            answer(harness, open, venue[bar] as string);
            bytes.push(JSON.stringify(harness.runner.snapshot()));
          }
          return { effects: harness.effects, bytes };
        });
        expect(runs[1]).toEqual(runs[0]);
        expect(runs[2]).toEqual(runs[0]);
      }),
      { numRuns: 100 },
    );
  });
});
