// Answers of the venue on their way to the session, in order of delivery. `immediate` delivers at venue time;
// `seeded` delays each answer by a draw within the window, so that acknowledgements, fills and cancels overtake each other.

import { restoreRandom, type Millis, type RandomStream, type VenueEvent } from "../../domain/index.ts";
import { eventOfState, eventState, type OutboxState } from "./state.ts";

export class Outbox {
  private readonly events: (VenueEvent | undefined)[] = [];
  private readonly dues: number[] = [];
  private head = 0;
  private tail = 0;
  declare private readonly window: number;
  declare private random: RandomStream | null;
  /** Delivery time of the next answer; Infinity when there is none. */
  nextDue: number = Number.POSITIVE_INFINITY;

  /** @param random null delivers at venue time. @param window ms of the largest delay */
  constructor(random: RandomStream | null, window: number) {
    this.random = random;
    this.window = window;
  }

  get length(): number {
    return this.tail - this.head;
  }

  /** @param time the event's venue time */
  push(event: VenueEvent, time: Millis): void {
    const due = time + (this.random === null ? 0 : this.random.integer(this.window + 1));
    const at = this.tail;
    this.events[at] = event;
    this.dues[at] = due;
    this.tail += 1;
    if (at > this.head && (this.dues[at - 1] as number) > due) this.sink(at, due, event);
    this.nextDue = this.dues[this.head] as number;
  }

  /** The next answer, or undefined. */
  shift(): VenueEvent | undefined {
    if (this.head === this.tail) return undefined;
    const event = this.events[this.head];
    this.events[this.head] = undefined;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
      this.nextDue = Number.POSITIVE_INFINITY;
    } else this.nextDue = this.dues[this.head] as number;
    return event;
  }

  /** Waiting answers with their delivery times. */
  list(): { readonly due: number; readonly event: VenueEvent }[] {
    const waiting: { due: number; event: VenueEvent }[] = [];
    for (let at = this.head; at < this.tail; at += 1) waiting.push({ due: this.dues[at] as number, event: this.events[at] as VenueEvent });
    return waiting;
  }

  snapshot(): OutboxState {
    const waiting = this.list().map(({ due, event }) => ({ due, event: eventState(event) }));
    return { waiting, random: this.random === null ? null : this.random.snapshot() };
  }

  restore(state: OutboxState): void {
    this.head = 0;
    this.tail = state.waiting.length;
    state.waiting.forEach(({ due, event }, at) => {
      this.dues[at] = due;
      this.events[at] = eventOfState(event);
    });
    this.nextDue = state.waiting[0]?.due ?? Number.POSITIVE_INFINITY;
    this.random = state.random === null ? null : restoreRandom(state.random);
  }

  // Equal delivery times keep venue order: the insertion passes only strictly later ones.
  private sink(from: number, due: number, event: VenueEvent): void {
    let at = from;
    while (at > this.head && (this.dues[at - 1] as number) > due) {
      this.dues[at] = this.dues[at - 1] as number;
      this.events[at] = this.events[at - 1];
      at -= 1;
    }
    this.dues[at] = due;
    this.events[at] = event;
  }
}
