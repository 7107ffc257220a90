// Timers on data time: due in order, equal dues in order of arming. The session asks; nothing here waits.

export class TimerQueue {
  // Latest due first, so that taking the next one moves nothing.
  private readonly dues: number[] = [];
  private readonly timers: number[] = [];
  /** Infinity when nothing is armed. */
  nextDue = Number.POSITIVE_INFINITY;

  get length(): number {
    return this.dues.length;
  }

  arm(timer: number, due: number): void {
    this.dues.push(due);
    this.timers.push(timer);
    let at = this.dues.length - 1;
    while (at > 0 && (this.dues[at - 1] as number) <= due) {
      this.dues[at] = this.dues[at - 1] as number;
      this.timers[at] = this.timers[at - 1] as number;
      at -= 1;
    }
    this.dues[at] = due;
    this.timers[at] = timer;
    this.nextDue = this.dues[this.dues.length - 1] as number;
  }

  /** Forgets what is armed. */
  clear(): void {
    this.dues.length = 0;
    this.timers.length = 0;
    this.nextDue = Number.POSITIVE_INFINITY;
  }

  /** When a timer is due; Infinity for one that is not armed. */
  dueOf(timer: number): number {
    return this.dues[this.timers.indexOf(timer)] ?? Number.POSITIVE_INFINITY;
  }

  /** The timer that is due first. */
  take(): number {
    this.dues.pop();
    const timer = this.timers.pop() as number;
    this.nextDue = this.dues.length === 0 ? Number.POSITIVE_INFINITY : (this.dues[this.dues.length - 1] as number);
    return timer;
  }
}
