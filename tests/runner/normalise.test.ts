// From a strategy's numbers to units that a venue takes, function by function and at every border.
// Prices have 2 decimals, quantities 3, money 6.

import { describe, expect, it } from "vitest";

import {
  minimumNotional,
  type FamilyPolicy,
  type Instrument,
  type MarketRules,
  type OrderIntent,
  type OrderType,
  type Price,
  type Quantity,
  type Side,
} from "../../src/domain/index.ts";
import { belowMinimum, choosePrices, increaseQuantity, reduceQuantity, withMargin } from "../../src/runner/normalise.ts";
import type { RunnerOrder } from "../../src/runner/order.ts";
import { instrumentOf } from "./harness.ts";

const at100 = 10_000 as Price;
const quantity = (units: number) => units as Quantity;

describe("the venue's floor for one order", () => {
  const floor = (rules: Partial<MarketRules>, configured: number) => minimumNotional(instrumentOf(rules), at100, configured);

  it("row 004-MO-1: is the configured one where the venue has none, and the largest of all with a tenth on the venue's", () => {
    expect(floor({}, 7)).toBe(7);
    expect([floor({ minNotional: "10" }, 5), floor({ minNotional: "10" }, 12)]).toEqual([expect.closeTo(11, 9), 12]);
    expect([floor({ minQuantity: "0.2" }, 5), floor({ minQuantity: "0.2" }, 23)]).toEqual([expect.closeTo(22, 9), 23]);
    expect(floor({ minNotional: "30", minQuantity: "0.2" }, 0)).toBeCloseTo(33, 9);
  });

  it("counts what a contract holds: 2 contracts of 0.1 at 100 are 20", () => {
    expect(floor({ minQuantity: "2", contractSize: "0.1" }, 0)).toBeCloseTo(22, 9);
  });

  it("leaves a quantity that still reaches a minimum when a tenth of it is gone", () => {
    expect([withMargin(quantity(1_100)), withMargin(quantity(1_099)), withMargin(quantity(11))]).toEqual([1_000, 999, 10]);
  });
});

describe("too little for the venue", () => {
  const below = (rules: Partial<MarketRules>, units: number, increases: boolean, configured = 0) =>
    belowMinimum(instrumentOf(rules), at100, quantity(units), increases, configured);

  it("is less than its smallest quantity, whatever the order is for", () => {
    const rules = { minQuantity: "0.01" };
    expect([below(rules, 9, true), below(rules, 9, false), below(rules, 10, true), below(rules, 10, false)]).toEqual([
      "below_min_quantity",
      "below_min_quantity",
      null,
      null,
    ]);
  });

  it("is less than its smallest value, from which a margin venue exempts what reduces", () => {
    const rules = { minNotional: "10" };
    expect([below(rules, 99, true), below(rules, 100, true), below(rules, 99, false)]).toEqual(["below_min_notional", null, null]);
    const spot = { ...rules, kind: "spot" } as const;
    expect([below(spot, 99, false), below(spot, 100, false)]).toEqual(["below_min_notional", null]);
  });

  it("is less than the operator's floor for what increases risk, and for nothing else", () => {
    const spot = { kind: "spot" } as const;
    expect([below(spot, 119, true, 12), below(spot, 120, true, 12), below(spot, 119, false, 12)]).toEqual(["below_min_notional", null, null]);
  });
});

describe("the quantity of an order that increases risk", () => {
  const sized = (wanted: number, rules: Partial<MarketRules> = {}, floor = 0) => increaseQuantity(wanted, instrumentOf(rules), at100, floor);

  it("is floored to the step, and refused where it is no number, nothing, or more than the venue takes", () => {
    expect([sized(1.2345), sized(Number.NaN), sized(-1), sized(0.0004), sized(0)]).toEqual([
      1_234,
      "bad_quantity",
      "bad_quantity",
      "rounds_to_zero",
      "rounds_to_zero",
    ]);
    const most = { maxQuantity: "5" };
    expect([sized(5, most), sized(5.001, most), sized(5_000)]).toEqual([5_000, "above_max_quantity", 5_000_000]);
  });

  it("is raised to the smallest quantity, onto the step", () => {
    const rules = { step: "0.1", minQuantity: "0.25" };
    expect([sized(0.1, rules), sized(0.3, rules), sized(0.4, rules)]).toEqual([300, 300, 400]);
  });

  it("is raised to the floor: 11 at 100 is 0.11, and ten times as many contracts of a tenth", () => {
    expect([sized(0.05, {}, 11), sized(0.11, {}, 11), sized(0.2, {}, 11)]).toEqual([110, 110, 200]);
    expect(sized(0.05, { contractSize: "0.1" }, 11)).toBe(1_100);
    // 11.05 ÷ 100 = 0.1105, up to the step
    expect(sized(0.05, {}, 11.05)).toBe(111);
    expect(sized(0.05, {}, 1e300)).toBe("bad_quantity");
  });

  it("of an inverse contract knows no floor: its value falls as the price rises", () => {
    expect(sized(2, { inverse: true }, 1_000_000)).toBe(2_000);
  });
});

