// I-27 at the runner's door: whatever a shell does with its queue, a timer fires once, not early, and behind no later one. What is
// planted here is a shell that is wrong.

import { describe, expect, it } from "vitest";

import type { Millis, OrderNumber } from "../../src/domain/index.ts";
import { Timers } from "../../src/runner/timers.ts";
import { Harness, minute, orderOf } from "./harness.ts";

const query = (order: number) => ({ kind: "query", order: order as OrderNumber }) as const;
const at = (time: number) => time as Millis;

function armed(): { timers: Timers; first: number; second: number } {
  const timers = new Timers();
  const first = timers.arm(query(1), at(1_000), at(0));
  const second = timers.arm(query(2), at(2_000), at(0));
  return { timers, first, second };
}

const broken = (text: string) => expect.objectContaining({ code: "I-27", reason: text });

describe("a timer", () => {
  it("fires when it is due, or late, each in its turn", () => {
    const { timers, first, second } = armed();
    expect(timers.fire(first, at(1_000))).toEqual(query(1));
    const third = timers.arm(query(3), at(2_000), at(1_500));
    expect([timers.fire(second, at(5_000)), timers.fire(third, at(5_000)), timers.length]).toEqual([query(2), query(3), 0]);
  });

  it("that is armed for a time that is over has its turn now", () => {
    const { timers, first, second } = armed();
    timers.fire(first, at(1_000));
    timers.fire(second, at(2_500));
    expect(timers.fire(timers.arm(query(3), at(1_500), at(2_500)), at(2_500))).toEqual(query(3));
  });

  it("that fires twice breaks I-27", () => {
    const { timers, first } = armed();
    timers.fire(first, at(1_000));
    expect(() => timers.fire(first, at(1_000))).toThrow(broken("timer 1 fires and is not armed"));
  });

  it("that fires early breaks I-27", () => {
    const { timers, first } = armed();
    expect(() => timers.fire(first, at(999))).toThrow(broken("timer 1 fires at 999, before it is due at 1000"));
  });

  it("that fires behind one that was due later breaks I-27", () => {
    const { timers, first, second } = armed();
    timers.fire(second, at(2_000));
    expect(() => timers.fire(first, at(2_000))).toThrow(broken("timer 1 was due at 1000 and fires behind one that was due at 2000"));
  });

  it("that was armed for a time that is over turns nothing back: one that is behind its turn is still found", () => {
    const { timers, first, second } = armed();
    const between = timers.arm(query(4), at(1_800), at(0));
    timers.fire(first, at(1_000));
    timers.fire(second, at(2_500));
    timers.fire(timers.arm(query(3), at(1_500), at(2_500)), at(2_500));
    expect(() => timers.fire(between, at(2_500))).toThrow(broken("timer 3 was due at 1800 and fires behind one that was due at 2000"));
  });

  it("of a question is one for each order", () => {
    const { timers } = armed();
    expect([1, 2, 3].map((order) => timers.awaitsQuery(order as OrderNumber))).toEqual([true, true, false]);
    timers.arm({ kind: "query_lost", order: 3 as OrderNumber }, at(3_000), at(0));
    expect(timers.awaitsQuery(3 as OrderNumber)).toBe(false);
  });

  it("of a life that a shell tells twice ends the session, and nothing is cancelled twice", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: minute });
    harness.bar(0);
    harness.ack(orderOf(1));
    harness.timer(1, 2 * minute);
    expect(() => harness.timer(1, 2 * minute)).toThrow(broken("timer 1 fires and is not armed"));
    expect(harness.of("cancel_order")).toHaveLength(1);
  });
});
