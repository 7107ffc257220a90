// What is held back because the venue takes some orders only, or because what is known of a market may be too old.

import { describe, expect, it } from "vitest";

import type { MarketIndex } from "../../src/domain/index.ts";
import { Harness, TestStrategy } from "./harness.ts";

describe("a venue that takes some orders only", () => {
  const boot = [{ market: 0 as MarketIndex, leg: "LONG" as const, quantity: 9, price: 100 }];
  type Row = readonly [status: "post_only" | "limit_only", what: object, sent: boolean];
  it.each<Row>([
    ["limit_only", { orderType: "stop_limit", trigger: 105, price: 106 }, true],
    ["limit_only", { orderType: "take_profit_limit", trigger: 95, price: 96 }, true],
    ["limit_only", { orderType: "stop_market", trigger: 105 }, false],
    ["post_only", { orderType: "limit", price: 95, postOnly: true }, true],
    ["post_only", { orderType: "stop_limit", trigger: 105, price: 106 }, false],
    ["post_only", { orderType: "stop_limit", trigger: 105, price: 106, postOnly: true }, false],
  ])("%s takes an order that adds by %o: %s", (status, what, sent) => {
    const harness = new Harness({ positions: boot });
    harness.handle(harness.fact("venue_status_changed", { status } as never));
    harness.strategy.at[0] = (ctx) => ctx.add({ side: "LONG", quantity: 1, ...what });
    harness.bar(0);
    expect([harness.sent.length, harness.skips]).toEqual(sent ? [1, []] : [0, [`1 venue_${status}`]]);
    expect(harness.of("alert")[0]?.text).toBe(`the venue's status of TEST/USDC:USDC is ${status}, it was trading`);
  });
});

describe("data that may be too old", () => {
  const checked = (harness: Harness, finding: string | null, stale: boolean, market = 0) =>
    harness.handle(harness.fact("data_checked", { finding, stale, text: "no bar for 3 minutes" } as never, market));

  it("locks its market as long as it is so, and is told where there is something to tell", () => {
    const harness = new Harness({ markets: ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy() })) });
    checked(harness, "bar_gap", true, 1);
    checked(harness, null, true, 1);
    for (const strategy of harness.strategies) strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    checked(harness, null, false, 1);
    expect(harness.of("alert")).toEqual([{ type: "alert", level: "warning", text: "bar_gap: B/USDC:USDC, no bar for 3 minutes" }]);
    expect(harness.skips.map((skip) => skip.split(" ")[1])).toEqual(["stale_data"]);
    expect(harness.of("risk_locked").map(({ market, reason, locked }) => [market, reason, locked])).toEqual([
      [1, "stale_data", true],
      [1, "stale_data", false],
    ]);
  });
});
