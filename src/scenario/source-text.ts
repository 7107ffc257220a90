// Reading a file that a user wrote, safely: size and kind are checked before a byte is interpreted. It never guesses
// an encoding and never returns half a file.

import { open, type FileHandle } from "node:fs/promises";

import { SeatrialError, type Place } from "../domain/index.ts";

/** Text of a whole file without its byte order mark, and where its lines start. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** Line and column (1-based, in UTF-16 units) of an offset. */
  placeAt(offset: number): Place;
}

/** Scenario files are written by hand; a larger one is data in the wrong place. */
export const maxScenarioBytes = 1_048_576;

/**
 * Reads UTF-8 text. @throws SeatrialError `file_missing`, `file_unreadable`, `not_a_file`, `file_too_large`,
 * `file_empty`, `file_not_text`; exit code 3
 */
export async function readSource(file: string, maxBytes: number = maxScenarioBytes): Promise<SourceText> {
  return sourceOfBytes(file, await readBytes(file, maxBytes));
}

/** Text of bytes that are already here. @throws SeatrialError `file_not_text`, `file_empty` */
export function sourceOfBytes(file: string, bytes: Uint8Array): SourceText {
  return sourceOf(file, decode(file, bytes));
}

/** Places over text that is already in memory. */
export function sourceOf(file: string, text: string): SourceText {
  let starts: number[] | null = null;
  const placeAt = (offset: number): Place => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: Math.min(offset, text.length) - (starts[low] ?? 0) + 1 };
  };
  return { file, text, placeAt };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The bytes of a regular file. @throws SeatrialError as `readSource` */
export async function readBytes(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await openFile(file);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) {
      throw fail(file, "not_a_file", stat.isDirectory() ? "is a folder" : "is not a regular file", "name a file inside it");
    }
    if (stat.size > maxBytes) {
      throw fail(file, "file_too_large", `has ${stat.size} bytes, at most ${maxBytes} are read`, "keep bars in a data file of their own");
    }
    if (stat.size === 0) throw fail(file, "file_empty", "is empty", "see docs/scenarios.md for the format");
    return await handle.readFile();
  } catch (error) {
    if (error instanceof SeatrialError) throw error;
    throw fail(file, "file_unreadable", `cannot be read: ${messageOf(error)}`, undefined, error);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  if (file.includes("\0")) throw fail(file.replaceAll("\0", "\\0"), "file_missing", "has a NUL character in its name", "check the path");
  try {
    return await open(file, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw fail(file, "file_missing", "does not exist", "check the path", error);
    if (code === "EISDIR") throw fail(file, "not_a_file", "is a folder", "name a file inside it", error);
    throw fail(file, "file_unreadable", `cannot be read: ${messageOf(error)}`, "check its permissions", error);
  }
}

function decode(file: string, bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw fail(file, "file_not_text", `is not text: a NUL byte at offset ${nul}`, "save it as UTF-8 without NUL characters");
  let text: string;
  try {
    // The decoder drops a byte order mark by itself.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw fail(file, "file_not_text", "is not UTF-8 text", "save it as UTF-8", error);
  }
  if (text.trim() === "") throw fail(file, "file_empty", "has nothing but white space", "see docs/scenarios.md for the format");
  return text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(file: string, code: string, reason: string, hint?: string, cause?: unknown): SeatrialError {
  return new SeatrialError({ code, reason: `the file ${reason}`, place: { file }, cause, ...(hint === undefined ? {} : { hint }) });
}
