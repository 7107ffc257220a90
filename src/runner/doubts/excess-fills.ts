// Fills that are more than their order can have: one trade told under two ids (failures A8), or a second order that the venue
// made of one request (failures A4). Which of the two it was only the venue's position can say; until then none is counted.

import {
  assertBounded,
  isBefore,
  type Leg,
  type MarketIndex,
  type OrderFilled,
  type PositionReported,
  type Quantity,
  type Side,
} from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import { PositionReads, type PositionReadsState } from "../positions/position-reads.ts";
import { lockExecutedBeyond } from "../recovery/until-flat.ts";

/** What puts a fill into the book, and what looks for an order that is not known any more. */
interface Fills {
  counted(order: RunnerOrder, fill: OrderFilled): void;
  readonly orphans: { take(fill: OrderFilled): void };
}

/** A fill that waits, with the side and leg of its order. */
interface HeldFill {
  readonly fill: OrderFilled;
  readonly side: Side;
  readonly leg: Leg;
}

export interface ExcessState {
  readonly held: readonly HeldFill[];
  readonly reads: PositionReadsState;
}

/** More of one leg are looked at by turns: each choice among them is tried. */
const choiceMax = 10;

export class ExcessFills {
  declare private readonly core: Core;
  declare private readonly outcomes: Fills;
  declare private readonly reads: PositionReads;
  /** In the order in which they were told. */
  private held: HeldFill[] = [];

  constructor(core: Core, outcomes: Fills) {
    this.core = core;
    this.outcomes = outcomes;
    this.reads = new PositionReads(core);
  }

  /** Some are not decided: the book may differ from the venue. */
  get waiting(): boolean {
    return this.held.length > 0;
  }

  /** Keeps a fill, and asks the venue what it holds. */
  take({ order, leg, side, desk }: RunnerOrder, fill: OrderFilled): void {
    const { core } = this;
    const { market } = desk;
    this.held.push({ fill, side, leg });
    assertBounded("fills", this.held.length);
    // The venue's answer may be older than the fill: it takes two of them.
    desk.activityTime = core.now;
    core.lock(market, "fill_beyond_order");
    core.alert("error", `fill_beyond_order: trade ${fill.trade} is more than order ${order} can have; not counted before the position has it`);
    if (this.on(market, leg).length === 1) this.ask(market, leg);
  }

  /** The timer of a leg: the second read, or the first one again, whose answer may have been lost. */
  due(market: MarketIndex, leg: Leg): void {
    if (this.on(market, leg).length > 0) this.ask(market, leg);
  }

  /** @returns true: the report is judged here, and nobody else is to take a difference over */
  positionTold(event: PositionReported): boolean {
    if (this.held.length === 0) return false;
    const { market, leg, quantity } = event;
    const held = this.on(market, leg).slice(0, choiceMax);
    const desk = this.core.desks[market] as RunnerDesk;
    if (held.length === 0 || !desk.book.legs.some((own) => own.leg === leg)) return false;
    // Said before it happened: the timer asks again.
    if (desk.isStale(leg, event) || held.some(({ fill }) => isBefore(event, fill))) return true;
    const real = choiceOf(desk, held, quantity - desk.book.signedOf(leg));
    if (real === null) {
      // Something else has changed the position as well: that is settled first.
      this.reads.forget(event);
      return false;
    }
    if (this.reads.judge(desk, event) !== "certain") return true;
    this.reads.forget(event);
    this.held = this.held.filter((one) => !held.includes(one));
    for (const one of real) this.count(desk, one);
    if (real.length > 0) lockExecutedBeyond(this.core, desk);
    const dropped = held.filter((one) => !real.includes(one));
    if (dropped.length > 0) this.drop(desk, leg, dropped);
    if (!this.held.some(({ fill }) => fill.market === market)) this.core.unlock(market, "fill_beyond_order");
    return true;
  }

  /** The position has it: another order of ours was filled, at this price and for this fee. */
  private count(desk: RunnerDesk, { fill, leg, side }: HeldFill): void {
    const { core, outcomes } = this;
    const order = core.find(fill.order);
    if (order === undefined) return outcomes.orphans.take(fill);
    const quantity = (desk.book.signedOf(leg) + changeOf(desk, { fill, side })) as Quantity;
    const counted = { order: fill.order, trade: fill.trade };
    const { market } = desk;
    core.effects.push({ type: "position_synced", market, leg, status: "SYNCED", quantity, reason: "fill_beyond_order", fill: counted });
    core.alert("warning", `fill_beyond_order: ${desk.instrument.symbol} ${leg} has trade ${fill.trade}: it is counted`);
    if (fill.quantity > order.remaining) order.quantity = (order.filled + fill.quantity) as Quantity;
    outcomes.counted(order, fill);
    if (order.filled > order.named) order.named = order.filled;
  }

  /** The position is what it is without them. */
  private drop(desk: RunnerDesk, leg: Leg, dropped: readonly HeldFill[]): void {
    const { core } = this;
    const quantity = desk.book.signedOf(leg);
    core.effects.push({ type: "position_synced", market: desk.market, leg, status: "SYNCED", quantity, reason: "fill_told_twice" });
    for (const { fill } of dropped)
      core.alert("warning", `fill_told_twice: ${desk.instrument.symbol} ${leg} does not have trade ${fill.trade} of order ${fill.order}: dropped`);
  }

  private on(market: MarketIndex, leg: Leg): HeldFill[] {
    return this.held.filter((one) => one.fill.market === market && one.leg === leg);
  }

  private ask(market: MarketIndex, leg: Leg): void {
    this.core.rateLimits.queryPosition(market, leg);
    this.core.setTimer({ kind: "excess_fills", market, leg }, this.core.now + this.core.settings.queryIntervalMs);
  }

  snapshot(): ExcessState {
    return { held: [...this.held], reads: this.reads.snapshot() };
  }

  restore({ held, reads }: ExcessState): void {
    this.held = [...held];
    this.reads.restore(reads);
  }
}

/** The fills that together are a difference, the earliest told of equal ones; none of them for 0; null where no choice is it. */
function choiceOf(desk: RunnerDesk, held: readonly HeldFill[], difference: number): readonly HeldFill[] | null {
  for (let choice = 0; choice < 1 << held.length; choice += 1) {
    const chosen = held.filter((_, at) => (choice & (1 << at)) !== 0);
    if (chosen.reduce((sum, one) => sum + changeOf(desk, one), 0) === difference) return chosen;
  }
  return null;
}

/** What a fill changes its leg by: on a spot market a fee in coins is gone from it. */
function changeOf({ instrument }: RunnerDesk, { fill, side }: Pick<HeldFill, "fill" | "side">): number {
  const { spot, rules } = instrument;
  const coins = spot && fill.feeCurrency === rules.base ? fill.fee : 0;
  return (side === "buy" ? fill.quantity : -fill.quantity) - coins;
}
