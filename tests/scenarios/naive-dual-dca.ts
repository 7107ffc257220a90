// A second program for the close-confirmed ladder of dual-dca under the default fill rules: bars in, fills out, as plainly
// as the rules can be written down. Expected values of shipped scenarios come from it, so it must never use the runner,
// the exchange or the strategy; only bars and parameters are shared. It knows market orders at the next open, sub-sells that
// live one minute, and decisions on even bars, so that no order is out when the next decision is made.
import type { BarSeries } from "../../src/domain/index.ts";

export type NaiveSide = "LONG" | "SHORT";
export type NaiveFamily = "entry" | "dca" | "tp" | "partial";

/** The parameters of dual-dca that the model knows, by their own names. */
export interface NaiveParams {
  readonly firstQty: number;
  readonly minOrderQty: number;
  readonly equityForSizing: number;
  readonly tpPercent: number;
  readonly callbackPercent: number;
  readonly stepPercent: number;
  readonly firstSteps: readonly number[];
  readonly multipliers: readonly number[];
  readonly restMultiplier: number;
  readonly maxFillsPerBar: number;
  readonly maxSubSellsPerBar: number;
  readonly maxOrdersPer3Min: number;
  readonly subSellTpPercent: number;
  readonly subSellMinFills: number;
  readonly hardBreakevenDeleveragePct: number;
}

export interface NaiveMarket {
  readonly bars: BarSeries;
  /** Price tick and quantity step in units of the series. */
  readonly tick: number;
  readonly step: number;
  /** The venue's floor of one order with its margin of a tenth, in quote. */
  readonly floor: number;
  /** From this bar's close on nothing that increases risk. */
  readonly stopAt: number;
}

export interface NaiveFill {
  readonly bar: number;
  readonly leg: NaiveSide;
  readonly family: NaiveFamily;
  readonly side: "buy" | "sell";
  readonly liquidity: "maker" | "taker";
  /** Units of the series. */
  readonly quantity: bigint;
  readonly price: bigint;
}

interface Lot {
  quantity: number;
  price: number;
  /** The level that asked for it; later levels are measured from it. */
  readonly trigger: number;
  readonly rung: number;
  readonly order: NaiveOrder;
}

interface NaiveOrder {
  readonly leg: NaiveLeg;
  readonly family: NaiveFamily;
  readonly side: "buy" | "sell";
  /** Limit in units; 0 = market. */
  readonly limit: number;
  readonly level: number;
  readonly rung: number;
  readonly lot: Lot | null;
  /** Units still to fill. */
  left: number;
}

/** Round-trip fees of two takers at 0.05 %, in percent. */
const feePercent = 0.1;
const threeMinutes = 180_000;

class NaiveLeg {
  readonly side: NaiveSide;
  readonly sign: 1 | -1;
  lots: Lot[] = [];
  /** Units held. */
  held = 0;
  base = 0;
  /** Best price since the target was reached; null before. */
  best: number | null = null;
  asked: number[] = [];

  constructor(side: NaiveSide) {
    this.side = side;
    this.sign = side === "LONG" ? 1 : -1;
  }

  /** A price `percent` in favour of the leg. */
  away(price: number, percent: number): number {
    return price * (1 + (this.sign * percent) / 100);
  }

  isAtLeast(price: number, level: number): boolean {
    return this.sign * (price - level) >= 0;
  }

  cost(lots: readonly Lot[] = this.lots): number {
    return lots.reduce((sum, lot) => sum + lot.quantity * lot.price, 0);
  }

  /** A rest that is smaller than a step cannot be sold: it counts with the lot below. */
  sell(lot: Lot, quantity: number, step: number): void {
    lot.quantity -= quantity;
    const below = this.lots[this.lots.indexOf(lot) - 1];
    if (lot.quantity > 1e-9 && lot.quantity < step - 1e-9 && below !== undefined) {
      below.price = this.cost([below, lot]) / (below.quantity + lot.quantity);
      below.quantity += lot.quantity;
      lot.quantity = 0;
    }
    this.lots = this.lots.filter((one) => one.quantity > 1e-9);
  }

  size(): number {
    return this.lots.reduce((sum, lot) => sum + lot.quantity, 0);
  }
}

/** Replays a market from its first bar to its last. */
export class NaiveDualDca {
  readonly fills: NaiveFill[] = [];
  readonly legs: readonly NaiveLeg[] = [new NaiveLeg("LONG"), new NaiveLeg("SHORT")];
  /** Orders that fill found less volume for than they wanted, or none. */
  short = 0;
  refused = 0;
  private readonly params: NaiveParams;
  private readonly market: NaiveMarket;
  private orders: NaiveOrder[] = [];
  private bar = 0;

  constructor(params: NaiveParams, market: NaiveMarket) {
    this.params = params;
    this.market = market;
  }

