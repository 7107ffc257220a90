// Opens the database of a journal to look at it. It takes no lock that a writer would feel, and where nobody can be writing it
// leaves nothing beside the file.

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { DatabaseSync } from "node:sqlite";

/** @throws what SQLite throws */
export function openReadOnly(path: string): DatabaseSync {
  // Who writes a journal has its lock beside it, and commits that are not in the database yet stand in its log. A file with
  // neither is a copy, read as it lies: SQLite would lay two files beside it, and a reader cannot take them away again.
  if (!existsSync(`${path}-wal`) && !existsSync(`${path}-lock`)) return openAsItLies(path);
  return new DatabaseSync(path, { readOnly: true });
}

/** Of a disk that cannot be written, too. @throws what SQLite throws */
export function openAsItLies(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = "?immutable=1";
  return new DatabaseSync(url, { readOnly: true });
}
