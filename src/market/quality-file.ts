// The quality check of one file: its hash, its format, every finding. A file that its reader refuses is examined as far as it can
// be read, so that the first flaw does not hide the others.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { SeatrialError, timeframeMillis, type Timeframe } from "../domain/index.ts";
import { withContent, type Form } from "./content.ts";
import type { Sha256 } from "./digest.ts";
import { checkBars, type Finding, type FindingPlace, type Quality, type QualityOptions } from "./quality.ts";
import { qualityRules, type QualityBars } from "./quality-rules.ts";
import { readLinesLeniently } from "./quality-lines.ts";
import { readBars, type BarForm } from "./read.ts";

export interface FileQuality extends Quality {
  readonly file: string;
  /** Of the file's bytes as they lie on disk. */
  readonly sha256: string;
  /** "csv", "json", "arrow", "parquet", "capture", "unknown"; " gzip" or " zip" behind it where it is wrapped so. */
  readonly format: string;
  /** Code of the reader's refusal; null when the file was read whole. */
  readonly refusal: string | null;
}

/** Every kind of finding, in the order in which they are told. */
export const findingKinds: readonly string[] = ["unreadable", ...qualityRules.map(({ kind }) => kind)];

export interface CheckFileOptions extends Omit<QualityOptions, "namedTimeframe"> {
  readonly createSha256: () => Sha256;
  /** How the file is to be understood where it does not say. @defaultValue times as they stand */
  readonly form?: BarForm;
}

/**
 * What is in a file and what is wrong with it. A reader's refusal becomes a finding of kind `unreadable`.
 * @throws SeatrialError when the file is missing, a folder, or may not be read: then there is nothing to say about it
 */
export async function checkFile(path: string, options: CheckFileOptions): Promise<FileQuality> {
  const { createSha256, form, ...rules } = options;
  const format = await formatOf(path);
  const { sha256, modified } = await hashOf(path, createSha256);
  const named = namedTimeframe(path);
  const settings: QualityOptions = { ...rules, ...(named === null ? {} : { namedTimeframe: named }) };
  const { bars, refusal, refusals } = await examine(path, format, form);
  const refused = refusedFinding(refusals, options.placesMax);
  if (bars === null) return { file: path, sha256, format, refusal, rows: 0, from: null, to: null, timeframe: null, findings: refused };
  const quality = checkBars(bars, settings.now === undefined ? settings : { ...settings, now: finishedBy(bars, settings.now, modified) });
  return { file: path, sha256, format, refusal, ...quality, findings: [...refused, ...quality.findings] };
}

interface Examined {
  /** Null when no bar of the file can be read. */
  readonly bars: QualityBars | null;
  readonly refusal: string | null;
  readonly refusals: readonly FindingPlace[];
}

async function examine(path: string, format: string, form: BarForm = {}): Promise<Examined> {
  try {
    // Times at the close are a finding here, not a reason to stop.
    return { bars: await readBars(path, { time: "open", ...form }), refusal: null, refusals: [] };
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return format === "csv" || format === "csv gzip" ? examineLines(path, error) : { bars: null, refusal: error.code, refusals: [refusalOf(error)] };
  }
}

async function examineLines(path: string, refusal: SeatrialError): Promise<Examined> {
  let lines;
  try {
    lines = await readLinesLeniently(path);
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return { bars: null, refusal: error.code, refusals: [refusalOf(error)] };
  }
  const { columns, firstLine, unread, badLines } = lines;
  const bars = { ...columns, firstLine, firstRow: 0, unread };
  const refusals = badLines.map(({ row, line, reason }) => ({ row, line, time: null, detail: reason }));
  // NaN is told by its rule, row by row; whatever else the reader refused is told in the reader's words.
  const told = refusal.code === "not_finite" || refusals.some(({ line }) => line === refusal.place.line);
  return { bars, refusal: refusal.code, refusals: told ? refusals : [refusalOf(refusal), ...refusals] };
}

function refusalOf({ reason, hint, place }: SeatrialError): FindingPlace {
  return { row: null, line: place.line, time: null, detail: hint === null ? reason : `${reason} (${hint})` };
}

function refusedFinding(refusals: readonly FindingPlace[], placesMax = 3): Finding[] {
  if (refusals.length === 0) return [];
  return [{ kind: "unreadable", severity: "error", count: refusals.length, places: refusals.slice(0, placesMax) }];
}

async function hashOf(path: string, createSha256: () => Sha256): Promise<{ readonly sha256: string; readonly modified: number }> {
  const hash = createSha256();
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
  return { sha256: hash.digest(), modified: (await stat(path)).mtimeMs };
}

/** A file that was last written while its last bar was open holds that bar unfinished, however long ago that was. */
function finishedBy(bars: QualityBars, now: number, modified: number): number {
  let latest = -Infinity;
  for (const time of bars.time) if (time > latest) latest = time;
  return modified >= latest && modified < now ? modified : now;
}

async function formatOf(path: string): Promise<string> {
  try {
    return await withContent(path, async ({ form, entry, bare }) => `${formWords[form]}${bare ? "" : entry === null ? " gzip" : " zip"}`);
  } catch (error) {
    // What is damaged or empty is told once, by the reader.
    if (error instanceof SeatrialError && !absentCodes.has(error.code)) return "unknown";
    throw error;
  }
}

const formWords: Readonly<Record<Form, string>> = { parquet: "parquet", arrow: "arrow", json: "json", capture: "capture", text: "csv" };
/** Codes of files that are not there to be examined. */
const absentCodes: ReadonlySet<string> = new Set(["file_missing", "file_is_directory", "file_unreadable"]);

/** The timeframe in a name such as BTC_USDT-5m-futures.feather; null when there is none. */
function namedTimeframe(path: string): Timeframe | null {
  const name = /[-_]([1-9]\d{0,2}[smhdw])(?=[-_.])/.exec(path.split(/[/\\]/).at(-1) ?? "")?.[1];
  if (name === undefined) return null;
  return timeframeMillis(name) > 0 ? name : null;
}
