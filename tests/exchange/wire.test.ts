// The way of messages, without an exchange: what a silence swallows, what waits for what, and what faults make of a message.
import { describe, expect, it } from "vitest";

import type { Family, MarketIndex, Millis, OrderNumber, Price, Quantity, VenueEvent } from "../../src/domain/index.ts";
import { FaultBox } from "../../src/exchange/virtual/fault-box.ts";
import { foreignNumber, VenueOrder, type Fault } from "../../src/exchange/virtual/index.ts";
import type { Silence } from "../../src/exchange/virtual/trouble-state.ts";
import { Wire } from "../../src/exchange/virtual/wire.ts";
import { orderOf, requestOf } from "./desk.ts";

const any = { next: 1, family: null, symbol: null } as const;
const foreign = foreignNumber(1);

/** The messages of one market about order 1, at 100 ms unless told otherwise. */
function message(type: VenueEvent["type"], change: { order?: OrderNumber; market?: number; time?: number } = {}): VenueEvent {
  const order = change.order ?? orderOf(1);
  const head = { market: (change.market ?? 0) as MarketIndex, time: (change.time ?? 100) as Millis, sequence: 1, order };
  const fill = {
    ...(type === "order_filled" ? { trade: 7 } : {}),
    price: 9_800 as Price,
    quantity: 100 as Quantity,
    fee: 0,
    feeCurrency: "USDC",
    liquidity: "maker",
    cumulative: 100,
  };
  const position = { leg: "NET", quantity: 100, entryPrice: null, external: true };
  const refusal = { reason: "price_filter", code: null, message: null, ccxtClass: null, limit: null };
  return {
    type,
    ...head,
    ...fill,
    ...position,
    ...refusal,
    status: "trading",
    trigger: null,
    amount: 0,
    mark: 0,
    source: "mark",
  } as unknown as VenueEvent;
}

const moved = (time = 100): VenueEvent =>
  ({ type: "funds_moved", time, sequence: 1, currency: "USDC", amount: 5, text: "" }) as unknown as VenueEvent;

class Ear {
  readonly faults = new FaultBox(1);
  readonly markets = ["AAA/USDC:USDC", "BBB/USDC:USDC"].map((symbol) => ({ instrument: { symbol } }));
  readonly told: [number, string][] = [];
  readonly trades: unknown[] = [];
  readonly wire = new Wire(this);
  readonly events = {
    deliver: (event: VenueEvent, due: number): void => {
      this.told.push([due, event.type]);
      if ("trade" in event) this.trades.push(event.trade);
    },
  };
  private trade = 100;

  constructor(...faults: Fault[]) {
    for (const fault of faults) this.faults.arm(fault);
  }

  /** Order 1 is an entry, order 2 a stop; nobody knows another one of the session. */
  find(_market: MarketIndex, order: OrderNumber): VenueOrder | undefined {
    const family: Family | null = order === orderOf(1) ? "entry" : order === orderOf(2) ? "sl" : order === foreign ? "operator" : null;
    if (family === null) return undefined;
    const found = new VenueOrder();
    found.load({ ...requestOf(1, { side: "buy", quantity: 1, leg: "SHORT", family }), order });
    return found;
  }

  nextTrade(): number {
    this.trade += 1;
    return this.trade;
  }

  tellPosition(market: MarketIndex, leg: string, time: Millis): void {
    this.told.push([time, `position ${market} ${leg}`]);
  }

  /** What of these is heard, each due when it happens. */
  hears(...messages: VenueEvent[]): string[] {
    this.told.length = 0;
    for (const one of messages) this.wire.carry(one, one.time);
    return this.told.map(([, what]) => what);
  }
}

const silence = (change: Partial<Silence> = {}): Silence => ({ market: null, from: 100, until: 200, known: false, pings: false, ...change });

