// The state of a strategy under examination: is its snapshot plain, does it stay what it was, does a restarted instance go
// on as the first would have, does a later start decide the same. It must never disturb the run that it listens to.

import type { Strategy } from "../../strategy/index.ts";
import type { Findings } from "./finding.ts";
import { differenceOf, Mirror, type Difference } from "./mirror.ts";
import type { HookCall, Listener } from "./watch.ts";

/** Started again from a snapshot after the close of a bar. */
interface Restarted {
  readonly cut: number;
  readonly mirror: Mirror;
  running: boolean;
  over: boolean;
}

/** Started at a later bar; each decision is made on the run's own state, so that only the bars behind it differ. */
interface Later {
  readonly from: number;
  readonly mirror: Mirror;
  last: Difference | null;
}

export interface StateCheck {
  /** Name of the bars. */
  readonly bars: string;
  readonly length: number;
  readonly create: () => Strategy;
}

const restartShares = [0.15, 0.35, 0.5, 0.65, 0.85];
/** Later starts, rows; even, so that a strategy which acts on every second bar is not accused of it. */
const laterShares = [0.04, 0.16];

export class StateInspector implements Listener {
  declare private readonly check: StateCheck;
  declare private readonly findings: Findings;
  declare private readonly restarted: readonly Restarted[];
  declare private readonly later: readonly Later[];
  private kept: { readonly state: unknown; readonly text: string; readonly bar: number } | null = null;

  constructor(check: StateCheck, findings: Findings) {
    this.check = check;
    this.findings = findings;
    const { length, create } = check;
    this.restarted = restartShares.map((share) => {
      return { cut: Math.floor(length * share), mirror: new Mirror(create(), 0), running: false, over: false };
    });
    this.later = laterShares.map((share) => {
      const from = Math.max(2, Math.floor((length * share) / 2) * 2);
      return { from, mirror: new Mirror(create(), from), last: null };
    });
  }

  wantsState(hook: string): boolean {
    return hook === "onBar";
  }

  heard(call: HookCall, strategy: Strategy): void {
    if (call.hook === "onBar") this.lookAtSnapshot(strategy, call.bar);
    for (const restarted of this.restarted) if (!restarted.over) this.guarded(restarted, () => this.restart(restarted, call, strategy));
    for (const later of this.later) this.decideLater(later, call);
  }

  /** What the later starts have shown, once the run is over. */
  finish(): void {
    const { bars, length } = this.check;
    // A later start is judged on the run's own state: where that does not come back whole, it proves nothing.
    if (this.findings.has("restart")) return;
    for (const { from, mirror, last } of this.later) {
      if (last === null) continue;
      const warmup = mirror.strategy.warmup ?? 0;
      const first = from + warmup;
      const difference = `bar ${last.bar} of the run: asked for ${last.got}; with all bars for ${last.wanted}`;
      if (last.bar > first + (length - first) / 2) {
        this.findings.add("history", { bars, bar: last.bar, evidence: `started at bar ${from} it still decides differently at ${difference}` });
      } else {
        const evidence = `started at bar ${from}, it decides differently up to ${last.bar - from + 1} bars after its start (warmup is ${warmup}); last at ${difference}`;
        this.findings.add("warm_up", { bars, bar: last.bar, evidence });
      }
    }
  }

  private restart(restarted: Restarted, call: HookCall, strategy: Strategy): void {
    const { mirror, cut } = restarted;
    const isBar = call.hook === "onBar" || call.hook === "onWarmup";
    if (isBar && call.ctx !== null) mirror.feed(call.ctx);
    if (restarted.running) {
      const difference = differenceOf(call, mirror.follow(call), false);
      if (difference === null) return;
      restarted.over = true;
      const { bar, hook, wanted, got } = difference;
      const evidence = `restarted after bar ${cut}, in ${hook} of bar ${bar} it asked for ${got}; without the restart for ${wanted}`;
      this.findings.add("restart", { bars: this.check.bars, bar, evidence });
    } else if (call.hook === "setup" || call.hook === "onWarmup") mirror.follow(call);
    else if (call.hook === "onBar" && call.bar >= cut) {
      mirror.strategy.restore(JSON.parse(JSON.stringify(strategy.snapshot())));
      restarted.running = true;
    }
  }

  private guarded(restarted: Restarted, step: () => void): void {
    try {
      step();
    } catch (error) {
      restarted.over = true;
      const evidence = `restarted after bar ${restarted.cut} it threw: ${error instanceof Error ? error.message : String(error)}`;
      this.findings.add("restart", { bars: this.check.bars, bar: restarted.cut, evidence });
    }
  }

  private decideLater(later: Later, call: HookCall): void {
    const { mirror, from } = later;
    const { hook, bar, ctx } = call;
    if (hook === "setup" || hook === "setBrokerMinimum") mirror.follow(call);
    if ((hook !== "onBar" && hook !== "onWarmup") || ctx === null || bar < from) return;
    mirror.feed(ctx);
    if (bar < from + (mirror.strategy.warmup ?? 0)) {
      mirror.follow({ ...call, hook: "onWarmup", answers: [] });
      return;
    }
    if (hook !== "onBar") return;
    try {
      mirror.strategy.restore(JSON.parse(call.stateBefore));
      const difference = differenceOf(call, mirror.follow(call), true);
      if (difference !== null) later.last = difference;
    } catch (error) {
      // Comparisons with bars that it does not know must not end in a throw either.
      later.last = { bar, hook, wanted: "what the run shows", got: `a throw: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  private lookAtSnapshot(strategy: Strategy, bar: number): void {
    const { bars } = this.check;
    const { kept } = this;
    if (kept !== null && JSON.stringify(kept.state) !== kept.text) {
      this.findings.add("snapshot_shared", { bars, bar, evidence: `the snapshot of bar ${kept.bar} had changed by bar ${bar}` });
    }
    const state: unknown = strategy.snapshot();
    const problem = plainProblem(state, "snapshot()", new Set());
    if (problem !== null) this.findings.add("snapshot_not_plain", { bars, bar, evidence: problem });
    this.kept = { state, text: JSON.stringify(state), bar };
  }
}

/** Where a value is something that JSON does not bring back; null when it is plain. */
export function plainProblem(value: unknown, path: string, above: ReadonlySet<unknown>): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : `${path} is ${value}, which JSON turns into null`;
  if (typeof value !== "object") return `${path} is ${value === undefined ? "undefined" : `a ${typeof value}`}, which JSON leaves out`;
  if (above.has(value)) return `${path} holds itself`;
  const within = new Set([...above, value]);
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) {
      const problem = plainProblem(one, `${path}[${at}]`, within);
      if (problem !== null) return problem;
    }
    return null;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is a ${value.constructor.name}, which JSON does not bring back`;
  for (const [key, one] of Object.entries(value)) {
    // A key without a value is the same key left out.
    if (one === undefined) continue;
    const problem = plainProblem(one, `${path}.${key}`, within);
    if (problem !== null) return problem;
  }
  return null;
}
