// Lines of a text file, plain or gzipped, one after the other: for files of records that are no market data.

import { LineFeed } from "./lines.ts";
import { withSource } from "./source.ts";

/** A record of a journal holds at most a snapshot. */
const lineBytesMax = 16_777_216;

/**
 * Hands over each line without its line end, numbered from 1.
 * @throws SeatrialError `file_missing`, `file_is_directory`, `file_unreadable`, `file_empty`, `file_truncated`, `line_too_long`, and
 * whatever `take` throws; exit code 3
 */
export function readLines(path: string, take: (text: string, line: number) => void): Promise<void> {
  return withSource(path, async ({ pieces }) => {
    const decoder = new TextDecoder();
    const lines = new LineFeed((bytes, start, end, line) => take(decoder.decode(bytes.subarray(start, end)), line), path, lineBytesMax);
    for await (const piece of pieces) lines.push(piece);
    lines.finish();
  });
}
