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
    for (let at = 0; at < words.length; at += 1) sum = (Math.imul(sum, 16_777_619) ^ (words[at] as number)) | 0;
  }
  return sum;
}
