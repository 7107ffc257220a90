// How each event and effect is put on the tape. Bars are not here: they are journaled by the digest of their series
// and their index.

import type {
  EffectPlace,
  Event,
  EventPlace,
  Family,
  LedgerEntry,
  Leg,
  OrderAcknowledged,
  OrderCanceled,
  OrderFilled,
  OrderRequest,
  OrderStatus,
  OrderType,
  RareEffect,
  Reason,
  TimeInForce,
  VenueEvent,
} from "../domain/index.ts";
import {
  code,
  commands,
  directions,
  families,
  intentKinds,
  legs,
  levels,
  markSources,
  reasonCodes,
  requests,
  routes,
  sides,
  statuses,
  synced,
  timesInForce,
  types,
} from "./tape-codes.ts";
import type { Tape } from "./tape.ts";

type RareEvent = Exclude<Event, { type: "bar_closed" | "order_acknowledged" | "order_filled" | "order_canceled" }>;
type RarestEffect = Exclude<RareEffect, LedgerEntry>;

// Kinds of the hot records stand as numbers where they are written: a constant of a module is looked up each time that
// it is used. They are positions in `kinds`, as every round trip through the tape checks.

// A venue's id or trade id: a number stands for itself, text for its negative code.
function idWord(tape: Tape, id: number | string | null): number {
  return typeof id === "number" ? id : id === null ? 0 : -tape.intern(id);
}

/** Writes a venue's answer. */
export function writeAnswer(tape: Tape, answer: EventPlace): void {
  switch (answer.type) {
    case "order_acknowledged":
      return writeAcknowledged(tape, answer);
    case "order_canceled":
      return writeCanceled(tape, answer);
    case "order_filled":
      return writeFill(tape, answer.fill as OrderFilled);
    default:
      return writeEvent(tape, answer.rare as VenueEvent);
  }
}

/** Writes any event. */
export function writeEvent(tape: Tape, event: Exclude<Event, { type: "bar_closed" }>): void {
  switch (event.type) {
    case "order_acknowledged":
      return writeAcknowledged(tape, event);
    case "order_canceled":
      return writeCanceled(tape, event);
    case "order_filled":
      return writeFill(tape, event);
    default:
      return writeRareEvent(tape, event);
  }
}

type Fields<T> = Omit<T, "type">;

function writeAcknowledged(tape: Tape, event: Fields<OrderAcknowledged>): void {
  const at = tape.begin(1, event.market, 4);
  tape.eventAt(event.time);
  const { words } = tape;
  words[at] = event.time;
  words[at + 1] = event.sequence;
  words[at + 2] = event.order;
  words[at + 3] = idWord(tape, event.venueOrderId);
}

function writeCanceled(tape: Tape, event: Fields<OrderCanceled>): void {
  const at = tape.begin(5, event.market, 4);
  tape.eventAt(event.time);
  const { words } = tape;
  words[at] = event.time;
  words[at + 1] = event.sequence;
  words[at + 2] = event.order;
  words[at + 3] = event.cumulative;
}

function writeFill(tape: Tape, event: OrderFilled): void {
  const at = tape.begin(4, event.market, 9);
  tape.eventAt(event.time);
  const { words } = tape;
  words[at] = event.time;
  words[at + 1] = event.sequence;
  words[at + 2] = event.order;
  words[at + 3] = idWord(tape, event.trade);
  words[at + 4] = event.price;
  words[at + 5] = event.quantity;
  words[at + 6] = event.fee;
  words[at + 7] = event.cumulative;
  words[at + 8] = (tape.intern(event.feeCurrency) << 1) | (event.liquidity === "maker" ? 0 : 1);
}

/** Writes a record of the given words. */
function put(tape: Tape, kind: number, market: number, values: readonly number[]): void {
  const at = tape.begin(kind, market, values.length);
  for (let n = 0; n < values.length; n += 1) tape.words[at + n] = values[n] as number;
}

function writeRareEvent(tape: Tape, event: RareEvent): void {
  // Events without a market of their own stand at the first market's bar.
  const market = event.type === "timer_fired" || event.type === "operator_command" ? 0 : event.market;
  const record = (...words: number[]) => put(tape, code(event.type), market, [event.time, event.sequence, ...words]);
  tape.eventAt(event.time);
  switch (event.type) {
    case "order_rejected":
    case "cancel_rejected":
    case "amend_rejected":
      return record(event.order, reasonCode(event.reason), tape.intern(event.code));
    case "order_unknown":
      return record(event.order, requests.indexOf(event.request));
    case "order_expired":
      return record(event.order, event.cumulative, reasonCode(event.reason));
    case "order_amended":
      return record(event.order, event.price ?? 0, event.trigger ?? 0, event.quantity);
    case "query_answered":
      // The fills of an answer are journaled as text: they are facts that may exist nowhere else.
      return record(
        event.order,
        event.status === null ? -1 : statuses.indexOf(event.status),
        idWord(tape, event.venueOrderId),
        event.cumulative,
        tape.intern(event.fills.length === 0 ? null : JSON.stringify(event.fills)),
      );
    case "position_reported":
      return record(legs.indexOf(event.leg), event.quantity, event.external ? 1 : 0);
    case "account_insolvent":
      return record(event.equity, event.maintenance);
    case "funding_paid":
      return record(
        legs.indexOf(event.leg),
        event.quantity,
        event.rate,
        event.rateScale,
        event.mark,
        markSources.indexOf(event.source),
        event.amount,
      );
    case "liquidated":
      return record(
        legs.indexOf(event.leg),
        sides.indexOf(event.side) | (event.takeover ? 2 : 0),
        event.quantity,
        event.price,
        event.fee,
        event.insurance,
        event.left,
        event.equity,
        event.maintenance,
      );
    case "timer_fired":
      return record(event.timer);
    case "operator_command":
      return record(commands.indexOf(event.command), tape.intern(event.text));
    case "strategy_verdict":
      return record(tape.intern(event.text));
  }
}

