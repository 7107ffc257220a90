// Positions: average entry, flips, remainders, LIFO lots, base fees; and every history against an independent ledger of
// exact fractions.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError, LotStack, Position, type Instrument, type Leg, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import { instrument } from "./rules.ts";

/** Prices at two decimals, quantities at three, money at six: 100.00 is 10000, 1 unit is 1000. */
const market = instrument();

function fill(position: Position, quantity: number, price: number): number {
  const value = position.instrument.notional(price as Price, Math.abs(quantity) as Quantity);
  return position.apply(quantity as Quantity, price as Price, value);
}

function positionOf(fills: readonly (readonly [quantity: number, price: number])[], on: Instrument = market, leg: Leg = "NET"): Position {
  const position = new Position(on, leg);
  for (const [quantity, price] of fills) fill(position, quantity, price);
  return position;
}

describe("a long position", () => {
  it("averages entries by value: 1 at 100 and 3 at 104 is 4 at 103", () => {
    const position = positionOf([
      [1_000, 10_000],
      [3_000, 10_400],
    ]);
    expect([position.quantity, position.cost, position.averageEntry()]).toEqual([4_000, 412_000_000, 103]);
    expect(position.unrealized(10_500 as Price)).toBe(8_000_000);
  });

  it("keeps its average when it shrinks, and realises the difference", () => {
    const position = positionOf([
      [1_000, 10_000],
      [3_000, 10_400],
    ]);
    // 1 of 4 at 110: 110 - 103 = 7
    expect(fill(position, -1_000, 11_000)).toBe(7_000_000);
    expect([position.averageEntry(), position.cost, position.realized]).toEqual([103, 309_000_000, 7_000_000]);
  });

  it("closes to exactly nothing however it was cut", () => {
    // 3 thirds of an indivisible cost: 0.001 at 100.01 = 0.10001; in money of three decimals 100 → 33, 34, 33
    const coarse = instrument({}, { money: 3 });
    const position = positionOf([[3, 10_001]], coarse);
    const costs = [1, 1, 1].map(() => {
      const before = position.cost;
      fill(position, -1, 10_001);
      return before - position.cost;
    });
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(300);
    expect([position.quantity, position.cost, position.averageEntry()]).toEqual([0, 0, 0]);
  });

  it("flips: what is beyond the open quantity opens at the fill's price", () => {
    const position = positionOf([[2_000, 10_000]]);
    // sell 5 at 90: 2 × (90 - 100) = -20, short 3 at 90
    expect(fill(position, -5_000, 9_000)).toBe(-20_000_000);
    expect([position.quantity, position.averageEntry(), position.realized]).toEqual([-3_000, 90, -20_000_000]);
    expect(position.lots.list()).toEqual([{ quantity: 3_000, price: 9_000 }]);
    // buy back 3 at 80: 3 × 10
    expect(fill(position, 3_000, 8_000)).toBe(30_000_000);
    expect([position.quantity, position.cost, position.realized, position.lots.list()]).toEqual([0, 0, 10_000_000, []]);
  });
});

describe("a short position", () => {
  it("gains when the price falls, marked and realised", () => {
    const position = positionOf([[-2_000, 10_000]]);
    expect(position.unrealized(9_900 as Price)).toBe(2_000_000);
    expect(position.unrealized(10_100 as Price)).toBe(-2_000_000);
    expect(fill(position, 1_000, 9_500)).toBe(5_000_000);
  });
});

describe("an inverse position", () => {
  const inverse = instrument({ inverse: true, settle: "TEST", contractSize: "1", tick: "1", step: "1" }, { price: 0, quantity: 0, money: 8 });

  it("averages by contracts over coins: 1000 at 5000 and 2000 at 6000 is 5625", () => {
    const position = positionOf(
      [
        [1_000, 5_000],
        [2_000, 6_000],
      ],
      inverse,
    );
    // 3000 / (0.2 + 0.33333333)
    expect(position.averageEntry()).toBeCloseTo(5_625, 3);
    expect(position.cost).toBe(53_333_333);
  });

  it("realises quantity × (1/entry - 1/exit) in coins", () => {
    const position = positionOf([[10_000, 5_000]], inverse);
    // 10000 × (1/5000 - 1/8000) = 0.75
    expect(position.unrealized(8_000 as Price)).toBe(75_000_000);
    expect(fill(position, -10_000, 8_000)).toBe(75_000_000);
    const short = positionOf([[-10_000, 5_000]], inverse);
    expect(fill(short, 10_000, 4_000)).toBe(50_000_000);
  });
});

