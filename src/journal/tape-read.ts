// The tape back into events and effects, as they were.

import {
  reasons,
  type BarIndex,
  type Effect,
  type Event,
  type Family,
  type IntentKind,
  type IntentNumber,
  type Leg,
  type Liquidity,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type OrderStatus,
  type OrderType,
  type Price,
  type Quantity,
  type Reason,
  type Sequence,
  type Side,
  type TimeInForce,
} from "../domain/index.ts";
import {
  code,
  commands,
  directions,
  families,
  intentKinds,
  kindCodes,
  kinds,
  legs,
  levels,
  liquidities,
  requests,
  sides,
  statuses,
  synced,
  timesInForce,
  types,
  type Kind,
} from "./tape-codes.ts";
import type { Tape } from "./tape.ts";

/** One record as it was written: an event or an effect, with the bar and time of its handling. */
export interface TapeRecord {
  readonly bar: BarIndex;
  readonly time: Millis;
  readonly record: Exclude<Event, { type: "bar_closed" }> | Effect;
}

/** Reads the tape back, record by record, in order. */
export function readTape(tape: Tape, visit: (entry: TapeRecord) => void): void {
  tape.read((kind, bar, time, words, start) => {
    const name = kinds[kind] as Kind;
    visit({ bar: bar as BarIndex, time: time as Millis, record: decode(tape, name, time as Millis, words, start) });
  });
}

/** The words of one record, read by what they stand for. */
class Reader {
  declare private readonly tape: Tape;
  declare private readonly words: Float64Array;
  declare private readonly start: number;

  constructor(tape: Tape, words: Float64Array, start: number) {
    this.tape = tape;
    this.words = words;
    this.start = start;
  }

  n(at: number): number {
    return this.words[this.start + at] as number;
  }
  id(at: number): number | string {
    return this.n(at) < 0 ? (this.tape.text(-this.n(at)) as string) : this.n(at);
  }
  textOrNull(at: number): string | null {
    return this.tape.text(this.n(at));
  }
  text(at: number): string {
    return this.textOrNull(at) ?? "";
  }
  reason(at: number): Reason {
    return reasons[this.n(at)] as Reason;
  }
  price(at: number): Price | null {
    return this.n(at) === 0 ? null : (this.n(at) as Price);
  }
  quantity(at: number): Quantity {
    return this.n(at) as Quantity;
  }
  money(at: number): Money {
    return this.n(at) as Money;
  }
  market(at: number): MarketIndex {
    return this.n(at) as MarketIndex;
  }
  leg(at: number): Leg {
    return legs[this.n(at)] as Leg;
  }
}

const firstEffect = kindCodes.get("submit_order") as number;

function decode(tape: Tape, type: Kind, time: Millis, words: Float64Array, start: number): TapeRecord["record"] {
  const r = new Reader(tape, words, start);
  return code(type) < firstEffect ? decodeEvent(type as EventKind, time, r) : decodeEffect(type as Effect["type"], r);
}

type EventKind = Exclude<Event["type"], "bar_closed">;

