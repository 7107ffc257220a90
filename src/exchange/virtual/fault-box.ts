// Armed faults and who they hit. Nothing here decides a fill; the engine asks at each request, the wire at each message.

import { randomStream, restoreRandom, type Family, type RandomStream } from "../../domain/index.ts";
import type { CountedFault, Fault } from "./faults.ts";
import type { MessageKind } from "./messages.ts";
import type { FaultState } from "./state.ts";

type Kind = CountedFault["do"];

interface Entry {
  readonly fault: CountedFault;
  left: number;
  /** Of a fault with a probability: a stream of its own, so that no other fault's draws move. */
  readonly random: RandomStream | null;
}

export class FaultBox {
  private readonly armed: Entry[] = [];
  private probability: { probability: number; code: string | null } | null = null;
  declare private readonly seed: number;
  declare private random: RandomStream;
  /** How many were ever armed: the name of the next one's stream. */
  private count = 0;
  /** Something is armed: asked at each request, so it is kept. */
  threatens = false;

  constructor(seed: number) {
    this.seed = seed;
    this.random = randomStream(seed, "venue-faults");
  }

  arm(fault: Fault): void {
    if (fault.do === "reject_probability") this.probability = { probability: fault.probability, code: fault.code };
    else {
      this.count += 1;
      const drawn = fault.probability !== undefined || fault.do === "reorder_messages";
      this.armed.push({ fault, left: fault.next, random: drawn ? randomStream(this.seed, `venue-faults/${this.count}/${fault.do}`) : null });
    }
    this.refresh();
  }

  /** Takes one hit of the first armed fault of a kind that matches; null when none does. @param family null: it is about no order */
  take<K extends Kind>(kind: K, family: Family | null, symbol: string): Extract<CountedFault, { do: K }> | null {
    return this.hit(kind, family, symbol, null)?.fault ?? null;
  }

  /** `take` for a message. @returns with the fault how long it holds the message, where that is drawn; else 0 */
  takeMessage<K extends Kind>(
    kind: K,
    family: Family | null,
    symbol: string,
    message: MessageKind,
  ): { readonly fault: Extract<CountedFault, { do: K }>; readonly held: number } | null {
    return this.hit(kind, family, symbol, message);
  }

  private hit<K extends Kind>(
    kind: K,
    family: Family | null,
    symbol: string,
    message: MessageKind | null,
  ): { readonly fault: Extract<CountedFault, { do: K }>; readonly held: number } | null {
    for (let at = 0; at < this.armed.length; at += 1) {
      const entry = this.armed[at] as Entry;
      const { fault, random } = entry;
      if (fault.do !== kind || (fault.family !== null && fault.family !== family) || (fault.symbol !== null && fault.symbol !== symbol)) continue;
      if (message !== null && "messages" in fault && fault.messages !== null && !fault.messages.includes(message)) continue;
      if (fault.probability !== undefined && random !== null && random.next() >= fault.probability) continue;
      const held = fault.do === "reorder_messages" && random !== null ? random.integer(fault.withinMs + 1) : 0;
      entry.left -= 1;
      if (entry.left <= 0) {
        this.armed.splice(at, 1);
        this.refresh();
      }
      return { fault: fault as Extract<CountedFault, { do: K }>, held };
    }
    return null;
  }

  /** A seeded rejection, drawn once an arriving order while a probability is set. */
  takeRandomRejection(): { code: string | null } | null {
    if (this.probability === null || this.random.next() >= this.probability.probability) return null;
    return { code: this.probability.code };
  }

  snapshot(): FaultState {
    return {
      armed: this.armed.map(({ fault, left, random }) => ({ fault, left, random: random === null ? null : random.snapshot() })),
      probability: this.probability,
      count: this.count,
      random: this.random.snapshot(),
    };
  }

  restore(state: FaultState): void {
    this.armed.length = 0;
    for (const { fault, left, random } of state.armed) this.armed.push({ fault, left, random: random === null ? null : restoreRandom(random) });
    this.probability = state.probability;
    this.count = state.count;
    this.random = restoreRandom(state.random);
    this.refresh();
  }

  private refresh(): void {
    this.threatens = this.armed.length > 0 || this.probability !== null;
  }
}
