// A series' identity: the same bars give the same digest on every machine. The hash function comes from outside, so this
// works in any shell; it hashes units, not text.

import type { BarSeries } from "../domain/index.ts";
import { isLittleEndian } from "./byte-order.ts";

/** The part of a hash that is used here; `digest` gives the hexadecimal text. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  digest(): string;
}

/** Values that are hashed at once: enough for the hash's own speed, little enough for a machine that has to turn them first. */
const sliceLength = 131_072;

/** The columns of a series never change: a run, its manifest and the next run of a sweep ask for the same digest. */
const known = new WeakMap<BarSeries, string>();

/**
 * Hash over one line of JSON `[symbol, timeframe, priceScale, quantityScale, length]` and a line end, then the six columns in
 * the order time, open, high, low, close, volume, each as little-endian float64.
 */
export function seriesDigest(series: BarSeries, createSha256: () => Sha256): string {
  const digest = known.get(series) ?? digestOf(series, createSha256);
  known.set(series, digest);
  return digest;
}

function digestOf(series: BarSeries, createSha256: () => Sha256): string {
  const hash = createSha256();
  const { symbol, timeframe, priceScale, quantityScale, length } = series;
  hash.update(new TextEncoder().encode(`${JSON.stringify([symbol, timeframe, priceScale, quantityScale, length])}\n`));
  for (const column of [series.time, series.open, series.high, series.low, series.close, series.volume]) {
    for (let start = 0; start < length; start += sliceLength) hash.update(littleEndian(column.subarray(start, start + sliceLength)));
  }
  return hash.digest();
}

function littleEndian(values: Float64Array): Uint8Array {
  const own = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian) return own;
  const turned = Uint8Array.from(own);
  for (let at = 0; at < turned.length; at += 8) turned.subarray(at, at + 8).reverse();
  return turned;
}
