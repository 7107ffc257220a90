// The margin of one account: which pots it has (the cross wallets, the isolated legs), how much each isolated leg holds, where
// danger begins, and the first price of a path at which a pot is liquidated. It moves no money; the account does.

import { assert, mulDiv, type Instrument, type Money, type Position, type Price, type Quantity } from "../../domain/index.ts";
import { isolatedMarginAfter, type MarginMode } from "./isolated-margin.ts";
import { liquidationBetween } from "./liquidation-price.ts";
import { isOpen, type MarginPool, type PoolMarket } from "./margin-pool.ts";
import type { MarginRule } from "./margin-rules.ts";
import type { MarginTiers } from "./margin-tiers.ts";
import { MarginWatch } from "./margin-watch.ts";

/** What the book reads of an account; `Account` is one. Indices are those of its ledger and of its markets. */
export interface AccountView {
  readonly markets: readonly { readonly instrument: Instrument; readonly settle: number; readonly legs: readonly Position[] }[];
  wallet(currency: number): Money;
}

/** How one market is margined. */
export interface MarketMargin {
  readonly tiers: MarginTiers;
  readonly mode: MarginMode;
  /** At least 1, a whole number. */
  readonly leverage: number;
}

/** A pot whose legs are the account's own positions. */
export interface AccountPool extends MarginPool {
  readonly markets: readonly (PoolMarket & { readonly legs: readonly Position[] })[];
}

export interface LiquidationHit {
  /** At the prices of that moment. */
  readonly pool: AccountPool;
  readonly price: Price;
}

const legsMax = 2;

export class MarginBook {
  /** The price that margin is judged at, by market: the mark, or the last price where there is no mark series. */
  declare readonly marks: Float64Array;
  declare private readonly account: AccountView;
  /** null = a spot market. */
  declare private readonly margins: readonly (MarketMargin | null)[];
  declare private readonly rule: MarginRule;
  /** The legs have margins of their own. */
  declare readonly isIsolated: boolean;
  declare private readonly watch: MarginWatch;
  /** Margins of isolated legs, two places a market. */
  declare private readonly isolated: Float64Array;

  constructor(account: AccountView, margins: readonly (MarketMargin | null)[], rule: MarginRule) {
    this.account = account;
    this.margins = margins;
    this.rule = rule;
    this.isIsolated = margins.some((margin) => margin?.mode === "isolated");
    this.watch = new MarginWatch(margins.length);
    this.isolated = new Float64Array(margins.length * legsMax);
    this.marks = new Float64Array(margins.length);
  }

  /**
   * To be called after a fill has been applied to a leg, before `refresh`.
   * @param before signed quantity before the fill
   * @param openedValue value of what the fill opened, 0 when it only reduced
   */
  filled(market: number, leg: number, before: Quantity, openedValue: Money): void {
    const margin = this.margins[market];
    if (margin?.mode !== "isolated") return;
    const position = this.account.markets[market]?.legs[leg];
    assert(position !== undefined, "I-29", () => `market ${market} has no leg ${leg}`);
    this.isolated[place(market, leg)] = isolatedMarginAfter(this.marginOf(market, leg), before, position.quantity, openedValue, margin.leverage);
  }

  /**
   * To be called in place of `filled` once the steps of a liquidation have been applied to an isolated leg: its loss is its own,
   * and the cross wallet neither gains nor loses by it.
   * @param left the plan's wallet: the margin of what is still open, or, of a closed leg, what goes back to the balance
   */
  liquidated(market: number, leg: number, left: Money): void {
    if (this.margins[market]?.mode !== "isolated") return;
    const position = this.account.markets[market]?.legs[leg];
    this.isolated[place(market, leg)] = position !== undefined && isOpen(position) ? left : 0;
  }

  /** Adds to the margin of an isolated leg, or takes from it: by hand, or by a funding payment. */
  adjust(market: number, leg: number, change: Money): void {
    assert(this.margins[market]?.mode === "isolated", "I-37", () => "only an isolated leg has a margin of its own");
    this.isolated[place(market, leg)] = this.marginOf(market, leg) + change;
  }

