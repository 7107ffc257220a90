// Whether what a command names is a database: the journal of a session is one, whatever it is called.

import { closeSync, openSync, readSync, statSync } from "node:fs";

/** What every SQLite database begins with (its file format, "The Database Header"). */
const magic = "SQLite format 3\0";

export function isDatabase(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(magic.length);
    return readSync(file, bytes, 0, magic.length, 0) === magic.length && bytes.toString("latin1") === magic;
  } finally {
    closeSync(file);
  }
}
