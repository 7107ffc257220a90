// How each event and effect is put on the tape. Bars are not here: they are journaled by the digest of their series
// and their index.

import type { Effect, Event, Family, Leg, OrderFilled, OrderRequest, OrderStatus, OrderType, Reason, TimeInForce } from "../domain/index.ts";
import {
  code,
  commands,
  directions,
  families,
  intentKinds,
  legs,
  levels,
  reasonCodes,
  requests,
  statuses,
  synced,
  timesInForce,
  types,
} from "./tape-codes.ts";
import type { Tape } from "./tape.ts";

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

function writeRareEvent(
  tape: Tape,
  event: Exclude<Event, { type: "bar_closed" | "order_acknowledged" | "order_filled" | "order_canceled" }>,
  bars: Int32Array,
): void {
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
        event.market,
        event.order,
        event.status === null ? -1 : statuses.indexOf(event.status),
        idWord(tape, event.venueOrderId),
        event.cumulative,
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

function writeRareEffect(
  tape: Tape,
  effect: Exclude<Effect, { type: "submit_order" | "cancel_order" | "order_settled" | "ledger_entry" }>,
  bars: Int32Array,
  time: number,
): void {
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
        effect.market,
        effect.intent,
        intentKinds.indexOf(effect.kind),
        directions.indexOf(effect.side),
        families.indexOf(effect.family),
        reasonCode(effect.reason),
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
