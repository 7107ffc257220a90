// A store of commits whose disk fails when a scenario says so: full, with a little held back for what reduces risk, broken, or
// no longer what was written, which only the next start finds. What it has taken it keeps.

import { ExitCode, SeatrialError, type Effect, type Reason } from "../../domain/index.ts";
import {
  isRefusedOnLowWater,
  lowWaterCode,
  MemoryCommits,
  type Cause,
  type Commit,
  type CommitNotes,
  type CommitStore,
  type StoredSnapshot,
} from "../../journal/index.ts";
import { journalDamages, type JournalDamage, type JournalFault } from "./process-plan.ts";

/** Commits that the space held back has room for. */
const heldBack = 1_000;

const guide = "nothing is begun anew: look at the account, and at a copy of the journal, before the next start";

/** What the journal is the end of a session by. */
const ends = ["disk_full", "journal_failed", "journal_behind_venue"] as const satisfies readonly Reason[];
type JournalEnd = (typeof ends)[number];

export function isJournalEnd(code: string): code is JournalEnd {
  return (ends as readonly string[]).includes(code);
}

const words: Readonly<Record<JournalFault, { code: JournalEnd; reason: string; hint: string }>> = {
  disk_full: {
    code: "disk_full",
    reason: "the journal's disk is full, and what was held back is used up",
    hint: "free space on it, then restart; what was committed is kept",
  },
  io_error: {
    code: "journal_failed",
    reason: "the journal could not be written",
    hint: "look at the disk before a restart; what was committed is kept",
  },
  damaged: { code: "journal_failed", reason: "a record of the journal does not follow from the one before it", hint: guide },
  older_copy: { code: "journal_behind_venue", reason: "the journal is an older copy: its head file knows later commits", hint: guide },
  snapshot_damaged: { code: "journal_failed", reason: "the journal's snapshot is not what was kept", hint: guide },
  snapshot_ahead: { code: "journal_failed", reason: "the journal's snapshot is of a commit that is not in it", hint: guide },
};

const lowWater = {
  code: lowWaterCode,
  reason: "the journal's disk is full: a commit that increases risk is not kept",
  hint: "free space on it; until then only what reduces risk is kept, and sent",
};

export class FaultyCommits implements CommitStore {
  declare private readonly store: CommitStore;
  private fault: Exclude<JournalFault, JournalDamage> | null = null;
  private damage: JournalDamage | null = null;
  private left = heldBack;
  /** A commit has found the disk full. */
  private met = false;

  constructor(store: CommitStore = new MemoryCommits()) {
    this.store = store;
  }

  fail(fault: JournalFault): void {
    if (isDamage(fault)) this.damage = fault;
    else this.fault = fault;
  }

  /** Another process opens it. @throws SeatrialError `journal_failed`, `journal_behind_venue`, exit code 1: it cannot be trusted any more */
  reopen(): void {
    if (this.damage !== null) throw new SeatrialError({ ...words[this.damage], exitCode: ExitCode.dependency });
  }

  get lowWater(): boolean {
    return this.met || this.store.lowWater;
  }

  get last(): number {
    return this.store.last;
  }

  /** @throws SeatrialError `disk_low`, `disk_full`, `journal_failed`, exit code 2 */
  append(epoch: number, cause: Cause, effects: readonly Effect[], notes?: CommitNotes): number {
    if (this.fault === "disk_full") this.meet(effects);
    if (this.fault === "io_error" || this.left < 0) throw new SeatrialError({ ...words[this.fault ?? "disk_full"], exitCode: ExitCode.run });
    return this.store.append(epoch, cause, effects, notes);
  }

  private meet(effects: readonly Effect[]): void {
    const { met } = this;
    this.met = true;
    if (isRefusedOnLowWater(effects, met)) throw new SeatrialError({ ...lowWater, exitCode: ExitCode.run });
    this.left -= 1;
  }

  read(seq: number): Iterable<Commit> {
    return this.store.read(seq);
  }

  keepSnapshot(snapshot: StoredSnapshot): void {
    this.store.keepSnapshot(snapshot);
  }

  snapshot(): StoredSnapshot | null {
    return this.store.snapshot();
  }
}

function isDamage(fault: JournalFault): fault is JournalDamage {
  return (journalDamages as readonly string[]).includes(fault);
}
