// Rows of intents that were worked by a route: its plan, the orders and fills that belong to it, its end. Prints what was
// recorded, decides nothing.

import { intentOf, printUnits, type OrderRequest, type RouteEnded, type RoutePlanned } from "../domain/index.ts";
import type { JournalMarket } from "./journal.ts";
import type { RouteRow } from "./rows.ts";

/** A route while its records are being read. */
interface Draft {
  readonly plan: RoutePlanned;
  readonly time: number;
  readonly bar: number;
  request: OrderRequest | null;
  orders: number;
  filled: number;
  end: { readonly reason: RouteEnded["reason"]; readonly bar: number } | null;
}

export class RouteRows {
  private readonly drafts = new Map<number, Draft>();

  planned(plan: RoutePlanned, time: number, bar: number): void {
    this.drafts.set(plan.intent, { plan, time, bar, request: null, orders: 0, filled: 0, end: null });
  }

  sent(request: OrderRequest): void {
    const draft = this.worked(request);
    if (draft !== undefined) draft.orders += 1;
  }

  /** An order waits until the venue takes requests: the route is under way, and its order may never leave. */
  held(request: OrderRequest): void {
    this.worked(request);
  }

  private worked(request: OrderRequest): Draft | undefined {
    const draft = this.drafts.get(intentOf(request.order));
    if (draft !== undefined) draft.request ??= request;
    return draft;
  }

  filled(order: OrderRequest["order"], quantity: number): void {
    const draft = this.drafts.get(intentOf(order));
    if (draft !== undefined) draft.filled += quantity;
  }

  ended({ intent, reason }: RouteEnded, bar: number): void {
    const draft = this.drafts.get(intent);
    if (draft !== undefined) draft.end = { reason, bar };
  }

  /** In the order in which they were planned. */
  rows(markets: readonly JournalMarket[]): RouteRow[] {
    return [...this.drafts.values()].flatMap(({ plan, time, bar, request, orders, filled, end }) => {
      // A plan whose first order was dropped with the strategy's last hook was never worked.
      if (request === null) return [];
      const { symbol, quantityScale } = (markets[plan.market] as JournalMarket).instrument;
      const { side, leg, family } = request;
      const { route, slices } = plan;
      const quantity = printUnits(plan.quantity, quantityScale);
      const done = printUnits(filled, quantityScale);
      const reason = end?.reason ?? null;
      return { symbol, side, leg, family, route, quantity, filled: done, slices, orders, reason, time, bar, endBar: end?.bar ?? null };
    });
  }
}
