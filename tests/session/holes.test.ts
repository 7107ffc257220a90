// Holes in the bars: what falls due in one happens before the bar behind it, at its own time; what is sent in one meets that
// bar's open. Nothing fills where there are no bars.
import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import { simulate, type SimulationPlan, type Step } from "../../src/session/index.ts";
import type { ScriptedAction } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, quiet, type Row } from "./plans.ts";

const minute = 60_000;
/** Bars 0 and 1, then five minutes without any, then bars that open at 104. */
const rows: readonly Row[] = [quiet, quiet, [104, 105, 103, 104.2, 1_000], [104.2, 105, 104, 104.5, 1_000]];

function holed(): BarSeries {
  const bars = barsOf(rows);
  const { symbol, timeframe, interval, priceScale, quantityScale, open, high, low, close, volume } = bars;
  const time = bars.time.map((at, bar) => (bar < 2 ? at : at + 5 * minute));
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, { time, open, high, low, close, volume });
}

function planWith(actions: readonly ScriptedAction[], steps: readonly Step[] = []): SimulationPlan {
  const fallback = { onTimeout: true, onReject: false };
  return planOf({
    actions,
    markets: [{ rules: plainRules, series: [holed()] }],
    script: { policy: { fallback } },
    runner: { fallback },
    steps,
  });
}

/** The same session along the fast road, and through the feed, which a step behind the end asks for. */
const roads = (actions: readonly ScriptedAction[], steps: readonly Step[] = []) => [
  planWith(actions, steps),
  planWith(actions, [...steps, { bar: 1_000, symbol: null, action: { do: "resume", text: "" } }]),
];

const bid = { type: "limit", price: 98, timeToLive: 90_000 } as const;

describe("a life that ends in a hole", () => {
  it.each([0, 1])("is cancelled at the open behind it, and its fallback never fills in the hole (road %i)", (road) => {
    const order = { ...bid, allowMarketFallback: true, fallbackOnTimeout: true };
    const plan = roads([{ bar: 0, do: "open", leg: "LONG", quantity: 1, order }])[road] as SimulationPlan;
    const record = simulate(plan);
    const { rows: found } = record;
    const records = [...record.journalLines()].map((line) => JSON.parse(line) as { type: string; time: number; bar: number });
    // Sent at 1:00 for 90 s: due at 2:30, in the hole of 2:00 to 7:00.
    expect(records.find(({ type }) => type === "cancel_order")).toMatchObject({ time: 2.5 * minute, bar: 1 });
    expect(records.find(({ type }) => type === "order_canceled")).toMatchObject({ time: 7 * minute, bar: 2 });
    expect(found.orders.map(({ type, status, bar }) => [type, status, bar])).toEqual([
      ["limit", "CANCELED", 0],
      ["market", "FILLED", 2],
    ]);
    // A fallback inside a bar takes its worst price.
    expect(found.fills).toMatchObject([{ price: "105", time: 7 * minute, bar: 2 }]);
  });
});

describe("a question that falls due in a hole", () => {
  it.each([0, 1])("is asked at the open behind it, and the outcome is found out (road %i)", (road) => {
    const lost: Step = { bar: 1, symbol: null, action: { do: "lose_request", next: 1, family: null, symbol: null } };
    const plan = roads([{ bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 98 } }], [lost])[road] as SimulationPlan;
    const { rows: found } = simulate({ ...plan, runner: { ...plan.runner, queryIntervalMs: 30_000 } });
    expect(found.orders.map(({ status }) => status)).toEqual(["NEVER_ARRIVED"]);
  });
});
