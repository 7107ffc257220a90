// Many scenarios: which files there are, in which order their outcomes stand, what each file is about. One that cannot be read
// never stops the others. What it does not do: run one (run-file.ts), print, or choose the thread.

import { basename, extname } from "node:path";

import type { SeatrialError } from "../domain/index.ts";
import type { ScenarioDescription } from "../scenario/index.ts";
import { outcomeOfError, seatrialErrorOf, type Outcome } from "./outcome.ts";

export interface ScenarioFinder {
  /** Scenario files of one argument, sorted. @throws SeatrialError when there is none */
  list(argument: string): Promise<readonly string[]>;
}

/** A file that was named, or an argument that names none. */
export interface FoundFile {
  readonly file: string;
  readonly error: SeatrialError | null;
}

/** Something that runs files, in this thread or in others. */
export type FileRunner<O> = (file: string) => Promise<O>;

/**
 * The outcome of every file, in their order, whatever the order in which they end; the runner decides how many run at once.
 * @param onEnded told each outcome when it is there
 */
export async function runFiles<O>(
  files: readonly FoundFile[],
  run: FileRunner<O>,
  broken: (outcome: Outcome) => O,
  onEnded: (outcome: O, file: string) => void = () => undefined,
): Promise<O[]> {
  return Promise.all(
    files.map(async ({ file, error }) => {
      const outcome = error === null ? await run(file) : broken(outcomeOfError(fileTitle(file), null, error));
      onEnded(outcome, file);
      return outcome;
    }),
  );
}

/** One file of a list: what it says about itself, or why it says nothing. */
export type Listing = { readonly scenario: ScenarioDescription; readonly error: null } | { readonly scenario: null; readonly error: SeatrialError };

/** What every scenario in `targets` is about; none is loaded. */
export async function listBatch(
  targets: readonly string[],
  rooms: ScenarioFinder & { describe(file: string): Promise<ScenarioDescription> },
): Promise<Listing[]> {
  const listings: Listing[] = [];
  for (const found of await listFiles(targets, rooms)) {
    let scenario: ScenarioDescription | null = null;
    const error =
      found.error ??
      (await errorOf(async () => {
        scenario = await rooms.describe(found.file);
      }));
    listings.push({ scenario, error } as Listing);
  }
  return listings;
}

/** Every file of `targets` (files and folders), in the order of the arguments; one that is named twice stands here once. */
export async function listFiles(targets: readonly string[], rooms: ScenarioFinder): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const target of targets) {
    let files: readonly string[] = [];
    const error = await errorOf(async () => {
      files = await rooms.list(target);
    });
    if (error !== null) found.set(target, { file: target, error });
    for (const file of files) if (!found.has(file)) found.set(file, { file, error: null });
  }
  return [...found.values()];
}

/** What a piece of work throws, typed; null where it ends well. */
export async function errorOf(work: () => Promise<unknown>): Promise<SeatrialError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return seatrialErrorOf(error);
  }
}

/** What a scenario is called as long as its own name is unknown: its file without folder and extension. */
export function fileTitle(file: string): string {
  return basename(file, extname(file));
}