describe("a stream that is silent", () => {
  const pushed = ["order_filled", "order_expired", "position_reported", "liquidated", "auto_deleveraged", "funding_paid"] as const;
  const rare = ["venue_status_changed", "fill_voided"] as const;
  const replies = ["order_acknowledged", "order_rejected", "order_canceled", "cancel_rejected", "order_amended", "amend_rejected"] as const;
  const answers = ["order_unknown", "query_answered", "open_orders_reported", "stream_resynced", "account_insolvent"] as const;

  it("swallows what comes over it, and neither replies nor answers", () => {
    const ear = new Ear();
    ear.wire.silence(silence());
    expect(ear.hears(...[...pushed, ...rare].map((type) => message(type)), moved())).toEqual([]);
    // A book lacks all of these but the expiry and the status.
    expect(ear.wire.untold).toBe(7);
    const heard = [...replies, ...answers];
    expect(ear.hears(...heard.map((type) => message(type)))).toEqual(heard);
    expect(ear.wire.untold).toBe(7);
  });

  it("lets an answer about a position through, which is not what a stream says of itself", () => {
    const ear = new Ear();
    ear.wire.silence(silence());
    expect(ear.hears({ ...message("position_reported"), external: false } as VenueEvent)).toEqual(["position_reported"]);
  });

  it("is so from its first instant to its last, its end not included", () => {
    const ear = new Ear();
    ear.wire.silence(silence());
    const heardAt = (time: number): number => ear.hears(message("order_filled", { time })).length;
    expect([99, 100, 199, 200].map(heardAt)).toEqual([1, 0, 0, 1]);
  });

  it("of one market swallows nothing of another, nor of the account; one of all swallows both", () => {
    const ear = new Ear();
    ear.wire.silence(silence({ market: 1 as MarketIndex }));
    const told = (): string[] => ear.hears(message("order_filled"), message("order_filled", { market: 1 }), moved());
    expect(told()).toEqual(["order_filled", "funds_moved"]);
    ear.wire.silence(silence());
    expect(told()).toEqual([]);
  });

  it("is heard since its beginning where nobody has said so and no pings go on", () => {
    const { wire } = new Ear();
    expect(wire.silentSince(150 as Millis)).toBe(null);
    wire.silence(silence({ known: true, from: 10 }));
    wire.silence(silence({ pings: true, from: 20 }));
    expect(wire.silentSince(150 as Millis)).toBe(null);
    wire.silence(silence({ from: 120 }));
    wire.silence(silence({ market: 1 as MarketIndex, from: 110 }));
    expect([109, 110, 150, 199, 200].map((time) => wire.silentSince(time as Millis))).toEqual([null, 110, 110, 110, null]);
  });

  it("that was told of is a broken stream of its market, or of all", () => {
    const { wire } = new Ear();
    const broken = (market: number, time: number): number | null => wire.brokenSince(market as MarketIndex, time as Millis);
    wire.silence(silence());
    expect(broken(0, 150)).toBe(null);
    wire.silence(silence({ known: true, market: 1 as MarketIndex, from: 120 }));
    expect([broken(0, 150), broken(1, 119), broken(1, 120), broken(1, 199), broken(1, 200)]).toEqual([null, null, 120, 120, null]);
    wire.silence(silence({ known: true, from: 110 }));
    expect([broken(0, 150), broken(1, 150)]).toEqual([110, 110]);
  });

  it("ends when the session opens its streams anew, unless it was told of: that one has its end", () => {
    const ear = new Ear();
    ear.wire.silence(silence());
    ear.wire.renew(150 as Millis);
    expect([149, 150].map((time) => ear.hears(message("order_filled", { time })).length)).toEqual([0, 1]);
    ear.wire.silence(silence({ known: true }));
    ear.wire.renew(160 as Millis);
    expect(ear.hears(message("order_filled", { time: 170 }))).toEqual([]);
    // What was over by then stays as it was.
    ear.wire.renew(500 as Millis);
    expect(ear.wire.snapshot().silences.map(({ until }) => until)).toEqual([150, 200]);
  });
});

