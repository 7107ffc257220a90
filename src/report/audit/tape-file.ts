// A venue's tape from its file. It must never mend one: a line that is missing or torn is a typed error that names it.

import { SeatrialError, venueTapeSchema, type VenueEntry, type VenueTapeEnd, type VenueTapeHead } from "../../domain/index.ts";
import type { VenueTapeRead } from "../../journal/index.ts";
import { readLines } from "../../market/index.ts";

/** @throws SeatrialError `damaged_tape`, exit code 3 */
export async function readTapeFile(file: string): Promise<VenueTapeRead> {
  let head: VenueTapeHead | null = null;
  let end: VenueTapeEnd | null = null;
  const entries: VenueEntry[] = [];
  await readLines(file, (line, number) => {
    if (end !== null) throw damaged(file, number, "there is more behind its end");
    const value = parsed(file, number, line);
    if (head === null) {
      if (value["schema"] !== venueTapeSchema) throw damaged(file, number, `it does not begin as a ${venueTapeSchema}`);
      head = value as unknown as VenueTapeHead;
    } else if (value["type"] === "end") end = value as unknown as VenueTapeEnd;
    else entries.push(value as unknown as VenueEntry);
  });
  if (head === null || end === null) throw damaged(file, null, "it has no end: it is not whole");
  const { trades, legs } = end as VenueTapeEnd;
  return { head, entries, untold: { trades: new Set(trades), legs: new Set(legs) } };
}

function parsed(file: string, line: number, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw damaged(file, line, "it is no JSON object");
}

function damaged(file: string, line: number | null, reason: string): SeatrialError {
  return new SeatrialError({ code: "damaged_tape", reason, hint: "simulate the scenario again", place: { file, line } });
}
