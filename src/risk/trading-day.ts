// Which trading day an instant belongs to, in a time zone with its clock changes. Pure: the zone's offsets are handed in, as the
// shell took them from its time zone data. It must never ask a clock, and every instant has exactly one day (I-28).

import type { Millis } from "../domain/index.ts";

/** From `from` on a zone's clocks show `offset` ms more than UTC. */
export interface OffsetChange {
  readonly from: Millis;
  readonly offset: number;
}

/** What is done with a reset time that a clock change leaves out, or shows twice. */
export interface ResetPolicy {
  /** A time that does not exist: the day begins with the change that left it out, or as late as it would have been without. */
  readonly missing: "at_change" | "shifted";
  /** A time that exists twice. */
  readonly ambiguous: "first" | "second";
}

export const defaultResetPolicy: ResetPolicy = { missing: "at_change", ambiguous: "first" };

const day = 86_400_000;
/** A day begins at most so far from where the offsets of the days around it put it: the largest change that there is. */
const changeMax = day;

/** The trading days of one zone and one time of reset. */
export class TradingDays {
  declare private readonly changes: readonly OffsetChange[];
  /** After local midnight, ms. */
  declare private readonly reset: number;
  declare private readonly policy: ResetPolicy;

  /**
   * @param changes ascending; the first one's offset also holds before it
   * @param reset local time at which a day begins, ms after midnight
   * @throws RangeError for changes that do not ascend, and for a reset that is no time of day
   */
  constructor(changes: readonly OffsetChange[], reset = 0, policy: ResetPolicy = defaultResetPolicy) {
    if (changes.length === 0) throw new RangeError("a zone has at least one offset");
    for (let at = 1; at < changes.length; at += 1)
      if ((changes[at]?.from ?? 0) <= (changes[at - 1]?.from ?? 0)) throw new RangeError("changes of offset ascend");
    if (!(reset >= 0 && reset < day)) throw new RangeError(`${reset} ms is no time of day`);
    this.changes = changes;
    this.reset = reset;
    this.policy = policy;
  }

  /** Days since 1970-01-01, by the local date at whose reset the trading day began. */
  dayOf(instant: Millis): number {
    // No zone is a whole day off its own yesterday but for a date line that moved: look on both sides.
    let id = Math.floor((instant + this.offsetAt(instant) - this.reset) / day) + 1;
    while (this.startOf(id) > instant) id -= 1;
    while (this.startOf(id + 1) <= instant) id += 1;
    return id;
  }

  /** First instant of a day. A day that a zone has skipped as a whole begins and ends with the one behind it. */
  startOf(id: number): Millis {
    const local = id * day + this.reset;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (let at = this.indexAt((local - changeMax) as Millis); at < this.changes.length; at += 1) {
      const { from, offset } = this.changes[at] as OffsetChange;
      if (at > 0 && from > local + changeMax) break;
      const instant = local - offset;
      const isShown = (at === 0 || instant >= from) && instant < (this.changes[at + 1]?.from ?? Number.POSITIVE_INFINITY);
      if (!isShown) continue;
      first = Math.min(first, instant);
      last = Math.max(last, instant);
    }
    if (first !== Number.POSITIVE_INFINITY) return (this.policy.ambiguous === "first" ? first : last) as Millis;
    return this.leftOut(local);
  }

  /** A local time that the clocks jumped over. */
  private leftOut(local: number): Millis {
    for (let at = 1; at < this.changes.length; at += 1) {
      const { from, offset } = this.changes[at] as OffsetChange;
      const before = (this.changes[at - 1] as OffsetChange).offset;
      if (local < from + before || local >= from + offset) continue;
      return (this.policy.missing === "at_change" ? from : local - before) as Millis;
    }
    throw new RangeError(`the local time ${local} is neither shown nor left out`);
  }

  private offsetAt(instant: Millis): number {
    return (this.changes[this.indexAt(instant)] as OffsetChange).offset;
  }

  /** The change that holds at an instant. */
  private indexAt(instant: Millis): number {
    let low = 0;
    let high = this.changes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.changes[middle] as OffsetChange).from <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
