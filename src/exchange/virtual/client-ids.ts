// Client order ids at a venue: which texts it takes, and how long it remembers them. It must never make an id: ids come
// from the runner's order numbers.

import { SeatrialError, type Millis, type OrderNumber, type VenueEvent } from "../../domain/index.ts";

/** What a venue accepts as a client order id. */
export interface ClientIdGrammar {
  /** A regular expression over the whole id. */
  readonly pattern: string;
  /** What stands before our 32 hexadecimal digits on the wire ("0x" at Hyperliquid). */
  readonly prefix: string;
}

/**
 * How a venue tells a repeated id: I0 not at all, I1 among open orders, I2 within a window of time, I3 for ever. Only
 * I2 and I3 make a resent order safe once the first one may have been filled.
 */
export type Idempotency = "I0" | "I1" | "I2" | "I3";

/** An id as it goes over the wire. @throws SeatrialError `bad_client_order_id` where the venue would refuse it */
export function venueClientId(grammar: ClientIdGrammar, id: string): string {
  const text = grammar.prefix + id;
  if (new RegExp(`^(?:${grammar.pattern})$`).test(text)) return text;
  throw new SeatrialError({
    code: "bad_client_order_id",
    reason: `"${text}" is no client order id of this venue`,
    hint: `it must match ${grammar.pattern}`,
  });
}

// Where ids are not told apart (I0), a second order with the id of an open one has a number of its own inside the venue:
// the client's, and which copy of it this is above all client numbers.
const copyStep = 17_592_186_044_416; // 2^44: a client number has 32 bits of intent and 8 of attempt

/** The number under which the venue holds the n-th further order of an id. */
export function copyNumber(order: OrderNumber, copy: number): OrderNumber {
  return (order + copy * copyStep) as OrderNumber;
}

/** The number that the client knows an order by. */
export function clientNumber(order: OrderNumber): OrderNumber {
  return (order < 17_592_186_044_416 ? order : order % copyStep) as OrderNumber;
}

// Above every copy of a client's number.
const foreignStart = 4_503_599_627_370_496; // 2^52

/** The number of the n-th order of another party, from 1 on. */
export function foreignNumber(n: number): OrderNumber {
  return (foreignStart + n) as OrderNumber;
}

/** Another party's order on the account, not this session's. */
export function isForeign(order: number | null): boolean {
  return order !== null && order >= foreignStart;
}

/** Under the client's own number, where the venue has a number of its own for a repeated id. */
export function asClientKnows<E extends VenueEvent>(event: E): E {
  if (!("order" in event) || event.order === null) return event;
  const order = clientNumber(event.order);
  return order === event.order ? event : { ...event, order };
}

export interface ClientIdMemoryState {
  /** [order, time of acceptance], ascending by order. */
  readonly accepted: readonly (readonly [number, number])[];
}

/**
 * The ids that a venue remembers beyond its open orders. Time goes forward only. Our numbers nearly always rise: these lie in
 * two columns and cost a store each; one that comes behind a higher one is a straggler.
 */
export class ClientIdMemory {
  declare private readonly idempotency: Idempotency;
  declare private readonly windowMs: number;
  private orders = new Float64Array(64);
  private times = new Float64Array(64);
  private head = 0;
  private end = 0;
  /** No number above it was ever accepted. */
  private highest = -1;
  private readonly stragglers = new Map<OrderNumber, Millis>();

  /** @param windowMs how long I2 remembers; of no meaning to the other classes */
  constructor(idempotency: Idempotency, windowMs: number) {
    this.idempotency = idempotency;
    this.windowMs = windowMs;
  }

  /** True when the venue refuses the id. @param open the id belongs to an order that is open now */
  refuses(order: OrderNumber, time: Millis, open: boolean): boolean {
    if (this.idempotency === "I0") return false;
    if (open) return true;
    if (order > this.highest) return false;
    const accepted = this.stragglers.get(order) ?? this.timeOf(order);
    return accepted !== undefined && (this.idempotency === "I3" || time - accepted < this.windowMs);
  }

  /** To be called when an order has been accepted. */
  remember(order: OrderNumber, time: Millis): void {
    if (this.idempotency === "I0" || this.idempotency === "I1") return;
    if (this.idempotency === "I2") this.forget(time);
    if (order > this.highest) this.append(order, time);
    else this.stragglers.set(order, time);
  }

  snapshot(): ClientIdMemoryState {
    const accepted = new Map<number, number>();
    for (let at = this.head; at < this.end; at += 1) accepted.set(this.orders[at] as number, this.times[at] as number);
    for (const [order, time] of this.stragglers) accepted.set(order, time);
    return { accepted: [...accepted].sort((a, b) => a[0] - b[0]) };
  }

  /** To be called on a memory that has not accepted anything yet. */
  restore(state: ClientIdMemoryState): void {
    for (const [order, time] of state.accepted) this.append(order as OrderNumber, time as Millis);
  }

  private append(order: OrderNumber, time: Millis): void {
    if (this.end === this.orders.length) this.makeRoom();
    this.orders[this.end] = order;
    this.times[this.end] = time;
    this.end += 1;
    this.highest = order;
  }

  private makeRoom(): void {
    const kept = this.end - this.head;
    const size = kept * 2 > this.orders.length ? this.orders.length * 2 : this.orders.length;
    const [orders, times] = [new Float64Array(size), new Float64Array(size)];
    orders.set(this.orders.subarray(this.head, this.end));
    times.set(this.times.subarray(this.head, this.end));
    this.orders = orders;
    this.times = times;
    this.head = 0;
    this.end = kept;
  }

  private timeOf(order: OrderNumber): Millis | undefined {
    let from = this.head;
    let to = this.end;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.orders[middle] as number) < order) from = middle + 1;
      else to = middle;
    }
    return from < this.end && this.orders[from] === order ? (this.times[from] as Millis) : undefined;
  }

  // A restored memory is in the order of its numbers: what is out of date behind a younger one waits for it.
  private forget(time: Millis): void {
    while (this.head < this.end && time - (this.times[this.head] as number) >= this.windowMs) this.head += 1;
    for (const [order, accepted] of this.stragglers) if (time - accepted >= this.windowMs) this.stragglers.delete(order);
  }
}
