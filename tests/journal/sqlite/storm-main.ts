// A process that commits in a storm and says after each commit how far it has come, until somebody kills it. Started by tests.

import { writeSync } from "node:fs";

import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { createJournal } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { journalOf, origin, settings, smallPlan } from "./journals.ts";
import { request, stormCause } from "./storm.ts";

const [path = "", how = "create"] = process.argv.slice(2);
const of = journalOf(smallPlan());
const { store, epoch } =
  how === "create" ? { store: createJournal(path, of, origin, settings), epoch: 1 } : openForRestart(path, of, origin, settings);
for (;;) {
  const seq = store.append(epoch, stormCause(store.last + 1), store.last % 3 === 0 ? [request(store.last + 1)] : []);
  if (seq % 25 === 0) store.keepSnapshot({ seq, state: { seq } });
  writeSync(1, `${epoch} ${seq}\n`);
}
