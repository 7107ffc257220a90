// A question whose answer is lost with everything else: it comes again.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf } from "../harness.ts";

/** A limit entry of 1 at 95 that rests: intent 1. */
function resting(): Harness {
  const harness = new Harness();
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: 30 * minute });
  harness.bar(0);
  harness.ack(orderOf(1));
  return harness;
}

function fireLast(harness: Harness): void {
  const timer = harness.of("set_timer").at(-1);
  harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
}

describe("an answer that never comes", () => {
  it("is asked for again, and again, until there is one", () => {
    const harness = resting();
    harness.unknown(orderOf(1));
    expect(harness.of("query_order")).toHaveLength(1);
    fireLast(harness);
    expect(harness.of("query_order")).toHaveLength(2);
    fireLast(harness);
    expect(harness.of("query_order")).toHaveLength(3);
    harness.answer(orderOf(1), "SUBMITTED");
    fireLast(harness);
    expect(harness.of("query_order")).toHaveLength(3);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("SUBMITTED signal");
  });

  it("is not waited for where there was one", () => {
    const harness = resting();
    harness.unknown(orderOf(1));
    const lost = harness.of("set_timer").at(-1);
    harness.answer(orderOf(1), null);
    harness.timer(lost?.timer ?? 0, lost?.due ?? 0);
    expect(harness.of("query_order")).toHaveLength(1);
  });
});
