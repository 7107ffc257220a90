// Answers of the venue on their way to the session, in order of delivery. `immediate` delivers at venue time;
// `seeded` delays each answer by a draw within the window, so that acknowledgements, fills and cancels overtake each other.

import {
  EventPlace,
  wideZero,
  type AnswerKind,
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
import { asClientKnows, clientNumber } from "./client-ids.ts";
import type { Lag } from "./latency.ts";
import { eventOfState, eventState, type OutboxState } from "./state.ts";

/** What stands between the venue and its answers' way to the session. */
interface Carrier {
  carry(event: VenueEvent, due: number): void;
}

export class Outbox {
  /** null: every answer comes, once, in its time. */
  wire: Carrier | null = null;

  /** A ring of places: waiting answers from `first` on, up to `free`, the place that is filled next. */
  private first: EventPlace = new EventPlace();
  private free: EventPlace = this.first;
  /** Places of the ring. */
  private size = 1;
  /** Answers that wait. */
  length = 0;
  /** Delivery time of the last of them. */
  private latest = wideZero;
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
    // More places than plain sessions need at once: what is never done is no part of the code that is made of `send`.
    for (let places = 1; places < 64; places += 1) this.widen(this.first);
  }

  acknowledged(market: MarketIndex, time: Millis, sequence: Sequence, order: OrderNumber, venueOrderId: VenueOrderId): void {
    if (this.wire !== null)
      return this.wire.carry({ type: "order_acknowledged", market, time, sequence, order, venueOrderId }, this.dueOf(time, sequence));
    const place = this.place(0, time);
    place.sequence = sequence;
    place.market = market;
    place.order = this.nameOf(order);
    place.venueOrderId = venueOrderId;
    this.send(place, this.dueOf(time, sequence));
  }

  canceled(market: MarketIndex, time: Millis, sequence: Sequence, order: OrderNumber, cumulative: Quantity): void {
    if (this.wire !== null) return this.wire.carry({ type: "order_canceled", market, time, sequence, order, cumulative }, this.dueOf(time, sequence));
    const place = this.place(1, time);
    place.sequence = sequence;
    place.market = market;
    place.order = this.nameOf(order);
    place.cumulative = cumulative;
    this.send(place, this.dueOf(time, sequence));
  }

  /** @param time the event's venue time */
  push(event: VenueEvent, time: Millis): void {
    if (this.wire !== null) return this.wire.carry(event, this.dueOf(time, event.sequence));
    this.send(this.placeOf(event, time), this.dueOf(time, event.sequence));
  }

  /** An answer that nothing more happens to. */
  deliver(event: VenueEvent, due: number): void {
    this.send(this.placeOf(asClientKnows(event), event.time), due);
  }

  /** Takes the next answer out, as a copy; undefined when there is none. */
  shift(): VenueEvent | undefined {
    return this.length === 0 ? undefined : this.take().plain();
  }

  /** Takes the next answer out: one must be waiting. The place is valid until the next answer is sent or taken. */
  take(): EventPlace {
    const place = this.first;
    this.first = place.next;
    this.length -= 1;
    this.nextDue = this.length === 0 ? Number.POSITIVE_INFINITY : this.first.due;
    return place;
  }

  /** Waiting answers with their delivery times. */
  list(): { readonly due: number; readonly event: VenueEvent }[] {
    const waiting: { due: number; event: VenueEvent }[] = [];
    for (let place = this.first; place !== this.free; place = place.next) waiting.push({ due: place.due, event: place.plain() });
    return waiting;
  }

  snapshot(): OutboxState {
    const waiting = this.list().map(({ due, event }) => ({ due, event: eventState(event) }));
    return { waiting, random: this.random === null ? null : this.random.snapshot() };
  }

  restore(state: OutboxState): void {
    this.first = this.free;
    this.length = 0;
    this.nextDue = Number.POSITIVE_INFINITY;
    for (const { due, event } of state.waiting) this.send(this.placeOf(eventOfState(event), event.time), due);
    this.random = state.random === null ? null : restoreRandom(state.random);
  }

  /** The client's own number. Nearly every order stands under it; a small integer, which is quickly compared, always is one. */
  private nameOf(order: OrderNumber): OrderNumber {
    return order <= 2_147_483_647 ? order : clientNumber(order);
  }

  private dueOf(time: Millis, sequence: Sequence): number {
    const heard = this.lag === null ? time : this.lag.heard(sequence, time);
    return heard + (this.random === null ? 0 : this.random.integer(this.window + 1));
  }

  private placeOf(event: VenueEvent, time: Millis): EventPlace {
    if (event.type === "order_filled") {
      const place = this.place(2, time);
      // Beyond the client's own numbers a second order stands under a repeated id: it is told under the client's.
      place.fill = event.order < 17_592_186_044_416 ? event : asClientKnows(event);
      return place;
    }
    if (event.type === "order_acknowledged" || event.type === "order_canceled") {
      const place = this.place(event.type === "order_acknowledged" ? 0 : 1, time);
      place.sequence = event.sequence;
      place.market = event.market;
      place.order = event.order;
      if (event.type === "order_acknowledged") place.venueOrderId = event.venueOrderId;
      else place.cumulative = event.cumulative;
      return place;
    }
    const place = this.place(3, time);
    place.rare = asClientKnows(event);
    return place;
  }

  /** The place behind the last waiting answer. */
  private place(kind: AnswerKind, time: Millis): EventPlace {
    const place = this.free;
    place.kind = kind;
    place.time = time;
    return place;
  }

  /** Sends the place that was filled last on its way. */
  private send(place: EventPlace, due: number): void {
    place.due = due;
    this.length += 1;
    if (this.length === this.size) this.widen(place);
    this.free = place.next;
    if (this.length === 1) this.nextDue = due;
    else if (due < this.latest) return this.sink(place, due);
    this.latest = due;
  }

  /** The ring is full: one place more, behind the last. */
  private widen(last: EventPlace): void {
    const place = new EventPlace();
    place.next = last.next;
    last.next = place;
    this.size += 1;
  }

  // Equal delivery times keep venue order: the insertion passes only strictly later ones.
  private sink(place: EventPlace, due: number): void {
    let before = this.free;
    while (before.next !== this.first) before = before.next;
    // The one that was sent last is later: the walk ends before the place itself.
    while (before.next.due <= due) before = before.next;
    let last = before;
    while (last.next !== place) last = last.next;
    last.next = place.next;
    place.next = before.next;
    before.next = place;
    if (place.next === this.first) this.first = place;
    this.nextDue = this.first.due;
  }
}
