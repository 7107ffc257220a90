// Orders: the status table of row INT-9, ids, the table of live orders against a Map.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assertTransition,
  attemptOf,
  clientOrderId,
  increasingSide,
  intentOf,
  InvariantError,
  isOpenStatus,
  isRiskIncrease,
  noTerms,
  opposite,
  orderNumber,
  OrderTable,
  orderTransitions,
  parseClientOrderId,
  printVenueOrderId,
  type Family,
  type IntentNumber,
  type Leg,
  type OrderNumber,
  type RowStatus,
} from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";

const statuses = Object.keys(orderTransitions) as RowStatus[];

describe("the status of an order", () => {
  it("starts NEW, and ends for good in REJECTED, NEVER_ARRIVED and the row-only statuses", () => {
    const terminal = statuses.filter((status) => orderTransitions[status].length === 0);
    expect(terminal.toSorted()).toEqual(["NEVER_ARRIVED", "REJECTED", "REVERTED", "SKIPPED", "SYNCED"]);
    expect(statuses.some((status) => orderTransitions[status].includes("NEW"))).toBe(false);
  });

  it("leaves FILLED only by a revert, and nothing un-fills a partial fill", () => {
    expect(orderTransitions.FILLED).toEqual(["REVERTED"]);
    expect(orderTransitions.PARTIAL.includes("SUBMITTED")).toBe(false);
    expect(orderTransitions.PARTIAL.includes("REJECTED")).toBe(false);
  });

  it("accepts a late fill after a cancel or an expiry, and no other return", () => {
    expect(orderTransitions.CANCELED).toEqual(["PARTIAL", "FILLED"]);
    expect(orderTransitions.EXPIRED).toEqual(["PARTIAL", "FILLED"]);
  });

  it("leaves UNKNOWN by evidence, by proof of absence, or into quarantine", () => {
    expect(orderTransitions.UNKNOWN.toSorted()).toEqual([
      "CANCELED",
      "EXPIRED",
      "FILLED",
      "NEVER_ARRIVED",
      "PARTIAL",
      "QUARANTINED",
      "REJECTED",
      "SUBMITTED",
    ]);
    expect(statuses.filter((status) => orderTransitions[status].includes("NEVER_ARRIVED"))).toEqual(["UNKNOWN", "QUARANTINED"]);
  });

  it("asserts exactly what the table says, and a repeated fact changes nothing", () => {
    const every = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));
    const refused = every.filter(([from, to]) => outcomeOf(() => assertTransition(from, to)) === "I-12");
    expect(refused).toEqual(every.filter(([from, to]) => from !== to && !orderTransitions[from].includes(to)));
  });

  it("counts as open while the venue may hold the order", () => {
    expect(statuses.filter(isOpenStatus).toSorted()).toEqual(["NEW", "PARTIAL", "QUARANTINED", "SUBMITTED", "UNKNOWN"]);
  });
});

describe("terms", () => {
  it("that say nothing change nothing about an order", () => {
    const { closePosition, triggerBy, selfTrade, ...rest } = noTerms;
    expect([closePosition, triggerBy, selfTrade, Object.values(rest)]).toEqual([false, "last", "none", [null, null, null, null, null]]);
  });
});

describe("families and sides", () => {
  it("only entries and DCA increase risk", () => {
    const families: Family[] = ["entry", "dca", "tp", "sl", "partial", "close", "revert", "liquidation", "operator"];
    expect(families.filter(isRiskIncrease)).toEqual(["entry", "dca"]);
    expect([opposite("buy"), opposite("sell"), increasingSide("LONG"), increasingSide("SHORT")]).toEqual(["sell", "buy", "buy", "sell"]);
  });
});

describe("client order ids", () => {
  const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
  const space = fc.record({ tag: hex(6), epoch: fc.integer({ min: 0, max: 65_535 }), session: hex(6) });
  const intent = fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((value) => value as IntentNumber);
  const leg = fc.constantFrom<Leg[]>("NET", "LONG", "SHORT");

  it("say session, intent, leg and attempt in 32 hex digits", () => {
    const id = clientOrderId({ tag: "abc123", epoch: 258, session: "00ff00" }, orderNumber(10 as IntentNumber, 3), "SHORT");
    expect(id).toBe("5ea7" + "abc123" + "0102" + "0000000a" + "02" + "03" + "00ff00");
  });

  it("come back as the parts that they were made of", () => {
    fc.assert(
      fc.property(space, intent, fc.integer({ min: 0, max: 255 }), leg, (parts, number, attempt, side) => {
        const order = orderNumber(number, attempt);
        const id = clientOrderId(parts, order, side);
        expect(id).toMatch(/^[0-9a-f]{32}$/);
        expect(parseClientOrderId(id)).toEqual({ space: parts, order, leg: side });
        expect([intentOf(order), attemptOf(order)]).toEqual([number, attempt]);
      }),
    );
  });

  it("of others are nobody's", () => {
    const id = clientOrderId({ tag: "abc123", epoch: 1, session: "00ff00" }, orderNumber(1 as IntentNumber, 0), "NET");
    for (const other of [
      "",
      "x-TBzTen1X",
      `x${id}`,
      id.slice(1),
      `${id}0`,
      id.toUpperCase(),
      `6${id.slice(1)}`,
      `${id.slice(0, 22)}03${id.slice(24)}`,
    ])
      expect(parseClientOrderId(other)).toBeNull();
  });

  it("refuse an attempt or an intent that does not fit", () => {
    expect(() => orderNumber(1 as IntentNumber, 256)).toThrow(InvariantError);
    expect(() => orderNumber(1 as IntentNumber, -1)).toThrow(InvariantError);
    expect(() => clientOrderId({ tag: "abc123", epoch: 1, session: "00ff00" }, orderNumber((2 ** 32) as IntentNumber, 0), "NET")).toThrow(
      InvariantError,
    );
  });

  it("of the virtual exchange print as vex-, a venue's text stays", () => {
    expect([printVenueOrderId(42), printVenueOrderId("8389765")]).toEqual(["vex-00000042", "8389765"]);
  });
});

