// Auto-deleveraging as a scenario scripts it: the position shrinks at the counterparty's bankruptcy price, open orders go, and
// the money is that of the close alone. Worked by hand.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import type { DeleverageStep } from "../../src/exchange/virtual/index.ts";
import { outcomeOf } from "../domain/outcome.ts";
import { Desk, type Bar, type DeskSetup } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const market = 0 as MarketIndex;

function deskOf(setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars: [calm, calm, calm], profile: { halfSpreadBp: "0" }, positions: [["NET", -4, 120]], ...setup });
  desk.next();
  return desk;
}

function deleverage(desk: Desk, step: Partial<DeleverageStep> = {}): string[] {
  desk.exchange.outside.deleverage(market, { do: "adl", leg: "NET", quantity: null, share: null, price: null, ...step }, desk.now as Millis);
  return desk.heard();
}

describe("auto-deleveraging", () => {
  it("closes the whole of a leg at the price that is named, for nothing", () => {
    const desk = deskOf();
    expect(deleverage(desk, { price: "105" })).toEqual(["deleveraged NET 4 at 105 fee 0 left 0"]);
    // Short 4 from 120 to 105: 60, on 1000.
    expect([desk.position(), desk.wallet(), desk.equity]).toEqual([0, "1060", "1060"]);
  });

  it.each<[Partial<DeleverageStep>, string, string]>([
    // 1.5 × (120 - 110) = 15; a third of 4 rounded down to the step 0.01: 1.33 × 10 = 13.3; at least one step: 0.1
    [{ quantity: "1.5", price: "110" }, "deleveraged NET 1.5 at 110 fee 0 left -2.5", "1015"],
    [{ share: "0.3333", price: "110" }, "deleveraged NET 1.33 at 110 fee 0 left -2.67", "1013.3"],
    [{ share: "0.001", price: "110" }, "deleveraged NET 0.01 at 110 fee 0 left -3.99", "1000.1"],
    // More than there is: all of it. Without a price: the last one, 100.
    [{ quantity: "9" }, "deleveraged NET 4 at 100 fee 0 left 0", "1080"],
  ])("closes what it says: %j", (step, expected, wallet) => {
    const desk = deskOf();
    expect(deleverage(desk, step)).toEqual([expected]);
    expect(desk.wallet()).toBe(wallet);
  });

  it("takes a maker's fee on Bybit", () => {
    const desk = deskOf({ venue: "bybit-linear" });
    // 4 × 105 × 0.0002 = 0.084
    expect(deleverage(desk, { price: "105" })).toEqual(["deleveraged NET 4 at 105 fee 0.084 left 0"]);
    expect(desk.wallet()).toBe("1059.916");
  });

  it("cancels the open orders of the market, and gives back what they held", () => {
    const desk = deskOf();
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 130 });
    desk.send({ type: "stop_market", side: "buy", quantity: 4, trigger: 125, reduceOnly: true });
    desk.next();
    expect(desk.held()).toBe("130");
    expect(deleverage(desk, { quantity: "1" })).toEqual([
      "expired 1 after 0 auto_deleveraged",
      "expired 2 after 0 auto_deleveraged",
      "deleveraged NET 1 at 100 fee 0 left -3",
    ]);
    expect([desk.openOrders, desk.held()]).toEqual([[], "0"]);
  });

  it("closes the leg that is named in hedge mode", () => {
    const desk = deskOf({
      mode: "hedge",
      positions: [
        ["LONG", 2, 90],
        ["SHORT", -2, 120],
      ],
    });
    expect(deleverage(desk, { leg: "LONG", price: "97" })).toEqual(["deleveraged LONG 2 at 97 fee 0 left 0"]);
    expect([desk.position("LONG"), desk.position("SHORT"), desk.wallet()]).toEqual([0, -2, "1014"]);
  });

  it("finds nothing to close on a flat leg", () => {
    const desk = deskOf({ positions: [] });
    expect(deleverage(desk)).toEqual([]);
  });

  it("has no leg to close that the position mode has not, and no price of nothing", () => {
    expect(deleverage(deskOf(), { leg: "LONG", price: "105" })).toEqual([]);
    expect(outcomeOf(() => deleverage(deskOf(), { price: "0" }))).toBe("I-37");
  });

  it("costs a maker's rate and no fixed part of an order: there is none", () => {
    const desk = deskOf({ profile: { halfSpreadBp: "0", deleveragingFee: "maker", fixedFee: { amount: "1", per: "order" } } });
    expect(deleverage(desk, { price: "105" })).toEqual(["deleveraged NET 4 at 105 fee 0.084 left 0"]);
  });

  it("takes away what covered the other leg: that one is judged from then on", () => {
    // Short 10 at 100 with 100, once the long is gone: from 109.4527… up.
    const bars: Bar[] = [calm, [100, 110, 100, 105, 1_000], [100, 110, 100, 105, 1_000]];
    const desk = deskOf({
      bars,
      mode: "hedge",
      liquidation: "generic",
      leverage: 20,
      balances: { USDC: "100" },
      positions: [
        ["LONG", 10, 100],
        ["SHORT", -10, 100],
      ],
    });
    expect(desk.next()).toEqual([]);
    expect(deleverage(desk, { leg: "LONG", price: "100" })).toEqual(["deleveraged LONG 10 at 100 fee 0 left 0"]);
    expect(desk.next()).toEqual(["liquidated SHORT 10 at 109.46 fee 0 insurance 0"]);
  });

  it("leaves an isolated margin what belongs to the rest", () => {
    const desk = deskOf({ liquidation: "generic", marginMode: "isolated", leverage: 4 });
    // Margin 4 × 120 ÷ 4 = 120; half of it is freed.
    expect(deleverage(desk, { share: "0.5", price: "110" })).toEqual(["deleveraged NET 2 at 110 fee 0 left -2"]);
    const { account } = desk.exchange;
    expect(account.positionMargin(0)).toBe(60_000_000);
    expect(desk.wallet()).toBe("1020");
  });

  it("is no part of an answer about the time before it", () => {
    const desk = deskOf();
    const time = desk.now as Millis;
    desk.exchange.outside.deleverage(market, { do: "adl", leg: "NET", quantity: "1", share: null, price: null }, time);
    for (const asked of [time - 1, time]) desk.exchange.queryPosition(market, "NET", asked as Millis);
    expect(desk.heard().filter((line) => line.startsWith("position"))).toEqual(["position NET -4", "position NET -3"]);
  });
});
