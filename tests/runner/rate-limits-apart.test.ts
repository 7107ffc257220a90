// I-15, failures C1, where a venue counts its kinds of requests apart: what it takes still leaves at once, what it does not waits for its
// own time and for no other's.

import { describe, expect, it } from "vitest";

import type { RateLimit } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, refusal, TestStrategy } from "./harness.ts";
import { busy, requests, shutOut, until, wait } from "./limited.ts";

const refuseCancel = (harness: Harness, order: number, limit: RateLimit) =>
  harness.handle(harness.fact("cancel_rejected", refusal(orderOf(order), "rate_limited", "-1003", limit)));

/** No orders until a minute: an entry was refused. Intent 5. */
function withoutOrders(harness: Harness, minutes: number): void {
  harness.strategy.at[3] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
  harness.bar(3);
  harness.handle(harness.fact("order_rejected", refusal(orderOf(5), "rate_limited", "10006", until(minutes * minute))));
}

describe("while the venue takes no amendments", () => {
  it("a close leaves at once, and so does a question", () => {
    const harness = busy();
    shutOut(harness, 9, false);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    expect(requests(harness.bar(3))).toEqual(["cancel 4", "submit 5"]);
    expect(requests(harness.unknown(orderOf(3)))).toEqual(["query 3"]);
  });
});

describe("while the venue takes no orders", () => {
  it("a cancel that it has refused waits for cancels alone", () => {
    const harness = busy();
    withoutOrders(harness, 9);
    harness.strategy.at[4] = (ctx) => ctx.cancel(4);
    harness.bar(4);
    refuseCancel(harness, 4, until(6 * minute));
    expect(requests(wait(harness, 6 * minute))).toEqual(["cancel 4"]);
  });

  it("what waits for a sooner time than all before it is not kept until the later one", () => {
    const harness = busy();
    withoutOrders(harness, 9);
    harness.strategy.at[4] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 111, family: "tp" });
      ctx.cancel(4);
    };
    harness.bar(4);
    refuseCancel(harness, 4, until(7 * minute));
    expect(requests(wait(harness, 7 * minute - 1))).toEqual([]);
    expect(requests(wait(harness, 7 * minute))).toEqual(["cancel 4"]);
    harness.canceled(orderOf(4));
    expect(requests(wait(harness, 9 * minute))).toEqual(["submit 6"]);
  });

  it("a cancel that makes room for an order that waits goes with it, when both are taken again", () => {
    const harness = busy();
    withoutOrders(harness, 6);
    harness.strategy.at[4] = (ctx) => {
      ctx.cancel(4);
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 93, family: "sl", replaces: 2 });
    };
    harness.bar(4);
    refuseCancel(harness, 4, until(8 * minute));
    expect(requests(wait(harness, 6 * minute))).toEqual(["submit 6"]);
    expect(requests(wait(harness, 8 * minute)).sort()).toEqual(["cancel 2", "cancel 4"]);
  });
});

describe("a refused cancel of which nobody knows", () => {
  it("takes nothing from an order: its market fallback still stands in when its life is over", () => {
    const harness = busy();
    refuseCancel(harness, 4, until(4 * minute));
    wait(harness, 12 * minute);
    expect(requests(harness.effects).at(-1)).toBe("cancel 4");
    expect(requests(harness.canceled(orderOf(4)))).toEqual([`submit ${orderOf(4, 1) / 256}`]);
  });
});

describe("two cancels, one of which has to wait", () => {
  it("are doubted each at its own time", () => {
    const harness = new Harness({ strategy: new TestStrategy(), settings: { cancelConfirmMs: 10 * minute } });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    harness.strategy.at[1] = (ctx) => {
      ctx.cancel(1);
      ctx.cancel(2);
    };
    harness.bars(0, 1);
    refuseCancel(harness, 2, until(5 * minute));
    wait(harness, 5 * minute);
    harness.bars(5, 10);
    expect([1, 2].map((order) => harness.settled(orderOf(order)))).toEqual([[], []]);
    // Asked for at 2 minutes.
    harness.bar(11);
    expect([1, 2].map((order) => harness.settled(orderOf(order)))).toEqual([["UNKNOWN cancel_unconfirmed"], []]);
    harness.bars(12, 13);
    expect(harness.settled(orderOf(2))).toEqual([]);
    // Sent again at 5.
    harness.bar(14);
    expect(harness.settled(orderOf(2))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });
});

describe("a session that comes back while the venue takes no requests", () => {
  it("knows until when, for each kind of them", () => {
    const before = busy();
    withoutOrders(before, 9);
    const after = new Harness();
    after.runner.restore(before.runner.snapshot());
    after.clock = 4 * minute;
    after.strategy.at[4] = (ctx) => {
      ctx.cancel(3);
      ctx.close({ side: "LONG" });
    };
    expect(requests(after.bar(4))).toEqual(["cancel 3", "cancel 4"]);
    expect(after.of("order_held").map(({ until: time }) => time)).toEqual([9 * minute]);
  });
});

describe("a question for trades", () => {
  it("waits like the others, once for each market, and asks for the same time", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    harness.bar(0);
    for (const order of [1, 2]) harness.unknown(orderOf(order));
    for (const order of [1, 2]) harness.answer(orderOf(order), null, [], order === 1 ? 20_000 : 0);
    shutOut(harness, 9);
    for (const order of [1, 2]) harness.answer(orderOf(order), null, [], order === 1 ? 2_000 : 0);
    expect(harness.of("query_fills")).toEqual([]);
    wait(harness, 9 * minute);
    expect(harness.of("query_fills")).toEqual([{ type: "query_fills", market: 0, since: minute - 2_000 }]);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
  });
});
