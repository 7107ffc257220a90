// The chain of a journal's records, link by link, and what its head says of its end. It tells the first thing that is wrong and
// repairs nothing.

import { isRequest } from "./requests.ts";
import { commitOf, type StoredRecord } from "./reader.ts";
import { journalError } from "./errors.ts";
import { genesisHash, recordHash, type JournalHeader } from "./format.ts";
import type { Head } from "./head-file.ts";

/** A place in the chain. */
export interface Link {
  readonly seq: number;
  readonly epoch: number;
  readonly hash: string;
}

export function firstLink(header: JournalHeader): Link {
  return { seq: 0, epoch: 0, hash: genesisHash(header) };
}

/** @returns the link of a record. @throws SeatrialError `journal_damaged` where it does not follow from the one before it */
export function nextLink(before: Link, record: StoredRecord, path: string): Link {
  const { seq, epoch, previous, hash } = record;
  const wrong = (reason: string) => journalError("journal_damaged", path, reason);
  if (seq !== before.seq + 1) throw wrong(`commit ${before.seq + 1} is missing: the next one is ${seq}`);
  if (previous !== before.hash) throw wrong(`commit ${seq} does not follow commit ${before.seq}: its link to it is another`);
  if (recordHash(previous, record) !== hash) throw wrong(`commit ${seq} is not what was committed: its hash is another`);
  if (epoch < before.epoch) throw wrong(`commit ${seq} is of process ${epoch}, after one of process ${before.epoch}`);
  return { seq, epoch, hash };
}

/** The fields of a record beside its payload say what the payload says. */
export function checkFields(record: StoredRecord, path: string): void {
  const { cause, effects } = commitOf(record, path);
  const same = cause.type === record.kind && cause.time === record.time && effects.filter(isRequest).length === record.requests;
  if (!same) throw journalError("journal_damaged", path, `commit ${record.seq} says another thing beside its payload than in it`);
}

/**
 * What a head says of a database that ends with `last`. The head is written after each commit: a database may be ahead of it by
 * what a crash came before, and then at most its last commit may have asked the venue for anything.
 * @param at the link of a commit; null: there is none of this number @param requestsAfter commits behind a seq that have requests
 * @throws SeatrialError `journal_behind`, `journal_head`
 */
export function checkHead(
  head: Head,
  { journal, last, epoch }: { readonly journal: string; readonly last: Link; readonly epoch: number },
  at: (seq: number) => string | null,
  requestsAfter: (seq: number) => readonly number[],
  path: string,
): void {
  if (head.journal !== journal) throw journalError("journal_head", path, "its head file is of another journal");
  if (head.seq > last.seq) {
    const lost = head.seq - last.seq;
    const reason = `commits have been lost: its head file knows ${head.seq}, the database ends with ${last.seq} (${lost} missing)`;
    throw journalError("journal_behind", path, reason);
  }
  if (head.epoch > epoch)
    throw journalError("journal_behind", path, `the database is an older copy: its head file knows process ${head.epoch}, it knows ${epoch}`);
  if (at(head.seq) !== head.hash)
    throw journalError("journal_behind", path, `commit ${head.seq} is not the one that its head file knows: one of them is of another time`);
  const ahead = requestsAfter(head.seq);
  if (ahead.length > 1 || (ahead.length === 1 && ahead[0] !== last.seq))
    throw journalError("journal_head", path, `its head file is an older copy: requests have left since commit ${head.seq}`);
}
