// What a venue does wrong for a time: who is refused, what is heard, and what questions are answered.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import type { Disturbance } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, line, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const minute = 60_000;
const everywhere = { symbol: null } as const;

function disturbed(step: Disturbance, bars: readonly Bar[] = [calm, calm, dip, calm], setup: Partial<DeskSetup> = {}): Desk {
  const desk = new Desk({ bars, history: true, ...setup });
  desk.disturb(step);
  return desk;
}

describe("the status of a venue", () => {
  const status = (name: "post_only" | "limit_only" | "cancel_only" | "maintenance"): Disturbance => {
    return { do: "venue_status", ...everywhere, status: name, lengthMs: null, notify: false };
  };
  const market: Ticket = { side: "buy", quantity: 1 };
  const postOnly: Ticket = { ...rest, timeInForce: "PO" };

  it.each([
    ["post_only", ["reject 1 venue_post_only", "reject 2 venue_post_only", "ack 3"]],
    ["limit_only", ["reject 1 venue_limit_only", "ack 2", "ack 3"]],
    ["cancel_only", ["reject 1 venue_cancel_only", "reject 2 venue_cancel_only", "reject 3 venue_cancel_only"]],
    ["maintenance", ["reject 1 venue_maintenance", "reject 2 venue_maintenance", "reject 3 venue_maintenance"]],
  ] as const)("%s: of a market order, a limit and a post-only limit it takes what it says", (name, lines) => {
    const desk = disturbed(status(name));
    for (const ticket of [market, rest, postOnly]) desk.send(ticket);
    expect(desk.next()).toEqual(lines);
  });

  it("cancel_only takes cancels and no amendments, maintenance neither; both answer questions", () => {
    const answers = (name: "cancel_only" | "maintenance"): string[] => {
      const desk = new Desk({ bars: [calm, calm] });
      desk.send(rest);
      desk.next();
      desk.disturb(status(name));
      desk.amend(1, { price: 97 });
      desk.cancel(1);
      desk.query(1);
      return desk.next();
    };
    expect(answers("cancel_only")).toEqual(["answer 1 SUBMITTED 0 0 fills", "amend rejected 1 venue_cancel_only", "canceled 1 after 0"]);
    expect(answers("maintenance")).toEqual([
      "answer 1 SUBMITTED 0 0 fills",
      "amend rejected 1 venue_maintenance",
      "cancel rejected 1 venue_maintenance",
    ]);
  });

  it("is told when it begins and when it ends, and orders arrive again at the open at which it ends", () => {
    const desk = disturbed({ do: "venue_status", ...everywhere, status: "maintenance", lengthMs: minute, notify: true });
    desk.send(rest);
    expect(desk.next()).toEqual(["status maintenance", "reject 1 venue_maintenance", "status trading"]);
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 2"]);
  });
});

describe("a venue that does not answer", () => {
  it("lose_authentication refuses whatever is asked, with the venue's code", () => {
    const desk = disturbed({ do: "lose_authentication", ...everywhere, lengthMs: minute }, [calm, calm], { venue: "binance-usdm" });
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 authentication_lost -2015"]);
    desk.send(rest);
    expect(desk.next()).toEqual(["ack 2"]);
    desk.disturb({ do: "lose_authentication", ...everywhere, lengthMs: minute });
    desk.query(2);
    desk.exchange.queryOpenOrders(0 as MarketIndex, desk.now as Millis);
    expect(desk.heard()).toEqual(["query rejected 2 authentication_lost -2015", "failed open_orders authentication_lost -2015"]);
  });

  it("unreachable: orders never arrive, or arrive without a word; what they do is told on the stream", () => {
    const nowhere = disturbed({ do: "unreachable", ...everywhere, arrives: false, lengthMs: minute });
    nowhere.send(rest);
    expect(nowhere.next()).toEqual(["unknown submit 1"]);
    expect(nowhere.openOrders).toEqual([]);
    const silent = disturbed({ do: "unreachable", ...everywhere, arrives: true, lengthMs: minute }, [calm, dip]);
    silent.send(rest);
    expect(silent.next()).toEqual(["unknown submit 1"]);
    expect(silent.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });

  it("unreachable: a cancel that arrives without a word", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(rest);
    desk.next();
    desk.disturb({ do: "unreachable", ...everywhere, arrives: true, lengthMs: minute });
    desk.cancel(1);
    desk.query(1);
    expect(desk.next()).toEqual(["query rejected 1 reply_lost", "unknown cancel 1"]);
    expect(desk.openOrders).toEqual([]);
  });
});