function decodeEvent(type: EventKind, time: Millis, r: Reader): Exclude<Event, { type: "bar_closed" }> {
  const stamp = { time, sequence: r.n(0) as Sequence };
  const head = { ...stamp, market: r.market(1), order: r.n(2) as OrderNumber };
  switch (type) {
    case "order_acknowledged":
      return { type, ...head, venueOrderId: r.id(3) };
    case "order_rejected":
    case "cancel_rejected":
    case "amend_rejected":
      return { type, ...head, reason: r.reason(3), code: r.textOrNull(4) };
    case "order_unknown":
      return { type, ...head, request: requests[r.n(3)] as (typeof requests)[number] };
    case "order_filled":
      return {
        type,
        ...head,
        trade: r.id(3),
        price: r.n(4) as Price,
        quantity: r.quantity(5),
        fee: r.money(6),
        feeCurrency: r.text(7),
        liquidity: liquidities[r.n(8)] as Liquidity,
        cumulative: r.quantity(9),
      };
    case "order_canceled":
      return { type, ...head, cumulative: r.quantity(3) };
    case "order_expired":
      return { type, ...head, cumulative: r.quantity(3), reason: r.reason(4) };
    case "order_amended":
      return { type, ...head, price: r.price(3), trigger: r.price(4), quantity: r.quantity(5) };
    case "query_answered":
      return {
        type,
        ...head,
        status: r.n(3) < 0 ? null : (statuses[r.n(3)] as OrderStatus),
        venueOrderId: r.n(4) === 0 ? null : r.id(4),
        cumulative: r.quantity(5),
        fills: r.n(6) === 0 ? [] : (JSON.parse(r.text(6)) as OrderFilled[]),
      };
    case "position_reported":
      return { type, ...stamp, market: r.market(1), leg: r.leg(2), quantity: r.quantity(3), external: r.n(4) === 1 };
    case "account_insolvent":
      return { type, ...stamp, market: r.market(1), equity: r.money(2), maintenance: r.money(3) };
    case "timer_fired":
      return { type, ...stamp, timer: r.n(1) };
    case "operator_command":
      return { type, ...stamp, command: commands[r.n(1)] as (typeof commands)[number], text: r.text(2) };
    case "strategy_verdict":
      return { type, ...stamp, market: r.market(1), verdict: "threw", text: r.text(2) };
  }
}

function decodeEffect(type: Effect["type"], r: Reader): Effect {
  const target = { market: r.market(0), order: r.n(1) as OrderNumber };
  switch (type) {
    case "submit_order":
      return { type, request: decodeRequest(r), reason: r.reason(13) };
    case "cancel_order":
      return { type, ...target, reason: r.reason(2) };
    case "amend_order":
      return { type, ...target, price: r.price(2), trigger: r.price(3), quantity: r.n(4) === 0 ? null : r.quantity(4) };
    case "query_order":
      return { type, ...target };
    case "query_position":
      return { type, market: r.market(0), leg: r.leg(1) };
    case "set_timer":
      return { type, timer: r.n(0), due: r.n(1) as Millis };
    case "alert":
      return { type, level: levels[r.n(0)] as (typeof levels)[number], text: r.text(1) };
    case "halt":
      return { type, reason: r.reason(0), text: r.text(1) };
    case "intent_skipped":
      return {
        type,
        market: r.market(0),
        intent: r.n(1) as IntentNumber,
        kind: intentKinds[r.n(2)] as IntentKind,
        side: directions[r.n(3)] as "LONG" | "SHORT",
        family: families[r.n(4)] as Family,
        reason: r.reason(5),
      };
    case "order_settled":
      return { type, ...target, status: statuses[r.n(2)] as OrderStatus | "REVERTED", reason: r.reason(3) };
    case "ledger_entry":
      return {
        type,
        ...target,
        leg: r.leg(2),
        quantity: r.quantity(3),
        gross: r.money(4),
        entryFee: r.money(5),
        exitFee: r.money(6),
        net: r.money(7),
        cumulative: r.money(8),
      };
    case "position_synced":
      return {
        type,
        market: r.market(0),
        leg: r.leg(1),
        status: synced[r.n(2)] as (typeof synced)[number],
        quantity: r.quantity(3),
        reason: r.reason(4),
      };
  }
}

function decodeRequest(r: Reader): OrderRequest {
  return {
    market: r.n(0) as MarketIndex,
    order: r.n(1) as OrderNumber,
    side: sides[r.n(2)] as Side,
    leg: legs[r.n(3)] as Leg,
    family: families[r.n(4)] as Family,
    type: types[r.n(5)] as OrderType,
    quantity: r.n(6) as Quantity,
    price: r.n(7) === 0 ? null : (r.n(7) as Price),
    trigger: r.n(8) === 0 ? null : (r.n(8) as Price),
    timeInForce: timesInForce[r.n(9)] as TimeInForce,
    reduceOnly: r.n(10) === 1,
    timeToLive: r.n(11) < 0 ? null : r.n(11),
    replaces: r.n(12) === 0 ? null : (r.n(12) as OrderNumber),
  };
}