describe("lots", () => {
  it("are closed newest first, whole or in part", () => {
    const position = positionOf([
      [1_000, 10_000],
      [2_000, 9_000],
      [3_000, 8_000],
    ]);
    fill(position, -4_000, 8_500);
    expect(position.lots.list()).toEqual([
      { quantity: 1_000, price: 10_000 },
      { quantity: 1_000, price: 9_000 },
    ]);
    expect(position.lots.total).toBe(2_000);
  });

  it("refuse a reduction larger than they are, and stay as they were", () => {
    const lots = new LotStack();
    lots.push(5 as Quantity, 100 as Price);
    expect(() => lots.reduce(6)).toThrow(InvariantError);
    expect([lots.total, lots.length]).toEqual([5, 1]);
    lots.enlarge(0);
    expect([lots.total, lots.list()]).toEqual([5, [{ quantity: 5, price: 100 }]]);
    lots.enlarge(2);
    expect([lots.total, lots.list()]).toEqual([7, [{ quantity: 7, price: 100 }]]);
    expect(() => lots.enlarge(-1)).toThrow(InvariantError);
    lots.clear();
    expect([lots.total, lots.length, lots.list()]).toEqual([0, 0, []]);
    expect(() => lots.enlarge(1)).toThrow(InvariantError);
    lots.push(2 as Quantity, 90 as Price);
    expect([lots.total, lots.list()]).toEqual([2, [{ quantity: 2, price: 90 }]]);
  });
});

describe("the average entry as text", () => {
  it("is the exact cost by the quantity, twelve decimals of it at most, of longs and shorts alike", () => {
    // (1 × 100 + 2 × 101) ÷ 3
    const fills = [
      [1_000, 10_000],
      [2_000, 10_100],
    ] as const;
    expect(positionOf(fills).entryText()).toBe("100.666666666666");
    expect(positionOf(fills.map(([quantity, price]) => [-quantity, price])).entryText()).toBe("100.666666666666");
    expect(positionOf([]).entryText()).toBeNull();
  });

  it("counts what a contract holds: 3 contracts of 0.01 at 250 are 0.03 units worth 7.5", () => {
    const contracts = instrument({ contractSize: "0.01", step: "1" }, { quantity: 0 });
    const position = positionOf([[3, 25_000]], contracts);
    expect([position.cost, position.entryText(), position.averageEntry()]).toEqual([7_500_000, "250", 250]);
  });

  it("of an inverse contract is contracts by coins: 2 of 100 at 8000 are worth 0.025 coins", () => {
    const inverse = instrument({ inverse: true, settle: "TEST", contractSize: "100", tick: "1", step: "1" }, { price: 0, quantity: 0, money: 8 });
    const position = positionOf([[2, 8_000]], inverse);
    expect([position.cost, position.entryText(), position.averageEntry()]).toEqual([2_500_000, "8000", 8_000]);
  });

  it("a flat position has no P&L at any price", () => {
    expect(positionOf([]).unrealized(12_345 as Price)).toBe(0);
    // Nothing is worth anything at a price of zero, and an inverse contract has no value there at all.
    expect(positionOf([], instrument({ inverse: true, tick: "1", step: "1" }, { price: 0, quantity: 0 })).unrealized(0 as Price)).toBe(0);
  });
});

describe("fees in the base currency of a spot holding", () => {
  const spot = instrument({ symbol: "TEST/USDC", kind: "spot" });

  it("shrink the holding, not its cost", () => {
    const position = positionOf(
      [
        [1_000, 10_000],
        [1_000, 10_200],
      ],
      spot,
    );
    position.takeBaseFee(2 as Quantity);
    expect([position.quantity, position.cost, position.lots.total]).toEqual([1_998, 202_000_000, 1_998]);
    expect(position.lots.list()).toEqual([
      { quantity: 1_000, price: 10_000 },
      { quantity: 998, price: 10_200 },
    ]);
  });

  it("enlarge it when they are a rebate, so that all of it can be sold", () => {
    const position = positionOf([[1_000, 10_000]], spot);
    position.takeBaseFee(-5 as Quantity);
    expect([position.quantity, position.lots.total, position.lots.list()]).toEqual([1_005, 1_005, [{ quantity: 1_005, price: 10_000 }]]);
    fill(position, -1_005, 10_000);
    expect([position.quantity, position.cost]).toEqual([0, 0]);
  });

  it("never turn a holding into a short, and a used-up holding's cost is a loss", () => {
    const position = positionOf([[2, 10_000]], spot);
    position.takeBaseFee(3 as Quantity);
    // 0.002 × 100 = 0.2
    expect([position.quantity, position.cost, position.realized, position.lots.total]).toEqual([0, 0, -200_000, 0]);
    position.takeBaseFee(3 as Quantity);
    expect(position.quantity).toBe(0);
    fill(position, 10, 10_000);
    expect(position.averageEntry()).toBe(100);
  });
});

