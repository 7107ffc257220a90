// How each event and effect is put on the tape. Bars are not here: they are journaled by the digest of their series
// and their index.

import type { EffectPlace, EffectQueue, Event, EventPlace, OrderFilled, OrderRequest, RareEffect, VenueEvent } from "../domain/index.ts";
import { OrderTape } from "./tape-records.ts";
import { writeRareEffect, writeRareEvent } from "./tape-write-rare.ts";

/** A tape that everything can be written on. */
export class JournalTape extends OrderTape {
  /** Writes a venue's answer, with the verdict that it led to: of a fill or an end, a word behind its own. */
  answer(answer: EventPlace, effects: EffectQueue): void {
    switch (answer.kind) {
      case 0:
        this.writeAcknowledged(answer);
        break;
      case 1:
        if (effects.verdictOn === answer.order) return this.writeCanceled(answer, this.verdictWord(effects));
        this.writeCanceled(answer, 0);
        break;
      case 2: {
        const fill = answer.fill as OrderFilled;
        if (effects.verdictOn === fill.order) return this.writeFill(fill, this.verdictWord(effects));
        this.writeFill(fill, 0);
        break;
      }
      default:
        this.event(answer.rare as VenueEvent);
    }
    if (effects.verdictOn !== 0) this.verdict(effects);
  }

  /** Writes a verdict that no answer carries. */
  verdict(effects: EffectQueue): void {
    this.writeSettled(effects.verdictMarket, effects.verdictOn, this.verdictWord(effects));
  }

  /** Writes any event. */
  event(event: Exclude<Event, { type: "bar_closed" }>): void {
    switch (event.type) {
      case "order_acknowledged":
        return this.writeAcknowledged(event);
      case "order_canceled":
        return this.writeCanceled(event, 0);
      case "order_filled":
        return this.writeFill(event, 0);
      default:
        return writeRareEvent(this, event);
    }
  }

  /** Writes an effect; it happens at the time of the last event, or moment, on the tape. */
  effect(effect: EffectPlace): void {
    switch (effect.kind) {
      case 0:
        return this.writeSubmit(effect.request as OrderRequest, effect.reason);
      case 1:
        return this.writeCancel(effect.market, effect.order, this.reasonCode(effect.reason));
      case 2:
        return this.writeSettled(effect.market, effect.order, (this.reasonCode(effect.reason) << 4) | this.statusCode(effect.status));
      default: {
        const rare = effect.rare as RareEffect;
        return rare.type === "ledger_entry" ? this.writeLedger(rare) : writeRareEffect(this, rare);
      }
    }
  }

  // Never 0: an order is not settled as NEW.
  private verdictWord({ verdictReason, verdictStatus }: EffectQueue): number {
    return (this.reasonCode(verdictReason) << 4) | this.statusCode(verdictStatus);
  }
}
