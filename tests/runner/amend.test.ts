// Amendments: what the venue may have done before the runner hears of it, in every order of the messages.

import { describe, expect, it } from "vitest";

import { noLimits } from "../../src/risk/index.ts";
import type { MarketIndex } from "../../src/domain/index.ts";
import { Harness, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";
import { opened, routed } from "./routing/routed.ts";

describe("amending", () => {
  function resting(): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    return harness;
  }

  function amend(harness: Harness, change: { price?: number; quantity?: number }): boolean {
    let done = false;
    harness.strategy.at[1] = (ctx) => {
      done = ctx.amend(1, change);
    };
    harness.bar(1);
    return done;
  }

  const amended = (harness: Harness, price: number, quantity: number) =>
    harness.fact("order_amended", { order: orderOf(1), price: (price * 100) as never, trigger: null, quantity: (quantity * 1_000) as never });

  it("changes price and quantity once the venue confirms", () => {
    const harness = resting();
    expect(amend(harness, { price: 96.005, quantity: 2 })).toBe(true);
    // A buy goes down to the tick.
    expect(harness.of("amend_order")).toEqual([{ type: "amend_order", order: orderOf(1), market: 0, price: 9_600, trigger: null, quantity: 2_000 }]);
    harness.handle(amended(harness, 96, 2));
    harness.fill(orderOf(1), 96, 2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("a fill of the larger quantity may overtake the confirmation", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const confirmation = amended(harness, 95, 2);
    harness.fill(orderOf(1), 95, 2);
    harness.handle(confirmation);
    expect(harness.held("LONG")).toBe(2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("a fill that completes the smaller quantity may overtake the confirmation", () => {
    const harness = resting();
    amend(harness, { quantity: 0.4 });
    const confirmation = amended(harness, 95, 0.4);
    harness.fill(orderOf(1), 95, 0.4);
    harness.handle(confirmation);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("a fill of the old quantity does not complete an order whose enlargement is on its way", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const confirmation = amended(harness, 95, 2);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.runner.openOrders).toBe(1);
    harness.handle(confirmation);
    harness.handle(confirmation);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.held("LONG")).toBe(2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it.each(["refused", "found filled by a query"])("when that enlargement is %s, the order is complete", (how) => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    harness.fill(orderOf(1), 95, 1);
    if (how === "refused") harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "unknown_order_at_venue")));
    else harness.answer(orderOf(1), "FILLED");
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("an order that ends before its enlargement is confirmed is not made FILLED by the fill that was still on its way", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const [confirmation, fill] = [amended(harness, 95, 2), harness.fillEvent(orderOf(1), 95, 1)];
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 1_000 as never, reason: "volume_cap" }));
    harness.handle(confirmation);
    harness.handle(fill);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap"]);
  });

  it("of two confirmations the later of the venue counts, whichever comes last", () => {
    const harness = resting();
    amend(harness, { price: 96 });
    const [first, second] = [amended(harness, 96, 1), amended(harness, 97, 1)];
    harness.handle(second);
    harness.handle(first);
    harness.strategy.at[2] = (ctx) => expect(ctx.orders()[0]?.price).toBe(97);
    harness.bar(2);
  });

  it("a fill that no amendment explains is not counted before the position has it", () => {
    const harness = resting();
    harness.fill(orderOf(1), 95, 1.001);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([0, true]);
  });

  it("INT-2: an entry is not enlarged where a new one would be refused", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: 150, maxOpenOrders: null, maxOrdersPerMinute: null };
    const harness = new Harness({ settings: { limits } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    // 95 + 95 = 190 > 150.
    expect(amend(harness, { quantity: 2 })).toBe(false);
    const stopped = resting();
    stopped.command("stop_new_orders");
    expect(amend(stopped, { quantity: 2 })).toBe(false);
    const halted = resting();
    halted.strategy.onFillDo = (ctx) => expect(ctx.amend(1, { price: 94 })).toBe(false);
    halted.command("halt");
    halted.fill(orderOf(1), 95, 0.5);
    expect([harness, stopped, halted].flatMap((one) => one.of("amend_order"))).toEqual([]);
  });
});

describe("an amendment is not sent", () => {
  const asked = (
    prepare: (harness: Harness) => void,
    change: { price?: number; trigger?: number; quantity?: number } = { price: 94 },
    intent = 1,
  ) => {
    // The silence of a cancel is no doubt yet.
    const harness = new Harness({ settings: { cancelConfirmMs: 1e9 } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    prepare(harness);
    let answer: boolean | undefined;
    harness.strategy.at[2] = (ctx) => {
      answer = ctx.amend(intent, change);
    };
    harness.bar(2);
    return [answer, harness.of("amend_order").length];
  };

  it.each([
    ["whose outcome is open", (harness: Harness) => harness.unknown(orderOf(1))],
    [
      "whose cancel is out",
      (harness: Harness) => {
        harness.strategy.at[1] = (ctx) => ctx.cancel(1);
        harness.bar(1);
      },
    ],
    ["that has ended", (harness: Harness) => harness.fill(orderOf(1), 95, 1)],
  ] as const)("of an order %s", (_what, prepare) => {
    expect(asked(prepare)).toEqual([false, 0]);
  });

  it("of an intent that is nobody's, or that says nothing, or no number", () => {
    const nothing = () => undefined;
    expect(asked(nothing, { price: 94 }, 7)).toEqual([false, 0]);
    expect(asked(nothing, {})).toEqual([false, 0]);
    expect(asked(nothing, { price: Number.NaN, quantity: Number.NaN })).toEqual([false, 0]);
    expect(asked(nothing)).toEqual([true, 1]);
  });

  it("of a routed intent: its order is its route's", () => {
    const harness = routed();
    opened(harness);
    harness.strategy.at[1] = (ctx) => expect(ctx.amend(1, { price: 90 })).toBe(false);
    harness.bar(1);
    expect(harness.of("amend_order")).toEqual([]);
  });
});

describe("an amendment goes onto the grid", () => {
  it("of a seller upwards, of a trigger to the nearest tick, of a quantity downwards", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 105, family: "tp" });
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl" });
    };
    harness.strategy.at[2] = (ctx) => {
      ctx.amend(2, { price: 104.001, quantity: 0.5009 });
      ctx.amend(3, { trigger: 91.006 });
    };
    harness.bars(1, 2);
    expect(harness.of("amend_order").map(({ price, trigger, quantity }) => [price, trigger, quantity])).toEqual([
      [10_401, null, 500],
      [null, 9_101, null],
    ]);
  });
});

