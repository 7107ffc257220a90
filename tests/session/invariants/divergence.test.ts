// I-20 between a venue and a runner of this test's own making: every reason explains what it is for and nothing beside it.

import { describe, expect, it } from "vitest";

import { reasonsFor } from "../../../src/session/invariants/divergence.ts";

interface Planted {
  readonly venue: number;
  readonly booked: number;
  readonly untold?: boolean;
  /** Messages that have not come yet. */
  readonly waiting?: readonly object[];
  /** Quantities that orders in doubt may still fill, signed. */
  readonly doubts?: readonly number[];
  readonly held?: readonly object[];
  readonly orphans?: readonly object[];
  readonly looked?: "deferred" | "read" | "suspect";
  readonly reconciling?: boolean;
  readonly locks?: readonly object[];
}

/** The LONG leg of one market. */
function reasons(planted: Planted): string[] {
  const { venue, booked, untold = false, waiting = [], doubts = [], held = [], orphans = [], looked, reconciling = false, locks = [] } = planted;
  const truth = {
    account: { markets: [{ legs: [{ leg: "LONG", quantity: venue }], instrument: { symbol: "A/B" } }] },
    events: { list: () => waiting.map((event) => ({ due: 0, event })) },
    find: () => ({ leg: "LONG", direction: 1 }),
  };
  let first: object | null = null;
  for (const quantity of doubts)
    first = { leg: "LONG", unknown: true, order: 256, quantity: Math.abs(quantity), filled: 0, side: quantity > 0 ? "buy" : "sell", later: first };
  const inside = {
    core: { desks: [{ first }], amendments: { largest: () => 0 }, locks: { list: () => locks } },
    outcomes: {
      excess: { snapshot: () => ({ held }) },
      orphans: { snapshot: () => ({ fills: orphans }) },
      doubts: { snapshot: () => ({ deferred: looked === "deferred" ? ["0/LONG"] : [] }) },
    },
    positions: { snapshot: () => (looked === "read" ? [["0/LONG", {}]] : []) },
    positionCheck: { snapshot: () => ({ suspects: looked === "suspect" ? [["0/LONG", 1]] : [] }) },
    reconciliation: { active: reconciling },
  };
  return reasonsFor(truth as never, { positionOf: () => booked, inside } as never, untold);
}

const fill = { type: "order_filled", market: 0, order: 256, quantity: 3 };

describe("a difference", () => {
  const explained: readonly (readonly [reason: string, planted: Planted])[] = [
    ["on_its_way", { venue: 5, booked: 2, waiting: [fill] }],
    ["on_its_way", { venue: 0, booked: 2, waiting: [{ type: "liquidated", market: 0, leg: "LONG", side: "sell", quantity: 2 }] }],
    ["on_its_way", { venue: 5, booked: 2, waiting: [{ type: "position_reported", market: 0, leg: "LONG" }] }],
    ["on_its_way", { venue: 5, booked: 2, waiting: [{ type: "fills_reported", market: 0, fills: [] }] }],
    ["unresolved_outcome", { venue: 5, booked: 2, doubts: [1, 2] }],
    ["unresolved_outcome", { venue: 1, booked: 2, doubts: [-1] }],
    ["fill_beyond_order", { venue: 5, booked: 2, held: [{ fill: { market: 0 }, leg: "LONG" }] }],
    ["missed_fill", { venue: 5, booked: 2, orphans: [{ market: 0 }] }],
    ["position_mismatch", { venue: 5, booked: 2, looked: "deferred" }],
    ["position_mismatch", { venue: 5, booked: 2, looked: "read" }],
    ["position_mismatch", { venue: 5, booked: 2, looked: "suspect" }],
    ["reconciling", { venue: 5, booked: 2, reconciling: true }],
    ["stream_gap", { venue: 5, booked: 2, locks: [{ market: null, reason: "stream_gap" }] }],
    ["stream_gap", { venue: 5, booked: 2, locks: [{ market: 0, reason: "stream_gap" }] }],
    ["untold", { venue: 5, booked: 2, untold: true }],
  ];
  it.each(explained)("is %s", (reason, planted) => {
    expect(reasons(planted)).toEqual([reason]);
  });

  const bare: readonly (readonly [what: string, planted: Planted])[] = [
    ["nothing at all", { venue: 5, booked: 2 }],
    ["a fill on its way that is less than it", { venue: 6, booked: 2, waiting: [fill] }],
    ["a fill on its way to another market", { venue: 5, booked: 2, waiting: [{ ...fill, market: 1 }] }],
    ["a liquidation of another leg", { venue: 0, booked: 2, waiting: [{ type: "liquidated", market: 0, leg: "SHORT", side: "sell", quantity: 2 }] }],
    ["a doubt that allows less", { venue: 6, booked: 2, doubts: [1, 2] }],
    ["a doubt on the other side", { venue: 5, booked: 2, doubts: [-3] }],
    ["a fill in question on another leg", { venue: 5, booked: 2, held: [{ fill: { market: 0 }, leg: "SHORT" }] }],
    ["a missed fill of another market", { venue: 5, booked: 2, orphans: [{ market: 1 }] }],
    [
      "a lock of another kind, and one of another market",
      {
        venue: 5,
        booked: 2,
        locks: [
          { market: 0, reason: "stale_data" },
          { market: 1, reason: "stream_gap" },
        ],
      },
    ],
  ];
  it.each(bare)("is not explained by %s", (_what, planted) => {
    expect(() => reasons(planted)).toThrow(expect.objectContaining({ code: "I-20" }));
  });

  it("is none where the two agree, whatever is open", () => {
    expect(reasons({ venue: 2, booked: 2, doubts: [5], reconciling: true })).toEqual([]);
  });
});
