// The records of an order's usual life on the tape. Each has a short form of 32-bit words, which leaves out what follows from
// the record before and holds while its numbers fit, and a long one of float64 values. tape-forms.ts reads both.

import type { LedgerEntry, OrderAcknowledged, OrderCanceled, OrderFilled, OrderRequest, Reason } from "../domain/index.ts";
import { legCode, namesWord } from "./tape-names.ts";
import type { Tape } from "./tape.ts";

// Kinds stand as numbers where they are written: a constant of a module is looked up each time that it is used. They are
// positions in `kinds`, as every round trip through the tape checks.

type Fields<T> = Omit<T, "type">;

export function writeAcknowledged(tape: Tape, event: Fields<OrderAcknowledged>): void {
  const { market, time, sequence, order } = event;
  const id = tape.idWord(event.venueOrderId);
  const rise = time - tape.time;
  if ((rise | 0) === rise && (sequence | 0) === sequence && (id | 0) === id && (order | 0) === order) {
    const head = tape.room();
    const { words } = tape;
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
    if (sequence !== tape.sequence + 1) {
      own |= 2;
      words[at] = sequence;
      at += 1;
    }
    if (id !== tape.venueOrderId + 1) {
      own |= 4;
      words[at] = id;
      at += 1;
    }
    if (order !== tape.acknowledged + 256) {
      own |= 8;
      words[at] = order;
      at += 1;
    }
    words[head] = 1 | (market << 7) | (own << 19);
    tape.end(at);
  } else {
    const at = tape.beginLong(1, market, 4);
    const { doubles } = tape;
    doubles[at] = time;
    doubles[at + 1] = sequence;
    doubles[at + 2] = order;
    doubles[at + 3] = id;
  }
  tape.time = time;
  tape.sequence = sequence;
  tape.venueOrderId = id;
  tape.acknowledged = order;
}

