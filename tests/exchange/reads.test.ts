// Reads that go wrong, without an exchange: each endpoint by itself, up to the end of its hour, the last word first.
import { describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { Reads } from "../../src/exchange/virtual/reads.ts";

const at = (time: number): Millis => time as Millis;
const stale = (endpoint: "account" | "fills", lagMs: number) => ({ do: "stale_reads", endpoint, lagMs }) as const;
const truncate = (keep: number, admitted: boolean) => ({ do: "truncate_reads", endpoint: "fills", keep, admitted }) as const;

describe("a read that lags", () => {
  it("speaks of the moment before, at its endpoint and until its end", () => {
    const reads = new Reads();
    reads.begin(stale("fills", 30), 200);
    expect([reads.seenAt("fills", at(100)), reads.seenAt("fills", at(199)), reads.seenAt("fills", at(200))]).toEqual([70, 169, 200]);
    expect(reads.seenAt("account", at(100))).toBe(100);
  });

  it("lags as the last word says, and as the one before when that is over", () => {
    const reads = new Reads();
    reads.begin(stale("fills", 30), 200);
    reads.begin(stale("fills", 50), 150);
    reads.begin({ do: "fail_reads", endpoint: "fills" }, 120);
    expect([reads.seenAt("fills", at(149)), reads.seenAt("fills", at(150))]).toEqual([99, 120]);
  });
});

describe("a read that fails", () => {
  it("fails at its endpoint, until its end", () => {
    const reads = new Reads();
    reads.begin(stale("fills", 30), 500);
    reads.begin({ do: "fail_reads", endpoint: "fills" }, 200);
    expect([reads.fails("fills", at(199)), reads.fails("fills", at(200)), reads.fails("account", at(100))]).toEqual([true, false, false]);
  });
});

describe("a list", () => {
  const rows = [1, 2, 3];
  const whole = { rows, complete: true };

  it("is whole where nothing is wrong, or something else is", () => {
    const reads = new Reads();
    expect(reads.list("fills", rows, at(0))).toEqual(whole);
    reads.begin(stale("fills", 30), 200);
    expect(reads.list("fills", rows, at(0))).toEqual(whole);
    reads.begin(truncate(1, true), 200);
    expect(reads.list("open_orders", rows, at(0))).toEqual(whole);
    expect(reads.list("fills", rows, at(200))).toEqual(whole);
  });

  it("is cut off behind the rows that are kept, and whole where there are no more than these", () => {
    const reads = new Reads();
    reads.begin(truncate(2, true), 200);
    expect(reads.list("fills", rows, at(199))).toEqual({ rows: [1, 2], complete: false });
    expect(reads.list("fills", [1, 2], at(0))).toEqual({ rows: [1, 2], complete: true });
    reads.begin(truncate(0, false), 100);
    expect(reads.list("fills", rows, at(99))).toEqual({ rows: [], complete: true });
    expect(reads.list("fills", rows, at(100))).toEqual({ rows: [1, 2], complete: false });
  });
});

describe("an account that is read late", () => {
  const holds = (amount: string) => () => ({ USDC: amount });

  it("is kept only while it will be read late, once an instant", () => {
    const reads = new Reads();
    reads.remember(at(10), holds("1"));
    reads.begin(stale("fills", 30), 200);
    reads.begin({ do: "fail_reads", endpoint: "account" }, 200);
    reads.remember(at(20), holds("2"));
    expect(reads.accountAt(at(1_000))).toBe(null);
    reads.begin(stale("account", 30), 200);
    reads.remember(at(30), holds("3"));
    reads.remember(at(30), holds("4"));
    reads.remember(at(200), holds("5"));
    expect(reads.accountAt(at(1_000))).toEqual({ USDC: "3" });
  });

  it("is the newest one by its moment, or the oldest there is", () => {
    const reads = new Reads();
    reads.begin(stale("account", 30), 900);
    reads.remember(at(100), holds("1"));
    reads.remember(at(200), holds("2"));
    reads.remember(at(300), holds("3"));
    const seen = (time: number) => reads.accountAt(at(time))?.["USDC"];
    expect([seen(50), seen(199), seen(200), seen(299), seen(300)]).toEqual(["1", "1", "2", "2", "3"]);
  });

  it("is known in another process, with all that is wrong, and neither moves the other's", () => {
    const first = new Reads();
    first.begin(stale("account", 30), 900);
    first.remember(at(100), holds("1"));
    const saved = first.snapshot();
    const second = new Reads();
    second.restore(saved);
    first.begin(stale("account", 99), 900);
    first.remember(at(200), holds("2"));
    expect([second.seenAt("account", at(500)), second.accountAt(at(500))]).toEqual([470, { USDC: "1" }]);
    expect(second.snapshot()).toEqual(saved);
  });
});
