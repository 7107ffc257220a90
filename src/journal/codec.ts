// How each event and effect stands on the tape, in both directions. Bars are not here: they are journaled by the
// digest of their series and their index.

import {
  reasons, type BarIndex, type Effect, type Event, type Family, type IntentKind, type IntentNumber, type Leg, type Liquidity, type MarketIndex, type Millis, type Money,
  type OrderFilled, type OrderNumber, type OrderRequest, type OrderStatus, type OrderType, type Price, type Quantity, type Reason, type Sequence, type Side,
  type TimeInForce,
} from "../domain/index.ts";
import type { Tape } from "./tape.ts";

const sides: readonly Side[] = ["buy", "sell"];
const legs: readonly Leg[] = ["LONG", "SHORT", "NET"];
const families: readonly Family[] = ["entry", "dca", "tp", "sl", "partial", "close", "revert", "liquidation", "operator"];
const types: readonly OrderType[] = ["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"];
const timesInForce: readonly TimeInForce[] = ["GTC", "GTD", "IOC", "FOK", "PO"];
const liquidities: readonly Liquidity[] = ["maker", "taker"];
const statuses: readonly (OrderStatus | "REVERTED")[] = [
  "NEW", "SUBMITTED", "PARTIAL", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "UNKNOWN", "NEVER_ARRIVED", "QUARANTINED", "REVERTED",
];
const intentKinds: readonly IntentKind[] = ["HOLD", "OPEN", "ADD", "CLOSE", "PARTIAL_CLOSE", "SYNC_STATE"];
const directions: readonly ("LONG" | "SHORT")[] = ["LONG", "SHORT"];
const synced = ["SYNCED", "REVERTED"] as const;
const commands = ["stop_new_orders", "kill", "resume", "halt"] as const;
const requests = ["submit", "cancel", "amend"] as const;
const levels = ["info", "warning", "error"] as const;

const reasonCodes = new Map<string, number>(reasons.map((reason, at) => [reason, at]));

/** Event and effect kinds on the tape; 0 is never written. */
const kinds = [
  "", "order_acknowledged", "order_rejected", "order_unknown", "order_filled", "order_canceled", "order_expired", "cancel_rejected", "order_amended",
  "amend_rejected", "query_answered", "position_reported", "account_insolvent", "timer_fired", "operator_command", "strategy_verdict", "submit_order",
  "cancel_order", "amend_order", "query_order", "query_position", "set_timer", "alert", "halt", "intent_skipped", "order_settled", "ledger_entry", "position_synced",
] as const;
type Kind = Exclude<(typeof kinds)[number], "">;
const kindCodes = new Map<string, number>(kinds.map((kind, at) => [kind, at]));

function code(kind: Kind): number {
  return kindCodes.get(kind) as number;
}

const acknowledgedKind = code("order_acknowledged");
const filledKind = code("order_filled");
const canceledKind = code("order_canceled");
const submitKind = code("submit_order");
const cancelKind = code("cancel_order");
const settledKind = code("order_settled");
const ledgerKind = code("ledger_entry");

// A venue's id or trade id: a number stands for itself, text for its negative code.
function idWord(tape: Tape, id: number | string | null): number {
  return id === null ? 0 : typeof id === "number" ? id : -tape.intern(id);
}

/** Writes an event. `bars` are the rows of the markets that the session is handling. */
export function writeEvent(tape: Tape, event: Exclude<Event, { type: "bar_closed" }>, bars: Int32Array): void {
  switch (event.type) {
    case "order_acknowledged": {
      const at = tape.begin(acknowledgedKind, bars[event.market] as number, event.time, 4);
      orderHead(tape.words, at, event);
      tape.words[at + 3] = idWord(tape, event.venueOrderId);
      return;
    }
    case "order_filled":
      return writeFill(tape, event, bars[event.market] as number);
    case "order_canceled": {
      const at = tape.begin(canceledKind, bars[event.market] as number, event.time, 4);
      orderHead(tape.words, at, event);
      tape.words[at + 3] = event.cumulative;
      return;
    }
    default:
      return writeRareEvent(tape, event, bars);
  }
}

function orderHead(words: Float64Array, at: number, event: { sequence: number; market: number; order: number }): void {
  words[at] = event.sequence;
  words[at + 1] = event.market;
  words[at + 2] = event.order;
}

function writeFill(tape: Tape, event: OrderFilled, bar: number): void {
  const at = tape.begin(filledKind, bar, event.time, 10);
  const { words } = tape;
  orderHead(words, at, event);
  words[at + 3] = idWord(tape, event.trade);
  words[at + 4] = event.price;
  words[at + 5] = event.quantity;
  words[at + 6] = event.fee;
  words[at + 7] = tape.intern(event.feeCurrency);
  words[at + 8] = event.liquidity === "maker" ? 0 : 1;
  words[at + 9] = event.cumulative;
}

/** Writes a record of the given words. */
function put(tape: Tape, kind: number, bar: number, time: number, values: readonly number[]): void {
  const at = tape.begin(kind, bar, time, values.length);
  for (let n = 0; n < values.length; n += 1) tape.words[at + n] = values[n] as number;
}

