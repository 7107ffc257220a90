// Positions as the venue reports them, against the book: a difference that no order of ours explains is adopted with a
// reason, never ignored and never traded away.

import {
  adoptionPrice,
  parseDecimal,
  parseUnits,
  printDecimal,
  roundToStep,
  type Leg,
  type MarketIndex,
  type Money,
  type Position,
  type PositionReported,
  type Price,
  type Quantity,
  type Reason,
} from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { RunnerDesk } from "./order.ts";

/** A difference as it was reported first, with the newest fill that the book had then. */
interface FirstRead {
  readonly quantity: Quantity;
  readonly time: number;
  readonly fillSequence: number;
}

/** By market and leg. */
export type PositionReads = readonly (readonly [key: string, FirstRead])[];

export class Positions {
  declare private readonly core: Core;
  declare private readonly contexts: readonly Context[];
  /** Whether all trades of the time in question are known. */
  allTold = false;
  /** Differences seen once while the leg was busy; a second equal read settles them. */
  private readonly seen = new Map<string, FirstRead>();

  constructor(core: Core, contexts: readonly Context[]) {
    this.core = core;
    this.contexts = contexts;
  }

  get verifying(): boolean {
    return this.seen.size > 0;
  }

  reported(event: PositionReported): void {
    const desk = this.core.desks[event.market] as RunnerDesk;
    const position = desk.book.legs.find((candidate) => candidate.leg === event.leg);
    const key = `${event.market}/${event.leg}`;
    if (position === undefined || position.quantity === event.quantity) {
      this.seen.delete(key);
      return;
    }
    // Said before a fill or a report that the book has already: ask for the present.
    if (desk.isStale(event.leg, event)) return this.recheck(event.market, event.leg);
    if (!this.isCertain(key, desk, event)) return;
    this.seen.delete(key);
    // The venue has told every trade of the silence, and none of them is this: somebody must look.
    if (this.allTold) {
      this.core.lock(desk.market, "unexplained_divergence");
      return this.adopt(desk, event, "unexplained_divergence", "unexplained_divergence");
    }
    if (desk.status === "delisted") return this.adopt(desk, event, "delisted", "delisted");
    this.adopt(desk, event, event.external ? "externally_closed" : "exchange_no_position_before_close");
  }

  // A fill may still be on its way, to the book or to the report: then the same answer is needed twice, an interval
  // apart and without a fill in between. Two questions asked at one instant are one read.
  private isCertain(key: string, desk: RunnerDesk, { market, leg, quantity }: PositionReported): boolean {
    const { now, settings } = this.core;
    const recent = now - desk.activityTime < settings.queryIntervalMs;
    if (!recent && !desk.list().some((order) => order.leg === leg)) return true;
    const first = this.seen.get(key);
    if (first !== undefined && first.quantity === quantity && first.fillSequence === desk.fillSequence)
      return now >= first.time + settings.queryIntervalMs;
    this.seen.set(key, { quantity, time: now, fillSequence: desk.fillSequence });
    this.core.setTimer({ kind: "position_recheck", market, leg }, now + settings.queryIntervalMs);
    return false;
  }

  snapshot(): PositionReads {
    return [...this.seen].map(([key, read]) => [key, { ...read }] as const).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  restore(saved: PositionReads): void {
    this.seen.clear();
    for (const [key, read] of saved) this.seen.set(key, { ...read });
  }

  recheck(market: number, leg: Leg): void {
    this.core.rateLimits.queryPosition(market as MarketIndex, leg);
  }

  private adopt(desk: RunnerDesk, event: PositionReported, closedReason: Reason, changedReason: Reason = "external_position_change"): void {
    const { core } = this;
    const { leg, quantity } = event;
    const ctx = this.contexts[desk.market] as Context;
    const reason: Reason = quantity === 0 ? closedReason : changedReason;
    desk.book.adopt(event, quantity, explainedPrice(desk.book.leg(leg), event) ?? desk.lastClose, 0 as Money);
    desk.version += 1;
    core.effects.push({ type: "position_synced", market: desk.market, leg, status: "SYNCED", quantity, reason });
    core.alert("warning", `${reason}: ${desk.instrument.symbol} ${leg} is ${desk.instrument.quantityNumber(quantity)} at the venue`);
    const { strategy } = desk;
    if (strategy.onExternalChange === undefined) return;
    core.guard(desk, "onExternalChange", () => strategy.onExternalChange?.(ctx, leg, desk.instrument.quantityNumber(quantity)));
    core.settleRefusals();
  }
}

/**
 * Price of the trade that explains what the venue states, where its average says it: of a position that has grown or turned
 * round. What a close was worth no average says, nor the linear sum of an inverse contract.
 * @returns null where nothing says it
 */
function explainedPrice(position: Position, { quantity, entryPrice }: PositionReported): Price | null {
  const { instrument } = position;
  const grown = Math.abs(quantity) > Math.abs(position.quantity) || quantity > 0 !== position.quantity > 0;
  if (entryPrice === null || quantity === 0 || !grown || instrument.inverse) return null;
  const decimal = (units: Quantity) => ({ units: BigInt(units), scale: instrument.quantityScale });
  const average = position.entryText();
  const held = { quantity: decimal(position.quantity), average: average === null ? null : parseDecimal(average) };
  const price = adoptionPrice(held, { quantity: decimal(quantity), average: parseDecimal(entryPrice) });
  if (price === null) return null;
  const rounded = roundToStep(price, { units: 1n, scale: instrument.priceScale }, "round");
  return parseUnits(printDecimal(rounded), instrument.priceScale) as Price;
}
