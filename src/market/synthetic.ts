// Generated bars with the habits of real ones: volatility that comes in regimes, fat tails, jumps, opens beside the last
// close, volume that follows range, outages. Synthetic by name and label; never to be shown as a market's history.

import {
  BarSeries,
  SeatrialError,
  checked,
  floorToTimeframe,
  parseDecimal,
  parseUnits,
  randomStream,
  timeframeMillis,
  type Millis,
  type RandomStream,
  type Timeframe,
} from "../domain/index.ts";

/** What files of generated bars carry as their source. */
export const syntheticSource = "synthetic";

export interface SyntheticOptions {
  readonly seed: number | string;
  readonly symbol: string;
  /** Open time of the first bar, epoch ms UTC, on a border of the timeframe. */
  readonly start: number;
  /** Number of bars, 1…10,000,000. */
  readonly count: number;
  readonly timeframe: Timeframe;
  /** Decimal text, at least 100 ticks. */
  readonly startPrice: string;
  /** Price tick, decimal text. */
  readonly tick: string;
  /** Quantity step, decimal text. */
  readonly step: string;
  /** Standard deviation of a one-minute return, as a share of the price. @defaultValue 0.001 */
  readonly volatility?: number;
  /** Mean volume of a bar in base units, decimal text. @defaultValue 100,000 in quote at the start price */
  readonly volume?: string;
}

/** One step of a regime is a factor of 1.12 in volatility; the table avoids any power function. */
const regimeRatio = 1.12;
const regimeSteps = 40;
const regimeFactors: readonly number[] = buildFactors();

/** Volatility regimes: `width` levels to either side, `pace` the chance of a step either way. Means revert like balls in two urns. */
const slowRegime = { width: 20, pace: 0.035 };
const fastRegime = { width: 12, pace: 0.42 };
/** Mean square of the product of both factors over their stationary laws: divided out, so that `volatility` is what it says. */
const regimeMeanSquare = meanSquare(slowRegime.width) * meanSquare(fastRegime.width);

const moves = 16;
/** A sum of two uniforms, centred, has variance 2/12; this makes it 1. */
const unitDeviation = Math.sqrt(6);
/** Mean range of a bar in deviations of its return, about; it only scales volume. */
const meanRange = 1.2;

const jumpChance = 0.001;
const openGapChance = 0.5;
const outageChance = 0.0003;
const outageBarsMax = 6;
/** Share of the distance to the start price that a minute takes back: the range stays within an order of magnitude. */
const pull = 2e-6;

/**
 * Bars that a seed fully determines, in every process and on every machine.
 * @throws SeatrialError `bad_synthetic`, `bad_number`, `bad_timeframe`, `number_overflow`
 */
export function syntheticBars(options: SyntheticOptions): BarSeries {
  const market = marketOf(options);
  const walk = new Walk(market, randomStream(options.seed, `synthetic/${options.symbol}`));
  const columns = {
    time: new Float64Array(options.count),
    open: new Float64Array(options.count),
    high: new Float64Array(options.count),
    low: new Float64Array(options.count),
    close: new Float64Array(options.count),
    volume: new Float64Array(options.count),
  };
  for (let bar = 0; bar < options.count; bar += 1) {
    walk.next();
    columns.time[bar] = options.start + bar * market.interval;
    columns.open[bar] = walk.open * market.tickUnits;
    columns.high[bar] = checked(walk.high * market.tickUnits);
    columns.low[bar] = walk.low * market.tickUnits;
    columns.close[bar] = walk.close * market.tickUnits;
    columns.volume[bar] = checked(walk.steps * market.stepUnits);
  }
  const { symbol, timeframe } = options;
  return new BarSeries({ symbol, timeframe, interval: market.interval, priceScale: market.priceScale, quantityScale: market.quantityScale }, columns);
}

interface SyntheticMarket {
  readonly interval: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly tickUnits: number;
  readonly stepUnits: number;
  /** Start price in ticks. */
  readonly startTicks: number;
  /** Mean volume in steps. */
  readonly meanSteps: number;
  /** Standard deviation of a bar's return when both regimes are in the middle. */
  readonly deviation: number;
  readonly minutes: number;
}

function marketOf(options: SyntheticOptions): SyntheticMarket {
  const interval = timeframeMillis(options.timeframe);
  const volatility = options.volatility ?? 0.001;
  const { count, start } = options;
  if (!Number.isSafeInteger(count) || count < 1 || count > 1e7) throw badOptions(`count ${count} is not 1 to 10,000,000`);
  if (!Number.isSafeInteger(start) || floorToTimeframe(start as Millis, interval) !== start) {
    throw badOptions(`start ${start} is not on a border of ${options.timeframe}`);
  }
  if (!(volatility > 0 && volatility <= 0.05)) throw badOptions(`volatility ${volatility} is not above 0 and up to 0.05`);
  const priceScale = Math.max(parseDecimal(options.startPrice).scale, parseDecimal(options.tick).scale);
  const quantityScale = parseDecimal(options.step).scale;
  const tickUnits = parseUnits(options.tick, priceScale);
  const stepUnits = parseUnits(options.step, quantityScale);
  if (tickUnits <= 0 || stepUnits <= 0) throw badOptions("tick and step have to be above 0");
  const startTicks = Math.round(parseUnits(options.startPrice, priceScale) / tickUnits);
  if (startTicks < 100) throw badOptions(`the start price ${options.startPrice} is below 100 ticks`);
  const volume = options.volume === undefined ? 100_000 / Number(options.startPrice) : Number(options.volume);
  if (!(volume > 0)) throw badOptions(`volume ${options.volume ?? volume} is not above 0`);
  const minutes = interval / 60_000;
  return {
    interval,
    priceScale,
    quantityScale,
    tickUnits,
    stepUnits,
    startTicks,
    meanSteps: volume / Number(options.step),
    deviation: (volatility * Math.sqrt(minutes)) / Math.sqrt(regimeMeanSquare),
    minutes,
  };
}

