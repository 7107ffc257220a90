// One side of a market's book in float64, as a strategy sees it. Its quantity is a field that the book keeps true: it is
// read at every bar, and changes with fills only.

import { wideZero, type Position } from "../domain/index.ts";
import type { PositionView } from "../strategy/index.ts";

export class SideView implements PositionView {
  quantity = wideZero;
  readonly #leg: Position;
  /** Sign of the leg's quantity when it is this side's. */
  readonly #sign: 1 | -1;

  constructor(leg: Position, side: "LONG" | "SHORT") {
    this.#leg = leg;
    this.#sign = side === "LONG" ? 1 : -1;
  }

  get entryPrice(): number {
    return this.#leg.quantity * this.#sign > 0 ? this.#leg.averageEntry() : 0;
  }

  /** To be called after each change of the leg. */
  refresh(): void {
    const units = this.#leg.quantity * this.#sign;
    this.quantity = units > 0 ? units / this.#leg.instrument.quantityPower : 0;
  }
}
