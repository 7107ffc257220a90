// Close-position orders, self-trade prevention, amendments that replace an order, and saved states with all of them.
import { describe, expect, it } from "vitest";

import { Desk, drain, exchangeOf, line, requestOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 100.5, 99.5, 100, 100];

describe("a close-position order", () => {
  const guard: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 98, terms: { closePosition: true } };

  it("closes what is there when it is triggered", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 97, 98, 100]], positions: [["NET", 1, 100]] });
    desk.send(guard);
    desk.next();
    desk.send({ side: "buy", quantity: 1.5 });
    desk.next();
    expect(desk.next()).toEqual(["amended 1 2.5 9800", "fill 1: 2.5 at 98 taker fee 0.1225 USDC"]);
    expect(desk.position()).toBe(0);
  });

  it("shrinks with the position", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 97, 98, 100]], positions: [["NET", 1, 100]] });
    desk.send(guard);
    desk.next();
    desk.send({ side: "sell", quantity: 0.75 });
    desk.next();
    expect(desk.next()).toEqual(["amended 1 0.25 9800", "fill 1: 0.25 at 98 taker fee 0.01225 USDC"]);
  });

  it("says its size even where that is the one it came with: nobody could know before", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 97, 98, 100]], positions: [["NET", 1, 100]] });
    desk.send(guard);
    desk.next();
    expect(desk.next()).toEqual(["amended 1 1 9800", "fill 1: 1 at 98 taker fee 0.049 USDC"]);
  });

  it("has nothing to do without a position", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 97, 98, 100]], positions: [["NET", 1, 100]] });
    desk.send(guard);
    desk.next();
    desk.send({ side: "sell", quantity: 1 });
    desk.next();
    expect(desk.next()).toEqual(["expired 1 after 0 reduce_only_position_gone"]);
  });

  it("is a stop or take-profit at market, and needs a position", () => {
    const desk = new Desk({ bars: [calm] });
    desk.send(guard);
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 101, terms: { closePosition: true } });
    expect(desk.next()).toEqual(["reject 1 reduce_only_rejected", "reject 2 bad_order_terms"]);
  });
});

describe("an order that would trade with its own account's", () => {
  const ask: Ticket = { type: "limit", side: "sell", quantity: 1, price: 101 };
  const bid = (selfTrade: NonNullable<Ticket["terms"]>["selfTrade"]): Ticket => ({
    type: "limit",
    side: "buy",
    quantity: 1,
    price: 101.5,
    terms: selfTrade === undefined ? {} : { selfTrade },
  });
  const second = (ticket: Ticket): string[] => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(ask);
    desk.next();
    desk.send(ticket);
    return desk.next();
  };
  const fill = "fill 2: 1 at 100 taker fee 0.05 USDC";

  it.each([
    ["none", ["ack 2", fill]],
    ["expire_maker", ["ack 2", "expired 1 after 0 self_trade_prevented", fill]],
    ["expire_taker", ["ack 2", "expired 2 after 0 self_trade_prevented"]],
    ["expire_both", ["ack 2", "expired 1 after 0 self_trade_prevented", "expired 2 after 0 self_trade_prevented"]],
  ] as const)("is handled as it says: %s", (mode, answers) => {
    expect(second(bid(mode))).toEqual(answers);
  });

  it("is nothing to prevent when they do not meet", () => {
    expect(second({ ...bid("expire_both"), price: 100.9 })).toEqual(["ack 2", fill]);
  });
});

