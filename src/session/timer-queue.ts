// Timers on data time: due in order, equal dues in order of arming. The session asks; nothing here waits.

export class TimerQueue {
  private readonly dues: number[] = [];
  private readonly timers: number[] = [];

  /** Infinity when nothing is armed. */
  get nextDue(): number {
    return this.dues.length === 0 ? Number.POSITIVE_INFINITY : (this.dues[0] as number);
  }

  arm(timer: number, due: number): void {
    let at = this.dues.length;
    while (at > 0 && (this.dues[at - 1] as number) > due) at -= 1;
    this.dues.splice(at, 0, due);
    this.timers.splice(at, 0, timer);
  }

  /** The timer that is due first. */
  take(): number {
    this.dues.shift();
    return this.timers.shift() as number;
  }
}
