// Rows 004-BO-*: failures of risk-increasing orders block further ones for a while, by bar clock, never a close.

import { describe, expect, it } from "vitest";

import { defaultBackoffPolicy, type BackoffPolicy, type Millis } from "../../src/domain/index.ts";
import { Backoff } from "../../src/runner/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, TestStrategy } from "./harness.ts";

const at = (ms: number) => ms as Millis;

function policy(changes: Partial<BackoffPolicy> = {}): BackoffPolicy {
  return { ...defaultBackoffPolicy, ...changes };
}

/** Opens at every bar; each order is rejected. @returns bars whose open was sent */
function rejectedBars(bars: number, changes: Partial<BackoffPolicy>): number[] {
  const harness = new Harness({ strategy: new TestStrategy({ backoff: policy(changes) }) });
  const sent: number[] = [];
  for (let bar = 0; bar < bars; bar += 1) {
    harness.strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(bar);
    const last = harness.sent.at(-1);
    if (harness.sent.length > sent.length && last !== undefined) {
      sent.push(bar);
      harness.reject(last.order);
    }
  }
  return sent;
}

describe("the backoff", () => {
  it("004-BO-1: the defaults are 3 failures and 60 s, fixed, a counter a family", () => {
    expect(defaultBackoffPolicy).toMatchObject({ maxFailures: 3, cooldownMs: 60_000, mode: "fixed", perFamily: true });
  });

  it("004-BO-1: a snapshot has failures, blockedUntil, the last event and its details for each family", () => {
    const backoff = new Backoff(policy({ maxFailures: 1 }));
    backoff.fail("dca", at(1_000), "insufficient_funds", "-2019");
    const zero = { failures: 0, blockedUntil: 0, lastEvent: null, lastDetails: null };
    expect(backoff.snapshot()).toEqual({
      entry: zero,
      dca: { failures: 1, blockedUntil: 61_000, lastEvent: "insufficient_funds", lastDetails: "-2019" },
      reprice: zero,
      exchange_error: zero,
    });
  });

  it("004-BO-2: with 3 allowed, the third rejection blocks the fourth entry for 60 s of bar time", () => {
    // Rejections during bars 0, 1, 2 are told at their closes 60, 120, 180 s: blocked until 240 s. Bar 3 closes at 240 s: free again.
    expect(rejectedBars(4, {})).toEqual([0, 1, 2, 3]);
    // With a cooldown of 61 s the close at 240 s is still blocked, the one at 300 s is not.
    expect(rejectedBars(5, { cooldownMs: 61_000 })).toEqual([0, 1, 2, 4]);
  });

  it("004-BO-2: with 1 allowed, the first rejection blocks the second", () => {
    // Rejected at 60 s, blocked until 180 s: bar 1 (120 s) is blocked, bar 2 (180 s) is sent and blocks until 300 s, and so on.
    expect(rejectedBars(5, { maxFailures: 1, cooldownMs: 120_000 })).toEqual([0, 2, 4]);
  });

  it("004-BO-2: fixed means that every further failure blocks for the same time, and a block is never shortened", () => {
    const backoff = new Backoff(policy({ maxFailures: 1, cooldownMs: 1_000 }));
    for (const now of [0, 5_000, 4_000]) backoff.fail("entry", at(now), "injected_rejection", null);
    expect(backoff.snapshot()["entry"]?.blockedUntil).toBe(6_000);
  });

  it("exponential: the cooldown doubles with each failure from the maximum on, up to the cap", () => {
    const backoff = new Backoff(policy({ maxFailures: 2, cooldownMs: 1_000, mode: "exponential", capMs: 3_500 }));
    const blocked = [1, 2, 3, 4, 5].map(() => {
      backoff.fail("entry", at(0), "injected_rejection", null);
      return backoff.snapshot()["entry"]?.blockedUntil;
    });
    expect(blocked).toEqual([0, 1_000, 2_000, 3_500, 3_500]);
  });

  it("004-BO-3: an open's fill clears the counter", () => {
    const harness = new Harness({ strategy: new TestStrategy({ backoff: policy({ maxFailures: 2, cooldownMs: 3_600_000 }) }) });
    const open = (ctx: Context) => ctx.open({ side: "LONG", quantity: 1 });
    for (const bar of [0, 1, 2]) harness.strategy.at[bar] = open;
    harness.strategy.at[3] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(0);
    harness.reject(orderOf(1));
    harness.bar(1);
    harness.fill(orderOf(2), 100, 1);
    // One failure again, not two.
    harness.bar(3);
    harness.reject(orderOf(3));
    harness.strategy.at[4] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(4);
    expect(harness.skips).toEqual([]);
  });

  it("004-BO-3: the fill of a close or a partial does not clear it", () => {
    const harness = positioned({ strategy: new TestStrategy({ backoff: policy({ maxFailures: 2, cooldownMs: 3_600_000 }) }) }, 2);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    harness.reject(orderOf(2));
    harness.strategy.at[2] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1 });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.bar(2);
    harness.fill(orderOf(3), 100, 1);
    harness.reject(orderOf(4));
    harness.strategy.at[3] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(3);
    expect(harness.skips).toEqual(["5 strategy_execution_backoff"]);
  });

  it("004-BO-3: failures in a row count, so a fill also forgets post-only crossings and exchange errors", () => {
    const backoff = new Backoff(policy({ maxFailures: 2 }));
    backoff.fail("reprice", at(0), "post_only_would_cross", null);
    backoff.fail("exchange_error", at(0), "rate_limited", null);
    backoff.succeed("entry");
    backoff.fail("reprice", at(0), "post_only_would_cross", null);
    backoff.fail("exchange_error", at(0), "rate_limited", null);
    expect(backoff.blocks("entry", at(1))).toBe(false);
  });

  it("004-BO-3: the fill of an entry leaves the block of DCA, and the other way round", () => {
    for (const [failed, filled] of [
      ["dca", "entry"],
      ["entry", "dca"],
    ] as const) {
      const backoff = new Backoff(policy({ maxFailures: 1 }));
      backoff.fail(failed, at(0), "injected_rejection", null);
      backoff.succeed(filled);
      expect([backoff.blocks(failed, at(1)), backoff.blocks(filled, at(1))]).toEqual([true, false]);
    }
  });

  it("004-BO-4: a permission hook that throws counts as a refusal and raises an alert", () => {
    const harness = new Harness();
    harness.strategy.submitPermission = () => {
      throw new Error("no database");
    };
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    expect(harness.skips).toEqual(["1 strategy_cannot_submit"]);
    expect(harness.of("alert")).toEqual([{ type: "alert", level: "error", text: "test.canSubmit threw, taken as a refusal: no database" }]);
  });

  it.each([undefined, null, true, "yes", {}])("004-BO-4: a permission hook that returns %j has not allowed anything", (answer) => {
    const harness = new Harness();
    harness.strategy.submitPermission = () => answer as never;
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    expect(harness.skips).toEqual(["1 strategy_cannot_submit"]);
    expect(harness.of("alert")).toHaveLength(1);
  });

  it("004-BO-4: a permission's own reason stands in the record, unless it is in no list", () => {
    const harness = new Harness();
    const reasons = ["lockout", "bad mood"];
    harness.strategy.submitPermission = () => ({ allowed: false, reason: reasons.shift() as never });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      ctx.open({ side: "LONG", quantity: 1 });
    };
    harness.bar(0);
    expect(harness.skips).toEqual(["1 lockout", "2 strategy_cannot_submit"]);
  });

  it("004-BO-5: a blocked entry leaves closes alone; they have a hook of their own", () => {
    const harness = positioned({ strategy: new TestStrategy({ backoff: policy({ maxFailures: 1, cooldownMs: 3_600_000 }) }) });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    harness.reject(orderOf(2));
    harness.strategy.submitPermission = () => ({ allowed: false });
    harness.strategy.at[2] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.reduce({ side: "LONG", quantity: 0.5, family: "tp", orderType: "limit", price: 110 });
      ctx.close({ side: "LONG" });
    };
    harness.bar(2);
    expect(harness.skips).toEqual(["3 strategy_cannot_submit"]);
    expect(harness.sent.slice(2).map((request) => request.family)).toEqual(["tp", "close"]);
    harness.strategy.closePermission = () => ({ allowed: false });
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(3);
    expect(harness.skips.at(-1)).toBe("6 strategy_cannot_close");
  });

  it("004-BO-6: each market has a backoff of its own", () => {
    const strategies = [1, 2].map(() => new TestStrategy({ backoff: policy({ maxFailures: 1, cooldownMs: 3_600_000 }) }));
    const harness = new Harness({ markets: strategies.map((strategy, n) => ({ strategy, market: { symbol: `M${n}/USDC:USDC` } })) });
    for (const strategy of strategies) for (const bar of [0, 1]) strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.reject(orderOf(1), "injected_rejection", 0);
    harness.fill(orderOf(2), 100, 0.5, { market: 1 });
    harness.bar(1);
    // The market with a position is asked first.
    expect(harness.of("intent_skipped").map(({ market, reason }) => [market, reason])).toEqual([
      [1, "already_positioned"],
      [0, "strategy_execution_backoff"],
    ]);
  });

  it("004-BO-7: export, import and export again are equal, and the import blocks like the original", () => {
    const first = new Backoff(policy({ maxFailures: 2 }));
    for (const family of ["entry", "entry", "dca", "reprice", "exchange_error"] as const) first.fail(family, at(10_000), "rate_limited", "429");
    const saved = first.snapshot();
    const second = new Backoff(policy({ maxFailures: 2 }));
    second.restore(JSON.parse(JSON.stringify(saved)) as typeof saved);
    expect(second.snapshot()).toEqual(saved);
    for (const now of [10_000, 69_999, 70_000]) expect(second.blocks("entry", at(now))).toBe(first.blocks("entry", at(now)));
    expect([second.blocks("entry", at(69_999)), second.blocks("entry", at(70_000))]).toEqual([true, false]);
  });

  it("004-BO-7: a family that an import does not name starts fresh, and what it names counts on", () => {
    const backoff = new Backoff(policy({ maxFailures: 2 }));
    backoff.fail("entry", at(0), "injected_rejection", null);
    backoff.restore({ dca: { failures: 1, blockedUntil: 0, lastEvent: "rate_limited", lastDetails: null } });
    expect(backoff.snapshot()["entry"]).toEqual({ failures: 0, blockedUntil: 0, lastEvent: null, lastDetails: null });
    backoff.fail("dca", at(0), "rate_limited", null);
    expect([backoff.blocks("dca", at(1)), backoff.blocks("entry", at(1))]).toEqual([true, false]);
  });

  it("004-BO-7: an import that blocks does so at once, and its snapshot is a copy", () => {
    const backoff = new Backoff(policy({ maxFailures: 1 }));
    const saved = { exchange_error: { failures: 1, blockedUntil: 5_000, lastEvent: "rate_limited", lastDetails: null } } as const;
    backoff.restore(saved);
    expect([backoff.blocks("entry", at(4_999)), backoff.blocks("entry", at(5_000))]).toEqual([true, false]);
    const taken = backoff.snapshot();
    backoff.fail("exchange_error", at(0), "rate_limited", null);
    expect([taken["exchange_error"]?.failures, saved.exchange_error.failures]).toEqual([1, 1]);
  });

  it("004-BO-7: an entry's failures do not block DCA, a shared counter does", () => {
    const outcomes = [true, false].map((perFamily) => {
      const backoff = new Backoff(policy({ maxFailures: 1, perFamily }));
      backoff.fail("entry", at(0), "injected_rejection", null);
      return backoff.blocks("dca", at(1));
    });
    expect(outcomes).toEqual([false, true]);
  });

  it("004-BO-7: exchange errors and post-only crossings block entries and DCA alike", () => {
    for (const family of ["exchange_error", "reprice"] as const) {
      const backoff = new Backoff(policy({ maxFailures: 1 }));
      backoff.fail(family, at(0), "rate_limited", null);
      expect([backoff.blocks("entry", at(1)), backoff.blocks("dca", at(1))]).toEqual([true, true]);
      // Free at the very instant at which the block ends.
      expect([backoff.blocks("entry", at(59_999)), backoff.blocks("entry", at(60_000))]).toEqual([true, false]);
    }
  });

  it("004-BO-8: a blocked entry is a SKIPPED record with strategy_execution_backoff", () => {
    // The rejection is told at 60 s and bar 1 closes at 120 s: a cooldown of 60 s and 1 ms still blocks it.
    const blocked = new Harness({ strategy: new TestStrategy({ backoff: policy({ maxFailures: 1, cooldownMs: minute + 1 }) }) });
    for (const bar of [0, 1]) blocked.strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    blocked.bar(0);
    blocked.reject(orderOf(1));
    blocked.bar(1);
    expect(blocked.of("intent_skipped")).toEqual([
      { type: "intent_skipped", intent: 2, market: 0, kind: "OPEN", side: "LONG", family: "entry", reason: "strategy_execution_backoff" },
    ]);
  });

  it("004-BO-9: the clock is bar time: the answers' own times decide, not when or how often anything is called", () => {
    const runs = [1, 3].map((repeat) => {
      const harness = new Harness({ strategy: new TestStrategy({ backoff: policy({ maxFailures: 1 }) }) });
      for (const bar of [0, 1, 2]) harness.strategy.at[bar] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      for (let n = 0; n < repeat; n += 1) harness.runner.snapshot();
      harness.bar(0);
      harness.reject(orderOf(1));
      harness.bars(1, 2);
      return harness.effects;
    });
    expect(runs[0]).toEqual(runs[1]);
  });
});
