// `seatrial simulate --journal`: the same run, its commits kept in a journal on the disk as a live session keeps its own. It must
// not change the run: its hash says so.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import { writeLiveFiles } from "../journal/sqlite/live-files.ts";
import type { NewJournal } from "../journal/sqlite/format.ts";
import type { OriginFile, SessionOrigin } from "../journal/sqlite/origin.ts";
import { JournalReader } from "../journal/sqlite/reader.ts";
import { createJournal, type SqliteCommits } from "../journal/sqlite/sqlite-commits.ts";
import { makeFolders } from "../report/output-folder.ts";
import type { BatchRooms } from "../report/run-file.ts";
import { runKept } from "../session/kept-session.ts";
import type { Io } from "./io.ts";
import type { Send, SimulateRequest } from "./simulate-request.ts";
import { watchedFiles } from "./simulate-watch.ts";

/** What the journal of a session is called in its folder. */
const journalName = "session.sqlite";

/**
 * The rooms of a command that keeps a journal of its one scenario.
 * @param folder where the journal goes, made where it is missing
 */
export function journaledRooms(rooms: BatchRooms, folder: string, request: SimulateRequest, env: Io["env"], send: Send): BatchRooms {
  let origin: SessionOrigin | null = null;
  return {
    ...rooms,
    load: async (file) => {
      const scenario = await rooms.load(file);
      const strategy = scenario.plan?.strategy.definition.name ?? "";
      origin = await originOf(file, strategy, request, env);
      await makeFolders(folder).catch((error: unknown) => {
        throw unwritable(folder, error);
      });
      return scenario;
    },
    simulate: (plan, hooks) => {
      if (origin === null || plan.envelope !== undefined) throw severalWorlds();
      const path = join(folder, journalName);
      const from = origin;
      let store: SqliteCommits | null = null;
      try {
        // A simulation may lose with the machine what it can run again: without the syncs it takes a fraction of the time.
        const open = (of: NewJournal) => (store = createJournal(path, of, from, { durable: false, ballastBytes: 0, now: Date.now }));
        const { record, session } = runKept(plan, open, hooks);
        if (!request.quiet) send({ kind: "printed", stream: "stderr", text: keptText(path, store) });
        const currencies = Object.keys(record.final.balances).sort();
        return { record, moneyScales: Object.fromEntries(currencies.map((currency) => [currency, session.venue.scaleOf(currency)])) };
      } finally {
        if (store !== null) closeWith(store, folder);
      }
    },
  };
}

function unwritable(folder: string, cause: unknown): SeatrialError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new SeatrialError({
    code: "file_unwritable",
    reason: `the journal's folder cannot be made: ${words}`,
    hint: "name another folder",
    place: { file: folder },
    cause,
  });
}

function severalWorlds(): SeatrialError {
  const hint = "leave out one of --journal and --path envelope";
  return new SeatrialError({ code: "bad_arguments", reason: "an envelope is many sessions, a journal is of one", hint });
}

function keptText(path: string, store: SqliteCommits | null): string {
  return `journal: ${path}, ${store?.last ?? 0} commits, the last one ${store?.lastHash ?? ""}\n`;
}

/** A run that has broken off leaves its journal too: that is what it is for. */
function closeWith(store: SqliteCommits, folder: string): void {
  store.close();
  const reader = new JournalReader(store.path);
  try {
    writeLiveFiles(folder, store.path, reader.tables, reader.header);
  } finally {
    reader.close();
  }
}

async function originOf(scenario: string, strategy: string, request: SimulateRequest, env: Io["env"]): Promise<SessionOrigin> {
  const code = (await watchedFiles(scenario, request, env)).filter((file) => /\.[cm]?[jt]s$/.test(file));
  return {
    config: originFile(scenario),
    code: code.map(originFile),
    strategy,
    lockfile: null,
    versions: { seatrial: request.version, node: process.versions.node },
  };
}

function originFile(path: string): OriginFile {
  return { path, text: readFileSync(path, "utf8"), changed: Math.trunc(statSync(path).mtimeMs) };
}