describe("the table of live orders", () => {
  interface Entry {
    readonly order: OrderNumber;
  }
  // Few intents and attempts, so that numbers collide in the small table; and some far beyond 32 bits.
  const number = fc
    .tuple(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2 ** 31, max: 2 ** 31 + 3 })), fc.integer({ min: 0, max: 3 }))
    .map(([intent, attempt]) => orderNumber(intent as IntentNumber, attempt));
  const step = fc.record({ do: fc.constantFrom("add", "remove", "get"), order: number });

  it("behaves as a Map does, through growth, collisions and deletions", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new OrderTable<Entry>(4);
        const model = new Map<OrderNumber, Entry>();
        for (const { do: what, order } of steps) {
          const before = model.get(order);
          if (what === "add" && before === undefined) {
            const entry = { order };
            table.add(entry);
            model.set(order, entry);
          }
          const removed = what === "remove" ? table.remove(order) : before;
          if (what === "remove") model.delete(order);
          expect(removed).toBe(before);
          expect(table.get(order)).toBe(model.get(order));
          expect(table.size).toBe(model.size);
        }
        expect(table.sorted()).toEqual([...model.values()].sort((a, b) => a.order - b.order));
      }),
      { numRuns: 500 },
    );
  });

  it("finds every other entry when one of a crowd is gone, whichever it is", () => {
    // All ways to put four of 24 numbers into eight slots, so that chains of every form run into each other and past the last slot.
    const crowds: OrderNumber[][] = [[]];
    for (let intent = 1; intent <= 24; intent += 1) {
      const order = orderNumber(intent as IntentNumber, 0);
      crowds.push(...crowds.filter((crowd) => crowd.length < 4).map((crowd) => [...crowd, order]));
    }
    const broken = crowds.flatMap((crowd) =>
      crowd.filter((gone) => {
        const table = new OrderTable<Entry>(8);
        for (const order of crowd) table.add({ order });
        const removed = table.remove(gone)?.order;
        const left = crowd.filter((order) => order !== gone);
        const found = left.filter((order) => table.get(order)?.order === order);
        return removed !== gone || table.get(gone) !== undefined || found.length !== left.length || table.size !== left.length;
      }),
    );
    expect(broken).toEqual([]);
  });

  it("finds the others when a second one of a crowd goes as well: it knows how many stand away from home", () => {
    // Four of twelve numbers in eight slots, in every order of two leavings; the fifth that comes between them may stand where one left.
    const crowds: number[][] = [[]];
    for (let intent = 1; intent <= 12; intent += 1) crowds.push(...crowds.filter(({ length }) => length < 3).map((crowd) => [...crowd, intent]));
    const orders = crowds.filter(({ length }) => length === 3).map((crowd) => crowd.map((intent) => orderNumber((intent * 8) as IntentNumber, 0)));
    const mixed = crowds.filter(({ length }) => length === 3).map((crowd) => crowd.map((intent) => orderNumber(intent as IntentNumber, 0)));
    const late = orderNumber(16 as IntentNumber, 1);
    const broken = [...orders, ...mixed].flatMap((crowd) =>
      crowd.flatMap((first) =>
        crowd.filter((second) => {
          if (second === first) return false;
          const table = new OrderTable<Entry>(8);
          for (const order of crowd) table.add({ order });
          table.remove(first);
          table.add({ order: late });
          table.remove(second);
          const left = [...crowd.filter((order) => order !== first && order !== second), late];
          return table.size !== left.length || left.some((order) => table.get(order)?.order !== order) || table.get(second) !== undefined;
        }),
      ),
    );
    expect(broken).toEqual([]);
  });

  it("grows with what it holds, and empties again in any order", () => {
    const numbers = Array.from({ length: 200 }, (_, at) => orderNumber((at + 1) as IntentNumber, 0));
    for (const leaving of [numbers, numbers.toReversed(), numbers.toSorted((a, b) => ((a * 73) % 199) - ((b * 73) % 199))]) {
      const table = new OrderTable<Entry>(4);
      for (const order of numbers) table.add({ order });
      expect(table.sorted().map(({ order }) => order)).toEqual(numbers);
      for (const order of leaving) expect(table.remove(order)?.order).toBe(order);
      expect([table.size, table.sorted(), table.get(7), table.remove(7)]).toEqual([0, [], undefined, undefined]);
    }
  });

  it("refuses the same order twice and a capacity that is no power of two", () => {
    const table = new OrderTable<Entry>();
    const entry = { order: orderNumber(1 as IntentNumber, 0) };
    table.add(entry);
    expect(() => table.add(entry)).toThrow(InvariantError);
    expect(() => new OrderTable<Entry>(12)).toThrow(InvariantError);
  });
});
