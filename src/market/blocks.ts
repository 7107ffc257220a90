// Long columns a block at a time. A short loop is called often, so it runs compiled as a whole; one call over a million rows would
// run half-optimised for most of them. Knows nothing of what is looked for.

/** Rows of a block: six columns of them fit the first cache. */
export const blockRows = 1_024;

/**
 * The first row from `from` on at which `look` stops; `length` when it stops nowhere. `look` goes over the rows from `start` up to
 * `end` - 1 and returns the row at which it stops, or `end`.
 */
export function firstRow(length: number, from: number, look: (start: number, end: number) => number): number {
  for (let start = from; start < length; start += blockRows) {
    const end = Math.min(start + blockRows, length);
    const row = look(start, end);
    if (row < end) return row;
  }
  return length;
}
