// Runs `seatrial fills`: reads, chooses, prints. Loaded on use; holds no arithmetic.

import { ExitCode, SeatrialError, type Leg, type Liquidity, type Side } from "../domain/index.ts";
import { writeWhole } from "../market/index.ts";
import {
  chosenFills,
  defaultCalibrationWindow,
  fillListCsv,
  fillListText,
  listFills,
  readFills,
  reconcile,
  reconcileText,
  type FillFilter,
  type FillSource,
  type Reconciliation,
  type SlippageAssumption,
  type SlippageUnit,
} from "../report/fills/index.ts";
import { isDatabase } from "../report/database-file.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { readFillSettings } from "../scenario/index.ts";
import { traitsOf, type Io } from "./io.ts";

export interface FillsFlags {
  readonly journalPath?: string;
  readonly reconcile?: true;
  readonly symbol?: string;
  readonly side?: Side;
  readonly leg?: Leg;
  readonly family?: string;
  readonly liquidity?: Liquidity;
  readonly since?: number;
  readonly until?: number;
  /** Infinity = all. */
  readonly limit?: number;
  readonly format: "table" | "csv" | "json";
  readonly unit: SlippageUnit;
  readonly assume?: string;
  readonly halfSpreadBp?: string;
  readonly window?: number;
  readonly hours?: number;
  readonly minFills?: number;
  readonly out?: string;
  readonly json?: true;
}

const listedDefault = 20;
/** Options that say nothing of a list. */
const reconcileOnly = {
  assume: "--assume",
  halfSpreadBp: "--half-spread-bp",
  window: "--window",
  hours: "--hours",
  minFills: "--min-fills",
  out: "--out",
};

/** @throws SeatrialError `bad_arguments` and those of the source; exit code 3 */
export async function runFills(target: string | undefined, flags: FillsFlags, io: Io): Promise<ExitCode> {
  const path = target ?? flags.journalPath;
  if (path === undefined || (target !== undefined && flags.journalPath !== undefined)) {
    const reason = path === undefined ? "nothing is named to read fills from" : "both an argument and --journal-path name where the fills are";
    throw new SeatrialError({ code: "bad_arguments", reason, hint: "name one run folder or file" });
  }
  checkFlags(flags);
  const source = isDatabase(path) ? await sessionSource(path) : await readFills(path);
  const fills = chosenFills(source.fills, filterOf(flags));
  if (flags.reconcile === true) return reconcileFills({ ...source, fills: fills.slice(-(flags.limit ?? Number.POSITIVE_INFINITY)) }, flags, io);
  const listed = await listFills(fills, flags.limit ?? listedDefault);
  const format = flags.json === true ? "json" : flags.format;
  if (format === "json") io.stdout.write(`${JSON.stringify({ file: source.file, scenario: source.scenario, total: fills.length, fills: listed })}\n`);
  else io.stdout.write(format === "csv" ? fillListCsv(listed) : fillListText(listed, fills.length, traitsOf(io.stdout).width));
  return ExitCode.ok;
}

/** The fills of a session's journal; by which model they were to be lost it does not say. @throws SeatrialError of the journal */
async function sessionSource(path: string): Promise<FillSource> {
  const [{ JournalReader }, { sessionFills }] = await Promise.all([
    import("../journal/sqlite/reader.ts"),
    import("../journal/sqlite/session-fills.ts"),
  ]);
  const reader = new JournalReader(path);
  try {
    return { file: path, scenario: reader.header.run, fills: sessionFills(reader.tables, reader.header), assumption: null };
  } finally {
    reader.close();
  }
}

function checkFlags(flags: FillsFlags): void {
  const stray = Object.entries(reconcileOnly).find(([key]) => flags[key as keyof typeof reconcileOnly] !== undefined)?.[1];
  if (flags.reconcile !== true && stray !== undefined)
    throw new SeatrialError({ code: "bad_arguments", reason: `${stray} says nothing of a list`, hint: "add --reconcile" });
  if (flags.reconcile === true && flags.format === "csv")
    throw new SeatrialError({ code: "bad_arguments", reason: "a reconciliation is no list: it has no CSV", hint: "use --json" });
}

function filterOf({ symbol, side, leg, family, liquidity, since, until }: FillsFlags): FillFilter {
  return {
    ...(symbol === undefined ? {} : { symbol }),
    ...(side === undefined ? {} : { side }),
    ...(leg === undefined ? {} : { leg }),
    ...(family === undefined ? {} : { family }),
    ...(liquidity === undefined ? {} : { liquidity }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

async function reconcileFills(source: FillSource, flags: FillsFlags, io: Io): Promise<ExitCode> {
  const found = await reconcile(source, await assumptionOf(source, flags.assume), {
    unit: flags.unit,
    halfSpreadBp: flags.halfSpreadBp ?? null,
    window: {
      fillsMax: flags.window ?? defaultCalibrationWindow.fillsMax,
      hours: flags.hours ?? defaultCalibrationWindow.hours,
      fillsMin: flags.minFills ?? defaultCalibrationWindow.fillsMin,
    },
  });
  const json = flags.json === true || flags.format === "json";
  if (flags.out !== undefined) await writeCalibration(flags.out, found);
  io.stdout.write(json ? `${JSON.stringify(found)}\n` : reconcileText(found, { ...traitsOf(io.stdout), paint: paintOf(io.stdout.colours) }));
  if (flags.out !== undefined && !json) io.stdout.write(`calibration: ${flags.out}\n`);
  return ExitCode.ok;
}

/** What came with an order counts before either. Ticks are the run's, whoever counts in them. */
async function assumptionOf(source: FillSource, file: string | undefined): Promise<SlippageAssumption | null> {
  return file === undefined ? source.assumption : { ...(await readFillSettings(file)), ticks: source.assumption?.ticks ?? {} };
}

/** A file that `--assume` reads, and whose `fill` a scenario takes. */
async function writeCalibration(path: string, { file, scenario, calibration }: Reconciliation): Promise<void> {
  const { fill, ...rest } = calibration;
  if (fill === null)
    throw new SeatrialError({
      code: "no_calibration",
      reason: `no fill model can be offered: ${rest.refusal ?? ""}`,
      hint: "leave out --out",
      exitCode: ExitCode.run,
    });
  const document = { fill, source: { file, scenario }, ...rest };
  await writeWhole(path, new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
}
