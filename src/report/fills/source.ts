// Where fills come from: a run folder, the journal in one, or a table of fills. Told by what is there and by its name.

import { stat } from "node:fs/promises";

import type { FillSource } from "./facts.ts";
import { readRunFills } from "./run-fills.ts";
import { readTableFills } from "./table-fills.ts";

/** @throws SeatrialError of whichever it is; exit code 3 */
export async function readFills(path: string): Promise<FillSource> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  return isFolder || /\.(?:ndjson|jsonl)(?:\.gz)?$/i.test(path) ? readRunFills(path) : readTableFills(path);
}
