// The journal as text for who reads it by eye or by tool: one line a record. It leaves nothing out and adds what the market said.

import type { Journal } from "./journal.ts";
import { marketFacts } from "./market-facts.ts";
import { readTape } from "./tape-read.ts";

/** One JSON object a record, in order: `bar`, `time`, then the event or effect as it was, then what the market said beside it. */
export function* journalLines(journal: Journal): Generator<string> {
  const lines: string[] = [];
  readTape(journal.tape, (entry) => {
    lines.push(JSON.stringify({ bar: entry.bar, time: entry.time, ...entry.record, ...marketFacts(journal, entry) }));
  });
  yield* lines;
}
