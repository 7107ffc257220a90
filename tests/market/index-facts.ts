// The index of the recorded data as a table of facts: file, timeframe, first and last time, rows, hash. Reads INDEX.md only.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface IndexFacts {
  readonly file: string;
  readonly market: string;
  readonly timeframe: string;
  readonly from: string;
  readonly to: string;
  /** NaN where the index does not count. */
  readonly rows: number;
  readonly quirks: string;
  readonly sha256: string;
}

/** All rows of the index with a hash: one a file. */
export function indexFacts(folder: string): readonly IndexFacts[] {
  return readFileSync(join(folder, "INDEX.md"), "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => /^[0-9a-f]{64}$/.test(cells[11] ?? ""))
    .map(([, file = "", , , , market = "", timeframe = "", from = "", to = "", rows = "", quirks = "", sha256 = ""]) => {
      return { file, market, timeframe, from, to, rows: rows === "" ? Number.NaN : Number(rows), quirks, sha256 };
    });
}
