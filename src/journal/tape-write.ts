// How each event and effect is put on the tape. Bars are not here: they are journaled by the digest of their series
// and their index.

import type {
  EffectPlace,
  EffectQueue,
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
  Refusal,
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

/** Writes a venue's answer, with the verdict that it led to: of a fill or an end, a word behind its own. */
export function writeAnswer(tape: Tape, answer: EventPlace, effects: EffectQueue): void {
  switch (answer.kind) {
    case 0:
      writeAcknowledged(tape, answer);
      break;
    case 1:
      if (effects.verdictOn === answer.order) return writeCanceled(tape, answer, verdictWord(effects));
      writeCanceled(tape, answer, 0);
      break;
    case 2: {
      const fill = answer.fill as OrderFilled;
      if (effects.verdictOn === fill.order) return writeFill(tape, fill, verdictWord(effects));
      writeFill(tape, fill, 0);
      break;
    }
    default:
      writeEvent(tape, answer.rare as VenueEvent);
  }
  if (effects.verdictOn !== 0) writeVerdict(tape, effects);
}

/** Writes a verdict that no answer carries. */
export function writeVerdict(tape: Tape, effects: EffectQueue): void {
  const at = tape.begin(2);
  const { words } = tape;
  words[at] = 25 | (2 << 6) | (effects.verdictMarket << 10);
  words[at + 1] = effects.verdictOn;
  words[at + 2] = verdictWord(effects);
}

// Never 0: an order is not settled as NEW.
function verdictWord({ verdictReason, verdictStatus }: EffectQueue): number {
  return (reasonCode(verdictReason) << 4) | statusCode(verdictStatus);
}

/** Writes any event. */
export function writeEvent(tape: Tape, event: Exclude<Event, { type: "bar_closed" }>): void {
  switch (event.type) {
    case "order_acknowledged":
      return writeAcknowledged(tape, event);
    case "order_canceled":
      return writeCanceled(tape, event, 0);
    case "order_filled":
      return writeFill(tape, event, 0);
    default:
      return writeRareEvent(tape, event);
  }
}

type Fields<T> = Omit<T, "type">;

function writeAcknowledged(tape: Tape, event: Fields<OrderAcknowledged>): void {
  const at = tape.begin(4);
  const { words } = tape;
  words[at] = 1 | (4 << 6) | (event.market << 10);
  tape.eventAt(event.time);
  words[at + 1] = event.time;
  words[at + 2] = event.sequence;
  words[at + 3] = event.order;
  words[at + 4] = idWord(tape, event.venueOrderId);
}

function writeCanceled(tape: Tape, event: Fields<OrderCanceled>, verdict: number): void {
  const count = verdict === 0 ? 4 : 5;
  const at = tape.begin(count);
  const { words } = tape;
  words[at] = 5 | (count << 6) | (event.market << 10);
  tape.eventAt(event.time);
  words[at + 1] = event.time;
  words[at + 2] = event.sequence;
  words[at + 3] = event.order;
  words[at + 4] = event.cumulative;
  if (verdict !== 0) words[at + 5] = verdict;
}

function writeFill(tape: Tape, event: OrderFilled, verdict: number): void {
  const count = verdict === 0 ? 9 : 10;
  const at = tape.begin(count);
  const { words } = tape;
  words[at] = 4 | (count << 6) | (event.market << 10);
  tape.eventAt(event.time);
  words[at + 1] = event.time;
  words[at + 2] = event.sequence;
  words[at + 3] = event.order;
  words[at + 4] = idWord(tape, event.trade);
  words[at + 5] = event.price;
  words[at + 6] = event.quantity;
  words[at + 7] = event.fee;
  words[at + 8] = event.cumulative;
  words[at + 9] = (tape.intern(event.feeCurrency) << 1) | (event.liquidity === "maker" ? 0 : 1);
  if (verdict !== 0) words[at + 10] = verdict;
}

/** Writes a record of the given words. */
function put(tape: Tape, kind: number, market: number, values: readonly number[]): void {
  const at = tape.begin(values.length);
  const { words } = tape;
  words[at] = kind | (values.length << 6) | (market << 10);
  for (let n = 0; n < values.length; n += 1) words[at + 1 + n] = values[n] as number;
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
      return record(event.order, ...refusalWords(tape, event));
    case "query_rejected":
      return record(event.order ?? 0, event.leg === null ? -1 : legs.indexOf(event.leg), ...refusalWords(tape, event));
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
      return record(legs.indexOf(event.leg), event.quantity, event.external ? 1 : 0, tape.intern(event.entryPrice));
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
    case "auto_deleveraged":
      return record(legs.indexOf(event.leg), sides.indexOf(event.side), event.quantity, event.price, event.fee, event.left);
    case "timer_fired":
      return record(event.timer);
    case "operator_command":
      return record(commands.indexOf(event.command), tape.intern(event.text));
    case "strategy_verdict":
      return record(tape.intern(event.text));
  }
}

