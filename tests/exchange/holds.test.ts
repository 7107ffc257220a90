// What open orders keep back of the account, to the unit: when they come, change, fill in part and end.
import { describe, expect, it } from "vitest";

import { Desk, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99.5, 100, 1_000];
const thin: Bar = [100, 100, 98, 99, 3.3];
const limit: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98.99 };

function opened(ticket: Ticket, setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars: [calm, calm, calm, calm], ...setup });
  desk.send(ticket);
  expect(desk.next()).toEqual(["ack 1"]);
  return desk;
}

/** What is held after an amendment has arrived. */
function amended(desk: Desk, change: Parameters<Desk["amend"]>[1], number = 1, currency = "USDC"): string {
  desk.amend(number, change);
  expect(desk.next()[0]).toMatch(/^amended/);
  return desk.held(currency);
}

describe("an amended order holds anew", () => {
  it("at its limit, or at its trigger where it has no limit", () => {
    expect(amended(opened(limit), { price: 95, quantity: 2 })).toBe("190");
    const stop = opened({ type: "stop_market", side: "buy", quantity: 1, trigger: 105 });
    expect(stop.held()).toBe("105");
    expect(amended(stop, { trigger: 110 })).toBe("110");
    expect(amended(opened({ type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 106 }), { trigger: 107, price: 108 })).toBe("108");
  });

  it("nothing where it can only close", () => {
    const positions = [["NET", 2, 100]] as const;
    const closing = opened({ type: "limit", side: "sell", quantity: 1, price: 105, reduceOnly: true }, { positions });
    expect(closing.held()).toBe("0");
    expect(amended(closing, { price: 106 })).toBe("0");
  });

  it("coins for a sale and cash for a purchase on a spot market", () => {
    const spot = { rules: spotRules, balances: { USDC: "500", ABC: "5" } };
    const sale = opened({ type: "limit", side: "sell", quantity: 1, price: 105 }, spot);
    expect(amended(sale, { quantity: 2 }, 1, "ABC")).toBe("2");
    expect(sale.held()).toBe("0");
    const purchase = opened(limit, spot);
    expect([amended(purchase, { quantity: 2 }), purchase.held("ABC")]).toEqual(["197.98", "0"]);
  });

  it("what one of a group needs, not each of them", () => {
    const desk = new Desk({ bars: [calm, calm, calm] });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 95 });
    desk.send({ type: "stop_market", side: "buy", quantity: 1, trigger: 105, terms: { group: 1 } });
    desk.next();
    expect(desk.held()).toBe("105");
    expect(amended(desk, { trigger: 110 }, 2)).toBe("110");
    expect(amended(desk, { price: 94 })).toBe("110");
    desk.cancel(1);
    desk.cancel(2);
    desk.next();
    expect(desk.held()).toBe("0");
  });

  it("for the part that opens, where it turns a position", () => {
    const turning = opened({ type: "limit", side: "sell", quantity: 3, price: 105 }, { positions: [["NET", 2, 100]] });
    // 1 × 105 for a short of 1; then 2 × 106.
    expect(turning.held()).toBe("105");
    expect(amended(turning, { quantity: 4, price: 106 })).toBe("212");
  });
});

describe("a fill gives back its share", () => {
  it("rounded so that no unit is kept too much, and all of it at the end", () => {
    // 98.99 ÷ 3 = 32.99666…, rounded up. A tenth of 3.3 fills: 32.996667 × 0.67 = 22.10776689.
    const desk = new Desk({ bars: [calm, thin, [100, 100, 98, 99, 1_000]], leverage: 3, fill: { volumeCap: "0.1" } });
    desk.send(limit);
    desk.next();
    expect(desk.held()).toBe("32.996667");
    desk.next();
    expect([desk.position(), desk.held()]).toEqual([0.33, "22.107766"]);
    desk.next();
    expect([desk.position(), desk.held()]).toEqual([1, "0"]);
  });

  it("and the rest when the order is cancelled", () => {
    const desk = new Desk({ bars: [calm, thin, calm], fill: { volumeCap: "0.1" } });
    desk.send(limit);
    desk.next();
    desk.next();
    // 0.67 × 98.99 = 66.3233
    expect(desk.held()).toBe("66.3233");
    desk.cancel(1);
    desk.next();
    expect(desk.held()).toBe("0");
  });
});
