// Unprotected bars: an exit that answers a fill is live from the next bar on; where the rest of the fill's bar would have
// reached it, that is told with its cost. Every bar is drawn so that the answer can be read off it.
import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import type { LateExit, UnprotectedRow } from "../../src/journal/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { simulate } from "../../src/session/index.ts";
import { unprotectedRows } from "../../src/session/unprotected-bars.ts";
import type { ScriptedAction, ScriptedOrder } from "../../src/strategy/index.ts";
import { instrument, plainRules } from "../domain/rules.ts";
import { barsOf, planOf, quiet, type Row } from "./plans.ts";

const stop = (trigger: number): ScriptedOrder => ({ type: "stop_market", trigger, family: "sl" });
const open: ScriptedAction = { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "in" };
const stopped = (trigger: number): ScriptedAction[] => [open, { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: stop(trigger) }];

function unprotected(actions: readonly ScriptedAction[], rows: readonly Row[], fill: Partial<FillModel> = {}): readonly UnprotectedRow[] {
  const script = { policy: { dcaOrderType: "limit", maxPendingAdds: 2 } } as const;
  const options = { actions, rows: [quiet, ...rows], balance: "10000", script };
  const told = simulate(planOf({ ...options, fill })).rows.unprotected;
  // A delay of the answers that stays inside the bar changes neither the fills nor what they left open.
  expect(simulate(planOf({ ...options, fill: { ...fill, delivery: "seeded" } })).rows.unprotected).toEqual(told);
  return told;
}

describe("a stop that answers the fill of its own bar", () => {
  it("was reached, and the bar came back: the result is flattered by the way back", () => {
    // Bought at the open of 100; down to 95 through 97, closed at 99: 1 × (97 − 99).
    expect(unprotected(stopped(97), [[100, 101, 95, 99, 1_000], quiet])).toEqual([
      {
        symbol: plainRules.symbol,
        leg: "LONG",
        exit: "stop",
        quantity: "1",
        price: "97",
        reached: "95",
        close: "99",
        cost: "-2",
        time: 60_000,
        bar: 1,
      },
    ]);
  });

  it("was reached, and the bar closed beyond it: the cost is what the way on has lost", () => {
    expect(unprotected(stopped(97), [[100, 101, 95, 95.5, 1_000], quiet])).toMatchObject([{ price: "97", close: "95.5", cost: "1.5" }]);
  });

  it("was touched: that sets a stop off", () => {
    expect(unprotected(stopped(95), [[100, 101, 95, 99, 1_000], quiet])).toMatchObject([{ reached: "95", cost: "-4" }]);
    expect(unprotected(stopped(94.99), [[100, 101, 95, 99, 1_000], quiet])).toEqual([]);
  });

  it("was beyond the fill already: it would have been sold where the fill was", () => {
    expect(unprotected(stopped(100.5), [[100, 101, 99, 99.5, 1_000], quiet])).toMatchObject([{ price: "100", cost: "0.5" }]);
  });

  it("is none where nobody trades: a bar without volume sets nothing off", () => {
    const given = [open, { bar: 0, do: "add", leg: "LONG", quantity: 1, order: { type: "market" } }] as const;
    expect(unprotected([...given, ...stopped(97).slice(1)], [[100, 100, 100, 100, 0], quiet])).toEqual([]);
  });

  it("of a short is reached on the way up", () => {
    const short: ScriptedAction[] = [
      { ...open, leg: "SHORT", quantity: 2 },
      { onFill: { id: "in" }, do: "reduce", leg: "SHORT", quantity: 2, order: stop(103) },
    ];
    // Sold at 100; up to 105 through 103, closed at 104: 2 × (104 − 103).
    expect(unprotected(short, [[100, 105, 99.5, 104, 1_000], quiet])).toMatchObject([
      { leg: "SHORT", quantity: "2", price: "103", reached: "105", cost: "2" },
    ]);
  });
});

