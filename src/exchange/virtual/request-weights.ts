// How many requests a venue takes, and what it does to a client that goes on: weights within windows, "wait until", then
// a ban that grows with each offence. Plain state, no clock: the time comes with each request, in
// epoch milliseconds, and never goes back.

import { assert, type Millis } from "../../domain/index.ts";
import type { Rejection } from "./rejections.ts";
import { WindowCounter, type RequestKind, type RequestWindow, type WindowState } from "./request-window.ts";

/** Hyperliquid: requests that an address has earned by trading. */
export interface RequestBudget {
  readonly kinds: readonly RequestKind[];
  readonly initial: number;
  /** Cancels may go beyond the budget: up to its double, and by at most this many. */
  readonly cancelsBeyond: number;
  /** Beyond the budget one request is taken in each span of this length. */
  readonly throttledMs: number;
  readonly answer: Rejection;
}

export interface RequestLimits {
  readonly windows: readonly RequestWindow[];
  readonly budget: RequestBudget | null;
}

export type Admission =
  | { readonly admitted: true }
  /** `until` is the first instant at which the venue would take the request if nothing else came in between. */
  | { readonly admitted: false; readonly answer: Rejection; readonly until: Millis; readonly banned: boolean };

type Refused = Extract<Admission, { admitted: false }>;

/** A window that a scenario lays over those of the venue for a while. */
interface PassingWindow {
  readonly counter: WindowCounter;
  readonly until: number;
}

export interface RequestWeightsState {
  readonly now: number;
  readonly bannedUntil: number;
  readonly ban: Rejection | null;
  readonly windows: readonly WindowState[];
  readonly passing: readonly { readonly window: RequestWindow; readonly until: number; readonly state: WindowState }[];
  readonly spent: number;
  readonly earned: number;
  readonly lastAction: number | null;
}

const admitted: Admission = { admitted: true };

/** The counters of one client (one address, one account). A refused request adds nothing to any of them. */
export class RequestWeights {
  declare private readonly limits: RequestLimits;
  private now = 0;
  private bannedUntil = 0;
  private ban: Rejection | null = null;
  declare private readonly windows: readonly WindowCounter[];
  private passing: PassingWindow[] = [];
  private spent = 0;
  private earned = 0;
  private lastAction: number | null = null;

  constructor(limits: RequestLimits) {
    this.limits = limits;
    this.windows = limits.windows.map((window) => new WindowCounter(window));
  }

  /** Takes a request or refuses it. @param time not before the one of the last call */
  admit(kind: RequestKind, time: Millis): Admission {
    assert(time >= this.now, "I-30", () => `a request at ${time} after one at ${this.now}`);
    this.now = time;
    if (this.ban !== null && time < this.bannedUntil) return this.banned(this.ban);
    if (this.passing.length > 0) this.passing = this.passing.filter(({ until }) => time < until);
    let refusal: Refused | null = null;
    for (const counter of this.windows) refusal = longer(refusal, this.ask(counter, kind, time));
    for (const { counter } of this.passing) refusal = longer(refusal, this.ask(counter, kind, time));
    refusal ??= this.overBudget(kind, time);
    if (refusal !== null) return refusal;
    for (const counter of this.windows) count(counter, kind, time);
    for (const { counter } of this.passing) count(counter, kind, time);
    if (this.limits.budget?.kinds.includes(kind) !== true) return admitted;
    this.spent += 1;
    this.lastAction = time;
    return admitted;
  }

  /** Requests earned by trading, where the venue has a budget. @param count whole requests so far */
  earn(count: number): void {
    this.earned = count;
  }

  /** From now until an instant this window counts beside the venue's own. */
  layOver(window: RequestWindow, until: Millis): void {
    this.passing.push({ counter: new WindowCounter(window), until });
  }

  /** Every request is refused from now until an instant, or until a ban that lasts longer has ended. */
  shutOut(answer: Rejection, until: Millis): void {
    if (until <= this.bannedUntil) return;
    this.ban = answer;
    this.bannedUntil = until;
  }

  snapshot(): RequestWeightsState {
    const { now, bannedUntil, ban, spent, earned, lastAction } = this;
    const passing = this.passing.map(({ counter, until }) => ({ window: counter.window, until, state: counter.snapshot() }));
    return { now, bannedUntil, ban, windows: this.windows.map((counter) => counter.snapshot()), passing, spent, earned, lastAction };
  }

  restore(state: RequestWeightsState): void {
    assert(state.windows.length === this.windows.length, "I-30", () => "the saved request counters are of another venue");
    this.now = state.now;
    this.bannedUntil = state.bannedUntil;
    this.ban = state.ban;
    this.windows.forEach((counter, at) => counter.restore(state.windows[at] as WindowState));
    this.passing = state.passing.map(({ window, until, state: saved }) => {
      const counter = new WindowCounter(window);
      counter.restore(saved);
      return { counter, until };
    });
    this.spent = state.spent;
    this.earned = state.earned;
    this.lastAction = state.lastAction;
  }

  private ask(counter: WindowCounter, kind: RequestKind, time: number): Refused | null {
    const { window } = counter;
    const weight = window.weights[kind];
    if (weight === undefined) return null;
    const until = counter.freeAt(weight, time);
    if (until <= time) return null;
    const length = counter.offend(until, time);
    if (length === 0 || window.ban === null) return { admitted: false, answer: window.answer, until: until as Millis, banned: false };
    // A ban that ends before the window has room would only be the next offence.
    this.shutOut(window.ban.answer, Math.max(time + length, until) as Millis);
    return this.banned(window.ban.answer);
  }

  private banned(answer: Rejection): Refused {
    return { admitted: false, answer, until: this.bannedUntil as Millis, banned: true };
  }

  private overBudget(kind: RequestKind, time: number): Refused | null {
    const { budget } = this.limits;
    if (budget === null || !budget.kinds.includes(kind)) return null;
    const earned = budget.initial + this.earned;
    const cap = isCancel(kind) ? Math.min(earned * 2, earned + budget.cancelsBeyond) : earned;
    const until = this.lastAction === null ? time : this.lastAction + budget.throttledMs;
    if (this.spent < cap || time >= until) return null;
    return { admitted: false, answer: budget.answer, until: until as Millis, banned: false };
  }
}

function count(counter: WindowCounter, kind: RequestKind, time: number): void {
  const weight = counter.window.weights[kind];
  if (weight !== undefined) counter.count(weight, time);
}

function isCancel(kind: RequestKind): boolean {
  return kind === "cancel" || kind === "cancel_all";
}

function longer(one: Refused | null, other: Refused | null): Refused | null {
  return one === null || (other !== null && other.until > one.until) ? other : one;
}