describe("INT-2: what enlarges an entry", () => {
  /** A long entry at 95 and a stop of a short position rest. @returns which of the changes are let through */
  function changes(hold: (harness: Harness) => void, settings: HarnessOptions["settings"] = {}): boolean[] {
    const backoff = { maxFailures: 1, cooldownMs: 1e7, mode: "fixed", capMs: 1e7, perFamily: true } as const;
    const harness = new Harness({ settings, strategy: new TestStrategy({ backoff }) });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "SHORT", quantity: 0.5, orderType: "stop_market", trigger: 110, family: "sl" });
    harness.bar(0);
    harness.fill(orderOf(2), 100, 1);
    harness.bar(1);
    hold(harness);
    const answers: boolean[] = [];
    harness.strategy.at[3] = (ctx) => {
      answers.push(
        ctx.amend(1, { quantity: 1.5 }),
        ctx.amend(1, { price: 96 }),
        ctx.amend(1, { price: 94, quantity: 1 }),
        ctx.amend(3, { quantity: 1 }),
      );
    };
    harness.bar(3);
    return answers;
  }

  it.each([
    ["the operator's stop", (harness: Harness) => harness.command("stop_new_orders")],
    ["a lock", (harness: Harness) => harness.runner.inside.core.lock(null, "unexplained_divergence")],
    [
      "an order in doubt",
      (harness: Harness) => {
        harness.strategy.at[2] = (ctx) => ctx.reduce({ side: "SHORT", quantity: 0.1, orderType: "limit", price: 90 });
        harness.bar(2);
        harness.unknown(orderOf(4));
      },
    ],
    [
      "its family's backoff",
      (harness: Harness) => {
        harness.runner.inside.core.desks[0]?.backoff.fail("entry", harness.runner.now, "injected_rejection", null);
      },
    ],
  ] as const)("is held back by %s; what moves it, or reduces more, is not", (_what, hold) => {
    expect(changes(hold)).toEqual([false, true, true, true]);
  });

  it("passes where nothing holds it, and counts as much as it grows", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: null };
    expect(changes(() => undefined)).toEqual([true, true, true, true]);
    // At 95: 1 of its own, the half that it grows by, and the short leg's 1.
    expect(changes(() => undefined, { limits: { ...limits, maxPositionNotional: 237.5 } })[0]).toBe(true);
    expect(changes(() => undefined, { limits: { ...limits, maxPositionNotional: 237.4 } })[0]).toBe(false);
  });

  it("of a stop without a price counts at the last close", () => {
    const grows = (maxPositionNotional: number) => {
      const harness = new Harness({ settings: { limits: { ...noLimits, maxPositionNotional } } });
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 120 });
      let answer = false;
      harness.strategy.at[1] = (ctx) => {
        answer = ctx.amend(1, { quantity: 1.5 });
      };
      harness.bars(0, 1);
      return answer;
    };
    // 1.5 at 100.
    expect([grows(150), grows(149.9)]).toEqual([true, false]);
  });

  it("is not held back by a lock of another market", () => {
    const harness = new Harness({ markets: ["A", "B"].map((name) => ({ market: { symbol: `${name}/USDC:USDC` } })) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    let answer = false;
    harness.strategy.at[1] = (ctx) => {
      answer = ctx.amend(1, { quantity: 2 });
    };
    harness.bar(0);
    harness.runner.inside.core.lock(1 as MarketIndex, "symbol_quarantined");
    harness.bar(1);
    expect(answer).toBe(true);
  });
});

describe("an amendment without an answer", () => {
  it("is forgotten with its order", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.amend(1, { quantity: 2 });
    harness.bars(0, 1);
    expect(harness.runner.snapshot().amendments).toMatchObject([[orderOf(1), { quantity: 2_000, outstanding: 1 }]]);
    harness.canceled(orderOf(1));
    expect(harness.runner.snapshot().amendments).toEqual([]);
  });
});
