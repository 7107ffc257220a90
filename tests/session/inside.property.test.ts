// A session whose venue walks finer bars inside the strategy's, against one that replays the finer bars themselves: where a
// strategy acts at the same instants, every fill must be the same.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { BarSeries } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { resample } from "../../src/market/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import type { ScriptedAction } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, type Row } from "./plans.ts";

const minutes = 20;
const length = 5;

const onGrid = fc.integer({ min: 190, max: 210 }).map((halves) => halves / 2);
const row: fc.Arbitrary<Row> = fc
  .tuple(onGrid, onGrid, onGrid, onGrid, fc.integer({ min: 0, max: 40 }))
  .map(([a, b, open, close, volume]) => [open, Math.max(a, b, open, close), Math.min(a, b, open, close), close, volume]);

const order = fc.oneof(
  fc.constant({ type: "market" as const }),
  onGrid.map((price) => ({ type: "limit" as const, price, timeToLive: null, postOnly: false })),
  onGrid.map((trigger) => ({ type: "stop_market" as const, trigger })),
);

/** An order, and perhaps one that answers its first fill. */
const actions: fc.Arbitrary<ScriptedAction[]> = fc
  .array(
    fc.record({
      bar: fc.integer({ min: 0, max: 3 }),
      side: fc.constantFrom("LONG", "SHORT"),
      size: fc.integer({ min: 1, max: 8 }),
      order,
      exit: fc.option(order),
    }),
    {
      maxLength: 4,
    },
  )
  .map((list) =>
    list.flatMap(({ bar, side, size, order: own, exit }, at): ScriptedAction[] => [
      { bar, do: "open", leg: side, quantity: size, order: own, id: `in${at}` },
      ...(exit === null
        ? []
        : [{ onFill: { id: `in${at}` }, do: "reduce" as const, leg: side, quantity: size, order: { ...exit, family: "tp" as const } }]),
    ]),
  );

const fill: fc.Arbitrary<Partial<FillModel>> = fc.record({
  path: fc.constantFrom("adaptive", "ohlc", "olhc"),
  limit: fc.constantFrom<FillModel["limit"]>("through", "touch"),
  volumeCap: fc.constantFrom(null, "0.5"),
  crossedTrigger: fc.constantFrom("reject", "fire"),
});

/** The same on minutes: the close of frame n is that of minute 5n + 4. */
function minuteActions(list: readonly ScriptedAction[]): ScriptedAction[] {
  return list.map((action) => (action.bar === undefined ? action : { ...action, bar: action.bar * length + length - 1 }));
}

function planFor(finest: BarSeries, inside: boolean, list: readonly ScriptedAction[], settings: Partial<FillModel>): SimulationPlan {
  const frames = resample(finest, `${length}m`);
  return planOf({
    markets: [{ rules: plainRules, series: [inside ? frames : finest], ...(inside ? { inside: finest } : {}) }],
    actions: inside ? list : minuteActions(list),
    fill: settings,
    balance: "100000",
    // Silence is measured by the bars; none of these orders is ever doubted.
    runner: { cancelConfirmMs: 10_000_000, queryIntervalMs: 10_000_000 },
  });
}

describe("finer bars inside the bars", () => {
  it("give the fills of a session on the finer bars, at their times", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: minutes, maxLength: minutes }), actions, fill, (rows, list, settings) => {
        const finest = barsOf(rows);
        const inside = simulate(planFor(finest, true, list, settings));
        const plain = simulate(planFor(finest, false, list, settings));
        const told = ({ rows: { fills } }: typeof plain) => fills.map(({ bar: _bar, ...rest }) => rest);
        expect(told(inside)).toEqual(told(plain));
        expect(inside.final).toEqual({ ...plain.final, openOrders: inside.final.openOrders });
        expect(inside.rows.fills.map(({ bar }) => bar)).toEqual(plain.rows.fills.map(({ bar }) => Math.floor(bar / length)));
      }),
      { numRuns: 300 },
    );
  });

  it("give the funding and the liquidations of a session on the finer bars", () => {
    const rate = Float64Array.from([0.0003, -0.0002, 0.0001], (share) => share * 1e6);
    fc.assert(
      fc.property(fc.array(row, { minLength: minutes, maxLength: minutes }), actions, fill, (rows, list, settings) => {
        const finest = barsOf(rows);
        // At an open, inside a minute, and in the second half of the session.
        const funding = { symbol: null, length: 3, time: Float64Array.from([300_000, 460_007, 900_000]), rate, rateScale: 6 };
        const run = (inside: boolean) => {
          const plan = planFor(finest, inside, list, settings);
          const markets = plan.markets.map((market) => ({ ...market, funding }));
          return simulate({ ...plan, markets, leverage: 20, liquidation: "generic", balances: { USDC: "120" } });
        };
        const [inside, plain] = [run(true), run(false)];
        const told = ({ rows: { liquidations, funding: paid, fills } }: typeof plain) =>
          [...liquidations, ...paid, ...fills].map(({ bar: _bar, ...rest }) => rest);
        expect(told(inside)).toEqual(told(plain));
        expect(inside.final.balances).toEqual(plain.final.balances);
      }),
      { numRuns: 200 },
    );
  });

  it("leave a market beside them that has none as it was", () => {
    const other = { ...plainRules, symbol: "XYZ/USDC:USDC", base: "XYZ" };
    fc.assert(
      fc.property(fc.array(row, { minLength: minutes, maxLength: minutes }), actions, actions, fill, (rows, list, beside, settings) => {
        const finest = barsOf(rows);
        const still = barsOf(rows.toReversed(), { symbol: other.symbol });
        const run = (inside: boolean) => {
          const plan = planFor(finest, inside, [], settings);
          const here = (inside ? list : minuteActions(list)).map((action) => ({ ...action, symbol: plainRules.symbol }));
          const there = minuteActions(beside).map((action) => ({
            ...action,
            symbol: other.symbol,
            ...(action.id === undefined ? {} : { id: `${action.id}/there` }),
            ...(action.onFill === undefined ? {} : { onFill: { id: `${action.onFill.id ?? ""}/there` } }),
          }));
          const { definition, params } = plan.strategy;
          const strategy = { definition, params: { ...params, actions: [...here, ...there] } };
          return simulate({ ...plan, strategy, markets: [...plan.markets, { rules: other, series: [still] }] });
        };
        const [inside, plain] = [run(true), run(false)];
        const told = ({ rows: { fills } }: typeof plain, symbol: string) =>
          fills.filter((one) => one.symbol === symbol).map(({ price, quantity, time, fee }) => ({ price, quantity, time, fee }));
        for (const { symbol } of [plainRules, other]) expect(told(inside, symbol)).toEqual(told(plain, symbol));
        expect(inside.final.balances).toEqual(plain.final.balances);
      }),
      { numRuns: 100 },
    );
  });

  it("are walked in the same way twice, and saved under another hash than the bars alone", () => {
    const finest = barsOf(Array.from({ length: minutes }, (_, at): Row => [100 + at, 101 + at, 99 + at, 100 + at, 100]));
    const list: ScriptedAction[] = [{ bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } }];
    const [first, again] = [simulate(planFor(finest, true, list, {})), simulate(planFor(finest, true, list, {}))];
    expect(first.runHash).toBe(again.runHash);
    // One mark a bar of the strategy.
    expect(first.equity.time.length).toBe(minutes / length);
    expect(first.rows.fills).toMatchObject([{ price: "105", bar: 1, time: length * 60_000 }]);
  });
});
