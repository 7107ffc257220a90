// Bars into a Parquet file (Snappy, timestamps in ms), readable by every data frame library and by `readBars`. Never leaves
// half a file.

import { BarSeries } from "../domain/index.ts";
import type { WriteOptions } from "./arrow-write.ts";
import type { RawColumns } from "./columns.ts";
import { toRaw } from "./series.ts";
import { writeWhole } from "./write-file.ts";

/**
 * Columns `timestamp` (ms, UTC) and `open high low close volume` (double, decimal numbers, not units).
 * @throws SeatrialError `file_unwritable`
 */
export async function writeParquet(bars: BarSeries | RawColumns, path: string, options: WriteOptions = {}): Promise<void> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columns = bars instanceof BarSeries ? toRaw(bars) : bars;
  const facts = { ...options, ...(bars instanceof BarSeries ? { symbol: bars.symbol, timeframe: bars.timeframe } : {}) };
  const required = { repetition_type: "REQUIRED" } as const;
  const names = ["open", "high", "low", "close", "volume"] as const;
  const bytes = parquetWriteBuffer({
    schema: [
      { name: "root", num_children: 1 + names.length },
      {
        name: "timestamp",
        type: "INT64",
        ...required,
        converted_type: "TIMESTAMP_MILLIS",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
      },
      ...names.map((name) => ({ name, type: "DOUBLE" as const, ...required })),
    ],
    columnData: [
      { name: "timestamp", data: BigInt64Array.from(columns.time, (millis) => BigInt(millis)) },
      ...names.map((name) => ({ name, data: columns[name] })),
    ],
    kvMetadata: Object.entries(facts).map(([key, value]) => ({ key, value })),
    createdBy: "seatrial",
  });
  await writeWhole(path, new Uint8Array(bytes));
}
