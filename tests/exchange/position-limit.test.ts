// The leverage that a tier allows bounds the position: what would take it beyond is refused with the venue's code. Prices are
// 100, so that a quantity of 5 is worth 500.
import { describe, expect, it } from "vitest";

import { Desk, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const tiers = [
  { minNotional: 0, maxNotional: 500, maintenanceMarginRate: 0.01, maxLeverage: 20 },
  { minNotional: 500, maxNotional: 1_000, maintenanceMarginRate: 0.02, maxLeverage: 10 },
];

/** At 20 times leverage a position is worth less than 500, at 10 times at most 1000. */
function deskOf(setup: Partial<DeskSetup> = {}): Desk {
  return new Desk({ bars: [calm, calm, calm, calm], liquidation: "generic", profile: { halfSpreadBp: "0" }, leverage: 20, tiers, ...setup });
}

function refused(desk: Desk, ticket: Ticket): boolean {
  desk.send(ticket);
  return desk.next().some((answer) => answer.includes("leverage_tier_exceeded"));
}

describe("a position at the session's leverage", () => {
  it.each<[number, number, boolean]>([
    // leverage, quantity, refused: a tier begins at its floor, the table ends with its cap
    [20, 4.99, false],
    [20, 5, true],
    [10, 10, false],
    [10, 10.01, true],
  ])("of %s times is bounded: %s is refused: %s", (leverage, quantity, expected) => {
    expect(refused(deskOf({ leverage }), { side: "buy", quantity })).toBe(expected);
    expect(refused(deskOf({ leverage }), { side: "sell", quantity })).toBe(expected);
  });

  it("counts what is open and what rests in the same direction, each at its own price", () => {
    const desk = deskOf({ positions: [["NET", 2, 90]] });
    // 2 × 100 + 1.5 × 90 = 335
    expect(refused(desk, { type: "limit", side: "buy", quantity: 1.5, price: 90 })).toBe(false);
    // 335 + 1.65 × 100 = 500; 335 + 1.64 × 100 = 499
    expect(refused(desk, { type: "stop_market", side: "buy", quantity: 1.65, trigger: 110 })).toBe(true);
    expect(refused(desk, { side: "buy", quantity: 1.65 })).toBe(true);
    expect(refused(desk, { side: "buy", quantity: 1.64 })).toBe(false);
  });

  it("counts a short as it counts a long", () => {
    // 2 × 100 + 3 × 100 = 500
    expect(refused(deskOf({ positions: [["NET", -2, 100]] }), { side: "sell", quantity: 3 })).toBe(true);
    expect(refused(deskOf({ positions: [["NET", -2, 100]] }), { side: "sell", quantity: 2.99 })).toBe(false);
  });

  it("counts a resting stop at its trigger, and nothing that rests on the other side or the other leg", () => {
    // 2 × 110 + 2.79 × 100 = 499
    const desk = deskOf();
    expect(refused(desk, { type: "stop_market", side: "buy", quantity: 2, trigger: 110 })).toBe(false);
    expect(refused(desk, { type: "limit", side: "sell", quantity: 4, price: 120 })).toBe(false);
    expect(refused(desk, { side: "buy", quantity: 2.8 })).toBe(true);
    expect(refused(desk, { side: "buy", quantity: 2.79 })).toBe(false);
    const hedged = deskOf({ mode: "hedge" });
    expect(refused(hedged, { type: "limit", side: "sell", leg: "SHORT", quantity: 4, price: 120 })).toBe(false);
    expect(refused(hedged, { type: "limit", side: "buy", leg: "LONG", quantity: 4, price: 90 })).toBe(false);
    expect(refused(hedged, { side: "buy", leg: "LONG", quantity: 1.4 })).toBe(true);
    expect(refused(hedged, { side: "buy", leg: "LONG", quantity: 1.39 })).toBe(false);
  });

  it("lets through what reduces it, and what turns it round as far as the other side allows", () => {
    const long = (): Desk => deskOf({ positions: [["NET", 4, 100]] });
    expect(refused(long(), { side: "sell", quantity: 4, reduceOnly: true })).toBe(false);
    // 8.99 - 4 = 4.99 short
    expect(refused(long(), { side: "sell", quantity: 8.99 })).toBe(false);
    expect(refused(long(), { side: "sell", quantity: 9 })).toBe(true);
  });

  it("is that of one leg in hedge mode", () => {
    const desk = deskOf({ mode: "hedge", positions: [["LONG", 4, 100]] });
    expect(refused(desk, { side: "sell", leg: "SHORT", quantity: 4 })).toBe(false);
    expect(refused(desk, { side: "buy", leg: "LONG", quantity: 1 })).toBe(true);
  });

  it("bounds amendments too", () => {
    const desk = deskOf();
    desk.send({ type: "limit", side: "buy", quantity: 4, price: 90 });
    desk.next();
    desk.amend(1, { quantity: 5.55 });
    desk.amend(1, { quantity: 5.56 });
    // 5.55 × 90 = 499.5; 5.56 × 90 = 500.4
    expect(desk.next()).toEqual(["amended 1 5.55 9000", "amend rejected 1 leverage_tier_exceeded"]);
  });

  it.each([
    ["binance-usdm", "-2027"],
    ["bybit-linear", "110090"],
    ["hyperliquid", "PerpMaxPosition"],
  ])("is refused by %s with %s", (venue, code) => {
    const desk = deskOf({ venue });
    desk.send({ side: "buy", quantity: 5 });
    expect(desk.next()).toEqual([`reject 1 leverage_tier_exceeded ${code}`]);
  });

  it("has no bound without tiers", () => {
    const desk = new Desk({ bars: [calm], leverage: 20, profile: { halfSpreadBp: "0" } });
    expect(refused(desk, { side: "buy", quantity: 50 })).toBe(false);
  });
});
