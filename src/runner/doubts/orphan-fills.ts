// Fills of orders that carry our number and that the book does not know (failures A7): heard before the order itself, or
// long after it. They are never dropped: the venue's list or the position tells which side they were on, and the order is adopted.

import {
  assertBounded,
  intentOf,
  type ListedOrder,
  type MarketIndex,
  type OpenOrdersReported,
  type OrderFilled,
  type PositionReported,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import { adopt, type Adoptable } from "../recovery/adoption.ts";
import type { Core } from "../core.ts";
import type { Intake } from "../intake.ts";
import type { RunnerDesk } from "../order.ts";

/** What applies a fill of an order that is known. */
interface Fills {
  filled(fill: OrderFilled): void;
}

export interface OrphansState {
  readonly fills: readonly OrderFilled[];
  /** Legs whose position has been told since the last of them, and differs from the book by none of them: `0/LONG`. */
  readonly told: readonly string[];
}

export class OrphanFills {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  declare private readonly outcomes: Fills;
  private fills: OrderFilled[] = [];
  private told: string[] = [];

  constructor(core: Core, intake: Intake, outcomes: Fills) {
    this.core = core;
    this.intake = intake;
    this.outcomes = outcomes;
  }

  /** Some wait for an order to belong to: the book may differ from the venue. */
  get waiting(): boolean {
    return this.fills.length > 0;
  }

  /** Keeps a fill and asks whose it is. Told twice, it is one. */
  take(fill: OrderFilled): void {
    const { core } = this;
    const { order, market, trade } = fill;
    if (this.fills.some((known) => known.order === order && known.trade === trade)) return;
    this.fills.push(fill);
    assertBounded("fills", this.fills.length);
    this.told = [];
    core.lock(market, lockOf(intentOf(order) > core.intents));
    core.alert("error", `missed_fill: a fill names order ${order}, which the book does not have; the venue is asked for it`);
    core.effects.push({ type: "query_open_orders", market });
    for (const { leg } of (core.desks[market] as RunnerDesk).book.legs) core.rateLimits.queryPosition(market, leg);
  }

  /** The venue's open orders: what is in the list is adopted with all that it has filled. */
  ordersTold({ market, orders }: OpenOrdersReported): void {
    const { core } = this;
    if (this.fills.length === 0) return;
    const desk = core.desks[market] as RunnerDesk;
    for (const listed of orders) {
      if (!this.fills.some(({ order }) => order === listed.order)) continue;
      const number = (listed as ListedOrder & Adoptable).order;
      const order = core.find(number) ?? adopt(core, desk, { ...listed, order: number }, "own_order_adopted");
      this.apply(number);
      if (!order.ended && desk.strategy.policy.lateAcceptance !== "adopt") this.intake.cancel(order, "runner", "late_acceptance");
    }
    this.settled(market);
  }

  /**
   * The position of a leg. A difference of exactly what one order has filled says on which side it was.
   * @returns true: it was that, and nobody else is to take the difference over
   */
  positionTold({ market, leg, quantity }: PositionReported): boolean {
    if (this.fills.length === 0) return false;
    const desk = this.core.desks[market] as RunnerDesk;
    const difference = quantity - desk.book.signedOf(leg);
    for (const order of new Set(this.fills.filter((fill) => fill.market === market).map((fill) => fill.order))) {
      const filled = this.fills.reduce((sum, fill) => sum + (fill.order === order ? fill.quantity : 0), 0);
      if (difference === 0 || Math.abs(difference) !== filled) continue;
      const side = difference > 0 ? "buy" : "sell";
      const rest = { type: "market", price: null, trigger: null, reduceOnly: false, family: null } as const;
      const all = filled as Quantity;
      adopt(this.core, desk, { order, side, leg, quantity: all, filled: all, ...rest }, "missed_fill");
      this.apply(order);
      this.settled(market);
      return true;
    }
    const key = `${market}/${leg}`;
    if (!this.told.includes(key)) this.told.push(key);
    this.giveUp(desk);
    return false;
  }

  /** Every leg has been told, and none of them needs these fills: the book has had them for long, or somebody must look. */
  private giveUp({ market, book, instrument }: RunnerDesk): void {
    if (!book.legs.every(({ leg }) => this.told.includes(`${market}/${leg}`))) return;
    const names = this.fills.filter((fill) => fill.market === market).map((fill) => `${fill.trade} of order ${fill.order}`);
    if (names.length > 0) this.core.alert("warning", `no position of ${instrument.symbol} is different by ${names.join(", ")}: not applied`);
    this.fills = this.fills.filter((fill) => fill.market !== market);
    this.settled(market);
  }

  private apply(order: number): void {
    const own = this.fills.filter((fill) => fill.order === order);
    this.fills = this.fills.filter((fill) => fill.order !== order);
    for (const fill of own) this.outcomes.filled(fill);
  }

  private settled(market: MarketIndex): void {
    if (this.fills.some((fill) => fill.market === market)) return;
    this.told = this.told.filter((key) => !key.startsWith(`${market}/`));
    this.core.unlock(market, lockOf(true));
    this.core.unlock(market, lockOf(false));
  }

  snapshot(): OrphansState {
    return { fills: [...this.fills], told: [...this.told] };
  }

  restore({ fills, told }: OrphansState): void {
    this.fills = [...fills];
    this.told = [...told];
  }
}

function lockOf(isBeyondJournal: boolean): Reason {
  return isBeyondJournal ? "order_beyond_journal" : "missed_fill";
}
