// Funds: margin, leverage, holds and their release, and the end of an account that can no longer carry its positions.
import { describe, expect, it } from "vitest";

import { Desk, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99.5, 100, 1_000];
const limit = (price: number, quantity: number): Ticket => ({ type: "limit", side: "buy", quantity, price });

describe("funds", () => {
  it("must cover margin and fee", () => {
    const desk = new Desk({ bars: [calm, calm], balances: { USDC: "1000" } });
    // 9.995 does not exist; 10 × 100 + 0.5 > 1000; 9.99 × 100 + 0.4995 = 999.4995
    desk.send({ side: "buy", quantity: 10 });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds"]);
    desk.send({ side: "buy", quantity: 9.99 });
    expect(desk.next()[1]).toBe("fill 2: 9.99 at 100 taker fee 0.4995 USDC");
  });

  it("go further with leverage", () => {
    const desk = new Desk({ bars: [calm, calm], leverage: 10 });
    // 100 × 100 ÷ 10 + 5 = 1005; 99 × 100 ÷ 10 + 4.95 = 994.95
    desk.send({ side: "sell", quantity: 100 });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds"]);
    desk.send({ side: "sell", quantity: 99 });
    expect(desk.next()[1]).toBe("fill 2: 99 at 100 taker fee 4.95 USDC");
  });

  it("count unrealised profit and loss", () => {
    const bars: Bar[] = [calm, [110, 110, 110, 110, 100], [110, 110, 110, 110, 100]];
    const desk = new Desk({ bars, leverage: 10, balances: { USDC: "100" }, positions: [["NET", 5, 100]] });
    desk.next();
    // At 110: 100 + 50 - 50 of margin = 100 are free. 9.1 × 110 ÷ 10 + 0.5005 = 100.6; 9 × 110 ÷ 10 + 0.495 = 99.495
    desk.send({ side: "buy", quantity: 9.1 });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds"]);
    desk.send({ side: "buy", quantity: 9 });
    expect(desk.next()[0]).toBe("ack 2");
  });

  it("are held for open orders and released when they end", () => {
    const desk = new Desk({ bars: [calm, calm, calm, [98, 98, 98, 98, 100]] });
    desk.send(limit(99, 5));
    desk.send(limit(99, 6));
    expect(desk.next()).toEqual(["ack 1", "reject 2 insufficient_funds"]);
    expect(desk.held()).toBe("495");
    desk.cancel(1);
    desk.send(limit(99, 6));
    expect(desk.next()).toEqual(["canceled 1 after 0", "ack 3"]);
    expect(desk.held()).toBe("594");
    desk.next();
    expect(desk.next()[0]).toContain("fill 3: 6 at 98 maker");
    expect(desk.held()).toBe("0");
  });

  it("are released in step with partial fills", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 98, 99, 40]], fill: { volumeCap: "0.1" } });
    desk.send(limit(99, 10));
    desk.next();
    expect(desk.held()).toBe("990");
    desk.next();
    // 4 of 10 filled: 6 × 99 stay held
    expect(desk.position()).toBe(4);
    expect(desk.held()).toBe("594");
  });

  it("are not needed to reduce, and only for the rest of a reversal", () => {
    const desk = new Desk({ bars: [calm, calm], positions: [["NET", 9, 100]] });
    // 1000 - 900 of margin = 100 are free: selling 10 needs 1 × 100 + fee of 10 × 100 × 0.0005 = 0.5
    desk.send({ side: "sell", quantity: 10 });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds"]);
    desk.send({ side: "sell", quantity: 9.99 });
    expect(desk.next()[1]).toContain("fill 2: 9.99 at 100");
    expect(desk.position()).toBe(-0.99);
  });

  it("on a spot market are cash for buys and coins for sells", () => {
    const desk = new Desk({ bars: [calm, calm, calm], rules: spotRules, balances: { USDC: "100", ABC: "1" } });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "sell", quantity: 1.01 });
    desk.send({ type: "limit", side: "sell", quantity: 0.6, price: 105 });
    desk.send({ side: "sell", quantity: 0.5 });
    expect(desk.next()).toEqual(["reject 1 insufficient_funds", "reject 2 insufficient_funds", "ack 3", "reject 4 insufficient_funds"]);
    expect(desk.held("ABC")).toBe("0.6");
    desk.send({ side: "sell", quantity: 0.4 });
    expect(desk.next()[1]).toContain("fill 5: 0.4 at 100");
  });

  it("a spot account never sells coins that another order holds", () => {
    const desk = new Desk({ bars: [calm, calm, [106, 106, 106, 106, 10]], rules: spotRules, balances: { USDC: "200" } });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.send({ type: "limit", side: "sell", quantity: 0.7, price: 105, family: "tp" });
    desk.send({ side: "sell", quantity: 1, reduceOnly: true });
    // 0.3 are free; the rest of the close expires.
    expect(desk.next().slice(2)).toEqual(["fill 3: 0.3 at 100 taker fee 0.015 USDC", "expired 3 after 0.3 reduce_only_position_gone"]);
    expect(desk.next()[0]).toContain("fill 2: 0.7 at 106");
    expect(desk.wallet("ABC")).toBe("0");
  });

  it("are checked again when an order is amended upwards", () => {
    const desk = new Desk({ bars: [calm, calm, calm] });
    desk.send(limit(99, 5));
    desk.next();
    desk.amend(1, { quantity: 11 });
    expect(desk.next()).toEqual(["amend rejected 1 insufficient_funds"]);
    expect(desk.held()).toBe("495");
    desk.amend(1, { quantity: 10 });
    expect(desk.next()).toEqual(["amended 1 10 9900"]);
    expect(desk.held()).toBe("990");
  });

  it("are not needed for a boot position before its market has a price", () => {
    expect(new Desk({ bars: [calm], positions: [["NET", 5, 100]] }).equity).toBe("1000");
  });
});

