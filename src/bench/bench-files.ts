// The bench's bars as files in a folder of their own: CSV, Arrow, and raw columns for the programs that are written by hand. Nothing
// of it stays.

import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BarSeries } from "../domain/index.ts";
import { writeArrow } from "../market/index.ts";

/** Lines that become text at once. */
const blockLines = 20_000;

export interface BenchFiles {
  readonly folder: string;
  readonly csv: string;
  readonly arrow: string;
  /** Six columns of float64, one after the other, little-endian: times, open, high, low, close, volume in decimal numbers. */
  readonly raw: string;
}

/** Writes the files, runs `use` and removes them, whatever becomes of it. */
export async function withBenchFiles<Result>(series: BarSeries, use: (files: BenchFiles) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "seatrial-bench-"));
  try {
    const files = { folder, csv: join(folder, "bars.csv"), arrow: join(folder, "bars.arrow"), raw: join(folder, "bars.raw") };
    await writeAll(files.csv, benchCsv(series));
    await writeArrow(series, files.arrow);
    await writeAll(files.raw, rawColumns(series));
    return await use(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The published bars: header, epoch ms, prices with two decimals, volume with four. Text of many lines at a time. */
export function* benchCsv(series: BarSeries): Generator<string> {
  const { time, open: first, high, low, close, volume, length } = series;
  const price = (column: Float64Array, bar: number): string => ((column[bar] as number) / series.pricePower).toFixed(2);
  yield "timestamp,open,high,low,close,volume\n";
  for (let from = 0; from < length; from += blockLines) {
    let text = "";
    for (let bar = from; bar < Math.min(from + blockLines, length); bar += 1) {
      const prices = `${price(first, bar)},${price(high, bar)},${price(low, bar)},${price(close, bar)}`;
      text += `${time[bar] as number},${prices},${((volume[bar] as number) / series.quantityPower).toFixed(4)}\n`;
    }
    yield text;
  }
}

function* rawColumns(series: BarSeries): Generator<Uint8Array> {
  const { pricePower, quantityPower } = series;
  const decimal = (column: Float64Array, power: number): Uint8Array => new Uint8Array(column.map((units) => units / power).buffer);
  yield decimal(series.time, 1);
  for (const column of [series.open, series.high, series.low, series.close]) yield decimal(column, pricePower);
  yield decimal(series.volume, quantityPower);
}

async function writeAll(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
