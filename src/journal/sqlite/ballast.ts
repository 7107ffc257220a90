// Bytes that hold a place on the journal's disk. On a full disk they are given up, so that what reduces risk can still be
// journaled. It must never be given up for anything that increases it.

import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A commit with its projections dirties some ten pages of 4 KiB. 8 MiB are then two hundred of them: what it takes to cancel
 * and to close ten positions with all answers, twice over, with room for the log's next turn.
 */
export const ballastBytesDefault = 8 * 1_024 * 1_024;

export class Ballast {
  declare private readonly path: string;
  declare private readonly bytes: number;

  constructor(path: string, bytes: number) {
    this.path = path;
    this.bytes = bytes;
  }

  get laid(): boolean {
    return existsSync(this.path);
  }

  /** Lays it where twice its room is left. @returns whether it is there */
  lay(): boolean {
    if (this.bytes === 0 || this.laid) return true;
    if (freeBytes(dirname(this.path)) < 2 * this.bytes) return false;
    const file = openSync(this.path, "w");
    try {
      const block = Buffer.alloc(64 * 1_024, "seatrial ballast ");
      for (let left = this.bytes; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  }

  /** @returns whether there was any */
  free(): boolean {
    if (!this.laid) return false;
    rmSync(this.path);
    return true;
  }
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
