// Where the process of a simulated session dies. It looks at each commit just before it is made and says whether and when the
// process dies of it; each point is used once. It must never change what is committed or sent.

import type { Effect, Family, Leg, MarketIndex, OrderNumber } from "../../domain/index.ts";
import type { Cause } from "../../journal/index.ts";
import type { CommitPhase, CrashPlace, CrashPoint, OrderPhase, OrderPoint } from "./process-plan.ts";

/** A commit that is about to be made. */
export interface ComingCommit {
  readonly seq: number;
  /** 0: the session's first process. */
  readonly process: number;
  /** Place among the commits of its process, from 1 on. */
  readonly own: number;
  readonly cause: Cause;
  readonly effects: readonly Effect[];
}

export interface Death {
  readonly phase: CommitPhase;
  /** With `sent`: how many of the effects leave before. */
  readonly sent: number;
  readonly downtimeMs: number;
}

/** What an order is called in a scenario: its place among those of its family on its leg. */
interface OrderName {
  readonly family: Family;
  readonly market: MarketIndex;
  readonly leg: Leg;
  readonly number: number;
}

/** What an answer's phase means for the commit that it is the cause of. */
const answerPhases: Readonly<Record<"answered" | "acknowledged" | "filled", CommitPhase>> = {
  answered: "planned",
  acknowledged: "journaled",
  filled: "journaled",
};

export class CrashPoints {
  private points: readonly CrashPoint[];
  /** Orders so far by family, market and leg. */
  private readonly counts = new Map<string, number>();
  private readonly names = new Map<OrderNumber, OrderName>();
  private timers = 0;

  constructor(points: readonly CrashPoint[]) {
    this.points = points;
  }

  /** @returns how the process dies of this commit; null: it does not */
  judge(commit: ComingCommit): Death | null {
    const names = this.named(commit.effects);
    const timers = this.timers + (commit.cause.type === "timer_fired" ? 1 : 0);
    for (const point of this.points) {
      const hit = this.hit(point.at, commit, names, timers);
      if (hit === null) continue;
      this.points = this.points.filter((other) => other !== point);
      return { ...hit, downtimeMs: point.downtimeMs };
    }
    return null;
  }

  /** A commit is durable: what it says has happened. */
  committed(cause: Cause, effects: readonly Effect[]): void {
    if (cause.type === "timer_fired") this.timers += 1;
    for (const [order, name] of this.named(effects)) {
      this.names.set(order, name);
      this.counts.set(keyOf(name), name.number);
    }
  }

  /** Names of the orders that leave for the first time with these effects. */
  private named(effects: readonly Effect[]): Map<OrderNumber, OrderName> {
    const names = new Map<OrderNumber, OrderName>();
    for (const effect of effects) {
      if (effect.type !== "submit_order" || this.names.has(effect.request.order)) continue;
      const { order, family, market, leg } = effect.request;
      const before = [...names.values()].filter((other) => keyOf(other) === keyOf({ family, market, leg })).length;
      names.set(order, { family, market, leg, number: (this.counts.get(keyOf({ family, market, leg })) ?? 0) + before + 1 });
    }
    return names;
  }

  private hit(at: CrashPlace, commit: ComingCommit, names: ReadonlyMap<OrderNumber, OrderName>, timers: number): Omit<Death, "downtimeMs"> | null {
    const { cause, effects } = commit;
    const nameOf = (order: OrderNumber) => names.get(order) ?? this.names.get(order);
    switch (at.kind) {
      case "commit": {
        const number = at.process === null ? commit.seq : at.process === commit.process ? commit.own : -1;
        return number === at.number ? { phase: at.phase, sent: at.effects ?? effects.length } : null;
      }
      case "timer":
        return cause.type === "timer_fired" && timers === at.number ? { phase: at.phase, sent: effects.length } : null;
      case "cancel":
        return atEffect(at.phase, effects, (effect) => effect.type === "cancel_order" && isNamed(at.order, nameOf(effect.order)));
      default:
        if (isAnswerPhase(at.phase)) {
          return answers(cause, at.phase) && isNamed(at.order, nameOf(cause.order)) ? { phase: answerPhases[at.phase], sent: 0 } : null;
        }
        return atEffect(at.phase, effects, (effect) => effect.type === "submit_order" && isNamed(at.order, nameOf(effect.request.order)));
    }
  }
}

function atEffect(phase: CommitPhase, effects: readonly Effect[], is: (effect: Effect) => boolean): Omit<Death, "downtimeMs"> | null {
  const at = effects.findIndex(is);
  return at < 0 ? null : { phase, sent: at + 1 };
}

function isAnswerPhase(phase: OrderPhase): phase is keyof typeof answerPhases {
  return Object.hasOwn(answerPhases, phase);
}

/** Whether a cause is the answer that a phase speaks of. */
function answers(cause: Cause, phase: keyof typeof answerPhases): cause is Extract<Cause, { order: OrderNumber }> {
  if (!("order" in cause) || cause.order === null) return false;
  if (phase === "answered") return true;
  return cause.type === (phase === "filled" ? "order_filled" : "order_acknowledged");
}

function isNamed(point: OrderPoint, name: OrderName | undefined): boolean {
  if (name === undefined || name.family !== point.family || name.number !== point.number) return false;
  return (point.market === null || point.market === name.market) && (point.leg === null || point.leg === name.leg);
}

function keyOf({ family, market, leg }: Pick<OrderName, "family" | "market" | "leg">): string {
  return `${market}/${leg}/${family}`;
}