describe("bounds", () => {
  it("price_band refuses limits beyond a share of the last price, and no others", () => {
    const desk = disturbed({ do: "price_band", ...everywhere, share: "0.02", lengthMs: minute });
    // Two of 100 are 98 and 102.
    desk.send({ ...rest, price: 97.99 });
    desk.send(rest);
    expect(desk.next()).toEqual(["reject 1 price_filter", "ack 2"]);
  });

  it("position_cap refuses what could grow beyond it, and lets go what shrinks", () => {
    const desk = disturbed({ do: "position_cap", ...everywhere, quantity: "1.5", lengthMs: 9 * minute }, [calm], { positions: [["NET", 2, 100]] });
    desk.send({ side: "buy", quantity: 0.01 });
    desk.send({ side: "sell", quantity: 0.4, family: "partial" });
    expect(desk.next().slice(0, 2)).toEqual(["reject 1 leverage_tier_exceeded", "ack 2"]);
  });
});

describe("filters that change on the way", () => {
  it("hold for what arrives from then on, and are told when asked", () => {
    const desk = new Desk({ bars: [calm, calm, dip] });
    desk.send({ ...rest, price: 98.01 });
    desk.next();
    desk.disturb({ do: "change_filters", filters: { tick: "0.5", step: "0.1", minNotional: "20" }, notify: false });
    desk.send({ ...rest, price: 98.01 });
    desk.send({ ...rest, quantity: 1.05 });
    desk.send({ ...rest, quantity: 0.2 });
    desk.send({ ...rest, quantity: 0.3 });
    desk.exchange.queryRules(0 as MarketIndex, desk.now as Millis);
    // 0.2 × 98 is 19.6, 0.3 × 98 is 29.4.
    expect(desk.next()).toEqual(["rules 0.5 0.1 20", "reject 2 price_filter", "reject 3 lot_size_filter", "reject 4 min_notional_filter", "ack 5"]);
    // The order from before keeps its price.
    expect(desk.next()[0]).toContain("fill 1: 1 at 98.01");
  });

  it("survive a saved state", () => {
    const setup = { bars: [calm, calm] };
    const desk = new Desk(setup);
    desk.next();
    desk.disturb({ do: "change_filters", filters: { tick: "0.5" }, notify: false });
    const second = exchangeOf(setup);
    second.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as never);
    second.queryRules(0 as MarketIndex, minute as Millis);
    expect(drain(second).map(line)).toEqual(["rules 0.5 0.01"]);
  });
});

describe("streams", () => {
  const gap = (change: Partial<Extract<Disturbance, { do: "stream_gap" }>> = {}): Disturbance => {
    return { do: "stream_gap", ...everywhere, lengthMs: 2 * minute, notify: true, pings: false, ...change };
  };

  it("a gap that is told loses what streams say, and no reply to a request", () => {
    const desk = disturbed(gap(), [calm, dip, dip]);
    desk.send(rest);
    expect(desk.next().slice(0, 2)).toEqual(["stream_gap", "ack 1"]);
    desk.send({ ...rest, price: 97.5 });
    expect(desk.next()).toEqual(["ack 2"]);
    expect([desk.position(), desk.exchange.trouble?.wire.untold]).toEqual([2, 2]);
    desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, desk.now as Millis);
    expect(desk.heard()).toEqual(["trades 2 own 0 foreign"]);
  });

  it("is over at its end: what happens then is heard", () => {
    const desk = disturbed(gap(), [calm, calm, dip]);
    desk.send(rest);
    expect(desk.next()).toEqual(["stream_gap", "ack 1", "stream_resynced"]);
    expect(desk.next()).toEqual([]);
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });

  it("a silence can be heard, unless pings go on, and ends when the session opens its streams anew", () => {
    const silent = disturbed(gap({ notify: false, lengthMs: 60 * minute }), [calm, dip]);
    const wire = silent.exchange.troubled().wire;
    expect([wire.silentSince(0 as Millis), wire.silentSince((60 * minute) as Millis)]).toEqual([0, null]);
    wire.renew(minute as Millis);
    expect(wire.silentSince(minute as Millis)).toBe(null);
    silent.send(rest);
    silent.next();
    expect(silent.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
    const pinging = disturbed(gap({ notify: false, pings: true }));
    expect(pinging.exchange.troubled().wire.silentSince(0 as Millis)).toBe(null);
  });

  it("a market's gap leaves the others alone", () => {
    const desk = disturbed(gap({ symbol: "XYZ/USDC:USDC" }), [calm, dip]);
    desk.send(rest);
    desk.next();
    expect(desk.next()).toEqual(["fill 1: 1 at 98 maker fee 0.0196 USDC"]);
  });
});