describe("an insolvent account", () => {
  // Wallet 100, leverage 10, 9 at 100: margin 90, fee 0.45. Equity at p is 99.55 ± 9 (p - 100); maintenance 0.005 × 9 p.
  function after(side: "buy" | "sell", bar: Bar, setup: Partial<DeskSetup> = {}): string[] {
    const desk = new Desk({ bars: [[100, 100, 100, 100, 100], bar], balances: { USDC: "100" }, leverage: 10, ...setup });
    desk.send({ side, quantity: 9 });
    desk.next();
    return desk.next();
  }

  it("is found at the low for a long, to the unit", () => {
    // 89.39: 99.55 - 95.49 = 4.06 against 804.51 × 0.005 = 4.02255
    expect(after("buy", [100, 100, 89.39, 100, 100])).toEqual([]);
    // 89.38: 99.55 - 95.58 = 3.97 against 804.42 × 0.005 = 4.0221
    expect(after("buy", [100, 100, 89.38, 100, 100])).toEqual(["insolvent 3.97 of 4.0221"]);
  });

  it("is found at the high for a short, to the unit", () => {
    // 110.5: 99.55 - 94.5 = 5.05 against 994.5 × 0.005 = 4.9725
    expect(after("sell", [100, 110.5, 100, 100, 100])).toEqual([]);
    // 110.51: 99.55 - 94.59 = 4.96 against 994.59 × 0.005 = 4.97295
    expect(after("sell", [100, 110.51, 100, 100, 100])).toEqual(["insolvent 4.96 of 4.97295"]);
  });

  it("has more room where the venue's maintenance margin is smaller", () => {
    // At 89.38: 3.97 against 804.42 × 0.004 = 3.21768
    expect(after("buy", [100, 100, 89.38, 100, 100], { profile: { maintenanceMarginRate: "0.004" } })).toEqual([]);
  });

  it("is impossible for a fully paid long", () => {
    expect(after("buy", [100, 100, 0.01, 0.01, 100], { leverage: 1, balances: { USDC: "1000" } })).toEqual([]);
  });

  it("is possible for a fully paid short", () => {
    // 1000 - 0.45 - 9 (p - 100) at 211: 0.55 against 9 × 211 × 0.005 = 9.495
    expect(after("sell", [100, 211, 100, 100, 100], { leverage: 1, balances: { USDC: "1000" } })).toEqual(["insolvent 0.55 of 9.495"]);
  });
});
