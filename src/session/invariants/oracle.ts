// What is asserted between a session's runner and its venue wherever a session is audited: it sees both sides, as nothing in a
// live session can. It looks at what leaves and at each mark, changes nothing, and ends the session with what it finds.

import { InvariantError, plainRequest, type EffectPlace, type EffectQueue, type OrderRequest, type RareEffect } from "../../domain/index.ts";
import type { VenueTape, VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";
import type { SimulationPlan } from "../plan.ts";
import { assertExpected, Convergence } from "./convergence.ts";
import { reasonsFor } from "./divergence.ts";
import { ExposureLimit } from "./exposure-limit.ts";
import { Freshness } from "./freshness.ts";
import { Inputs } from "./inputs.ts";
import { Protection } from "./protection.ts";

export class Oracle {
  /** Checks so far. */
  made = 0;
  /** How often book and venue were seen to differ, by the reason. */
  readonly reasons = new Map<string, number>();
  declare private readonly venue: VirtualExchange;
  declare private runner: Runner;
  declare private readonly convergence: Convergence;
  declare private readonly freshness: Freshness;
  declare private readonly exposure: ExposureLimit;
  declare private readonly protection: Protection;
  declare private readonly inputs: Inputs;
  /** Time of the runner at the last look. */
  private time = 0;
  /** There is no process: its book is nobody's. */
  private away = false;

  constructor(plan: SimulationPlan, venue: VirtualExchange, tape: VenueTape, runner: Runner) {
    this.venue = venue;
    this.runner = runner;
    this.convergence = new Convergence(venue, plan);
    this.freshness = new Freshness(venue, plan);
    this.exposure = new ExposureLimit(venue, plan.runner.limits.maxPositionNotional);
    this.protection = new Protection(tape, plan);
    this.inputs = new Inputs(plan);
  }

  /** The process has died. */
  wentAway(): void {
    this.away = true;
  }

  watch(runner: Runner): void {
    this.runner = runner;
  }

  /** A process came back after so many ms. @param anew it had died */
  cameBack(now: number, pause: number, anew: boolean): void {
    this.away = false;
    this.convergence.cameBack(now);
    this.freshness.cameBack(this.runner, pause, anew);
  }

  /** What the runner has answered, before anything of it leaves. @throws InvariantError I-03, I-10, I-16, I-33, I-38 */
  leaving(effects: EffectQueue): void {
    if (effects.verdictOn !== 0) this.judged(effects.verdictOn, effects.verdictStatus);
    let effect = effects.first;
    for (let left = effects.placed; left > 0; left -= 1, effect = effect.next as EffectPlace) {
      if (effect.kind === 0) this.sent(effect.request as OrderRequest);
      else if (effect.kind === 2) this.judged(effect.order, effect.status);
      else if (effect.kind === 3) this.told(effect.rare as RareEffect);
    }
  }

  private sent(request: OrderRequest): void {
    const { order, market, family } = request;
    this.made += 1;
    this.protection.sent(order);
    this.inputs.assertAsked(this.runner, request);
    if (family !== "entry" && family !== "dca") return;
    this.freshness.assertFresh(this.runner, market, order, this.runner.now);
    this.exposure.assertWithin(this.runner, plainRequest(request));
  }

  private judged(order: number, status: EffectPlace["status"]): void {
    this.protection.verdict(order, status);
    this.exposure.over(order);
  }

  private told(effect: RareEffect): void {
    this.protection.told(effect);
    if (effect.type === "halt") assertExpected(effect);
    if (effect.type !== "reconciled") return;
    this.convergence.blocked = effect.phase === "blocked";
    if (effect.phase === "done") this.freshness.unread = false;
  }

  /** Nothing is on its way, and the book may not be the venue's. @param untold for what no message will tell. @throws InvariantError I-20 */
  differs(untold: boolean): void {
    for (const reason of reasonsFor(this.venue, this.runner, untold)) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    this.made += 1;
  }

  /** At a mark. @param armed timers that the session has armed. @throws InvariantError I-16, I-27, I-38; SeatrialError `strategy_tampered` (I-33) */
  at(now: number, armed: number): void {
    const { runner } = this;
    if (this.away) return;
    if (runner.now < this.time) throw new InvariantError("I-27", `the runner's time goes back from ${this.time} to ${runner.now}`);
    this.time = runner.now;
    if (!runner.halted && runner.inside.core.timers.length !== armed)
      throw new InvariantError("I-27", `the runner waits for ${runner.inside.core.timers.length} timers, the session has armed ${armed}`);
    this.made += this.convergence.look(runner, now);
    this.protection.look(runner, now);
    this.inputs.look(runner);
  }

  /** The session has ended. @throws SeatrialError as `at`, and for bars that were changed */
  concluded(armed: number): void {
    this.at(this.runner.now, armed);
    this.inputs.assertUnchanged();
  }
}