/** Writes an effect; it happens at the time of the last event, or moment, on the tape. */
export function writeEffect(tape: Tape, effect: EffectPlace): void {
  switch (effect.type) {
    case "submit_order":
      return writeSubmit(tape, effect.request as OrderRequest, effect.reason);
    case "cancel_order": {
      const at = tape.begin(17, effect.market, 2);
      tape.words[at] = effect.order;
      tape.words[at + 1] = reasonCode(effect.reason);
      return;
    }
    case "order_settled": {
      const at = tape.begin(25, effect.market, 2);
      tape.words[at] = effect.order;
      tape.words[at + 1] = (reasonCode(effect.reason) << 4) | statusCode(effect.status);
      return;
    }
    case "ledger_entry":
      return writeLedger(tape, effect.rare as LedgerEntry);
    default:
      return writeRareEffect(tape, effect.rare as RarestEffect);
  }
}

// Order, prices and quantity; everything that is a name in one word; life and replaced order only where there are any, and
// terms, as text, behind them.
function writeSubmit(tape: Tape, request: OrderRequest, reason: Reason): void {
  const { timeToLive, replaces, terms } = request;
  const plain = timeToLive === null && replaces === null && terms === null;
  const at = tape.begin(16, request.market, plain ? 5 : terms === null ? 7 : 8);
  const { words } = tape;
  words[at] = request.order;
  words[at + 1] =
    (request.side === "buy" ? 0 : 1) |
    (request.reduceOnly ? 2 : 0) |
    (legCode(request.leg) << 2) |
    (timeInForceCode(request.timeInForce) << 4) |
    (typeCode(request.type) << 7) |
    (familyCode(request.family) << 11) |
    (reasonCode(reason) << 15);
  words[at + 2] = request.quantity;
  words[at + 3] = request.price ?? 0;
  words[at + 4] = request.trigger ?? 0;
  if (plain) return;
  words[at + 5] = timeToLive ?? -1;
  words[at + 6] = replaces ?? 0;
  if (terms !== null) words[at + 7] = tape.intern(JSON.stringify(terms));
}

function writeLedger(tape: Tape, entry: LedgerEntry): void {
  const at = tape.begin(26, entry.market, 8);
  const { words } = tape;
  words[at] = entry.order;
  words[at + 1] = legCode(entry.leg);
  words[at + 2] = entry.quantity;
  words[at + 3] = entry.gross;
  words[at + 4] = entry.entryFee;
  words[at + 5] = entry.exitFee;
  words[at + 6] = entry.net;
  words[at + 7] = entry.cumulative;
}

function writeRareEffect(tape: Tape, effect: RarestEffect): void {
  const market = effect.type === "set_timer" || effect.type === "alert" || effect.type === "halt" ? 0 : effect.market;
  const record = (...words: number[]) => put(tape, code(effect.type), market, words);
  switch (effect.type) {
    case "amend_order":
      return record(effect.order, effect.price ?? 0, effect.trigger ?? 0, effect.quantity ?? 0);
    case "query_order":
      return record(effect.order);
    case "query_position":
      return record(legs.indexOf(effect.leg));
    case "set_timer":
      return record(effect.timer, effect.due);
    case "alert":
      return record(levels.indexOf(effect.level), tape.intern(effect.text));
    case "halt":
      return record(reasonCode(effect.reason), tape.intern(effect.text));
    case "intent_skipped":
      return record(
        effect.intent,
        intentKinds.indexOf(effect.kind),
        directions.indexOf(effect.side),
        families.indexOf(effect.family),
        reasonCode(effect.reason),
      );
    case "position_synced":
      return record(legs.indexOf(effect.leg), synced.indexOf(effect.status), effect.quantity, reasonCode(effect.reason));
    case "route_planned":
      return record(effect.intent, routes.indexOf(effect.route), effect.quantity, effect.slices);
    case "order_routed":
      return record(effect.order, effect.slice, effect.stage, effect.predictedSlippage);
    case "route_ended":
      return record(effect.intent, effect.filled, reasonCode(effect.reason));
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

// The reasons of most records; the others are looked up.
const signalCode = reasonCodes.get("signal") as number;
const filledCode = reasonCodes.get("filled") as number;
const strategyCancelCode = reasonCodes.get("strategy_cancel") as number;
const replacedCode = reasonCodes.get("replaced") as number;

function reasonCode(reason: Reason): number {
  switch (reason) {
    case "signal":
      return signalCode;
    case "filled":
      return filledCode;
    case "strategy_cancel":
      return strategyCancelCode;
    case "replaced":
      return replacedCode;
    default:
      return reasonCodes.get(reason) as number;
  }
}
