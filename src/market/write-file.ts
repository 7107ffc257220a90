// Puts a finished file in its place: written beside and renamed, so that a reader never sees half a file.

import { rename, rm, writeFile } from "node:fs/promises";
import { SeatrialError } from "../domain/index.ts";

/** @throws SeatrialError `file_unwritable`; what was at `path` then stays as it was */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SeatrialError({
      code: "file_unwritable",
      reason: `it cannot be written: ${words}`,
      hint: "choose a folder that exists and is writable",
      place: { file: path },
      cause,
    });
  }
}
