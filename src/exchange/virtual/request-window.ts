// One counter of a venue: what it has taken within an interval, and what it does to a client that goes on. Plain state,
// no clock. A request costs no memory beyond its entry in a rolling window.

import type { Rejection } from "./rejections.ts";

export const requestKinds = [
  "submit",
  "cancel",
  "cancel_all",
  "amend",
  "query_order",
  "query_open_orders",
  "query_fills",
  "query_positions",
  "query_balances",
  "bars",
  "markets",
  "server_time",
] as const;
export type RequestKind = (typeof requestKinds)[number];

export interface RequestWindow {
  readonly name: string;
  readonly limit: number;
  readonly intervalMs: number;
  /** `fixed`: the count starts anew at every multiple of the interval; `rolling`: it covers the interval before each request. */
  readonly shape: "fixed" | "rolling";
  /** What a request of a kind adds; kinds that are not named add nothing. */
  readonly weights: Readonly<Partial<Record<RequestKind, number>>>;
  /** What is said to a request that does not fit. */
  readonly answer: Rejection;
  readonly ban: BanRule | null;
}

export interface BanRule {
  /** Requests that are forgiven although they came before the time that the venue had named. 0 = the first refusal bans. */
  readonly forgiven: number;
  readonly answer: Rejection;
  /** How long the first ban lasts, the second …; the last one holds for every further offence. */
  readonly lengthsMs: readonly [number, ...number[]];
}

export interface WindowState {
  /** [time, weight] of what was admitted and still counts, oldest first; a fixed window holds one entry, at its start. */
  readonly entries: readonly (readonly [number, number])[];
  /** Refused requests were told to wait until here. */
  readonly waitUntil: number;
  readonly strikes: number;
  readonly bans: number;
}

export class WindowCounter {
  declare readonly window: RequestWindow;
  // Entries from `head` on; those before it count no longer.
  private times: number[] = [];
  private weights: number[] = [];
  private head = 0;
  private used = 0;
  private waitUntil = 0;
  private strikes = 0;
  private bans = 0;

  constructor(window: RequestWindow) {
    this.window = window;
  }

  /** The first instant, `time` or later, at which a weight fits. */
  freeAt(weight: number, time: number): number {
    const { limit, intervalMs } = this.window;
    this.forget(time - intervalMs);
    let { used } = this;
    let until = time;
    for (let at = this.head; used + weight > limit && at < this.times.length; at += 1) {
      until = (this.times[at] as number) + intervalMs;
      used -= this.weights[at] as number;
    }
    return until;
  }

  /** A request that was admitted. */
  count(weight: number, time: number): void {
    const { intervalMs, shape } = this.window;
    this.strikes = 0;
    this.used += weight;
    const start = shape === "fixed" ? time - (time % intervalMs) : time;
    const last = this.times.length - 1;
    if (last >= this.head && this.times[last] === start) {
      this.weights[last] = (this.weights[last] as number) + weight;
      return;
    }
    this.times.push(start);
    this.weights.push(weight);
  }

  /** A request that was refused until an instant. @returns length in ms of the ban that it has earned; 0 = none */
  offend(until: number, time: number): number {
    const { ban } = this.window;
    if (ban === null) return 0;
    // Knocking again before the named time is what venues ban for; the first refusal is the warning.
    if (time < this.waitUntil || ban.forgiven === 0) this.strikes += 1;
    this.waitUntil = until;
    if (this.strikes === 0 || this.strikes <= ban.forgiven) return 0;
    const length = ban.lengthsMs[this.bans] ?? (ban.lengthsMs.at(-1) as number);
    this.strikes = 0;
    this.bans += 1;
    return length;
  }

  snapshot(): WindowState {
    const { waitUntil, strikes, bans, head } = this;
    const entries = this.times.slice(head).map((time, at) => [time, this.weights[head + at] as number] as const);
    return { entries, waitUntil, strikes, bans };
  }

  restore({ entries, waitUntil, strikes, bans }: WindowState): void {
    this.times = entries.map(([time]) => time);
    this.weights = entries.map(([, weight]) => weight);
    this.head = 0;
    this.used = entries.reduce((sum, [, weight]) => sum + weight, 0);
    this.waitUntil = waitUntil;
    this.strikes = strikes;
    this.bans = bans;
  }

  /** Entries of this instant and before count no longer. */
  private forget(before: number): void {
    const { times, weights } = this;
    while (this.head < times.length && (times[this.head] as number) <= before) {
      this.used -= weights[this.head] as number;
      this.head += 1;
    }
    if (this.head < 64 || this.head * 2 < times.length) return;
    times.splice(0, this.head);
    weights.splice(0, this.head);
    this.head = 0;
  }
}
