// An instrument of a session: its filters as exact integers and the arithmetic that depends on its scales.
// Tick and step are filters checked by modulus, never the unit.

import type { Money, Price, Quantity } from "./brand.ts";
import { parseDecimal, parseRatio, parseUnits } from "./decimal.ts";
import { assert, SeatrialError } from "./errors.ts";
import { divideBig, maxExact, mulDiv, multiply, pow10, ratio, remainder, type Ratio, type Rounding } from "./numbers.ts";
import { tickBandProblem, TickBands, type TickBand } from "./tick-bands.ts";

export { tickBandProblem, type TickBand };

/** A venue's trading rules of one market, as decimal text: what a ccxt market structure or a scenario says. */
export interface MarketRules {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Currency of margin, fees and P&L; the quote for spot. */
  readonly settle: string;
  readonly kind: "spot" | "swap";
  readonly inverse: boolean;
  /** Base units a contract; "1" for spot and most linear swaps. */
  readonly contractSize: string;
  readonly tick: string;
  /** Hyperliquid: at most this many significant digits, so the tick moves with the price; null elsewhere. */
  readonly significantDigits: number | null;
  /** Other ticks from certain prices on, lowest first (stock exchanges); absent: one tick. */
  readonly tickBands?: readonly TickBand[];
  readonly step: string;
  readonly minQuantity: string | null;
  readonly maxQuantity: string | null;
  /** Largest market order, where the venue has a filter of its own for it. */
  readonly maxMarketQuantity: string | null;
  readonly minPrice: string | null;
  readonly maxPrice: string | null;
  readonly minNotional: string | null;
  readonly maxLeverage: number | null;
}

/** The scales of one market in one session; at least the decimals of the data. */
export interface InstrumentScales {
  readonly price: number;
  readonly quantity: number;
  /** Of the settlement currency. */
  readonly money: number;
}

export type PriceDirection = "down" | "up" | "nearest";

export class Instrument {
  declare readonly rules: MarketRules;
  declare readonly symbol: string;
  declare readonly spot: boolean;
  declare readonly inverse: boolean;
  declare readonly priceScale: number;
  declare readonly quantityScale: number;
  declare readonly moneyScale: number;
  declare readonly pricePower: number;
  declare readonly quantityPower: number;
  declare readonly moneyPower: number;
  declare readonly tick: Price;
  declare readonly significantDigits: number | null;
  declare private readonly bands: TickBands | null;
  /** The tick of every price; 0 where it depends on the price. */
  declare private readonly commonTick: number;
  declare readonly step: Quantity;
  declare readonly minQuantity: Quantity;
  /** 0 = no limit. */
  declare readonly maxQuantity: Quantity;
  declare readonly maxMarketQuantity: Quantity;
  declare readonly minPrice: Price;
  declare readonly maxPrice: Price;
  declare readonly minNotional: Money;
  declare readonly contractSize: Ratio;
  /** The same as float64, for sizing and views. */
  declare readonly contractSizeNumber: number;
  declare private readonly valueMultiplier: number;
  declare private readonly valueDivisor: number;
  /** Powers of ten of the divisor that no exact number holds; 1 for every market but those of the finest scales. */
  private extraPower = 1n;
  /** Value of one unit of quantity at one unit of price where every value is an exact product of the two; else 0. */
  declare readonly unitValue: number;

  /** @throws SeatrialError when a filter does not fit the scales */
  constructor(rules: MarketRules, scales: InstrumentScales) {
    this.rules = rules;
    this.symbol = rules.symbol;
    this.spot = rules.kind === "spot";
    this.inverse = rules.inverse;
    this.priceScale = scales.price;
    this.quantityScale = scales.quantity;
    this.moneyScale = scales.money;
    this.pricePower = pow10(scales.price);
    this.quantityPower = pow10(scales.quantity);
    this.moneyPower = pow10(scales.money);
    this.tick = positive(parseUnits(rules.tick, scales.price), "tick", rules) as Price;
    this.significantDigits = rules.significantDigits;
    this.bands = rules.tickBands === undefined ? null : new TickBands(rules.symbol, rules.tick, rules.tickBands, scales.price);
    this.commonTick = this.significantDigits === null && this.bands === null ? this.tick : 0;
    if (this.significantDigits !== null && this.bands !== null) {
      throw new SeatrialError({
        code: "bad_market_rules",
        reason: `${rules.symbol} has both significant digits and tick bands`,
        hint: "leave one out",
      });
    }
    this.step = positive(parseUnits(rules.step, scales.quantity), "step", rules) as Quantity;
    this.minQuantity = unitsOrZero(rules.minQuantity, scales.quantity) as Quantity;
    this.maxQuantity = largestOrZero(rules.maxQuantity, scales.quantity) as Quantity;
    this.maxMarketQuantity = largestOrZero(rules.maxMarketQuantity, scales.quantity) as Quantity;
    this.minPrice = unitsOrZero(rules.minPrice, scales.price) as Price;
    this.maxPrice = largestOrZero(rules.maxPrice, scales.price) as Price;
    this.minNotional = unitsOrZero(rules.minNotional, scales.money) as Money;
    this.contractSize = parseRatio(rules.contractSize);
    this.contractSizeNumber = this.contractSize.numerator / this.contractSize.denominator;
    const value = this.valueRatio();
    this.valueMultiplier = value.numerator;
    this.valueDivisor = value.denominator;
    this.unitValue = !this.inverse && value.denominator === 1 && this.extraPower === 1n ? value.numerator : 0;
  }

