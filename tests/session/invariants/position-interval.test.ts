// I-07 between a venue and a runner of this test's own making: the check must hold where it should and fail where it must.

import { describe, expect, it } from "vitest";

import { assertInside } from "../../../src/session/invariants/position-interval.ts";

interface Planted {
  readonly venue: number;
  readonly booked: number;
  readonly lowest?: number;
  readonly highest?: number;
  /** Signed quantity of a fill that is on its way. */
  readonly onItsWay?: number;
  /** Signed quantity of a fill that the runner holds in question. */
  readonly held?: number;
  /** Signed quantity that an order which has ended has filled by its last word, and no fill has told. */
  readonly heardOf?: number;
}

function inside({ venue, booked, lowest = booked, highest = booked, onItsWay = 0, held = 0, heardOf = 0 }: Planted): number {
  const events = onItsWay === 0 ? [] : [{ due: 0, event: { type: "order_filled", market: 0, order: 1, quantity: Math.abs(onItsWay) } }];
  const legs = [{ leg: "NET", quantity: venue }];
  const truth = {
    account: { markets: [{ legs, instrument: { symbol: "A/B" } }] },
    events: { list: () => events },
    find: () => ({ leg: "NET", direction: onItsWay > 0 ? 1 : -1 }),
  };
  const order = (side: string, quantity: number) => ({ request: { market: 0, leg: "NET", side, quantity }, filled: 1 });
  const orders = [
    order("buy", highest - booked + 1),
    order("sell", booked - lowest + 1),
    { request: { market: 1, leg: "NET", side: "buy", quantity: 99 }, filled: 0 },
  ];
  const excess = { held: held === 0 ? [] : [{ fill: { market: 0, quantity: Math.abs(held) }, side: held > 0 ? "buy" : "sell", leg: "NET" }] };
  const ended = [{ ...order(heardOf > 0 ? "buy" : "sell", 9), cumulative: Math.abs(heardOf) + 1 }];
  const book = { positionOf: () => booked, snapshot: () => ({ orders, ended, excess }) };
  return assertInside(truth as never, book as never);
}

describe("a position", () => {
  it("may be the book's, with what is on its way, or what an order in doubt allows", () => {
    expect(inside({ venue: 5, booked: 5 })).toBe(1);
    expect(inside({ venue: 5, booked: 2, onItsWay: 3 })).toBe(1);
    expect(inside({ venue: -1, booked: 2, onItsWay: -3 })).toBe(1);
    expect(inside({ venue: 5, booked: 2, lowest: 2, highest: 5 })).toBe(1);
    expect(inside({ venue: 3, booked: 2, lowest: 0, highest: 5, onItsWay: 9 })).toBe(1);
  });

  it("may have a fill in question or not have it", () => {
    expect(inside({ venue: 7, booked: 5, held: 2 })).toBe(1);
    expect(inside({ venue: 5, booked: 5, held: 2 })).toBe(1);
    expect(inside({ venue: 3, booked: 5, held: -2 })).toBe(1);
    expect(() => inside({ venue: 8, booked: 5, held: 2 })).toThrow("its orders allow 5 to 7");
  });

  it("may have what an order's last word counts and no fill has told: the message went to a process that had died", () => {
    expect(inside({ venue: 7, booked: 5, heardOf: 2 })).toBe(1);
    expect(inside({ venue: 3, booked: 5, heardOf: -2 })).toBe(1);
    expect(() => inside({ venue: 8, booked: 5, heardOf: 2 })).toThrow("its orders allow 5 to 7");
  });

  it("is refused where nothing explains it", () => {
    expect(() => inside({ venue: 6, booked: 5 })).toThrow("the venue holds 6, the runner's book holds 5, its orders allow 5 to 5");
    expect(() => inside({ venue: 6, booked: 2, lowest: 2, highest: 5 })).toThrow("its orders allow 2 to 5");
    expect(() => inside({ venue: 7, booked: 5, onItsWay: 1 })).toThrow("its orders allow 5 to 5");
    expect(() => inside({ venue: 6, booked: 5 })).toThrow(expect.objectContaining({ code: "I-07" }));
  });
});
