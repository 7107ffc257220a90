// Objects that are used again: the pool of ended orders, the place of an answer, and the copy of a request.

import { describe, expect, it } from "vitest";
import {
  EventPlace,
  OrderPool,
  plainRequest,
  RequestFields,
  type Millis,
  type Money,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
  type Sequence,
  type VenueEvent,
} from "../../src/domain/index.ts";

/** How many ended orders a pool remembers before it uses the oldest again. */
const remembered = 512;

interface Entry {
  order: number;
  behind: Entry | null;
}

function poolOf(): { pool: OrderPool<Entry>; created: () => number } {
  let count = 0;
  const pool = new OrderPool<Entry>(() => {
    count += 1;
    return { order: 0, behind: null };
  });
  return { pool, created: () => count };
}

/** The next order lives and ends at once. */
function passes(pool: OrderPool<Entry>, order: number): Entry {
  const entry = pool.take();
  entry.order = order;
  pool.remember(entry);
  return entry;
}

describe("the pool of orders", () => {
  it("remembers 512 ended orders, and only then uses the oldest again", () => {
    const { pool, created } = poolOf();
    const entries = Array.from({ length: remembered }, (_, at) => passes(pool, at + 1));
    expect(created()).toBe(remembered);
    expect([pool.find(1), pool.find(remembered), pool.find(remembered + 1)]).toEqual([entries[0], entries[remembered - 1], undefined]);
    expect(pool.take()).toBe(entries[0]);
    expect([pool.find(1), pool.find(2)]).toEqual([undefined, entries[1]]);
    // 511 are left: the next one is new.
    expect(entries.includes(pool.take())).toBe(false);
    expect(created()).toBe(remembered + 1);
  });

  it("costs no further object once it is full", () => {
    const { pool, created } = poolOf();
    for (let order = 1; order <= 2_000; order += 1) passes(pool, order);
    expect(created()).toBe(remembered);
    expect(pool.snapshot().map(({ order }) => order)).toEqual(Array.from({ length: remembered }, (_, at) => 2_000 - remembered + 1 + at));
  });

  it("gives an object that was discarded before it makes one", () => {
    const { pool, created } = poolOf();
    const entry = pool.take();
    pool.discard(entry);
    expect(pool.take()).toBe(entry);
    expect(created()).toBe(1);
  });

  it("continues from a snapshot: the same orders, the oldest first", () => {
    const { pool } = poolOf();
    for (const order of [3, 1, 2]) passes(pool, order);
    const other = poolOf().pool;
    other.restore(pool.snapshot().map(({ order }) => ({ order, behind: null })));
    expect(other.snapshot().map(({ order }) => order)).toEqual([3, 1, 2]);
    expect(other.find(1)?.order).toBe(1);
    expect(poolOf().pool.snapshot()).toEqual([]);
  });

  it("cuts the chain behind an order that ends a second time", () => {
    const { pool } = poolOf();
    const [first, second] = [
      { order: 1, behind: null },
      { order: 2, behind: null },
    ] as [Entry, Entry];
    first.behind = { order: 9, behind: null };
    pool.restore([second, first]);
    expect(pool.snapshot().map(({ order }) => order)).toEqual([2, 1]);
    expect(pool.find(9)).toBeUndefined();
  });
});

describe("the place of an answer", () => {
  const place = new EventPlace();
  Object.assign(place, {
    time: 60_000 as Millis,
    sequence: 4 as Sequence,
    market: 1,
    order: 256 as OrderNumber,
    venueOrderId: "abc",
    cumulative: 30,
  });
  const stamp = { market: 1, time: 60_000, sequence: 4, order: 256 };

  it("copies out the event that its kind says, with the fields of that kind only", () => {
    place.kind = 0;
    expect(place.plain()).toEqual({ type: "order_acknowledged", ...stamp, venueOrderId: "abc" });
    place.kind = 1;
    expect(place.plain()).toEqual({ type: "order_canceled", ...stamp, cumulative: 30 });
  });

  it("hands over the event itself where it holds one", () => {
    const rare = { type: "order_expired", ...stamp, cumulative: 0, reason: "fill_or_kill_unfilled" } as unknown as VenueEvent;
    const fill = {
      type: "order_filled",
      ...stamp,
      trade: 1,
      price: 100 as Price,
      quantity: 30 as Quantity,
      fee: 1 as Money,
      feeCurrency: "USDC",
      liquidity: "taker",
      cumulative: 30 as Quantity,
    } as unknown as NonNullable<EventPlace["fill"]>;
    Object.assign(place, { fill, rare });
    place.kind = 2;
    expect(place.plain()).toBe(fill);
    place.kind = 3;
    expect(place.plain()).toBe(rare);
  });

  it("stands alone in its ring until it is put into one", () => {
    const alone = new EventPlace();
    expect(alone.next).toBe(alone);
  });
});

describe("the copy of a request", () => {
  it("has the fields of a request and nothing that an order object carries besides", () => {
    const fields = new RequestFields();
    const given: unknown = {
      order: 256,
      market: 1,
      side: "sell",
      leg: "LONG",
      family: "sl",
      type: "stop_market",
      quantity: 5,
      price: null,
      trigger: 99,
      timeInForce: "GTC",
      reduceOnly: true,
      timeToLive: 1_000,
      replaces: 255,
      terms: null,
    };
    fields.copy(given as OrderRequest);
    expect(plainRequest(fields)).toEqual(given);
  });

  it("of a fresh object is an order that reduces nothing", () => {
    expect(new RequestFields().reduceOnly).toBe(false);
  });
});
