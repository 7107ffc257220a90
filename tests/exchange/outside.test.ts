// What others do to the account, and the venue of its own accord: trades by hand, foreign orders, transfers, delisting, trades
// that are taken back. Money is conserved in all of it: the ledger asserts it at each step.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import type { Disturbance } from "../../src/exchange/virtual/index.ts";
import { Desk, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };

function disturbed(step: Disturbance, bars: readonly Bar[] = [calm, calm, dip, calm], setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars, history: true, ...setup });
  desk.disturb(step);
  return desk;
}

describe("the account from outside", () => {
  const trade = (side: "buy" | "sell", quantity: string, price: string | null = null): Disturbance => {
    return { do: "trade", leg: "NET", side, quantity, price, notify: true };
  };

  it("a trade by hand opens, turns and closes a position, at its price and without a fee", () => {
    const desk = new Desk({ bars: [calm, calm], history: true });
    desk.next();
    desk.disturb(trade("buy", "1", "99"));
    expect(desk.heard()).toEqual(["position NET 1 external"]);
    desk.disturb(trade("sell", "3"));
    expect([desk.position(), desk.wallet()]).toEqual([-2, "1001"]);
    desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, desk.now as Millis);
    expect(desk.heard()).toEqual(["position NET -2 external", "trades 0 own 2 foreign"]);
  });

  it("a trade by hand never turns a leg of a hedged pair, nor sells coins that are not there", () => {
    const hedged = new Desk({ bars: [calm], mode: "hedge", positions: [["LONG", 1, 100]] });
    expect(() => hedged.disturb({ ...trade("sell", "2", "100"), leg: "LONG" } as Disturbance)).toThrow("beyond zero");
    const spot = new Desk({ bars: [calm], rules: spotRules });
    expect(() => spot.disturb(trade("sell", "1", "100"))).toThrow("beyond zero");
  });

  it("another party's order is listed as foreign, fills like any other, and only the position is told of it", () => {
    const desk = new Desk({ bars: [calm, dip], history: true });
    desk.disturb({ do: "foreign_order", leg: "NET", side: "buy", quantity: "2", price: "98", trigger: null, reduceOnly: false, notify: true });
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 1"]);
    desk.exchange.queryOpenOrders(0 as MarketIndex, desk.now as Millis);
    expect(desk.heard()).toEqual(["open foreign 1"]);
    expect(desk.next()).toEqual(["position NET 2 external", "fill 1: 1 at 98 maker fee 0.0196 USDC"]);
    desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, desk.now as Millis);
    expect(desk.heard()).toEqual(["trades 1 own 1 foreign"]);
    expect(desk.exchange.trouble?.wire.untold).toBe(1);
  });

  it("no fault of the session's requests hits another party's order", () => {
    const desk = new Desk({ bars: [calm] });
    desk.exchange.arm({ do: "reject", next: 1, family: null, symbol: null, code: null });
    desk.disturb({ do: "foreign_order", leg: "NET", side: "buy", quantity: "1", price: "98", trigger: null, reduceOnly: false, notify: false });
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 injected_rejection"]);
    expect(desk.exchange.markets[0]?.orders.size).toBe(1);
  });

  it("a liquidation out of nothing takes the open orders and a share of the position", () => {
    const desk = new Desk({ bars: [calm, calm], positions: [["NET", 2, 100]] });
    desk.send(rest);
    desk.next();
    desk.disturb({ do: "liquidate", leg: "NET", share: "0.5", price: "95" });
    expect(desk.heard()).toEqual(["expired 1 after 0 liquidated", "liquidated NET 1 at 95 fee 0 insurance 0"]);
    // 1 × (95 − 100)
    expect([desk.position(), desk.wallet()]).toEqual([1, "995"]);
  });

  it("a delisting ends orders, settles the position at a price, and takes no order after", () => {
    const desk = new Desk({ bars: [calm, calm], positions: [["NET", 2, 100]] });
    desk.send(rest);
    desk.next();
    desk.disturb({ do: "delist", price: "90", notify: true });
    expect(desk.heard()).toEqual(["expired 1 after 0 delisted", "status delisted", "position NET 0 external"]);
    expect(desk.wallet()).toBe("980");
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 2 delisted"]);
  });

  it("a restart of the engine may forget the open orders, and count its ids from one", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(rest);
    desk.next();
    expect(desk.held()).toBe("98");
    desk.disturb({ do: "venue_restart", orders: "wiped", ids: "reset" });
    desk.query(1);
    expect(desk.heard()).toEqual(["stream_gap", "stream_resynced", "answer 1 unknown 0 0 fills"]);
    expect([desk.openOrders, desk.held()]).toEqual([[], "0"]);
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 2"]);
    expect(desk.exchange.markets[0]?.orders.sorted()[0]?.venueOrderId).toBe(1);
  });

  it("a trade that is taken back leaves the account as if it had never been", () => {
    const desk = new Desk({ bars: [calm, calm], history: true });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    expect([desk.position(), desk.wallet()]).toEqual([1, "999.95"]);
    desk.disturb({ do: "void_fill", family: null });
    expect(desk.heard()).toEqual(["void 1 1"]);
    expect([desk.position(), desk.wallet()]).toEqual([0, "1000"]);
    desk.query(1);
    desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, desk.now as Millis);
    expect(desk.heard()).toEqual(["answer 1 FILLED 0 0 fills", "trades 0 own 0 foreign"]);
  });

  it("a bought coin that is taken back comes with its fee; one that has been sold stays", () => {
    const desk = new Desk({ bars: [calm, calm, calm], rules: spotRules, venue: "binance-spot" });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.disturb({ do: "void_fill", family: null });
    expect([desk.wallet("ABC"), desk.position()]).toEqual(["0", 0]);
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.send({ side: "sell", quantity: 0.99, family: "close" });
    desk.next();
    desk.disturb({ do: "void_fill", family: "entry" });
    expect(desk.heard()).toEqual([]);
  });

  it("money moves in and out, and no more out than there is", () => {
    const desk = new Desk({ bars: [calm] });
    desk.next();
    desk.disturb({ do: "move_funds", currency: "USDC", amount: "-250.5", text: "withdrawal", notify: true });
    expect([desk.heard(), desk.wallet()]).toEqual([["funds USDC -250500000"], "749.5"]);
    const move = (amount: string, currency: string) => () => desk.disturb({ do: "move_funds", currency, amount, text: "", notify: true });
    expect(move("-749.51", "USDC")).toThrow("cannot be withdrawn");
    expect(move("1", "EUR")).toThrow("the account has no EUR");
  });

  it("frozen funds cannot be used until they are freed", () => {
    const desk = disturbed({ do: "freeze_funds", currency: "USDC", amount: "950" }, [calm, calm]);
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 insufficient_funds"]);
    desk.disturb({ do: "freeze_funds", currency: "USDC", amount: "0" });
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 2"]);
  });

  it("another leverage holds for new orders, and is told when asked", () => {
    const desk = disturbed({ do: "set_leverage", leverage: 5 });
    desk.send(rest);
    desk.next();
    desk.exchange.queryAccount(desk.now as Millis);
    // 98 ÷ 5
    expect([desk.held(), desk.heard()]).toEqual(["19.6", ["account one_way 5 USDC 1000"]]);
  });
});
