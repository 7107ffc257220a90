// The envelope against every world of short random plans.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUnits } from "../../src/domain/index.ts";
import { simulateEnvelope } from "../../src/session/index.ts";
import { ladder, type LadderSettings } from "./envelope-ladder.ts";
import { everyWorld } from "./every-world.ts";
import { barsOf, planOf, type Row } from "./plans.ts";
import { plainRules } from "../domain/rules.ts";

const cents = (value: number) => Math.round(value * 100) / 100;

/** Bars that go on where the last one closed, with ranges of some units around 100. */
const rows = (count: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: -120, max: 120 }), fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 250 }), fc.integer({ min: 4, max: 60 })), {
      minLength: count,
      maxLength: count,
    })
    .map((steps) => {
      let price = 100;
      return steps.map(([move, up, down, volume]): Row => {
        const open = price;
        price = cents(price + move / 100);
        const high = cents(Math.max(open, price) + up / 100);
        const low = cents(Math.min(open, price) - down / 100);
        return [open, high, low, price, volume];
      });
    });

const settings: fc.Arbitrary<LadderSettings> = fc.record({
  entryOffset: fc.constantFrom(0.2, 0.5, 1),
  rungs: fc.constantFrom([], [0.5], [0.4, 0.9]),
  target: fc.constantFrom(0.3, 0.6, 1.2),
  stop: fc.constantFrom(0.6, 1.1, 2),
  stopType: fc.constantFrom("stop_market", "stop_limit", "trailing_stop", "none"),
  quantity: fc.constantFrom(1, 3, 4),
  byEquity: fc.boolean(),
  timeToLive: fc.constant(null),
});

const options = fc.record({
  rows: rows(7),
  settings,
  balance: fc.constantFrom("320", "500", "1000"),
  volumeCap: fc.constantFrom(null, "0.1"),
  limit: fc.constantFrom("through" as const, "touch" as const),
});

const settingsOf = (own: Partial<LadderSettings>) => settings.map((drawn) => ({ ...drawn, ...own }));

function planFor(drawn: fc.TypeOf<typeof options>): SimulationPlan {
  const { rows: bars, ladder: own, balance, volumeCap, limit } = drawn;
  return planOf({ mode: "one_way", rows: bars, strategy: ladder(own), params: {}, balance, fill: { volumeCap, limit } });
}
