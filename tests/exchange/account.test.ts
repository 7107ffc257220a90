// The account by itself: which currency a market counts in, what is free, the line that equity moves on, and what it refuses.
import { describe, expect, it } from "vitest";

import type { Money, Position, Side } from "../../src/domain/index.ts";
import type { VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Party } from "../../src/exchange/virtual/ledger.ts";
import { AccountBench, generic, swap } from "./account-bench.ts";
import { Desk, price, quantity, spotRules, type Bar } from "./desk.ts";

describe("an account of several markets and currencies", () => {
  // USDC: long 2 AAA from 100 to 110, short 1 BBB from 50 to 40, 3 DDD at 20. USDT: long 1 CCC from 10 to 8.
  const bench = (): AccountBench => {
    const each = new AccountBench([swap("AAA"), swap("BBB"), swap("CCC", "USDT"), { ...spotRules, symbol: "DDD/USDC", base: "DDD" }], {
      balances: { USDC: 1_000, USDT: 500, DDD: 3 },
    });
    each.fill(0, "buy", 2, 100);
    each.fill(1, "sell", 1, 50);
    each.fill(2, "buy", 1, 10);
    [110, 40, 8, 20].forEach((at, market) => each.last(market, at));
    return each;
  };

  it("counts each market in the currency that it settles in, and coins at their last price", () => {
    const each = bench();
    expect([each.of("USDC", (a, c) => a.equityOf(c, -1, price(0))), each.of("USDT", (a, c) => a.equityOf(c, -1, price(0)))]).toEqual([1_030, 498]);
    expect([each.of("USDC", (a, c) => a.equity(c)), each.of("USDT", (a, c) => a.equity(c))]).toEqual([1_090, 498]);
    // AAA at 90 instead.
    expect([each.of("USDC", (a, c) => a.equityOf(c, 0, price(90))), each.of("USDT", (a, c) => a.equityOf(c, 0, price(90)))]).toEqual([990, 498]);
  });

  it("asks maintenance of open swaps in their own currency, at the price that is asked about", () => {
    const each = bench();
    const maintenance = (currency: string, market: number, at: number) => each.of(currency, (a, c) => a.maintenanceOf(c, market, price(at)));
    // 0.5 % of 220 and 40; of 180 and 40; of 8.
    expect([maintenance("USDC", -1, 0), maintenance("USDC", 0, 90), maintenance("USDT", -1, 0), maintenance("DDD", -1, 0)]).toEqual([
      1.3, 1.1, 0.04, 0,
    ]);
  });

  it("has free what is neither margin nor held", () => {
    const each = bench();
    const { account } = each;
    account.hold(account.ledger.index("USDC"), 5_000_000);
    // 200 ÷ 4 + 50 ÷ 4; 10 ÷ 4
    const margins = ["USDC", "USDT", "DDD"].map((currency) => each.of(currency, (a, c) => a.positionMargin(c)));
    expect(margins).toEqual([62.5, 2.5, 0]);
    const spare = ["USDC", "USDT", "DDD"].map((currency) => each.of(currency, (a, c) => a.available(c)));
    expect(spare).toEqual([962.5, 495.5, 3]);
  });

  it("is on no line, nor is a spot account or an inverse one", () => {
    const inverse = { symbol: "BTC/USD:BTC", base: "BTC", quote: "USD", settle: "BTC", inverse: true };
    for (const markets of [[swap("AAA"), swap("BBB")], [spotRules], [inverse]]) expect(new AccountBench(markets).account.linePriceMax).toBe(0);
  });

  it("of inverse contracts gains in coins: 125 contracts of 1 from 100 to 125 are 1.25 and 1 coin", () => {
    const each = new AccountBench([{ symbol: "BTC/USD:BTC", base: "BTC", quote: "USD", settle: "BTC", inverse: true }], { balances: { BTC: 0 } });
    const { account } = each;
    account.deposit("BTC", 1_000_000 as Money);
    each.fill(0, "buy", 125, 100);
    each.last(0, 125);
    expect([account.equity(0), account.available(0)]).toEqual([1_250_000, 937_500]);
    each.fill(0, "sell", 250, 125);
    expect(account.wallet(0)).toBe(1_250_000);
    // Short 125 from 125 to 100: what was worth 1 is worth 1.25, and a fall is a short's gain.
    each.last(0, 100);
    expect(account.equity(0)).toBe(1_500_000);
  });
});

