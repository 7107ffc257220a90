// One writer a journal: an exclusive transaction on a database of its own, which the operating system ends with the process. The
// journal itself is never locked: readers look while it is written. It must never open the lock's file in another way than through
// SQLite, because closing it would give the lock away.

import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { isBusy, journalError, wordsOf } from "./errors.ts";

/** Linux file system types on which locks or syncs do not hold, by their magic number (statfs(2), linux/magic.h). */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x69_69, "NFS"],
  [0x51_7b, "SMB"],
  [0xff_53_4d_42, "CIFS"],
  [0xfe_53_4d_42, "SMB2"],
  [0x53_46_41_4f, "AFS"],
  [0x6b_41_46_53, "AFS"],
  [0x73_75_72_45, "Coda"],
  [0x56_4c, "NCP"],
  [0x01_02_19_97, "9P"],
  [0x00_c3_64_00, "Ceph"],
  [0x0b_d0_0b_d0, "Lustre"],
  [0x01_16_19_70, "GFS2"],
  [0x74_61_63_6f, "OCFS2"],
  [0x78_6f_42_56, "a shared folder of VirtualBox"],
  [0x65_73_55_46, "FUSE (as sshfs is)"],
]);

/**
 * Elsewhere than on Linux the numbers mean something else, and nothing is refused.
 * @throws SeatrialError `journal_network`, exit code 1
 */
export function refuseNetworkDisk(path: string, typeOf: (folder: string) => number = (folder) => statfsSync(folder).type): void {
  if (process.platform !== "linux") return;
  const folder = dirname(resolve(path));
  let type: number;
  try {
    type = typeOf(folder);
  } catch (error) {
    throw journalError("journal_not_found", path, `its folder cannot be read: ${wordsOf(error)}`, error);
  }
  // Older kernels fill the upper half with the sign.
  const name = networkTypes.get(type % 0x1_00_00_00_00 < 0 ? (type % 0x1_00_00_00_00) + 0x1_00_00_00_00 : type % 0x1_00_00_00_00);
  if (name !== undefined) throw journalError("journal_network", path, `it stands on ${name}`);
}

/** The right to write a journal. */
export class Ownership {
  declare private readonly database: DatabaseSync;

  /**
   * @param lock file of the lock @param owner process that has it, as far as the journal tells; asked only when it is taken
   * @throws SeatrialError `journal_owned`, exit code 1
   */
  constructor(lock: string, path: string, owner: () => number | null) {
    this.database = new DatabaseSync(lock, { timeout: 0 });
    try {
      this.database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    } catch (error) {
      this.database.close();
      if (!isBusy(error)) throw journalError("journal_failed", lock, `the lock cannot be taken: ${wordsOf(error)}`, error);
      const pid = owner();
      throw journalError("journal_owned", path, `${pid === null ? "another process" : `process ${pid}`} is writing it`, error);
    }
  }

  release(): void {
    this.database.close();
  }
}
