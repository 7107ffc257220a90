// Armed faults and who they hit. Nothing here decides a fill; the engine asks at each request.

import { restoreRandom, type Family, type RandomStream } from "../../domain/index.ts";
import type { Fault } from "./faults.ts";
import type { FaultState } from "./state.ts";

type Countable = Exclude<Fault, { do: "reject_probability" }>;
type Kind = Countable["do"];

export class FaultBox {
  private readonly armed: { fault: Countable; left: number }[] = [];
  private probability: { probability: number; code: string | null } | null = null;
  declare private random: RandomStream;
  /** Something is armed: asked at each request, so it is kept. */
  threatens = false;

  constructor(random: RandomStream) {
    this.random = random;
  }

  arm(fault: Fault): void {
    if (fault.do === "reject_probability") this.probability = { probability: fault.probability, code: fault.code };
    else this.armed.push({ fault, left: fault.next });
    this.refresh();
  }

  /** Takes one hit of the first armed fault of a kind that matches; null when none does. */
  take<K extends Kind>(kind: K, family: Family, symbol: string): Extract<Countable, { do: K }> | null {
    for (let at = 0; at < this.armed.length; at += 1) {
      const entry = this.armed[at] as { fault: Countable; left: number };
      const { fault } = entry;
      if (fault.do !== kind || (fault.family !== null && fault.family !== family) || (fault.symbol !== null && fault.symbol !== symbol)) continue;
      entry.left -= 1;
      if (entry.left <= 0) {
        this.armed.splice(at, 1);
        this.refresh();
      }
      return fault as Extract<Countable, { do: K }>;
    }
    return null;
  }

  /** A seeded rejection, drawn once an arriving order while a probability is set. */
  takeRandomRejection(): { code: string | null } | null {
    if (this.probability === null || this.random.next() >= this.probability.probability) return null;
    return { code: this.probability.code };
  }

  snapshot(): FaultState {
    return { armed: this.armed.map(({ fault, left }) => ({ fault, left })), probability: this.probability, random: this.random.snapshot() };
  }

  restore(state: FaultState): void {
    this.armed.length = 0;
    for (const { fault, left } of state.armed) if (fault.do !== "reject_probability") this.armed.push({ fault, left });
    this.probability = state.probability;
    this.random = restoreRandom(state.random);
    this.refresh();
  }

  private refresh(): void {
    this.threatens = this.armed.length > 0 || this.probability !== null;
  }
}
