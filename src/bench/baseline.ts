// Figures that were saved before, by `seatrial bench --json > file`. Takes only what can honestly be compared; anything else is an error
// before an hour of measuring, not after.

import { readFile } from "node:fs/promises";

import { SeatrialError } from "../domain/index.ts";
import type { RatioRounds } from "./compare.ts";
import { benchFormat, type BenchReport, type BenchSeries } from "./run.ts";

export interface Baseline {
  readonly file: string;
  readonly series: BenchSeries;
  readonly cpu: string;
  readonly node: string;
  readonly rounds: readonly RatioRounds[];
}

/** Keys of a report whose figures have rounds. */
const comparedKeys = ["workloads", "edges", "scaling"] as const;

/** @throws SeatrialError `baseline_unreadable`, `baseline_not_comparable`; exit code 3 */
export async function readBaseline(file: string): Promise<Baseline> {
  const saved = objectOf(parsed(await textOf(file), file));
  if (saved === null || (saved["format"] === undefined && saved["workloads"] === undefined)) {
    const reason = saved?.["error"] === undefined ? "it holds no figures of a bench" : "that bench ended in an error and has no figures";
    throw unreadable(file, reason);
  }
  if (saved["format"] !== benchFormat) {
    const format = saved["format"] === undefined ? "from before there was one" : JSON.stringify(saved["format"]);
    throw notComparable(file, `its format is ${format}, this bench's is ${benchFormat}`);
  }
  const series = objectOf(saved["series"]);
  const machine = objectOf(saved["machine"]);
  const count = series?.["count"];
  const digest = series?.["digest"];
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 1 || typeof digest !== "string")
    throw unreadable(file, "it does not say of which bars it is");
  const rounds = comparedKeys.flatMap((key) => roundsOf(saved[key], key, file));
  if (rounds.length === 0) throw unreadable(file, "it holds no figures that have rounds");
  return { file, series: { count, digest }, cpu: textIn(machine?.["cpu"]), node: textIn(machine?.["node"]), rounds };
}

/** @throws SeatrialError `baseline_not_comparable` when the figures are of other bars */
export function assertSameBars({ file, series }: Baseline, now: BenchSeries): void {
  if (series.count !== now.count) throw notComparable(file, `it is of ${series.count} bars, not of ${now.count}`);
  if (series.digest !== now.digest) throw notComparable(file, "its bars are others than this version's");
}

/** The rounds of a report, as `compareRounds` takes them. */
export function roundsOfReport(report: BenchReport): readonly RatioRounds[] {
  return comparedKeys.flatMap((key): readonly RatioRounds[] => report[key]);
}

function roundsOf(list: unknown, key: string, file: string): RatioRounds[] {
  if (!Array.isArray(list)) throw unreadable(file, `its ${key} are no list`);
  return list.map((entry: unknown, at) => {
    const { name, ratios, cpuShare } = objectOf(entry) ?? {};
    const isRatio = (value: unknown): value is number => typeof value === "number" && value > 0 && value < Infinity;
    if (typeof name === "string" && Array.isArray(ratios) && ratios.length > 0 && ratios.every(isRatio))
      return { name, ratios, cpuShare: typeof cpuShare === "number" ? cpuShare : null };
    throw unreadable(file, `${key}[${at}] has no ratios of rounds`);
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unreadable(file, cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "no such file" : String(cause), cause);
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, "it is not JSON", cause);
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "unknown";
}

function unreadable(file: string, reason: string, cause?: unknown): SeatrialError {
  return new SeatrialError({
    code: "baseline_unreadable",
    reason: `no baseline: ${reason}`,
    hint: "save one with `seatrial bench --json > file`",
    place: { file },
    cause,
  });
}

function notComparable(file: string, reason: string): SeatrialError {
  return new SeatrialError({
    code: "baseline_not_comparable",
    reason: `not comparable: ${reason}`,
    hint: "measure the baseline again with this format and these bars",
    place: { file },
  });
}
