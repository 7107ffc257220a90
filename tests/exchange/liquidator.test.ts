// What a liquidation takes with it: whose orders, at which price, in how many steps, what is told of it and when the rest may
// go. Worked by hand; what a plan is made of is in liquidation.test.ts.
import { describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { Desk, drain, line, requestOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";
import { first, pairOf, second, type PairSetup } from "./pair.ts";

const flat: Bar = [100, 100, 100, 100, 1_000];
const crash: Bar = [100, 100, 70, 75, 1_000];
const far: Ticket = { type: "limit", side: "buy", quantity: 0.1, price: 60 };

describe("the orders of a liquidated account", () => {
  const both = (setup: Partial<PairSetup>) => {
    const exchange = pairOf({
      bars: [
        [flat, crash],
        [flat, flat],
      ],
      leverage: 20,
      liquidation: "generic",
      balances: { USDC: "150" },
      holding: [[0, 10, 100]],
      ...setup,
    });
    for (const [n, at] of [first, second].entries()) exchange.submit(requestOf(n + 1, far, at), 0 as Millis);
    for (const at of [first, second]) exchange.advanceBar(at, 0);
    expect(drain(exchange).map(line)).toEqual(["ack 1", "ack 2"]);
    exchange.advanceBar(first, 1);
    return drain(exchange).map(line);
  };

  it("are those of every swap that shares the wallet, and none of a spot market", () => {
    // 150 + 10 (p - 100) ≤ 0.05 p from 850 ÷ 9.95 = 85.427… down.
    const closed = "liquidated NET 10 at 85.42 fee 0 insurance 0";
    expect(both({})).toEqual(["expired 1 after 0 liquidated", "expired 2 after 0 liquidated", closed]);
    const spot = { symbol: "BBB/USDC", kind: "spot" } as const;
    // A spot market allows no leverage. Short 10 at 100 with 1100, up to 2100 ÷ 10.05 = 208.955….
    const short = { other: spot, leverage: 1, balances: { USDC: "1100" }, holding: [[0, -10, 100]] } as const;
    const rise: Bar = [100, 210, 100, 200, 1_000];
    expect(
      both({
        ...short,
        bars: [
          [flat, rise],
          [flat, flat],
        ],
      }),
    ).toEqual(["expired 1 after 0 liquidated", "liquidated NET 10 at 208.96 fee 0 insurance 0"]);
  });

  it("are those of the one leg where legs are isolated", () => {
    const desk = new Desk({
      bars: [flat, crash],
      mode: "hedge",
      marginMode: "isolated",
      liquidation: "generic",
      leverage: 10,
      positions: [
        ["LONG", 1, 100],
        ["SHORT", -5, 100],
      ],
    });
    desk.send({ ...far, leg: "LONG" });
    desk.send({ ...far, leg: "SHORT", family: "close" });
    desk.next();
    // 10 + p - 100 ≤ 0.005 p from 90 ÷ 0.995 = 90.452… down.
    expect(desk.next()).toEqual(["expired 1 after 0 liquidated", "liquidated LONG 1 at 90.45 fee 0 insurance 0"]);
    expect(desk.openOrders).toEqual([2]);
  });
});

describe("the price of a close", () => {
  // A percent of spread on either side. Wallet 50, 5 more on one leg than on the other: 50 ∓ 5 (p - 100) ≤ 0.5 % × 15 p.
  const hedged = (long: number, short: number, bar: Bar) => {
    const desk = new Desk({
      bars: [bar],
      mode: "hedge",
      profile: { halfSpreadBp: "100" },
      liquidation: "generic",
      leverage: 50,
      balances: { USDC: "50" },
      positions: [
        ["LONG", long, 100],
        ["SHORT", -short, 100],
      ],
    });
    return desk.next()[0];
  };

  it("of a hedged pair is on the side on which its larger leg closes", () => {
    // From 450 ÷ 4.925 = 91.370… down, a percent below 91.37: 90.4563. From 550 ÷ 5.075 = 108.374… up, a percent above 108.38: 109.4638.
    expect(hedged(10, 5, [100, 100, 80, 85, 1_000])).toMatch(/^liquidated LONG 10 at 90.45 /);
    expect(hedged(5, 10, [100, 120, 100, 110, 1_000])).toMatch(/^liquidated SHORT 10 at 109.47 /);
  });
});

describe("a liquidation of two positions", () => {
  it("tells each close with what the pool had and needed, and the fund's payment with the last", () => {
    // AAA opens at 70: 300 of 200 are gone; required are 0.5 % of 700 and 1000. AAA first, which has lost more, then BBB for nothing.
    const exchange = pairOf({
      bars: [[[70, 70, 70, 70, 1_000]], [flat]],
      leverage: 20,
      liquidation: "generic",
      balances: { USDC: "200" },
      holding: [
        [0, 10, 100],
        [1, 10, 100],
      ],
    });
    for (const at of [second, first]) exchange.advanceBar(at, 0);
    const pool = {
      time: 0,
      leg: "NET",
      side: "sell",
      quantity: 1_000,
      equity: -100_000_000,
      maintenance: 8_500_000,
      left: 0,
      takeover: false,
      fee: 0,
    };
    expect(drain(exchange)).toMatchObject([
      { ...pool, type: "liquidated", market: 0, price: 7_000, insurance: 0 },
      { ...pool, type: "liquidated", market: 1, price: 10_000, insurance: -100_000_000 },
    ]);
    expect(exchange.account.wallet(0)).toBe(0);
  });
});

describe("a close of another market", () => {
  it("is at that market's own last price", () => {
    // BBB has been at 60 in between and is at 100 again; AAA opens at 70 and loses 300 of 200. BBB goes as well.
    const exchange = pairOf({
      bars: [[[70, 70, 70, 70, 1_000]], [[100, 100, 60, 100, 1_000]]],
      leverage: 20,
      liquidation: "generic",
      balances: { USDC: "200" },
      holding: [
        [0, 10, 100],
        [1, 1, 100],
      ],
    });
    for (const at of [second, first]) exchange.advanceBar(at, 0);
    expect(drain(exchange).map(line)).toEqual(["liquidated NET 10 at 70 fee 0 insurance 0", "liquidated NET 1 at 100 fee 0 insurance -100"]);
  });

  it("of a short buys", () => {
    const exchange = pairOf({
      bars: [[[130, 130, 130, 130, 1_000]], [flat]],
      leverage: 20,
      liquidation: "generic",
      balances: { USDC: "200" },
      holding: [[0, -10, 100]],
    });
    exchange.advanceBar(first, 0);
    expect(drain(exchange)).toMatchObject([{ side: "buy", quantity: 1_000, price: 13_000, insurance: -100_000_000 }]);
  });
});

describe("a share of a position on Hyperliquid", () => {
  // Long 20 at 10,000 with 5,000 and 1.25 %: from 195,000 ÷ 19.75 = 9873.417… down. A fifth goes at a loss of 4 × 126.59 = 506.36;
  // the other 16 from (160,000 - 4,493.64) ÷ 15.8 = 9842.174… down.
  const setup: DeskSetup = {
    bars: [],
    liquidation: "hyperliquid",
    leverage: 40,
    balances: { USDC: "5000" },
    positions: [["NET", 20, 10_000]],
    profile: { maintenanceMarginRate: "0.0125" },
  };
  const falls = (open: number, low: number): Bar => [open, open, low, low, 10_000];
  const told = (...bars: readonly Bar[]): string[] => {
    const desk = new Desk({ ...setup, bars });
    return bars.flatMap(() => desk.next());
  };

  it("is a fifth at first, and the whole when the rest is lost in the same 30 s", () => {
    expect(told(falls(10_000, 9_850))).toEqual(["liquidated NET 4 at 9873.41 fee 0 insurance 0"]);
    expect(told(falls(10_000, 9_840))).toEqual(["liquidated NET 4 at 9873.41 fee 0 insurance 0", "liquidated NET 16 at 9842.17 fee 0 insurance 0"]);
  });

  it("is a fifth of the rest a minute later", () => {
    expect(told(falls(10_000, 9_850), falls(9_850, 9_840))[1]).toBe("liquidated NET 3.2 at 9842.17 fee 0 insurance 0");
  });

  it("leaves no mark when all of a small position is closed: the next large one begins with a fifth", () => {
    // 1 at 10,000 with 200: its value is not above 100,000. 9,800 ÷ 0.9875 = 9924.050….
    const desk = new Desk({ ...setup, balances: { USDC: "200" }, positions: [["NET", 1, 10_000]], bars: [falls(10_000, 9_900)] });
    expect(desk.next()).toEqual(["liquidated NET 1 at 9924.05 fee 0 insurance 0"]);
    expect(desk.exchange.perpetuals?.snapshot().shareTime).toBe(null);
  });

  it("of an isolated leg is lost out of its own margin, and the rest keeps what is left of it", () => {
    const desk = new Desk({ ...setup, marginMode: "isolated", balances: { USDC: "6000" }, bars: [falls(10_000, 9_850)] });
    expect(desk.next()).toEqual(["liquidated NET 4 at 9873.41 fee 0 insurance 0"]);
    // 5,000 - 506.36 beside 1,000 that are free.
    const { account } = desk.exchange;
    expect([account.positionMargin(0), account.available(0)]).toEqual([4_493_640_000, 1_000_000_000]);
  });
});