  run(): this {
    for (this.bar = 0; this.bar < this.market.bars.length; this.bar += 1) {
      this.match();
      for (const leg of this.legs) this.decide(leg);
    }
    return this;
  }

  // ---- the bar fills what was asked for at the close before it ------------------------------------------------------

  private match(): void {
    const { bars, step } = this.market;
    const [open, high, low, close] = [bars.openAt(this.bar), bars.highAt(this.bar), bars.lowAt(this.bar), bars.closeAt(this.bar)];
    let volume = Math.floor((bars.volume[this.bar] as number) / 10 / step) * step;
    const take = (order: NaiveOrder, price: number, liquidity: "maker" | "taker") => {
      const quantity = Math.min(order.left, volume, order.family === "tp" ? order.leg.held : order.left);
      if (quantity === 0) return;
      volume -= quantity;
      order.left -= quantity;
      this.fill(order, quantity, price, liquidity);
    };
    const asked = this.orders;
    this.orders = [];
    for (const order of asked) if (order.limit === 0 || isWithin(order, open)) take(order, open, "taker");
    const resting = asked.filter((order) => order.limit !== 0 && order.left > 0);
    const lowFirst = open - low === high - open ? close >= open : open - low < high - open;
    for (const way of lowFirst ? ["down", "up"] : ["up", "down"]) {
      const side = way === "up" ? "sell" : "buy";
      const woken = resting.filter((order) => order.side === side).sort((a, b) => (side === "sell" ? a.limit - b.limit : b.limit - a.limit));
      // Traded through by a tick, as a maker at its own price.
      for (const order of woken) if (side === "sell" ? high > order.limit : low < order.limit) take(order, order.limit, "maker");
    }
    this.short += asked.filter((order) => order.limit === 0 && order.left > 0).length;
    for (const order of asked) if (order.family === "entry" && order.leg.lots.length === 0) order.leg.base = 0;
  }

  private fill(order: NaiveOrder, units: number, price: number, liquidity: "maker" | "taker"): void {
    const { bars } = this.market;
    const { leg, family, side } = order;
    this.fills.push({ bar: this.bar, leg: leg.side, family, side, liquidity, quantity: BigInt(units), price: BigInt(price) });
    const [quantity, at] = [units / bars.quantityPower, price / bars.pricePower];
    if (family === "entry" || family === "dca") {
      leg.held += units;
      const first = leg.lots.length === 0;
      leg.lots.push({ quantity, price: at, trigger: first ? at : order.level, rung: first ? 0 : order.rung, order });
      leg.best = null;
      return;
    }
    leg.held -= units;
    if (family === "partial" && order.lot !== null) {
      leg.sell(order.lot, quantity, this.market.step / bars.quantityPower);
    } else {
      const kept = 1 - quantity / leg.size();
      for (const lot of leg.lots) lot.quantity *= kept;
    }
    if (leg.held > 0) return;
    leg.lots = [];
    leg.base = 0;
    leg.best = null;
  }

  // ---- the close decides ------------------------------------------------------------------------------------------

  private decide(leg: NaiveLeg): void {
    const { bars } = this.market;
    const close = bars.closeAt(this.bar) / bars.pricePower;
    const best = (leg.sign > 0 ? bars.highAt(this.bar) : bars.lowAt(this.bar)) / bars.pricePower;
    const worst = (leg.sign > 0 ? bars.lowAt(this.bar) : bars.highAt(this.bar)) / bars.pricePower;
    const decides = this.bar % 2 === 0;
    if (leg.lots.length === 0) {
      if (decides) this.enter(leg, close);
      return;
    }
    const due = this.isTakeProfitDue(leg, close, best);
    if (!decides) return;
    if (due) {
      this.ask(leg, { family: "tp", units: leg.held });
      return;
    }
    this.sellLots(leg, close, best);
    this.add(leg, close, worst);
  }

  private enter(leg: NaiveLeg, close: number): void {
    const quantity = Math.max(this.onStep(this.params.firstQty), this.minimum(close));
    if (quantity * close > this.params.equityForSizing || !this.mayAsk(leg)) return;
    if (this.isStopped()) return;
    leg.base = quantity;
    this.ask(leg, { family: "entry", units: this.units(quantity) });
  }

  private isTakeProfitDue(leg: NaiveLeg, close: number, best: number): boolean {
    const target = leg.away(leg.cost() / leg.size(), this.params.tpPercent);
    if (leg.best === null && !leg.isAtLeast(best, target)) return false;
    if (leg.best === null || leg.isAtLeast(best, leg.best)) leg.best = best;
    return leg.isAtLeast(close, target) && leg.isAtLeast(leg.away(leg.best, -this.params.callbackPercent), close);
  }

