// The account's money after a silence, by hand: what agrees is not asked about, what the venue explains is booked under its reason,
// and what nothing explains locks. LONG 1 was bought at 100 for a fee of 0.05: the book has 999.95.

import { describe, expect, it } from "vitest";

import type { CashFlow, Money } from "../../../src/domain/index.ts";
import { orderOf, type HarnessOptions } from "../harness.ts";
import { Restarted } from "./restarted.ts";

const money = (amount: number): Money => Math.round(amount * 1e6) as Money;

/** Everything but the money has been compared and agrees. */
function compared(cash: string | undefined, options: HarnessOptions = {}): Restarted {
  const harness = new Restarted(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
  harness.bar(0);
  harness.ack(orderOf(1));
  harness.fill(orderOf(1), 100, 1);
  harness.resume();
  harness.orders([]);
  harness.trades();
  if (cash === undefined) harness.account();
  else harness.account("hedge", [1], cash);
  harness.positions(1);
  return harness;
}

function flow(amount: number, fields: Partial<CashFlow> = {}): CashFlow {
  return { cause: "transfer", market: null, leg: null, time: 30_000 as never, currency: "USDC", amount: money(amount), text: "by hand", ...fields };
}

function told(harness: Restarted, balance: number, flows: readonly CashFlow[] = []): void {
  harness.handle(harness.fact("cash_reported", { balance: money(balance), flows }));
}

const synced = (harness: Restarted) => harness.of("cash_synced").map(({ amount, reason }) => [amount / 1e6, reason]);

describe("the account's money", () => {
  it("that is what the book has is not asked about", () => {
    const harness = compared("999.95");
    expect(harness.of("query_cash")).toEqual([]);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("that funding has changed while nobody listened is booked as funding", () => {
    const harness = compared("999.85");
    expect(harness.of("query_cash")).toHaveLength(1);
    expect(harness.phases.at(-1)).toBe("begun restarted");
    told(harness, 999.85, [flow(-0.1, { cause: "funding", market: 0 as never, leg: "LONG" })]);
    expect(synced(harness)).toEqual([[-0.1, "missed_funding"]]);
    expect(harness.phases.at(-1)).toBe("done restarted");
    // Equity at the close of 100: 1000 - 0.05 - 0.1.
    expect(harness.runner.equity()).toBe(money(999.85));
  });

  it("that came or went from outside is booked as that, each movement once", () => {
    const harness = compared("1049.95");
    told(harness, 1049.95, [flow(250), flow(-200, { time: 40_000 as never })]);
    expect(synced(harness)).toEqual([
      [250, "funds_moved"],
      [-200, "funds_moved"],
    ]);
    harness.resume(3);
    harness.orders([]);
    harness.trades();
    harness.account("hedge", [1], "1050.95");
    harness.positions(1);
    // The same list once more, and one movement that is new.
    told(harness, 1050.95, [flow(250), flow(-200, { time: 40_000 as never }), flow(1, { time: 50_000 as never })]);
    expect(synced(harness).at(-1)).toEqual([1, "funds_moved"]);
    expect(synced(harness)).toHaveLength(3);
    expect(harness.runner.equity()).toBe(money(1050.95));
  });

  it("that a stream has told of is not booked a second time", () => {
    const harness = compared(undefined);
    const moved = harness.fact("funds_moved", { currency: "USDC", amount: money(5), text: "by hand" });
    harness.handle(moved);
    harness.resume(3);
    harness.orders([]);
    harness.trades();
    harness.account("hedge", [1], "1005.95");
    harness.positions(1);
    told(harness, 1005.95, [flow(5, { time: moved.time }), flow(1)]);
    expect(synced(harness)).toEqual([[1, "funds_moved"]]);
  });

  it("that nothing explains is asked about three times, then taken over, and locks until the operator has looked at it", () => {
    const harness = compared("998.95");
    told(harness, 998.95);
    expect(synced(harness)).toEqual([]);
    told(harness, 998.95);
    expect(harness.tries(1)).toBe(0);
    told(harness, 998.95);
    expect(synced(harness)).toEqual([[-1, "unexplained_divergence"]]);
    expect(harness.phases.at(-1)).toBe("done restarted");
    expect(harness.of("alert").at(-1)).toMatchObject({
      level: "error",
      text: expect.stringMatching(/^unexplained_divergence: .* -1 USDC/) as string,
    });
    expect(harness.tries(2)).toBe(0);
    expect(harness.skips.at(-1)).toMatch(/unexplained_divergence$/);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(3);
    expect(harness.sent.at(-1)).toMatchObject({ family: "close" });
    harness.command("resume");
    expect(harness.tries(4)).toBe(1);
    expect(harness.runner.equity()).toBe(money(998.95));
  });

  it("that a venue which lags explains late is no divergence", () => {
    const harness = compared("999.85");
    told(harness, 999.85);
    told(harness, 999.85, [flow(-0.1)]);
    expect(synced(harness)).toEqual([[-0.1, "funds_moved"]]);
    expect(harness.of("risk_locked").map(({ reason }) => reason)).not.toContain("unexplained_divergence");
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("of another currency is in no sum", () => {
    const harness = compared("999.85");
    told(harness, 999.85, [flow(7, { currency: "HYPE" }), flow(-0.1)]);
    expect(synced(harness)).toEqual([[-0.1, "funds_moved"]]);
  });
});
