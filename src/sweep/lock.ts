// One sweep a folder at a time: a file that names the process which writes there. It must not outlive that process in effect: the lock
// of a process that is gone counts for nothing.

import { open, readFile, rm } from "node:fs/promises";

import { SeatrialError } from "../domain/index.ts";

/** Locks that this process holds: its own number in a file may also be that of a process before it. */
const held = new Set<string>();

/** @returns what gives the lock back. @throws SeatrialError `sweep_running`, exit code 3 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    const file = await open(path, "wx").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return null;
      throw error;
    });
    if (file !== null) {
      held.add(path);
      await file.writeFile(String(process.pid));
      await file.close();
      return async () => {
        held.delete(path);
        await rm(path, { force: true });
      };
    }
    const owner = Number(await readFile(path, "utf8").catch(() => "0"));
    if (isRunning(owner, path)) {
      throw new SeatrialError({
        code: "sweep_running",
        reason: `process ${owner} is running this sweep`,
        hint: "wait for it or end it; --out writes elsewhere; where there is no such process, delete this file",
        place: { file: path },
      });
    }
    await rm(path, { force: true });
  }
}

function isRunning(owner: number, path: string): boolean {
  if (owner === process.pid) return held.has(path);
  if (!Number.isInteger(owner) || owner <= 0) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one as well.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
