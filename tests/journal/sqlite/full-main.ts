// A process whose files may not grow beyond a limit commits until it is refused, then once more. Started by a test.

import { SeatrialError } from "../../../src/domain/index.ts";
import { createJournal } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { journalOf, origin, settings, smallPlan } from "./journals.ts";
import { request, stormCause } from "./storm.ts";

const [path = ""] = process.argv.slice(2);
process.on("SIGXFSZ", () => undefined);
const store = createJournal(path, journalOf(smallPlan()), origin, { ...settings, pageBytes: 4_096 });
const codes: string[] = [];
while (codes.length < 2) {
  try {
    store.append(1, stormCause(store.last + 1), [request(store.last + 1)]);
  } catch (error) {
    codes.push(error instanceof SeatrialError ? error.code : String(error));
  }
}
process.stdout.write(`${store.last} ${codes.join(" ")}\n`);
