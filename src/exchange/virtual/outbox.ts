// Answers of the venue on their way to the session, in order of delivery. `immediate` delivers at venue time;
// `seeded` delays each answer by a draw within the window, so that acknowledgements, fills and cancels overtake each other.

import {
  EventPlace,
  restoreRandom,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type Quantity,
  type RandomStream,
  type Sequence,
  type VenueEvent,
  type VenueOrderId,
} from "../../domain/index.ts";
import type { Lag } from "./latency.ts";
import { eventOfState, eventState, type OutboxState } from "./state.ts";

export class Outbox {
  /** Waiting answers from `head` on, then places to be used again. */
  private readonly places: EventPlace[] = [];
  private readonly dues: number[] = [];
  private head = 0;
  private tail = 0;
  declare private readonly window: number;
  declare private random: RandomStream | null;
  declare private readonly lag: Lag | null;
  /** Delivery time of the next answer; Infinity when there is none. */
  nextDue: number = Number.POSITIVE_INFINITY;

  /** @param random null delivers at venue time. @param window ms of the largest delay. @param lag how long answers take beside that; null = no time */
  constructor(random: RandomStream | null, window: number, lag: Lag | null) {
    this.random = random;
    this.lag = lag;
    this.window = window;
  }

  get length(): number {
    return this.tail - this.head;
  }

  acknowledged(market: MarketIndex, time: Millis, sequence: Sequence, order: OrderNumber, venueOrderId: VenueOrderId): void {
    const place = this.place("order_acknowledged", time);
    place.sequence = sequence;
    place.market = market;
    place.order = order;
    place.venueOrderId = venueOrderId;
    this.send(place, this.dueOf(time, sequence));
  }

  canceled(market: MarketIndex, time: Millis, sequence: Sequence, order: OrderNumber, cumulative: Quantity): void {
    const place = this.place("order_canceled", time);
    place.sequence = sequence;
    place.market = market;
    place.order = order;
    place.cumulative = cumulative;
    this.send(place, this.dueOf(time, sequence));
  }

  /** @param time the event's venue time */
  push(event: VenueEvent, time: Millis): void {
    this.send(this.placeOf(event, time), this.dueOf(time, event.sequence));
  }

  /** Takes the next answer out, as a copy; undefined when there is none. */
  shift(): VenueEvent | undefined {
    return this.head === this.tail ? undefined : this.take().plain();
  }

  /** Takes the next answer out: one must be waiting. The place is valid until the next answer is sent or taken. */
  take(): EventPlace {
    const place = this.places[this.head] as EventPlace;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
      this.nextDue = Number.POSITIVE_INFINITY;
    } else this.nextDue = this.dues[this.head] as number;
    return place;
  }

  /** Waiting answers with their delivery times. */
  list(): { readonly due: number; readonly event: VenueEvent }[] {
    const waiting: { due: number; event: VenueEvent }[] = [];
    for (let at = this.head; at < this.tail; at += 1) {
      waiting.push({ due: this.dues[at] as number, event: (this.places[at] as EventPlace).plain() });
    }
    return waiting;
  }

  snapshot(): OutboxState {
    const waiting = this.list().map(({ due, event }) => ({ due, event: eventState(event) }));
    return { waiting, random: this.random === null ? null : this.random.snapshot() };
  }

  restore(state: OutboxState): void {
    this.head = 0;
    this.tail = 0;
    this.nextDue = Number.POSITIVE_INFINITY;
    for (const { due, event } of state.waiting) this.send(this.placeOf(eventOfState(event), event.time), due);
    this.random = state.random === null ? null : restoreRandom(state.random);
  }

  private dueOf(time: Millis, sequence: Sequence): number {
    const heard = this.lag === null ? time : this.lag.heard(sequence, time);
    return heard + (this.random === null ? 0 : this.random.integer(this.window + 1));
  }

  private placeOf(event: VenueEvent, time: Millis): EventPlace {
    const place = this.place(event.type, time);
    if (event.type === "order_filled") place.fill = event;
    else if (event.type === "order_acknowledged" || event.type === "order_canceled") {
      place.sequence = event.sequence;
      place.market = event.market;
      place.order = event.order;
      if (event.type === "order_acknowledged") place.venueOrderId = event.venueOrderId;
      else place.cumulative = event.cumulative;
    } else place.rare = event;
    return place;
  }

  /** The place behind the last waiting answer. */
  private place(type: VenueEvent["type"], time: Millis): EventPlace {
    if (this.tail === this.places.length) this.makeRoom();
    const place = this.places[this.tail] as EventPlace;
    place.type = type;
    place.time = time;
    return place;
  }

  private makeRoom(): void {
    if (this.head === 0 || this.head < this.tail - this.head) {
      this.places.push(new EventPlace());
      return;
    }
    // More places are free in front than are waiting: they go behind.
    this.places.push(...this.places.splice(0, this.head));
    this.dues.splice(0, this.head);
    this.tail -= this.head;
    this.head = 0;
  }

  /** Sends the place that was filled last on its way. */
  private send(place: EventPlace, due: number): void {
    const at = this.tail;
    this.dues[at] = due;
    this.tail = at + 1;
    if (at > this.head && (this.dues[at - 1] as number) > due) this.sink(at, due, place);
    this.nextDue = this.dues[this.head] as number;
  }

  // Equal delivery times keep venue order: the insertion passes only strictly later ones.
  private sink(from: number, due: number, place: EventPlace): void {
    let at = from;
    while (at > this.head && (this.dues[at - 1] as number) > due) {
      this.dues[at] = this.dues[at - 1] as number;
      this.places[at] = this.places[at - 1] as EventPlace;
      at -= 1;
    }
    this.dues[at] = due;
    this.places[at] = place;
  }
}
