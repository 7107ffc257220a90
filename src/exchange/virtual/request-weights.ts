// How many requests a venue takes, and what it does to a client that goes on: weights within windows, "wait until", then
// a ban that grows with each offence. Plain state, no clock: the time comes with each request, in
// epoch milliseconds, and never goes back.

import { assert, type Millis } from "../../domain/index.ts";

export type RequestKind =
  | "submit"
  | "cancel"
  | "cancel_all"
  | "amend"
  | "query_order"
  | "query_open_orders"
  | "query_fills"
  | "query_positions"
  | "query_balances"
  | "bars"
  | "markets"
  | "server_time";

/** One counter of a venue. */
export interface RequestWindow {
  readonly name: string;
  readonly limit: number;
  readonly intervalMs: number;
  /** `fixed`: the count starts anew at every multiple of the interval; `rolling`: it covers the interval before each request. */
  readonly shape: "fixed" | "rolling";
  /** What a request of a kind adds; kinds that are not named add nothing. */
  readonly weights: Readonly<Partial<Record<RequestKind, number>>>;
  /** How a request that does not fit is answered. */
  readonly status: number;
  readonly code: string | null;
  readonly ban: BanRule | null;
}

export interface BanRule {
  /** Requests that are forgiven although they came before the time that the venue had named. 0 = the first refusal bans. */
  readonly forgiven: number;
  readonly status: number;
  readonly code: string | null;
  /** How long the first ban lasts, the second …; the last one holds for every further offence. */
  readonly lengthsMs: readonly [number, ...number[]];
}

/** Hyperliquid: requests that an address has earned by trading. */
export interface RequestBudget {
  readonly kinds: readonly RequestKind[];
  readonly initial: number;
  /** Cancels may go beyond the budget: up to its double, and by at most this many. */
  readonly cancelsBeyond: number;
  /** Beyond the budget one request is taken in each span of this length. */
  readonly throttledMs: number;
  readonly status: number;
  readonly code: string | null;
}

export interface RequestLimits {
  readonly windows: readonly RequestWindow[];
  readonly budget: RequestBudget | null;
}

export type Admission =
  | { readonly admitted: true }
  /** `until` is the first instant at which the venue would take the request if nothing else came in between. */
  | { readonly admitted: false; readonly status: number; readonly code: string | null; readonly until: Millis };

interface WindowState {
  /** [time, weight] of what was admitted, oldest first; a fixed window holds one entry, at its start. */
  entries: [number, number][];
  /** Refused requests were told to wait until here. */
  waitUntil: number;
  strikes: number;
  bans: number;
}

export interface RequestWeightsState {
  readonly now: number;
  readonly bannedUntil: number;
  readonly ban: { readonly status: number; readonly code: string | null } | null;
  readonly windows: readonly WindowState[];
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
  private ban: { status: number; code: string | null } | null = null;
  declare private windows: WindowState[];
  private spent = 0;
  private earned = 0;
  private lastAction: number | null = null;

  constructor(limits: RequestLimits) {
    this.limits = limits;
    this.windows = limits.windows.map(() => ({ entries: [], waitUntil: 0, strikes: 0, bans: 0 }));
  }

  /** Takes a request or refuses it. @param time not before the one of the last call */
  admit(kind: RequestKind, time: Millis): Admission {
    assert(time >= this.now, "I-30", () => `a request at ${time} after one at ${this.now}`);
    this.now = time;
    if (this.ban !== null && time < this.bannedUntil) return { admitted: false, ...this.ban, until: this.bannedUntil as Millis };
    let refusal: Admission | null = null;
    for (const [at, window] of this.limits.windows.entries()) {
      const weight = window.weights[kind] ?? 0;
      if (weight === 0) continue;
      const state = this.windows[at] as WindowState;
      const until = freeAt(window, state, weight, time);
      if (until > time) refusal = longer(refusal, this.refuse(window, state, until, time));
    }
    refusal ??= this.overBudget(kind, time);
    if (refusal !== null) return refusal;
    this.count(kind, time);
    return admitted;
  }

