// Funding and liquidation where the exchange walks its bars: every price, fee and wallet worked out by hand.
import { describe, expect, it } from "vitest";

import type { MarketIndex } from "../../src/domain/index.ts";
import { Party } from "../../src/exchange/virtual/ledger.ts";
import { Desk, drain, exchangeOf, line, type Bar, type DeskSetup } from "./desk.ts";

const flat: Bar = [100, 100, 100, 100, 1_000];
const minute = 60_000;

/** What the exchange says over all bars. */
function told(setup: DeskSetup): string[] {
  const desk = new Desk(setup);
  return setup.bars.flatMap(() => desk.next());
}

describe("funding", () => {
  const long: DeskSetup = { bars: [flat, flat, flat], positions: [["NET", 2, 100]] };

  it("is paid by a long and received by a short: 2 × 100 × 0.01 % = 0.02", () => {
    expect(told({ ...long, funding: [[minute, 100]] })).toEqual(["funding NET -0.02 at 100 (last)"]);
    expect(told({ ...long, positions: [["NET", -2, 100]], funding: [[minute, 100]] })).toEqual(["funding NET 0.02 at 100 (last)"]);
  });

  it("goes through the ledger to the funding party and out of the wallet", () => {
    const desk = new Desk({ ...long, funding: [[minute, 100]] });
    long.bars.forEach(() => desk.next());
    expect([desk.wallet(), desk.equity]).toEqual(["999.98", "999.98"]);
    const { ledger } = desk.exchange.account;
    expect(ledger.balance(Party.funding, ledger.index("USDC"))).toBe(20_000);
  });

  it("at exactly an open comes before the fills of that open, some ms later after them", () => {
    const bought = (at: number) => {
      const desk = new Desk({ bars: [flat, flat, flat], funding: [[at, 100]] });
      desk.next();
      desk.send({ side: "buy", quantity: 1 });
      return desk.next();
    };
    expect(bought(minute)).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
    expect(bought(minute + 7)).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC", "funding NET -0.01 at 100 (last)"]);
  });

  it("of a stamp inside the bar takes the last point of the path, or the mark that began within a minute", () => {
    // 100 → 99 → 104 → 103: the quarters end at 15 s, 30 s and 45 s. At 20 s the last point was 99, at 59.999 s it is 103.
    const bar: Bar = [100, 104, 99, 103, 1_000];
    const setup: DeskSetup = { bars: [bar], positions: [["NET", 2, 100]] };
    expect(told({ ...setup, funding: [[20_000, 100]] })).toEqual(["funding NET -0.0198 at 99 (last)"]);
    // At the very moment of a point it is paid before that point: 100 until then.
    expect(told({ ...setup, funding: [[15_000, 100]] })).toEqual(["funding NET -0.02 at 100 (last)"]);
    expect(told({ ...setup, funding: [[minute - 1, 100]] })).toEqual(["funding NET -0.0206 at 103 (last)"]);
    expect(told({ ...setup, funding: [[20_000, 100]], marks: [[101, 102, 100, 102]] })).toEqual(["funding NET -0.0202 at 101 (mark)"]);
  });

  it("is nothing to an order that the path reaches", () => {
    const desk = new Desk({ bars: [flat, [100, 101, 97, 99, 1_000]], funding: [[minute + 1, 100]] });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98 });
    desk.next();
    // Paid at 60 s and a ms, before the order has filled.
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });

  it("is paid for each leg of a hedged pair", () => {
    const hedged: DeskSetup = {
      bars: [flat, flat],
      mode: "hedge",
      positions: [
        ["LONG", 3, 100],
        ["SHORT", -1, 100],
      ],
      funding: [[minute, -200]],
    };
    expect(told(hedged)).toEqual(["funding LONG 0.06 at 100 (last)", "funding SHORT -0.02 at 100 (last)"]);
  });

  it("is not paid twice over a restart", () => {
    const setup: DeskSetup = {
      ...long,
      funding: [
        [minute, 100],
        [2 * minute, 100],
      ],
    };
    const before = exchangeOf(setup);
    for (const bar of [0, 1]) before.advanceBar(0 as MarketIndex, bar);
    const saved: unknown = JSON.parse(JSON.stringify(before.exportState()));
    const after = exchangeOf(setup);
    after.importState(saved as ReturnType<typeof before.exportState>);
    expect(drain(after).map(line)).toEqual(["funding NET -0.02 at 100 (last)"]);
    after.advanceBar(0 as MarketIndex, 2);
    expect(drain(after).map(line)).toEqual(["funding NET -0.02 at 100 (last)"]);
  });
});

