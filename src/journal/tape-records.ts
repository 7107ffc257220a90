// The records of an order's usual life on the tape. Each has a short form of 32-bit words, which leaves out what follows from
// the record before and holds while its numbers fit, and a long one of float64 values. tape-forms.ts reads both.

import {
  namesOfRequest,
  wideZero,
  type Leg,
  type LedgerEntry,
  type OrderAcknowledged,
  type OrderCanceled,
  type OrderFilled,
  type OrderRequest,
  type OrderStatus,
  type Reason,
} from "../domain/index.ts";
import { reasonCodes, statuses } from "./tape-codes.ts";
import { Tape } from "./tape.ts";

// Kinds stand as numbers where they are written: a constant of a module is looked up each time that it is used. They are
// positions in `kinds`, as every round trip through the tape checks. A function of another module is looked up, too: so the
// records are methods.

type Fields<T> = Omit<T, "type">;

/** A tape that knows what an order's life looks like. */
export class OrderTape extends Tape {
  // What short forms leave out when it follows from here; a reader keeps the same.
  private venueOrderId = 0;
  private trade = 0;
  /** The order that was acknowledged last. */
  private acknowledged = 0;
  /** The order whose cancel was asked for last, and the one that filled last. */
  private asked = 0;
  private filled = 0;
  /** The ledger's last running sum. */
  private cumulative = wideZero;
  /** The order that was sent last, its names, its quantity. */
  private submitted = 0;
  private names = 0;
  private quantity = 0;
  private feeCurrency = 0;
  /** Quantity of the fill that was written last. */
  private executed = 0;

  protected writeAcknowledged(event: Fields<OrderAcknowledged>): void {
    const { market, time, sequence, order } = event;
    const id = this.idWord(event.venueOrderId);
    const rise = time - this.time;
    if ((rise | 0) === rise && (sequence | 0) === sequence && (id | 0) === id && (order | 0) === order) {
      const head = this.room();
      const { words } = this;
      let at = head + 1;
      let own = 0;
      if (rise !== 0) {
        // The first answer of a bar often comes whole seconds after the record before it.
        const seconds = Math.round(rise * 0.001);
        if (rise > 0 && seconds < 256 && seconds * 1_000 === rise) own = seconds << 4;
        else {
          own = 1;
          words[at] = rise;
          at += 1;
        }
      }
      if (sequence !== this.sequence + 1) {
        own |= 2;
        words[at] = sequence;
        at += 1;
      }
      if (id !== this.venueOrderId + 1) {
        own |= 4;
        words[at] = id;
        at += 1;
      }
      if (order !== this.acknowledged + 256) {
        own |= 8;
        words[at] = order;
        at += 1;
      }
      words[head] = 1 | (market << 7) | (own << 19);
      this.end(at);
    } else {
      const at = this.beginLong(1, market, 4);
      const { doubles } = this;
      doubles[at] = time;
      doubles[at + 1] = sequence;
      doubles[at + 2] = order;
      doubles[at + 3] = id;
    }
    this.time = time;
    this.sequence = sequence;
    this.venueOrderId = id;
    this.acknowledged = order;
  }

  protected writeCanceled(event: Fields<OrderCanceled>, verdict: number): void {
    const { market, time, sequence, order, cumulative } = event;
    const rise = time - this.time;
    if ((rise | 0) === rise && (sequence | 0) === sequence && (cumulative | 0) === cumulative && (order | 0) === order) {
      const head = this.room();
      const { words } = this;
      let at = head + 1;
      let own = 0;
      if (order !== this.asked) {
        own = 2_048;
        words[at] = order;
        at += 1;
      }
      if (rise !== 0) {
        own |= 1;
        words[at] = rise;
        at += 1;
      }
      if (sequence !== this.sequence + 1) {
        own |= 2;
        words[at] = sequence;
        at += 1;
      }
      if (cumulative !== 0) {
        own |= 4;
        words[at] = cumulative;
        at += 1;
      }
      if (verdict !== 0) {
        // Settled as CANCELED for a reason that fits the head, as nearly all are; 127 says that the verdict is a word.
        if ((verdict & 15) === 4 && verdict < 2_032) own |= 8 | (verdict - 4);
        else {
          own |= 8 | 2_032;
          words[at] = verdict;
          at += 1;
        }
      }
      words[head] = 5 | (market << 7) | (own << 19);
      this.end(at);
    } else {
      const at = this.beginLong(5, market, verdict === 0 ? 4 : 5);
      const { doubles } = this;
      doubles[at] = time;
      doubles[at + 1] = sequence;
      doubles[at + 2] = order;
      doubles[at + 3] = cumulative;
      if (verdict !== 0) doubles[at + 4] = verdict;
    }
    this.time = time;
    this.sequence = sequence;
  }

