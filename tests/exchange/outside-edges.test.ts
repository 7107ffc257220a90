// What happens to the account without an order of the session, at its edges: legs that are bound to their side, sizes of less
// than a step, money to the last unit, and what another process knows of it.
import { describe, expect, it } from "vitest";

import { SeatrialError, type MarketIndex, type Millis, type PositionMode } from "../../src/domain/index.ts";
import type { Disturbance, VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const market = 0 as MarketIndex;

const opened = (setup: Partial<DeskSetup> = {}): Desk => {
  const desk = new Desk({ bars: [calm, dip, dip, calm], history: true, ...setup });
  desk.next();
  return desk;
};
const pairOf = (long: number, short: number): Partial<DeskSetup> => ({
  mode: "hedge",
  positions: [
    ["LONG", long, 100],
    ["SHORT", short, 100],
  ],
});
const byHand = (leg: "NET" | "LONG" | "SHORT", side: "buy" | "sell", quantity: string, notify = true): Disturbance => {
  return { do: "trade", leg, side, quantity, price: "100", notify };
};
const untold = (desk: Desk): number | undefined => desk.exchange.trouble?.wire.untold;

describe("a trade by hand", () => {
  it("may take a bound leg to zero, and no further", () => {
    const desk = opened(pairOf(1, -1));
    desk.disturb(byHand("LONG", "sell", "1"));
    desk.disturb(byHand("SHORT", "buy", "1"));
    expect([desk.position("LONG"), desk.position("SHORT")]).toEqual([0, 0]);
    expect(() => desk.disturb(byHand("LONG", "sell", "0.01"))).toThrow("LONG position of ABC/USDC:USDC beyond zero");
    expect(() => desk.disturb(byHand("SHORT", "buy", "0.01"))).toThrow("SHORT position of ABC/USDC:USDC beyond zero");
    desk.disturb(byHand("LONG", "buy", "2"));
    desk.disturb(byHand("SHORT", "sell", "3"));
    expect([desk.position("LONG"), desk.position("SHORT")]).toEqual([2, -3]);
    expect(() => desk.disturb(byHand("NET", "buy", "1"))).toThrow("the account has no NET leg");
  });

  it("that cannot be is an error for the scenario's author", () => {
    expect(() => opened().disturb(byHand("LONG", "buy", "1"))).toThrow(SeatrialError);
  });

  it("may sell all of a spot account's coins", () => {
    const spot = opened({ rules: spotRules, balances: { USDC: "0", ABC: "2" }, positions: [["NET", 2, 100]] });
    spot.disturb(byHand("NET", "sell", "2"));
    expect([spot.wallet("ABC"), spot.wallet(), spot.position()]).toEqual(["0", "200", 0]);
  });

  it("is told as a position, or not at all; the book is behind either way", () => {
    const desk = opened();
    desk.disturb(byHand("NET", "buy", "1"));
    desk.disturb(byHand("NET", "buy", "1", false));
    expect([desk.heard(), untold(desk)]).toEqual([["position NET 1 external"], 2]);
  });

  it("without a price takes the last one, of which there is none before the first bar", () => {
    const late: Disturbance = { do: "trade", leg: "NET", side: "buy", quantity: "1", price: null, notify: false };
    expect(() => new Desk({ bars: [calm] }).disturb(late)).toThrow("no last price before the first bar");
    const desk = opened({ bars: [[90, 101, 89, 95, 10], calm] });
    desk.disturb(late);
    desk.next();
    // Bought at the close of 95, now at 100.
    expect(desk.equity).toBe("1005");
  });
});

describe("a leg that is closed by hand", () => {
  const close = (desk: Desk, amount: string | null, notify = true, leg: "NET" | "LONG" = "NET"): string[] => {
    desk.exchange.outside.close(market, leg, amount, desk.now as Millis, notify);
    return desk.heard();
  };

  it("is closed whole, or by an amount, and by no more than there is; a short one is bought back", () => {
    const desk = opened({ positions: [["NET", -2, 110]] });
    expect(close(desk, "0.5")).toEqual(["position NET -1.5 external"]);
    expect(close(desk, "9", false)).toEqual([]);
    // 2 × (110 − 100)
    expect([desk.position(), desk.wallet()]).toEqual([0, "1020"]);
    const whole = opened({ positions: [["NET", 2, 110]] });
    expect(close(whole, null)).toEqual(["position NET 0 external"]);
  });

  it("that is flat, or none of the account's, is left alone", () => {
    const desk = opened();
    expect([close(desk, null), close(desk, "1", true, "LONG"), untold(desk)]).toEqual([[], [], undefined]);
  });

  it("is not closed by nothing", () => {
    const desk = opened({ positions: [["NET", 2, 100]] });
    expect(() => close(desk, "0")).toThrow("no quantity to close outside");
    expect(() => close(desk, "-1")).toThrow("no quantity to close outside");
  });
});

describe("another party's order", () => {
  const foreign = { do: "foreign_order", leg: "NET", side: "buy", quantity: "1", price: null, trigger: null, reduceOnly: false } as const;

  it("is of the type that its prices make it, and each has a number of its own", () => {
    const desk = opened({ positions: [["NET", -9, 100]] });
    desk.disturb({ ...foreign, price: "98", notify: false, reduceOnly: true });
    desk.disturb({ ...foreign, trigger: "105", notify: false });
    desk.disturb({ ...foreign, trigger: "105", price: "106", notify: false });
    desk.disturb({ ...foreign, notify: false });
    desk.next();
    const resting = desk.exchange.markets[0]?.orders.sorted() ?? [];
    // The limit at 98 filled in the dip, and so did the market order, at the open.
    expect([resting.map(({ type }) => type), desk.position(), untold(desk)]).toEqual([["stop_market", "stop_limit"], -7, 2]);
    expect(new Set(resting.map(({ order }) => order)).size).toBe(2);
  });

  it("that nobody is told of fills without a word", () => {
    const desk = opened();
    desk.disturb({ ...foreign, notify: false });
    expect([desk.next(), desk.position(), untold(desk)]).toEqual([[], 1, 1]);
    desk.disturb({ ...foreign, notify: true });
    expect(desk.next()).toEqual(["position NET 2 external"]);
  });

  it("that may only reduce is refused where there is nothing to reduce, of which nobody hears", () => {
    const desk = opened();
    desk.disturb({ ...foreign, price: "98", reduceOnly: true, notify: true });
    expect([desk.next(), desk.exchange.markets[0]?.orders.size, desk.position()]).toEqual([[], 0, 0]);
  });
});

describe("a liquidation out of nothing", () => {
  const liquidate = (share: string | null, setup: Partial<DeskSetup>): Desk => {
    const desk = opened(setup);
    desk.disturb({ do: "liquidate", leg: setup.mode === "hedge" ? "SHORT" : "NET", share, price: "95" });
    return desk;
  };

  it.each<[string | null, string, number]>([
    [null, "liquidated NET 2 at 95 fee 0 insurance 0", 0],
    // A third of 2.00 is 0.66 whole steps; a thousandth is less than one, and one step is taken; twice the leg is the leg.
    ["0.3333", "liquidated NET 0.66 at 95 fee 0 insurance 0", 1.34],
    ["0.001", "liquidated NET 0.01 at 95 fee 0 insurance 0", 1.99],
    ["2", "liquidated NET 2 at 95 fee 0 insurance 0", 0],
  ])("takes its share of a leg in whole steps: %s", (share, told, left) => {
    const desk = liquidate(share, { positions: [["NET", 2, 100]] });
    expect([desk.heard(), desk.position()]).toEqual([[told], left]);
  });

  it("takes its own leg alone, buys a short one back, and says what was there before it", () => {
    const desk = opened(pairOf(1, -2));
    desk.disturb({ do: "liquidate", leg: "SHORT", share: null, price: "95" });
    const [event] = desk.exchange.events.list().map((one) => one.event);
    // The close of 100 is the price of both entries; 3 × 100 × 0.005 of margin.
    expect(event).toMatchObject({ side: "buy", left: 0, equity: 1_000_000_000, maintenance: 1_500_000, takeover: false });
    // 2 × (100 − 95)
    expect([desk.position("LONG"), desk.position("SHORT"), desk.wallet()]).toEqual([1, 0, "1010"]);
  });

  it("leaves a flat leg and its orders alone", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(rest);
    desk.next();
    desk.disturb({ do: "liquidate", leg: "NET", share: null, price: null });
    expect([desk.heard(), desk.openOrders]).toEqual([[], [1]]);
  });
});