describe("reads that lag, or have pages missing", () => {
  const stale = (endpoint: Extract<Disturbance, { do: "stale_reads" }>["endpoint"]): Disturbance => {
    return { do: "stale_reads", endpoint, lagMs: minute, lengthMs: 60 * minute };
  };

  it("a query does not know an order that is younger than the lag", () => {
    const desk = disturbed(stale("order"), [calm, calm]);
    desk.send(rest);
    desk.next();
    desk.query(1);
    // Accepted at the open of bar 0 and asked about 60 s later: one ms more and it is there.
    expect(desk.heard()).toEqual(["answer 1 SUBMITTED 0 0 fills"]);
    desk.send(rest);
    desk.next();
    desk.exchange.query(512 as never, 0 as MarketIndex, (2 * minute - 1) as Millis);
    expect(desk.heard()).toEqual(["answer 2 unknown 0 0 fills"]);
  });

  it("each endpoint by itself: open orders, trades and positions of the moment before", () => {
    const at = (endpoint: "open_orders" | "fills" | "positions" | "order") => {
      const desk = disturbed(stale(endpoint), [calm, dip]);
      desk.send(rest);
      desk.next();
      desk.next();
      desk.exchange.queryOpenOrders(0 as MarketIndex, desk.now as Millis);
      desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, desk.now as Millis);
      desk.exchange.queryPosition(0 as MarketIndex, "NET", desk.now as Millis);
      return desk.heard();
    };
    // The order filled inside bar 1; a minute before its close it was open, unfilled, and the position flat.
    expect(at("order")).toEqual(["open", "trades 1 own 0 foreign", "position NET 1"]);
    expect(at("open_orders")).toEqual(["open 1", "trades 1 own 0 foreign", "position NET 1"]);
    expect(at("fills")).toEqual(["open", "trades 0 own 0 foreign", "position NET 1"]);
    expect(at("positions")).toEqual(["open", "trades 1 own 0 foreign", "position NET 0"]);
  });

  it("the account as it was kept since its reads lag", () => {
    const desk = disturbed(stale("account"), [calm, calm, calm]);
    desk.next();
    desk.disturb({ do: "move_funds", currency: "USDC", amount: "50", text: "deposit", notify: false });
    desk.next();
    const ask = (): string[] => {
      desk.exchange.queryAccount(desk.now as Millis);
      return desk.heard();
    };
    // Deposited at 60 s; at 120 s it is told as it was at 60 s, after the deposit; the bar before, it was not.
    expect(ask()).toEqual(["account one_way 1 USDC 1050"]);
    desk.exchange.queryAccount((2 * minute - 1) as Millis);
    expect(desk.heard()).toEqual(["account one_way 1 USDC 1000"]);
  });

  it.each([
    [true, ["open 1 in part", "open 1 2 3"]],
    [false, ["open 1", "open 1 2 3"]],
  ])("a list is short, and says so: %s", (admitted, lines) => {
    const desk = new Desk({ bars: [calm, calm] });
    for (let n = 0; n < 3; n += 1) desk.send(rest);
    desk.next();
    desk.disturb({ do: "truncate_reads", endpoint: "open_orders", keep: 1, admitted, lengthMs: minute });
    const ask = (time: number) => desk.exchange.queryOpenOrders(0 as MarketIndex, time as Millis);
    ask(minute);
    ask(2 * minute);
    expect(desk.heard()).toEqual(lines);
  });

  it("a read that fails has told nothing", () => {
    const desk = disturbed({ do: "fail_reads", endpoint: "fills", lengthMs: minute });
    desk.exchange.queryFills(0 as MarketIndex, 0 as Millis, 0 as Millis);
    desk.exchange.queryPosition(0 as MarketIndex, "NET", 0 as Millis);
    expect(desk.heard()).toEqual(["failed fills reply_lost", "position NET 0"]);
  });
});
