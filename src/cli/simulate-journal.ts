// `seatrial simulate --journal`: the same run, its commits kept in a journal on the disk as a live session keeps its own. It must
// not change the run: its hash says so.

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import { writeLiveFiles } from "../journal/sqlite/live-files.ts";
import type { NewJournal } from "../journal/sqlite/format.ts";
import type { OriginFile, SessionOrigin } from "../journal/sqlite/origin.ts";
import { JournalReader } from "../journal/sqlite/reader.ts";
import { sessionFills } from "../journal/sqlite/session-fills.ts";
import { createJournal, type SqliteCommits } from "../journal/sqlite/sqlite-commits.ts";
import { makeFolders } from "../report/output-folder.ts";
import type { BatchRooms } from "../report/run-file.ts";
import { calibrationOf, defaultCalibrationWindow, type SlippageAssumption } from "../report/fills/index.ts";
import { runKept } from "../session/process/kept-session.ts";
import type { SimulationPlan } from "../session/index.ts";
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
  let data: readonly string[] = [];
  return {
    ...rooms,
    load: async (file) => {
      const scenario = await rooms.load(file);
      const strategy = scenario.plan?.strategy.definition.name ?? "";
      const files = await watchedFiles(file, request, env);
      origin = originOf(file, strategy, files.filter(isCode), request.version);
      data = files.filter((path) => path !== resolve(file) && !isCode(path));
      await makeFolders(folder).catch((error: unknown) => {
        throw unwritable(folder, error);
      });
      return scenario;
    },
    simulate: (plan, hooks) => {
      if (origin === null || plan.envelope !== undefined) throw severalWorlds();
      const path = join(folder, journalName);
      const from = { ...origin, minOrderNotional: plan.runner.minOrderNotional };
      let store: SqliteCommits | null = null;
      try {
        // A simulation may lose with the machine what it can run again: without the syncs it takes a fraction of the time.
        const open = (of: NewJournal) => {
          store = createJournal(path, of, from, { durable: false, ballastBytes: 0, now: Date.now });
          send({ kind: "kept", what: "journal", path });
          for (const file of data) send({ kind: "kept", what: "data", path: file });
          return store;
        };
        const { record, session } = runKept(plan, open, hooks);
        if (!request.quiet) send({ kind: "printed", stream: "stderr", text: keptText(path, store) });
        const currencies = Object.keys(record.final.balances).sort();
        return { record, moneyScales: Object.fromEntries(currencies.map((currency) => [currency, session.venue.scaleOf(currency)])) };
      } finally {
        if (store !== null) closeWith(store, folder, assumptionOf(plan));
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
function closeWith(store: SqliteCommits, folder: string, assumption: SlippageAssumption): void {
  store.close();
  const reader = new JournalReader(store.path);
  try {
    const { tables, header } = reader;
    const calibrate = () => calibrationOf(sessionFills(tables, header), assumption, defaultCalibrationWindow);
    writeLiveFiles(folder, store.path, tables, header, calibrate);
  } finally {
    reader.close();
  }
}

/** What the run itself says that fills lose. */
function assumptionOf({ fill, profile, markets }: SimulationPlan): SlippageAssumption {
  const ticks = Object.fromEntries(
    markets.map(({ rules: { symbol, tick, significantDigits } }) => [symbol, { tick, significantDigits: significantDigits ?? null }]),
  );
  return { halfSpreadBp: fill.halfSpreadBp ?? profile.halfSpreadBp, slippage: fill.slippage, ticks };
}

function isCode(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

function originOf(scenario: string, strategy: string, code: readonly string[], version: string): SessionOrigin {
  return {
    config: originFile(scenario),
    code: code.map(originFile),
    strategy,
    lockfile: null,
    versions: { seatrial: version, node: process.versions.node },
  };
}

function originFile(path: string): OriginFile {
  return { path, text: readFileSync(path, "utf8"), changed: Math.trunc(statSync(path).mtimeMs) };
}
