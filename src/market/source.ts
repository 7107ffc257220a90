// Bytes of a data file, plain, gzipped or zipped, a piece at a time. Turns what the file system and gzip say into typed
// errors; knows nothing of bars.

import { createReadStream } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { SeatrialError } from "../domain/index.ts";
import { entryPieces, onlyEntry } from "./zip.ts";

const pieceBytes = 1 << 20;
/** Parts of a file that are read side by side. */
const partBytes = 1 << 23;

/** Found by the first bytes; a name that promises one of them has to keep it. An empty zip archive starts with its end. */
const wrappings = [
  { name: "gzip", bytes: [0x1f, 0x8b], ending: ".gz" },
  { name: "zip", bytes: [0x50, 0x4b, 3, 4], ending: ".zip" },
  { name: "zip", bytes: [0x50, 0x4b, 5, 6], ending: ".zip" },
] as const;

/** A file's content a piece at a time, out of its wrapping. */
export interface Source {
  /** Name of the file in a zip archive; null for other files. */
  readonly entry: string | null;
  /** Whether the file on disk is the content itself: then a reader may go to any place of it. */
  readonly bare: boolean;
  /** Size of the content; null where nothing trustworthy tells it. */
  readonly bytes: number | null;
  /** A piece is valid until the next is asked for. */
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** All bytes. They belong to whoever asks. @param first the first piece, when no other was taken yet */
  readonly whole: (first: Uint8Array) => Promise<Uint8Array>;
  /** Fills `room` from a place of the file, and returns how many bytes there were; null where the content is not the file itself. */
  readonly readAt: ((room: Uint8Array, start: number) => Promise<number>) | null;
}

/**
 * Runs `use` on the file's content, gunzipped or unzipped when it starts as gzip or zip do, whatever its name, and closes it.
 * @throws SeatrialError `file_missing`, `file_is_directory`, `file_unreadable`, `file_empty`, `file_truncated`, `file_corrupt`,
 * and of a zip archive `zip_not_single`, `zip_unsupported`
 */
export async function withSource<Result>(path: string, use: (source: Source) => Promise<Result>): Promise<Result> {
  const size = await sizeOf(path);
  if (size === 0) throw emptyFile(path);
  const handle = await openFile(path);
  let source: Source | null = null;
  try {
    source = await unwrap(handle, size, path);
    return await use(source);
  } finally {
    await source?.pieces.return();
    await handle.close();
  }
}

async function unwrap(handle: FileHandle, size: number, path: string): Promise<Source> {
  const magic = new Uint8Array(4);
  await readAt(handle, path, magic, 0);
  const wrapping = wrappings.find(({ bytes }) => bytes.every((byte, at) => magic[at] === byte))?.name ?? null;
  const named = wrappings.find(({ ending }) => path.toLowerCase().endsWith(ending));
  if (named !== undefined && named.name !== wrapping) {
    const reason = `the name ends in ${named.ending} but the content is not ${named.name}`;
    throw new SeatrialError({ code: "file_corrupt", reason, place: { file: path } });
  }
  if (wrapping === null) {
    const readAt = (room: Uint8Array, start: number): Promise<number> => readPart(handle, path, room, start);
    return { entry: null, bare: true, bytes: size, pieces: plainPieces(handle, path), whole: () => readWhole(handle, path, size), readAt };
  }
  const entry = wrapping === "gzip" ? null : await onlyEntry(handle, size, path);
  const pieces = entry === null ? unzippedPieces(path) : entryPieces(handle, entry, path);
  return { entry: entry?.name ?? null, bare: false, bytes: null, pieces, whole: (first) => joinPieces(first, pieces), readAt: null };
}

/**
 * What the file held when it was opened, read once into its place: a copy of a large file costs as much as reading it. Most of that is
 * the system's, which gives out fresh memory: the parts are read side by side.
 */
