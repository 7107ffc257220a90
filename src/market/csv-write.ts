// Bars into CSV, plain or gzipped: header, epoch ms, the shortest decimals that read back as the same numbers. Never leaves half a
// file.

import { gzipSync } from "node:zlib";
import { decimalOfNumber, printDecimal } from "../domain/index.ts";
import type { RawColumns } from "./columns.ts";
import { writeWhole } from "./write-file.ts";

/** Rows that become text at once: a whole file may be longer than a string can be. */
const blockRows = 65_536;

/**
 * One line a bar, `timestamp,open,high,low,close,volume`. The same bars give the same bytes, gzipped too on one Node.
 * @throws SeatrialError `file_unwritable`
 */
export async function writeCsv(bars: RawColumns, path: string, options: { readonly gzip?: boolean } = {}): Promise<void> {
  const { time, open, high, low, close, volume } = bars;
  const blocks = [Buffer.from("timestamp,open,high,low,close,volume\n")];
  for (let start = 0; start < time.length; start += blockRows) {
    const end = Math.min(start + blockRows, time.length);
    let text = "";
    for (let row = start; row < end; row += 1) {
      text += `${time[row] as number},${plain(open[row])},${plain(high[row])},${plain(low[row])},${plain(close[row])},${plain(volume[row])}\n`;
    }
    blocks.push(Buffer.from(text));
  }
  const bytes = Buffer.concat(blocks);
  await writeWhole(path, options.gzip === true ? gzipSync(bytes) : bytes);
}

/** Digits without an exponent: spreadsheets and small readers do not take 1e-7. */
function plain(value: number | undefined): string {
  const text = String(value);
  return text.includes("e") ? printDecimal(decimalOfNumber(Number(text))) : text;
}
