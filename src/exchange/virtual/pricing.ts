// Prices of executions that take liquidity: half the spread and slippage move them against the order, never outside
// the bar's range. Exact: whole ticks, rounded against the order.

import { divideBig, parseDecimal, parseRatio, type Instrument, type Price, type Quantity, type Ratio } from "../../domain/index.ts";
import type { FillModel } from "./fill-model.ts";

export class TakerPricing {
  declare private readonly instrument: Instrument;
  declare private readonly halfSpread: Ratio;
  declare private readonly slippage: FillModel["slippage"];
  declare private readonly base: Ratio;
  declare private readonly slope: Ratio;
  declare private readonly limit: Ratio | null;
  /** Bid = ask = the bar's price. */
  declare readonly spreadless: boolean;
  /** Who takes gets the bar's price itself: the fast road. */
  declare readonly frictionless: boolean;
  /** There are orders that are too large to be priced. */
  declare readonly limited: boolean;

  constructor(instrument: Instrument, halfSpreadBp: string, slippage: FillModel["slippage"]) {
    this.instrument = instrument;
    this.halfSpread = basisPoints(halfSpreadBp);
    this.slippage = slippage;
    this.base = basisPoints(slippage.kind === "bps" ? slippage.bps : slippage.kind === "volume_share" ? slippage.baseBps : "0");
    this.slope = basisPoints(slippage.kind === "volume_share" ? slippage.slopeBps : "0");
    this.limit = slippage.kind === "volume_share" && slippage.limit !== null ? parseRatio(slippage.limit) : null;
    this.limited = this.limit !== null;
    this.spreadless = this.halfSpread.numerator === 0;
    this.frictionless = slippage.kind === "none" && this.spreadless;
  }

  /** Ask above (+1) or bid below (-1) a price: what an arriving order meets before slippage. */
  touch(price: Price, direction: 1 | -1): Price {
    if (this.spreadless) return price;
    return this.move(price, direction, this.halfSpread.numerator, this.halfSpread.denominator);
  }

  /** Execution price of an order that takes `quantity` at a bar's price, within [low, high]. */
  execution(price: Price, direction: 1 | -1, quantity: Quantity, volume: Quantity, low: Price, high: Price): Price {
    if (this.frictionless) return price;
    let moved = this.touch(price, direction);
    if (this.slippage.kind === "ticks") moved = (moved + direction * this.slippage.ticks * this.instrument.tickAt(price)) as Price;
    else if (this.slippage.kind === "bps") moved = this.move(moved, direction, this.base.numerator, this.base.denominator);
    else if (this.slippage.kind === "volume_share" && volume > 0) moved = this.impact(moved, direction, quantity, volume);
    return Math.min(Math.max(moved, low), high) as Price;
  }

  /** What the venue gets for a position that it closes from a price of a bar on: the tick beyond it, then as for any taker. */
  closing(price: Price, position: Quantity, volume: Quantity, low: Price, high: Price): Price {
    const direction = position > 0 ? -1 : 1;
    const tick = this.instrument.roundPrice(price, direction === 1 ? "up" : "down");
    return this.execution(Math.min(Math.max(tick, low), high) as Price, direction, Math.abs(position) as Quantity, volume, low, high);
  }

  /** True when an order is too large a share of the bar for the model to price it. */
  refuses(quantity: Quantity, volume: Quantity): boolean {
    if (this.limit === null) return false;
    return BigInt(quantity) * BigInt(this.limit.denominator) > BigInt(this.limit.numerator) * BigInt(volume);
  }

  // base + slope × quantity ÷ volume, as one exact ratio
  private impact(price: Price, direction: 1 | -1, quantity: Quantity, volume: Quantity): Price {
    const denominator = BigInt(this.base.denominator) * BigInt(this.slope.denominator) * BigInt(volume);
    const base = BigInt(this.base.numerator) * BigInt(this.slope.denominator) * BigInt(volume);
    const slope = BigInt(this.slope.numerator) * BigInt(this.base.denominator) * BigInt(quantity);
    const distance = Number(divideBig(BigInt(price) * (base + slope), denominator, "up"));
    return this.onTick(price + direction * distance, direction);
  }

  private move(price: Price, direction: 1 | -1, numerator: number, denominator: number): Price {
    const distance = Number(divideBig(BigInt(price) * BigInt(numerator), BigInt(denominator), "up"));
    return this.onTick(price + direction * distance, direction);
  }

  private onTick(price: number, direction: 1 | -1): Price {
    return this.instrument.roundPrice(Math.max(price, 1), direction === 1 ? "up" : "down");
  }
}

function basisPoints(text: string): Ratio {
  const { units, scale } = parseDecimal(text);
  return parseRatio(`${units}e-${scale + 4}`);
}