function writeRareEvent(tape: Tape, event: Exclude<Event, { type: "bar_closed" | "order_acknowledged" | "order_filled" | "order_canceled" }>, bars: Int32Array): void {
  // Events without a market of their own stand at the first market's bar.
  const bar = bars[event.type === "timer_fired" || event.type === "operator_command" ? 0 : event.market] as number;
  const record = (...words: number[]) => put(tape, code(event.type), bar, event.time, [event.sequence, ...words]);
  switch (event.type) {
    case "order_rejected":
    case "cancel_rejected":
    case "amend_rejected":
      return record(event.market, event.order, reasonCode(event.reason), tape.intern(event.code));
    case "order_unknown":
      return record(event.market, event.order, requests.indexOf(event.request));
    case "order_expired":
      return record(event.market, event.order, event.cumulative, reasonCode(event.reason));
    case "order_amended":
      return record(event.market, event.order, event.price ?? 0, event.trigger ?? 0, event.quantity);
    case "query_answered":
      // The fills of an answer are journaled as text: they are facts that may exist nowhere else.
      return record(
        event.market, event.order, event.status === null ? -1 : statuses.indexOf(event.status), idWord(tape, event.venueOrderId), event.cumulative,
        tape.intern(event.fills.length === 0 ? null : JSON.stringify(event.fills)),
      );
    case "position_reported":
      return record(event.market, legs.indexOf(event.leg), event.quantity, event.external ? 1 : 0);
    case "account_insolvent":
      return record(event.market, event.equity, event.maintenance);
    case "timer_fired":
      return record(event.timer);
    case "operator_command":
      return record(commands.indexOf(event.command), tape.intern(event.text));
    case "strategy_verdict":
      return record(event.market, tape.intern(event.text));
  }
}

/** Writes an effect at the time of the event that caused it. */
export function writeEffect(tape: Tape, effect: Effect, bars: Int32Array, time: number): void {
  switch (effect.type) {
    case "submit_order":
      return writeSubmit(tape, effect.request, effect.reason, bars[effect.request.market] as number, time);
    case "cancel_order": {
      const at = tape.begin(cancelKind, bars[effect.market] as number, time, 3);
      tape.words[at] = effect.market;
      tape.words[at + 1] = effect.order;
      tape.words[at + 2] = reasonCode(effect.reason);
      return;
    }
    case "order_settled": {
      const at = tape.begin(settledKind, bars[effect.market] as number, time, 4);
      const { words } = tape;
      words[at] = effect.market;
      words[at + 1] = effect.order;
      words[at + 2] = statusCode(effect.status);
      words[at + 3] = reasonCode(effect.reason);
      return;
    }
    case "ledger_entry": {
      const at = tape.begin(ledgerKind, bars[effect.market] as number, time, 9);
      const { words } = tape;
      words[at] = effect.market;
      words[at + 1] = effect.order;
      words[at + 2] = legCode(effect.leg);
      words[at + 3] = effect.quantity;
      words[at + 4] = effect.gross;
      words[at + 5] = effect.entryFee;
      words[at + 6] = effect.exitFee;
      words[at + 7] = effect.net;
      words[at + 8] = effect.cumulative;
      return;
    }
    default:
      return writeRareEffect(tape, effect, bars, time);
  }
}

function writeSubmit(tape: Tape, request: OrderRequest, reason: Reason, bar: number, time: number): void {
  const at = tape.begin(submitKind, bar, time, 14);
  const { words } = tape;
  words[at] = request.market;
  words[at + 1] = request.order;
  words[at + 2] = request.side === "buy" ? 0 : 1;
  words[at + 3] = legCode(request.leg);
  words[at + 4] = familyCode(request.family);
  words[at + 5] = typeCode(request.type);
  words[at + 6] = request.quantity;
  words[at + 7] = request.price ?? 0;
  words[at + 8] = request.trigger ?? 0;
  words[at + 9] = timeInForceCode(request.timeInForce);
  words[at + 10] = request.reduceOnly ? 1 : 0;
  words[at + 11] = request.timeToLive ?? -1;
  words[at + 12] = request.replaces ?? 0;
  words[at + 13] = reasonCode(reason);
}

function writeRareEffect(tape: Tape, effect: Exclude<Effect, { type: "submit_order" | "cancel_order" | "order_settled" | "ledger_entry" }>, bars: Int32Array, time: number): void {
  const bar = bars[effect.type === "set_timer" || effect.type === "alert" || effect.type === "halt" ? 0 : effect.market] as number;
  const record = (...words: number[]) => put(tape, code(effect.type), bar, time, words);
  switch (effect.type) {
    case "amend_order":
      return record(effect.market, effect.order, effect.price ?? 0, effect.trigger ?? 0, effect.quantity ?? 0);
    case "query_order":
      return record(effect.market, effect.order);
    case "query_position":
      return record(effect.market, legs.indexOf(effect.leg));
    case "set_timer":
      return record(effect.timer, effect.due);
    case "alert":
      return record(levels.indexOf(effect.level), tape.intern(effect.text));
    case "halt":
      return record(reasonCode(effect.reason), tape.intern(effect.text));
    case "intent_skipped":
      return record(
        effect.market, effect.intent, intentKinds.indexOf(effect.kind), directions.indexOf(effect.side), families.indexOf(effect.family), reasonCode(effect.reason),
      );
    case "position_synced":
      return record(effect.market, legs.indexOf(effect.leg), synced.indexOf(effect.status), effect.quantity, reasonCode(effect.reason));
  }
}

