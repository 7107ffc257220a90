// A runner's states in the journal: each sealed by its own hash and tied to the commit that it stands behind. A snapshot is a
// shortcut, never the truth: that is the chain.

import { canonicalJson } from "../../domain/index.ts";
import type { StoredSnapshot } from "../commits.ts";
import { journalError } from "./errors.ts";
import { sha256 } from "./format.ts";
import { textOf, type Row, type Tables } from "./tables.ts";

/** Two: the older one is there when the newer one is damaged. */
const kept = 2;

export function keepSnapshot(tables: Tables, { seq, state }: StoredSnapshot): void {
  const text = canonicalJson(state);
  const chain = textOf(tables.get("SELECT hash FROM commits WHERE seq = ?", seq), "hash");
  tables.insert("snapshots", { seq, chain, sha256: sha256(text), state: text }, "REPLACE");
  tables.run("DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?)", kept);
}

/** @throws SeatrialError `journal_damaged` */
export function newestSnapshot(tables: Tables, path: string): StoredSnapshot | null {
  const row = tables.get("SELECT * FROM snapshots ORDER BY seq DESC LIMIT 1");
  return row === undefined ? null : checkedSnapshot(tables, row, path);
}

/** @throws SeatrialError `journal_damaged` for one that was not kept so, or that is ahead of the chain */
export function checkedSnapshot(tables: Tables, row: Row, path: string): StoredSnapshot {
  const seq = Number(row["seq"]);
  const wrong = (reason: string) => journalError("journal_damaged", path, `the snapshot of commit ${seq} ${reason}`);
  const state = textOf(row, "state");
  if (sha256(state) !== row["sha256"]) throw wrong("is not what was kept: its hash is another");
  const commit = tables.get("SELECT hash FROM commits WHERE seq = ?", seq);
  if (commit === undefined) throw wrong("is of no commit in the journal");
  if (commit["hash"] !== row["chain"]) throw wrong("is of another chain than the journal's");
  return { seq, state: JSON.parse(state) as unknown };
}
