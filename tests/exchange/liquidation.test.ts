// What a liquidation closes, costs and leaves, worked by hand; and that no money appears or vanishes in any of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRatio, Position, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import { whole } from "../../src/exchange/virtual/fraction.ts";
import { planLiquidation, type LiquidationPlan } from "../../src/exchange/virtual/liquidation.ts";
import { isLiquidated, openLegs, type MarginPool } from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules, type LiquidationRule } from "../../src/exchange/virtual/margin-rules.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { anyPool, rulesToTry } from "./margin-arbitraries.ts";
import { btc, eth, fraction, inverse, leg, money, pool, poolMarket, price, tiersOf } from "./margin-setup.ts";

const { generic, hyperliquid } = liquidationRules;
const onePercent = MarginTiers.flat(fraction(0.01), whole(50));
const units = (value: number) => money(btc, value);

/** Of a plan, in whole units of 6 decimals. */
function summary({ steps, wallet, insurance, takeover, fundResult }: LiquidationPlan) {
  const plain = (amount: number) => amount / 1e6;
  return {
    steps: steps.map(({ market, leg: at, quantity, price: paid, gain, fee }) => [market, at, quantity / 1_000, paid / 100, plain(gain), plain(fee)]),
    wallet: plain(wallet),
    insurance: plain(insurance),
    fund: plain(fundResult),
    takeover,
  };
}

describe("a close at the market", () => {
  const rule: LiquidationRule = { ...generic, clearanceFee: parseRatio("0.005") };
  const long = (mark: number) => pool(units(6), poolMarket(btc, onePercent, mark, leg(btc, 1, 100)));

  it("takes the loss and the clearance fee, and leaves the rest to the account", () => {
    // At 94.9: 6 - 5.1 = 0.9 ≤ 0.949. Fee 94.9 × 0.5 % = 0.4745.
    expect(summary(planLiquidation(long(94.9), rule))).toEqual({
      steps: [[0, 0, 1, 94.9, -5.1, 0.4745]],
      wallet: 0.4255,
      insurance: 0,
      fund: 0,
      takeover: false,
    });
  });

  it("takes no more fee than is left", () => {
    expect(summary(planLiquidation(long(94.3), rule))).toMatchObject({ steps: [[0, 0, 1, 94.3, -5.7, 0.3]], wallet: 0, insurance: 0 });
  });

  it("that costs more than there is leaves nothing and is paid by the fund", () => {
    expect(summary(planLiquidation(long(90), rule))).toMatchObject({ steps: [[0, 0, 1, 90, -10, 0]], wallet: 0, insurance: -4, fund: -4 });
  });

  it("may be at a worse price than the mark", () => {
    const plan = planLiquidation(long(94.9), generic, [price(btc, 94.5)]);
    expect(summary(plan)).toMatchObject({ steps: [[0, 0, 1, 94.5, -5.5, 0]], wallet: 0.5 });
  });
});

describe("a takeover", () => {
  // Bybit: 1 BTC at 10,000, 50x: margin 200, maintenance 50 of the value at entry: liquidated at 9,850, bankrupt at 9,800.
  const rule = liquidationRules["bybit-entry"];
  const half = MarginTiers.flat(fraction(0.005), whole(100));
  const long = (mark: number) => pool(units(200), poolMarket(btc, half, mark, leg(btc, 1, 10_000)));

  it("goes through at the bankruptcy price, and the fund keeps what the market pays beyond it", () => {
    expect(isLiquidated(long(9_850.01), rule)).toBe(false);
    expect(summary(planLiquidation(long(9_850), rule))).toEqual({
      steps: [[0, 0, 1, 9_800, -200, 0]],
      wallet: 0,
      insurance: 0,
      fund: 50,
      takeover: true,
    });
  });

  it("behind a gap costs the account no more than its margin, and the fund the difference", () => {
    expect(summary(planLiquidation(long(9_700), rule))).toMatchObject({ steps: [[0, 0, 1, 9_800, -200, 0]], wallet: 0, insurance: 0, fund: -100 });
  });

  it("of an inverse contract leaves the fund less than a tick's worth", () => {
    // 5,000 contracts at 7,890: value 0.63371356 BTC, margin 1/50 = 0.01267427. At 7,735.5 the value is 0.64637063: 0.01265707 lost.
    const small = pool(0.01267427e8 as Money, poolMarket(inverse, half, 7_750, leg(inverse, 5_000, 7_890)));
    const { steps, wallet, insurance } = planLiquidation(small, liquidationRules["bybit-inverse-entry"]);
    expect(steps).toEqual([{ market: 0, leg: 0, quantity: 5_000, price: 77_355, gain: -1_265_707, fee: 0 }]);
    expect([wallet, insurance]).toEqual([0, 1_720]);
  });
});

