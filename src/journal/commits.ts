// What a durable journal is made of: commits. Each is what the runner was told at once and all that it answered, as one
// whole; a restart hands the same causes to a new runner. Held in memory here; sqlite keeps the same on a disk.

import { assert, type BarIndex, type Effect, type Event, type MarketIndex, type Millis, type OrderNumber } from "../domain/index.ts";
import type { MarketFacts } from "./market-facts.ts";
import type { StateChange } from "./state-diff.ts";

/** Bars that closed at one instant, in the order in which the runner hears of them; on the last the strategies decide. */
export interface InstantClosed {
  readonly type: "instant_closed";
  readonly time: Millis;
  readonly closings: readonly { readonly market: MarketIndex; readonly series: number; readonly bar: BarIndex }[];
}

/** What the strategies' set-up asked for, before anything was told. */
export interface SessionStarted {
  readonly type: "session_started";
  readonly time: Millis;
}

/** What the runner was told. Bars are named by their rows: their values stand in their series. */
export type Cause = Exclude<Event, { type: "bar_closed" }> | InstantClosed | SessionStarted;

export interface Commit {
  /** From 1 on, without a gap. */
  readonly seq: number;
  /** Of the process that wrote it. */
  readonly epoch: number;
  readonly cause: Cause;
  readonly effects: readonly Effect[];
  /** What the shell knew beside it; absent: nothing. */
  readonly notes?: CommitNotes;
}

/** What stands beside a commit. Plain data. */
export interface CommitNotes {
  /** Equity that strategies read from this commit on; absent: as before. A restart marks it before it hands over the cause. */
  readonly equity?: number;
  /** State of the strategy at the moment of an intent, by the order that came of it: whole, whatever its size. For readers. */
  readonly strategies?: readonly { readonly order: OrderNumber; readonly state: unknown }[];
  /** What the market said when an order left, or when the fill that is the cause was made; in the market's units. For readers. */
  readonly market?: readonly (MarketFacts & {
    readonly order: OrderNumber;
    /** Of a fill: `tradeKey`; absent of an order that leaves. */
    readonly trade?: number | string;
  })[];
  /** What has changed of a market's strategy's state since it was noted last; the first time all of it, as a member `""`. For readers. */
  readonly states?: readonly { readonly market: MarketIndex; readonly changes: readonly StateChange[] }[];
  /** Backoff counters of a market, where they have changed. For readers. */
  readonly backoff?: readonly { readonly market: MarketIndex; readonly counters: Readonly<Record<string, NotedBackoff>> }[];
}

/** Of one family. */
export interface NotedBackoff {
  readonly failures: number;
  /** Epoch ms; 0: not blocked. */
  readonly blockedUntil: number;
  readonly lastEvent: string | null;
  readonly lastDetails: string | null;
}

/** A runner's state behind a commit, so that a restart need not begin at the first. */
export interface StoredSnapshot {
  readonly seq: number;
  /** Plain data: the runner's own snapshot. */
  readonly state: unknown;
}

/** Where commits are kept. `append` returns when the commit is durable: only then may its effects leave. */
export interface CommitStore {
  /** Of the last commit; 0 = there is none. */
  readonly last: number;
  /** @throws SeatrialError `disk_low` where the place for more is used up and the commit increases risk: it is not kept, and the store goes on */
  append(epoch: number, cause: Cause, effects: readonly Effect[], notes?: CommitNotes): number;
  /** The place for more is nearly used up: only what reduces risk may be asked for from here on. */
  readonly lowWater: boolean;
  /** Commits from `seq` on, in order. */
  read(seq: number): Iterable<Commit>;
  keepSnapshot(snapshot: StoredSnapshot): void;
  /** The newest one; null = none. */
  snapshot(): StoredSnapshot | null;
}

/** The store of a simulation: it survives the death of the simulated process, not of this one. */
export class MemoryCommits implements CommitStore {
  private readonly commits: Commit[] = [];
  private kept: StoredSnapshot | null = null;

  get last(): number {
    return this.commits.length;
  }

  get lowWater(): boolean {
    return false;
  }

  append(epoch: number, cause: Cause, effects: readonly Effect[], notes?: CommitNotes): number {
    const seq = this.commits.length + 1;
    // Plain copies: what the runner holds on to goes on living.
    this.commits.push(structuredClone({ seq, epoch, cause, effects, ...(notes === undefined ? {} : { notes }) }));
    return seq;
  }

  read(seq: number): Iterable<Commit> {
    assert(seq >= 1, "I-02", () => `commit ${seq} is before the first`);
    return this.commits.slice(seq - 1);
  }

  keepSnapshot(snapshot: StoredSnapshot): void {
    this.kept = structuredClone(snapshot);
  }

  snapshot(): StoredSnapshot | null {
    return this.kept;
  }
}
