// Orders that hang on a limit for which a market order stands in: they hang on that one then, as new attempts of the same
// intents. Without it a fallback would leave what was meant to be protected with nothing. It makes no order that the strategy
// has not asked for.

import type { OrderExpired, OrderNumber, OrderRejected } from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { RunnerOrder } from "./order.ts";

/** The venue's word that a child has gone with its parent. */
export type Orphaned = OrderExpired | OrderRejected;

export class Brackets {
  declare private readonly core: Core;
  /** Ends of children that were told before their parent's: whether a fallback follows is not known yet. */
  private readonly early: Orphaned[] = [];

  constructor(core: Core) {
    this.core = core;
  }

  /**
   * The children of a limit that has filled nothing, as they hang on its fallback. Those of one that has filled a part stay with
   * that part: an intent has one order that its strategy can cancel.
   */
  followersOf(limit: RunnerOrder, fallback: RunnerOrder): RunnerOrder[] {
    const { core } = this;
    const children = limit.desk.list().filter(({ terms, cancelCause }) => terms !== null && terms.parent === limit.order && cancelCause === "none");
    if (children.length === 0) return [];
    if (limit.filled > 0 || limit.cumulative > 0) {
      core.alert("warning", `unprotected: ${limit.desk.instrument.symbol} ${limit.leg}, what the market fallback adds has no children`);
      return [];
    }
    const moved = new Set<number>(children.map(({ order }) => order));
    return children.map((child) => follower(core.pool.take(), child, fallback.order, moved));
  }

  /**
   * True when a child's end is no news: another attempt has taken its place, or its parent's own end must come first.
   * @param doubts what is not known of the child is over with it
   */
  keeps(child: RunnerOrder, event: Orphaned, doubts: { over(order: RunnerOrder): void }): boolean {
    const { core } = this;
    const parent = core.orders.get(child.terms?.parent ?? 0);
    if (parent !== undefined && (parent.fallbackOnReject || parent.fallbackOnTimeout)) {
      this.early.push(event);
      return true;
    }
    const next = core.find(child.order + 1);
    if (next === undefined || next.intent !== child.intent || next.reason !== "market_fallback") return false;
    doubts.over(child);
    core.settle(child, event.type === "order_expired" ? "EXPIRED" : "REJECTED", event.reason);
    core.retire(child);
    return true;
  }

  /** Ends of children wait for their parents'. */
  get hasEarly(): boolean {
    return this.early.length > 0;
  }

  /** Takes the ends of children that were waiting for their parent's. */
  takeEarly(parent: OrderNumber): Orphaned[] {
    const isOfParent = (event: Orphaned): boolean => this.core.find(event.order)?.terms?.parent === parent;
    const due = this.early.filter(isOfParent);
    const rest = this.early.filter((event) => !isOfParent(event));
    this.early.splice(0, this.early.length, ...rest);
    return due;
  }

  snapshot(): Orphaned[] {
    return this.early.map((event) => ({ ...event }));
  }

  restore(saved: readonly Orphaned[]): void {
    this.early.splice(0, this.early.length, ...saved);
  }
}

function follower(order: RunnerOrder, child: RunnerOrder, parent: OrderNumber, moved: ReadonlySet<number>): RunnerOrder {
  const { desk, intent, form, terms } = child;
  order.plan(desk, intent, form);
  order.order = next(child.order);
  order.quantity = child.quantity;
  order.price = child.price;
  order.trigger = child.trigger;
  order.names = child.names;
  order.timeToLive = child.timeToLive;
  order.reason = "market_fallback";
  order.tag = child.tag;
  order.reference = child.reference;
  order.snapshot = child.snapshot;
  order.version = child.version;
  if (terms === null) return order;
  // A group is named after its first order, which may have moved as well.
  const group = terms.group !== null && moved.has(terms.group) ? next(terms.group) : terms.group;
  order.terms = { ...terms, parent, group };
  return order;
}

/** The next attempt of an order's intent. */
function next(order: OrderNumber): OrderNumber {
  return (order + 1) as OrderNumber;
}
