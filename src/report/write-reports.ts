// Writes report files, with the folders that they need: each complete or not at all. It must never leave a half of one.

import { dirname } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import { writeWhole } from "../market/index.ts";
import { makeFolders } from "./output-folder.ts";

/** @param files text by path @throws SeatrialError `file_unwritable` */
export async function writeReports(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await makeFolders(dirname(path)).catch((cause: unknown) => {
      const reason = `its folder cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new SeatrialError({ code: "file_unwritable", reason, hint: "name another place with --out", place: { file: path }, cause });
    });
    await writeWhole(path, new TextEncoder().encode(text));
  }
}