  /** Requests earned by trading, where the venue has a budget. @param count whole requests */
  earn(count: number): void {
    this.earned += count;
  }

  snapshot(): RequestWeightsState {
    const { now, bannedUntil, ban, spent, earned, lastAction } = this;
    return { now, bannedUntil, ban, windows: this.windows.map(copyOf), spent, earned, lastAction };
  }

  restore(state: RequestWeightsState): void {
    assert(state.windows.length === this.windows.length, "I-30", () => "the saved request counters are of another venue");
    this.now = state.now;
    this.bannedUntil = state.bannedUntil;
    this.ban = state.ban;
    this.windows = state.windows.map(copyOf);
    this.spent = state.spent;
    this.earned = state.earned;
    this.lastAction = state.lastAction;
  }

  private refuse({ status, code, ban }: RequestWindow, state: WindowState, until: number, time: number): Admission {
    if (ban === null) return { admitted: false, status, code, until: until as Millis };
    // Knocking again before the named time is what venues ban for; the first refusal is the warning.
    if (time < state.waitUntil || ban.forgiven === 0) state.strikes += 1;
    state.waitUntil = until;
    if (state.strikes === 0 || state.strikes <= ban.forgiven) return { admitted: false, status, code, until: until as Millis };
    const length = ban.lengthsMs[state.bans] ?? (ban.lengthsMs.at(-1) as number);
    state.strikes = 0;
    state.bans += 1;
    this.ban = { status: ban.status, code: ban.code };
    this.bannedUntil = time + length;
    return { admitted: false, ...this.ban, until: this.bannedUntil as Millis };
  }

  private overBudget(kind: RequestKind, time: number): Admission | null {
    const { budget } = this.limits;
    if (budget === null || !budget.kinds.includes(kind)) return null;
    const earned = budget.initial + this.earned;
    const cap = isCancel(kind) ? Math.min(earned * 2, earned + budget.cancelsBeyond) : earned;
    const until = this.lastAction === null ? time : this.lastAction + budget.throttledMs;
    if (this.spent < cap || time >= until) return null;
    return { admitted: false, status: budget.status, code: budget.code, until: until as Millis };
  }

  private count(kind: RequestKind, time: number): void {
    for (const [at, window] of this.limits.windows.entries()) {
      const weight = window.weights[kind] ?? 0;
      if (weight === 0) continue;
      const state = this.windows[at] as WindowState;
      state.strikes = 0;
      const start = window.shape === "fixed" ? time - (time % window.intervalMs) : time;
      const last = state.entries.at(-1);
      if (last !== undefined && last[0] === start) last[1] += weight;
      else if (window.shape === "fixed") state.entries = [[start, weight]];
      else state.entries.push([start, weight]);
    }
    if (this.limits.budget?.kinds.includes(kind) !== true) return;
    this.spent += 1;
    this.lastAction = time;
  }
}

/** The first instant, `time` or later, at which a weight fits; entries that count no longer are dropped. */
function freeAt(window: RequestWindow, state: WindowState, weight: number, time: number): number {
  const { limit, intervalMs } = window;
  const ends = (start: number) => start + intervalMs;
  while (state.entries.length > 0 && ends((state.entries[0] as [number, number])[0]) <= time) state.entries.shift();
  let used = state.entries.reduce((sum, [, one]) => sum + one, 0);
  let until = time;
  for (const [start, one] of state.entries) {
    if (used + weight <= limit) return until;
    until = ends(start);
    used -= one;
  }
  return until;
}

function isCancel(kind: RequestKind): boolean {
  return kind === "cancel" || kind === "cancel_all";
}

function longer(one: Admission | null, other: Admission): Admission {
  if (one === null || one.admitted || other.admitted) return other;
  return other.until > one.until ? other : one;
}

function copyOf(state: WindowState): WindowState {
  return { ...state, entries: state.entries.map(([time, weight]) => [time, weight]) };
}