describe("a partial liquidation", () => {
  it("steps down to the end of the tier below while that is enough", () => {
    // 1 % below 1,000, 10 % from there on (amount 90). Long 20 at 100, wallet 190, at 95: 90 ≤ 1,900 × 10 % - 90 = 100.
    // 10.526 × 95 = 999.97 is the most below 1,000: 9.474 go, at a loss of 47.37. Left: 90 > 10.
    const tiers = tiersOf(
      [
        [0, 0.01, 50],
        [1_000, 0.1, 5],
      ],
      btc,
    );
    const long = pool(units(190), poolMarket(btc, tiers, 95, leg(btc, 20, 100)));
    const rule: LiquidationRule = { ...generic, portion: { kind: "tier_down" } };
    expect(summary(planLiquidation(long, rule))).toMatchObject({ steps: [[0, 0, 9.474, 95, -47.37, 0]], wallet: 142.63, takeover: false });
    // With a wallet of 105 equity is 5: after the step 5 ≤ 10, so the rest goes as well.
    const poor = summary(planLiquidation({ ...long, wallet: units(105) }, rule));
    expect(poor.steps.map((step) => step[2])).toEqual([9.474, 10.526]);
    expect(poor.wallet).toBe(5);
  });

  it("on Hyperliquid closes a fifth above 100k USDC, the whole the next time", () => {
    // Long 2 at 100,000, margin 5,000, 1.25 %: at 98,600 equity is 2,200 ≤ 2,465, and above 2/3 of it.
    const rate = MarginTiers.flat(fraction(0.0125), whole(40));
    const long = (mark: number, size = 2) => pool(units(5_000), poolMarket(btc, rate, mark, leg(btc, size, 100_000)));
    expect(summary(planLiquidation(long(98_600), hyperliquid))).toMatchObject({ steps: [[0, 0, 0.4, 98_600, -560, 0]], wallet: 4_440 });
    expect(summary(planLiquidation(long(98_600), hyperliquid, undefined, 29_999))).toMatchObject({
      steps: [[0, 0, 2, 98_600, -2_800, 0]],
      wallet: 2_200,
    });
    // 1 at 100,000: its value is not above 100k.
    expect(summary(planLiquidation(long(96_100, 1), hyperliquid))).toMatchObject({ steps: [[0, 0, 1, 96_100, -3_900, 0]], wallet: 1_100 });
  });

  it("on Hyperliquid becomes a backstop below 2/3 of the maintenance margin: everything goes", () => {
    // At 98,200: 1,400 < 2,455 × 2/3 = 1,636.66…
    const rate = MarginTiers.flat(fraction(0.0125), whole(40));
    const long = pool(units(5_000), poolMarket(btc, rate, 98_200, leg(btc, 2, 100_000)));
    expect(summary(planLiquidation(long, hyperliquid))).toEqual({
      steps: [[0, 0, 2, 98_200, -3_600, 0]],
      wallet: 0,
      insurance: 1_400,
      fund: 1_400,
      takeover: true,
    });
  });
});

