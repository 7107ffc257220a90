// How the mark price moves while a bar's path is walked: its extremes come in the order of the trades', and on each leg it
// moves in proportion to them. It must never look beyond its bar; where marks are unknown the trades are the marks.

import { mulDiv, type Millis, type Price, type Rounding } from "../../domain/index.ts";
import type { MarkPrices, MarkRange } from "./mark-prices.ts";
import type { Path } from "./path.ts";

export class MarkPath {
  /** False where no mark bars cover the bar: trades stand for marks. */
  known = false;
  declare private readonly marks: MarkPrices | null;
  private readonly points: Path = [0 as Price, 0 as Price, 0 as Price, 0 as Price];
  /** The leg that is walked: trade prices and marks of both ends. */
  private from = 0;
  private to = 0;
  private markFrom = 0;
  private markTo = 0;

  constructor(marks: MarkPrices | null) {
    this.marks = marks;
  }

  /** Lowest and highest mark of a bar; null where they are unknown. */
  look(open: Millis, close: Millis): MarkRange | null {
    const range = this.marks === null ? null : this.marks.range(open, close);
    this.known = range !== null;
    return range;
  }

  /** Draws the marks of a bar beside the path of its trades, and stands at its open. */
  draw(open: Millis, close: Millis, path: Readonly<Path>): void {
    const range = this.look(open, close);
    const { points } = this;
    if (range === null || this.marks === null) {
      for (let point = 0; point < 4; point += 1) points[point] = path[point] as Price;
    } else {
      const ends = this.marks.ends(open, close);
      const lowFirst = path[1] <= path[2];
      points[0] = ends.open;
      points[1] = lowFirst ? range.low : range.high;
      points[2] = lowFirst ? range.high : range.low;
      points[3] = ends.close;
    }
    this.from = path[0];
    this.to = path[0];
    this.markFrom = points[0];
    this.markTo = points[0];
  }

  /** Goes on to leg 1, 2 or 3 of a path that has been drawn. */
  leg(leg: number, path: Readonly<Path>): void {
    this.from = path[leg - 1] as number;
    this.to = path[leg] as number;
    this.markFrom = this.points[leg - 1] as number;
    this.markTo = this.points[leg] as number;
  }

  /** The mark at the beginning of the leg. */
  get start(): Price {
    return this.markFrom as Price;
  }

  get low(): Price {
    return Math.min(...this.points) as Price;
  }

  get high(): Price {
    return Math.max(...this.points) as Price;
  }

  /** The mark when the trades have come to a price of the leg, never further than it has been. */
  markAt(price: Price): Price {
    const { known, from, to, markFrom, markTo } = this;
    if (!known) return price;
    if (from === to || price === to) return markTo as Price;
    return (markFrom + mulDiv(markTo - markFrom, Math.abs(price - from), Math.abs(to - from), "down")) as Price;
  }

  /** The trade price at a mark of the leg: exactly there where trades are the marks, else in proportion, never beyond what was reached. */
  tradeAt(mark: Price, reached: Price, rounding: Rounding = "halfAway"): Price {
    const { known, from, to, markFrom, markTo } = this;
    if (!known) return mark;
    if (markFrom === markTo || from === to) return reached;
    const price = from + mulDiv(to - from, Math.abs(mark - markFrom), Math.abs(markTo - markFrom), rounding);
    return Math.min(Math.max(price, Math.min(from, reached)), Math.max(from, reached)) as Price;
  }
}
