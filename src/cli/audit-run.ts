// Runs `seatrial audit`: finds the run, its bars and the venue's tape, and prints what the auditor says. Wiring only.

import { statSync } from "node:fs";

import { ExitCode, SeatrialError, type BarSeries } from "../domain/index.ts";
import { auditFolder, type FolderAudit, type RunBars } from "../report/audit/audit-folder.ts";
import { auditJson, auditText } from "../report/audit/audit-text.ts";
import { readTapeFile } from "../report/audit/tape-file.ts";
import { findRun } from "../report/find-run.ts";
import type { Manifest } from "../report/manifest.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { traitsOf, type Io } from "./io.ts";
import { simulateRooms } from "./simulate-rooms.ts";

export interface AuditFlags {
  readonly venue?: string;
  readonly scenario?: string;
  readonly reports: string;
  readonly json?: true;
}

/**
 * JSON is an array where several are named.
 * @returns 2 where something was found. @throws SeatrialError for a run that cannot be read, exit code 3
 */
export async function runAudit(wanted: readonly string[], flags: AuditFlags, io: Io): Promise<ExitCode> {
  const { json, venue } = flags;
  if (wanted.length > 1 && venue !== undefined)
    throw new SeatrialError({ code: "bad_arguments", reason: "a venue's tape is of one run", hint: "name one run beside --venue" });
  const { width, colours } = traitsOf(io.stdout);
  const screen = { width, paint: paintOf(colours) };
  const audits: FolderAudit[] = [];
  for (const one of wanted) {
    const audit = await auditOf(one, flags, io);
    audits.push(audit);
    if (json !== true) io.stdout.write(auditText(audit, screen));
  }
  if (json === true) io.stdout.write(`${JSON.stringify(wanted.length === 1 ? audits.map(auditJson)[0] : audits.map(auditJson))}\n`);
  return audits.every(({ report }) => report.count === 0) ? ExitCode.ok : ExitCode.run;
}

async function auditOf(wanted: string, { venue, scenario, reports }: AuditFlags, io: Io): Promise<FolderAudit> {
  if (isDatabase(wanted)) {
    const { auditJournal } = await import("../journal/audit/sqlite-journal.ts");
    const report = auditJournal(wanted, venue === undefined ? null : await readTapeFile(venue));
    return { folder: wanted, report, withoutBars: "the journal has no bars" };
  }
  return auditFolder(await findRun(wanted, reports), {
    ...(venue === undefined ? {} : { venue }),
    bars: (manifest) => barsOf(manifest, scenario ?? manifest.file, io),
  });
}

/** The journal of a session, and no folder of a run. */
function isDatabase(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The bars of a run are those of its scenario, as long as they have the digests that the manifest names. */
async function barsOf(manifest: Manifest, file: string, io: Io): Promise<RunBars | string> {
  const rooms = simulateRooms({ seed: manifest.seed }, io.env);
  try {
    const { plan, notRun } = await rooms.load(file);
    if (plan === null) return notRun?.reason ?? `${file} has no bars`;
    const isSame = rooms.digests(plan).every((digest, at) => digest === manifest.hashes.bars[at]?.digest);
    if (!isSame) return `the bars of ${file} are not those of this run any more`;
    return plan.markets.map(({ series, inside }) => {
      const [bars] = series as readonly [BarSeries];
      return { bars, walked: inside ?? bars };
    });
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return `${error.message}; name the file with --scenario`;
  }
}
