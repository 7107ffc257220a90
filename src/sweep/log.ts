// The results of a sweep as they come: one JSON object a line, appended and never changed, so that a killed sweep goes on where it
// was. A line that was torn off at the end is dropped; anything else that does not fit is an error, never a guess.

import { constants } from "node:fs";
import { open, readFile, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import { makeFolders } from "../report/index.ts";
import { takeLock } from "./lock.ts";
import type { TrialResult, TrialStatus } from "./trial.ts";

/** First line of a log: which sweep it is of. */
export interface LogHead {
  readonly format: 1;
  readonly sweep: string;
  readonly hash: string;
  readonly trials: number;
}

export interface ResultLog {
  /** Results that were there already, by trial. */
  readonly done: ReadonlyMap<number, TrialResult>;
  /** Durable against the death of this process when it returns. */
  append(result: TrialResult): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log at `path`, new or to be continued.
 * @param restart drops what is there
 * @throws SeatrialError `sweep_changed` where it is of another sweep, `sweep_running`, `results_corrupt`, `results_not_writable`; exit code 3
 */
export async function openLog(path: string, head: LogHead, restart: boolean): Promise<ResultLog> {
  let unlock: (() => Promise<void>) | null = null;
  try {
    await makeFolders(dirname(path));
    unlock = await takeLock(`${path}.lock`);
    if (restart) await rm(path, { force: true });
    const { results, bytes } = readLog(path, head, await readOrNull(path));
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
    await file.truncate(bytes);
    if (bytes === 0) await file.appendFile(`${JSON.stringify(head)}\n`);
    return logOf(file, results, unlock);
  } catch (error) {
    await unlock?.();
    throw error instanceof SeatrialError ? error : notWritable(path, error);
  }
}

function logOf(file: FileHandle, done: ReadonlyMap<number, TrialResult>, unlock: () => Promise<void>): ResultLog {
  // One write a line and one line at a time: lines are never mixed, and only the last can be torn.
  let last: Promise<unknown> = Promise.resolve();
  return {
    done,
    append: async (result) => {
      const written = last.then(() => file.appendFile(`${JSON.stringify(result)}\n`));
      last = written.catch(() => undefined);
      await written;
    },
    close: async () => {
      await last;
      await file.close();
      await unlock();
    },
  };
}

async function readOrNull(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

const statuses: readonly unknown[] = ["finished", "halted", "error"] satisfies readonly TrialStatus[];

/** @returns the results, and how many bytes of the file are whole lines; 0 where not even the head is whole */
function readLog(path: string, head: LogHead, content: Buffer | null): { results: Map<number, TrialResult>; bytes: number } {
  const results = new Map<number, TrialResult>();
  const bytes = content === null ? 0 : content.lastIndexOf("\n") + 1;
  if (content === null || bytes === 0) return { results, bytes: 0 };
  const [first = "", ...lines] = content.toString("utf8", 0, bytes - 1).split("\n");
  checkHead(path, head, parsed(path, first, 1));
  lines.forEach((line, at) => {
    const result = parsed(path, line, at + 2) as unknown as TrialResult;
    const { trial, status, figures, parameters } = result;
    const isRow = Number.isInteger(trial) && trial >= 0 && trial < head.trials && statuses.includes(status);
    if (!isRow || typeof figures !== "object" || typeof parameters !== "object") throw corrupt(path, at + 2);
    results.set(trial, results.get(trial) ?? result);
  });
  return { results, bytes };
}

function checkHead(path: string, head: LogHead, found: Readonly<Record<string, unknown>>): void {
  if (found["format"] !== 1) throw corrupt(path, 1);
  if (found["hash"] === head.hash) return;
  throw new SeatrialError({
    code: "sweep_changed",
    reason: "the results are of another sweep: its file, a scenario, bars, a strategy or the version has changed since",
    hint: "--restart drops them, --out keeps them and writes elsewhere",
    place: { file: path },
  });
}

function parsed(path: string, line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below: what the parser says about half a line helps nobody.
  }
  throw corrupt(path, number);
}

function corrupt(path: string, line: number): SeatrialError {
  return new SeatrialError({
    code: "results_corrupt",
    reason: "this line is no result of a trial",
    hint: "--restart drops all results and begins again",
    place: { file: path, line },
  });
}

function notWritable(path: string, cause: unknown): SeatrialError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new SeatrialError({
    code: "results_not_writable",
    reason: `results cannot be kept: ${detail}`,
    hint: "name another folder with --out",
    place: { file: path },
    cause,
  });
}