describe("refusals", () => {
  it("a fill of nothing and a negative value are defects", () => {
    const position = new Position(market, "LONG");
    expect(() => position.apply(0 as Quantity, 1 as Price, 0 as Money)).toThrow(InvariantError);
    expect(() => position.apply(1 as Quantity, 1 as Price, -1 as Money)).toThrow(InvariantError);
    expect(position.apply(1 as Quantity, 1 as Price, 0 as Money)).toBe(0);
  });

  it("clear forgets quantity, cost and lots, and keeps what was realised", () => {
    const position = positionOf([
      [2_000, 10_000],
      [-1_000, 10_100],
    ]);
    position.clear();
    expect([position.quantity, position.cost, position.lots.length, position.realized]).toEqual([0, 0, 0, 1_000_000]);
  });
});

describe("any history", () => {
  const history = fc.array(
    fc.tuple(
      fc.integer({ min: -5_000, max: 5_000 }).filter((quantity) => quantity !== 0),
      fc.integer({ min: 1, max: 100_000 }),
    ),
    { minLength: 1, maxLength: 40 },
  );
  // Money at five decimals holds every product of two and three decimals exactly, so values are exact.
  const exact = instrument({}, { money: 5 });

  it("keeps realised P&L = cash + cost: an account of nothing but buys and sells", () => {
    fc.assert(
      fc.property(history, (fills) => {
        const position = positionOf(fills, exact);
        // Independent: every buy pays, every sell receives. What remains is owned at cost.
        const cash = fills.reduce((sum, [quantity, price]) => sum - BigInt(quantity) * BigInt(price), 0n);
        const signedCost = BigInt(position.quantity < 0 ? -position.cost : position.cost);
        expect(BigInt(position.realized)).toBe(cash + signedCost);
        expect(position.quantity).toBe(fills.reduce((sum, [quantity]) => sum + quantity, 0));
        expect(position.lots.total).toBe(Math.abs(position.quantity));
        expect(position.cost >= 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("has the cost that a ledger of exact fractions has, within half a unit for each partial close", () => {
    fc.assert(
      fc.property(history, (fills) => {
        const position = new Position(exact, "NET");
        // cost as numerator/denominator; a partial close scales it, and nothing rounds.
        let [open, numerator, denominator, partials] = [0n, 0n, 1n, 0];
        for (const [quantity, price] of fills) {
          fill(position, quantity, price);
          const [signed, at] = [BigInt(quantity), BigInt(price)];
          const size = signed < 0n ? -signed : signed;
          const held = open < 0n ? -open : open;
          if (open === 0n || signed > 0n === open > 0n) numerator += size * at * denominator;
          else if (size >= held) [numerator, denominator, partials] = [(size - held) * at, 1n, 0];
          else {
            [numerator, denominator] = [numerator * (held - size), denominator * held];
            partials += 1;
          }
          open += signed;
          const distance = BigInt(position.cost) * denominator - numerator;
          expect((distance < 0n ? -distance : distance) * 2n <= BigInt(partials) * denominator).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the newest lots last: a plain stack of units gives the same lots", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: -5, max: 5 }).filter((quantity) => quantity !== 0),
            fc.integer({ min: 1, max: 9 }),
          ),
          { maxLength: 30 },
        ),
        (fills) => {
          const position = positionOf(fills, exact);
          let units: number[] = [];
          let sign = 0;
          for (const [quantity, price] of fills) {
            for (let n = 0; n < Math.abs(quantity); n += 1) {
              if (units.length > 0 && Math.sign(quantity) !== sign) units = units.slice(0, -1);
              else {
                sign = Math.sign(quantity);
                units.push(price);
              }
            }
          }
          expect(position.lots.list().flatMap((lot) => Array.from({ length: lot.quantity }, () => Number(lot.price)))).toEqual(units);
        },
      ),
    );
  });
});