/** One bar after the other, in ticks and steps; its fields hold the last one. */
class Walk {
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  steps = 0;
  declare private readonly market: SyntheticMarket;
  declare private readonly random: RandomStream;
  /** The price in ticks with its fraction, so that small moves add up. */
  declare private price: number;
  private slow: number = slowRegime.width;
  private fast: number = fastRegime.width;
  private outage = 0;

  constructor(market: SyntheticMarket, random: RandomStream) {
    this.market = market;
    this.random = random;
    this.price = market.startTicks;
    this.close = market.startTicks;
  }

  next(): void {
    this.slow = this.stepRegime(this.slow, slowRegime);
    this.fast = this.stepRegime(this.fast, fastRegime);
    if (this.outage === 0 && this.random.next() < outageChance) this.outage = 1 + this.random.integer(outageBarsMax);
    if (this.outage > 0) {
      this.outage -= 1;
      this.stand();
      return;
    }
    const deviation = this.market.deviation * factor(this.slow - slowRegime.width) * factor(this.fast - fastRegime.width);
    this.price = Math.max(1, this.price + this.openGap(deviation));
    this.open = ticks(this.price);
    this.high = this.open;
    this.low = this.open;
    const jumpAt = this.random.next() < jumpChance ? this.random.integer(moves) : -1;
    const stepDeviation = deviation / Math.sqrt(moves);
    const drift = (-pull * this.market.minutes * Math.min(3, this.price / this.market.startTicks - 1)) / moves;
    for (let move = 0; move < moves; move += 1) {
      let change = drift + stepDeviation * this.normal();
      if (move === jumpAt) change += deviation * this.jump();
      this.price = Math.max(1, this.price * (1 + Math.max(-0.2, Math.min(0.2, change))));
      const now = ticks(this.price);
      if (now > this.high) this.high = now;
      if (now < this.low) this.low = now;
    }
    this.close = ticks(this.price);
    this.steps = this.trade(deviation);
  }

  /** An outage: an exchange's flat bar at the last close, without volume. */
  private stand(): void {
    this.open = this.close;
    this.high = this.close;
    this.low = this.close;
    this.steps = 0;
  }

  private stepRegime(level: number, regime: { readonly width: number; readonly pace: number }): number {
    const up = (regime.pace * (2 * regime.width - level)) / regime.width;
    const down = (regime.pace * level) / regime.width;
    const draw = this.random.next();
    if (draw < up) return level + 1;
    return draw < up + down ? level - 1 : level;
  }

  /** Ticks between the last close and the open: often none, mostly one, sometimes a share of the bar's deviation. */
  private openGap(deviation: number): number {
    if (this.random.next() >= openGapChance) return 0;
    const wide = this.random.next() < 0.3 ? Math.floor(this.random.next() * 0.2 * deviation * this.price) : 0;
    return (1 + wide) * (this.random.next() < 0.5 ? -1 : 1);
  }

  /** Three to seven deviations either way. */
  private jump(): number {
    const size = 3 + 4 * this.random.next();
    return this.random.next() < 0.5 ? -size : size;
  }

  /** Mean 0, deviation 1; a bar's sum of them is nearly normal. */
  private normal(): number {
    return (this.random.next() + this.random.next() - 1) * unitDeviation;
  }

  /** Volume in steps: a part of its own, a part by the range, and skewed noise of mean 1. */
  private trade(deviation: number): number {
    const typical = this.market.deviation * meanRange * Math.sqrt(regimeMeanSquare) * this.price;
    const range = (this.high - this.low) / typical;
    const activity = 0.15 + 0.55 * range + 0.15 * range * range;
    const mood = 0.8 + (0.2 * deviation) / this.market.deviation;
    const noise = (0.3 + 1.4 * this.random.next()) * (0.3 + 1.4 * this.random.next());
    return Math.max(1, Math.round(this.market.meanSteps * activity * mood * noise));
  }
}

function ticks(price: number): number {
  return Math.max(1, Math.round(price));
}

function factor(steps: number): number {
  return regimeFactors[steps + regimeSteps] as number;
}

/** 1.12^n for n = -40 … 40 by multiplication alone. */
function buildFactors(): number[] {
  const factors = [1];
  for (let step = 0; step < regimeSteps; step += 1) {
    factors.unshift((factors[0] as number) / regimeRatio);
    factors.push((factors.at(-1) as number) * regimeRatio);
  }
  return factors;
}

/** E[factor²] of a regime: its levels are binomial with 2 × width draws of one half, a product over the draws. */
function meanSquare(width: number): number {
  const ratio = regimeRatio * regimeRatio;
  let mean = 1;
  // Each draw moves the level by +1/2 or -1/2 around the middle: half a step of the squared ratio is one of the ratio.
  for (let draw = 0; draw < 2 * width; draw += 1) mean *= (Math.sqrt(ratio) + 1 / Math.sqrt(ratio)) / 2;
  return mean;
}

function badOptions(reason: string): SeatrialError {
  return new SeatrialError({ code: "bad_synthetic", reason: `generated bars: ${reason}` });
}
