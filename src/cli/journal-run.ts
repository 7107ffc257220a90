// Runs `seatrial journal …`: opens, chooses, prints. Loaded on use; holds no rule of the journal.

import { ExitCode, SeatrialError } from "../domain/index.ts";
import { csvLines, exportedTables, jsonLines, sqlLines } from "../journal/sqlite/export.ts";
import { JournalReader } from "../journal/sqlite/reader.ts";
import { repairJournal } from "../journal/sqlite/repair.ts";
import { selectCommits, type RecordFilter, type ShownCommit } from "../journal/sqlite/select.ts";
import { verifyJournal } from "../journal/sqlite/verify.ts";
import { writeWhole } from "../market/index.ts";
import { commitsText, factsText, repairText } from "../report/terminal/journal-text.ts";
import { traitsOf, type Io } from "./io.ts";

export interface ShowFlags extends RecordFilter {
  /** Infinity = all. */
  readonly limit: number;
  readonly json?: true;
}

export interface ExportFlags {
  readonly format: "jsonl" | "csv" | "sql";
  readonly table?: string;
  readonly out?: string;
  readonly json?: true;
}

/** 0, or 1 where anything is wrong. @throws SeatrialError for what is no journal */
export function runVerify(file: string, json: boolean, io: Io): ExitCode {
  const facts = verifyJournal(file);
  io.stdout.write(json ? `${JSON.stringify(facts)}\n` : factsText(facts));
  return facts.ok ? ExitCode.ok : ExitCode.dependency;
}

export function runShow(file: string, { limit, json, ...filter }: ShowFlags, io: Io): ExitCode {
  return reading(file, (reader) => {
    const shown: ShownCommit[] = [];
    let total = 0;
    for (const commit of selectCommits(reader, filter)) {
      total += 1;
      shown.push(commit);
      if (shown.length > limit) shown.shift();
    }
    const text =
      json === true ? `${JSON.stringify({ file, total, commits: shown })}\n` : commitsText(shown, total, reader.header, traitsOf(io.stdout).width);
    io.stdout.write(text);
    return ExitCode.ok;
  });
}

/** @throws SeatrialError `bad_arguments`, `file_unwritable` */
export async function runExport(file: string, flags: ExportFlags, io: Io): Promise<ExitCode> {
  const { format, out } = flags;
  const table = tableOf(flags);
  const lines = (reader: JournalReader): Iterable<string> =>
    format === "jsonl" ? jsonLines(reader) : format === "sql" ? sqlLines(reader) : csvLines(reader, table);
  if (out === undefined)
    return reading(file, (reader) => {
      for (const line of lines(reader)) io.stdout.write(`${line}\n`);
      return ExitCode.ok;
    });
  const texts = reading(file, (reader) => [...lines(reader)]);
  await writeWhole(out, new TextEncoder().encode(texts.map((line) => `${line}\n`).join("")));
  const told = { file, format, out, lines: texts.length };
  io.stdout.write(flags.json === true ? `${JSON.stringify(told)}\n` : `${texts.length} lines: ${out}\n`);
  return ExitCode.ok;
}

function tableOf({ format, table, out, json }: ExportFlags): string {
  const wrong = (reason: string, hint: string) => new SeatrialError({ code: "bad_arguments", reason, hint });
  if (json === true && out === undefined) throw wrong("--json says nothing of what goes to stdout", "add --out, or leave it out");
  if (table === undefined) return "orders";
  if (format !== "csv") throw wrong(`--table says nothing of ${format}, which has all of them`, "add --format csv");
  if (exportedTables.includes(table)) return table;
  throw wrong(`a journal has no table ${table}`, `one of ${exportedTables.join(", ")}`);
}

export function runRepair(file: string, json: boolean, io: Io): ExitCode {
  const repair = repairJournal(file, Date.now());
  io.stdout.write(json ? `${JSON.stringify(repair)}\n` : repairText(repair));
  return ExitCode.ok;
}

function reading<T>(file: string, look: (reader: JournalReader) => T): T {
  const reader = new JournalReader(file);
  try {
    return look(reader);
  } finally {
    reader.close();
  }
}
