// What is believed of a feed, bar by bar: hand-made bars at hand-made times.

import { describe, expect, it } from "vitest";

import { FeedGuard, type FeedBar } from "../../../src/session/feed/guard.ts";
import { barsOf, quiet } from "../plans.ts";

const minute = 60_000;

/** The bar of a row with a close; prices have two decimals, so 100 is 10000. */
function bar(row: number, close = 100, changes: Partial<FeedBar> = {}): FeedBar {
  const price = Math.round(close * 100);
  return { time: row * minute, open: price, high: price, low: price, close: price, volume: 1_000, ...changes };
}

/** A guard whose venue tells the bars of these rows when it is asked, and has those of others for itself. */
function guardOf(told: readonly FeedBar[] = [], hidden: readonly number[] = []): FeedGuard {
  return new FeedGuard(
    barsOf([quiet, quiet, quiet, quiet, quiet, quiet]),
    { waitMs: 10_000, priceBand: 0.5 },
    {
      ask: (from, to) => told.filter(({ time }) => time >= from && time < to),
      hides: (from, to) => hidden.some((row) => row * minute >= from && row * minute < to),
    },
  );
}

const close = (row: number): number => (row + 1) * minute;

describe("a bar that comes", () => {
  it("in time and in its turn is decided on", () => {
    const guard = guardOf();
    expect(guard.arrive(bar(0), close(0))).toEqual({ kind: "decide", row: 0, missed: 0 });
    expect(guard.arrive(bar(1), close(1) + 10_000)).toEqual({ kind: "decide", row: 1, missed: 1 });
    expect([...guard.heard.close.subarray(0, 2)]).toEqual([10_000, 10_000]);
  });

  it("a millisecond later than it is waited for is taken without a decision", () => {
    const guard = guardOf();
    expect(guard.arrive(bar(0), close(0) + 10_001)).toMatchObject({ kind: "late", row: 0 });
  });

  it("a millisecond before its close is no bar yet", () => {
    const guard = guardOf();
    expect(guard.arrive(bar(0), close(0) - 1)).toMatchObject({ kind: "refused", finding: "unfinished" });
    expect(guard.rows).toBe(0);
  });

  it("twice is nothing new; with other numbers it is a revision, and what was heard stays", () => {
    const guard = guardOf();
    guard.arrive(bar(0), close(0));
    expect(guard.arrive(bar(0), close(0))).toMatchObject({ kind: "refused", finding: "duplicate" });
    const revised = guard.arrive(bar(0, 101), close(0));
    expect(revised).toMatchObject({ kind: "refused", finding: "revised" });
    expect(guard.heard.close[0]).toBe(10_000);
  });

  it("behind a newer one is not put back", () => {
    const guard = guardOf([], [1]);
    guard.arrive(bar(0), close(0));
    guard.arrive(bar(2), close(2));
    expect(guard.arrive(bar(1), close(2))).toMatchObject({ kind: "refused", finding: "out_of_order" });
    expect([...guard.heard.time.subarray(0, guard.rows)]).toEqual([0, 2 * minute]);
  });

  it.each([
    ["not_finite", { close: Number.NaN }],
    ["not_finite", { high: Number.POSITIVE_INFINITY }],
    ["price_not_positive", { low: 0 }],
    ["price_not_positive", { open: -1 }],
    ["volume_negative", { volume: -1 }],
    ["high_below_low", { high: 9_999 }],
    ["price_outside_range", { close: 9_999, low: 10_000, high: 10_001 }],
  ] as const)("that no bar can be is refused with %s", (code, changes) => {
    const answer = guardOf().arrive(bar(0, 100, changes), close(0));
    expect(answer).toMatchObject({ kind: "refused", finding: "absurd", text: expect.stringMatching(`^${code}: `) as string });
  });
});

describe("a bar that is missing", () => {
  it("comes from the venue with the next one, without a decision of its own", () => {
    const guard = guardOf([bar(1), bar(2)]);
    guard.arrive(bar(0), close(0));
    expect(guard.arrive(bar(3), close(3))).toEqual({ kind: "decide", row: 3, missed: 1 });
    expect(guard.holed).toBe(false);
    expect([...guard.heard.time.subarray(0, 4)]).toEqual([0, 1, 2, 3].map((row) => row * minute));
  });

  it("that the venue does not tell leaves a hole until two bars follow each other", () => {
    const guard = guardOf([], [1]);
    guard.arrive(bar(0), close(0));
    expect(guard.arrive(bar(2), close(2))).toMatchObject({ kind: "decide", row: 1 });
    expect(guard.holed).toBe(true);
    guard.arrive(bar(3), close(3));
    expect(guard.holed).toBe(false);
  });

  it("that never was leaves no hole: markets have pauses", () => {
    const guard = guardOf();
    guard.arrive(bar(0), close(0));
    guard.arrive(bar(3), close(3));
    expect(guard.holed).toBe(false);
  });

  it("is waited for until 10 s after its close", () => {
    const guard = guardOf();
    expect(guard.patience).toBe(Number.POSITIVE_INFINITY);
    guard.arrive(bar(0), close(0));
    expect(guard.patience).toBe(close(1) + 10_000);
  });
});

describe("a price that is too far away", () => {
  it("is refused, and a half is not too far", () => {
    const guard = guardOf();
    guard.arrive(bar(0), close(0));
    expect(guard.arrive(bar(1, 151), close(1))).toMatchObject({ kind: "refused", finding: "absurd" });
    expect(guard.arrive(bar(1, 150), close(1))).toMatchObject({ kind: "decide" });
  });

  it("is believed when the next bar agrees: markets do crash", () => {
    const crash = bar(1, 40);
    const guard = guardOf([crash]);
    guard.arrive(bar(0), close(0));
    expect(guard.arrive(crash, close(1))).toMatchObject({ kind: "refused" });
    expect(guard.arrive(bar(2, 41), close(2))).toEqual({ kind: "decide", row: 2, missed: 1 });
    expect(guard.heard.close[1]).toBe(4_000);
  });

  it("is not believed because another one is wrong too", () => {
    const guard = guardOf([], [1]);
    guard.arrive(bar(0), close(0));
    guard.arrive(bar(1, 10_000), close(1));
    expect(guard.arrive(bar(2, 1), close(2))).toMatchObject({ kind: "refused" });
    expect(guard.arrive(bar(3, 100.5), close(3))).toMatchObject({ kind: "decide", row: 1 });
  });
});