describe("the quantity of an order that reduces", () => {
  const sized = (wanted: number, rules: Partial<MarketRules> = {}, position = 2_000, price = at100) =>
    reduceQuantity(wanted, instrumentOf(rules), quantity(position), price);

  it("is floored to the step, and at most the position", () => {
    expect([sized(1.2345), sized(3), sized(3, { step: "0.1" }, 2_050)]).toEqual([1_234, 2_000, 2_000]);
    expect([sized(Number.NaN), sized(0.0004), sized(1, {}, 0)]).toEqual(["bad_quantity", "rounds_to_zero", "rounds_to_zero"]);
  });

  it("is refused below the smallest quantity, never raised", () => {
    const rules = { minQuantity: "0.05" };
    expect([sized(0.049, rules), sized(0.05, rules)]).toEqual(["below_min_quantity", 50]);
  });

  it("is refused below the smallest value on spot, where a price says what that is", () => {
    const spot = { kind: "spot", minNotional: "10" } as const;
    expect([sized(0.099, spot), sized(0.1, spot), sized(0.099, spot, 2_000, 0 as Price)]).toEqual(["below_min_notional", 100, 99]);
    expect([sized(0.099, { minNotional: "10" }), sized(0.001, { kind: "spot" })]).toEqual([99, 1]);
  });
});

describe("the prices of an order", () => {
  interface Given extends Pick<OrderIntent, "price" | "trigger"> {
    readonly type: OrderType;
    readonly side?: Side;
    readonly lastClose?: number;
    readonly offsetTicks?: number;
    readonly postOnly?: boolean;
    readonly instrument?: Instrument;
  }

  /** `[why not, price, trigger, moved inside of the last close]` */
  function chosen({ type, side = "buy", lastClose = at100, offsetTicks = 0, postOnly = false, instrument = instrumentOf(), ...prices }: Given) {
    const names = { type, direction: side === "buy" ? 1 : -1 };
    const order = { names, price: null, trigger: null, repriced: false, desk: { instrument, lastClose } } as unknown as RunnerOrder;
    const reason = choosePrices(order, prices as OrderIntent, { offsetTicks } as FamilyPolicy, postOnly);
    return [reason, order.price, order.trigger, order.repriced];
  }

  it("at market are none, whatever the intent says", () => {
    for (const type of ["market", "market_on_close"] as const) expect(chosen({ type, price: 99, trigger: 98 })).toEqual([null, null, null, false]);
  });

  it("of a limit go to the passive side of the tick, or stand at the last close", () => {
    expect(chosen({ type: "limit", price: 98.769 })).toEqual([null, 9_876, null, false]);
    expect(chosen({ type: "limit", side: "sell", price: 98.761 })).toEqual([null, 9_877, null, false]);
    expect(chosen({ type: "limit" })).toEqual([null, 10_000, null, false]);
    expect(chosen({ type: "limit", lastClose: 0 })).toEqual(["missing_price", null, null, false]);
    for (const price of [-5, 0, Number.NaN]) expect(chosen({ type: "limit", price })).toEqual(["bad_price", null, null, false]);
  });

  it("are moved to the passive side by the policy's ticks, but not to nothing", () => {
    expect(chosen({ type: "limit", price: 98, offsetTicks: 3 })[1]).toBe(9_797);
    expect(chosen({ type: "limit", side: "sell", price: 102, offsetTicks: 3 })[1]).toBe(10_203);
    expect(chosen({ type: "limit", price: 0.04, offsetTicks: 3 })[1]).toBe(1);
    for (const price of [0.02, 0.03]) expect(chosen({ type: "limit", price, offsetTicks: 3 })[0]).toBe("post_only_unpriceable");
  });

  it("of a post-only limit stand one tick inside of the last close when they would cross it", () => {
    expect(chosen({ type: "limit", price: 100, postOnly: true })).toEqual([null, 9_999, null, true]);
    expect(chosen({ type: "limit", price: 105, postOnly: true })).toEqual([null, 9_999, null, true]);
    expect(chosen({ type: "limit", price: 99.99, postOnly: true })).toEqual([null, 9_999, null, false]);
    expect(chosen({ type: "limit", side: "sell", price: 100, postOnly: true })).toEqual([null, 10_001, null, true]);
    expect(chosen({ type: "limit", side: "sell", price: 100.01, postOnly: true })).toEqual([null, 10_001, null, false]);
    expect(chosen({ type: "limit", price: 105, postOnly: false })).toEqual([null, 10_500, null, false]);
    // Nothing is known to cross, and nothing is left inside of the smallest price.
    expect(chosen({ type: "limit", price: 5, postOnly: true, lastClose: 0 })).toEqual([null, 500, null, false]);
    expect(chosen({ type: "limit", price: 0.01, postOnly: true, lastClose: 1 })[0]).toBe("post_only_unpriceable");
  });

  it("of a stop are its trigger on the nearest tick, and only a stop limit has a limit besides", () => {
    for (const type of ["stop_market", "take_profit_market"] as const) {
      expect(chosen({ type, trigger: 99.994, price: 95 })).toEqual([null, null, 9_999, false]);
      expect(chosen({ type, price: 95 })).toEqual(["missing_trigger", null, null, false]);
    }
    for (const type of ["stop_limit", "take_profit_limit"] as const) {
      expect(chosen({ type, trigger: 99.996, price: 101, postOnly: true })).toEqual([null, 10_100, 10_000, false]);
      expect(chosen({ type, price: 95 })[0]).toBe("missing_trigger");
    }
    for (const trigger of [0, -1, Number.NaN]) expect(chosen({ type: "stop_market", trigger })).toEqual(["bad_price", null, null, false]);
  });

  it("of a trailing stop may be left to the venue", () => {
    expect(chosen({ type: "trailing_stop", price: 95 })).toEqual([null, null, null, false]);
    expect(chosen({ type: "trailing_stop", trigger: 95 })).toEqual([null, null, 9_500, false]);
  });
});
