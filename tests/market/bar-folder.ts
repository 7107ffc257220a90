// A folder of bar files for one test, removed afterwards, and small bars written by hand. Holds no expectation.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BarSeries, SeatrialError, timeframeMillis } from "../../src/domain/index.ts";
import type { RawBars } from "../../src/market/index.ts";

/** 2025-01-01T00:00:00Z in epoch ms: 20,089 days × 86,400,000. */
export const newYear = 1_735_689_600_000;

export const dataFolder: string = process.env["SEATRIAL_DATA"] ?? "";

export async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "bars-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes `content` as `name` and runs the test on its path. */
export async function withFile(name: string, content: string | Uint8Array, run: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, name);
    await writeFile(path, content);
    await run(path);
  });
}

/** The typed error that the work ends with; anything else fails the test. */
export async function errorOf(work: () => unknown): Promise<SeatrialError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SeatrialError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}

/** Rows [time, open, high, low, close, volume] as raw bars of no file. */
export function rawOf(rows: readonly (readonly number[])[], more: Partial<RawBars> = {}): RawBars {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at] ?? Number.NaN);
  return {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    file: null,
    source: null,
    firstLine: null,
    firstRow: 0,
    length: rows.length,
    priceDecimals: 0,
    volumeDecimals: 0,
    priceRepaired: 0,
    volumeRounded: 0,
    ...more,
  };
}

/** Rows in units as a series at scales 2 and 0. */
export function seriesOf(symbol: string, timeframe: string, rows: readonly (readonly number[])[]): BarSeries {
  const raw = rawOf(rows);
  return new BarSeries({ symbol, timeframe, interval: timeframeMillis(timeframe), priceScale: 2, quantityScale: 0 }, raw);
}

/** Rows of a raw file, for comparing whole files at once. */
export function rowsOf(bars: RawBars): number[][] {
  return Array.from(bars.time, (time, row) => [time, bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row]] as number[]);
}