describe("the line of a lone swap market", () => {
  it("is the equity at every price up to where products are exact, redrawn by deposits, fills and fees", () => {
    const each = new AccountBench([swap("AAA")], { profile: generic });
    const { account } = each;
    expect([account.equityBase, account.equitySlope, account.linePriceMax]).toEqual([1_000_000_000, 0, Number.POSITIVE_INFINITY]);
    // 2 × 100 × 0.0005 = 0.1; a hundredth of a price is worth 200 × 100 units.
    expect(each.fill(0, "buy", 2, 100)).toBe(0.1);
    expect([account.equityBase, account.equitySlope, account.linePriceMax]).toEqual([799_900_000, 20_000, 9_007_199_254_740_991 / 20_000]);
    each.last(0, 105);
    expect(each.of("USDC", (a, c) => a.equity(c))).toBe(1_009.9);
    account.deposit("USDC", -9_900_000 as Money);
    expect(each.of("USDC", (a, c) => a.equity(c))).toBe(1_000);
    each.fill(0, "sell", 3, 100);
    expect([account.equitySlope, account.linePriceMax]).toEqual([-10_000, 9_007_199_254_740_991 / 10_000]);
  });

  it.each(["buy", "sell"] as const)("ends where a product would be rounded: there the equity is refused, never wrong (%s)", (side) => {
    const each = new AccountBench([swap("AAA")]);
    each.fill(0, side, 1_000_000, 1);
    // 10^8 hundredths × 100 units: exact up to 9007.19.
    each.last(0, 9_007.19);
    expect(each.of("USDC", (a, c) => a.equity(c))).toBe(side === "buy" ? 1_000 + 9_006_190_000 : 1_000 - 9_006_190_000);
    each.last(0, 9_007.2);
    expect(() => each.account.equity(0)).toThrow("2^53");
  });

  it("has the margins of both legs of a hedged pair beside it, at the leverage of now", () => {
    const each = new AccountBench([swap("AAA")], { mode: "hedge" });
    each.fill(0, "buy", 2, 100, "LONG");
    each.fill(0, "sell", 1, 100, "SHORT");
    each.last(0, 110);
    // 1000 + 20 - 10; 200 ÷ 4 + 100 ÷ 4
    expect([each.of("USDC", (a, c) => a.equity(c)), each.of("USDC", (a, c) => a.available(c))]).toEqual([1_010, 935]);
    each.account.setLeverage(10);
    expect(each.of("USDC", (a, c) => a.available(c))).toBe(980);
    each.account.hold(0, 80_000_000);
    expect(each.of("USDC", (a, c) => a.available(c))).toBe(900);
  });

  it("is of its own currency: what is free of another is what there is of it", () => {
    const each = new AccountBench([swap("AAA")], { balances: { USDC: 1_000, DDD: 3 } });
    each.account.hold(each.account.ledger.index("DDD"), 100);
    expect([each.of("DDD", (a, c) => a.available(c)), each.of("USDC", (a, c) => a.available(c))]).toEqual([2, 1_000]);
  });

  it("is drawn anew by a restored state", () => {
    const each = new AccountBench([swap("AAA")], { mode: "hedge" });
    each.fill(0, "buy", 2, 100, "LONG");
    each.last(0, 110);
    const again = new AccountBench([swap("AAA")], { mode: "one_way", leverage: 1, balances: {} });
    again.account.restore(JSON.parse(JSON.stringify(each.account.snapshot())) as never);
    expect([again.of("USDC", (a, c) => a.equity(c)), again.of("USDC", (a, c) => a.available(c)), again.account.linePriceMax]).toEqual([
      1_020,
      970,
      9_007_199_254_740_991 / 20_000,
    ]);
    expect(again.account.snapshot()).toEqual(each.account.snapshot());
  });
});

