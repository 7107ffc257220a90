// A series' identity: the same bars give the same digest on every machine. The hash function comes from outside, so this
// works in any shell; it hashes units, not text.

import type { BarSeries } from "../domain/index.ts";

/** The part of a hash that is used here; `digest` gives the hexadecimal text. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  digest(): string;
}

const sliceLength = 8_192;

/**
 * Hash over one line of JSON `[symbol, timeframe, priceScale, quantityScale, length]` and a line end, then the six columns in
 * the order time, open, high, low, close, volume, each as little-endian float64.
 */
export function seriesDigest(series: BarSeries, createSha256: () => Sha256): string {
  const hash = createSha256();
  const { symbol, timeframe, priceScale, quantityScale, length } = series;
  hash.update(new TextEncoder().encode(`${JSON.stringify([symbol, timeframe, priceScale, quantityScale, length])}\n`));
  const bytes = new Uint8Array(sliceLength * 8);
  const view = new DataView(bytes.buffer);
  for (const column of [series.time, series.open, series.high, series.low, series.close, series.volume]) {
    for (let start = 0; start < length; start += sliceLength) {
      const count = Math.min(sliceLength, length - start);
      // A DataView writes little-endian whatever the machine is.
      for (let at = 0; at < count; at += 1) view.setFloat64(at * 8, column[start + at] as number, true);
      hash.update(bytes.subarray(0, count * 8));
    }
  }
  return hash.digest();
}
