// Open orders as lines at their prices. Lines that stay are left alone: each change makes the chart draw all of its candles again.

import type { IPriceLine, ISeriesApi } from "lightweight-charts";
import { sideText, wordsOf } from "./format.ts";
import { library } from "./library.ts";
import type { OrderRowData } from "./page-data.ts";
import { colorOf } from "./theme.ts";

/** More lines than these would hide the candles. */
const linesMax = 24;

export interface OpenOrder {
  /** Index into the orders. */
  readonly order: number;
  readonly row: OrderRowData;
  readonly price: number;
}

export class OpenLines {
  private readonly series: ISeriesApi<"Candlestick">;
  private readonly lines = new Map<string, IPriceLine>();

  constructor(series: ISeriesApi<"Candlestick">) {
    this.series = series;
  }

  /**
   * @param open the nearest to the price first; those beyond the most that are drawn are left out
   * @param selected order whose line is thicker
   * @returns how many are drawn
   */
  show(open: readonly OpenOrder[], selected: number | null): number {
    const drawn = open.slice(0, linesMax);
    const wanted = new Map(drawn.map((entry) => [`${entry.order} ${entry.price} ${entry.order === selected}`, entry]));
    for (const [key, line] of this.lines) {
      if (wanted.has(key)) continue;
      this.series.removePriceLine(line);
      this.lines.delete(key);
    }
    for (const [key, entry] of wanted) {
      if (!this.lines.has(key)) this.lines.set(key, this.line(entry, entry.order === selected));
    }
    return drawn.length;
  }

  /** Takes the lines away, so that they come back in the colours of another theme. */
  clear(): void {
    this.show([], null);
  }

  private line({ row, price }: OpenOrder, isSelected: boolean): IPriceLine {
    return this.series.createPriceLine({
      price,
      title: `${sideText(row.side)} ${wordsOf(row.type)} ${row.quantity}`,
      color: colorOf(row.side === "buy" ? "buy" : "sell"),
      lineWidth: isSelected ? 2 : 1,
      lineStyle: row.trigger === null ? library.LineStyle.Dashed : library.LineStyle.LargeDashed,
      axisLabelVisible: true,
    });
  }
}