describe("a delisting", () => {
  it("settles every leg, at the last price where none is named, and tells of the legs that were open or of none", () => {
    const desk = opened(pairOf(1, -2));
    desk.disturb({ do: "delist", price: null, notify: true });
    expect(desk.heard()).toEqual(["status delisted", "position LONG 0 external", "position SHORT 0 external"]);
    const silent = opened({ positions: [["NET", 1, 90]] });
    silent.disturb({ do: "delist", price: null, notify: false });
    expect([silent.heard(), silent.wallet()]).toEqual([["status delisted"], "1010"]);
    const lone = opened({ mode: "hedge", positions: [["LONG", 1, 100]] });
    lone.disturb({ do: "delist", price: null, notify: true });
    expect(lone.heard()).toEqual(["status delisted", "position LONG 0 external"]);
  });
});

describe("a trade that is taken back", () => {
  const voided = (desk: Desk, family: "entry" | "close" | null = null): string[] => {
    desk.disturb({ do: "void_fill", family });
    return desk.heard();
  };

  it("is the newest, of its family where one is named, and the one before it next", () => {
    const desk = new Desk({ bars: [calm, calm, calm] });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "buy", quantity: 2 });
    desk.send({ side: "sell", quantity: 0.5, family: "close" });
    desk.next();
    expect(voided(desk, "entry")).toEqual(["void 2 2"]);
    expect([voided(desk), voided(desk), voided(desk)]).toEqual([["void 3 3"], ["void 1 1"], []]);
    expect([desk.position(), desk.wallet()]).toEqual([0, "1000"]);
  });

  it("may turn a net position, and never a leg that is bound to its side", () => {
    const play = (mode: PositionMode, side: "buy" | "sell", taken: number): string[] => {
      const other = side === "buy" ? "sell" : "buy";
      const leg = mode === "one_way" ? "NET" : side === "buy" ? "LONG" : "SHORT";
      const desk = new Desk({ bars: [calm, calm], mode });
      desk.send({ side, quantity: 1, leg });
      desk.send({ side: other, quantity: taken, leg, family: "close" });
      desk.next();
      desk.heard();
      return voided(desk, "entry");
    };
    expect([play("one_way", "buy", 0.5), play("one_way", "sell", 0.5)]).toEqual([["void 1 1"], ["void 1 1"]]);
    expect([play("hedge", "buy", 0.5), play("hedge", "sell", 0.5)]).toEqual([[], []]);
    // Two of which one has been closed: exactly the other can be given back.
    for (const [side, other, leg] of [
      ["buy", "sell", "LONG"],
      ["sell", "buy", "SHORT"],
    ] as const) {
      const desk = new Desk({ bars: [calm, calm], mode: "hedge" });
      desk.send({ side, quantity: 1, leg });
      desk.send({ side, quantity: 1, leg });
      desk.send({ side: other, quantity: 1, leg, family: "close" });
      desk.next();
      expect([voided(desk, "entry"), voided(desk, "entry"), desk.position(leg)]).toEqual([["void 2 2"], [], 0]);
    }
  });

  it("leaves its order with that much more to fill, where that is still open", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 97.9, 99, 4], dip, calm], fill: { volumeCap: "0.1" } });
    desk.send(rest);
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 0.4 at 98 maker fee 0.00784 USDC"]);
    expect(voided(desk)).toEqual(["void 1 1"]);
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
    desk.query(1);
    expect([desk.heard(), desk.position()]).toEqual([["answer 1 FILLED 1 1 fills"], 1]);
  });

  it("is the newest by its hour, also where its order came first", () => {
    const desk = new Desk({ bars: [calm, dip, calm] });
    desk.send(rest);
    desk.send({ side: "buy", quantity: 2 });
    desk.next();
    desk.next();
    // Order 2 filled at the open of bar 0, order 1 in the dip.
    expect([voided(desk), voided(desk)]).toEqual([["void 1 2"], ["void 2 1"]]);
    const open = new Desk({ bars: [calm, [100, 100, 97.9, 99, 4]], fill: { volumeCap: "0.1" } });
    open.send(rest);
    open.send({ side: "buy", quantity: 2 });
    open.next();
    open.next();
    expect(voided(open)).toEqual(["void 1 2"]);
  });

  it("leaves the other fills of its order", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 97.9, 99, 4], [100, 100, 97.9, 99, 3], calm], fill: { volumeCap: "0.1" } });
    desk.send(rest);
    for (let bar = 0; bar < 3; bar += 1) desk.next();
    expect(voided(desk)).toEqual(["void 1 2"]);
    desk.query(1);
    expect([desk.heard(), desk.position()]).toEqual([["answer 1 PARTIAL 0.4 1 fills"], 0.4]);
  });

  it("gives coins back that went into its fee before it takes the others", () => {
    const coins = new Desk({ bars: [calm, calm], rules: spotRules, profile: { feeCurrency: "received", takerFee: "0.02" } });
    coins.send({ side: "buy", quantity: 1 });
    coins.next();
    // 1 less 0.02.
    expect([coins.position(), coins.wallet("ABC")]).toEqual([0.98, "0.98"]);
    expect([voided(coins), coins.position(), coins.wallet("ABC")]).toEqual([["void 1 1"], 0, "0"]);
  });

  it("is of its own market's orders, and none before the first fill", () => {
    const desk = opened();
    desk.send(rest);
    expect(voided(desk)).toEqual([]);
  });
});

