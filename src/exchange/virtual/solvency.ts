// Solvency without a cost for quiet bars: between fills, a single open position can only become insolvent beyond one
// price, so a bar inside that price needs no arithmetic. The verdict itself is exact.

import type { Money, Position, Price } from "../../domain/index.ts";
import type { Account } from "./account.ts";

export class SolvencyWatch {
  declare private readonly account: Account;
  declare private readonly currency: number;
  /** Of the value of a position: its maintenance margin. */
  declare private readonly rate: number;
  /** The market whose lone position has the danger prices; -1 = nothing open, -2 = no shortcut: always look. */
  private lone = -1;
  /** A price at or beyond these may make the account insolvent; valid while `isPredictable`. */
  dangerLow = Number.NEGATIVE_INFINITY;
  dangerHigh = Number.POSITIVE_INFINITY;

  constructor(account: Account, currency: number) {
    this.account = account;
    this.currency = currency;
    this.rate = account.maintenance.numerator / account.maintenance.denominator;
  }

  /** To be called after every change of a position or the wallet. */
  refresh(): void {
    this.lone = -1;
    let open: Position | null = null;
    const { markets } = this.account;
    for (let at = 0; at < markets.length; at += 1) {
      const { legs, instrument } = markets[at] as Account["markets"][number];
      if (instrument.spot) continue;
      for (let n = 0; n < legs.length; n += 1) {
        const leg = legs[n] as Position;
        if (leg.quantity === 0) continue;
        this.lone = open === null && !instrument.inverse ? at : -2;
        open = leg;
      }
    }
    if (open === null) {
      this.dangerLow = Number.NEGATIVE_INFINITY;
      this.dangerHigh = Number.POSITIVE_INFINITY;
    }
    if (open !== null && this.lone >= 0) this.setDanger(open);
  }

  /** True when the danger prices of one market are all that there is to watch. */
  isPredictable(market: number): boolean {
    return this.lone === -1 || this.lone === market;
  }

  /** False when no price of the range can make the account insolvent. */
  endangered(market: number, low: Price, high: Price): boolean {
    if (this.lone === -2) return true;
    return this.lone === market && (low <= this.dangerLow || high >= this.dangerHigh);
  }

  /** Exact: equity and maintenance margin with one market at a price, when equity does not exceed it; else null. */
  shortfall(market: number, price: Price): { equity: Money; maintenance: Money } | null {
    const equity = this.account.equityOf(this.currency, market, price);
    const maintenance = this.account.maintenanceOf(this.currency, market, price);
    return maintenance > 0 && equity <= maintenance ? { equity, maintenance } : null;
  }

  // wallet ± (value - cost) = rate × value, solved for the price. A hair wide, because the exact check decides.
  private setDanger(position: Position): void {
    const { instrument } = position;
    const { rate } = this;
    const wallet = this.account.wallet(this.currency);
    const size = instrument.contractSizeNumber;
    const valueOfOne = (Math.abs(position.quantity) * size * instrument.moneyPower) / (instrument.pricePower * instrument.quantityPower);
    // The exact check rounds value and margin by up to two units of money: as many prices as that is worth.
    const slack = 1 + 4 / valueOfOne;
    this.dangerLow = Number.NEGATIVE_INFINITY;
    this.dangerHigh = Number.POSITIVE_INFINITY;
    if (position.quantity > 0) this.dangerLow = ((position.cost - wallet) / (valueOfOne * (1 - rate))) * (1 + 1e-9) + slack;
    else this.dangerHigh = ((position.cost + wallet) / (valueOfOne * (1 + rate))) * (1 - 1e-9) - slack;
  }
}