describe("only what came after the fill counts", () => {
  const limit = (price: number): ScriptedAction => ({ ...open, order: { type: "limit", price } });
  const answer = (trigger: number): ScriptedAction => ({ onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: stop(trigger) });
  const bar: Row = [100, 105, 95, 101, 1_000];

  it("of a fill on the way down the rest of the fall", () => {
    // Open 100 → 95 → 105 → 101: bought at 98, then down to 95.
    expect(unprotected([limit(98), answer(96)], [bar, quiet], { path: "olhc" })).toMatchObject([{ reached: "95", time: 75_000, cost: "-5" }]);
  });

  it("and not the low that came before", () => {
    // A buy stop at 103 fills on the way up, behind the low of 95; from there on 105 and 101 come.
    const entry: ScriptedAction = { ...open, order: { type: "stop_market", trigger: 103 } };
    expect(unprotected([entry, answer(96)], [bar, quiet], { path: "olhc" })).toEqual([]);
    // In the other order of prices the low comes last.
    expect(unprotected([entry, answer(96)], [bar, quiet], { path: "ohlc" })).toMatchObject([{ reached: "95", cost: "-5" }]);
  });
});

describe("what is not late", () => {
  it("a child that lives at the venue: it acts in the rest of the bar", () => {
    const child: ScriptedAction = { bar: 0, do: "reduce", leg: "LONG", quantity: 1, order: { ...stop(97), parent: "in" } };
    expect(unprotected([open, child], [[100, 101, 95, 99, 1_000], quiet])).toEqual([]);
  });

  it("a stop that is decided at the close: nobody would have had it before", () => {
    const decided: ScriptedAction = { bar: 1, do: "reduce", leg: "LONG", quantity: 1, order: stop(97) };
    expect(unprotected([open, decided], [[100, 101, 95, 99, 1_000], quiet])).toEqual([]);
  });

  it("a first target: without a stale one the delay only costs, and a target that rests is none that is missed", () => {
    const target: ScriptedAction = {
      onFill: { id: "in" },
      do: "reduce",
      leg: "LONG",
      quantity: 1,
      order: { type: "limit", price: 101, family: "tp" },
    };
    expect(unprotected([open, target], [[100, 105, 99, 100, 1_000], quiet])).toEqual([]);
  });
});

describe("two fills in one bar", () => {
  const rung = (price: number, id: string): ScriptedAction => ({ bar: 1, do: "add", leg: "LONG", quantity: 1, order: { type: "limit", price }, id });
  const ladder = (second: number): ScriptedAction[] => [
    open,
    rung(99, "upper"),
    rung(97, "lower"),
    { onFill: { id: "upper" }, do: "reduce", leg: "LONG", quantity: 2, order: stop(96), id: "first" },
    { onFill: { id: "lower" }, do: "reduce", leg: "LONG", quantity: 3, order: { ...stop(second), replaces: "first" } },
  ];
  const falling: Row = [100, 100, 95, 98, 1_000];

  it("the first stop stood only until the second fill took it back", () => {
    // From 99 to 97 nothing reaches 96; the second stop at 94 is below the low.
    expect(unprotected(ladder(94), [quiet, falling, quiet])).toEqual([]);
  });

  it("the second one was reached with the whole position", () => {
    // 3 × (95.5 − 98)
    expect(unprotected(ladder(95.5), [quiet, falling, quiet])).toMatchObject([{ quantity: "3", price: "95.5", cost: "-7.5", bar: 2 }]);
  });
});

it("an amendment that answers a fill is as late as a new order", () => {
  const amended: ScriptedAction[] = [
    open,
    { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: stop(90), id: "stop" },
    { bar: 1, do: "add", leg: "LONG", quantity: 1, order: { type: "limit", price: 97 }, id: "rung" },
    { onFill: { id: "rung" }, do: "amend", target: "stop", quantity: 2, order: { trigger: 96 } },
  ];
  // The stop at 90 stands at the venue; moved to 96 for both, it would have been reached: 2 × (96 − 98).
  expect(unprotected(amended, [quiet, [100, 100, 95, 98, 1_000], quiet])).toMatchObject([{ quantity: "2", price: "96", cost: "-4", bar: 2 }]);
});

