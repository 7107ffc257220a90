// Local times of an exchange to UTC and back, by the time zone's rules that come with Node. Never asks the machine's own zone.

import { SeatrialError } from "../domain/index.ts";

const hour = 3_600_000;
const second = 1_000;

/** An offset ends inside of an hour of UTC: Lord Howe's at half past, Monrovia's of 1972 at 44 minutes and 30 seconds. */
interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Turns wall-clock times of one zone into instants, and instants into wall-clock times. */
export class ZoneClock {
  declare private readonly format: Intl.DateTimeFormat | null;
  /** By hour of UTC: its offset, or the change of it in that hour. */
  private readonly offsets: Map<number, number | Change> = new Map();

  /** @param zone a name of the IANA database, "America/New_York" @throws SeatrialError `bad_zone` */
  constructor(zone: string) {
    try {
      const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
      this.format = zone === "UTC" ? null : new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...parts });
    } catch (cause) {
      throw new SeatrialError({ code: "bad_zone", reason: `"${zone}" is no time zone`, hint: "write it as America/New_York, or UTC", cause });
    }
  }

  /**
   * The instant of a wall-clock time that is written as if it were UTC, both in ms. A time that occurs twice is the first of
   * them; one that a clock change leaves out is read by the offset before the change.
   */
  instantOf(local: number): number {
    if (this.format === null) return local;
    const before = local - this.offsetAt(local - 24 * hour);
    const after = local - this.offsetAt(before);
    return this.offsetAt(after) === local - after && this.offsetAt(before) !== local - before ? after : before;
  }

  /** Wall-clock time of an instant, written as if it were UTC, both in ms. */
  localOf(instant: number): number {
    return this.format === null ? instant : instant + this.offsetAt(instant);
  }

  /** Local time less UTC, in ms. */
  private offsetAt(instant: number): number {
    const key = Math.floor(instant / hour);
    const known = this.offsets.get(key) ?? this.lookAt(key);
    if (typeof known === "number") return known;
    return instant < known.at ? known.before : known.after;
  }

  private lookAt(key: number): number | Change {
    const [before, after] = [this.told(key * hour), this.told((key + 1) * hour)];
    // No zone changes twice within an hour; a change at its end is of the next one.
    const found = before === after ? before : this.changeIn(key, before, after);
    this.offsets.set(key, found);
    return found;
  }

  /** The first second with another offset, found by halves. */
  private changeIn(key: number, before: number, after: number): number | Change {
    let low = key * hour;
    let high = low + hour;
    while (high - low > second) {
      const middle = low + Math.floor((high - low) / (2 * second)) * second;
      if (this.told(middle) === before) low = middle;
      else high = middle;
    }
    return high === (key + 1) * hour ? before : { at: high, before, after };
  }

  /** What the zone's data says of a full second. */
  private told(instant: number): number {
    const parts = new Map(this.format?.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - instant;
  }
}
