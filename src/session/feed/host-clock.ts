// The clock of the host as a session sees it, against data time. Data time rules: no timer and no bar ever asks this clock; it is
// compared with the venue's, and found right or wrong.

import type { ClockStep } from "./steps.ts";

export class HostClock {
  /** Ahead of data time, ms, at `since`. */
  private ahead = 0;
  private since = 0;
  private ppm = 0;
  private jumped = false;
  /** What was told last: the offset was too large. */
  private wasWrong = false;

  /** @returns true for a jump, which a comparison with the time that has passed shows at once */
  apply(step: ClockStep, now: number): boolean {
    this.ahead = this.aheadAt(now);
    this.since = now;
    if (step.do === "clock_drift") this.ppm = step.ppm;
    else this.ahead += step.ms;
    if (step.do !== "clock_step") return false;
    this.jumped = true;
    return true;
  }

  /** How far it is ahead, whole ms. */
  aheadAt(now: number): number {
    return this.ahead + Math.round(((now - this.since) * this.ppm) / 1_000_000);
  }

  /**
   * Compares it with the venue's clock, which shows data time. @param offsetMaxMs from where on it is wrong
   * @returns the venue's less ours where that is news; null where nothing has changed
   */
  check(now: number, offsetMaxMs: number): number | null {
    const offset = 0 - this.aheadAt(now);
    const isWrong = Math.abs(offset) > offsetMaxMs;
    if (!this.jumped && isWrong === this.wasWrong) return null;
    this.jumped = false;
    this.wasWrong = isWrong;
    return offset;
  }
}