describe("what counts as trading with oneself", () => {
  const meets = (resting: readonly Ticket[], taker: Ticket): string[] => {
    const desk = new Desk({ bars: [calm, calm], balances: { USDC: "10000" } });
    for (const ticket of resting) desk.send(ticket);
    desk.next();
    desk.send({ ...taker, number: 9, terms: { selfTrade: "expire_both" } });
    return desk.next().filter((told) => told.startsWith("expired"));
  };
  const over = (number: number): string => `expired ${number} after 0 self_trade_prevented`;
  const ask = (price: number): Ticket => ({ type: "limit", side: "sell", quantity: 1, price });
  const bid = (price: number): Ticket => ({ type: "limit", side: "buy", quantity: 1, price });

  it("is every order of the other side that the taker's limit reaches, its very price included", () => {
    expect(meets([ask(101), ask(101.5), ask(102)], bid(101.5))).toEqual([over(1), over(2), over(9)]);
    expect(meets([bid(99), bid(98.5), bid(98)], ask(98.5))).toEqual([over(1), over(2), over(9)]);
  });

  it("is none of its own side, and no stop, which rests nowhere", () => {
    expect(meets([bid(99)], bid(101.5))).toEqual([]);
    expect(meets([{ type: "stop_limit", side: "sell", quantity: 1, trigger: 98, price: 97 }], bid(101.5))).toEqual([]);
  });

  it("is for an order at the market what rests at the market's own price", () => {
    // Asks stand at 101 and more, and the market takes at 100.
    expect(meets([ask(101)], { side: "buy", quantity: 1 })).toEqual([]);
    const wide = new Desk({ bars: [calm, calm], profile: { halfSpreadBp: "200" } });
    wide.send(ask(101.5));
    wide.next();
    // The ask of a market order is 102.
    wide.send({ side: "buy", quantity: 1, terms: { selfTrade: "expire_maker" } });
    expect(wide.next()).toEqual(["ack 2", over(1), "fill 2: 1 at 100.5 taker fee 0.05025 USDC"]);
  });

  it("is asked of a stop when it goes off", () => {
    const desk = new Desk({ bars: [calm, [100, 103, 100, 102, 100]] });
    desk.send(ask(105));
    desk.send({ type: "stop_market", side: "buy", quantity: 1, trigger: 101, terms: { selfTrade: "expire_taker" } });
    desk.next();
    expect(desk.next()).toEqual(["fill 2: 1 at 101 taker fee 0.0505 USDC"]);
  });
});

describe("an amendment at a venue that replaces the order", () => {
  it("gives it another id and the last place in the queue", () => {
    const setup: DeskSetup = { bars: [calm, calm, [100, 100, 97, 98, 100]], profile: { amend: "cancel_replace" } };
    const desk = new Desk(setup);
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98 });
    desk.next();
    desk.amend(1, { quantity: 2 });
    desk.exchange.advanceBar(0 as never, 1);
    const answers = drain(desk.exchange);
    expect(answers.map(line)).toEqual(["ack 1", "amended 1 2 9800"]);
    expect(answers[0]).toMatchObject({ venueOrderId: 3 });
    desk.exchange.advanceBar(0 as never, 2);
    expect(drain(desk.exchange).map(line)).toEqual(["fill 2: 1 at 98 maker fee 0.0196 USDC", "fill 1: 2 at 98 maker fee 0.0392 USDC"]);
  });
});

describe("a saved state", () => {
  const bars: readonly Bar[] = [calm, calm, [100, 103, 97, 99, 50], [99, 104, 95, 96, 50], calm];
  const tickets: readonly Ticket[] = [
    { type: "limit", side: "buy", quantity: 3, price: 98 },
    { type: "limit", side: "sell", quantity: 3, price: 102, reduceOnly: true, terms: { parent: 1 } },
    { type: "stop_market", side: "sell", quantity: 3, trigger: 96, reduceOnly: true, terms: { parent: 1, group: 2 } },
    { type: "trailing_stop", side: "buy", quantity: 1, terms: { rate: "0.02" } },
    { type: "trailing_stop", side: "sell", quantity: 1, terms: { distance: 2, activation: 102 } },
    { type: "limit", side: "buy", quantity: 1, price: 97.5, timeInForce: "GTD", terms: { goodTill: 200_000 } },
    { type: "market_on_close", side: "buy", quantity: 1 },
    { side: "sell", quantity: 1, terms: { goodAfter: 170_000 } },
  ];
  const setup: DeskSetup = { bars, fill: { volumeCap: "0.05", tradingDayEnd: "00:04" } };

  it.each([0, 1, 2])("after bar %i continues as if nothing had happened", (last) => {
    const whole = exchangeOf(setup);
    tickets.forEach((ticket, at) => whole.submit(requestOf(at + 1, ticket), 0 as never));
    const heard: string[] = [];
    for (let bar = 0; bar <= last; bar += 1) whole.advanceBar(0 as never, bar);
    drain(whole);
    const copy = exchangeOf(setup);
    copy.importState(JSON.parse(JSON.stringify(whole.exportState())));
    const again: string[] = [];
    for (let bar = last + 1; bar < bars.length; bar += 1) {
      whole.advanceBar(0 as never, bar);
      copy.advanceBar(0 as never, bar);
      heard.push(...drain(whole).map(line));
      again.push(...drain(copy).map(line));
    }
    expect(again).toEqual(heard);
    expect(heard.length).toBeGreaterThan(0);
    expect(copy.exportState()).toEqual(whole.exportState());
  });
});
