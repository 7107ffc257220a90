// Orders that hang on others: children that live as far as their parent has filled, and groups of which one cancels the
// other. It decides what of them may fill; it must never fill anything itself.

import { mulDiv, type Money, type OrderNumber, type OrderRequest, type Price, type Quantity, type Reason } from "../../domain/index.ts";
import { checkClosing } from "./arrival.ts";
import { isSpent, liveQuantity, spentReason, type Allowance } from "./linked-order.ts";
import { MarkTriggers } from "./mark-triggers.ts";
import type { VenueOrder } from "./venue-order.ts";

export abstract class Links extends MarkTriggers {
  declare protected abstract readonly firesCrossed: boolean;

  /** An order, open or ended a while ago. */
  private look(order: OrderNumber): VenueOrder | undefined {
    return this.orders.get(order) ?? this.venue.pool.find(order);
  }

  /** Whether an order's parent is there to hang on: open, or filled in part or whole. */
  protected checkParent({ terms }: OrderRequest): Reason | null {
    if (terms === null || terms.parent === null) return null;
    const parent = this.look(terms.parent);
    if (parent === undefined || parent.market !== this.index) return "parent_order_gone";
    return parent.endTime >= 0 && parent.filled === 0 ? "parent_order_gone" : null;
  }

  /** Ties an accepted order to those that it names. */
  protected link(order: VenueOrder): void {
    const { terms } = order;
    if (terms === null || (terms.parent === null && terms.group === null)) return;
    this.tie(order);
    const child = terms.parent !== null;
    order.allowance = child
      ? { granted: 0 as Quantity, armed: 0, waits: true, final: false }
      : { granted: order.quantity, armed: order.quantity, waits: false, final: true };
    if (terms.group !== null && terms.group !== order.order) this.joinGroup(order, order.allowance, terms.group);
    if (terms.parent === null) return;
    const parent = this.orders.get(terms.parent);
    if (parent !== undefined) this.tie(parent);
    this.linkWork.push(terms.parent);
  }

  private tie(order: VenueOrder): void {
    order.linked = true;
    order.special = true;
  }

  /** What the group's first order has lost or filled before this one came is gone for it too. */
  private joinGroup(order: VenueOrder, allowance: Allowance, head: OrderNumber): void {
    const first = this.look(head);
    if (first === undefined) return;
    this.tie(first);
    first.allowance ??= { granted: first.quantity, armed: first.quantity, waits: false, final: true };
    const gone = first.allowance.granted - (first.allowance.armed - first.filled);
    allowance.armed -= gone === first.quantity ? order.quantity : mulDiv(gone, order.quantity, first.quantity, "up");
    this.linkWork.push(head);
  }

  /** Funds that an order needs beside what its group, itself included, holds already: only one of them can fill. */
  protected sharedFunds(order: VenueOrder, required: Money): Money {
    if (required === 0 || (!order.linked && order.terms === null)) return required;
    const group = groupOf(order);
    let held = 0;
    for (const other of this.orders.sorted()) if (groupOf(other) === group && other.direction === order.direction) held += other.reserved;
    return Math.max(0, required - held) as Money;
  }

  /** What an amended order has held for its siblings it holds on, as far as one of them needs it. */
  protected override regroupedFunds(order: VenueOrder, required: Money, former: Money): Money {
    let [held, needed] = [0, 0];
    for (const sibling of this.siblings(order)) {
      if (sibling.direction !== order.direction) continue;
      held += sibling.reserved;
      needed = Math.max(needed, this.neededBy(sibling));
    }
    return Math.max(required - held, Math.min(former, needed - held), 0) as Money;
  }

  /** What an order would hold if it stood alone; 0 where it cannot open anything. */
  private neededBy(order: VenueOrder): number {
    const position = this.legOf(order);
    const live = liveQuantity(order);
    if (position === undefined || order.closing || live === 0) return 0;
    const price = order.limit !== 0 ? order.limit : order.stop;
    return this.requiredFunds(order, live, position, price);
  }

  private siblings(order: VenueOrder): VenueOrder[] {
    const group = groupOf(order);
    return this.orders.sorted().filter((other) => other !== order && groupOf(other) === group);
  }