describe("orders of other parties", () => {
  it("are not told of; their fills change a position, which is", () => {
    const ear = new Ear();
    const own = ["order_acknowledged", "order_canceled", "order_expired", "order_rejected"] as const;
    expect(ear.hears(...own.map((type) => message(type, { order: foreign })))).toEqual([]);
    expect(ear.wire.untold).toBe(0);
    expect(ear.hears(message("order_filled", { order: foreign, market: 1 }))).toEqual(["position 1 SHORT"]);
    expect(ear.wire.untold).toBe(1);
  });

  it("that are hushed, or that nobody knows any more, say nothing, and the book is behind all the same", () => {
    const ear = new Ear();
    ear.wire.hush(foreign);
    expect(ear.hears(message("order_filled", { order: foreign }), message("order_filled", { order: foreignNumber(2) }))).toEqual([]);
    expect(ear.wire.untold).toBe(2);
  });
});

describe("what becomes of the messages about an order", () => {
  const fate = (what: "drop" | "delay" | "behind_fill", kinds: readonly ("ack" | "fill" | "cancel")[], delayMs = 0, order = 1) => {
    return { order: orderOf(order), kinds, what, delayMs };
  };

  it("is its own: other orders and other kinds are told as ever", () => {
    const ear = new Ear();
    ear.wire.fate(fate("drop", ["ack", "fill"]));
    const told = ear.hears(
      message("order_acknowledged"),
      message("order_filled"),
      message("order_canceled"),
      message("order_filled", { order: orderOf(2) }),
    );
    expect(told).toEqual(["order_canceled", "order_filled"]);
    expect(ear.wire.untold).toBe(1);
  });

  it("may be a delay, and two of them add up", () => {
    const ear = new Ear();
    ear.wire.fate(fate("delay", ["ack"], 30));
    ear.wire.fate(fate("delay", ["ack", "fill"], 5));
    ear.hears(message("order_acknowledged"), message("order_filled"));
    expect(ear.told).toEqual([
      [135, "order_acknowledged"],
      [105, "order_filled"],
    ]);
  });

  it.each(["order_filled", "order_canceled", "order_expired"] as const)("an acknowledgement that is held back follows %s, at its hour", (type) => {
    const ear = new Ear();
    ear.wire.fate(fate("behind_fill", ["ack"]));
    ear.wire.fate(fate("delay", ["fill", "cancel"], 40));
    expect(ear.hears(message("order_acknowledged"))).toEqual([]);
    expect(ear.hears(message("order_rejected"), message("order_amended"), message("order_filled", { order: orderOf(2) }))).toHaveLength(3);
    ear.hears(message(type, { time: 150 }));
    const due = type === "order_expired" ? 150 : 190;
    expect(ear.told).toEqual([
      [due, type],
      [due, "order_acknowledged"],
    ]);
    // It has had its turn: the next one is told as it comes. The delay of fills goes on.
    ear.hears(message("order_acknowledged"), message("order_filled"));
    expect(ear.told).toEqual([
      [100, "order_acknowledged"],
      [140, "order_filled"],
    ]);
  });

  it("keeps the acknowledgements of two orders apart", () => {
    const ear = new Ear();
    ear.wire.fate(fate("behind_fill", ["ack"]));
    ear.wire.fate(fate("behind_fill", ["ack"], 0, 2));
    ear.hears(message("order_acknowledged"), message("order_acknowledged", { order: orderOf(2) }));
    expect(ear.hears(message("order_filled"))).toEqual(["order_filled", "order_acknowledged"]);
    expect(ear.hears(message("order_acknowledged", { order: orderOf(2) }))).toEqual([]);
    expect(ear.hears(message("order_filled", { order: orderOf(2) }))).toHaveLength(3);
  });
});