describe("a share of a position", () => {
  const rate = MarginTiers.flat(fraction(0.0125), whole(40));
  const long = (wallet: number, mark: number, size = 2, entry = 100_000) => pool(units(wallet), poolMarket(btc, rate, mark, leg(btc, size, entry)));

  it("is all that one look of the venue closes, though the rest does not suffice either", () => {
    // At 98,400: 1,700 ≤ 2,460. A fifth of it costs 640 and leaves 1,700 for 1.6 × 98,400 × 1.25 % = 1,968.
    const plan = planLiquidation(long(4_900, 98_400), hyperliquid);
    expect(summary(plan)).toMatchObject({ steps: [[0, 0, 0.4, 98_400, -640, 0]], wallet: 4_260, takeover: false });
  });

  it("is closed again from the end of the cooldown on, and never of a value of exactly 100,000", () => {
    const sizes = (given: MarginPool, since: number) =>
      planLiquidation(given, hyperliquid, undefined, since).steps.map(({ quantity }) => quantity / 1_000);
    expect([sizes(long(5_000, 98_600), 30_000), sizes(long(5_000, 98_600), 29_999)]).toEqual([[0.4], [2]]);
    // 11,000 - 10,000 ≤ 1,250, and above two thirds of it.
    expect([sizes(long(11_000, 100_000, 1, 110_000), 30_000), sizes(long(11_000, 100_000.01, 1, 110_000), 30_000)]).toEqual([[1], [0.2]]);
  });

  it("of two small legs is the whole of each until the margin suffices", () => {
    // 25 lost of 27: 2 ≤ 2.25 + 0.125 and above two thirds of it. Without the first 7 - 5 = 2 > 1.19.
    const both = pool(units(27), poolMarket(btc, rate, 95, leg(btc, 1, 105)), poolMarket(eth, rate, 9.5, leg(eth, 10, 11)));
    expect(planLiquidation({ ...both, wallet: units(27) }, hyperliquid).steps.map(({ market }) => market)).toEqual([1]);
    expect(
      planLiquidation({ ...both, wallet: units(26.6) }, { ...hyperliquid, backstop: null }, [price(btc, 90), price(eth, 8)]).steps.map(
        ({ market }) => market,
      ),
    ).toEqual([1, 0]);
  });

  it("turns into a backstop below two thirds of what is required, not at them", () => {
    // 1.25 % of 196,800 are 2,460, two thirds of it 1,640.
    const taken = (wallet: number) => planLiquidation(long(wallet, 98_400), hyperliquid).takeover;
    expect([taken(4_840), taken(4_839.999999)]).toEqual([false, true]);
  });
});

describe("a rule of takeover", () => {
  const bybit = liquidationRules.bybit;

  it("closes at the market what is above the tier below, and takes over only what is left at last", () => {
    const tiers = tiersOf(
      [
        [0, 0.01, 50],
        [1_000, 0.1, 5],
      ],
      btc,
    );
    // As above: 9.474 of 20 go at 95, and then 90 > 10.
    const long = pool(units(190), poolMarket(btc, tiers, 95, leg(btc, 20, 100)));
    expect(summary(planLiquidation(long, bybit))).toMatchObject({ steps: [[0, 0, 9.474, 95, -47.37, 0]], wallet: 142.63, takeover: false });
    // With 105: 105 - 47.37 = 57.63 for 10.526 from 100: bankrupt at 94.53.
    const poor = summary(planLiquidation({ ...long, wallet: units(105) }, bybit));
    expect(poor.steps.map(([, , size, paid]) => [size, paid])).toEqual([
      [9.474, 95],
      [10.526, 94.53],
    ]);
    expect(poor).toMatchObject({ wallet: 0, takeover: true });
  });

  it("closes the larger loss of a pair at the market first, and the other at its bankruptcy price", () => {
    // 20 lost on BTC, 5 on ETH, of 25.5: 0.5 ≤ 0.8 + 0.95. Without BTC 5.5 - 5 = 0.5 ≤ 0.95: bankrupt at 10 - 0.55.
    const both = pool(units(25.5), poolMarket(btc, onePercent, 80, leg(btc, 1, 100)), poolMarket(eth, onePercent, 9.5, leg(eth, 10, 10)));
    expect(summary(planLiquidation(both, bybit))).toMatchObject({
      steps: [
        [0, 0, 1, 80, -20, 0],
        [1, 0, 10, 9.45, -5.5, 0],
      ],
      wallet: 0,
      takeover: true,
    });
  });

  it("with a backstop takes several legs at their marks", () => {
    const both = pool(units(25.5), poolMarket(btc, onePercent, 80, leg(btc, 1, 100)), poolMarket(eth, onePercent, 9.5, leg(eth, 10, 10)));
    const plan = summary(planLiquidation(both, { ...bybit, backstop: parseRatio("0.9") }));
    expect(plan.steps.map(([, , , paid]) => paid)).toEqual([80, 9.5]);
    expect(plan).toMatchObject({ insurance: 0.5, takeover: true });
  });
});

