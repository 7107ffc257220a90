// Orders that a venue has turned away, and what it says when it is asked for them: forgotten, told of when it had acknowledged
// them first, or all told of, as its profile has it.

import { describe, expect, it } from "vitest";

import { Desk, type Bar } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];

/** Refuses an order as each venue does, and asks for it. The account has 1000: two of 600 are too much. */
function asked(venue: string, ticket: Parameters<Desk["send"]>[0]): string[] {
  const desk = new Desk({ bars: [calm, calm, calm], history: true, venue });
  desk.send(ticket);
  desk.next();
  desk.query(1);
  return desk.next();
}

const tooLarge = { type: "market", side: "buy", quantity: 50 } as const;
const crossing = { type: "limit", side: "buy", quantity: 1, price: 102, timeInForce: "PO" } as const;

describe("a query for an order that was turned away", () => {
  it("finds nothing at a venue that forgets it", () => {
    for (const venue of ["generic", "binance-usdm"]) expect(asked(venue, tooLarge)).toEqual(["answer 1 unknown 0 0 fills"]);
  });

  it("tells of it, and why, where each is kept", () => {
    expect(asked("hyperliquid", tooLarge)).toEqual(["answer 1 REJECTED 0 0 fills insufficient_funds PerpMargin"]);
  });

  it("tells only of those that were acknowledged first where the others never become an order", () => {
    expect(asked("bybit-linear", tooLarge)).toEqual(["answer 1 unknown 0 0 fills"]);
    expect(asked("bybit-linear", crossing)).toEqual([
      expect.stringMatching(/^answer 1 REJECTED 0 0 fills post_only_would_cross EC_PostOnlyWillTakeLiquidity/),
    ]);
  });
});
