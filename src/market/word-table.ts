// A table of any kind of rows out of CSV, Arrow or Parquet: one column of times, all others as the words that stand there, so that
// no decimal goes through a float. Knows no kind of row.

import { withContent } from "./content.ts";
import { readTable } from "./events.ts";
import { numbersOf, pickByName, wordsOf, type Pick } from "./table.ts";

/** A column by the names it is known under, best first. */
export interface WordColumn {
  readonly role: string;
  readonly names: readonly string[];
  /** @defaultValue true */
  readonly required?: boolean;
}

export interface WordTable {
  readonly length: number;
  /** 1-based line of the first row in a text file; else null. */
  readonly firstLine: number | null;
  /** Epoch ms. */
  readonly time: Float64Array;
  /** Words of a column; null where the file has none of that role. */
  words(role: string): readonly string[] | null;
}

/** @throws SeatrialError `column_missing`, `no_rows`, `bad_time` and those of the file's form; exit code 3 */
export function readWordTable(path: string, timeNames: readonly string[], columns: readonly WordColumn[]): Promise<WordTable> {
  return withContent(path, async (content) => {
    let picks: readonly Pick[] = [];
    const table = await readTable(content, ({ names, sample }) => {
      const wishes = [{ role: "time", kind: "time" as const, names: timeNames }, ...columns.map((column) => ({ ...column, kind: "word" as const }))];
      // Without a header the columns stand in the order in which they are asked for.
      picks = pickByName(names ?? wishes.slice(0, sample.length).map(({ names: [name = ""] }) => name), wishes, path);
      return picks;
    });
    return {
      length: table.length,
      firstLine: table.firstLine,
      time: numbersOf(table, picks, "time"),
      words: (role) => wordsOf(table, picks, role),
    };
  });
}
