// The host's clock against data time, and that no session ever lives by it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { simulate, type Step } from "../../../src/session/index.ts";
import { HostClock } from "../../../src/session/feed/host-clock.ts";
import { TimerQueue } from "../../../src/session/timer-queue.ts";
import { planOf, quiet } from "../plans.ts";

describe("a clock that is compared with the venue's", () => {
  it("is no news while it is right", () => {
    const clock = new HostClock();
    expect(clock.check(60_000, 1_000)).toBeNull();
    clock.apply({ do: "clock_skew", ms: 1_000 }, 60_000);
    expect(clock.check(120_000, 1_000)).toBeNull();
  });

  it("is news once when it is wrong, and once when it is right again", () => {
    const clock = new HostClock();
    expect(clock.apply({ do: "clock_skew", ms: 1_001 }, 0)).toBe(false);
    expect(clock.check(60_000, 1_000)).toBe(-1_001);
    expect(clock.check(120_000, 1_000)).toBeNull();
    clock.apply({ do: "clock_skew", ms: -1 }, 130_000);
    expect(clock.check(180_000, 1_000)).toBe(-1_000);
    expect(clock.check(240_000, 1_000)).toBeNull();
  });

  it("is compared after every jump, a small one too", () => {
    const clock = new HostClock();
    expect(clock.apply({ do: "clock_step", ms: 5 }, 0)).toBe(true);
    expect(clock.check(60_000, 1_000)).toBe(-5);
  });

  // 20 ppm are 1.728 s a day: a usual quartz.
  it("drifts by millionths of the time that passes", () => {
    const clock = new HostClock();
    clock.apply({ do: "clock_drift", ppm: 20 }, 0);
    expect(clock.aheadAt(86_400_000)).toBe(1_728);
    clock.apply({ do: "clock_drift", ppm: 0 }, 86_400_000);
    expect(clock.aheadAt(2 * 86_400_000)).toBe(1_728);
  });
});

const steps = fc.array(
  fc.record({
    bar: fc.integer({ min: 0, max: 11 }),
    symbol: fc.constant(null),
    action: fc.oneof(
      fc.record({ do: fc.constantFrom("clock_step" as const, "clock_skew" as const), ms: fc.integer({ min: -7_200_000, max: 7_200_000 }) }),
      fc.record({ do: fc.constant("clock_drift" as const), ppm: fc.integer({ min: -200_000, max: 200_000 }) }),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Entries whose lives end by timers, from bar 0 on: before any lock. */
const actions = [
  { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 98, timeToLive: 150_000 } },
  { bar: 0, do: "open", leg: "SHORT", quantity: 1, order: { type: "market" } },
  { bar: 4, do: "close", leg: "SHORT", order: { type: "market" } },
] as const;

describe("I-27: data time rules", () => {
  it("whatever the host's clock does, timers fire when they did, once, and what reduces risk is the same", () => {
    const told = (own: readonly Step[]) => {
      const record = simulate(planOf({ rows: Array.from({ length: 12 }, () => quiet), actions: [...actions], steps: own }));
      const lines = [...record.journalLines()].map((line) => JSON.parse(line) as { type: string; time: number; timer?: number });
      const { orders, fills } = record.rows;
      const times = lines.map(({ time }) => time);
      expect(times.every((time, at) => time >= (times[at - 1] ?? 0))).toBe(true);
      return { timers: lines.filter(({ type }) => type === "timer_fired").map(({ time, timer }) => [time, timer]), orders, fills };
    };
    const plain = told([]);
    expect(plain.timers.length).toBeGreaterThan(0);
    fc.assert(
      // A lock before bar 0 would refuse the entries themselves.
      fc.property(steps, (own) => {
        expect(told(own.map((step) => ({ ...step, bar: Math.max(1, step.bar) })))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it("no timer fires twice, early, or before one that was due before it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant("fire" as const)), { maxLength: 60 }), (moves) => {
        const queue = new TimerQueue();
        const dues = new Map<number, number>();
        const fired = new Set<number>();
        let armed = 0;
        let now = 0;
        for (const move of moves) {
          if (move !== "fire") {
            armed += 1;
            dues.set(armed, now + move);
            queue.arm(armed, now + move);
            continue;
          }
          if (queue.length === 0) continue;
          const due = queue.nextDue;
          const timer = queue.take();
          expect(due).toBe(dues.get(timer));
          expect(due).toBeGreaterThanOrEqual(now);
          expect(fired.has(timer)).toBe(false);
          expect(Math.min(...[...dues].filter(([other]) => !fired.has(other)).map(([, time]) => time))).toBe(due);
          fired.add(timer);
          now = due;
        }
      }),
    );
  });
});
