// Bars into a file of the format that its name asks for. Never leaves half a file, and never writes over one unasked.

import { stat } from "node:fs/promises";
import { SeatrialError } from "../domain/index.ts";
import { writeArrow } from "./arrow-write.ts";
import type { RawBars } from "./columns.ts";
import { writeCsv } from "./csv-write.ts";
import { writeParquet } from "./parquet-write.ts";

export interface WriteBarsOptions {
  /** Replace a file that is there. @defaultValue false */
  readonly force?: boolean;
}

interface Format {
  readonly endings: readonly string[];
  /** Whether a file of this format can say where its bars come from. */
  readonly labelled: boolean;
  readonly write: (bars: RawBars, path: string) => Promise<void>;
}

const labelOf = ({ source }: RawBars): { readonly source?: string } => (source === null ? {} : { source });

const formats: readonly Format[] = [
  { endings: [".arrow", ".feather"], labelled: true, write: (bars, path) => writeArrow(bars, path, labelOf(bars)) },
  { endings: [".parquet"], labelled: true, write: (bars, path) => writeParquet(bars, path, labelOf(bars)) },
  { endings: [".csv"], labelled: false, write: (bars, path) => writeCsv(bars, path) },
  { endings: [".csv.gz"], labelled: false, write: (bars, path) => writeCsv(bars, path, { gzip: true }) },
];

/**
 * Refuses a target before any work is done for it: an ending that stands for no format, a file that is there.
 * @throws SeatrialError `format_unknown`, `file_exists`
 */
export async function assertWritableBars(path: string, options: WriteBarsOptions = {}): Promise<void> {
  formatOf(path);
  if (options.force === true || !(await isThere(path))) return;
  throw new SeatrialError({
    code: "file_exists",
    reason: "it is already there",
    hint: "name another file, or replace it with --force",
    place: { file: path },
  });
}

/**
 * Writes bars as Arrow (.arrow, .feather), Parquet (.parquet) or CSV (.csv, .csv.gz), decimal numbers and times in epoch ms.
 * @throws SeatrialError as `assertWritableBars`, `label_lost`, `file_unwritable`
 */
export async function writeBars(bars: RawBars, path: string, options: WriteBarsOptions = {}): Promise<void> {
  await assertWritableBars(path, options);
  const format = formatOf(path);
  if (!format.labelled && bars.source !== null) {
    throw new SeatrialError({
      code: "label_lost",
      reason: `these bars are labelled "${bars.source}", which CSV cannot carry`,
      hint: "write an .arrow or .parquet file",
      place: { file: path },
    });
  }
  await format.write(bars, path);
}

function formatOf(path: string): Format {
  const name = path.toLowerCase();
  const format = formats.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
  if (format !== undefined) return format;
  throw new SeatrialError({
    code: "format_unknown",
    reason: "the name does not end as a format of bars does",
    hint: `end it in ${formats.flatMap(({ endings }) => endings).join(", ")}`,
    place: { file: path },
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
