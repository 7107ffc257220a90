// The pool of orders: who has ended is found for a while, in the order in which they ended, and is used again after that.

import { describe, expect, it } from "vitest";

import { OrderPool } from "../../src/domain/index.ts";

interface Order {
  order: number;
}

function ended(count: number): { readonly pool: OrderPool<Order>; readonly orders: Order[] } {
  const pool = new OrderPool<Order>(() => ({ order: 0 }));
  const orders = Array.from({ length: count }, (_, n) => ({ order: (n + 1) * 256 }));
  for (const order of orders) pool.remember(order);
  return { pool, orders };
}

describe("the pool of orders", () => {
  it("remembers the last 511 of those that ended, and uses the one that ended longest ago again", () => {
    const { pool, orders } = ended(511);
    expect(orders).not.toContain(pool.take());
    const last = { order: 1 };
    pool.remember(last);
    expect(pool.take()).toBe(orders[0]);
    expect(pool.find(256)).toBeUndefined();
    expect(pool.find(512)).toBe(orders[1]);
    expect(pool.snapshot()).toEqual([...orders.slice(1), last]);
  });

  it("remembers whatever many orders end at once", () => {
    const { pool, orders } = ended(3_000);
    expect(pool.snapshot()).toEqual(orders);
    expect(orders.every((order) => pool.find(order.order) === order)).toBe(true);
    // 512 remain when the others have been used again.
    for (const order of orders.slice(0, 2_489)) expect(pool.take()).toBe(order);
    expect(orders).not.toContain(pool.take());
    expect(pool.snapshot()).toEqual(orders.slice(2_489));
  });

  it("goes round its ring without losing one", () => {
    const { pool, orders } = ended(700);
    const now = [...orders];
    for (let n = 0; n < 5_000; n += 1) {
      const order = pool.take();
      expect(order).toBe(now.shift());
      pool.remember(order);
      now.push(order);
    }
    expect(pool.snapshot()).toEqual(now);
  });

  it("goes on from what another has remembered, and hands out what was given back first", () => {
    const { pool, orders } = ended(3);
    const other = new OrderPool<Order>(() => ({ order: 0 }));
    other.restore(pool.snapshot());
    expect(other.snapshot()).toEqual(orders);
    const never = { order: 9 };
    other.discard(never);
    expect(other.take()).toBe(never);
  });
});
