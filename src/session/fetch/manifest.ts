// What a finished fetch says of itself: what was asked, what came, hashes, gaps, versions. Never holds a key, a proxy or a figure that
// the files beside it do not bear out.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SeatrialError, timeframeMillis, type Timeframe } from "../../domain/index.ts";
import { checkBars, type RawColumns } from "../../market/index.ts";
import { fetchFiles, textOf, type FetchPlan } from "./store.ts";
import type { FetchKind } from "./source.ts";

/** One file of a fetch. Times are epoch ms: `from` the first row's, `to` the close of the last bar (of funding: its last time). */
export interface FetchedFile {
  readonly file: string;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
}

export interface FetchedBars extends FetchedFile {
  /** Places where bars are missing, and bars missing in all of them. */
  readonly gaps: number;
  readonly missing: number;
  /** What else the quality check finds, by kind. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface FetchManifest {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Epoch ms; `to` null for as far as bars were finished. */
  readonly asked: { readonly from: number; readonly to: number | null; readonly also: readonly Exclude<FetchKind, "bars">[] };
  /** When the fetch began, ISO 8601 UTC; a resumed one keeps it. */
  readonly startedAt: string;
  readonly bars: FetchedBars;
  /** Null when not asked for, or when the exchange had none. */
  readonly mark: FetchedBars | null;
  readonly funding: FetchedFile | null;
  /** The client's market structure, for a scenario's `marketFile`. */
  readonly market: { readonly file: string; readonly sha256: string };
  readonly versions: { readonly seatrial: string; readonly client: string; readonly node: string };
}

/** The manifest in a folder; null when there is none. @throws SeatrialError `bad_manifest`, `fetch_folder_unusable` */
export async function readManifest(folder: string): Promise<FetchManifest | null> {
  const path = join(folder, fetchFiles.manifest);
  const text = await textOf(path);
  if (text === null) return null;
  try {
    const manifest = JSON.parse(text) as Partial<FetchManifest>;
    if (typeof manifest.exchange === "string" && typeof manifest.symbol === "string" && typeof manifest.bars?.to === "number") {
      return manifest as FetchManifest;
    }
  } catch {
    // Told below, like any other file that is no manifest of a fetch.
  }
  throw new SeatrialError({
    code: "bad_manifest",
    reason: "this is no manifest of `bars fetch`",
    hint: "name another folder with --out",
    place: { file: path },
  });
}

/** Whether each file that the manifest names is there, byte by byte. */
export async function filesStand(folder: string, manifest: FetchManifest): Promise<boolean> {
  for (const entry of [manifest.bars, manifest.mark, manifest.funding, manifest.market]) {
    if (entry !== null && (await sha256OfFile(join(folder, entry.file))) !== entry.sha256) return false;
  }
  return true;
}

/** sha-256 of a file's bytes; null when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string | null> {
  return readFile(path).then(
    (bytes) => createHash("sha256").update(bytes).digest("hex"),
    () => null,
  );
}

/** Facts of bars that were written to `path`. */
export async function barsEntry(folder: string, kind: FetchKind, columns: RawColumns, plan: FetchPlan): Promise<FetchedBars> {
  const interval = timeframeMillis(plan.timeframe);
  const { findings } = checkBars({ ...columns, firstLine: null, firstRow: 0 }, { timeframe: plan.timeframe });
  const { time } = columns;
  const counts = Object.fromEntries(findings.map((finding) => [finding.kind, finding.count]));
  const { gap: gaps = 0, ...others } = counts;
  const [first, last] = [time[0] ?? 0, time[time.length - 1] ?? 0];
  // A mark price has no volume: nothing is odd about that.
  if (kind === "mark") delete others["zero_volume"];
  return {
    ...(await fileEntry(folder, kind, time.length, first, last + interval)),
    gaps,
    missing: Math.round((last - first) / interval) + 1 - time.length,
    findings: others,
  };
}

export async function fileEntry(folder: string, kind: FetchKind, rows: number, from: number, to: number): Promise<FetchedFile> {
  const file = fetchFiles[kind];
  return { file, rows, from, to, sha256: (await sha256OfFile(join(folder, file))) ?? "" };
}
