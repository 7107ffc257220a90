// What is asserted between a session's runner and its venue wherever a session is audited: it sees both sides, as nothing in a
// live session can. It looks at what leaves and at each mark, changes nothing, and ends the session with what it finds.

import type { EffectPlace, EffectQueue, RareEffect } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";
import type { SimulationPlan } from "../plan.ts";
import { Convergence } from "./convergence.ts";
import { reasonsFor } from "./divergence.ts";

export class Oracle {
  /** Checks so far. */
  made = 0;
  /** How often book and venue were seen to differ, by the reason. */
  readonly reasons = new Map<string, number>();
  declare private readonly venue: VirtualExchange;
  declare private runner: Runner;
  declare private readonly convergence: Convergence;

  constructor(plan: SimulationPlan, venue: VirtualExchange, runner: Runner) {
    this.venue = venue;
    this.runner = runner;
    this.convergence = new Convergence(venue, plan);
  }

  /** A process came back, awake or made anew. */
  cameBack(runner: Runner, now: number): void {
    this.runner = runner;
    this.convergence.cameBack(now);
  }

  /** What the runner asks for, before anything of it leaves. */
  leaving(effects: EffectQueue): void {
    let effect = effects.first;
    for (let left = effects.placed; left > 0; left -= 1, effect = effect.next as EffectPlace)
      if (effect.kind === 3) this.told(effect.rare as RareEffect);
  }

  private told(effect: RareEffect): void {
    if (effect.type === "reconciled") this.convergence.blocked = effect.phase === "blocked";
  }

  /** Nothing is on its way, and the runner knows that its book may not be the venue's. */
  differs(): void {
    for (const reason of reasonsFor(this.venue, this.runner)) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    this.made += 1;
  }

  /** At a mark. */
  at(now: number): void {
    this.made += this.convergence.look(this.runner, now);
  }
}