describe("money", () => {
  const move = (amount: string, notify = true): Disturbance => ({ do: "move_funds", currency: "USDC", amount, text: "why", notify });

  it("may be withdrawn to the last unit that no order holds", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(rest);
    desk.next();
    // 98 are held.
    expect(() => desk.disturb(move("-902.000001"))).toThrow("cannot be withdrawn");
    desk.disturb(move("-902"));
    expect([desk.heard(), desk.wallet(), untold(desk)]).toEqual([["funds USDC -902000000"], "98", 0]);
  });

  it("that moves without a word leaves the book behind, and is told when asked for", () => {
    const desk = opened();
    desk.disturb(move("5", false));
    expect([desk.heard(), untold(desk)]).toEqual([[], 1]);
    desk.exchange.queryCash(0 as Millis, desk.now as Millis);
    expect(desk.heard()).toEqual(["cash 1005 transfer 5"]);
  });

  it("that is frozen anew is frozen instead of what was, in another process too", () => {
    const desk = opened();
    const freeze = (amount: string): Disturbance => ({ do: "freeze_funds", currency: "USDC", amount });
    desk.disturb(freeze("900"));
    desk.disturb(freeze("400"));
    expect(desk.held()).toBe("400");
    desk.disturb({ do: "foreign_order", leg: "NET", side: "buy", quantity: "1", price: "90", trigger: null, reduceOnly: false, notify: false });
    desk.next();
    const second = new Desk({ bars: [calm, dip, dip, calm], history: true });
    second.exchange.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    expect(second.held()).toBe("490");
    second.disturb(freeze("0"));
    expect(second.held()).toBe("90");
    // The next foreign order is the second one: its number is free.
    second.disturb({ do: "foreign_order", leg: "NET", side: "buy", quantity: "1", price: "90", trigger: null, reduceOnly: false, notify: false });
    second.exchange.advanceBar(market, 2);
    expect(second.exchange.markets[0]?.orders.size).toBe(2);
  });

  it("is told to a process that keeps no history from one that did", () => {
    const desk = opened();
    const plain = exchangeOf({ bars: [calm, dip, dip, calm] });
    plain.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    expect(plain.history).toBe(null);
  });
});

