// The records of the tape back into values, one layout a kind whatever form a record was written in. The mirror of
// tape-write: whatever one of them assumes to follow from the record before, the other must.

import { kindCodes, kinds, lateEvents, type Kind } from "./tape-codes.ts";

const firstEffect = kindCodes.get("submit_order") as number;
const lateCodes = new Set([...lateEvents].map((kind: Kind) => kindCodes.get(kind) as number));

const eventKinds: readonly boolean[] = kinds.map((_, kind) => kind < firstEffect || lateCodes.has(kind));

/** True for kinds that begin with a time and a sequence. */
export function isEventKind(kind: number): boolean {
  return eventKinds[kind] === true;
}

/** One record after the other, expanded. */
export class Expansion {
  kind = 0;
  market = 0;
  /** Values of the record that was read last: time and sequence first where it is an event. */
  readonly values: Float64Array = new Float64Array(16);
  count = 0;
  private row = -1;
  private time = -1;
  private sequence = 0;
  private venueOrderId = 0;
  private trade = 0;
  private acknowledged = 0;
  private asked = 0;
  private filled = 0;
  private cumulative = 0;
  private submitted = 0;
  private names = 0;
  private quantity = 0;
  private feeCurrency = 0;
  private executed = 0;
  private words: Int32Array = new Int32Array(0);
  private at = 0;

  /** Reads the record at a place. @returns the place behind it */
  read(words: Int32Array, doubles: Float64Array, at: number): number {
    const head = words[at] as number;
    this.kind = head & 63;
    this.market = (head >> 7) & 4_095;
    this.words = words;
    this.at = at + 1;
    const own = (head >> 19) & 4_095;
    if ((head & 64) !== 0 && this.kind !== 62) this.long(doubles, at, own);
    else this.short(head, own);
    return this.at;
  }

  private next(): number {
    const word = this.words[this.at] as number;
    this.at += 1;
    return word;
  }

  // A stored word is an instruction; a list of arguments is an array, and `set` a call of hundreds.
  private put(one: number): void {
    this.values[0] = one;
    this.count = 1;
  }

  private put2(one: number, two: number): void {
    this.values[0] = one;
    this.values[1] = two;
    this.count = 2;
  }

  private put4(one: number, two: number, three: number, four: number): void {
    const { values } = this;
    values[0] = one;
    values[1] = two;
    values[2] = three;
    values[3] = four;
    this.count = 4;
  }

  private long(doubles: Float64Array, at: number, count: number): void {
    const first = (at >> 1) + 1;
    this.at = at + 2 + 2 * count;
    const { values } = this;
    for (let value = 0; value < count; value += 1) values[value] = doubles[first + value] as number;
    this.count = count;
    const one = values[0] as number;
    const two = values[1] as number;
    const three = values[2] as number;
    const four = values[3] as number;
    if (this.kind === 63) this.time = one;
    if (isEventKind(this.kind)) {
      this.time = one;
      this.sequence = two;
    }
    if (this.kind === 1) {
      this.acknowledged = three;
      this.venueOrderId = four;
    } else if (this.kind === 4) {
      this.filled = three;
      this.trade = four;
      this.executed = values[5] as number;
      this.feeCurrency = (values[8] as number) >> 1;
    } else if (this.kind === 16) {
      this.submitted = one;
      this.names = two;
      this.quantity = three;
    } else if (this.kind === 17) this.asked = one;
    else if (this.kind === 26) this.cumulative = values[7] as number;
  }

  private short(head: number, own: number): void {
    switch (this.kind) {
      case 1:
        return this.acknowledgement(own);
      case 4:
        return this.fill(own);
      case 5:
        return this.canceled(own);
      case 16:
        return this.submit(own);
      case 17:
        this.asked = (own & 2_048) !== 0 ? this.next() : this.submitted;
        return this.put2(this.asked, own & 2_047);
      case 25:
        return this.put2(this.next(), this.next());
      case 26:
        return this.ledger(own);
      case 62:
        this.row = (head & 64) === 0 ? this.row + own : this.next();
        return this.put(this.row);
      case 63:
        this.time += own === 0 ? this.next() : own * 1_000;
        return this.put(this.time);
      default:
        throw new RangeError(`record kind ${this.kind} has no short form`);
    }
  }

  // Time and sequence stand first in every event: the same time, and the next number, unless the record says otherwise.
  private stamp(own: number): void {
    if ((own & 1) !== 0) this.time += this.next();
    this.sequence = (own & 2) !== 0 ? this.next() : this.sequence + 1;
  }

  private acknowledgement(own: number): void {
    this.time += (own >> 4) * 1_000;
    this.stamp(own);
    this.venueOrderId = (own & 4) !== 0 ? this.next() : this.venueOrderId + 1;
    this.acknowledged = (own & 8) !== 0 ? this.next() : this.acknowledged + 256;
    this.put4(this.time, this.sequence, this.acknowledged, this.venueOrderId);
  }

  private canceled(own: number): void {
    const order = (own & 2_048) !== 0 ? this.next() : this.asked;
    this.stamp(own);
    const cumulative = (own & 4) !== 0 ? this.next() : 0;
    this.put4(this.time, this.sequence, order, cumulative);
    if ((own & 8) === 0) return;
    // A reason in the head: the order was settled as CANCELED.
    const reason = (own >> 4) & 127;
    this.values[4] = reason === 127 ? this.next() : (reason << 4) | 4;
    this.count = 5;
  }

  private fill(own: number): void {
    this.filled = this.next();
    const price = this.next();
    const fee = this.next();
    if ((own & 128) !== 0) this.executed = this.next();
    const quantity = this.executed;
    this.stamp(own);
    this.trade = (own & 4) !== 0 ? this.next() : this.trade + 1;
    const cumulative = (own & 16) !== 0 ? this.next() : quantity;
    if ((own & 64) !== 0) this.feeCurrency = this.next();
    const currency = (this.feeCurrency << 1) | ((own & 8) >> 3);
    this.put4(this.time, this.sequence, this.filled, this.trade);
    const { values } = this;
    values[4] = price;
    values[5] = quantity;
    values[6] = fee;
    values[7] = cumulative;
    values[8] = currency;
    this.count = 9;
    if ((own & 32) === 0) return;
    values[9] = this.next();
    this.count = 10;
  }

  private ledger(own: number): void {
    const quantity = this.next();
    const gross = this.next();
    const entryFee = this.next();
    const exitFee = this.next();
    const net = gross - entryFee - exitFee;
    this.cumulative += net;
    this.put4(this.filled, own, quantity, gross);
    const { values } = this;
    values[4] = entryFee;
    values[5] = exitFee;
    values[6] = net;
    values[7] = this.cumulative;
    this.count = 8;
  }

  private submit(own: number): void {
    this.submitted = (own & 1) !== 0 ? this.next() : this.submitted + 256;
    const price = (own & 2) !== 0 ? this.next() : 0;
    const trigger = (own & 4) !== 0 ? this.next() : 0;
    if ((own & 8) !== 0) this.names = this.next();
    if ((own & 16) !== 0) this.quantity = this.next();
    this.put4(this.submitted, this.names, this.quantity, price);
    this.values[4] = trigger;
    this.count = 5;
  }
}
