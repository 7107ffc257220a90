// Writes report files: each complete or not at all, beside its place and renamed. It must never leave a half of one.

import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import { makeFolders } from "./run-folder.ts";

/** @param files text by path @throws SeatrialError `output_not_writable` */
export async function writeReports(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const temporary = join(dirname(path), `.partial-${randomUUID()}`);
    try {
      await makeFolders(dirname(path));
      await writeFile(temporary, text);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const detail = error instanceof Error && "code" in error ? String(error.code) : String(error);
      throw new SeatrialError({
        code: "output_not_writable",
        reason: `the report ${path} cannot be written: ${detail}`,
        hint: "name another place with --out",
        cause: error,
      });
    }
  }
}