// Hot enumerations as switches: an indexOf call costs more than the word that it gives.
function legCode(leg: Leg): number {
  return leg === "LONG" ? 0 : leg === "SHORT" ? 1 : 2;
}

function familyCode(family: Family): number {
  switch (family) {
    case "entry":
      return 0;
    case "dca":
      return 1;
    case "tp":
      return 2;
    case "sl":
      return 3;
    case "partial":
      return 4;
    case "close":
      return 5;
    default:
      return families.indexOf(family);
  }
}

function typeCode(type: OrderType): number {
  return type === "market" ? 0 : type === "limit" ? 1 : type === "stop_market" ? 2 : types.indexOf(type);
}

function timeInForceCode(timeInForce: TimeInForce): number {
  return timeInForce === "GTC" ? 0 : timeInForce === "PO" ? 4 : timesInForce.indexOf(timeInForce);
}

function statusCode(status: OrderStatus | "REVERTED"): number {
  return status === "FILLED" ? 3 : status === "CANCELED" ? 4 : statuses.indexOf(status);
}

// Most records repeat one of a few reasons: two remembered ones save nearly every look-up.
let lastReason: Reason = "signal";
let lastReasonCode = reasonCodes.get("signal") as number;
let otherReason: Reason = "filled";
let otherReasonCode = reasonCodes.get("filled") as number;

function reasonCode(reason: Reason): number {
  if (reason === lastReason) return lastReasonCode;
  if (reason === otherReason) return otherReasonCode;
  otherReason = lastReason;
  otherReasonCode = lastReasonCode;
  lastReason = reason;
  lastReasonCode = reasonCodes.get(reason) as number;
  return lastReasonCode;
}

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
  private readonly tape: Tape;
  private readonly words: Float64Array;
  private readonly start: number;

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
        type, ...head, trade: r.id(3), price: r.n(4) as Price, quantity: r.quantity(5), fee: r.money(6), feeCurrency: r.text(7),
        liquidity: liquidities[r.n(8)] as Liquidity, cumulative: r.quantity(9),
      };
    case "order_canceled":
      return { type, ...head, cumulative: r.quantity(3) };
    case "order_expired":
      return { type, ...head, cumulative: r.quantity(3), reason: r.reason(4) };
    case "order_amended":
      return { type, ...head, price: r.price(3), trigger: r.price(4), quantity: r.quantity(5) };
    case "query_answered":
      return {
        type, ...head, status: r.n(3) < 0 ? null : (statuses[r.n(3)] as OrderStatus), venueOrderId: r.n(4) === 0 ? null : r.id(4), cumulative: r.quantity(5),
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
      return { type, ...target, price: r.price(2), trigger: r.price(3), quantity: r.n(4) === 0 ? null : (r.quantity(4)) };
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
        type, market: r.market(0), intent: r.n(1) as IntentNumber, kind: intentKinds[r.n(2)] as IntentKind, side: directions[r.n(3)] as "LONG" | "SHORT",
        family: families[r.n(4)] as Family, reason: r.reason(5),
      };
    case "order_settled":
      return { type, ...target, status: statuses[r.n(2)] as OrderStatus | "REVERTED", reason: r.reason(3) };
    case "ledger_entry":
      return {
        type, ...target, leg: r.leg(2), quantity: r.quantity(3), gross: r.money(4), entryFee: r.money(5), exitFee: r.money(6),
        net: r.money(7), cumulative: r.money(8),
      };
    case "position_synced":
      return {
        type, market: r.market(0), leg: r.leg(1), status: synced[r.n(2)] as (typeof synced)[number], quantity: r.quantity(3), reason: r.reason(4),
      };
  }
}

function decodeRequest(r: Reader): OrderRequest {
  return {
    market: r.n(0) as MarketIndex, order: r.n(1) as OrderNumber, side: sides[r.n(2)] as Side, leg: legs[r.n(3)] as Leg, family: families[r.n(4)] as Family,
    type: types[r.n(5)] as OrderType, quantity: r.n(6) as Quantity, price: r.n(7) === 0 ? null : (r.n(7) as Price), trigger: r.n(8) === 0 ? null : (r.n(8) as Price),
    timeInForce: timesInForce[r.n(9)] as TimeInForce, reduceOnly: r.n(10) === 1, timeToLive: r.n(11) < 0 ? null : r.n(11), replaces: r.n(12) === 0 ? null : (r.n(12) as OrderNumber),
  };
}
