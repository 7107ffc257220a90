// A bar is unprotected exactly when the same stop, had it lived at the venue as a child of the entry, would have been sold in that
// bar; and it costs what the child's fill differs from the close. The child is the venue's own code and knows nothing of the report.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseDecimal, printDecimal } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { simulate } from "../../src/session/index.ts";
import type { ScriptedAction, ScriptedOrder } from "../../src/strategy/index.ts";
import { planOf, quiet, type Row } from "./plans.ts";

/** Cents: an open near 100, extremes beyond it, a close between them. */
const row: fc.Arbitrary<Row> = fc
  .record({ open: fc.integer({ min: -300, max: 300 }), up: fc.nat(400), down: fc.nat(400), share: fc.nat(100) })
  .map(({ open, up, down, share }) => {
    const cents = 10_000 + open;
    const [high, low] = [cents + up, cents - down];
    const close = low + Math.round(((high - low) * share) / 100);
    return [cents / 100, high / 100, low / 100, close / 100, 1_000] as const;
  });

const entry = fc.oneof(
  fc.constant<ScriptedOrder>({ type: "market" }),
  fc.integer({ min: -300, max: 300 }).map((cents): ScriptedOrder => ({ type: "limit", price: (10_000 + cents) / 100, postOnly: false })),
  fc.integer({ min: -300, max: 300 }).map((cents): ScriptedOrder => ({ type: "stop_market", trigger: (10_000 + cents) / 100 })),
);

describe("unprotected bars", () => {
  it("are those in which a child at the venue would have been stopped, at what it would have been stopped for", () => {
    let reported = 0;
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 3, maxLength: 6 }),
        entry,
        fc.constantFrom("LONG" as const, "SHORT" as const),
        fc.integer({ min: -100, max: 400 }),
        fc.constantFrom<FillModel["path"][]>("adaptive", "ohlc", "olhc"),
        (rows, order, leg, distance, path) => {
          const away = ((leg === "LONG" ? 10_000 - distance : 10_000 + distance) / 100) as number;
          // A resting limit fills a tick behind the market: a stop between the two is sold there, the report takes the fill's price.
          const level = order.type === "limit" ? Number(order.price) : null;
          fc.pre(level === null || (leg === "LONG" ? away < level : away > level));
          const open: ScriptedAction = { bar: 0, do: "open", leg, quantity: 2, order, id: "in" };
          const stop: ScriptedOrder = { type: "stop_market", trigger: away, family: "sl" };
          const run = (exit: ScriptedAction) =>
            simulate(planOf({ rows: [quiet, ...rows], actions: [open, exit], fill: { path, crossedTrigger: "fire" }, balance: "10000" })).rows;
          const answered = run({ onFill: { id: "in" }, do: "reduce", leg, quantity: "filled", order: stop });
          const child = run({ bar: 0, do: "reduce", leg, quantity: 2, order: { ...stop, parent: "in" } });
          const filledIn = child.fills.find(({ family }) => family === "entry")?.bar;
          const stopped = child.fills.find(({ family, bar }) => family === "sl" && bar === filledIn);
          const expected =
            stopped === undefined
              ? []
              : [
                  {
                    exit: "stop",
                    leg,
                    quantity: stopped.quantity,
                    price: stopped.price,
                    bar: filledIn,
                    cost: costOf(stopped.price, rows[(filledIn ?? 0) - 1], leg),
                  },
                ];
          reported += expected.length;
          expect(
            answered.unprotected.map(({ exit, leg: side, quantity, price, bar, cost }) => ({ exit, leg: side, quantity, price, bar, cost })),
          ).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
    expect(reported).toBeGreaterThan(40);
  });
});

/** 2 × (price − close) as a long sees it, 2 × (close − price) as a short does. */
function costOf(price: string, bar: Row | undefined, leg: "LONG" | "SHORT"): string {
  const close = parseDecimal(String(bar?.[3]));
  const exit = parseDecimal(price);
  const scaled = ({ units, scale }: { units: bigint; scale: number }) => units * 10n ** BigInt(2 - scale);
  return printDecimal({ units: 2n * (scaled(exit) - scaled(close)) * (leg === "LONG" ? 1n : -1n), scale: 2 });
}
