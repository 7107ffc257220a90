// The equity curve as an Arrow IPC file (Feather v2). The library costs 100 ms to load, so it is loaded on use.

/** Columns `time` (timestamp, ms, UTC) and `equity` (float64). @returns the bytes of an uncompressed Arrow file */
export async function equityArrow(equity: { readonly time: Float64Array; readonly value: Float64Array }): Promise<Uint8Array> {
  const { Table, TimestampMillisecond, makeData, makeVector, tableToIPC } = await import("apache-arrow");
  const time = makeVector(
    makeData({
      type: new TimestampMillisecond("UTC"),
      length: equity.time.length,
      nullCount: 0,
      data: BigInt64Array.from(equity.time, (millis) => BigInt(millis)),
    }),
  );
  return tableToIPC(new Table({ time, equity: makeVector(equity.value) }), "file");
}
