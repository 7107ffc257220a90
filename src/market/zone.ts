// Local times of an exchange to UTC and back, by the time zone's rules that come with Node. Never asks the machine's own zone.

import { SeatrialError } from "../domain/index.ts";

const hour = 3_600_000;

/** Turns wall-clock times of one zone into instants, and instants into wall-clock times. */
export class ZoneClock {
  declare private readonly format: Intl.DateTimeFormat | null;
  /** Offset by hour of UTC: rules change at most at full hours. */
  private readonly offsets: Map<number, number> = new Map();

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
    const known = this.offsets.get(key);
    if (known !== undefined) return known;
    const parts = new Map(this.format?.formatToParts(key * hour).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    const offset = local - key * hour;
    this.offsets.set(key, offset);
    return offset;
  }
}
