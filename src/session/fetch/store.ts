// A fetch on disk: its plan, the pages so far, and at the end the finished files. Every file appears whole or not at all, so that a
// process killed anywhere leaves a folder from which the same command goes on.

import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeatrialError, type Timeframe } from "../../domain/index.ts";
import type { FetchPage, FetchStream } from "./pages.ts";
import type { FetchKind, FetchRow } from "./source.ts";

/** What a fetch set out to do; written before the first page, gone when all is done. */
export interface FetchPlan {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** As on the command line, epoch ms: `from` null to go on from the last bar, `to` null for as far as bars are finished. */
  readonly asked: { readonly from: number | null; readonly to: number | null };
  /** What the first fetch of the folder asked to begin with, epoch ms. */
  readonly since: number;
  /** Besides the bars. */
  readonly also: readonly Exclude<FetchKind, "bars">[];
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly streams: readonly FetchStream[];
  /** Kinds whose finished file is the first part of the new one. */
  readonly continues: readonly FetchKind[];
}

/** Names of the finished files in the folder. */
export const fetchFiles = {
  bars: "bars.arrow",
  mark: "mark.arrow",
  funding: "funding.csv",
  market: "market.json",
  manifest: "manifest.json",
} as const;

const workFolder = ".fetch";
const planFile = "plan.json";

/** The plan of a fetch that was begun and not finished; null when there is none. @throws SeatrialError `fetch_folder_unusable` */
export async function readPlan(folder: string): Promise<FetchPlan | null> {
  const text = await textOf(join(folder, workFolder, planFile));
  return text === null ? null : usable(folder, async () => JSON.parse(text) as FetchPlan);
}

/** Starts a fetch: the plan is written last, so that without it nothing was begun. @throws SeatrialError `fetch_folder_unusable` */
export async function beginFetch(folder: string, plan: FetchPlan, structure: unknown): Promise<void> {
  const work = join(folder, workFolder);
  await usable(folder, async () => {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    for (const kind of plan.continues) await copyFile(join(folder, fetchFiles[kind]), join(work, fetchFiles[kind]));
  });
  await writeWhole(work, fetchFiles.market, `${JSON.stringify(structure, null, 2)}\n`);
  await writeWhole(work, planFile, `${JSON.stringify(plan)}\n`);
}

/** Keeps one page; on return it is on disk. @throws SeatrialError `fetch_folder_unusable` */
export async function keepPage(folder: string, kind: FetchKind, page: FetchPage): Promise<void> {
  await writeWhole(join(folder, workFolder), pageName(kind, page.from, page.next), `${JSON.stringify(page.rows)}\n`);
}

/**
 * The pages of a stream that are on disk and follow each other without a hole from its start. A page that does not read is removed
 * and ends them: it will be fetched again. @throws SeatrialError `fetch_folder_unusable`
 */
export async function* keptPages(folder: string, stream: FetchStream): AsyncGenerator<FetchPage, void, undefined> {
  const work = join(folder, workFolder);
  const names = await pageNames(folder, stream.kind);
  let cursor = stream.from;
  for (let found = names.get(cursor); found !== undefined; found = names.get(cursor)) {
    const { name, next } = found;
    const rows = rowsOf(await textOf(join(work, name)));
    if (rows === null) {
      await usable(folder, () => rm(join(work, name), { force: true }));
      return;
    }
    yield { from: cursor, next, rows };
    cursor = next;
  }
}

/** Names of the pages of a kind by where they start; a page leads forward, whatever else lies there is none. */
async function pageNames(folder: string, kind: FetchKind): Promise<Map<number, { readonly name: string; readonly next: number }>> {
  const names = new Map<number, { readonly name: string; readonly next: number }>();
  for (const name of (await usable(folder, () => readdir(join(folder, workFolder)))).sort()) {
    const match = /^(bars|mark|funding)\.(-?\d+)\.(-?\d+)\.json$/.exec(name);
    const [from, next] = [Number(match?.[2]), Number(match?.[3])];
    if (match?.[1] === kind && next > from) names.set(from, { name, next });
  }
  return names;
}

/** Removes a finished file that the new fetch has not. @throws SeatrialError `fetch_folder_unusable` */
export async function removeFile(folder: string, name: string): Promise<void> {
  await usable(folder, () => rm(join(folder, name), { force: true }));
}

/** A file that was put aside when the fetch began: the start of a continued one, or the market. */
export function asidePath(folder: string, name: string): string {
  return join(folder, workFolder, name);
}

/** Ends a fetch: its plan and its pages are no longer needed. @throws SeatrialError `fetch_folder_unusable` */
export async function endFetch(folder: string): Promise<void> {
  await usable(folder, () => rm(join(folder, workFolder), { recursive: true, force: true }));
}

/** Writes beside and renames. @throws SeatrialError `fetch_folder_unusable` */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const beside = `${path}.${process.pid}.part`;
  await usable(folder, async () => {
    await writeFile(beside, text, { flush: true });
    await rename(beside, path);
  });
}

/** Text of a file; null when it is not there. @throws SeatrialError `fetch_folder_unusable` */
export async function textOf(path: string): Promise<string | null> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there ? usable(path, () => readFile(path, "utf8")) : null;
}

function pageName(kind: FetchKind, from: number, next: number): string {
  return `${kind}.${from}.${next}.json`;
}

function rowsOf(text: string | null): readonly FetchRow[] | null {
  try {
    const rows: unknown = JSON.parse(text ?? "");
    return Array.isArray(rows) ? (rows as FetchRow[]) : null;
  } catch {
    return null;
  }
}

async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SeatrialError({
      code: "fetch_folder_unusable",
      reason: `it cannot be written or read: ${words}`,
      hint: "name a folder that can be written with --out",
      place: { file: path },
      cause,
    });
  }
}
