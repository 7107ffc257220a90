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
} from "../../domain/index.ts";
import type { Context } from "../../strategy/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk } from "../order.ts";
import { PositionReads, type PositionReadsState } from "./position-reads.ts";

export class Positions {
  declare private readonly core: Core;
  declare private readonly contexts: readonly Context[];
  /** Whether all trades of the time in question are known. */
  allTold = false;
  /** Differences seen once while the leg was busy; a second equal read settles them. */
  declare private readonly seen: PositionReads;

  constructor(core: Core, contexts: readonly Context[]) {
    this.core = core;
    this.seen = new PositionReads(core);
    this.contexts = contexts;
  }

  get verifying(): boolean {
    return this.seen.waiting;
  }

  private get nextRead(): number {
    return this.core.now + this.core.settings.queryIntervalMs;
  }

  reported(event: PositionReported): void {
    const desk = this.core.desks[event.market] as RunnerDesk;
    const position = desk.book.legs.find((candidate) => candidate.leg === event.leg);
    if (position === undefined || position.quantity === event.quantity) {
      this.seen.forget(event);
      return;
    }
    // Said before a fill or a report that the book has already: ask for the present.
    if (desk.isStale(event.leg, event)) return this.recheck(event.market, event.leg);
    const read = this.seen.judge(desk, event);
    if (read === "first") this.core.setTimer({ kind: "position_recheck", market: event.market, leg: event.leg }, this.nextRead);
    if (read !== "certain") return;
    this.seen.forget(event);
    // The venue has told every trade of the silence, and none of them is this: somebody must look.
    if (this.allTold) {
      this.core.lock(desk.market, "unexplained_divergence");
      return this.adopt(desk, event, "unexplained_divergence", "unexplained_divergence");
    }
    if (desk.status === "delisted") return this.adopt(desk, event, "delisted", "delisted");
    this.adopt(desk, event, event.external ? "externally_closed" : "exchange_no_position_before_close");
  }

  snapshot(): PositionReadsState {
    return this.seen.snapshot();
  }

  restore(saved: PositionReadsState): void {
    this.seen.restore(saved);
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
