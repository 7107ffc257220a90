// Memory of tapes that nobody reads any more. Fresh memory costs a page fault every 4 KiB, a tenth of the time of a run
// with many orders; a process that makes many runs gives it back here.

export const chunkBytes = 65_536;

/** Chunks that are kept: 64 MiB. */
const keptMax = 1_024;

const kept: Float64Array[] = [];

/** A chunk with anything in it: every word is written before it is read. */
export function takeChunk(): Float64Array {
  const chunk = kept.pop();
  if (chunk !== undefined) return chunk;
  const bytes = Buffer.allocUnsafeSlow(chunkBytes);
  return new Float64Array(bytes.buffer, bytes.byteOffset, chunkBytes / 8);
}

export function giveChunk(chunk: Float64Array): void {
  if (kept.length < keptMax) kept.push(chunk);
}
