// Answers of the venue on their way to the session, in order of delivery. `immediate` delivers at venue time;
// `seeded` delays each answer by a draw within the window, so that acknowledgements, fills and cancels overtake each other.

import type { Millis, RandomStream, VenueEvent } from "../../domain/index.ts";

export class Outbox {
  private readonly events: VenueEvent[] = [];
  private readonly dues: number[] = [];
  private head = 0;
  private readonly window: number;
  private readonly random: RandomStream | null;

  /** @param random null delivers at venue time. @param window ms of the largest delay */
  constructor(random: RandomStream | null, window: number) {
    this.random = random;
    this.window = window;
  }

  get length(): number {
    return this.events.length - this.head;
  }

  /** Delivery time of the next answer; Infinity when there is none. */
  get nextDue(): Millis {
    return (this.head < this.dues.length ? this.dues[this.head] : Number.POSITIVE_INFINITY) as Millis;
  }

  push(event: VenueEvent): void {
    const due = event.time + (this.random === null ? 0 : this.random.integer(this.window + 1));
    const last = this.dues.length;
    this.events.push(event);
    this.dues.push(due);
    if (last > this.head && (this.dues[last - 1] as number) > due) this.sink(last, due, event);
  }

  /** The next answer, or undefined. */
  shift(): VenueEvent | undefined {
    if (this.head === this.events.length) return undefined;
    const event = this.events[this.head] as VenueEvent;
    this.head += 1;
    if (this.head === this.events.length) {
      this.events.length = 0;
      this.dues.length = 0;
      this.head = 0;
    }
    return event;
  }

  /** Waiting answers with their delivery times, for a saved state. */
  list(): { readonly due: number; readonly event: VenueEvent }[] {
    return this.events.slice(this.head).map((event, at) => ({ due: this.dues[this.head + at] as number, event }));
  }

  // Equal delivery times keep venue order: the insertion passes only strictly later ones.
  private sink(from: number, due: number, event: VenueEvent): void {
    let at = from;
    while (at > this.head && (this.dues[at - 1] as number) > due) {
      this.dues[at] = this.dues[at - 1] as number;
      this.events[at] = this.events[at - 1] as VenueEvent;
      at -= 1;
    }
    this.dues[at] = due;
    this.events[at] = event;
  }
}
