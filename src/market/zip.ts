// Zip archives with one file in them (PKWARE's APPNOTE.TXT, Zip64 included, without encryption and split archives), as Binance and
// LEAN publish their data. Streams; trusts no length and checks the sum. Never unpacks to disk.

import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { SeatrialError } from "../domain/index.ts";

const endMagic = 0x06054b50;
const centralMagic = 0x02014b50;
const localMagic = 0x04034b50;
const endBytes = 22;
const commentBytesMax = 65_535;
const centralBytes = 46;
const localBytes = 30;
const [end64Magic, locator64Magic, locator64Bytes, end64Bytes] = [0x06064b50, 0x07064b50, 20, 56];
/** What a 32-bit field holds when the number stands in a Zip64 field. */
const elsewhere = 0xffff_ffff;
const pieceBytes = 1 << 20;
const [stored, deflated] = [0, 8];

export interface ZipEntry {
  /** Name of the file in the archive, with its folders. */
  readonly name: string;
  readonly method: number;
  /** Sum of the unpacked bytes, as CRC-32. */
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where the entry's own header starts. */
  readonly offset: number;
}

/**
 * The only file of an archive; folders and the shadow files of macOS do not count.
 * @throws SeatrialError `file_truncated`, `file_corrupt`, `zip_not_single`, `zip_unsupported`, `file_empty`
 */
export async function onlyEntry(handle: FileHandle, size: number, file: string): Promise<ZipEntry> {
  const entries = (await directory(handle, size, file)).filter(({ name }) => !name.endsWith("/") && !name.startsWith("__MACOSX/"));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    const names = entries.slice(0, 5).map(({ name }) => `"${name}"`);
    throw zipError(
      file,
      "zip_not_single",
      `the archive holds ${entries.length} files${names.length > 0 ? `: ${names.join(", ")}` : ""}`,
      "pack one file",
    );
  }
  if (entry.method !== stored && entry.method !== deflated) {
    throw zipError(file, "zip_unsupported", `"${entry.name}" is packed with method ${entry.method}`, "pack it with Deflate, the usual method");
  }
  return entry;
}

/** The unpacked bytes of an entry. @throws SeatrialError `file_corrupt` when length or sum are not as announced */
export async function* entryPieces(handle: FileHandle, entry: ZipEntry, file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const header = await bytesAt(handle, entry.offset, localBytes, file);
  if (header.getUint32(0, true) !== localMagic) throw damaged(file, `"${entry.name}" does not start where the archive says`);
  const start = entry.offset + localBytes + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = createReadStream(file, { start, end: start + entry.packedBytes - 1, highWaterMark: pieceBytes });
  const inflate = entry.method === deflated ? createInflateRaw({ chunkSize: pieceBytes }) : null;
  if (inflate !== null) {
    packed.on("error", (error) => inflate.destroy(error));
    packed.pipe(inflate);
  }
  let sum = 0;
  let length = 0;
  try {
    for await (const piece of inflate ?? packed) {
      const bytes = piece as Uint8Array;
      sum = crc32(bytes, sum);
      length += bytes.length;
      yield bytes;
    }
  } catch (cause) {
    if (cause instanceof SeatrialError) throw cause;
    throw damaged(file, `"${entry.name}": ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    packed.destroy();
    inflate?.destroy();
  }
  if (length !== entry.bytes || sum !== entry.crc) throw damaged(file, `"${entry.name}" does not unpack to what the archive announces`);
}

async function directory(handle: FileHandle, size: number, file: string): Promise<readonly ZipEntry[]> {
  const tailBytes = Math.min(size, endBytes + commentBytesMax);
  const tail = await bytesAt(handle, size - tailBytes, tailBytes, file);
  let end = tailBytes - endBytes;
  while (end >= 0 && tail.getUint32(end, true) !== endMagic) end -= 1;
  if (end < 0) throw zipError(file, "file_truncated", "the zip archive has no directory at its end", "copy or download it again");
  const locator = end - locator64Bytes;
  const big = locator >= 0 && tail.getUint32(locator, true) === locator64Magic;
  const ends = big ? await bytesAt(handle, wide(tail, locator + 8), end64Bytes, file) : null;
  if (ends !== null && ends.getUint32(0, true) !== end64Magic) throw damaged(file, "the Zip64 directory is not where the archive says");
  const count = ends === null ? tail.getUint16(end + 10, true) : wide(ends, 32);
  const length = ends === null ? tail.getUint32(end + 12, true) : wide(ends, 40);
  const offset = ends === null ? tail.getUint32(end + 16, true) : wide(ends, 48);
  if (offset + length > size) throw damaged(file, "the directory of the zip archive lies outside it");
  return entriesOf(await bytesAt(handle, offset, length, file), count, size, file);
}

function entriesOf(view: DataView, count: number, size: number, file: string): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + centralBytes > view.byteLength || view.getUint32(at, true) !== centralMagic) {
      throw damaged(file, `entry ${index} of the zip archive's directory is damaged`);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + centralBytes + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw damaged(file, `entry ${index} of the zip archive's directory is cut`);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + centralBytes, nameBytes));
    const extra = new DataView(view.buffer, view.byteOffset + at + centralBytes + nameBytes, extraBytes);
    const [bytes, packedBytes, offset] = widened(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const entry: ZipEntry = { name, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), packedBytes, bytes, offset };
    const encrypted = (view.getUint16(at + 8, true) & 1) === 1;
    if (encrypted) throw zipError(file, "zip_unsupported", `"${name}" is encrypted`, "unpack it with its password first");
    if (entry.offset + localBytes + entry.packedBytes > size) throw damaged(file, `"${name}" reaches beyond the archive`);
    if (entry.bytes === 0 && !name.endsWith("/")) throw zipError(file, "file_empty", `"${name}" in the archive is empty`, "write at least one row");
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** Replaces the fields that say so by those of the Zip64 record among the extra fields, which has them in the same order. */
function widened(extra: DataView, fields: [number, number, number]): [number, number, number] {
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const length = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) !== 1) {
      at += 4 + length;
      continue;
    }
    let field = at + 4;
    return fields.map((value) => {
      if (value !== elsewhere || field + 8 > extra.byteLength) return value;
      field += 8;
      return wide(extra, field - 8);
    }) as [number, number, number];
  }
  return fields;
}

/** A 64-bit number; none of a file that exists is above 2^53. */
function wide(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

async function bytesAt(handle: FileHandle, position: number, length: number, file: string): Promise<DataView> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  if (bytesRead < length) throw zipError(file, "file_truncated", "the zip archive ends too early", "copy or download it again");
  return new DataView(bytes.buffer);
}

function damaged(file: string, reason: string, cause?: unknown): SeatrialError {
  const details = { code: "file_corrupt", reason, hint: "copy or download it again", place: { file } };
  return new SeatrialError(cause === undefined ? details : { ...details, cause });
}

function zipError(file: string, code: string, reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code, reason, hint, place: { file } });
}
