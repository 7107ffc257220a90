// LZ4 frames (the frame and block format of the LZ4 project's documentation), decoding only: what Feather files of pandas
// are compressed with. Checks every length against the input and the output; trusts no byte.

import { SeatrialError } from "../domain/index.ts";

const frameMagic = 0x184d2204;
const blockSizes: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
/** No frame of bars is larger than this: a damaged length must not take all memory. */
const outputBytesMax = 2 ** 31;
/** A byte of a block makes at most 255 bytes of output. */
const ratioMax = 255;

/** Output that grows; blocks may refer back into what earlier blocks wrote. */
interface Output {
  bytes: Uint8Array;
  length: number;
}

/** The content of one frame. @throws SeatrialError `file_corrupt` for anything that is not a whole, well-formed frame */
export function decodeLz4Frame(input: Uint8Array): Uint8Array {
  if (input.length < 11 || word(input, 0) !== frameMagic) throw corrupt("no LZ4 frame");
  const flags = input[4] as number;
  const blockMax = blockSizes[((input[5] as number) >> 4) & 7];
  if (flags >> 6 !== 1 || blockMax === undefined) throw corrupt("an unknown version of the LZ4 frame");
  const hasSize = (flags & 0b1000) !== 0;
  const blockChecksum = (flags & 0b1_0000) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  if (hasDictionary) throw corrupt("the LZ4 frame needs a dictionary");
  let at = 6 + (hasSize ? 8 : 0) + 1;
  const expected = hasSize ? Math.min(contentSize(input), input.length * ratioMax) : input.length * 3;
  const output: Output = { bytes: new Uint8Array(Math.max(64, expected)), length: 0 };
  for (;;) {
    const header = word(input, at);
    at += 4;
    if (header === 0) break;
    const size = header & 0x7fff_ffff;
    const plain = header >>> 31 === 1;
    if (size > blockMax || at + size > input.length) throw corrupt("an LZ4 block reaches beyond its frame");
    const room = plain ? size : Math.min(blockMax, size * ratioMax);
    reserve(output, room);
    if (plain) {
      output.bytes.set(input.subarray(at, at + size), output.length);
      output.length += size;
    } else {
      decodeBlock(input, at, at + size, output, output.length + room);
    }
    at += size + (blockChecksum ? 4 : 0);
  }
  if (hasSize && contentSize(input) !== output.length) throw corrupt("the LZ4 frame holds less than it announces");
  return output.bytes.subarray(0, output.length);
}

/** The content of one bare block, as Parquet stores it. @param length its bytes when unpacked */
export function decodeLz4Block(input: Uint8Array, length: number): Uint8Array {
  if (length > input.length * ratioMax) throw corrupt("an LZ4 block announces more than it can hold");
  const output: Output = { bytes: new Uint8Array(length), length: 0 };
  decodeBlock(input, 0, input.length, output, length);
  if (output.length !== length) throw corrupt("an LZ4 block holds less than it announces");
  return output.bytes;
}

/** One block: runs of literals, each followed by a copy of bytes already written. */
function decodeBlock(input: Uint8Array, start: number, end: number, output: Output, limit: number): void {
  const target = output.bytes;
  let at = start;
  let to = output.length;
  while (at < end) {
    const token = input[at] as number;
    at += 1;
    let literals = token >> 4;
    if (literals === 15) {
      const more = extraLength(input, at, end);
      literals += more;
      at += Math.floor(more / 255) + 1;
    }
    if (at + literals > end || to + literals > limit) throw corrupt("LZ4 literals reach beyond their block");
    for (let n = 0; n < literals; n += 1) target[to + n] = input[at + n] as number;
    at += literals;
    to += literals;
    // The last run of a block has no copy.
    if (at === end) break;
    if (at + 2 > end) throw corrupt("an LZ4 block ends inside a copy");
    const offset = (input[at] as number) | ((input[at + 1] as number) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      const more = extraLength(input, at, end);
      length += more;
      at += Math.floor(more / 255) + 1;
    }
    if (offset === 0 || offset > to || to + length > limit) throw corrupt("an LZ4 copy points outside the data");
    // Byte by byte: a copy may overlap its own result.
    for (let n = 0; n < length; n += 1) target[to + n] = target[to - offset + n] as number;
    to += length;
  }
  output.length = to;
}

/** Sum of the bytes that extend a length of 15: 255s and one smaller byte, so the sum tells how many they are. */
function extraLength(input: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at += 1) {
    const byte = input[at] as number;
    sum += byte;
    if (byte !== 255) return sum;
  }
  throw corrupt("an LZ4 length does not end");
}

function reserve(output: Output, more: number): void {
  const needed = output.length + more;
  if (needed <= output.bytes.length) return;
  if (needed > outputBytesMax) throw corrupt("an LZ4 frame of more than 2 GiB");
  const wider = new Uint8Array(Math.max(needed, output.bytes.length * 2));
  wider.set(output.bytes.subarray(0, output.length));
  output.bytes = wider;
}

function contentSize(input: Uint8Array): number {
  const size = word(input, 6) + word(input, 10) * 2 ** 32;
  if (size > outputBytesMax) throw corrupt("an LZ4 frame of more than 2 GiB");
  return size;
}

function word(input: Uint8Array, at: number): number {
  if (at + 4 > input.length) throw corrupt("the LZ4 frame ends too early");
  const bytes = new DataView(input.buffer, input.byteOffset + at, 4);
  return bytes.getUint32(0, true);
}

function corrupt(reason: string): SeatrialError {
  return new SeatrialError({ code: "file_corrupt", reason, hint: "copy or download the file again" });
}
