// Locks against more risk: where one holds, which reason is told, and that each is recorded once.

import { describe, expect, it } from "vitest";

import { EffectQueue, type MarketIndex } from "../../src/domain/index.ts";
import { Locks } from "../../src/runner/locks.ts";

const [first, second] = [0 as MarketIndex, 1 as MarketIndex];

function locks(): { locks: Locks; told: () => string[] } {
  const effects = new EffectQueue();
  const told: string[] = [];
  return {
    locks: new Locks(effects),
    told: () => {
      for (let effect = effects.shift(); effect !== undefined; effect = effects.shift())
        if (effect.type === "risk_locked") told.push(`${effect.market} ${effect.reason} ${effect.locked}`);
      return told;
    },
  };
}

describe("a lock", () => {
  it("holds on its own market, and without one on all; the oldest that holds there is the reason", () => {
    const { locks: own } = locks();
    expect([own.held, own.reasonAt(first), own.list()]).toEqual([false, null, []]);
    own.lock(second, "stale_data");
    expect([own.reasonAt(first), own.reasonAt(second)]).toEqual([null, "stale_data"]);
    own.lock(null, "reconciling");
    own.lock(first, "churn");
    expect([own.reasonAt(first), own.reasonAt(second)]).toEqual(["reconciling", "stale_data"]);
    expect(own.list()).toEqual([
      { market: second, reason: "stale_data" },
      { market: null, reason: "reconciling" },
      { market: first, reason: "churn" },
    ]);
  });

  it("is set once and taken away once, by whoever has set it: neither its market nor its reason alone is it", () => {
    const { locks: own, told } = locks();
    own.lock(first, "churn");
    own.lock(first, "churn");
    own.unlock(second, "churn");
    own.unlock(first, "stale_data");
    own.unlock(null, "churn");
    expect([own.held, own.has(first, "churn"), own.has(second, "churn"), own.has(first, "stale_data")]).toEqual([true, true, false, false]);
    own.lock(second, "churn");
    own.lock(first, "stale_data");
    own.unlock(first, "churn");
    own.unlock(first, "churn");
    expect([own.held, own.list().length]).toEqual([true, 2]);
    own.unlock(second, "churn");
    own.unlock(first, "stale_data");
    expect([own.held, own.reasonAt(first)]).toEqual([false, null]);
    expect(told()).toEqual(["0 churn true", "1 churn true", "0 stale_data true", "0 churn false", "1 churn false", "0 stale_data false"]);
  });

  it("stands in a runner that goes on from what was written, without a record of it", () => {
    const { locks: own } = locks();
    own.lock(first, "churn");
    const { locks: later, told } = locks();
    later.restore(own.snapshot());
    expect([later.held, later.reasonAt(first), told()]).toEqual([true, "churn", []]);
    later.restore([]);
    expect([later.held, later.reasonAt(first)]).toEqual([false, null]);
  });
});
