// Client order ids at a venue: which texts it takes, and how long it remembers them. It must never make an id: ids come
// from the runner's order numbers.

import { SeatrialError, type Millis, type OrderNumber } from "../../domain/index.ts";

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

export interface ClientIdMemoryState {
  /** [order, time of acceptance], in the order of acceptance. */
  readonly accepted: readonly (readonly [number, number])[];
}

/** The ids that a venue remembers beyond its open orders. Time goes forward only. */
export class ClientIdMemory {
  declare private readonly idempotency: Idempotency;
  declare private readonly windowMs: number;
  private readonly accepted = new Map<OrderNumber, Millis>();

  /** @param windowMs how long I2 remembers; of no meaning to the other classes */
  constructor(idempotency: Idempotency, windowMs: number) {
    this.idempotency = idempotency;
    this.windowMs = windowMs;
  }

  /** True when the venue refuses the id. @param open the id belongs to an order that is open now */
  refuses(order: OrderNumber, time: Millis, open: boolean): boolean {
    if (this.idempotency === "I0") return false;
    if (open) return true;
    const accepted = this.accepted.get(order);
    return accepted !== undefined && (this.idempotency === "I3" || time - accepted < this.windowMs);
  }

  /** To be called when an order has been accepted. */
  remember(order: OrderNumber, time: Millis): void {
    if (this.idempotency === "I0" || this.idempotency === "I1") return;
    if (this.idempotency === "I2") this.forget(time);
    // Removed first, so that an id used again stands at the end: the map stays in the order of acceptance.
    this.accepted.delete(order);
    this.accepted.set(order, time);
  }

  snapshot(): ClientIdMemoryState {
    return { accepted: [...this.accepted] };
  }

  /** To be called on a memory that has not accepted anything yet. */
  restore(state: ClientIdMemoryState): void {
    for (const [order, time] of state.accepted) this.accepted.set(order as OrderNumber, time as Millis);
  }

  private forget(time: Millis): void {
    for (const [order, accepted] of this.accepted) {
      if (time - accepted < this.windowMs) return;
      this.accepted.delete(order);
    }
  }
}
