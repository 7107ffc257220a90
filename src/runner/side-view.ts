// One side of a market's book in float64, as a strategy sees it. Its quantity is a field that the book keeps true: it is
// read at every bar, and changes with fills only. In exact units it belongs to the runner: a strategy can read it, not write it.

import { wideZero, type Position, type Quantity } from "../domain/index.ts";
import type { PositionView } from "../strategy/index.ts";

export class SideView implements PositionView {
  quantity = wideZero;
  #units = 0 as Quantity;
  readonly #leg: Position;
  readonly #isLong: boolean;
  readonly #power: number;

  constructor(leg: Position, side: "LONG" | "SHORT") {
    this.#leg = leg;
    this.#isLong = side === "LONG";
    this.#power = leg.instrument.quantityPower;
    this.refresh();
  }

  /** In exact units, ≥ 0. */
  get units(): Quantity {
    return this.#units;
  }

  get entryPrice(): number {
    return this.#units > 0 ? this.#leg.averageEntry() : 0;
  }

  /** To be called after each change of the leg. */
  refresh(): void {
    const { quantity } = this.#leg;
    const units = this.#isLong ? quantity : 0 - quantity;
    this.#units = (units > 0 ? units : 0) as Quantity;
    this.quantity = this.#units / this.#power;
  }
}
