// What goes wrong with the requests of one market on their arrival: refusals out of the blue, replies that are lost or late,
// requests that are held or come twice, a venue that takes no orders now. What fills is decided in matching.ts, as ever.

import {
  Instrument,
  parseRatio,
  plainRequest,
  type InstrumentFilters,
  type Millis,
  type OrderNumber,
  type OrderRequest,
  type OrderUnknown,
  type Price,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import { Changes } from "./changes.ts";
import { isForeign } from "./client-ids.ts";
import type { Refused } from "./conditions.ts";
import type { CountedFault } from "./faults.ts";
import type { MessageKind } from "./messages.ts";
import { refusalOf } from "./rejections.ts";
import type { LateRequestState } from "./state.ts";
import type { Trouble } from "./trouble.ts";
import type { VenueOrder } from "./venue-order.ts";

/** Everything that a venue says about an order of its own accord or in reply. */
const allMessages: readonly MessageKind[] = ["ack", "rejection", "fill", "cancel", "expiry", "amendment"];

/** A request that the venue has received and not taken up yet. */
interface LateRequest {
  readonly due: number;
  readonly order: VenueOrder;
}

export abstract class Disturbed extends Changes {
  private late: LateRequest[] = [];
  /** It fills whole as soon as it has been placed. */
  private hasty: VenueOrder | null = null;

  /** Puts an order among those that the next open takes up. */
  protected abstract arrive(order: VenueOrder): void;

  // ---- orders ---------------------------------------------------------------------------------------------------

  /** True when a fault, or the condition of the venue, has dealt with an arriving order. */
  protected meetsTrouble(order: VenueOrder, price: Price): boolean {
    // Somebody else's orders have their own luck, and those that were held have had theirs.
    if (order.heldBack || isForeign(order.order)) return false;
    const { trouble, faults } = this.venue;
    if (trouble !== null && this.meetsCondition(trouble, order, price)) return true;
    return faults.threatens && this.faultOnArrival(order);
  }

  private meetsCondition({ conditions, wire }: Trouble, order: VenueOrder, price: Price): boolean {
    const held = this.legOf(order)?.quantity ?? (0 as Quantity);
    const refused = conditions.refusesOrder(order, this.instrument, held, price, this.now);
    if (refused === null) return false;
    if (!refused.silent) {
      this.reject(order, refused.reason);
      return true;
    }
    this.doubt(order.order, "submit");
    if (!refused.arrives) {
      this.venue.pool.discard(order);
      return true;
    }
    wire.fate({ order: order.order, kinds: ["ack", "rejection"], what: "drop", delayMs: 0 });
    return false;
  }

  private faultOnArrival(request: VenueOrder): boolean {
    const { venue } = this;
    const { faults } = venue;
    const { family } = request;
    const { symbol } = this.instrument;
    const rejection = faults.take("reject", family, symbol) ?? faults.takeRandomRejection();
    if (rejection !== null) {
      this.reject(request, "injected_rejection", rejection.code);
      return true;
    }
    if (faults.take("lose_request", family, symbol) !== null) {
      this.doubt(request.order, "submit");
      venue.pool.discard(request);
      return true;
    }
    const held = faults.take("late_accept", family, symbol);
    if (held !== null) {
      this.doubt(request.order, "submit");
      request.heldBack = true;
      this.late.push({ due: this.now + held.delayMs, order: request });
      return true;
    }
    if (faults.take("repeat_request", family, symbol) !== null) {
      const again = venue.pool.take();
      again.load(plainRequest(request));
      again.heldBack = true;
      this.arrive(again);
    }
    return false;
  }

  protected reject(request: VenueOrder, reason: Reason, code: string | null = null): void {
    const { venue } = this;
    const { order } = request;
    // A trigger that waits for a rise is refused in words of its own at some venues.
    const refusal = refusalOf(venue.profile.rejections, reason, code, reason === "trigger_already_crossed" && request.wakesOn() === -1);
    venue.history?.refused(order, this.now, refusal);
    venue.emit({ type: "order_rejected", market: this.index, time: this.now, sequence: venue.nextSequence(), order, ...refusal }, this.now);
    venue.pool.discard(request);
  }

  protected acknowledge(order: VenueOrder): void {
    const { venue } = this;
    const { faults } = venue;
    if (venue.trouble !== null && faults.threatens && !order.heldBack) {
      const { family } = order;
      const { symbol } = this.instrument;
      const partial = faults.take("partial_fill", family, symbol);
      if (partial !== null) order.partialShare = parseRatio(partial.share);
      if (faults.take("lose_reply", family, symbol) !== null) return this.doubt(order.order, "submit");
      const hasty = faults.take("accept_fill_lose_reply", family, symbol);
      if (hasty !== null) return this.makeHasty(order, hasty);
      if (faults.take("fill_before_ack", family, symbol) !== null) this.fate(order, ["ack"], "behind_fill", 0);
      const slow = faults.take("delay_reply", family, symbol);
      if (slow !== null) this.replyLate(order, slow);
    }
    venue.events.acknowledged(this.index, this.now, venue.nextSequence(), order.order, order.venueOrderId);
  }

  private makeHasty(order: VenueOrder, { fillTold }: Extract<CountedFault, { do: "accept_fill_lose_reply" }>): void {
    this.doubt(order.order, "submit");
    if (!fillTold) this.fate(order, allMessages, "drop", 0);
    this.hasty = order;
  }

  private replyLate(order: VenueOrder, { delayMs, timeoutMs }: Extract<CountedFault, { do: "delay_reply" }>): void {
    if (delayMs > timeoutMs) this.doubt(order.order, "submit", timeoutMs);
    this.fate(order, ["ack"], "delay", delayMs);
  }

  /** An accepted order has been placed at a price. */
  protected placed(order: VenueOrder, price: Price): void {
    if (this.hasty !== order) return;
    this.hasty = null;
    if (this.orders.get(order.order) === order) this.fillAtOnce(order, price);
  }

  private fillAtOnce(order: VenueOrder, price: Price): void {
    const quantity = this.closable(order);
    if (quantity > 0) this.fill(order, quantity, order.limit !== 0 ? order.limit : price, "taker");
  }

  private fate(order: VenueOrder, kinds: readonly MessageKind[], what: "drop" | "delay" | "behind_fill", delayMs: number): void {
    this.venue.trouble?.wire.fate({ order: order.order, kinds, what, delayMs });
  }

  /** The client gives up waiting for a reply. */
  private doubt(order: OrderNumber, request: OrderUnknown["request"], afterMs = 0): void {
    const { venue } = this;
    const time = (this.now + afterMs) as Millis;
    venue.emit({ type: "order_unknown", market: this.index, time, sequence: venue.nextSequence(), order, request }, time);
  }

  /** Requests that were held until the open of a bar are taken up with it. */
  landLate(open: Millis): void {
    const due = this.late.filter((one) => one.due <= open);
    if (due.length === 0) return;
    this.late = this.late.filter((one) => one.due > open);
    for (const { order } of due) this.arrive(order);
  }

  /** Something that was held back is still to come. */
  get holdsBack(): boolean {
    return this.late.length > 0;
  }

  // ---- cancels and amendments -----------------------------------------------------------------------------------

  protected override troublesCancel(order: VenueOrder): boolean {
    const { venue } = this;
    const { trouble, faults } = venue;
    if (trouble === null) return false;
    const refused = trouble.conditions.refuses("cancel", this.index, this.now);
    if (refused !== null && !this.passes(refused, order.order, "cancel")) return true;
    return faults.threatens && this.faultOnCancel(order);
  }

  /** A condition's word on a cancel or an amendment. @returns true when the request arrives all the same */
  private passes(refused: Refused, order: OrderNumber, request: "cancel" | "amend"): boolean {
    if (!refused.silent) {
      if (request === "cancel") this.refuseCancel(order, refused.reason, null);
      else this.refuseAmendment(order, refused.reason);
      return false;
    }
    this.doubt(order, request);
    if (!refused.arrives) return false;
    const kinds: readonly MessageKind[] = request === "cancel" ? ["cancel", "rejection"] : ["ack", "amendment", "rejection"];
    this.venue.trouble?.wire.fate({ order, kinds, what: "drop", delayMs: 0 });
    return true;
  }

  private faultOnCancel(order: VenueOrder): boolean {
    const { venue } = this;
    const { faults } = venue;
    const { family } = order;
    const { symbol } = this.instrument;
    const refused = faults.take("reject_cancel", family, symbol);
    if (refused !== null) this.refuseCancel(order.order, "injected_cancel_failure", refused.code);
    if (refused !== null) return true;
    const raced = faults.take("fill_during_cancel", family, symbol);
    if (raced !== null) {
      this.fillDuringCancel(order, raced.told ?? "fill");
      return true;
    }
    const lost = faults.take("lose_cancel_reply", family, symbol);
    if (lost !== null) {
      if (lost.applied) this.retire(order, "CANCELED");
      this.doubt(order.order, "cancel");
      return true;
    }
    const late = faults.take("late_fill", family, symbol);
    if (late !== null) {
      this.cancelWithLateFill(order, late);
      return true;
    }
    if (faults.take("keep_after_cancel", family, symbol) === null) return false;
    venue.events.canceled(this.index, this.now, venue.nextSequence(), order.order, order.filled);
    return true;
  }

  private fillDuringCancel(order: VenueOrder, told: "fill" | "refusal"): void {
    const price = order.limit !== 0 ? order.limit : this.own.last;
    const quantity = this.closable(order);
    const refusedFirst = told === "refusal" && quantity === order.remaining;
    if (refusedFirst) this.refuseCancel(order.order, "order_already_filled", null);
    if (quantity > 0) this.fill(order, quantity, price, "maker");
    if (order.remaining > 0) this.confirmCancel(order);
    else if (!refusedFirst) this.refuseCancel(order.order, "order_already_filled", null);
  }

  /** The cancel was confirmed by a part of the venue that had not heard of the fill yet. */
  private cancelWithLateFill(order: VenueOrder, { share, delayMs }: Extract<CountedFault, { do: "late_fill" }>): void {
    const { venue, instrument } = this;
    const told = order.filled;
    const { numerator, denominator } = parseRatio(share);
    const whole = this.closable(order);
    const wanted = instrument.floorQuantity(Math.floor((whole * numerator) / denominator));
    const quantity = Math.min(whole, Math.max(wanted, instrument.step)) as Quantity;
    const price = order.limit !== 0 ? order.limit : this.own.last;
    this.fate(order, ["fill"], "delay", delayMs);
    if (quantity > 0) this.fill(order, quantity, price, "maker");
    if (order.remaining > 0) this.retire(order, "CANCELED");
    venue.events.canceled(this.index, this.now, venue.nextSequence(), order.order, told);
  }

  protected override troublesAmendment(order: VenueOrder): boolean {
    const { trouble, faults } = this.venue;
    const refused = trouble === null ? null : trouble.conditions.refuses("amend", this.index, this.now);
    if (refused !== null && !this.passes(refused, order.order, "amend")) return true;
    if (!faults.threatens) return false;
    const fault = faults.take("fail_amend", order.family, this.instrument.symbol);
    if (fault === null) return false;
    const { outcome } = fault;
    if (outcome === "lost" || outcome === "lost_applied") {
      this.doubt(order.order, "amend");
      if (outcome === "lost_applied") this.fate(order, ["ack", "amendment", "rejection"], "drop", 0);
      return outcome === "lost";
    }
    // Half done: the old order is gone, and the one in its place was refused.
    if (outcome === "half") this.confirmCancel(order);
    this.refuseAmendment(order.order, "amend_rejected");
    return true;
  }

  // ---- the venue's own doing ------------------------------------------------------------------------------------

  /** A stop that fires may go on under another id. */
  protected override trigger(order: VenueOrder, price: Price): void {
    const { venue } = this;
    if (venue.faults.threatens && venue.faults.take("renumber_on_trigger", order.family, this.instrument.symbol) !== null) {
      const formerId = order.venueOrderId;
      order.venueOrderId = venue.nextOrderId();
      if (venue.tape !== null) venue.tape.amended(order, formerId, this.now);
      venue.events.acknowledged(this.index, this.now, venue.nextSequence(), order.order, order.venueOrderId);
    }
    super.trigger(order, price);
  }

  /** The venue comes back without its open orders, and without a memory of them. */
  wipe(time: Millis): void {
    this.now = time;
    for (const order of this.orders.sorted()) {
      this.retire(order, "CANCELED");
      // No number leads to it any more.
      order.order = 0 as OrderNumber;
    }
    this.linkWork.length = 0;
    this.late = [];
  }

  /** Other filters hold from here on, for what arrives. Prices and quantities of orders that are open stay. */
  changeFilters(filters: InstrumentFilters): void {
    const { rules, priceScale, quantityScale, moneyScale } = this.instrument;
    this.filters = new Instrument({ ...rules, ...filters }, { price: priceScale, quantity: quantityScale, money: moneyScale });
  }

  /** What is saved of it. */
  protected lateState(): LateRequestState[] {
    return this.late.map(({ due, order }) => ({ due, request: plainRequest(order) }));
  }

  protected restoreLate(saved: readonly LateRequestState[]): void {
    this.late = saved.map(({ due, request }) => ({ due, order: this.heldOrder(request) }));
  }

  private heldOrder(request: OrderRequest): VenueOrder {
    const order = this.venue.pool.take();
    order.load(request);
    order.heldBack = true;
    return order;
  }
}
