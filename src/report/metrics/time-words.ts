// Instants, durations and calendar days in words. It must never ask the machine's own zone.

import { ZoneClock } from "../../market/index.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** "2025-01-01 08:00:00", UTC, as freqtrade prints it. */
export function isoText(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

/** "2 days, 3:05:09": whole seconds, as Python prints a timedelta; what is below 0 has its sign in front. */
export function durationText(ms: number): string {
  if (ms < 0) return `-${durationText(-ms)}`;
  const whole = Math.round(ms / second) * second;
  const days = Math.floor(whole / day);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = `${Math.floor((whole % day) / hour)}:${two(Math.floor((whole % hour) / minute))}:${two((whole % minute) / second)}`;
  return days === 0 ? clock : `${days} ${days === 1 ? "day" : "days"}, ${clock}`;
}

/** Calendar days and months of one time zone. */
export class Calendar {
  declare readonly zone: string;
  declare private readonly clock: ZoneClock;

  /** @param zone IANA name @throws SeatrialError `bad_zone` */
  constructor(zone: string) {
    this.zone = zone;
    this.clock = new ZoneClock(zone);
  }

  /** Midnight of the local day that holds an instant, written as if it were UTC, epoch ms. */
  dayOf(time: number): number {
    return Math.floor(this.clock.localOf(time) / day) * day;
  }

  /** "2025-01-31". */
  date(time: number): string {
    return new Date(this.dayOf(time)).toISOString().slice(0, 10);
  }

  /** "2025-01". */
  month(time: number): string {
    return this.date(time).slice(0, 7);
  }

  /** "08:30:00" on the local clock. */
  time(time: number): string {
    return new Date(this.clock.localOf(time)).toISOString().slice(11, 19);
  }
}
