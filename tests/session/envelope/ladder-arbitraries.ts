// Random short plans of the ladder strategy: bars whose ranges reach several of its orders. It must never run anything.

import fc from "fast-check";

import type { FundingSeries } from "../../../src/domain/index.ts";
import type { FillModel } from "../../../src/exchange/virtual/index.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { ladder, type LadderSettings } from "./ladder.ts";
import { planOf, type Row } from "../plans.ts";

const cents = (value: number) => Math.round(value * 100) / 100;

/** Bars that go on where the last one closed, with ranges of some units around 100. */
export const rows = (count: number): fc.Arbitrary<Row[]> => {
  const spread = fc.integer({ min: 0, max: 250 });
  const step = fc.tuple(fc.integer({ min: -120, max: 120 }), spread, spread, fc.integer({ min: 4, max: 60 }));
  return fc.array(step, { minLength: count, maxLength: count }).map((steps) => {
    let price = 100;
    return steps.map(([move, up, down, volume]): Row => {
      const open = price;
      price = cents(price + move / 100);
      return [open, cents(Math.max(open, price) + up / 100), cents(Math.min(open, price) - down / 100), price, volume];
    });
  });
};

const settings: fc.Arbitrary<LadderSettings> = fc.record({
  entryOffset: fc.constantFrom(0.2, 0.5, 1),
  rungs: fc.constantFrom([], [0.5], [0.4, 0.9]),
  target: fc.constantFrom(0.3, 0.6, 1.2),
  stop: fc.constantFrom(0.6, 1.1, 2),
  stopType: fc.constantFrom("stop_market", "stop_limit", "trailing_stop", "none"),
  quantity: fc.constantFrom(1, 3, 4),
  byEquity: fc.boolean(),
  timeToLive: fc.constant(null),
  links: fc.constantFrom("none", "oco", "bracket"),
  goodFor: fc.constant(null),
});

const fill: fc.Arbitrary<Partial<FillModel>> = fc.record({
  volumeCap: fc.constantFrom(null, "0.1"),
  limit: fc.constantFrom("through" as const, "touch" as const),
  path: fc.constantFrom("adaptive" as const, "olhc" as const),
});

export interface Drawn {
  readonly rows: readonly Row[];
  readonly settings: LadderSettings;
  readonly fill: Partial<FillModel>;
  readonly balance: string;
}

/** Balances that sometimes do not pay for the next rung: then money decides. */
export const drawn = (count: number): fc.Arbitrary<Drawn> =>
  fc.record({ rows: rows(count), settings, fill, balance: fc.constantFrom("320", "500", "1000") });

export function planFor(one: Drawn, markets?: SimulationPlan["markets"]): SimulationPlan {
  const { balance } = one;
  return planOf({
    mode: "one_way",
    rows: one.rows,
    strategy: ladder(one.settings),
    params: {},
    balance,
    fill: one.fill,
    ...(markets === undefined ? {} : { markets }),
  });
}

/** Rates in millionths, one stamp in each second minute. */
export function fundingOf(rates: readonly number[]): FundingSeries {
  const time = Float64Array.from(rates, (_, at) => at * 120_000 + 40_000);
  return { symbol: null, length: rates.length, time, rate: Float64Array.from(rates), rateScale: 6 };
}
