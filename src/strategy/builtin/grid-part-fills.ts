// The grid's orders that have filled in part, each until its last fill is told: the word that an order has ended may overtake
// its fills, and until they are in, its cell must not ask again. It must never move a cell.

import type { FillView, IntentView, OrderView } from "../contract.ts";

/** Plain JSON. */
export interface PartFilled extends Pick<OrderView, "intent" | "tag" | "family" | "side" | "filled"> {
  /** What it had filled when it ended, by the venue's word, base units; null while it is open. */
  readonly quantity: number | null;
}

/** An order that has ended with fills still on their way: `quantity` less `filled` of them, base units. */
export type LateOrder = PartFilled & { readonly quantity: number };

export class PartFills {
  private orders: readonly PartFilled[] = [];

  /** @returns whether this was the last fill of its order */
  told({ intent, tag, family, side, cumulative, complete }: FillView, step: number): boolean {
    const quantity = this.orders.find((order) => order.intent === intent)?.quantity ?? null;
    const done = complete || (quantity !== null && cumulative >= quantity - step / 2);
    this.forget(intent);
    if (!done) this.orders = [...this.orders, { intent, tag, family, side, filled: cumulative, quantity }];
    return done;
  }

  /** @param quantity what the order has filled by the venue's word, base units */
  ended({ intent, tag, family, side }: IntentView, quantity: number, step: number): void {
    const filled = this.orders.find((order) => order.intent === intent)?.filled ?? 0;
    this.forget(intent);
    if (quantity - filled >= step / 2) this.orders = [...this.orders, { intent, tag, family, side, filled, quantity }];
  }

  /** Orders that have ended and whose fills are still to come, oldest first. */
  late(): readonly LateOrder[] {
    return this.orders.filter((order): order is LateOrder => order.quantity !== null);
  }

  /** Nothing is on its way any more: the position was read and holds it all. */
  settle(): void {
    this.orders = this.orders.filter(({ quantity }) => quantity === null);
  }

  snapshot(): readonly PartFilled[] {
    return this.orders;
  }

  /** A rollback undoes what was asked for, not what was told since: an order known by now stays as it is known. */
  restore(orders: readonly PartFilled[]): void {
    const known = new Set(this.orders.map(({ intent }) => intent));
    this.orders = [...orders.filter(({ intent }) => !known.has(intent)), ...this.orders];
  }

  private forget(intent: number): void {
    this.orders = this.orders.filter((order) => order.intent !== intent);
  }
}