describe("faults of messages", () => {
  const on = { ...any, messages: null } as const;

  it("hit the family of the order that a message is about, and no message without one", () => {
    const ear = new Ear({ do: "drop_message", ...on, next: 9, family: "sl" });
    const told = ear.hears(
      message("order_filled"),
      message("order_filled", { order: orderOf(2) }),
      message("order_filled", { order: orderOf(3) }),
      moved(),
      message("venue_status_changed"),
    );
    expect(told).toEqual(["order_filled", "order_filled", "funds_moved", "venue_status_changed"]);
    expect(ear.wire.untold).toBe(1);
  });

  it("hit their market, and nothing of the account where one is named", () => {
    const ear = new Ear({ do: "drop_message", ...on, next: 9, symbol: "BBB/USDC:USDC" });
    const told = ear.hears(message("order_filled"), message("order_filled", { market: 1 }), moved(), message("order_filled", { market: 7 }));
    expect(told).toEqual(["order_filled", "funds_moved", "order_filled"]);
  });

  it("an answer to a question is none of their messages", () => {
    const ear = new Ear({ do: "drop_message", ...on, next: 9 });
    expect(ear.hears(message("query_answered"), message("stream_gap"))).toEqual(["query_answered", "stream_gap"]);
  });

  it("a copy comes behind the first by its delay, each one behind the other, and both behind a delay of the first", () => {
    const ear = new Ear({ do: "duplicate_message", ...on, copies: 2, delayMs: 10, newTradeIds: false }, { do: "delay_message", ...on, delayMs: 500 });
    ear.hears(message("order_filled"));
    expect(ear.told.map(([due]) => due)).toEqual([600, 610, 620]);
    expect(ear.trades).toEqual([7, 7, 7]);
  });

  it("copies of fills have a trade of their own where that is asked for; copies of other messages have none", () => {
    const ear = new Ear({ do: "duplicate_message", ...on, next: 2, copies: 1, delayMs: 0, newTradeIds: true });
    ear.hears(message("order_filled"), message("order_canceled"));
    expect([ear.trades, ear.told.map(([, type]) => type)]).toEqual([
      [7, 101],
      ["order_filled", "order_filled", "order_canceled", "order_canceled"],
    ]);
  });

  it("a trade id is blanked on fills alone, and once", () => {
    const ear = new Ear({ do: "blank_trade_id", ...any });
    expect(ear.hears(message("order_canceled"), message("order_filled"), message("order_filled"))).toHaveLength(3);
    expect(ear.trades).toEqual(["", 7]);
  });

  it("a reordered message is held for up to its bound", () => {
    const ear = new Ear({ do: "reorder_messages", ...on, next: 200, withinMs: 3 });
    ear.hears(...Array.from({ length: 200 }, () => message("order_canceled")));
    expect([...new Set(ear.told.map(([due]) => due - 100))].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });
});

describe("in another process", () => {
  it("the way is as it was: silences, fates, what waits, who is hushed, and what the book lacks", () => {
    const first = new Ear();
    first.wire.silence(silence({ market: 1 as MarketIndex }));
    first.wire.fate({ order: orderOf(1), kinds: ["ack"], what: "behind_fill", delayMs: 0 });
    first.wire.hush(foreign);
    first.hears(message("order_acknowledged"), message("order_filled", { market: 1 }));
    const saved = first.wire.snapshot();
    expect(saved.untold).toBe(1);
    const second = new Ear();
    second.wire.restore(JSON.parse(JSON.stringify(saved)) as typeof saved);
    expect(second.wire.snapshot()).toEqual(saved);
    expect(second.hears(message("order_filled", { order: foreign }), message("order_filled", { market: 1 }), message("order_filled"))).toEqual([
      "order_filled",
      "order_acknowledged",
    ]);
    expect(second.wire.untold).toBe(3);
    expect(first.wire.snapshot()).toEqual(saved);
  });
});
