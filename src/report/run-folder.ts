// Writes the folder of one run, `<out>/<scenario>/<time>/`. The folder appears complete or not at all: it is filled
// under a temporary name beside its place and renamed.

import { randomUUID } from "node:crypto";
import { access, constants, mkdir, open, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import type { RunRecord } from "../journal/index.ts";
import { fillsCsv, ordersCsv } from "./csv.ts";
import { equityArrow } from "./equity-arrow.ts";
import { junitXml } from "./junit.ts";
import type { Manifest } from "./manifest.ts";
import type { Outcome } from "./outcome.ts";
import { resultObject } from "./result.ts";

export interface RunFolderOptions {
  /** The folder that holds the reports of all scenarios. */
  readonly out: string;
  /** Wall time of the run; names the folder. */
  readonly now: Date;
  /** Part of the names of half-written folders: whoever outlives this writer finds them by it (`sweepPartials`). @defaultValue nobody does */
  readonly tag?: string;
  /** Text of report.html; null writes none. @defaultValue null */
  readonly page?: string | null;
}

/**
 * Writes result.json, journal.ndjson, orders.csv, fills.csv, equity.arrow, junit.xml, manifest.json, and report.html where there is a page.
 * @returns the folder's path. @throws SeatrialError `output_not_writable`, with nothing left behind
 */
export async function writeRunFolder(outcome: Outcome, record: RunRecord, manifest: Manifest, options: RunFolderOptions): Promise<string> {
  const parent = join(options.out, folderName(outcome.scenario));
  const temporary = join(parent, partialName(options.tag ?? "", randomUUID()));
  try {
    await makeFolders(temporary);
    await fill(temporary, outcome, record, manifest);
    if (typeof options.page === "string") await writeFile(join(temporary, "report.html"), options.page);
    return await claim(temporary, parent, options.now);
  } catch (error) {
    await discard(temporary);
    throw refusalOf(options.out, error);
  }
}

async function fill(folder: string, outcome: Outcome, record: RunRecord, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, "result.json"), `${JSON.stringify(resultObject(outcome), null, 2)}\n`);
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, "orders.csv"), ordersCsv(record.rows.orders));
  await writeFile(join(folder, "fills.csv"), fillsCsv(record.rows.fills));
  await writeFile(join(folder, "junit.xml"), junitXml(outcome));
  await writeFile(join(folder, "equity.arrow"), await equityArrow(record.equity));
  await writeLines(join(folder, "journal.ndjson"), record.journalLines());
}

// A long journal is written a megabyte at a time: it is never one string.
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, "wx");
  try {
    let block = "";
    for (const line of lines) {
      block += `${line}\n`;
      if (block.length > 1_000_000) {
        await file.write(block);
        block = "";
      }
    }
    await file.write(block);
  } finally {
    await file.close();
  }
}

/** Two runs of one scenario within a millisecond are possible: the later one takes the next free millisecond. */
async function claim(temporary: string, parent: string, now: Date): Promise<string> {
  for (let offset = 0; offset < 1_000; offset += 1) {
    const target = join(parent, folderTime(new Date(now.getTime() + offset)));
    if (await exists(target)) continue;
    try {
      await rename(temporary, target);
      return target;
    } catch (error) {
      if (!isCode(error, "ENOTEMPTY", "EEXIST", "EPERM") || !(await exists(target))) throw error;
    }
  }
  throw new SeatrialError({
    code: "output_not_writable",
    reason: `${parent} has a run for each of the next 1000 ms`,
    hint: "use another folder with --out",
  });
}

/** A folder name that any file system takes: letters, digits, dot, dash and underscore of the scenario's name. */
export function folderName(scenario: string): string {
  const name = scenario
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 100);
  return name === "" ? "scenario" : name;
}

/** UTC, sortable, without characters that a file system refuses: 2026-11-21T02-38-12-345Z. */
export function folderTime(time: Date): string {
  return time.toISOString().replaceAll(/[:.]/g, "-");
}

/**
 * Refuses an output folder that cannot be written before an hour of simulation, not after. Creates nothing.
 * @throws SeatrialError `output_not_writable`, exit code 3
 */
export async function assertWritable(out: string): Promise<void> {
  let folder = resolve(out);
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!(await stat(folder)).isDirectory()) throw notWritable(out, `${basename(folder)} is a file`, null);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw refusalOf(out, error);
  }
}

/** Makes a folder and those around it. Node's own recursive mkdir never returns on a file system that answers ENOENT below a folder that exists, as /proc does. */
export async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let path = resolve(folder); !(await exists(path)); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    await mkdir(path).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
  }
}

/** Removes a temporary folder, if it ever came to be. */
async function discard(temporary: string): Promise<void> {
  if (await exists(temporary)) await rm(temporary, { recursive: true, force: true });
}

/** Removes what writers with a tag have left half-written, after the last of them has ended; a scenario's folder that held nothing else goes too. */
export async function sweepPartials(out: string, tag: string): Promise<void> {
  const isPartial = (name: string): boolean => name.startsWith(partialName(tag, ""));
  const removeFrom = async (folder: string): Promise<number> => {
    const partials = (await namesIn(folder)).filter(isPartial);
    for (const name of partials) await rm(join(folder, name), { recursive: true, force: true });
    return partials.length;
  };
  await removeFrom(out);
  for (const parent of await namesIn(out)) {
    if ((await removeFrom(join(out, parent))) > 0) {
      await rmdir(join(out, parent)).catch((error: unknown) => {
        if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
      });
    }
  }
}

/** What is half-written is called so until it is renamed. */
export function partialName(tag: string, name: string): string {
  return `.partial-${tag}-${name}`;
}

/** What is in a folder; nothing where it is not there, or is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

// Only the file system's own refusals are about the output folder; anything else is a defect and keeps its name.
export function refusalOf(out: string, error: unknown): unknown {
  const refused = error instanceof Error && "syscall" in error && "code" in error;
  return refused ? notWritable(out, String(error.code), error) : error;
}

function notWritable(out: string, detail: string, cause: unknown): SeatrialError {
  return new SeatrialError({
    code: "output_not_writable",
    reason: `the report folder ${out} cannot be written: ${detail}`,
    hint: "name another folder with --out, or write no report with --no-report",
    cause,
  });
}
