// The files that a strategy's file is made of: itself and what it imports by a relative path, to the bottom. It reads texts and
// runs nothing.

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

const relativeImport = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;
/** A strategy of more files is no strategy, and following it would never end. */
const filesMax = 500;

/** Absolute paths, the file itself first; one that is not there stands here too, because it may come. */
export async function strategyFiles(file: string): Promise<string[]> {
  const found = [resolve(file)];
  for (const path of found) {
    const text = await readFile(path, "utf8").catch(() => "");
    for (const [, specifier = ""] of text.matchAll(relativeImport)) {
      const imported = resolve(dirname(path), specifier);
      if (!found.includes(imported) && found.length < filesMax) found.push(imported);
    }
  }
  return found;
}