describe("what an account refuses", () => {
  it("is another position mode while any leg of any market is open; the same mode changes nothing", () => {
    const each = new AccountBench([swap("AAA"), swap("BBB")], { mode: "hedge" });
    const { account } = each;
    each.fill(1, "sell", 1, 100, "SHORT");
    account.setMode("hedge");
    expect([account.leg(1, "SHORT")?.quantity, account.mode]).toEqual([-100, "hedge"]);
    expect(() => account.setMode("one_way")).toThrow("BBB/USDC:USDC is not flat");
    each.fill(1, "buy", 1, 100, "SHORT");
    account.setMode("one_way");
    expect(account.markets.map(({ legs }) => legs.map(({ leg }) => leg))).toEqual([["NET"], ["NET"]]);
    expect([account.leg(0, "NET")?.leg, account.leg(0, "LONG"), account.leg(0, "SHORT")]).toEqual(["NET", undefined, undefined]);
    account.setMode("hedge");
    expect([account.leg(0, "NET"), account.leg(0, "LONG")?.leg, account.leg(0, "SHORT")?.leg]).toEqual([undefined, "LONG", "SHORT"]);
  });

  it("is a position from before the session in a leg that the mode has not", () => {
    const { account } = new AccountBench([swap("AAA")]);
    expect(() => account.boot(0, "LONG", quantity(1), price(100))).toThrow("has no LONG leg in one_way mode");
  });

  it("is to hold less than nothing", () => {
    const { account } = new AccountBench([swap("AAA")]);
    account.hold(0, 10);
    account.hold(0, -10);
    expect(account.heldFor(0)).toBe(0);
    expect(() => account.hold(0, -1)).toThrow("holds of USDC fell below zero");
  });

  it("is a wallet that its cash and its positions contradict, in whichever currency", () => {
    const each = new AccountBench([{ ...spotRules, symbol: "DDD/USDC", base: "DDD" }], { balances: { USDC: 1_000, DDD: 3 } });
    const saved = each.account.snapshot();
    expect(saved.currencies).toEqual(["DDD", "USDC"]);
    for (const wrong of [0, 1]) {
      const wallets = saved.wallets.map((amount, at) => (at === wrong ? amount + 1 : amount));
      expect(() => each.account.restore({ ...saved, wallets })).toThrow(`${saved.currencies[wrong]}: wallet`);
    }
    expect(() => each.account.restore(saved)).not.toThrow();
  });
});

describe("a position from before the session", () => {
  it("enters at its price, and gains from there to the last price that is known", () => {
    const each = new AccountBench([swap("AAA"), swap("BBB")]);
    each.last(0, 120);
    each.account.boot(0, "NET", quantity(2), price(100));
    each.account.boot(1, "NET", quantity(-2), price(100));
    expect(each.account.markets.map(({ last }) => last)).toEqual([12_000, 10_000]);
    expect(each.of("USDC", (a, c) => a.equity(c))).toBe(1_040);
    expect(each.of("USDC", (a) => a.ledger.balance(Party.market, 0))).toBe(0);
  });

  it("on a spot market is coins that are there already: no cash changes hands", () => {
    const each = new AccountBench([{ ...spotRules, symbol: "DDD/USDC", base: "DDD" }], { balances: { USDC: 1_000, DDD: 3 } });
    each.account.boot(0, "NET", quantity(3), price(20));
    expect([each.of("USDC", (a, c) => a.wallet(c)), each.of("DDD", (a, c) => a.wallet(c)), each.account.leg(0, "NET")?.quantity]).toEqual([
      1_000, 3, 300,
    ]);
    expect(each.of("USDC", (a, c) => a.equity(c))).toBe(1_060);
  });
});

