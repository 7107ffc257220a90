// Worlds of one plan: whole sessions that differ in what bars leave open. A lane runs one; a line is the part of a world
// between the choice at which it left another one and the instant from which on the two are the same again. No lane ever
// decides which choices are taken: world-search.ts does.

import { buildSession } from "../build.ts";
import type { SimulationPlan } from "../plan.ts";
import { openSession } from "../open-session.ts";
import type { SimulatedSession } from "../simulate.ts";

/** The answer to what a bar leaves open: 1 its extremes in the other order, 2 lives to its close where they end inside it, 3 both. */
export type TurnKind = 1 | 2 | 3;

export interface Turn {
  /** Number of the instant; in a session of one series, the bar. */
  readonly instant: number;
  readonly market: number;
  readonly bar: number;
  readonly kind: TurnKind;
}

/** A bar of the last instant that leaves something open, and the answers that the main world did not take. */
export interface OpenChoice {
  readonly instant: number;
  readonly market: number;
  readonly bar: number;
  readonly kinds: readonly TurnKind[];
}

const nothingOpen: readonly OpenChoice[] = [];
const pathOnly: readonly TurnKind[] = [1];
const livesOnly: readonly TurnKind[] = [2, 3];
const pathAndLives: readonly TurnKind[] = [1, 2, 3];

/** A session on its way through the bars. */
export class Lane {
  declare readonly session: SimulatedSession;
  /** Answers of the venue are delayed by a seed: even the time of a fill may decide. */
  declare private readonly seeded: boolean;
  /** What its equity exceeds the value of its line by: earlier lines of this lane, whose money stays in its account. */
  offset = 0;
  /** Records of its journal before the last instant. */
  before = 0;
  /** Records of its journal when it was last compared. */
  compared = -1;
  /** `glance` of then. */
  glance = 0;
  /** A timer was armed before the last instant. */
  private timed = false;
  /** While it sleeps: the line that it would go on like, from which instant on, and the difference of their records. */
  leader: Line | null = null;
  validFrom = 0;
  recordOffset = 0;

  /** @param audited the venue keeps a tape */
  constructor(plan: SimulationPlan, audited = false) {
    this.session = openSession(plan, buildSession(plan, audited));
    this.seeded = plan.fill.delivery === "seeded";
  }

  get records(): number {
    return this.session.journal.tape.length;
  }

  /** Equity as if this lane had never carried another line. */
  get value(): number {
    return this.session.venue.equity() - this.offset;
  }

  /** One instant, or a few quiet ones up to instant `to`. @returns false when the session is over */
  step(to: number): boolean {
    this.before = this.records;
    this.timed = this.seeded || this.session.timers.length > 0;
    return this.session.step(to);
  }

  /** Goes on to an instant, with the given turns on the way. @returns the instants that it took */
  catchUp(to: number, turns: readonly Turn[]): number {
    const from = this.session.done;
    for (const turn of turns) {
      // Several markets may have a turn at one instant: it is walked when all of them are taken.
      this.session.advance(turn.instant);
      this.take(turn);
    }
    this.session.advance(to);
    return this.session.done - from;
  }

  /** The next instant gets this answer. */
  take({ market, bar, kind }: Turn): void {
    const choice = this.session.venue.markets[market]?.choice;
    if (choice === undefined) return;
    if (kind !== 2) choice.turned = bar;
    if (kind !== 1) choice.whole = bar;
  }

  /** The time of something in the last instant may decide, and something was told in it, or is on its way. */
  private get changed(): boolean {
    return this.timed && (this.records !== this.before || this.session.venue.events.length > 0);
  }

  /** The last instant left something open. */
  get leavesOpen(): boolean {
    const { changed } = this;
    for (const { bar, choice } of this.session.venue.markets) if (changed || choice.bar === bar || choice.livesBar === bar) return true;
    return false;
  }

  /** What the last instant left open, in the order of the markets. */
  choices(): readonly OpenChoice[] {
    if (!this.leavesOpen) return nothingOpen;
    const { session } = this;
    const open: OpenChoice[] = [];
    const { changed } = this;
    for (const { index, bar, series, choice } of session.venue.markets) {
      const path = choice.bar === bar || changed;
      const lives = choice.livesBar === bar;
      if (bar < 0 || (!path && !lives) || series.closeTimeAt(bar) !== session.time) continue;
      open.push({ instant: session.done - 1, market: index, bar, kinds: path && lives ? pathAndLives : path ? pathOnly : livesOnly });
    }
    return open;
  }
}

/** Records of a journal: those of one bar, and up to where two worlds are the same again. */
interface RecordSpan {
  readonly from: number;
  readonly barEnd: number;
  to: number;
}

export class Line {
  declare readonly lane: Lane;
  /** The line that it left; null for the main world. */
  declare readonly parent: Line | null;
  declare readonly turn: Turn | null;
  /** What this line and its parent recorded from the turned bar on. */
  declare readonly own: RecordSpan;
  declare readonly other: RecordSpan;
  /** Close of the instant that `metAt` names. */
  metTime = Number.POSITIVE_INFINITY;
  /** Instant from which on it was the same as its parent, or as another line, but for money; null: never. */
  metAt: number | null = null;
  /** The line that it became one with. */
  mergedInto: Line | null = null;
  mergedAt = -1;
  /** Value beyond that line's when they became one. */
  difference = 0;
  /** Turned, and the same in everything as without this turn or with another one of its bar: it was no choice. */
  idle = false;
  /** Turns from the main world on. */
  declare readonly depth: number;
  /** Value at its end; null while it is under way, and for good when it was given up. */
  end: number | null = null;

  constructor(lane: Lane, parent: Line | null, turn: Turn | null) {
    this.lane = lane;
    this.parent = parent;
    this.turn = turn;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.own = { from: lane.before, barEnd: lane.records, to: Number.POSITIVE_INFINITY };
    const { before, records } = parent?.lane ?? lane;
    this.other = { from: before, barEnd: records, to: Number.POSITIVE_INFINITY };
  }

  /** With the last instant the two are the same but for money. */
  meet(): void {
    if (this.metAt !== null) return;
    this.metAt = this.lane.session.done - 1;
    this.metTime = this.lane.session.time;
    this.own.to = this.lane.records;
    // The parent may have become one with another line before: then its own journal goes no further.
    this.other.to = this.parent?.lane.records ?? 0;
  }

  /** Value at the end of the bars; null when that is not known. */
  final(): number | null {
    if (this.mergedInto === null) return this.end;
    const rest = this.mergedInto.final();
    return rest === null ? null : rest + this.difference;
  }

  /** The turns of this world from the first bar on. */
  turns(): Turn[] {
    const before = this.parent?.turns() ?? [];
    return this.turn === null ? before : [...before, this.turn];
  }
}