  /** Value of a quantity at a price in the settlement currency, rounded half away from zero unless said otherwise. */
  notional(price: Price, quantity: Quantity, rounding: Rounding = "halfAway"): Money {
    if (this.unitValue > 0) {
      const value = price * quantity * this.unitValue;
      if (value <= 9_007_199_254_740_991 && value >= -9_007_199_254_740_991) return value as Money;
    }
    // Number(): see mulDiv.
    if (this.inverse) return Number(this.inverseNotional(price, quantity, rounding)) as Money;
    const product = price * quantity;
    if (product > 9_007_199_254_740_991 || product < -9_007_199_254_740_991 || this.extraPower !== 1n) {
      return Number(this.notionalBig(price, quantity, rounding)) as Money;
    }
    return mulDiv(product, this.valueMultiplier, this.valueDivisor, rounding) as Money;
  }

  /** The tick that holds at a price: fixed, of its band, or 10^(digits - significant) on a venue with significant digits. */
  tickAt(price: Price): Price {
    if (this.commonTick > 0) return this.commonTick as Price;
    if (this.significantDigits === null) return this.bands === null ? this.tick : this.bands.at(price);
    let tick: number = this.tick;
    // Integers are always allowed, so the tick never grows beyond 1.
    let bound = pow10(this.significantDigits) * tick;
    while (price >= bound && tick < this.pricePower) {
      tick *= 10;
      bound *= 10;
    }
    return tick as Price;
  }

  /** A price on the tick grid. A price on the grid is its own result in every direction. @param price whole units */
  roundPrice(price: number, direction: PriceDirection): Price {
    // Every unit is a tick, as below every unit a step: nothing is off the grid.
    if (this.commonTick === 1) return price as Price;
    const tick = this.tickAt(price as Price);
    const whole = Math.floor(price / tick) * tick;
    const rest = price - whole;
    if (rest === 0) return price as Price;
    if (direction === "down") return whole as Price;
    if (direction === "up") return (whole + tick) as Price;
    return (rest * 2 >= tick ? whole + tick : whole) as Price;
  }

  isOnTick(price: Price): boolean {
    return this.commonTick === 1 || remainder(price, this.tickAt(price)) === 0;
  }

  isOnStep(quantity: Quantity): boolean {
    return this.step === 1 || remainder(quantity, this.step) === 0;
  }

  /** The price filter: on the grid, and within the venue's bounds. */
  takesPrice(price: Price): boolean {
    return price > 0 && price >= this.minPrice && (this.maxPrice === 0 || price <= this.maxPrice) && this.isOnTick(price);
  }

  /** The lot size filter. */
  takesQuantity(quantity: Quantity): boolean {
    return quantity > 0 && quantity >= this.minQuantity && (this.maxQuantity === 0 || quantity <= this.maxQuantity) && this.isOnStep(quantity);
  }

  /** Floor to the step. @param quantity whole units, not negative */
  floorQuantity(quantity: number): Quantity {
    if (this.step === 1) return quantity as Quantity;
    return (Math.floor(quantity / this.step) * this.step) as Quantity;
  }

  /** Ceil to the step. @param quantity not negative */
  ceilQuantity(quantity: number): Quantity {
    const rest = remainder(quantity, this.step);
    return (rest === 0 ? quantity : quantity - rest + this.step) as Quantity;
  }

  /** float64 of a price, exactly the parsed decimal text. */
  priceNumber(price: Price): number {
    return price / this.pricePower;
  }
  quantityNumber(quantity: Quantity): number {
    return quantity / this.quantityPower;
  }
  moneyNumber(money: Money): number {
    return money / this.moneyPower;
  }

  /**
   * A strategy's float64 price → units. Float noise below 10^-9 of the price is forgiven; a real rest off the grid is
   * rounded to the tick in `direction`. NaN, infinite, zero and negative prices, and prices that round to zero, give null.
   */
  priceFromNumber(value: number, direction: PriceDirection): Price | null {
    const exact = value * this.pricePower;
    if (!(exact > 0) || exact > 9_007_199_254_740_991) return null;
    const price = this.roundPrice(this.wholeUnits(exact, direction), direction);
    return price > 0 ? price : null;
  }