describe("liquidation of a cross wallet", () => {
  // Long 10 at 100 with 100 in the wallet: 100 + 10 × (p - 100) ≤ 0.5 % × 10 × p from 90.4522… down, so at 90.45.
  const long: DeskSetup = {
    bars: [[100, 100, 80, 85, 1_000]],
    liquidation: "generic",
    leverage: 20,
    balances: { USDC: "100" },
    positions: [["NET", 10, 100]],
  };

  it("closes at the price of the path at which the margin no longer suffices", () => {
    const desk = new Desk(long);
    expect(desk.next()).toEqual(["liquidated NET 10 at 90.45 fee 0 insurance 0"]);
    expect([desk.position(), desk.wallet(), desk.equity]).toEqual([0, "4.5", "4.5"]);
  });

  it("does not happen one tick above it", () => {
    expect(told({ ...long, bars: [[100, 100, 90.46, 95, 1_000]] })).toEqual([]);
  });

  it("behind a gap closes at the open, and the insurance fund pays what the account has not", () => {
    const desk = new Desk({ ...long, bars: [[80, 85, 79, 84, 1_000]] });
    expect(desk.next()).toEqual(["liquidated NET 10 at 80 fee 0 insurance -100"]);
    expect(desk.wallet()).toBe("0");
    const { ledger } = desk.exchange.account;
    expect(ledger.balance(Party.insurance, ledger.index("USDC"))).toBe(-100_000_000);
  });

  it("of a short comes on the way up: 100 - 10 × (p - 100) ≤ 0.5 % × 10 × p from 109.4527… on", () => {
    const short: DeskSetup = { ...long, bars: [[100, 115, 100, 110, 1_000]], positions: [["NET", -10, 100]] };
    expect(told(short)).toEqual(["liquidated NET 10 at 109.46 fee 0 insurance 0"]);
  });

  it("comes after a stop that the price reaches first", () => {
    const desk = new Desk({ ...long, bars: [flat, flat, [100, 100, 80, 85, 1_000]] });
    desk.next();
    desk.send({ type: "stop_market", side: "sell", quantity: 10, trigger: 95, reduceOnly: true });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 10 at 95 taker fee 0.475 USDC"]);
  });

  it("leaves a stop alone that lies a hair above it: what is worth a look is not yet lost", () => {
    const desk = new Desk({ ...long, bars: [flat, flat, [100, 100, 90.46, 95, 1_000]] });
    desk.next();
    desk.send({ type: "stop_market", side: "sell", quantity: 10, trigger: 90.48, reduceOnly: true });
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 10 at 90.48 taker fee 0.4524 USDC"]);
  });

  it("counts what a buy on the way down has added, and takes the open orders away first", () => {
    // 5 bought at 92 for a fee of 0.092: 99.908 + 15 p - 1460 ≤ 0.075 p from 91.1284… down.
    const desk = new Desk({ ...long, bars: [flat, flat, [100, 100, 80, 85, 1_000]] });
    desk.next();
    desk.send({ type: "limit", side: "buy", quantity: 5, price: 92 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 90 });
    desk.next();
    expect(desk.next()).toEqual([
      "fill 1: 5 at 92 maker fee 0.092 USDC",
      "expired 2 after 0 liquidated",
      "liquidated NET 15 at 91.12 fee 0 insurance 0",
    ]);
    expect([desk.wallet(), desk.openOrders]).toEqual(["6.708", []]);
  });

  it("follows the tiers of the market: 10 % of the value above 500 is 100 - 47.5 at 1000", () => {
    // Amount of the second tier: 500 × (10 % - 0.5 %) = 47.5. 100 + 10 p - 1000 ≤ p - 47.5 from 94.7222… down.
    const tiers = [
      { minNotional: 0, maxNotional: 500, maintenanceMarginRate: 0.005, maxLeverage: 50 },
      { minNotional: 500, maxNotional: 5_000, maintenanceMarginRate: 0.1, maxLeverage: 10 },
    ];
    expect(told({ ...long, tiers })).toEqual(["liquidated NET 10 at 94.72 fee 0 insurance 0"]);
  });

  it("does not wait for somebody to trade: a bar without volume", () => {
    expect(told({ ...long, fill: { volumeCap: "0.1" }, bars: [[100, 100, 80, 85, 0]] })).toEqual(["liquidated NET 10 at 90.45 fee 0 insurance 0"]);
  });

  it("is caused by a funding payment that takes the last of the margin", () => {
    // 4 % of 1000 at the stamp leave 60: 60 + 10 p - 1000 ≤ 0.05 p from 94.4723… down; the low is 94.
    const bars: Bar[] = [flat, [100, 100, 94, 95, 1_000]];
    expect(told({ ...long, bars })).toEqual([]);
    expect(told({ ...long, bars, funding: [[minute, 40_000]] })).toEqual([
      "funding NET -40 at 100 (last)",
      "liquidated NET 10 at 94.47 fee 0 insurance 0",
    ]);
  });

  it("is judged by the mark, and trades at the price that stands beside it", () => {
    const still: Bar = [100, 100, 99, 99.5, 1_000];
    // The mark goes from 100 to 90 while the trades go from 100 to 99: at 90.45 they stand at 99.045, and trade the tick below.
    expect(told({ ...long, bars: [still], marks: [[100, 100, 90, 95]] })).toEqual(["liquidated NET 10 at 99.04 fee 0 insurance 0"]);
    expect(told({ ...long, marks: [[100, 100, 95, 95]] })).toEqual([]);
  });
});

