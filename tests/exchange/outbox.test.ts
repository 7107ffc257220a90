// Answers on their way: the order in which they are heard, the ring that they lie in, and the numbers that they go by.
import { describe, expect, it } from "vitest";

import {
  randomStream,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type Price,
  type Quantity,
  type Sequence,
  type VenueEvent,
} from "../../src/domain/index.ts";
import { copyNumber, foreignNumber } from "../../src/exchange/virtual/index.ts";
import { Outbox } from "../../src/exchange/virtual/outbox.ts";
import { orderOf } from "./desk.ts";

const market = 0 as MarketIndex;

function canceled(number: number, time = 0): VenueEvent {
  const order = orderOf(number);
  return { type: "order_canceled", market, time: time as Millis, sequence: number as Sequence, order, cumulative: 0 as Quantity };
}

/** The numbers of the orders that the answers are about, in the order in which they come. */
function emptied(box: Outbox): number[] {
  const numbers: number[] = [];
  for (let event = box.shift(); event !== undefined; event = box.shift())
    numbers.push("order" in event && event.order !== null ? event.order / 256 : -1);
  return numbers;
}

describe("the outbox", () => {
  it("gives answers out by their time, equal ones as they came, and says when the next is due", () => {
    const box = new Outbox(null, 0, null);
    expect([box.nextDue, box.shift(), box.length]).toEqual([Number.POSITIVE_INFINITY, undefined, 0]);
    const dues = [5, 3, 9, 3, 1, 9, 5];
    dues.forEach((due, at) => box.deliver(canceled(at), due));
    expect([box.nextDue, box.length, box.list().map(({ due }) => due)]).toEqual([1, 7, [1, 3, 3, 5, 5, 9, 9]]);
    const heard: number[] = [];
    while (box.length > 0) heard.push(box.nextDue, ...[box.shift()].map((event) => (event?.type === "order_canceled" ? event.sequence : -1)));
    expect(heard).toEqual([1, 4, 3, 1, 3, 3, 5, 0, 5, 6, 9, 2, 9, 5]);
    expect(box.nextDue).toBe(Number.POSITIVE_INFINITY);
  });

  it("goes on in its ring: what is sent between answers that are taken has its own place", () => {
    const box = new Outbox(null, 0, null);
    const told: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      box.deliver(canceled(2 * n), 10 * n + 5);
      box.deliver(canceled(2 * n + 1), 10 * n);
      if (n % 3 > 0) told.push((box.shift() as { sequence: number }).sequence);
      if (n % 5 === 4) told.push((box.shift() as { sequence: number }).sequence);
    }
    told.push(...emptied(box));
    // Each pair is told the later sent first; and an emptied box begins anew, whatever came before.
    expect(told).toEqual(Array.from({ length: 40 }, (_, n) => [2 * n + 1, 2 * n]).flat());
    box.deliver(canceled(7), 2);
    box.deliver(canceled(8), 1);
    expect(emptied(box)).toEqual([8, 7]);
  });

  it("tells each kind as it was sent, under the client's number", () => {
    const box = new Outbox(null, 0, null);
    const copy = copyNumber(orderOf(3), 2);
    box.acknowledged(market, 4 as Millis, 1 as Sequence, copy, 9);
    box.canceled(market, 5 as Millis, 2 as Sequence, copy, 7 as Quantity);
    const head = {
      market,
      order: copy,
      trade: 1,
      price: 2 as Price,
      quantity: 3 as Quantity,
      fee: 0,
      feeCurrency: "USDC",
      liquidity: "maker",
      cumulative: 3,
    };
    box.push({ type: "order_filled", time: 6, sequence: 3, ...head } as unknown as VenueEvent, 6 as Millis);
    box.push({ type: "order_unknown", time: 7, sequence: 4, market, order: copy, request: "submit" } as unknown as VenueEvent, 7 as Millis);
    box.push({ type: "order_acknowledged", time: 8, sequence: 5, market, order: orderOf(3), venueOrderId: 2 } as unknown as VenueEvent, 8 as Millis);
    box.push({ ...canceled(3, 9), cumulative: 4 as Quantity } as VenueEvent, 9 as Millis);
    const order = orderOf(3);
    const told = [box.shift(), box.shift(), box.shift(), box.shift(), box.shift(), box.shift()];
    expect(told).toMatchObject([
      { type: "order_acknowledged", time: 4, sequence: 1, market, order, venueOrderId: 9 },
      { type: "order_canceled", time: 5, sequence: 2, market, order, cumulative: 7 },
      { type: "order_filled", time: 6, sequence: 3, order, trade: 1 },
      { type: "order_unknown", time: 7, order },
      { type: "order_acknowledged", time: 8, sequence: 5, order, venueOrderId: 2 },
      { type: "order_canceled", time: 9, sequence: 3, order, cumulative: 4 },
    ]);
  });

  it("hands everything to the wire where there is one, with the time at which it is heard", () => {
    const box = new Outbox(null, 0, null);
    const carried: [string, number][] = [];
    box.wire = { carry: (event, due) => void carried.push([event.type, due]) };
    box.acknowledged(market, 4 as Millis, 1 as Sequence, orderOf(1), 9);
    box.canceled(market, 5 as Millis, 2 as Sequence, orderOf(1), 0 as Quantity);
    box.push(canceled(1, 6), 6 as Millis);
    expect([carried, box.length]).toEqual([
      [
        ["order_acknowledged", 4],
        ["order_canceled", 5],
        ["order_canceled", 6],
      ],
      0,
    ]);
  });

  it("by a seed delays each answer within its window, and goes on in another process with the next draw", () => {
    const box = (): Outbox => new Outbox(randomStream(4, "test"), 3, null);
    const dues = (of: Outbox, count: number): number[] => {
      for (let n = 0; n < count; n += 1) of.push(canceled(n, 100), 100 as Millis);
      return of.list().map(({ due }) => due);
    };
    expect([...new Set(dues(box(), 200))]).toEqual([100, 101, 102, 103]);
    const first = box();
    dues(first, 5);
    const second = new Outbox(randomStream(9, "other"), 3, null);
    second.restore(JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<Outbox["snapshot"]>);
    expect(dues(second, 40)).toEqual(dues(first, 40));
  });

  it("takes a saved one's answers in the place of its own", () => {
    const first = new Outbox(null, 0, null);
    first.deliver(canceled(1), 5);
    first.deliver(canceled(2), 3);
    const second = new Outbox(null, 0, null);
    second.deliver(canceled(9), 1);
    second.restore(first.snapshot());
    expect([second.length, second.nextDue, emptied(second)]).toEqual([2, 3, [2, 1]]);
    second.deliver(canceled(9), 1);
    second.restore({ waiting: [], random: null });
    expect([second.length, second.nextDue, second.shift()]).toEqual([0, Number.POSITIVE_INFINITY, undefined]);
  });
});

describe("numbers above the client's", () => {
  it("are foreign from the first on, and copies are not", () => {
    expect([foreignNumber(1) > copyNumber(orderOf(4_294_967_295), 255), foreignNumber(2) - foreignNumber(1)]).toEqual([true, 1]);
    expect(copyNumber(5 as OrderNumber, 1) % 17_592_186_044_416).toBe(5);
  });
});
