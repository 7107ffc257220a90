// How long a request takes to the venue, and an answer back. A draw belongs to the request or the answer that it delays,
// not to a moment: it must never depend on what else is on its way.

import { randomStream, type Millis, type OrderNumber, type Sequence } from "../../domain/index.ts";

/** Whole ms. */
export interface Latency {
  /** From the sending of an order or an amendment to its arrival. */
  readonly submitMs: number;
  /** From the sending of a cancel to its arrival. */
  readonly cancelMs: number;
  /** From an event at the venue to its being heard. */
  readonly dataMs: number;
  /** Up to this much on top of each, drawn from the seed; 0 = none. */
  readonly jitterMs: number;
}

export class Lag {
  declare private readonly seed: number;
  declare private readonly latency: Latency;

  constructor(seed: number, latency: Latency) {
    this.seed = seed;
    this.latency = latency;
  }

  /** When an order or an amendment that is sent now arrives. */
  submitted(order: OrderNumber, now: Millis): Millis {
    return (now + this.latency.submitMs + this.jitter(`submit/${order}/${now}`)) as Millis;
  }

  canceled(order: OrderNumber, now: Millis): Millis {
    return (now + this.latency.cancelMs + this.jitter(`cancel/${order}/${now}`)) as Millis;
  }

  /** When an event is heard of. */
  heard(sequence: Sequence, time: Millis): Millis {
    return (time + this.latency.dataMs + this.jitter(`data/${sequence}`)) as Millis;
  }

  private jitter(name: string): number {
    const { jitterMs } = this.latency;
    return jitterMs === 0 ? 0 : randomStream(this.seed, `latency/${name}`).integer(jitterMs + 1);
  }
}