/** Reason, code, words and class; of a request too many, the status, until when, and whether for all. */
function refusalWords(tape: Tape, { reason, code: said, message, ccxtClass, limit }: Refusal): number[] {
  const words = [reasonCode(reason), tape.intern(said), tape.intern(message), tape.intern(ccxtClass)];
  return limit === null ? words : [...words, limit.status, limit.until, limit.banned ? 1 : 0];
}

/** Writes an effect; it happens at the time of the last event, or moment, on the tape. */
export function writeEffect(tape: Tape, effect: EffectPlace): void {
  switch (effect.kind) {
    case 0:
      return writeSubmit(tape, effect.request as OrderRequest, effect.reason);
    case 1: {
      const at = tape.begin(2);
      const { words } = tape;
      words[at] = 17 | (2 << 6) | (effect.market << 10);
      words[at + 1] = effect.order;
      words[at + 2] = reasonCode(effect.reason);
      return;
    }
    case 2: {
      const at = tape.begin(2);
      const { words } = tape;
      words[at] = 25 | (2 << 6) | (effect.market << 10);
      words[at + 1] = effect.order;
      words[at + 2] = (reasonCode(effect.reason) << 4) | statusCode(effect.status);
      return;
    }
    default: {
      const rare = effect.rare as RareEffect;
      return rare.type === "ledger_entry" ? writeLedger(tape, rare) : writeRareEffect(tape, rare);
    }
  }
}

// Order, prices and quantity; everything that is a name in one word; life and replaced order only where there are any, and
// terms, as text, behind them.
function writeSubmit(tape: Tape, request: OrderRequest, reason: Reason): void {
  const { timeToLive, replaces, terms } = request;
  const plain = timeToLive === null && replaces === null && terms === null;
  const count = plain ? 5 : terms === null ? 7 : 8;
  const at = tape.begin(count);
  const { words } = tape;
  words[at] = 16 | (count << 6) | (request.market << 10);
  words[at + 1] = request.order;
  words[at + 2] =
    (request.side === "buy" ? 0 : 1) |
    (request.reduceOnly ? 2 : 0) |
    (legCode(request.leg) << 2) |
    (timeInForceCode(request.timeInForce) << 4) |
    (typeCode(request.type) << 7) |
    (familyCode(request.family) << 11) |
    (reasonCode(reason) << 15);
  words[at + 3] = request.quantity;
  words[at + 4] = request.price ?? 0;
  words[at + 5] = request.trigger ?? 0;
  if (plain) return;
  words[at + 6] = timeToLive ?? -1;
  words[at + 7] = replaces ?? 0;
  if (terms !== null) words[at + 8] = tape.intern(JSON.stringify(terms));
}

function writeLedger(tape: Tape, entry: LedgerEntry): void {
  const at = tape.begin(8);
  const { words } = tape;
  words[at] = 26 | (8 << 6) | (entry.market << 10);
  words[at + 1] = entry.order;
  words[at + 2] = legCode(entry.leg);
  words[at + 3] = entry.quantity;
  words[at + 4] = entry.gross;
  words[at + 5] = entry.entryFee;
  words[at + 6] = entry.exitFee;
  words[at + 7] = entry.net;
  words[at + 8] = entry.cumulative;
}

function writeRareEffect(tape: Tape, effect: RarestEffect): void {
  const market = marketOf(effect);
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
    case "order_held":
      return record(tape.intern(JSON.stringify(effect.request)), reasonCode(effect.reason), effect.until);
    case "position_synced":
      return record(legs.indexOf(effect.leg), synced.indexOf(effect.status), effect.quantity, reasonCode(effect.reason));
  }
}

/** Effects without a market of their own stand at the first market's bar. */
function marketOf(effect: RarestEffect): number {
  switch (effect.type) {
    case "set_timer":
    case "alert":
    case "halt":
      return 0;
    case "order_held":
      return effect.request.market;
    default:
      return effect.market;
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
