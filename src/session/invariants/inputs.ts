// I-33: a strategy acts through its intents alone. What it is handed to read is as it was: no bar has changed, its views stand where
// the session has put them and show what the book holds; and what leaves was asked for at the runner's own door.

import { intentOf, InvariantError, type BarSeries, type OrderRequest } from "../../domain/index.ts";
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

  /** At a mark. @throws InvariantError I-33 for a view that shows something else than there is */
  look({ inside, now }: Book): void {
    for (const { instrument, views, book } of inside.core.desks) {
      for (const { series, index, timeframe } of views)
        if (index >= 0 && series.closeTimeAt(index) > now)
          throw new InvariantError("I-33", `the ${timeframe} view of ${instrument.symbol} stands at bar ${index}, which has not closed`);
      for (const [side, view] of [["LONG", book.long] as const, ["SHORT", book.short] as const]) {
        const held = instrument.quantityNumber(book.quantityOf(side));
        if (view.quantity !== held)
          throw new InvariantError("I-33", `the strategy's view of ${instrument.symbol} ${side} shows ${view.quantity}, the book holds ${held}`);
      }
    }
  }

  /** When the session has ended. @throws InvariantError I-33 for bars that are not what they were */
  assertUnchanged(): void {
    this.series.forEach((series, at) => {
      if (sumOf(series) !== this.sums[at])
        throw new InvariantError("I-33", `the ${series.timeframe} bars of ${series.symbol} are not what they were at first`);
    });
  }
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