export function writeCanceled(tape: Tape, event: Fields<OrderCanceled>, verdict: number): void {
  const { market, time, sequence, order, cumulative } = event;
  const rise = time - tape.time;
  if ((rise | 0) === rise && (sequence | 0) === sequence && (cumulative | 0) === cumulative && (order | 0) === order) {
    const head = tape.room();
    const { words } = tape;
    let at = head + 1;
    let own = 0;
    if (order !== tape.asked) {
      own = 2_048;
      words[at] = order;
      at += 1;
    }
    if (rise !== 0) {
      own |= 1;
      words[at] = rise;
      at += 1;
    }
    if (sequence !== tape.sequence + 1) {
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
    tape.end(at);
  } else {
    const at = tape.beginLong(5, market, verdict === 0 ? 4 : 5);
    const { doubles } = tape;
    doubles[at] = time;
    doubles[at + 1] = sequence;
    doubles[at + 2] = order;
    doubles[at + 3] = cumulative;
    if (verdict !== 0) doubles[at + 4] = verdict;
  }
  tape.time = time;
  tape.sequence = sequence;
}

export function writeFill(tape: Tape, event: OrderFilled, verdict: number): void {
  const { time, sequence, order, price, quantity, fee, cumulative } = event;
  const trade = tape.idWord(event.trade);
  const currency = tape.intern(event.feeCurrency);
  const rise = time - tape.time;
  const stamped = (rise | 0) === rise && (sequence | 0) === sequence && (order | 0) === order && (trade | 0) === trade;
  if (stamped && (price | 0) === price && (quantity | 0) === quantity && (fee | 0) === fee && (cumulative | 0) === cumulative) {
    const head = tape.room();
    const { words } = tape;
    words[head + 1] = order;
    words[head + 2] = price;
    words[head + 3] = fee;
    let at = head + 4;
    let own = event.liquidity === "maker" ? 0 : 8;
    if (quantity !== tape.executed) {
      own |= 128;
      words[at] = quantity;
      at += 1;
    }
    if (rise !== 0) {
      own |= 1;
      words[at] = rise;
      at += 1;
    }
    if (sequence !== tape.sequence + 1) {
      own |= 2;
      words[at] = sequence;
      at += 1;
    }
    if (trade !== tape.trade + 1) {
      own |= 4;
      words[at] = trade;
      at += 1;
    }
    if (cumulative !== quantity) {
      own |= 16;
      words[at] = cumulative;
      at += 1;
    }
    if (currency !== tape.feeCurrency) {
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
    tape.end(at);
  } else writeLongFill(tape, event, verdict, trade, currency);
  tape.time = time;
  tape.sequence = sequence;
  tape.trade = trade;
  tape.feeCurrency = currency;
  tape.filled = order;
  tape.executed = quantity;
}

function writeLongFill(tape: Tape, event: OrderFilled, verdict: number, trade: number, currency: number): void {
  const at = tape.beginLong(4, event.market, verdict === 0 ? 9 : 10);
  const { doubles } = tape;
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

export function writeSettled(tape: Tape, market: number, order: number, verdict: number): void {
  if ((order | 0) === order) {
    const at = tape.room();
    const { words } = tape;
    words[at] = 25 | (market << 7);
    words[at + 1] = order;
    words[at + 2] = verdict;
    return tape.end(at + 3);
  }
  const at = tape.beginLong(25, market, 2);
  const { doubles } = tape;
  doubles[at] = order;
  doubles[at + 1] = verdict;
}

export function writeCancel(tape: Tape, market: number, order: number, reason: number): void {
  tape.asked = order;
  if (order === tape.submitted) {
    const at = tape.room();
    tape.words[at] = 17 | (market << 7) | (reason << 19);
    return tape.end(at + 1);
  }
  if ((order | 0) === order) {
    const at = tape.room();
    const { words } = tape;
    words[at] = 17 | (market << 7) | ((reason | 2_048) << 19);
    words[at + 1] = order;
    return tape.end(at + 2);
  }
  const at = tape.beginLong(17, market, 2);
  const { doubles } = tape;
  doubles[at] = order;
  doubles[at + 1] = reason;
}

// Order, prices and quantity; everything that is a name in one word. Short: of an order without a life, a replaced order or
// terms; the next intent's number, the names and the quantity of the order before are left out.
export function writeSubmit(tape: Tape, request: OrderRequest, reason: Reason): void {
  const { order, quantity } = request;
  const price = request.price ?? 0;
  const trigger = request.trigger ?? 0;
  const names = namesWord(request, reason);
  const plain = request.timeToLive === null && request.replaces === null && request.terms === null;
  if (plain && (order | 0) === order && (quantity | 0) === quantity && (price | 0) === price && (trigger | 0) === trigger) {
    const head = tape.room();
    const { words } = tape;
    let at = head + 1;
    let own = 0;
    if (order !== tape.submitted + 256) {
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
    if (names !== tape.names) {
      own |= 8;
      words[at] = names;
      at += 1;
    }
    if (quantity !== tape.quantity) {
      own |= 16;
      words[at] = quantity;
      at += 1;
    }
    words[head] = 16 | (request.market << 7) | (own << 19);
    tape.end(at);
  } else writeLongSubmit(tape, request, names);
  tape.submitted = order;
  tape.names = names;
  tape.quantity = quantity;
}

function writeLongSubmit(tape: Tape, request: OrderRequest, names: number): void {
  const { terms } = request;
  const count = terms === null ? 7 : 8;
  const text = terms === null ? 0 : tape.intern(JSON.stringify(terms));
  const at = tape.beginLong(16, request.market, count);
  const { doubles } = tape;
  doubles[at] = request.order;
  doubles[at + 1] = names;
  doubles[at + 2] = request.quantity;
  doubles[at + 3] = request.price ?? 0;
  doubles[at + 4] = request.trigger ?? 0;
  doubles[at + 5] = request.timeToLive ?? -1;
  doubles[at + 6] = request.replaces ?? 0;
  if (terms !== null) doubles[at + 7] = text;
}

export function writeLedger(tape: Tape, entry: LedgerEntry): void {
  const { order, quantity, gross, entryFee, exitFee, net, cumulative } = entry;
  const follows = net === gross - entryFee - exitFee && cumulative === tape.cumulative + net && order === tape.filled;
  tape.cumulative = cumulative;
  if (follows && (quantity | 0) === quantity && (gross | 0) === gross && (entryFee | 0) === entryFee && (exitFee | 0) === exitFee) {
    const at = tape.room();
    const { words } = tape;
    words[at] = 26 | (entry.market << 7) | (legCode(entry.leg) << 19);
    words[at + 1] = quantity;
    words[at + 2] = gross;
    words[at + 3] = entryFee;
    words[at + 4] = exitFee;
    return tape.end(at + 5);
  }
  const at = tape.beginLong(26, entry.market, 8);
  const { doubles } = tape;
  doubles[at] = order;
  doubles[at + 1] = legCode(entry.leg);
  doubles[at + 2] = quantity;
  doubles[at + 3] = gross;
  doubles[at + 4] = entryFee;
  doubles[at + 5] = exitFee;
  doubles[at + 6] = net;
  doubles[at + 7] = cumulative;
}
