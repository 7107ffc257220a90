// Carries out a liquidation: takes the pool's open orders away, plans, applies each close to the account, settles with the
// insurance fund, and tells what was done. Whether anything is liquidated is the margin book's verdict, never made here.

import {
  assert,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type Position,
  type Price,
  type Reason,
  type Sequence,
  type VenueEvent,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import { Party } from "./ledger.ts";
import { planLiquidation, type LiquidationPlan, type LiquidationStep } from "./liquidation.ts";
import type { AccountPool, LiquidationHit, MarginBook } from "./margin-book.ts";
import { isOpen, moneyStanding, standing } from "./margin-pool.ts";
import type { LiquidationRule } from "./margin-rules.ts";

/** What a liquidation needs of the exchange around it. */
export interface LiquidationHost {
  readonly account: Account;
  emit(event: VenueEvent, time: Millis): void;
  nextSequence(): Sequence;
  /** To be called after every change of positions or money. */
  positionChanged(): void;
  /** Ends the open orders of a market, or those of one leg. */
  cancelOrders(market: MarketIndex, leg: Leg | null, time: Millis, reason: Reason): void;
  /**
   * Price that a close of a leg trades at in the market's current bar, from a trade price on: spread and slippage against it,
   * within the bar.
   */
  closePrice(market: MarketIndex, position: Position, price: Price): Price;
}

export class Liquidator {
  declare private readonly host: LiquidationHost;
  declare private readonly book: MarginBook;
  declare private readonly rule: LiquidationRule;
  /** When a share of a position was closed last; -∞ before the first time. */
  shareTime: number = Number.NEGATIVE_INFINITY;

  constructor(host: LiquidationHost, book: MarginBook, rule: LiquidationRule) {
    this.host = host;
    this.book = book;
    this.rule = rule;
  }

  /**
   * @param market the one on whose path the pool was hit. @param traded the trade price at that moment; the other markets of the
   * pool close from their last prices
   */
  liquidate(hit: LiquidationHit, market: MarketIndex, traded: Price, time: Millis): void {
    const { host, rule } = this;
    this.cancelOrders(hit.pool, time);
    const executions = hit.pool.markets.map(({ index, legs }) => {
      const price = index === market ? traded : host.account.market(index).last;
      return host.closePrice(index as MarketIndex, largest(legs), price);
    });
    const plan = planLiquidation(hit.pool, rule, executions, time - this.shareTime);
    this.apply(hit.pool, plan, time);
    const last = plan.steps.at(-1);
    if (rule.portion.kind === "share" && last !== undefined && isOpen(legOf(hit.pool, last))) this.shareTime = time;
  }

  /** Orders of a cross pool are those of every market that shares its wallet; an isolated leg has its own only. */
  private cancelOrders({ markets }: AccountPool, time: Millis): void {
    const { host, book } = this;
    const first = markets[0];
    assert(first !== undefined, "I-37", () => "a pool without a market cannot be liquidated");
    if (book.isIsolated) return host.cancelOrders(first.index as MarketIndex, (first.legs[0] as Position).leg, time, "liquidated");
    const { settle } = host.account.markets[first.index] as Account["markets"][number];
    host.account.markets.forEach((market, at) => {
      if (market.settle === settle && !market.instrument.spot) host.cancelOrders(at as MarketIndex, null, time, "liquidated");
    });
  }

  private apply(pool: AccountPool, plan: LiquidationPlan, time: Millis): void {
    const { host, book } = this;
    const { account } = host;
    const { equity, maintenance } = moneyStanding(standing(pool, this.rule));
    plan.steps.forEach((step, at) => {
      const { index } = pool.markets[step.market] as AccountPool["markets"][number];
      const market = index as MarketIndex;
      const position = legOf(pool, step);
      const { legs, settle } = account.markets[index] as Account["markets"][number];
      const side = position.quantity > 0 ? "sell" : "buy";
      const gain = account.liquidate(index, position, step.quantity, step.price, step.fee);
      assert(gain === step.gain, "I-37", () => `a liquidation realised ${gain}, not the planned ${step.gain}`);
      const insurance = at === plan.steps.length - 1 ? plan.insurance : (0 as Money);
      if (insurance !== 0) account.pay(settle, Party.insurance, insurance);
      if (at === plan.steps.length - 1) book.liquidated(index, legs.indexOf(position), plan.wallet);
      const { quantity, price, fee } = step;
      const { leg, quantity: left } = position;
      const sequence = host.nextSequence();
      const { takeover } = plan;
      host.emit(
        { type: "liquidated", time, sequence, market, leg, side, quantity, price, fee, insurance, left, equity, maintenance, takeover },
        time,
      );
    });
  }
}

function legOf({ markets }: AccountPool, { market, leg }: LiquidationStep): Position {
  return (markets[market] as AccountPool["markets"][number]).legs[leg] as Position;
}

/** Of a hedged pair the larger leg decides on which side of the price the closes trade. */
function largest(legs: readonly Position[]): Position {
  return legs.reduce((most, leg) => (Math.abs(leg.quantity) > Math.abs(most.quantity) ? leg : most));
}