describe("a target of the size from before the fill", () => {
  const resized: ScriptedAction[] = [
    open,
    { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "limit", price: 105, family: "tp" }, id: "target" },
    { bar: 1, do: "add", leg: "LONG", quantity: 1, order: { type: "limit", price: 97 }, id: "rung" },
    {
      onFill: { id: "rung" },
      do: "reduce",
      leg: "LONG",
      quantity: 2,
      order: { type: "limit", price: 103, family: "tp", replaces: "target" },
    },
  ];

  it("was filled: what the new one would have closed beside it stayed open", () => {
    // Open 100 → 96 (the rung at 97) → 106 (the old target at 105 sells 1) → 101: 1 × (103 − 101).
    expect(unprotected(resized, [quiet, [100, 106, 96, 101, 1_000], quiet], { path: "olhc" })).toMatchObject([
      { exit: "take_profit", quantity: "1", price: "103", reached: "106", cost: "2", bar: 2 },
    ]);
  });

  it("was not filled: nothing was stale", () => {
    expect(unprotected(resized, [quiet, [100, 104, 96, 101, 1_000], quiet], { path: "olhc" })).toEqual([]);
  });
});

describe("finer data inside the bars", () => {
  const told = (series: BarSeries, inside: BarSeries, fill: Partial<FillModel> = {}) => {
    const markets = [{ rules: plainRules, series: [series], inside }];
    return simulate(planOf({ actions: stopped(97), markets, balance: "10000", fill })).rows.unprotected;
  };

  it("the stop is late for the rest of the shorter bar alone", () => {
    const minutes: Row[] = [quiet, quiet, [100, 100, 95, 99, 1_000], [99, 99, 98, 98, 1_000]];
    const bars = barsOf([quiet, [100, 100, 95, 98, 2_000]], { interval: 120_000 });
    // Bought at 100, down to 95, and live when the second minute opens at 99: 1 × (97 − 99).
    expect(told(bars, barsOf(minutes))).toMatchObject([{ price: "97", reached: "95", close: "99", cost: "-2", time: 120_000, bar: 1 }]);
  });

  it("between trades it is late for as long as it is on its way", () => {
    const at = [0, 60_000, 75_000, 80_000, 95_000, 119_000];
    const price = Float64Array.from([100, 100, 100, 96, 99, 98.5], (value) => value * 100);
    const columns = { open: price, high: price, low: price, close: price, volume: new Float64Array(6).fill(1_000_000) };
    const trades = new BarSeries(
      { symbol: plainRules.symbol, timeframe: "trades", interval: 1, priceScale: 2, quantityScale: 3 },
      { time: Float64Array.from(at), ...columns },
    );
    const bars = barsOf([quiet, [100, 100, 96, 98.5, 5_000]]);
    const latency = { submitMs: 15_000, cancelMs: 0, dataMs: 0, jitterMs: 0 };
    // Sent at 60 s and bought at 75 s; the stop is there at 90 s, and the trade at 80 s was at 96: 1 × (97 − 96).
    expect(told(bars, trades, { latency })).toMatchObject([{ price: "97", reached: "96", close: "96", cost: "1", time: 75_000, bar: 1 }]);
    // Without a way it is there at the next trade, whatever that is at.
    expect(told(bars, trades)).toEqual([]);
  });
});

it("an inverse contract's cost is in coins: 10 × 100 USD × (1/40 − 1/50)", () => {
  const market = {
    instrument: instrument({ inverse: true, contractSize: "100", settle: "TEST", step: "1" }, { quantity: 0 }),
    series: barsOf([[50, 51, 39, 40, 1_000]]),
  };
  const exit = {
    market: 0,
    leg: "LONG",
    side: "sell",
    exit: "stop",
    quantity: 10,
    price: 5_000,
    time: 0,
    from: 5_000,
    live: 60_000,
  } as unknown as LateExit;
  const late = { ...exit, until: Number.POSITIVE_INFINITY, closed: 0, staleTarget: false };
  expect(unprotectedRows([late], [market], "adaptive")).toMatchObject([{ quantity: "10", price: "50", close: "40", cost: "5" }]);
});
