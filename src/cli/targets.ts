// What a command was pointed at: a file or a folder of files.

import { stat } from "node:fs/promises";

/** What is missing counts as a file: its own error then says so. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