  protected writeFill(event: OrderFilled, verdict: number): void {
    const { time, sequence, order, price, quantity, fee, cumulative } = event;
    const trade = this.idWord(event.trade);
    const currency = this.intern(event.feeCurrency);
    const rise = time - this.time;
    const stamped = (rise | 0) === rise && (sequence | 0) === sequence && (order | 0) === order && (trade | 0) === trade;
    if (stamped && (price | 0) === price && (quantity | 0) === quantity && (fee | 0) === fee && (cumulative | 0) === cumulative) {
      const head = this.room();
      const { words } = this;
      words[head + 1] = order;
      words[head + 2] = price;
      words[head + 3] = fee;
      let at = head + 4;
      let own = event.liquidity === "maker" ? 0 : 8;
      if (quantity !== this.executed) {
        own |= 128;
        words[at] = quantity;
        at += 1;
      }
      if (rise !== 0) {
        own |= 1;
        words[at] = rise;
        at += 1;
      }
      if (sequence !== this.sequence + 1) {
        own |= 2;
        words[at] = sequence;
        at += 1;
      }
      if (trade !== this.trade + 1) {
        own |= 4;
        words[at] = trade;
        at += 1;
      }
      if (cumulative !== quantity) {
        own |= 16;
        words[at] = cumulative;
        at += 1;
      }
      if (currency !== this.feeCurrency) {
        own |= 64;
        words[at] = currency;
        at += 1;
      }
      if (verdict !== 0) {
        own |= 32;
        words[at] = verdict;
        at += 1;
      }
      words[head] = 4 | (event.market << 7) | (own << 19);
      this.end(at);
    } else this.writeLongFill(event, verdict, trade, currency);
    this.time = time;
    this.sequence = sequence;
    this.trade = trade;
    this.feeCurrency = currency;
    this.filled = order;
    this.executed = quantity;
  }

  private writeLongFill(event: OrderFilled, verdict: number, trade: number, currency: number): void {
    const at = this.beginLong(4, event.market, verdict === 0 ? 9 : 10);
    const { doubles } = this;
    doubles[at] = event.time;
    doubles[at + 1] = event.sequence;
    doubles[at + 2] = event.order;
    doubles[at + 3] = trade;
    doubles[at + 4] = event.price;
    doubles[at + 5] = event.quantity;
    doubles[at + 6] = event.fee;
    doubles[at + 7] = event.cumulative;
    doubles[at + 8] = (currency << 1) | (event.liquidity === "maker" ? 0 : 1);
    if (verdict !== 0) doubles[at + 9] = verdict;
  }

  protected writeSettled(market: number, order: number, verdict: number): void {
    if ((order | 0) === order) {
      const at = this.room();
      const { words } = this;
      words[at] = 25 | (market << 7);
      words[at + 1] = order;
      words[at + 2] = verdict;
      return this.end(at + 3);
    }
    const at = this.beginLong(25, market, 2);
    const { doubles } = this;
    doubles[at] = order;
    doubles[at + 1] = verdict;
  }

  protected writeCancel(market: number, order: number, reason: number): void {
    this.asked = order;
    if (order === this.submitted) {
      const at = this.room();
      this.words[at] = 17 | (market << 7) | (reason << 19);
      return this.end(at + 1);
    }
    if ((order | 0) === order) {
      const at = this.room();
      const { words } = this;
      words[at] = 17 | (market << 7) | ((reason | 2_048) << 19);
      words[at + 1] = order;
      return this.end(at + 2);
    }
    const at = this.beginLong(17, market, 2);
    const { doubles } = this;
    doubles[at] = order;
    doubles[at + 1] = reason;
  }