describe("a cross wallet", () => {
  it("of two equal losses closes the first market's first", () => {
    const both = pool(units(11), poolMarket(btc, onePercent, 95, leg(btc, 1, 100)), poolMarket(eth, onePercent, 95, leg(eth, 1, 100)));
    expect(planLiquidation(both, generic).steps.map(({ market }) => market)).toEqual([0]);
  });

  it("closes the largest loss first and stops when the margin suffices again", () => {
    // Wallet 22. BTC long 1 at 100, at 95: -5. ETH short 10 at 10, at 11.6: -16. Equity 1 ≤ 0.95 + 1.16 = 2.11.
    // Without ETH: 22 - 16 - 5 = 1 > 0.95.
    const both = pool(units(22), poolMarket(btc, onePercent, 95, leg(btc, 1, 100)), poolMarket(eth, onePercent, 11.6, leg(eth, -10, 10)));
    expect(summary(planLiquidation(both, generic))).toMatchObject({ steps: [[1, 0, 10, 11.6, -16, 0]], wallet: 6 });
  });

  it("gives up the losing leg of a hedged pair and keeps the other", () => {
    // Long 10 at 100 and short 5 at 100, wallet 55, at 90: -100 + 50 + 55 = 5 ≤ 9 + 4.5. Without the long: 55 - 100 < 0, but
    // the short still carries 50: 5 > 4.5.
    const hedged = pool(units(55), poolMarket(btc, onePercent, 90, leg(btc, 10, 100, "LONG"), leg(btc, -5, 100, "SHORT")));
    const plan = planLiquidation(hedged, generic);
    expect(plan.steps).toEqual([{ market: 0, leg: 0, quantity: 10_000, price: 9_000, gain: -100_000_000, fee: 0 }]);
    expect([plan.wallet, plan.insurance]).toEqual([units(-45), 0]);
  });
});

describe("for every pool and rule", () => {
  it("money is conserved, closes are those of the position, and afterwards the pool is safe, flat or waits for its rest", () => {
    fc.assert(
      fc.property(anyPool(), fc.constantFrom(...rulesToTry), fc.integer({ min: 0, max: 200 }), (given, rule, feeBp) => {
        const charged: LiquidationRule = { ...rule, clearanceFee: { numerator: feeBp, denominator: 10_000 } };
        if (!isLiquidated(given, charged)) return;
        const plan = planLiquidation(given, charged);
        const moved = plan.steps.reduce((sum, { gain, fee }) => sum + gain - fee, 0);
        expect(given.wallet + moved).toBe(plan.wallet + plan.insurance);
        const after = applied(given, plan);
        // The fund gives only to a flat account.
        if (openLegs(after) > 0) expect(plan.insurance).toBe(0);
        else expect(plan.wallet).toBeGreaterThanOrEqual(0);
        if (plan.takeover) expect([plan.wallet, openLegs(after)]).toEqual([0, 0]);
        else if (charged.portion.kind !== "share") expect(isLiquidated(after, charged)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("a short closed at its entry has won 0, not -0", () => {
    // Wallet 60, a long of 10 at 106 and a short of 10 at 100, at 100: 60 lost, the short stands where it was sold.
    const hedged = pool(units(60), poolMarket(btc, onePercent, 100, leg(btc, 10, 106, "LONG"), leg(btc, -10, 100, "SHORT")));
    expect(planLiquidation(hedged, generic).steps.map(({ gain }) => gain)).toEqual([-60_000_000, 0]);
  });

  it("a pool that covers its margin is never planned for", () => {
    const safe = pool(units(30), poolMarket(btc, onePercent, 100, leg(btc, 1, 100)));
    expect(() => planLiquidation(safe, generic)).toThrow(/cannot be liquidated/);
  });

  /** The steps as fills of real positions; their realised P&L must be the plan's. */
  function applied(given: MarginPool, plan: LiquidationPlan): MarginPool {
    const positions = given.markets.map(({ instrument, legs }) =>
      legs.map((each) => {
        const copy = new Position(instrument, "NET");
        copy.quantity = each.quantity;
        copy.cost = each.cost;
        copy.lots.push(Math.abs(each.quantity) as Quantity, 1 as Price);
        return copy;
      }),
    );
    for (const { market, leg: at, quantity, price: paid, gain } of plan.steps) {
      const position = positions[market]?.[at] as Position;
      const signed = (position.quantity > 0 ? -quantity : quantity) as Quantity;
      expect(position.apply(signed, paid, position.instrument.notional(paid, quantity))).toBe(gain);
    }
    return { wallet: plan.wallet, markets: given.markets.map((market, at) => ({ ...market, legs: positions[at] ?? [] })) };
  }
});
