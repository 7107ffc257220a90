// Exact fractions and the ledger, the two things that every verdict and every payment rests on. Worked by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { maxExact } from "../../src/domain/index.ts";
import {
  approximate,
  compare,
  fractionOf,
  fractionOfDecimal,
  minus,
  over,
  plus,
  reduced,
  rounded,
  scaled,
  times,
  whole,
  zero,
  type Fraction,
} from "../../src/exchange/virtual/fraction.ts";
import { Ledger, Party } from "../../src/exchange/virtual/ledger.ts";
import { outcomeOf } from "../domain/outcome.ts";

const of = (numerator: number, denominator: number): Fraction => ({ numerator: BigInt(numerator), denominator: BigInt(denominator) });
const text = ({ numerator, denominator }: Fraction): string => `${numerator}/${denominator}`;

describe("a fraction", () => {
  it("is a whole number, a ratio or a decimal, at any scale", () => {
    expect([zero, whole(-7), fractionOf({ numerator: 2, denominator: 3 })].map(text)).toEqual(["0/1", "-7/1", "2/3"]);
    // 12.34 in hundredths, in units, in ten-thousandths
    const decimal = { units: 1_234n, scale: 2 };
    expect([2, 0, 4].map((scale) => text(fractionOfDecimal(decimal, scale)))).toEqual(["1234/1", "1234/100", "123400/1"]);
    expect(text(fractionOfDecimal(decimal))).toBe("1234/100");
    expect([3, 0, -3].map((exponent) => text(scaled(of(5, 7), exponent)))).toEqual(["5000/7", "5/7", "5/7000"]);
  });

  it("adds, takes away, multiplies and divides exactly", () => {
    expect([plus(of(1, 3), of(1, 3)), plus(of(1, 2), of(1, 3)), minus(of(1, 2), of(1, 3)), times(of(2, 3), of(5, 7))].map(text)).toEqual([
      "2/3",
      "5/6",
      "1/6",
      "10/21",
    ]);
    expect([over(of(1, 2), of(3, 4)), over(of(1, 2), of(-3, 4)), over(of(-1, 2), of(-3, 4)), over(zero, of(-1, 2))].map(text)).toEqual([
      "4/6",
      "-4/6",
      "4/6",
      "0/1",
    ]);
    expect(outcomeOf(() => text(over(of(1, 2), zero)))).toBe("I-30");
  });

  it("in lowest terms keeps its sign and a denominator above 0", () => {
    expect([of(6, 4), of(-6, 4), of(0, 5), of(7, 7), of(5, 3)].map((one) => text(reduced(one)))).toEqual(["3/2", "-3/2", "0/1", "1/1", "5/3"]);
  });

  it("is compared by value, whatever its terms", () => {
    expect([compare(of(1, 3), of(2, 5)), compare(of(2, 4), of(1, 2)), compare(of(2, 5), of(1, 3))]).toEqual([-1, 0, 1]);
    expect([compare(of(-1, 3), of(-2, 5)), compare(of(-1, 3), zero)]).toEqual([1, -1]);
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1 }), fc.integer(), fc.integer({ min: 1 }), (a, b, c, d) => {
        expect(compare(of(a, b), of(c, d))).toBe(Math.sign(Number(BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b))));
      }),
    );
  });

  it("becomes an integer up to ±2^53 - 1, and never a rounded one beyond", () => {
    expect([rounded(of(7, 2), "halfAway"), rounded(of(-7, 2), "floor"), rounded(of(7, 2), "down"), rounded(of(7, 2), "ceil")]).toEqual([4, -4, 3, 4]);
    expect([whole(maxExact), whole(-maxExact)].map((one) => rounded(one, "down"))).toEqual([maxExact, -maxExact]);
    for (const sign of [1, -1]) expect(outcomeOf(() => rounded(plus(whole(sign * maxExact), whole(sign)), "down"))).toBe("number_overflow");
    expect(approximate(of(1, 4))).toBe(0.25);
  });
});

describe("the ledger", () => {
  const filled = (): Ledger => {
    const ledger = new Ledger(["ABC", "USDC"]);
    ledger.transfer(Party.external, Party.account, 1, 100);
    ledger.transfer(Party.account, Party.fees, 1, 30);
    ledger.transfer(Party.funding, Party.insurance, 0, 7);
    return ledger;
  };

  it("gives to one party what it takes from another, each currency for itself", () => {
    const ledger = filled();
    const balances = (currency: number) => Object.values(Party).map((party) => ledger.balance(party, currency));
    expect([balances(ledger.index("ABC")), balances(ledger.index("USDC"))]).toEqual([
      [0, 0, 0, 0, 0, 7, -7],
      [70, 0, 30, -100, 0, 0, 0],
    ]);
    for (const currency of [0, 1]) ledger.assertConserved(currency);
    expect(outcomeOf(() => ledger.index("EUR"))).toBe("I-06");
  });

  it("finds a unit too much with any party, and refuses sums beyond 2^53", () => {
    for (let at = 0; at < 7; at += 1) {
      const ledger = filled();
      const saved = ledger.snapshot();
      saved[7 + at] = (saved[7 + at] as number) + 1;
      ledger.restore(saved);
      expect(outcomeOf(() => ledger.assertConserved(1))).toBe("I-06");
      ledger.assertConserved(0);
    }
    const rich = new Ledger(["USDC"]);
    rich.transfer(Party.external, Party.account, 0, maxExact);
    expect(outcomeOf(() => rich.transfer(Party.market, Party.account, 0, 1))).toBe("number_overflow");
    expect(outcomeOf(() => rich.transfer(Party.external, Party.market, 0, 1))).toBe("number_overflow");
  });

  it("is restored from a copy of its balances, and from no other number of them", () => {
    const ledger = filled();
    const saved = ledger.snapshot();
    const again = new Ledger(["ABC", "USDC"]);
    again.restore(saved);
    ledger.transfer(Party.external, Party.account, 1, 1);
    expect(again.snapshot()).toEqual(saved);
    expect(again.balance(Party.account, 1)).toBe(70);
    for (const wrong of [saved.slice(1), [...saved, 0], []]) expect(outcomeOf(() => again.restore(wrong))).toBe("I-06");
  });
});