describe("liquidation of isolated legs", () => {
  const hedged: DeskSetup = {
    bars: [[100, 100, 80, 85, 1_000]],
    mode: "hedge",
    marginMode: "isolated",
    liquidation: "generic",
    leverage: 10,
    balances: { USDC: "1000" },
    positions: [
      ["LONG", 10, 100],
      ["SHORT", -1, 100],
    ],
  };

  it("takes the leg's own margin and leaves the wallet and the other leg alone", () => {
    const desk = new Desk(hedged);
    expect(desk.next()).toEqual(["liquidated LONG 10 at 90.45 fee 0 insurance 0"]);
    // 1000 - 95.5; the margin of the short is 100 ÷ 10.
    expect([desk.wallet(), desk.position("LONG"), desk.position("SHORT")]).toEqual(["904.5", 0, -1]);
    const { account } = desk.exchange;
    expect(account.positionMargin(account.ledger.index("USDC"))).toBe(10_000_000);
  });

  it("in a takeover costs exactly the margin: closed at 90, nothing is left for either side", () => {
    const desk = new Desk({ ...hedged, liquidation: "bybit" });
    expect(desk.next()).toEqual(["liquidated LONG 10 at 90 fee 0 insurance 0 takeover"]);
    expect(desk.wallet()).toBe("900");
  });

  it("behind a gap costs no more than the margin", () => {
    const desk = new Desk({ ...hedged, bars: [[80, 80, 80, 80, 1_000]] });
    expect(desk.next()).toEqual(["liquidated LONG 10 at 80 fee 0 insurance -100"]);
    expect(desk.wallet()).toBe("900");
  });

  it("lets new orders use what is not set apart", () => {
    // 1000 - 100 - 10 = 890 is free: at leverage 10 a long of 8900 less its fee; the profit of a leg is not free.
    const desk = new Desk({ ...hedged, bars: [flat, flat] });
    desk.next();
    desk.send({ side: "buy", quantity: 89, leg: "LONG" });
    desk.send({ side: "buy", quantity: 88, leg: "LONG" });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds", "ack 2", "fill 2: 88 at 100 taker fee 4.4 USDC"]);
  });

  it("restores the margins of the legs", () => {
    const setup: DeskSetup = { ...hedged, bars: [flat, [100, 100, 80, 85, 1_000]] };
    const before = exchangeOf(setup);
    before.advanceBar(0 as MarketIndex, 0);
    const saved: unknown = JSON.parse(JSON.stringify(before.exportState()));
    const after = exchangeOf({ ...setup });
    after.importState(saved as ReturnType<typeof before.exportState>);
    for (const exchange of [before, after]) exchange.advanceBar(0 as MarketIndex, 1);
    expect(drain(after).map(line)).toEqual(drain(before).map(line));
    expect(after.exportState()).toEqual(before.exportState());
  });
});
