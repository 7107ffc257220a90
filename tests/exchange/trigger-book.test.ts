// A book of triggers: who wakes first, who has had its turn, and what its best is when one leaves.
import { describe, expect, it } from "vitest";

import { VenueOrder } from "../../src/exchange/virtual/index.ts";
import { TriggerBook } from "../../src/exchange/virtual/trigger-book.ts";
import { orderOf } from "./desk.ts";

describe("a book of triggers", () => {
  const order = (number: number, threshold: number, priority = number): VenueOrder => {
    return Object.assign(new VenueOrder(), { order: orderOf(number), threshold, priority });
  };
  const first = (book: TriggerBook, round = 1): number => (book.next(round)?.order ?? -256) / 256;

  it.each([1, -1] as const)("wakes the nearest first, equal ones by their priority (direction %i)", (direction) => {
    const book = new TriggerBook(direction);
    expect([book.best, book.isEmpty, first(book)]).toEqual([direction * Number.NEGATIVE_INFINITY, true, -1]);
    const orders = [order(1, 100), order(2, 100 + direction), order(3, 100 - direction), order(4, 100 + direction, 0)];
    for (const one of orders) book.add(one);
    expect([book.best, book.isEmpty, orders.map((one) => one.book)]).toEqual([100 + direction, false, [direction, direction, direction, direction]]);
    const woken: number[] = [];
    while (!book.isEmpty) {
      const next = book.next(1) as VenueOrder;
      woken.push(next.order / 256);
      book.remove(next);
      expect(next.book).toBe(0);
    }
    expect(woken).toEqual([4, 2, 1, 3]);
    expect(book.best).toBe(direction * Number.NEGATIVE_INFINITY);
  });

  it("passes over those that had their turn in a round, and keeps its best when another one leaves", () => {
    const book = new TriggerBook(1);
    const [near, far, last] = [order(1, 100), order(2, 90), order(3, 80)];
    for (const one of [near, far, last]) book.add(one);
    near.passedIn = 5;
    expect([first(book, 5), first(book, 6)]).toEqual([2, 1]);
    book.remove(far);
    expect([book.best, first(book, 5)]).toEqual([100, 3]);
    book.remove(near);
    expect([book.best, book.isEmpty]).toEqual([80, false]);
    expect(() => book.remove(near)).toThrow("is not in its book");
  });
});
