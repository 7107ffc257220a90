// Runs a plan once more and stops at each commit and at each close, so that the runner's state can be read there: what it
// was before, what it is after. It must never change the run, which says so itself by its hash.

import type { Journal } from "../journal/index.ts";
import { buildSession } from "./build.ts";
import { IntentNotes, type IntentNote } from "./intent-notes.ts";
import { openSession } from "./open-session.ts";
import type { SimulationPlan } from "./plan.ts";
import { runHash } from "./run-hash.ts";
import { stateOf } from "./runner-state.ts";
import { createSha256 } from "./sha256.ts";
import type { SimulatedSession } from "./simulate.ts";
import { WatchedJournal, type CommitKind } from "./watched-journal.ts";

/** Something that was done as a whole: its records, and the state behind it. */
export interface Act {
  /** `start`: nothing has happened yet. `bars`: closes at which nothing was asked for. */
  readonly kind: "start" | "bars" | CommitKind;
  /** Numbers of its records in the journal: `from` to `to` - 1. */
  readonly from: number;
  readonly to: number;
  /** The runner's clock. */
  readonly time: number;
  /** Row that closed last, by market; -1 before the first. */
  readonly bars: readonly number[];
  /** The runner's own snapshot, at this moment. */
  readonly state: unknown;
}

export interface RunWalk {
  readonly runHash: string;
  /** What the strategies asked for, by number of the intent. */
  readonly notes: ReadonlyMap<number, IntentNote>;
}

export interface WalkOptions {
  /** Instants to stop at, ascending; what lies between two of them is one act. null: every one. */
  readonly instants: readonly number[] | null;
  /** Intents that are noted at most. */
  readonly notesMost: number;
  /** Hears of each act, in order. @returns false for no more of them */
  hear(act: Act): boolean;
}

/** @throws SeatrialError as a run of the plan does, and `state_unreadable` */
export function walkRun(plan: SimulationPlan, options: WalkOptions): RunWalk {
  const walk = new Walk(plan, options);
  walk.run();
  return { runHash: walk.runHash(plan), notes: walk.notes };
}

class Walk {
  declare private readonly session: SimulatedSession;
  declare private readonly options: WalkOptions;
  declare private readonly intents: IntentNotes;
  private listening = true;
  /** The closes of this instant have been heard with what was decided on them. */
  private closed = false;
  /** Rows that were heard last. */
  private bars: readonly number[] = [];

  constructor(plan: SimulationPlan, options: WalkOptions) {
    this.options = options;
    this.intents = new IntentNotes(options.notesMost);
    const noted = { ...plan, strategy: { ...plan.strategy, definition: this.intents.noting(plan.strategy.definition) } };
    const parts = buildSession(noted);
    const journal: Journal = new WatchedJournal(parts.journal, (kind, from) => this.committed(kind, from));
    this.session = openSession(noted, { ...parts, journal });
    this.bars = this.rows();
  }

  get notes(): ReadonlyMap<number, IntentNote> {
    return this.intents.notes;
  }

  run(): void {
    const { session, options } = this;
    this.tell("start", 0);
    const { instants } = options;
    let next = 0;
    let going = true;
    while (going && this.listening) {
      if (instants !== null) {
        const target = instants[next] ?? Number.POSITIVE_INFINITY;
        next += 1;
        if (target === Number.POSITIVE_INFINITY) break;
        if (target > session.done) {
          going = session.advance(target);
          this.tellBars();
        }
      }
      this.closed = false;
      if (going) going = session.step(session.done + 1);
      if (!this.closed) this.tellBars();
    }
    if (going) session.advance(Number.MAX_SAFE_INTEGER);
    this.tellBars();
  }

  runHash(plan: SimulationPlan): string {
    const { journal } = this.session;
    const hash = runHash(plan, journal, createSha256);
    journal.tape.release();
    return hash;
  }

  private committed(kind: CommitKind, from: number): void {
    if (kind === "decision") this.closed = true;
    if (this.listening) this.tell(kind, from);
  }

  private tellBars(): void {
    const rows = this.rows();
    if (this.listening && rows.some((row, at) => row !== this.bars[at])) this.tell("bars", this.session.journal.tape.length);
  }

  private tell(kind: Act["kind"], from: number): void {
    const { session, options } = this;
    this.bars = this.rows();
    const act = { kind, from, to: session.journal.tape.length, time: session.runner.now, bars: this.bars, state: stateOf(session.runner) };
    this.listening = options.hear(act);
  }

  private rows(): readonly number[] {
    const { runner, venue } = this.session;
    return venue.markets.map(({ index }) => runner.barOf(index));
  }
}
