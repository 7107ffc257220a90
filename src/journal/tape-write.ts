// How each event and effect is put on the tape. Bars are not here: they are journaled by the digest of their series
// and their index.

import type { EffectPlace, EffectQueue, Event, EventPlace, OrderFilled, OrderRequest, RareEffect, VenueEvent } from "../domain/index.ts";
import { reasonCode, statusCode } from "./tape-names.ts";
import { writeAcknowledged, writeCancel, writeCanceled, writeFill, writeLedger, writeSettled, writeSubmit } from "./tape-records.ts";
import { writeRareEffect, writeRareEvent } from "./tape-write-rare.ts";
import type { Tape } from "./tape.ts";

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
  writeSettled(tape, effects.verdictMarket, effects.verdictOn, verdictWord(effects));
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

/** Writes an effect; it happens at the time of the last event, or moment, on the tape. */
export function writeEffect(tape: Tape, effect: EffectPlace): void {
  switch (effect.kind) {
    case 0:
      return writeSubmit(tape, effect.request as OrderRequest, effect.reason);
    case 1:
      return writeCancel(tape, effect.market, effect.order, reasonCode(effect.reason));
    case 2:
      return writeSettled(tape, effect.market, effect.order, (reasonCode(effect.reason) << 4) | statusCode(effect.status));
    default: {
      const rare = effect.rare as RareEffect;
      return rare.type === "ledger_entry" ? writeLedger(tape, rare) : writeRareEffect(tape, rare);
    }
  }
}