  /** Newest lot first, each as a limit at what it cost with fees and profit; beyond half of the budget at cost and fees. */
  private sellLots(leg: NaiveLeg, close: number, best: number): void {
    const { params, market } = this;
    for (let sold = 0; sold < params.maxSubSellsPerBar && sold < leg.lots.length; sold += 1) {
      const left = leg.lots.slice(0, leg.lots.length - sold);
      const lot = left[left.length - 1] as Lot;
      const forced = leg.cost(left) > (params.equityForSizing * params.hardBreakevenDeleveragePct) / 100;
      if (!forced && left.length <= params.subSellMinFills) return;
      const floor = leg.away(lot.price, feePercent + (forced ? 0 : params.tpPercent));
      const wanted = leg.away(lot.price, params.subSellTpPercent);
      const target = forced || !leg.isAtLeast(wanted, floor) ? floor : wanted;
      if (!leg.isAtLeast(best, target) || !leg.isAtLeast(close, target)) return;
      if (lot.quantity < market.floor / close) return;
      const ticks = (floor * market.bars.pricePower) / market.tick;
      const limit = (leg.sign > 0 ? Math.ceil(ticks - 1e-9) : Math.floor(ticks + 1e-9)) * market.tick;
      this.ask(leg, { family: "partial", units: this.wholeSteps(lot.quantity), limit, lot });
    }
  }

  /** Levels that the bar touched and its close confirms, nearest first. */
  private add(leg: NaiveLeg, close: number, worst: number): void {
    const { params } = this;
    const newest = leg.lots[leg.lots.length - 1] as Lot;
    let spent = leg.cost();
    let level = newest.trigger;
    for (let rung = newest.rung + 1; rung <= newest.rung + params.maxFillsPerBar; rung += 1) {
      level = leg.away(level, -(params.firstSteps[rung - 1] ?? params.stepPercent));
      if (!leg.isAtLeast(level, worst) || !leg.isAtLeast(level, close)) return;
      const wanted = this.onStep(leg.base * (params.multipliers[rung - 1] ?? params.restMultiplier));
      const quantity = Math.max(wanted, this.minimum(close));
      if (spent + quantity * close > params.equityForSizing || !this.mayAsk(leg)) return;
      spent += quantity * level;
      if (!this.isStopped()) this.ask(leg, { family: "dca", units: this.units(quantity), level, rung });
    }
  }

  private ask(leg: NaiveLeg, what: { family: NaiveFamily; units: number; limit?: number; level?: number; rung?: number; lot?: Lot }): void {
    const { family, units, limit = 0, level = 0, rung = 0, lot = null } = what;
    const increases = family === "entry" || family === "dca";
    if (increases) leg.asked.push(this.now());
    this.orders.push({ leg, family, side: increases === leg.sign > 0 ? "buy" : "sell", limit, level, rung, lot, left: units });
  }

  private isStopped(): boolean {
    if (this.bar < this.market.stopAt) return false;
    this.refused += 1;
    return true;
  }

  private mayAsk(leg: NaiveLeg): boolean {
    leg.asked = leg.asked.filter((time) => time > this.now() - threeMinutes);
    return leg.asked.length < this.params.maxOrdersPer3Min;
  }

  /** The close of the bar. */
  private now(): number {
    return this.market.bars.timeAt(this.bar) + this.market.bars.interval;
  }

  private minimum(price: number): number {
    return Math.max(this.onStep(this.params.minOrderQty), this.onStep(this.market.floor / price));
  }

  /** Up to the next step; a hair above a step is that step. */
  private onStep(quantity: number): number {
    const { step, bars } = this.market;
    return (Math.ceil((quantity * bars.quantityPower) / step - 1e-9) * step) / bars.quantityPower;
  }

  /** Units of the steps that fit. */
  private wholeSteps(quantity: number): number {
    const { step, bars } = this.market;
    return Math.floor((quantity * bars.quantityPower) / step + 1e-9) * step;
  }

  private units(quantity: number): number {
    return Math.round(quantity * this.market.bars.quantityPower);
  }
}

function isWithin(order: NaiveOrder, open: number): boolean {
  return order.side === "sell" ? open >= order.limit : open <= order.limit;
}

/** Fee in 10^-8 of quote: 0.02 % as maker, 0.05 % as taker, rounded half away from zero. */
export function naiveFee(fill: NaiveFill, bars: BarSeries): bigint {
  const scaled = fill.price * fill.quantity * (fill.liquidity === "maker" ? 2n : 5n) * 10n ** 8n;
  const divisor = 10n ** BigInt(bars.priceScale + bars.quantityScale + 4);
  return (2n * scaled + divisor) / (2n * divisor);
}

/** What the fills paid and earned, without fees, in 10^-8 of quote. */
export function naiveCash(fills: readonly NaiveFill[], bars: BarSeries): bigint {
  const sum = fills.reduce((cash, { side, price, quantity }) => cash + (side === "sell" ? 1n : -1n) * price * quantity, 0n);
  return (sum * 10n ** 8n) / 10n ** BigInt(bars.priceScale + bars.quantityScale);
}
