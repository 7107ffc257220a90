// Runs `seatrial audit`: finds the run, its bars and the venue's tape, and prints what the auditor says. Wiring only.

import { statSync } from "node:fs";

import { ExitCode, SeatrialError, type BarSeries } from "../domain/index.ts";
import { auditFolder, type RunBars } from "../report/audit/audit-folder.ts";
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

/** @returns 2 where something was found. @throws SeatrialError for a run that cannot be read, exit code 3 */
export async function runAudit(wanted: string, { venue, scenario, reports, json }: AuditFlags, io: Io): Promise<ExitCode> {
  const { width, colours } = traitsOf(io.stdout);
  const screen = { width, paint: paintOf(colours) };
  if (isDatabase(wanted)) {
    const { auditJournal } = await import("../journal/audit/sqlite-journal.ts");
    const report = auditJournal(wanted, venue === undefined ? null : await readTapeFile(venue));
    const audit = { folder: wanted, report, withoutBars: "the journal has no bars" };
    io.stdout.write(json === true ? `${JSON.stringify(auditJson(audit))}\n` : auditText(audit, screen));
    return report.count === 0 ? ExitCode.ok : ExitCode.run;
  }
  const folder = await findRun(wanted, reports);
  const audit = await auditFolder(folder, {
    ...(venue === undefined ? {} : { venue }),
    bars: (manifest) => barsOf(manifest, scenario ?? manifest.file, io),
  });
  io.stdout.write(json === true ? `${JSON.stringify(auditJson(audit))}\n` : auditText(audit, screen));
  return audit.report.count === 0 ? ExitCode.ok : ExitCode.run;
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
