// A store of commits whose disk fails when a scenario says so: full, with a little held back for what reduces risk, or broken.
// What it has taken it keeps.

import { ExitCode, SeatrialError, type Effect } from "../domain/index.ts";
import { MemoryCommits, type Cause, type Commit, type CommitNotes, type CommitStore, type StoredSnapshot } from "../journal/index.ts";
import type { JournalFault } from "./process-plan.ts";

/** Commits that the space held back has room for. */
const heldBack = 1_000;

const words: Readonly<Record<JournalFault, { code: string; reason: string; hint: string }>> = {
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
};

export class FaultyCommits implements CommitStore {
  declare private readonly store: CommitStore;
  private fault: JournalFault | null = null;
  private left = heldBack;

  constructor(store: CommitStore = new MemoryCommits()) {
    this.store = store;
  }

  fail(fault: JournalFault): void {
    this.fault = fault;
  }

  get lowWater(): boolean {
    return this.fault === "disk_full" || this.store.lowWater;
  }

  get last(): number {
    return this.store.last;
  }

  /** @throws SeatrialError `disk_full`, `journal_failed`, exit code 2 */
  append(epoch: number, cause: Cause, effects: readonly Effect[], notes?: CommitNotes): number {
    if (this.fault === "disk_full") this.left -= 1;
    if (this.fault === "io_error" || this.left < 0) throw new SeatrialError({ ...words[this.fault ?? "disk_full"], exitCode: ExitCode.run });
    return this.store.append(epoch, cause, effects, notes);
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
