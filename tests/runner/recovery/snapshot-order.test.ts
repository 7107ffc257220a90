// What is written of a runner's state does not depend on the order in which it came about: of the same facts it is the same bytes.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, type HarnessOptions } from "../harness.ts";
import { wake } from "./going-on.ts";
import type { Restarted } from "./restarted.ts";

const legs = ["LONG", "SHORT"] as const;

/** LONG 9 and SHORT 9; limits 1 and 2 reduce one leg each. */
function held(options: HarnessOptions = {}): Harness {
  const positions = [
    { market: 0, leg: "LONG" as const, quantity: 9, price: 100 },
    { market: 0, leg: "SHORT" as const, quantity: -9, price: 100 },
  ];
  const harness = new Harness({ positions, ...options });
  harness.strategy.at[0] = (ctx) => {
    for (const side of legs) ctx.reduce({ side, quantity: 1, orderType: "limit", price: side === "LONG" ? 110 : 90 });
  };
  harness.bar(0);
  return harness;
}

/** The same, told of the first first, and of the second first. */
function bothWays<T>(make: () => Harness, tell: (harness: Harness, at: 0 | 1) => void, part: (harness: Harness) => T): T[] {
  return (
    [
      [0, 1],
      [1, 0],
    ] as const
  ).map((order) => {
    const harness = make();
    for (const at of order) tell(harness, at);
    return part(harness);
  });
}

const quantities = { LONG: 8.5, SHORT: -8.5 };
const doubtsOf = (harness: Harness) => JSON.stringify(harness.runner.snapshot().doubts);

describe("what is written", () => {
  it("of orders that are asked about is the same, whichever was first", () => {
    const [one, other] = bothWays(held, (harness, at) => harness.unknown(orderOf(at + 1)), doubtsOf);
    expect(other).toBe(one);
    expect(one).toContain(`"unheard":[${orderOf(1)},${orderOf(2)}]`);
  });

  it("of what was read about them is the same", () => {
    const make = () => {
      const harness = held();
      for (const intent of [1, 2]) harness.unknown(orderOf(intent));
      harness.clock += 20_000;
      return harness;
    };
    const [one, other] = bothWays(make, (harness, at) => harness.answer(orderOf(at + 1), null), doubtsOf);
    expect(other).toBe(one);
    expect(one).toMatch(new RegExp(`"proofs":\\[\\[${orderOf(1)},.*\\[${orderOf(2)},`));
  });

  it("of orders in quarantine, and of positions that they may explain, is the same", () => {
    const make = () => {
      const harness = held({ settings: { absence: null } });
      for (const intent of [1, 2]) harness.unknown(orderOf(intent));
      for (const intent of [1, 2]) harness.answer(orderOf(intent), null);
      harness.clock += 2_000;
      return harness;
    };
    const tell = (harness: Harness, at: 0 | 1) => {
      harness.answer(orderOf(at + 1), null);
      const leg = legs[at] as (typeof legs)[number];
      harness.position(leg, quantities[leg]);
    };
    const [one, other] = bothWays(make, tell, doubtsOf);
    expect(other).toBe(one);
    expect(one).toContain(`"deferred":["0/LONG","0/SHORT"],"pauses":[[${orderOf(1)},1],[${orderOf(2)},1]]`);
  });

  it("of positions that were read once is the same", () => {
    const tell = (harness: Harness, at: 0 | 1) => {
      const leg = legs[at] as (typeof legs)[number];
      harness.position(leg, quantities[leg]);
    };
    const [one, other] = bothWays(held, tell, (harness) => JSON.stringify(harness.runner.snapshot().positions));
    expect(other).toBe(one);
    expect(one).toMatch(/^\[\["0\/LONG",.*\["0\/SHORT",/);
  });

  it("of a look at the positions is the same", () => {
    const make = () => {
      const harness = held({ settings: { positionCheckMs: minute } });
      wake(harness as Restarted);
      return harness;
    };
    const told = (harness: Harness, at: 0 | 1) => {
      const leg = legs[at] as (typeof legs)[number];
      harness.position(leg, quantities[leg]);
    };
    const part = (harness: Harness) => JSON.stringify(harness.runner.snapshot().positionCheck);
    const [one, other] = bothWays(make, told, part);
    expect(other).toBe(one);
    expect(one).toContain('"suspects":[["0/LONG",8500],["0/SHORT",-8500]]');
    // One leg's answer was lost: it is asked for still when the next look asks for both.
    const asked = legs.map((_, at) => {
      const harness = make();
      told(harness, at as 0 | 1);
      wake(harness as Restarted);
      return (JSON.parse(part(harness)) as { asked: string[] }).asked;
    });
    expect(asked).toEqual([
      ["0/LONG", "0/SHORT"],
      ["0/LONG", "0/SHORT"],
    ]);
  });
});
