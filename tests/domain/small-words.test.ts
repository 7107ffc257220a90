// The small words of the vocabulary, each by itself: text that hashes are taken over, the least that a venue takes, what is before what,
// which trades are one, filters among rules, caps, and the states that positions and random streams come back from.

import { describe, expect, it } from "vitest";

import { assertBounded } from "../../src/domain/bounds.ts";
import { canonicalJson } from "../../src/domain/canonical-json.ts";
import { InvariantError, Position, randomStream, type Millis, type Money, type Price, type Quantity, type Sequence } from "../../src/domain/index.ts";
import { filtersOf } from "../../src/domain/instrument-filters.ts";
import { minimumNotional } from "../../src/domain/minimum-notional.ts";
import { isBefore } from "../../src/domain/moment.ts";
import { tradeKey } from "../../src/domain/trade-key.ts";
import { instrument, plainRules } from "./rules.ts";

describe("canonical JSON", () => {
  it("has its keys in order, however an object came by them, at every depth", () => {
    expect(canonicalJson({ b: 1, a: { d: [{ y: 1, x: 2 }], c: null } })).toBe('{"a":{"c":null,"d":[{"x":2,"y":1}]},"b":1}');
    expect(canonicalJson({ a10: 1, a9: 2, B: 3, a: 4 })).toBe('{"B":3,"a":4,"a10":1,"a9":2}');
  });

  it("leaves out members that are undefined, and keeps those that are nothing else", () => {
    expect(canonicalJson({ a: undefined, b: null, c: 0, d: "", e: false })).toBe('{"b":null,"c":0,"d":"","e":false}');
    expect(canonicalJson([undefined, null])).toBe("[null,null]");
    expect(canonicalJson({})).toBe("{}");
    expect(canonicalJson([])).toBe("[]");
  });

  it("is plain JSON of a word, a number and nothing", () => {
    expect([canonicalJson('a "b"'), canonicalJson(1.5), canonicalJson(null), canonicalJson(undefined)]).toEqual([
      '"a \\"b\\""',
      "1.5",
      "null",
      "null",
    ]);
  });
});

describe("the least notional of an order", () => {
  const price = 2_000 as Price; // 20.00

  it("is the configured one where the venue names no least", () => {
    expect(minimumNotional(instrument(), price, 7)).toBe(7);
  });

  it("is a tenth above the venue's cost, where that is more", () => {
    expect(minimumNotional(instrument({ minNotional: "10" }), price, 7)).toBeCloseTo(11, 12);
    expect(minimumNotional(instrument({ minNotional: "10" }), price, 12)).toBe(12);
  });

  it("is a tenth above what the least quantity costs at the price, in contracts of their size", () => {
    // 0.5 × 20 × 1.1 = 11; contracts of 3: 33.
    expect(minimumNotional(instrument({ minQuantity: "0.5" }), price, 0)).toBeCloseTo(11, 12);
    expect(minimumNotional(instrument({ minQuantity: "0.5", contractSize: "3" }), price, 0)).toBeCloseTo(33, 12);
    expect(minimumNotional(instrument({ minQuantity: "0.5", minNotional: "20" }), price, 0)).toBeCloseTo(22, 12);
  });
});

describe("a moment", () => {
  const at = (time: number, sequence: number) => ({ time: time as Millis, sequence: sequence as Sequence });

  it("is before another by time, and by sequence within one time", () => {
    expect(isBefore(at(1, 9), at(2, 0))).toBe(true);
    expect(isBefore(at(2, 0), at(1, 9))).toBe(false);
    expect(isBefore(at(1, 1), at(1, 2))).toBe(true);
    expect(isBefore(at(1, 2), at(1, 1))).toBe(false);
    expect(isBefore(at(1, 1), at(1, 1))).toBe(false);
  });
});

describe("a trade's key", () => {
  it("is the venue's id, and where there is none what had filled by then", () => {
    expect(tradeKey({ trade: "t-1", cumulative: 5 })).toBe("t-1");
    expect(tradeKey({ trade: 0, cumulative: 5 })).toBe(0);
    expect(tradeKey({ trade: "", cumulative: 5 })).toBe("after 5");
    expect(tradeKey({ trade: "", cumulative: 6 })).not.toBe(tradeKey({ trade: "", cumulative: 5 }));
  });
});

describe("filters", () => {
  it("are those of the rules that a venue may change, and nothing else", () => {
    const rules = { ...plainRules, minQuantity: "0.01", maxQuantity: "5", minNotional: "10" };
    expect(filtersOf(rules)).toEqual({ tick: "0.01", step: "0.001", minQuantity: "0.01", maxQuantity: "5", minNotional: "10" });
  });
});

describe("a cap", () => {
  it("is met without a word, and one more is a leak (I-39)", () => {
    expect(() => assertBounded("fills", 1_024)).not.toThrow();
    expect(() => assertBounded("fills", 1_025)).toThrow(InvariantError);
    expect(() => assertBounded("fills", 1_025)).toThrow(/1025 fills in question; 1024 are the most/);
  });
});

describe("a state that was kept", () => {
  const market = instrument();

  it("of a position brings back its lots as well: what is sold next is the newest", () => {
    const position = new Position(market, "LONG");
    position.apply(1_000 as Quantity, 10_000 as Price, 100_000_000 as Money);
    position.apply(1_000 as Quantity, 10_400 as Price, 104_000_000 as Money);
    position.apply(-500 as Quantity, 10_400 as Price, 52_000_000 as Money);
    const kept = structuredClone(position.snapshot());
    // 1 at 100 and half of the one at 104; 0.5 × (104 - 102) = 1 was won.
    expect(kept).toMatchObject({ leg: "LONG", quantity: 1_500, cost: 153_000_000, realized: 1_000_000 });
    expect(kept.lots.map(({ quantity, price }) => [quantity, price])).toEqual([
      [1_000, 10_000],
      [500, 10_400],
    ]);
    const again = new Position(market, "LONG");
    again.apply(9_000 as Quantity, 9_000 as Price, 810_000_000 as Money);
    again.restore(kept);
    expect(again.snapshot()).toEqual(kept);
    expect([again.quantity, again.averageEntry()]).toEqual([1_500, 102]);
  });

  it("of another leg is refused (I-23)", () => {
    const long = new Position(market, "LONG").snapshot();
    expect(() => new Position(market, "SHORT").restore(long)).toThrow(InvariantError);
  });

  it("of a random stream goes on where it was, and does not move by being used", () => {
    const stream = randomStream(7, "kept");
    stream.next();
    const kept = stream.snapshot();
    const draws = [stream.next(), stream.next()];
    stream.restore(kept);
    expect([stream.next(), stream.next()]).toEqual(draws);
    stream.restore(kept);
    expect(stream.next()).toBe(draws[0]);
  });
});
