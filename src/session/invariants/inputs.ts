// I-33: a strategy acts through its intents alone. What it is handed to read is as it was: no bar has changed, its views stand where
// the session has put them and show what the book holds; and what leaves was asked for at the runner's own door.

import {
  ExitCode,
  intentOf,
  InvariantError,
  SeatrialError,
  type BarSeries,
  type Instrument,
  type OrderRequest,
  type Quantity,
} from "../../domain/index.ts";
import type { Runner } from "../../runner/index.ts";
import type { SimulationPlan } from "../plan.ts";

type Book = Pick<Runner, "inside" | "now">;

/** A short loop is soon compiled as a whole; a multiple of four. */
const blockWords = 1 << 14;

const columns = ["time", "open", "high", "low", "close", "volume"] as const;

export class Inputs {
  declare private readonly series: readonly BarSeries[];
  /** Of each series, as it was at first. */
  declare private readonly sums: readonly number[];

  constructor({ markets }: Pick<SimulationPlan, "markets">) {
    this.series = markets.flatMap(({ series }) => series);
    this.sums = this.series.map(sumOf);
  }

  /** @throws InvariantError I-33 for an order that no intent has asked for */
  assertAsked({ inside }: Book, { order }: OrderRequest): void {
    const { orders, intents } = inside.core;
    if (orders.get(order) === undefined || intentOf(order) > intents)
      throw new InvariantError("I-33", `order ${order} leaves, and nobody has asked for it`);
  }

  /** At a mark. @throws SeatrialError `strategy_tampered` for a view that shows something else than there is */
  look({ inside, now }: Book): void {
    for (const { instrument, views, book } of inside.core.desks) {
      for (const { series, index, timeframe } of views)
        if (index >= 0 && series.closeTimeAt(index) > now)
          throw tampered(`the ${timeframe} view of ${instrument.symbol} stands at bar ${index}, which has not closed`);
      this.compare(instrument, "LONG", book.long.quantity, book.quantityOf("LONG"));
      this.compare(instrument, "SHORT", book.short.quantity, book.quantityOf("SHORT"));
    }
  }

  private compare(instrument: Instrument, side: "LONG" | "SHORT", shown: number, units: Quantity): void {
    const held = instrument.quantityNumber(units);
    if (shown !== held) throw tampered(`the view of ${instrument.symbol} ${side} shows ${shown}, the book holds ${held}`);
  }

  /** When the session has ended. @throws SeatrialError `strategy_tampered` for bars that are not what they were */
  assertUnchanged(): void {
    this.series.forEach((series, at) => {
      if (sumOf(series) !== this.sums[at]) throw tampered(`the ${series.timeframe} bars of ${series.symbol} are not what they were at first`);
    });
  }
}

/** Nobody but the strategy is handed these to read, so it is not for us to report. */
function tampered(found: string): SeatrialError {
  return new SeatrialError({
    code: "strategy_tampered",
    reason: `I-33: ${found}`,
    hint: "a strategy acts through its intents alone: look for what it writes to in its context",
    exitCode: ExitCode.run,
  });
}

/** Changes with any number of any column. */
function sumOf(series: BarSeries): number {
  let sum = 0;
  for (const column of columns) {
    const { buffer, byteOffset, byteLength } = series[column];
    const words = new Uint32Array(buffer, byteOffset, byteLength >>> 2);
    for (let at = 0; at < words.length; at += blockWords) sum = sumOfWords(sum, words, at, Math.min(at + blockWords, words.length));
  }
  return sum;
}

// Four lanes, each of which changes with any of its words: one alone would wait for its own product at each.
function sumOfWords(sum: number, words: Uint32Array, from: number, to: number): number {
  let [first, second, third, fourth] = [sum, 1, 2, 3];
  for (let at = from; at < to; at += 4) {
    first = Math.imul(first, 16_777_619) ^ (words[at] as number);
    second = Math.imul(second, 16_777_619) ^ (words[at + 1] as number);
    third = Math.imul(third, 16_777_619) ^ (words[at + 2] as number);
    fourth = Math.imul(fourth, 16_777_619) ^ (words[at + 3] as number);
  }
  return [second, third, fourth].reduce((all, lane) => Math.imul(all, 16_777_619) ^ lane, first) | 0;
}
