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
  TimeInForce,
  VenueEvent,
} from "../domain/index.ts";
import { families, reasonCodes, statuses, timesInForce, types } from "./tape-codes.ts";
import { writeRareEffect, writeRareEvent } from "./tape-write-rare.ts";
import type { Tape } from "./tape.ts";

// Kinds of the hot records stand as numbers where they are written: a constant of a module is looked up each time that
// it is used. They are positions in `kinds`, as every round trip through the tape checks.

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
  words[at + 4] = tape.idWord(event.venueOrderId);
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
  words[at + 4] = tape.idWord(event.trade);
  words[at + 5] = event.price;
  words[at + 6] = event.quantity;
  words[at + 7] = event.fee;
  words[at + 8] = event.cumulative;
  words[at + 9] = (tape.intern(event.feeCurrency) << 1) | (event.liquidity === "maker" ? 0 : 1);
  if (verdict !== 0) words[at + 10] = verdict;
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
