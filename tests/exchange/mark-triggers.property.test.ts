// Triggers by the mark between orders of the last price, against an oracle in exact fractions: on each leg trades and marks
// go from end to end together, so that every order has one point at which it is reached.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PathName } from "../../src/exchange/virtual/index.ts";
import { Desk, type Bar, type Ticket } from "./desk.ts";

/** Prices in hundredths. */
type Units = number;
type Four = readonly [Units, Units, Units, Units];

interface Given {
  readonly trades: Four;
  readonly marks: Four;
  readonly path: PathName;
  readonly orders: readonly Order[];
}

interface Order {
  readonly type: "limit" | "stop_market" | "take_profit_market";
  readonly side: "buy" | "sell";
  /** How far from 100, where trades and marks stand when it arrives. */
  readonly away: Units;
  readonly byMark: boolean;
}

const near = fc.integer({ min: 190, max: 210 }).map((halves) => halves * 50);
const four: fc.Arbitrary<Four> = fc
  .tuple(near, near, near, near)
  .map(([a, b, open, close]) => [open, Math.max(a, b, open, close), Math.min(a, b, open, close), close]);
const order: fc.Arbitrary<Order> = fc
  .record({
    type: fc.constantFrom("limit", "stop_market", "take_profit_market"),
    side: fc.constantFrom("buy", "sell"),
    away: fc.integer({ min: 1, max: 20 }).map((quarters) => quarters * 25),
    byMark: fc.boolean(),
  })
  .map((one) => ({ ...one, byMark: one.byMark && one.type !== "limit" }));
const anyGiven: fc.Arbitrary<Given> = fc.record({
  trades: four,
  marks: four,
  path: fc.constantFrom("adaptive", "ohlc", "olhc"),
  orders: fc.array(order, { minLength: 1, maxLength: 6 }),
});

/** It waits for a fall. */
const falls = ({ type, side }: Order): boolean => (type === "stop_market") === (side === "sell");
const level = (one: Order): Units => 10_000 + (falls(one) ? -one.away : one.away);

function points([open, high, low, close]: Four, lowFirst: boolean): Four {
  return lowFirst ? [open, low, high, close] : [open, high, low, close];
}

function expected({ trades, marks, path, orders }: Given): string[] {
  const [open, high, low, close] = trades;
  const lowFirst = path === "olhc" || (path === "adaptive" && (open - low < high - open || (open - low === high - open && close >= open)));
  const [last, mark] = [points(trades, lowFirst), points(marks, lowFirst)];
  const waiting = orders.map((one, number) => ({ one, number: number + 1 }));
  const told: string[] = [];
  const take = (found: typeof waiting, priceOf: (one: Order) => Units): void => {
    for (const { one, number } of found) {
      told.push(`${number} at ${priceOf(one) / 100}`);
      waiting.splice(
        waiting.findIndex((other) => other.number === number),
        1,
      );
    }
  };
  const passed = (one: Order, at: Units): boolean => (falls(one) ? at <= level(one) : at >= level(one));
  // At the open: by the mark first, falling ones before rising ones, the first to be reached first.
  for (const byMark of [true, false]) {
    for (const falling of [true, false]) {
      const found = waiting.filter(({ one }) => one.byMark === byMark && falls(one) === falling && passed(one, byMark ? mark[0] : open));
      take(
        found.sort((a, b) => (falling ? level(b.one) - level(a.one) : level(a.one) - level(b.one)) || a.number - b.number),
        () => open,
      );
    }
  }
  for (const leg of [1, 2, 3] as const) {
    const [from, to] = [last[leg - 1] as Units, last[leg]];
    const [markFrom, markTo] = [mark[leg - 1] as Units, mark[leg]];
    // How far along the leg an order is reached, as a share [numerator, denominator].
    const shareOf = (one: Order): readonly [number, number] => {
      const [a, b] = one.byMark ? [markFrom, markTo] : [from, to];
      // Where trades stand still the leg is over with its end.
      return one.byMark && from === to ? [1, 1] : [Math.abs(level(one) - a), Math.abs(b - a)];
    };
    const found = waiting.filter(({ one }) => {
      const [a, b] = one.byMark ? [markFrom, markTo] : [from, to];
      return a !== b && falls(one) === b < a && passed(one, b);
    });
    found.sort((a, b) => {
      const [[n, d], [m, e]] = [shareOf(a.one), shareOf(b.one)];
      const inMarks = falls(a.one) ? level(b.one) - level(a.one) : level(a.one) - level(b.one);
      return n * e - m * d || +b.one.byMark - +a.one.byMark || inMarks || a.number - b.number;
    });
    take(found, (one) => {
      if (!one.byMark) return level(one);
      if (from === to) return to;
      const way = ((to - from) * Math.abs(level(one) - markFrom)) / Math.abs(markTo - markFrom);
      return Math.min(Math.max(one.side === "buy" ? Math.ceil(from + way) : Math.floor(from + way), Math.min(from, to)), Math.max(from, to));
    });
  }
  return told;
}

function played({ trades, marks, path, orders }: Given): string[] {
  const still = [100, 100, 100, 100] as const;
  const desk = new Desk({
    bars: [[...still, 1_000], [...trades.map((units) => units / 100), 1_000] as unknown as Bar],
    marks: [still, marks.map((units) => units / 100) as unknown as typeof still],
    fill: { path, limit: "touch", gap: "open" },
    balances: { USDC: "1000000" },
  });
  for (const one of orders) {
    const price = level(one) / 100;
    const ticket: Ticket = { type: one.type, side: one.side, quantity: 1, ...(one.type === "limit" ? { price } : { trigger: price }) };
    desk.send(one.byMark ? { ...ticket, terms: { triggerBy: "mark" } } : ticket);
  }
  desk.next();
  return desk.next().flatMap((told) => {
    const fill = /^fill (\d): 1 at (\S+) /.exec(told);
    return fill === null ? [] : [`${fill[1]} at ${fill[2]}`];
  });
}

describe("triggers by the mark", () => {
  it("fire between the orders of the last price, where both paths say so", () => {
    fc.assert(
      fc.property(anyGiven, (given) => {
        expect(played(given)).toEqual(expected(given));
      }),
      { numRuns: 3_000 },
    );
  });
});
