// How the rarer events and effects are put on the tape. Clear rather than fast: none of them is on the road of an order.

import type { Event, LedgerEntry, RareEffect, Reason, Refusal } from "../domain/index.ts";
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
  verdicts,
} from "./tape-codes.ts";
import { effectText, eventText, isSpoken, spokenMarket, type SpokenEffect, type SpokenEvent } from "./tape-spoken.ts";
import type { Tape } from "./tape.ts";

type RareEvent = Exclude<Event, { type: "bar_closed" | "order_acknowledged" | "order_filled" | "order_canceled" }>;
type RarestEffect = Exclude<RareEffect, LedgerEntry>;
type WordedEffect = Exclude<RarestEffect, SpokenEffect>;

/** Writes a record of the given values. */
function put(tape: Tape, kind: number, market: number, values: readonly number[]): void {
  const at = tape.beginLong(kind, market, values.length);
  const { doubles } = tape;
  for (let n = 0; n < values.length; n += 1) doubles[at + n] = values[n] as number;
}

export function writeRareEvent(tape: Tape, event: RareEvent): void {
  if (!isSpoken(event)) return writeWordedEvent(tape, event);
  put(tape, code(event.type), spokenMarket(event), [event.time, event.sequence, tape.intern(eventText(event))]);
  tape.eventAt(event.time, event.sequence);
}

function writeWordedEvent(tape: Tape, event: Exclude<RareEvent, SpokenEvent>): void {
  // Events without a market of their own stand at the first market's bar.
  const market = event.type === "timer_fired" || event.type === "operator_command" ? 0 : event.market;
  const record = (...words: number[]) => put(tape, code(event.type), market, [event.time, event.sequence, ...words]);
  tape.eventAt(event.time, event.sequence);
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
        tape.idWord(event.venueOrderId),
        event.cumulative,
        tape.intern(event.fills.length === 0 ? null : JSON.stringify(event.fills)),
        // Only where there is one: answers without it have the words that they always had.
        ...(event.refusal === undefined ? [] : refusalWords(tape, event.refusal)),
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
      return record(tape.intern(event.text), verdicts.indexOf(event.verdict));
  }
}

/** Reason, code, words and class; of a request too many, the status, until when, and whether for all. */
function refusalWords(tape: Tape, { reason, code: said, message, ccxtClass, limit }: Refusal): number[] {
  const words = [reasonCode(reason), tape.intern(said), tape.intern(message), tape.intern(ccxtClass)];
  return limit === null ? words : [...words, limit.status, limit.until, limit.banned ? 1 : 0];
}

export function writeRareEffect(tape: Tape, effect: RarestEffect): void {
  if (isSpoken(effect)) put(tape, code(effect.type), spokenMarket(effect), [tape.intern(effectText(effect))]);
  else writeWordedEffect(tape, effect);
}

function writeWordedEffect(tape: Tape, effect: WordedEffect): void {
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
      return record(
        legs.indexOf(effect.leg),
        synced.indexOf(effect.status),
        effect.quantity,
        reasonCode(effect.reason),
        ...(effect.fill === undefined ? [] : [tape.intern(JSON.stringify(effect.fill))]),
      );
    case "route_planned":
      return record(effect.intent, routes.indexOf(effect.route), effect.quantity, effect.slices);
    case "order_routed":
      return record(effect.order, effect.slice, effect.stage, effect.predictedSlippage);
    case "route_ended":
      return record(effect.intent, effect.filled, reasonCode(effect.reason));
  }
}

/** Effects without a market of their own stand at the first market's bar. */
function marketOf(effect: WordedEffect): number {
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

function reasonCode(reason: Reason): number {
  return reasonCodes.get(reason) as number;
}
