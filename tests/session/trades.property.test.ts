// Random orders on random trades, with latency, lost replies and answers that overtake each other: whatever happens, no fill
// comes before its order could be there, or takes more than the trades had.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import type { FillModel, Latency } from "../../src/exchange/virtual/index.ts";
import { resample } from "../../src/market/index.ts";
import { simulate, type SimulationPlan, type Step } from "../../src/session/index.ts";
import type { ScriptedAction } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { planOf } from "./plans.ts";

const minutes = 6;

interface Trade {
  /** ms from the first minute on. */
  readonly at: number;
  /** Hundredths. */
  readonly price: number;
  /** Thousandths. */
  readonly size: number;
}

const trade: fc.Arbitrary<Trade> = fc.record({
  at: fc.integer({ min: 0, max: minutes * 120 - 1 }).map((half) => half * 500),
  price: fc.integer({ min: 9_900, max: 10_100 }),
  size: fc.integer({ min: 1, max: 4_000 }),
});

const price = fc.integer({ min: 9_900, max: 10_100 }).map((units) => units / 100);
const order = fc.oneof(
  fc.constant({ type: "market" as const }),
  fc.record({
    type: fc.constant("limit" as const),
    price,
    postOnly: fc.boolean(),
    timeToLive: fc.constantFrom(null, 2_000, 45_000),
    allowMarketFallback: fc.boolean(),
    fallbackOnTimeout: fc.boolean(),
  }),
  fc.record({ type: fc.constant("stop_market" as const), trigger: price }),
  fc.record({ type: fc.constant("trailing_stop" as const), callbackDistance: fc.constantFrom(0.1, 0.5) }),
);
const actions: fc.Arbitrary<ScriptedAction[]> = fc
  .array(
    fc.record({
      bar: fc.integer({ min: 0, max: 3 }),
      leg: fc.constantFrom<"LONG" | "SHORT">("LONG", "SHORT"),
      quantity: fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10),
      order,
      exit: fc.option(order),
      ended: fc.boolean(),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.flatMap(({ exit, ended, bar, order: own, ...rest }, at): ScriptedAction[] => [
      { bar, do: "open", ...rest, order: own, id: `in${at}` },
      ...(exit === null ? [] : [{ onFill: { id: `in${at}` }, do: "reduce" as const, leg: rest.leg, quantity: "filled" as const, order: exit }]),
      ...(ended ? [{ bar: bar + 1, do: "cancel" as const, target: `in${at}` }] : []),
    ]),
  );

const latency: fc.Arbitrary<Latency | null> = fc.option(
  fc.record({
    submitMs: fc.constantFrom(0, 200, 1_700),
    cancelMs: fc.constantFrom(0, 300),
    dataMs: fc.constantFrom(0, 100, 2_500),
    jitterMs: fc.constantFrom(0, 900),
  }),
);
const fault = fc.record({ bar: fc.integer({ min: 1, max: 4 }), kind: fc.constantFrom("lose_reply", "lose_request", "reject", "lose_cancel_reply") });
const settings: fc.Arbitrary<Partial<FillModel>> = fc.record({
  limit: fc.constantFrom<FillModel["limit"]>("through", "touch", { probability: "0.5" }),
  volumeCap: fc.constantFrom("0.25", "1"),
  slippage: fc.constantFrom<FillModel["slippage"]>({ kind: "none" }, { kind: "ticks", ticks: 5 }),
  delivery: fc.constantFrom("immediate", "seeded"),
  latency,
});

const given = fc.record({
  trades: fc.array(trade, { minLength: 8, maxLength: 60 }),
  actions,
  settings,
  faults: fc.array(fault, { maxLength: 2 }),
  seed: fc.integer({ min: 1, max: 1_000 }),
});
type Given = typeof given extends fc.Arbitrary<infer One> ? One : never;

function stepsOf(trades: readonly Trade[]): BarSeries {
  // A trade at the beginning of each minute, so that no bar is missing.
  const firsts = Array.from({ length: minutes }, (_, minute): Trade => ({ at: minute * 60_000, price: 10_000, size: 1_000 }));
  const all = [...firsts, ...trades].sort((a, b) => a.at - b.at);
  const prices = Float64Array.from(all, ({ price: at }) => at);
  return new BarSeries(
    { symbol: plainRules.symbol, timeframe: "trades", interval: 1, priceScale: 2, quantityScale: 3 },
    {
      time: Float64Array.from(all, ({ at }) => at),
      open: prices,
      high: prices,
      low: prices,
      close: prices,
      volume: Float64Array.from(all, ({ size }) => size),
    },
  );
}

function stepOf({ bar, kind }: { bar: number; kind: string }): Step {
  const armed = { next: 1, family: null, symbol: null };
  const action =
    kind === "reject"
      ? { do: kind, ...armed, code: null }
      : kind === "lose_cancel_reply"
        ? { do: kind, ...armed, applied: true }
        : { do: kind, ...armed };
  return { bar, symbol: null, action: action as Step["action"] };
}

function planFor({ trades, actions: list, settings: fill, faults, seed }: Given): SimulationPlan {
  const inside = stepsOf(trades);
  return planOf({
    markets: [{ rules: plainRules, series: [resample(inside, "1m", "all")], inside }],
    actions: list,
    script: { policy: { fallback: { onReject: false, onTimeout: true } } } as never,
    runner: { fallback: { onReject: false, onTimeout: true } },
    fill,
    balance: "100000",
    steps: faults.map(stepOf),
    seed,
  });
}

describe("a session on trades", () => {
  it("is given orders that fill, end and stay unknown", () => {
    const seen = new Set<string>();
    for (const one of fc.sample(given, { numRuns: 150, seed: 4 })) for (const { status } of simulate(planFor(one)).rows.orders) seen.add(status);
    expect([...seen]).toEqual(expect.arrayContaining(["FILLED", "CANCELED", "EXPIRED", "REJECTED", "NEVER_ARRIVED", "SUBMITTED"]));
  });

  it("fills nothing before its order is there, nothing beyond the trades, and says the same twice", () => {
    fc.assert(
      fc.property(given, (one) => {
        const plan = planFor(one);
        const { inside } = plan.markets[0] as SimulationPlan["markets"][number];
        const run = simulate(plan);
        const { submitMs = 0 } = one.settings.latency ?? {};
        const sentAt = new Map(run.rows.orders.map((row) => [row.clientOrderId, row.time]));
        const taken = new Map<number, number>();
        for (const fill of run.rows.fills) {
          expect(fill.time).toBeGreaterThanOrEqual((sentAt.get(fill.clientOrderId) ?? Number.NaN) + submitMs);
          taken.set(fill.time, (taken.get(fill.time) ?? 0) + Math.round(Number(fill.quantity) * 1_000));
        }
        const times = [...(inside as BarSeries).time];
        for (const [time, size] of taken) {
          const there = times.reduce(
            (sum, at, row) => (at === time ? sum + Math.floor((inside as BarSeries).volumeAt(row) * Number(one.settings.volumeCap)) : sum),
            0,
          );
          expect(size).toBeLessThanOrEqual(there);
        }
        expect(simulate(planFor(one)).runHash).toBe(run.runHash);
      }),
      { numRuns: 400 },
    );
  });
});