  /** A strategy's float64 quantity → units floored to the step (or ceiled). NaN, infinite and negative give null. */
  quantityFromNumber(value: number, direction: "down" | "up" = "down"): Quantity | null {
    const exact = value * this.quantityPower;
    if (!(exact >= 0) || exact > 9_007_199_254_740_991) return null;
    const whole = this.wholeUnits(exact, direction);
    return direction === "up" ? this.ceilQuantity(whole) : this.floorQuantity(whole);
  }

  /** Units without a rest: float noise is forgiven, a real rest goes the way that is asked for. @param exact not negative */
  private wholeUnits(exact: number, direction: PriceDirection): number {
    const whole = Math.floor(exact);
    // What comes out of Math.floor is an integer to the engine too: orders keep it without a box.
    if (whole === exact) return whole;
    const near = Math.round(exact);
    const isNoise = Math.abs(exact - near) <= near * 1e-12 + 1e-9;
    return isNoise || direction === "nearest" ? near : direction === "down" ? whole : whole + 1;
  }

  // money = price × quantity × contractSize × 10^(money - price - quantity), as one ratio in lowest terms
  private valueRatio(): Ratio {
    const exponent = this.moneyScale - this.priceScale - this.quantityScale;
    const { numerator, denominator } = this.contractSize;
    if (this.inverse) return ratio(numerator, denominator);
    if (exponent >= 0) return ratio(multiply(numerator, pow10(exponent)), denominator);
    // An 8-decimal pair with money in whole units needs 10^16, which is no exact number: the rest goes through BigInt.
    const direct = Math.min(-exponent, 15 - String(denominator).length + 1);
    this.extraPower = 10n ** BigInt(-exponent - direct);
    return ratio(numerator, multiply(denominator, pow10(direct)));
  }

  private notionalBig(price: Price, quantity: Quantity, rounding: Rounding): Money {
    const whole = BigInt(price) * BigInt(quantity) * BigInt(this.valueMultiplier);
    return this.moneyOf(divideBig(whole, BigInt(this.valueDivisor) * this.extraPower, rounding), price, quantity);
  }

  // Inverse: quantity contracts of contractSize quote units, settled in base: value = quantity × contractSize ÷ price.
  private inverseNotional(price: Price, quantity: Quantity, rounding: Rounding): Money {
    const numerator = BigInt(quantity) * BigInt(this.valueMultiplier) * 10n ** BigInt(this.moneyScale + this.priceScale);
    const denominator = BigInt(price) * BigInt(this.valueDivisor) * 10n ** BigInt(this.quantityScale);
    assert(price > 0, "I-30", () => `${this.symbol} has no value at a price of ${price}`);
    return this.moneyOf(divideBig(numerator, denominator, rounding), price, quantity);
  }

  private moneyOf(value: bigint, price: Price, quantity: Quantity): Money {
    if (value > BigInt(maxExact) || value < -BigInt(maxExact)) {
      throw new SeatrialError({
        code: "number_overflow",
        exitCode: 2,
        reason: `the value of ${quantity} × ${price} of ${this.symbol} does not fit ±2^53`,
      });
    }
    return Number(value) as Money;
  }
}

/** Decimals that a market's own filters need. */
export function ruleDecimals(rules: MarketRules): { price: number; quantity: number } {
  const decimals = (texts: (string | null)[]) => Math.max(0, ...texts.map((text) => (text === null ? 0 : parseDecimal(text).scale)));
  return {
    price: decimals([rules.tick, rules.minPrice, rules.maxPrice, ...(rules.tickBands ?? []).flatMap(({ from, tick }) => [from, tick])]),
    quantity: decimals([rules.step, rules.minQuantity, rules.maxQuantity, rules.maxMarketQuantity]),
  };
}

function unitsOrZero(text: string | null, scale: number): number {
  return text === null ? 0 : parseUnits(text, scale);
}

/** A limit beyond ±2^53 can never be reached (OKX allows 10^14 units at 6 decimals): none. */
function largestOrZero(text: string | null, scale: number): number {
  if (text === null) return 0;
  const { units, scale: decimals } = parseDecimal(text);
  const reachable = (BigInt(maxExact) * 10n ** BigInt(decimals)) / 10n ** BigInt(scale);
  return units > reachable ? 0 : parseUnits(text, scale);
}

function positive(units: number, what: string, rules: MarketRules): number {
  if (units > 0) return units;
  throw new SeatrialError({ code: "bad_market_rules", reason: `${rules.symbol}: the ${what} must be greater than zero` });
}