  // Order, prices and quantity; everything that is a name in one word. Short: of an order without a life, a replaced order or
  // terms; the next intent's number, the names and the quantity of the order before are left out.
  protected writeSubmit(request: OrderRequest, reason: Reason): void {
    const { order, quantity } = request;
    const price = request.price ?? 0;
    const trigger = request.trigger ?? 0;
    const names = namesOfRequest(request).code | (this.reasonCode(reason) << 15);
    const plain = request.timeToLive === null && request.replaces === null && request.terms === null;
    if (plain && (order | 0) === order && (quantity | 0) === quantity && (price | 0) === price && (trigger | 0) === trigger) {
      const head = this.room();
      const { words } = this;
      let at = head + 1;
      let own = 0;
      if (order !== this.submitted + 256) {
        own = 1;
        words[at] = order;
        at += 1;
      }
      if (price !== 0) {
        own |= 2;
        words[at] = price;
        at += 1;
      }
      if (trigger !== 0) {
        own |= 4;
        words[at] = trigger;
        at += 1;
      }
      if (names !== this.names) {
        own |= 8;
        words[at] = names;
        at += 1;
      }
      if (quantity !== this.quantity) {
        own |= 16;
        words[at] = quantity;
        at += 1;
      }
      words[head] = 16 | (request.market << 7) | (own << 19);
      this.end(at);
    } else this.writeLongSubmit(request, names);
    this.submitted = order;
    this.names = names;
    this.quantity = quantity;
  }

  private writeLongSubmit(request: OrderRequest, names: number): void {
    const { terms } = request;
    const count = terms === null ? 7 : 8;
    const text = terms === null ? 0 : this.intern(JSON.stringify(terms));
    const at = this.beginLong(16, request.market, count);
    const { doubles } = this;
    doubles[at] = request.order;
    doubles[at + 1] = names;
    doubles[at + 2] = request.quantity;
    doubles[at + 3] = request.price ?? 0;
    doubles[at + 4] = request.trigger ?? 0;
    doubles[at + 5] = request.timeToLive ?? -1;
    doubles[at + 6] = request.replaces ?? 0;
    if (terms !== null) doubles[at + 7] = text;
  }

  protected writeLedger(entry: LedgerEntry): void {
    const { order, quantity, gross, entryFee, exitFee, net, cumulative } = entry;
    const follows = net === gross - entryFee - exitFee && cumulative === this.cumulative + net && order === this.filled;
    this.cumulative = cumulative;
    if (follows && (quantity | 0) === quantity && (gross | 0) === gross && (entryFee | 0) === entryFee && (exitFee | 0) === exitFee) {
      const at = this.room();
      const { words } = this;
      words[at] = 26 | (entry.market << 7) | (this.legCode(entry.leg) << 19);
      words[at + 1] = quantity;
      words[at + 2] = gross;
      words[at + 3] = entryFee;
      words[at + 4] = exitFee;
      return this.end(at + 5);
    }
    const at = this.beginLong(26, entry.market, 8);
    const { doubles } = this;
    doubles[at] = order;
    doubles[at + 1] = this.legCode(entry.leg);
    doubles[at + 2] = quantity;
    doubles[at + 3] = gross;
    doubles[at + 4] = entryFee;
    doubles[at + 5] = exitFee;
    doubles[at + 6] = net;
    doubles[at + 7] = cumulative;
  }

  // The words of an order as small numbers: switches, because a look into a table costs more than the word that it gives.

  protected statusCode(status: OrderStatus | "REVERTED"): number {
    return status === "FILLED" ? 3 : status === "CANCELED" ? 4 : statuses.indexOf(status);
  }

  /** The reasons of most records; the others are looked up. */
  protected reasonCode(reason: Reason): number {
    switch (reason) {
      case "signal":
        return 0;
      case "filled":
        return 75;
      case "strategy_cancel":
        return 76;
      case "replaced":
        return 77;
      default:
        return reasonCodes.get(reason) as number;
    }
  }

  private legCode(leg: Leg): number {
    return leg === "LONG" ? 0 : leg === "SHORT" ? 1 : 2;
  }
}
