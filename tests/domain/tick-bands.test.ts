// Tick size by price level: which tick holds where, and that rounding stays on the grid across the levels.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Instrument, parseUnits, printUnits, ruleDecimals, type MarketRules, type Price, type TickBand } from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";
import { plainRules } from "./rules.ts";

// Tokyo Stock Exchange, "Tick Size", TOPIX 500 constituents, up to 100,000 yen. There a level belongs to the tick below it;
// as every level is a price of both ticks, the prices that are possible are the same.
const tokyo: readonly TickBand[] = [
  { from: "1000", tick: "0.5" },
  { from: "3000", tick: "1" },
  { from: "10000", tick: "5" },
  { from: "30000", tick: "10" },
];

function banded(tickBands: readonly TickBand[], tick = "0.1", rules: Partial<MarketRules> = {}): Instrument {
  const all = { ...plainRules, symbol: "7203/JPY", kind: "spot", step: "1", tick, tickBands, ...rules } as const;
  return new Instrument(all, { price: 2, quantity: 0, money: 2 });
}

const units = (text: string) => parseUnits(text, 2) as Price;
const shown = (price: number) => printUnits(price, 2);

describe("tick bands", () => {
  const market = banded(tokyo);

  it("give each price the tick of its level, the level included", () => {
    const ticks = ["0.1", "999.9", "1000", "2999.5", "3000", "9999", "10000", "29995", "30000", "123450"].map((at) =>
      shown(market.tickAt(units(at))),
    );
    expect(ticks).toEqual(["0.1", "0.1", "0.5", "0.5", "1", "1", "5", "5", "10", "10"]);
  });

  it("round within a level and up to the next one", () => {
    const all = (at: string) => (["down", "up", "nearest"] as const).map((direction) => shown(market.roundPrice(units(at), direction)));
    expect(all("999.95")).toEqual(["999.9", "1000", "1000"]);
    expect(all("1000.2")).toEqual(["1000", "1000.5", "1000"]);
    expect(all("2999.75")).toEqual(["2999.5", "3000", "3000"]);
    expect(all("10002")).toEqual(["10000", "10005", "10000"]);
    expect(all("29998")).toEqual(["29995", "30000", "30000"]);
  });

  it("tell prices that are off the tick of their level", () => {
    expect(["999.9", "1000.1", "1000.5", "3000.5", "10001", "10005"].map((at) => market.isOnTick(units(at)))).toEqual([
      true,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("are as exact as the decimals that they need", () => {
    expect(ruleDecimals({ ...plainRules, tick: "1", tickBands: [{ from: "10", tick: "0.125" }] }).price).toBe(3);
  });

  it.each([
    ["levels that do not rise", [tokyo[1], tokyo[0]], {}],
    ["the same level twice", [tokyo[0], tokyo[0]], {}],
    ["a level that its own tick does not divide", [{ from: "1001", tick: "5" }], {}],
    ["a level that the tick below does not divide", [{ from: "10", tick: "1" }], { tick: "3" }],
    ["a tick of zero", [{ from: "10", tick: "0" }], {}],
    ["significant digits beside them", tokyo, { significantDigits: 5 }],
  ])("refuse %s", (_what, bands, rules: Partial<MarketRules>) => {
    expect(outcomeOf(() => banded(bands as readonly TickBand[], rules.tick, rules))).toBe("bad_market_rules");
  });

  it("say which band is wrong, and why", () => {
    expect(() =>
      banded([
        { from: "1000", tick: "0.5" },
        { from: "3000.5", tick: "1" },
      ]),
    ).toThrow("tickBands[1].from, 3000.5, is no multiple of 1:");
    expect(() =>
      banded([
        { from: "1000", tick: "0.5" },
        { from: "500", tick: "1" },
      ]),
    ).toThrow("tickBands[1].from, 500, is not above 1000,");
  });
});

describe("rounding to tick bands", () => {
  // Levels that both ticks divide, ticks growing and shrinking: each level is the one before it and a common multiple more.
  const bands = fc.array(fc.record({ tick: fc.constantFrom(1, 2, 5, 10, 25, 50), steps: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  const grid = bands.map((list) => {
    let level = 0;
    return list.map(({ tick, steps }) => {
      // 50 is a common multiple of all ticks.
      level += 50 * steps;
      return { from: shown(level), tick: shown(tick) };
    });
  });
  const direction = fc.constantFrom<("down" | "up" | "nearest")[]>("down", "up", "nearest");

  it("gives a price on the grid, which is its own result in every direction", () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 1, max: 20_000 }), direction, direction, (list, price, one, other) => {
        const market = banded(list, "0.05");
        const rounded = market.roundPrice(price, one);
        expect(rounded === 0 || market.isOnTick(rounded)).toBe(true);
        expect(market.roundPrice(rounded, other)).toBe(rounded);
      }),
    );
  });

  it("moves a price by less than the tick that holds there, in the direction that was asked for", () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 1, max: 20_000 }), direction, (list, price, way) => {
        const market = banded(list, "0.05");
        const rounded = market.roundPrice(price, way);
        expect(Math.abs(rounded - price)).toBeLessThan(market.tickAt(price as Price));
        expect({ down: rounded <= price, up: rounded >= price, nearest: true }[way]).toBe(true);
      }),
    );
  });

  it("is monotone: a higher price never rounds lower", () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 0, max: 200 }), direction, (list, price, more, way) => {
        const market = banded(list, "0.05");
        expect(market.roundPrice(price + more, way)).toBeGreaterThanOrEqual(market.roundPrice(price, way));
      }),
    );
  });
});
