// What is wrong with a venue, beside the faults that hit single requests: its messages, its condition, its reads. A session in
// which nothing goes wrong has none of it.

import { Conditions } from "./conditions.ts";
import { Reads } from "./reads.ts";
import type { TroubleState } from "./trouble-state.ts";
import { Wire, type WireHost } from "./wire.ts";

export class Trouble {
  declare readonly wire: Wire;
  readonly conditions: Conditions = new Conditions();
  readonly reads: Reads = new Reads();

  constructor(host: WireHost) {
    this.wire = new Wire(host);
  }

  snapshot(): TroubleState {
    return { wire: this.wire.snapshot(), conditions: this.conditions.snapshot(), reads: this.reads.snapshot() };
  }

  restore({ wire, conditions, reads }: TroubleState): void {
    this.wire.restore(wire);
    this.conditions.restore(conditions);
    this.reads.restore(reads);
  }
}
