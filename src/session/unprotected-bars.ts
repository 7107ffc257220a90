// Bars in which an exit would have been reached had it been live: it answers a fill, and an answer is live from the next bar
// on, or from the next step inside it. Says what that cost; it never changes a result.

import { printUnits, type BarSeries, type Instrument, type Millis, type Price, type Quantity } from "../domain/index.ts";
import { Lag, pathOf, turnPath, type FillModel, type Path, type VirtualExchange } from "../exchange/virtual/index.ts";
import {
  barAt,
  Projection,
  type Journal,
  type JournalMarket,
  type LateExit,
  type LiveTime,
  type OrderRow,
  type RunCounts,
  type RunRows,
  type TapeRecord,
  type UnprotectedRow,
} from "../journal/index.ts";
import type { SimulationPlan } from "./plan.ts";

/** A market of the journal, and what the venue walks inside its bars where that is finer. */
export interface WalkedMarket extends JournalMarket {
  readonly inside?: BarSeries;
  /** Bars, or steps inside them, whose extremes came in the other order than the path says. */
  readonly turned?: ReadonlySet<number>;
}

/** What a run's journal says, and what its bars say to it. `openOrders` are those at its end. */
export interface RunReading {
  readonly rows: RunRows;
  readonly counts: RunCounts;
  readonly openOrders: readonly OrderRow[];
}

/** @param hear told of every record in the same pass */
export function readRun(journal: Journal, plan: SimulationPlan, venue: VirtualExchange, hear: ((entry: TapeRecord) => void) | null): RunReading {
  const projection = new Projection(journal, liveTimes(plan));
  const told = projection.read(hear);
  const markets = journal.markets.map((market, at) => ({ ...plan.markets[at], ...market, ...turnsOf(venue, at) }));
  // Added to the same object: copying it would make the rows that nobody may ask for.
  const rows = Object.assign(told, { unprotected: unprotectedRows(projection.lateExits, markets, plan.fill.path) });
  return { rows, counts: projection.counts(), openOrders: projection.openOrders() };
}

function turnsOf({ markets }: VirtualExchange, market: number): Pick<WalkedMarket, "turned"> {
  const choice = markets[market]?.choice;
  return choice === undefined ? {} : { turned: choice.turnedBars };
}

/** On bars a request meets the next open; inside them the next step after its way. */
function liveTimes({ markets, seed, fill }: SimulationPlan): LiveTime {
  const lag = fill.latency === null ? null : new Lag(seed, fill.latency);
  return (at, order, bar, moment) => {
    const market = markets[at];
    const series = market?.inside ?? market?.series[0];
    const arrival = lag === null ? moment : lag.submitted(order, moment as Millis);
    const row = market?.inside === undefined ? bar : barAt(market.inside, Math.max(moment, arrival - 1));
    return series?.time[row + 1] ?? Number.POSITIVE_INFINITY;
  };
}

/** Rows in the order in which the exits were sent. @param path the order of prices that the run assumed */
export function unprotectedRows(exits: readonly LateExit[], markets: readonly WalkedMarket[], path: FillModel["path"]): UnprotectedRow[] {
  const rows: UnprotectedRow[] = [];
  for (const exit of exits) {
    const open = exit.quantity - exit.closed;
    const market = markets[exit.market];
    if (open <= 0 || market === undefined || (exit.exit === "take_profit" && !exit.staleTarget)) continue;
    const found = reachedIn(exit, market, path);
    if (found !== null) rows.push(rowOf(exit, open as Quantity, found, market));
  }
  return rows;
}

interface Reached {
  /** Open of the bar, or of the step inside it. */
  readonly time: Millis;
  /** The farthest price on the exit's side, from the fill on. */
  readonly reached: Price;
}

/** The first bar or step in which the price comes to the exit between its fill and the open at which it is live. */
function reachedIn(exit: LateExit, { series: bars, inside: series = bars, turned }: WalkedMarket, path: FillModel["path"]): Reached | null {
  const first = barAt(series, exit.time);
  const down = (exit.side === "sell") === (exit.exit === "stop");
  for (let bar = Math.max(first, 0); bar < series.length && series.timeAt(bar) < exit.live; bar += 1) {
    if (series.volume[bar] === 0) continue;
    const walked = pathIn(series, bar, path, turned?.has(bar) === true);
    const prices = pricesOf(walked, series, bar, bar === first ? exit.time : series.timeAt(bar), exit.until);
    if (bar === first) prices.push(exit.from);
    if (prices.length === 0) return null;
    const reached = (down ? Math.min(...prices) : Math.max(...prices)) as Price;
    // A stop is set off by a touch; a target must be traded through.
    const hit = exit.exit === "stop" ? (down ? reached <= exit.price : reached >= exit.price) : down ? reached < exit.price : reached > exit.price;
    if (hit) return { time: series.timeAt(bar), reached };
  }
  return null;
}

function pathIn(series: BarSeries, bar: number, name: FillModel["path"], turned: boolean): Path {
  const path: Path = [0, 0, 0, 0] as unknown as Path;
  pathOf(name, series.openAt(bar), series.highAt(bar), series.lowAt(bar), series.closeAt(bar), path);
  if (turned) turnPath(path);
  return path;
}

/** Points of a bar's path from an instant on, up to another: the n-th comes n quarters after the open. */
function pricesOf(path: Path, series: BarSeries, bar: number, from: number, until: number): number[] {
  const quarter = Math.floor(series.interval / 4);
  const open = series.timeAt(bar);
  return path.filter((_, n) => open + n * quarter >= from && open + n * quarter < until);
}

function rowOf(exit: LateExit, quantity: Quantity, { time, reached }: Reached, market: WalkedMarket): UnprotectedRow {
  const { instrument, series, inside: walked = series } = market;
  const { symbol, priceScale, quantityScale, moneyScale } = instrument;
  const close = walked.closeAt(barAt(walked, exit.live - 1));
  const sells = exit.side === "sell";
  // A stop that the fill is beyond already would have been sold where the fill was.
  const beyond = exit.exit === "stop" && (sells ? exit.price > exit.from : exit.price < exit.from);
  const price = beyond ? exit.from : exit.price;
  return {
    symbol,
    leg: exit.leg,
    exit: exit.exit,
    quantity: printUnits(quantity, quantityScale),
    price: printUnits(price, priceScale),
    reached: printUnits(reached, priceScale),
    close: printUnits(close, priceScale),
    cost: printUnits(costOf(instrument, quantity, price, close) * (sells ? 1 : -1), moneyScale),
    time: exit.time,
    bar: barAt(series, time),
  };
}

/** What a long position of that size is worth more at the exit than at the close. */
function costOf(instrument: Instrument, quantity: Quantity, exit: Price, close: Price): number {
  const difference = instrument.notional(exit, quantity) - instrument.notional(close, quantity);
  return instrument.inverse ? -difference : difference;
}