describe("an account that others have brought into danger", () => {
  const crash: Bar = [100, 100, 85, 90, 10];
  const lean = (balance: string, quantity: number): Partial<DeskSetup> => ({
    bars: [calm, crash],
    leverage: 10,
    balances: { USDC: balance },
    positions: quantity === 0 ? [] : [["NET", quantity, 100]],
  });
  const isInsolvent = (setup: Partial<DeskSetup>, step: Disturbance): boolean => {
    const desk = opened(setup);
    desk.disturb(step);
    return desk.next().some((told) => told.startsWith("insolvent"));
  };

  it("is watched from then on: after a trade, a withdrawal, a part that was liquidated at a loss", () => {
    // 10 long at 100 lose 150 at the low of 85.
    expect(isInsolvent(lean("100", 0), byHand("NET", "buy", "10"))).toBe(true);
    const withdrawal: Disturbance = { do: "move_funds", currency: "USDC", amount: "-60", text: "", notify: true };
    expect([isInsolvent(lean("200", 10), withdrawal), isInsolvent(lean("300", 10), withdrawal)]).toEqual([true, false]);
    // 5 at 10 lose 450 of 500; the other 5 would lose 75 more.
    const taken: Disturbance = { do: "liquidate", leg: "NET", share: "0.5", price: "10" };
    expect([isInsolvent(lean("500", 10), taken), isInsolvent(lean("800", 10), taken)]).toEqual([true, false]);
  });

  it("is watched when the trade that closed it is taken back", () => {
    const desk = new Desk({ ...lean("100", 10), bars: [calm, calm, crash] });
    desk.send({ side: "sell", quantity: 10, family: "close" });
    desk.next();
    desk.disturb({ do: "void_fill", family: "close" });
    desk.next();
    expect(desk.next().some((told) => told.startsWith("insolvent"))).toBe(true);
  });

  it("takes a deposit although nothing of it can be used", () => {
    const desk = opened({ ...lean("100", 10), bars: [[100, 100, 91, 91, 10], calm] });
    // 10 are left of 100, and the position keeps 91.
    desk.disturb({ do: "move_funds", currency: "USDC", amount: "5", text: "", notify: true });
    expect([desk.heard(), desk.wallet()]).toEqual([["funds USDC 5000000"], "105"]);
  });
});

describe("settings of the account", () => {
  it("leverage changes beside funding, and not where a rule liquidates by it", () => {
    const funded = opened({ funding: [[1e9, 1]] });
    funded.disturb({ do: "set_leverage", leverage: 3 });
    expect(funded.exchange.account.leverage).toBe(3);
    expect(() => opened({ liquidation: "generic" }).disturb({ do: "set_leverage", leverage: 3 })).toThrow("cannot be changed on the way");
  });

  it("the same position mode again is no change, whatever is open", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(rest);
    desk.next();
    desk.exchange.outside.setPositionMode("one_way");
    expect(desk.openOrders).toEqual([1]);
  });
});
