// The journal as text for who reads it by eye or by tool: one line a record. It leaves nothing out and adds what the market said.

import type { OrderFilled } from "../domain/index.ts";
import type { Journal } from "./journal.ts";
import { marketFacts } from "./market-facts.ts";
import { readTape, type TapeRecord } from "./tape-read.ts";

/**
 * One JSON object a record, in order: `bar`, `time`, then the event or effect as it was, then what the market said beside it, and
 * beside each fill that it tells of.
 */
export function* journalLines(journal: Journal): Generator<string> {
  const lines: string[] = [];
  readTape(journal.tape, (entry) => {
    const { bar, time, record } = entry;
    const told =
      record.type === "query_answered" || record.type === "fills_reported" ? { ...record, fills: lateFills(journal, bar, record.fills) } : record;
    lines.push(JSON.stringify({ bar, time, ...told, ...marketFacts(journal, entry) }));
  });
  yield* lines;
}

function lateFills(journal: Journal, bar: number, fills: readonly OrderFilled[]): object[] {
  return fills.map((record) => ({ ...record, ...marketFacts(journal, { bar, time: record.time, record } as TapeRecord) }));
}