  /** What one fills, its siblings lose in proportion. */
  protected fillLinked(order: VenueOrder, quantity: Quantity): void {
    this.linkWork.push(order.order);
    if (order.allowance === null) return;
    const after = liveQuantity(order);
    const before = after + quantity;
    for (const sibling of this.siblings(order)) {
      const { allowance } = sibling;
      const live = liveQuantity(sibling);
      if (allowance === null || live === 0) continue;
      const kept = this.instrument.floorQuantity(mulDiv(live, after, before, "down"));
      allowance.armed = sibling.filled + kept;
      if (sibling.reserved === 0) continue;
      const reserved = kept === 0 ? 0 : mulDiv(sibling.reserved, kept, live, "down");
      this.purseOf(sibling).hold(reserved - sibling.reserved);
      sibling.reserved = reserved as Money;
    }
  }

  protected endLinked(order: VenueOrder): void {
    this.linkWork.push(order.order);
    if (order.reserved === 0 || order.remaining === 0) return;
    // What it held for the group is held by the next one.
    const heir = this.siblings(order).find((sibling) => sibling.direction === order.direction && !sibling.closing && liveQuantity(sibling) > 0);
    if (heir === undefined) return;
    const moved = Math.max(0, Math.min(order.reserved, this.neededBy(heir) - heir.reserved));
    heir.reserved = (heir.reserved + moved) as Money;
    order.reserved = (order.reserved - moved) as Money;
  }

  /** An amendment changed the quantity of a linked order. */
  protected resizeLinked(order: VenueOrder, allowance: Allowance, before: Quantity): void {
    if (allowance.granted !== before) return;
    allowance.armed += order.quantity - before;
    allowance.granted = order.quantity;
  }

  /** Brings children to life and takes spent orders away, after fills and ends at a price of the path. */
  protected settleLinks(price: Price): void {
    for (let number = this.linkWork.shift(); number !== undefined; number = this.linkWork.shift()) {
      const order = this.look(number);
      if (order === undefined) continue;
      for (const child of this.orders.sorted()) if (child.terms !== null && child.terms.parent === number) this.grant(child, order, price);
      for (const other of this.orders.sorted()) {
        if (groupOf(other) === groupOf(order) && isSpent(other)) this.expire(other, spentReason(other));
      }
    }
  }

  private grant(child: VenueOrder, parent: VenueOrder, price: Price): void {
    const { allowance } = child;
    if (allowance === null || this.orders.get(child.order) !== child) return;
    const total =
      parent.remaining === 0 ? child.quantity : this.instrument.floorQuantity(mulDiv(child.quantity, parent.filled, parent.quantity, "down"));
    if (total > allowance.granted) {
      allowance.armed += total - allowance.granted;
      allowance.granted = total;
    }
    allowance.final = parent.endTime >= 0;
    if (isSpent(child)) return this.expire(child, spentReason(child));
    if (allowance.waits && liveQuantity(child) > 0) this.enliven(child, allowance, price);
  }

  private enliven(child: VenueOrder, allowance: Allowance, price: Price): void {
    const refusal = this.checkEnlivened(child, price);
    if (refusal !== null) return this.expire(child, refusal);
    allowance.waits = false;
    // It queues behind what has rested meanwhile.
    child.priority = this.nextPriority();
    this.place(child, price, true);
    if (this.walking) this.choice.bar = this.bar;
    // Whether the rest of this bar still reaches it is the path's word alone.
    if (this.walking && child.book !== 0 && child.threshold >= this.lowOf(child) && child.threshold <= this.highOf(child))
      this.choice.count(this.bar);
  }

  /** Its trigger is crossed when it comes to life, and the venue refuses that. What a trail waits for may be behind it. */
  protected isRefusedCrossed(order: VenueOrder, price: Price): boolean {
    return order.stop !== 0 && order.trailing !== 1 && !this.firesCrossed && (this.seen(order, price) - order.stop) * order.wakesOn() <= 0;
  }

  /** What could not be checked before its parent filled. */
  private checkEnlivened(child: VenueOrder, price: Price): Reason | null {
    const position = this.legOf(child);
    if (position === undefined) return "position_side_mismatch";
    if (this.isRefusedCrossed(child, price)) return "trigger_already_crossed";
    if (child.closing) return checkClosing(child, position) === null ? null : "reduce_only_position_gone";
    const reference = child.limit !== 0 ? child.limit : child.stop !== 0 ? child.stop : price;
    const required = this.sharedFunds(child, this.requiredFunds(child, child.quantity, position, reference));
    const refusal = this.checkFunds(child, required, reference);
    if (refusal === null) this.reserve(child, required);
    return refusal;
  }
}

/** The number of its group's first order; its own where it is in none, so that no other has the same. */
function groupOf(order: VenueOrder): OrderNumber {
  return order.terms?.group ?? order.order;
}
