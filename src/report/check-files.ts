// Reads scenario files and runs none: whether each is well formed, and where it is not. It must never stop at the first.

import type { SeatrialError } from "../domain/index.ts";
import { errorOf, listFiles, type ScenarioFinder } from "./batch.ts";
import type { Excerpt } from "./terminal/excerpt.ts";
import { excerptOf } from "./terminal/excerpt-read.ts";

/** What reading one file without running it has shown. */
export interface FileCheck {
  readonly file: string;
  /** Null for a file that is a valid scenario. */
  readonly error: SeatrialError | null;
  /** The line that the error names; null where it names none. */
  readonly excerpt: Excerpt | null;
}

/** Reads every scenario in `targets`. */
export async function checkBatch(targets: readonly string[], rooms: ScenarioFinder & { load(file: string): Promise<unknown> }): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const { file, error: lost } of await listFiles(targets, rooms)) {
    const error = lost ?? (await errorOf(() => rooms.load(file)));
    checks.push({ file, error, excerpt: error === null ? null : await excerptOf(error.place) });
  }
  return checks;
}