describe("a trade beside the session's orders", () => {
  it("moves coins one way and cash the other, and one that never was brings back its fee where it was taken", () => {
    const each = new AccountBench([{ ...spotRules, symbol: "DDD/USDC", base: "DDD" }], {
      profile: { ...generic, feeCurrency: "received", takerFee: "0.01" },
      balances: { USDC: 1_000, DDD: 3 },
    });
    const { account } = each;
    account.boot(0, "NET", quantity(3), price(100));
    const position = account.leg(0, "NET") as Position;
    const holds = () => [each.of("USDC", (a, c) => a.wallet(c)), each.of("DDD", (a, c) => a.wallet(c)), position.quantity];
    account.externalTrade(0, position, quantity(-1), price(100));
    expect(holds()).toEqual([1_100, 2, 200]);
    account.externalTrade(0, position, quantity(1), price(100));
    expect(holds()).toEqual([1_000, 3, 300]);
    // A hundredth of the coin when buying, of the cash when selling.
    each.fill(0, "buy", 1, 100);
    expect(holds()).toEqual([900, 3.99, 399]);
    account.voidTrade(0, position, quantity(1), price(100), 1 as Money);
    expect(holds()).toEqual([1_000, 3, 300]);
    each.fill(0, "sell", 1, 100);
    expect(holds()).toEqual([1_099, 2, 200]);
    account.voidTrade(0, position, quantity(-1), price(100), 1_000_000 as Money);
    expect(holds()).toEqual([1_000, 3, 300]);
  });
});

describe("the checks of an account", () => {
  it("are two for each currency that a fill moves: one on a swap, two coins and a fee's on a spot market", () => {
    const lone = new AccountBench([swap("AAA")], { profile: generic });
    lone.fill(0, "buy", 1, 100);
    expect(lone.account.checks).toBe(2);
    const spot = (profile: Partial<VenueProfile>, side: Side): number => {
      const each = new AccountBench([{ ...spotRules, symbol: "DDD/USDC", base: "DDD" }], {
        profile: { ...generic, ...profile },
        balances: { USDC: 1_000, DDD: 3 },
      });
      each.fill(0, side, 1, 100);
      return each.account.checks;
    };
    // A fee in the base is looked at once more, after it has been taken.
    expect([spot({}, "buy"), spot({ feeCurrency: "received" }, "buy"), spot({ feeCurrency: "received" }, "sell")]).toEqual([4, 6, 4]);
  });
});

describe("the margin of an isolated leg at a venue", () => {
  const flat = (at: number): Bar => [at, at, at, at, 1_000];

  it("is that of what fills open: more for the same side, a share back for a part, that of the rest alone when it turns", () => {
    const desk = new Desk({ bars: [flat(100), flat(110), flat(120), flat(100)], liquidation: "generic", marginMode: "isolated", leverage: 10 });
    const margin = (): number => desk.exchange.account.positionMargin(0) / 1e6;
    const margins = (["buy", "buy", "sell", "sell"] as const).map((side, at) => {
      // Long 2 at 100; 1 more at 110; 1.5 of 3 sold at 120; 2 sold at 100, the last 0.5 of them short.
      desk.send({ side, quantity: [2, 1, 1.5, 2][at] as number });
      desk.next();
      return [desk.position(), margin()];
    });
    // 200 ÷ 10; + 110 ÷ 10; half of 31; 50 ÷ 10
    expect(margins).toEqual([
      [2, 20],
      [3, 31],
      [1.5, 15.5],
      [-0.5, 5],
    ]);
  });

  it("and its profit are the leg's: neither can be used for another order", () => {
    const desk = new Desk({
      bars: [flat(100), flat(110)],
      liquidation: "generic",
      marginMode: "isolated",
      leverage: 10,
      positions: [["NET", 2, 100]],
    });
    desk.next();
    desk.next();
    expect([desk.equity, desk.exchange.account.available(0)]).toEqual(["1020", 980_000_000]);
  });
});