async function readWhole(handle: FileHandle, path: string, size: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(size);
  const starts = Array.from({ length: Math.ceil(size / partBytes) }, (_, part) => part * partBytes);
  const parts = await Promise.allSettled(starts.map((start) => readPart(handle, path, whole.subarray(start, start + partBytes), start)));
  // Nobody may close the file under a reading: what went wrong is told when all have ended.
  const lengths = parts.map((part) => {
    if (part.status === "rejected") throw part.reason;
    return part.value;
  });
  // A file that has become shorter meanwhile ends where the first part that is not whole does.
  const short = lengths.findIndex((length, part) => length < Math.min(partBytes, size - part * partBytes));
  return new Uint8Array(whole.buffer, 0, short < 0 ? size : short * partBytes + (lengths[short] as number));
}

/** @returns bytes that there were; fewer than there is room for only at the end of the file */
async function readPart(handle: FileHandle, path: string, room: Uint8Array, start: number): Promise<number> {
  let filled = 0;
  while (filled < room.length) {
    const { bytesRead } = await readAt(handle, path, room.subarray(filled), start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Copies all pieces, `first` before them, into one array. */
async function joinPieces(first: Uint8Array, rest: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts = [first.slice()];
  let total = first.length;
  for await (const piece of rest) {
    parts.push(piece.slice());
    total += piece.length;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function emptyFile(path: string): SeatrialError {
  return new SeatrialError({ code: "file_empty", reason: "the file is empty", hint: "write at least one bar", place: { file: path } });
}

/** Size on disk in bytes. @throws SeatrialError as `readPieces` does */
async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
  } catch (cause) {
    throw fileError(path, cause);
  }
  throw new SeatrialError({ code: "file_is_directory", reason: "a folder, not a file of bars", hint: "name a file in it", place: { file: path } });
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw fileError(path, cause);
  }
}

async function* plainPieces(handle: FileHandle, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const buffers = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const;
  let position = 0;
  let reading = readAt(handle, path, buffers[0], 0);
  try {
    for (let turn = 0; ; turn += 1) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      position += bytesRead;
      // The next piece is read while this one is used.
      reading = readAt(handle, path, buffers[turn % 2 === 0 ? 1 : 0], position);
      // What went wrong is told when the piece is asked for, or never.
      reading.catch(() => undefined);
      yield buffers[turn % 2 === 0 ? 0 : 1].subarray(0, bytesRead);
    }
  } finally {
    // Nobody may close the file under a reading.
    await reading.catch(() => undefined);
  }
}

async function readAt(handle: FileHandle, path: string, buffer: Uint8Array, position: number): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(buffer, 0, buffer.length, position);
  } catch (cause) {
    throw fileError(path, cause);
  }
}

async function* unzippedPieces(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  file.on("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  let empty = true;
  try {
    for await (const piece of gunzip) {
      empty = false;
      yield piece as Uint8Array;
    }
  } catch (cause) {
    throw cause instanceof SeatrialError ? cause : fileError(path, cause);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
  if (empty) throw emptyFile(path);
}

const known: Readonly<Record<string, { readonly code: string; readonly reason: string; readonly hint?: string }>> = {
  ENOENT: { code: "file_missing", reason: "no such file", hint: "check the path; `seatrial bars fetch` gets recorded bars" },
  ENOTDIR: { code: "file_missing", reason: "a part of the path is not a folder", hint: "check the path" },
  EISDIR: { code: "file_is_directory", reason: "a folder, not a file of bars", hint: "name a file in it" },
  EACCES: { code: "file_unreadable", reason: "reading it is not permitted", hint: "check the file's permissions" },
  EPERM: { code: "file_unreadable", reason: "reading it is not permitted", hint: "check the file's permissions" },
  Z_BUF_ERROR: { code: "file_truncated", reason: "the gzip stream ends too early", hint: "copy or download it again" },
  Z_DATA_ERROR: { code: "file_corrupt", reason: "the gzip stream is damaged", hint: "copy or download it again" },
};

/** A typed error for what the operating system or zlib said; an unknown code keeps its own words. */
function fileError(path: string, cause: unknown): SeatrialError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const words = cause instanceof Error ? cause.message : String(cause);
  const details = known[code] ?? { code: "file_unreadable", reason: `it cannot be read: ${words}` };
  return new SeatrialError({ ...details, place: { file: path }, cause });
}
