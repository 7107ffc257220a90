import { describe, expect, it } from "vitest";
import { families, legs, namesOf, orderTypes, sides, timesInForce, type OrderNames, type OrderWords } from "../../src/domain/index.ts";

const plain: OrderWords = { side: "buy", leg: "NET", family: "entry", type: "limit", timeInForce: "GTC", reduceOnly: false };
const named = (change: Partial<OrderWords>): OrderNames => namesOf({ ...plain, ...change });

/** Every combination of words. */
const everyWords: readonly OrderWords[] = sides.flatMap((side) =>
  legs.flatMap((leg) =>
    families.flatMap((family) =>
      orderTypes.flatMap((type) =>
        timesInForce.flatMap((timeInForce) => [true, false].map((reduceOnly) => ({ side, leg, family, type, timeInForce, reduceOnly }))),
      ),
    ),
  ),
);

describe("the names of an order", () => {
  it("are one object for equal words, and say those words, in a number of their own", () => {
    const codes = new Set<number>();
    for (const words of everyWords) {
      const names = namesOf(words);
      expect(names).toMatchObject(words);
      expect(namesOf({ ...words })).toBe(names);
      codes.add(names.code);
    }
    expect(codes.size).toBe(2 * 3 * 9 * 8 * 6 * 2);
    expect(Math.max(...codes)).toBeLessThan(2 ** 15);
  });

  it("have the code that the journal has always had", () => {
    expect(named({}).code).toBe(0b0000_0001_000_10_0_0);
    expect(named({ side: "sell", leg: "SHORT", family: "sl", type: "stop_market", timeInForce: "PO", reduceOnly: true }).code).toBe(
      0b0011_0010_100_01_1_1,
    );
    expect(named({ family: "operator", type: "market_on_close", timeInForce: "DAY" }).code).toBe(0b1000_0111_101_10_0_0);
  });

  it("do not change", () => {
    expect(() => Object.assign(named({}), { side: "sell" })).toThrow(TypeError);
  });

  it("of a word that is in no list are nobody else's", () => {
    const odd = { ...plain, type: "iceberg" as never };
    expect(namesOf(odd).code).toBe(-1);
    expect(namesOf(odd)).not.toBe(namesOf(odd));
    expect(namesOf({ ...plain, family: "hedge" as never })).toMatchObject({ code: -1, family: "hedge" });
  });

  it("with another life are the shared ones of that life", () => {
    const names = named({});
    expect(names.lasting("GTC")).toBe(names);
    for (const timeInForce of timesInForce) {
      expect(names.lasting(timeInForce)).toBe(named({ timeInForce }));
      expect(names.lasting(timeInForce)).toBe(names.lasting(timeInForce));
    }
  });

  it("say which way an order trades, and whether it can enlarge an exposure", () => {
    expect([named({}).direction, named({ side: "sell" }).direction]).toEqual([1, -1]);
    expect(families.filter((family) => named({ family }).increases === 1)).toEqual(["entry", "dca"]);
  });

  it.each([
    ["NET", "buy", false, 0],
    ["NET", "sell", false, 0],
    ["NET", "sell", true, 1],
    ["LONG", "buy", false, 0],
    ["LONG", "sell", false, 1],
    ["SHORT", "sell", false, 0],
    ["SHORT", "buy", false, 1],
  ] as const)("know that %s, %s, reduce-only %s is bound by a position: %i", (leg, side, reduceOnly, closes) => {
    expect(named({ leg, side, reduceOnly }).closes).toBe(closes);
  });

  it.each([
    ["market", 0],
    ["limit", 1],
    ["stop_market", 2],
    ["stop_limit", 3],
    ["take_profit_market", 2],
    ["take_profit_limit", 3],
    ["trailing_stop", 2],
    ["market_on_close", 0],
  ] as const)("of type %s carry prices %i", (type, prices) => {
    expect(named({ type }).prices).toBe(prices);
  });

  it("contradict themselves where a type without a limit is post-only, or an order at the close has a life but the day's", () => {
    const odd = orderTypes.flatMap((type) =>
      timesInForce.filter((timeInForce) => named({ type, timeInForce }).prices === -1).map((life) => `${type} ${life}`),
    );
    expect(odd.toSorted()).toEqual([
      "market PO",
      "market_on_close FOK",
      "market_on_close GTD",
      "market_on_close IOC",
      "market_on_close PO",
      "stop_market PO",
      "take_profit_market PO",
      "trailing_stop PO",
    ]);
  });

  it.each([
    ["sell", "stop_market", 1],
    ["buy", "stop_market", -1],
    ["sell", "stop_limit", 1],
    ["sell", "trailing_stop", 1],
    ["buy", "trailing_stop", -1],
    ["sell", "take_profit_market", -1],
    ["buy", "take_profit_limit", 1],
  ] as const)("of a %s %s wait for a fall (1) or a rise (-1): %i", (side, type, wakesOn) => {
    expect(named({ side, type }).wakesOn).toBe(wakesOn);
  });

  it("say what lives how", () => {
    const lives = (fact: "passive" | "fleeting" | "daily"): string[] => timesInForce.filter((timeInForce) => named({ timeInForce })[fact] === 1);
    expect([lives("passive"), lives("fleeting"), lives("daily")]).toEqual([["PO"], ["IOC", "FOK"], ["DAY"]]);
    expect(named({ type: "market_on_close" }).daily).toBe(1);
  });

  it("say what belongs to a leg of hedge mode, and what is nothing without terms", () => {
    expect(legs.map((leg) => named({ leg }).hedges)).toEqual([1, 1, 0]);
    expect(orderTypes.filter((type) => named({ type }).needsTerms === 1)).toEqual(["trailing_stop"]);
    expect(timesInForce.filter((timeInForce) => named({ timeInForce }).needsTerms === 1)).toEqual(["GTD"]);
  });

  it("call a take-profit or stop protective unless it trades at once", () => {
    const protecting = families.filter((family) => named({ family }).protects === 1);
    expect(protecting).toEqual(["tp", "sl"]);
    expect(named({ family: "sl", type: "market" }).protects).toBe(0);
  });
});
