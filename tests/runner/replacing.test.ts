// What an intent that takes the place of another one counts beside the others of its market and side: itself, and not the other one.

import { describe, expect, it } from "vitest";

import type { Context } from "../../src/strategy/index.ts";
import { Harness, orderOf, positioned, TestStrategy } from "./harness.ts";
import { opened, routed } from "./routing/routed.ts";

const rest = (ctx: Context, replaces?: number) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, replaces });

describe("an entry in the place of another", () => {
  it("is refused where that one is no entry: the pending entry is still there", () => {
    const harness = positioned({ hedge: true });
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 120 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 111, replaces: 3 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["4 position_pending"]);
    expect(harness.of("cancel_order")).toEqual([]);
  });

  it("is refused where that one is on its way out already and a third one is pending", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => rest(ctx);
    harness.strategy.at[1] = (ctx) => {
      ctx.cancel(1);
      rest(ctx);
      rest(ctx, 1);
    };
    harness.bars(0, 1);
    expect(harness.skips).toEqual(["3 position_pending"]);
  });

  it("is refused where that one is nobody's", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      rest(ctx);
      rest(ctx, 99);
    };
    harness.bar(0);
    expect(harness.skips).toEqual(["2 position_pending"]);
  });

  it("that is being worked by a route is sent, once: what is ending already makes no room", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 2, replaces: 1 });
      ctx.open({ side: "LONG", quantity: 3, replaces: 1 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["3 position_pending"]);
  });
});

describe("an add in the place of another", () => {
  const policy = { dcaOrderType: "limit", maxPendingAdds: 1 } as const;
  const add = (ctx: Context, replaces?: number) => ctx.add({ side: "LONG", quantity: 1, price: 95, replaces });

  it("does not count beside it", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy }) });
    harness.strategy.at[1] = (ctx) => {
      add(ctx);
      add(ctx, 2);
      add(ctx, 2);
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["4 position_pending"]);
    expect(harness.of("cancel_order")).toEqual([{ type: "cancel_order", order: orderOf(2), market: 0, reason: "replaced" }]);
  });
});