  /** Margin set apart for an isolated leg; 0 for a cross leg. */
  marginOf(market: number, leg: number): Money {
    return this.isolated[place(market, leg)] as Money;
  }

  /** What the open legs of a currency hold back from new orders: isolated margins, and value at entry ÷ leverage of cross legs. */
  positionMargin(currency: number): Money {
    let sum = 0;
    for (const [at, { settle, legs }] of this.account.markets.entries()) {
      const margin = this.margins[at];
      if (settle !== currency || margin === null || margin === undefined) continue;
      for (const [n, { cost }] of legs.entries()) sum += margin.mode === "isolated" ? this.marginOf(at, n) : mulDiv(cost, 1, margin.leverage, "up");
    }
    return sum as Money;
  }

  /** To be called after every change of a position, a wallet, a margin or the mode, with the marks of that moment. */
  refresh(): void {
    this.watch.guard(this.pools(), this.rule);
  }

  /** False while nothing is open. */
  get watching(): boolean {
    return this.watch.watching;
  }

  /** A market's price at or below this one may liquidate something. */
  dangerLow(market: number): number {
    return this.watch.dangerLow(market);
  }

  /** A market's price at or above this one may liquidate something. */
  dangerHigh(market: number): number {
    return this.watch.dangerHigh(market);
  }

  /** False when no price from low to high can liquidate anything: two comparisons. */
  endangered(market: number, low: Price, high: Price): boolean {
    return this.watch.endangered(market, low, high);
  }

  /**
   * The first price on the way of a market from one price to another at which a pool is liquidated; null when there is none. The
   * other markets stand at their marks. A pool that is liquidated at `from` already is hit there: a gap. The price is a mark; what
   * the close trades at is the tick beyond it, or worse. Of a market's pools only one can be hit on a way in one direction, both in
   * a gap: to be asked again, from there, once the hit has been dealt with.
   */
  firstHit(market: number, from: Price, to: Price): LiquidationHit | null {
    for (const pool of this.pools(market, from)) {
      const at = pool.markets.findIndex(({ index }) => index === market);
      const price = at < 0 ? null : liquidationBetween(pool, this.rule, at, from, to);
      if (price === null) continue;
      return { pool: { ...pool, markets: pool.markets.map((each, n) => (n === at ? { ...each, mark: price } : each)) }, price };
    }
    return null;
  }

  /**
   * The pots with something open: of each currency the cross wallet, then isolated legs in the order of markets and legs.
   * @param moved a market at another price than its mark, -1 = none
   */
  pools(moved = -1, price = 0 as Price): AccountPool[] {
    const cross = new Map<number, AccountPool["markets"][number][]>();
    const alone: AccountPool[] = [];
    this.account.markets.forEach(({ instrument, settle, legs }, index) => {
      const margin = this.margins[index];
      if (margin === null || margin === undefined || !legs.some(isOpen)) return;
      const market = { index, instrument, tiers: margin.tiers, mark: (index === moved ? price : this.marks[index]) as Price };
      if (margin.mode === "cross") cross.set(settle, [...(cross.get(settle) ?? []), { ...market, legs }]);
      else legs.forEach((leg, n) => isOpen(leg) && alone.push({ wallet: this.marginOf(index, n), markets: [{ ...market, legs: [leg] }] }));
    });
    return [...[...cross].map(([currency, markets]) => ({ wallet: this.crossWallet(currency), markets })), ...alone];
  }

  /** The wallet of a currency without what is set apart for isolated legs. */
  private crossWallet(currency: number): Money {
    let sum: number = this.account.wallet(currency);
    this.account.markets.forEach(({ settle, legs }, at) => {
      if (settle === currency) legs.forEach((_, n) => (sum -= this.marginOf(at, n)));
    });
    return sum as Money;
  }

  snapshot(): { readonly marks: number[]; readonly isolated: number[] } {
    return { marks: [...this.marks], isolated: [...this.isolated] };
  }

  restore(saved: { readonly marks: readonly number[]; readonly isolated: readonly number[] }): void {
    this.marks.set(saved.marks);
    this.isolated.set(saved.isolated);
    this.refresh();
  }
}

function place(market: number, leg: number): number {
  return market * legsMax + leg;
}
