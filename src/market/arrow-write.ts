// Bars into an Arrow IPC file (Feather v2, uncompressed), readable by every data frame library and by `readBars`. Never
// leaves half a file.

import { BarSeries } from "../domain/index.ts";
import type { RawColumns } from "./columns.ts";
import { toRaw } from "./series.ts";
import { writeWhole } from "./write-file.ts";

export interface WriteOptions {
  /** Stored with the bars and read back as `RawBars.source`; generated bars say `synthetic`. @defaultValue none */
  readonly source?: string;
}

/**
 * Columns `timestamp` (ms, UTC) and `open high low close volume` (float64, decimal numbers, not units).
 * @throws SeatrialError `file_unwritable`
 */
export async function writeArrow(bars: BarSeries | RawColumns, path: string, options: WriteOptions = {}): Promise<void> {
  const { Field, Schema, Struct, Table, RecordBatch, Float64, TimestampMillisecond, makeData, tableToIPC } = await import("apache-arrow");
  const columns = bars instanceof BarSeries ? toRaw(bars) : bars;
  const metadata = new Map<string, string>(options.source === undefined ? [] : [["source", options.source]]);
  if (bars instanceof BarSeries) metadata.set("symbol", bars.symbol).set("timeframe", bars.timeframe);
  const length = columns.time.length;
  const number = (data: Float64Array) => makeData({ type: new Float64(), length, nullCount: 0, data });
  const time = BigInt64Array.from(columns.time, (millis) => BigInt(millis));
  const utc = new TimestampMillisecond("UTC");
  const fields = [
    new Field("timestamp", utc, false),
    ...["open", "high", "low", "close", "volume"].map((name) => new Field(name, new Float64(), false)),
  ];
  const children = [
    makeData({ type: utc, length, nullCount: 0, data: time }),
    ...[columns.open, columns.high, columns.low, columns.close, columns.volume].map(number),
  ];
  const schema = new Schema(fields, metadata);
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  await writeWhole(path, tableToIPC(new Table(schema, [batch]), "file"));
}
