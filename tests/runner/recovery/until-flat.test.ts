// Locks that stand until a market is flat: where they are set, and what lifts them.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, TestStrategy } from "../harness.ts";

const two = () => {
  const markets = ["A/USDC:USDC", "B/USDC:USDC", "C/USDC:USDC"].map((symbol, at) => ({
    market: { symbol },
    strategy: new TestStrategy({ name: `s${at}` }),
  }));
  return new Harness({ markets });
};

/** A holds LONG 1, on B a limit rests, C is flat. */
function working(): Harness {
  const harness = two();
  const [a, b] = harness.strategies as [TestStrategy, TestStrategy];
  a.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
  b.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: 50 * minute });
  harness.bar(0);
  harness.fill(orderOf(1), 100, 1);
  return harness;
}

const locks = (harness: Harness) => harness.of("risk_locked").map(({ market, reason, locked }) => `${market} ${reason} ${locked ? "on" : "off"}`);

describe.each(["configuration", "code"] as const)("a session that came back with another %s", (changed) => {
  it("takes no more risk where something is held or out, until that market is flat", () => {
    const harness = working();
    harness.handle(harness.fact("session_resumed", { epoch: 2, since: minute, changed } as never));
    const own = () => locks(harness).filter((text) => text.includes("_changed"));
    expect(own()).toEqual([`0 ${changed}_changed on`, `1 ${changed}_changed on`]);
    expect(harness.of("alert").map(({ level, text }) => `${level} ${text}`)).toContain(
      `warning ${changed}_changed: the session goes on with what it was not started with`,
    );
    // A has a position, B an order that is out.
    harness.bar(1);
    expect(own()).toHaveLength(2);
    harness.canceled(orderOf(2));
    const [a, b, c] = harness.strategies as [TestStrategy, TestStrategy, TestStrategy];
    a.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(2);
    // B was flat before its decision; A is only once its close has filled.
    expect(own().slice(2)).toEqual([`1 ${changed}_changed off`]);
    harness.fill(orderOf(3), 101, 1);
    expect(own()).toHaveLength(3);
    for (const strategy of [a, b, c]) strategy.at[3] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(3);
    expect(own().slice(3)).toEqual([`0 ${changed}_changed off`]);
    // The comparison is not done: nothing goes out yet for that reason alone.
    expect(harness.skips.map((skip) => skip.split(" ")[1])).toEqual(["reconciling", "reconciling", "reconciling"]);
  });
});

describe("a session that came back as it was", () => {
  it("locks nothing but for the comparison", () => {
    const harness = working();
    harness.handle(harness.fact("session_resumed", { epoch: 2, since: minute, changed: null } as never));
    expect(locks(harness)).toEqual(["null reconciling on"]);
    expect(harness.of("alert")).toEqual([]);
  });
});
