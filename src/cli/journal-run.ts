// Runs `seatrial journal …`: opens, chooses, prints. Loaded on use; holds no rule of the journal.

import { ExitCode, SeatrialError } from "../domain/index.ts";
import { csvLines, exportedTables, jsonLines, newestRows, sqlLines } from "../journal/sqlite/export.ts";
import { JournalReader } from "../journal/sqlite/reader.ts";
import { repairJournal } from "../journal/sqlite/repair.ts";
import { selectCommits, type RecordFilter, type ShownCommit } from "../journal/sqlite/select.ts";
import { verifyJournal } from "../journal/sqlite/verify.ts";
import { writeWhole } from "../market/index.ts";
import { commitsText, factsText, repairText, rowsText } from "../report/terminal/journal-text.ts";
import { traitsOf, type Io } from "./io.ts";

export interface ShowFlags extends RecordFilter {
  /** Rows of it instead of commits. */
  readonly table?: string;
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

/** @throws SeatrialError `bad_arguments` for a table that is none, or that is to be chosen from as commits are */
export function runShow(file: string, { limit, json, table, ...filter }: ShowFlags, io: Io): ExitCode {
  const [stray] = Object.keys(filter);
  if (table !== undefined && stray !== undefined) throw wrong(`--${stray} chooses commits, and a table has rows`, "leave out one of the two");
  return reading(file, (reader) => {
    if (table !== undefined) {
      const { rows, total } = newestRows(reader, tableOf(reader, table), limit);
      const shown = json === true ? `${JSON.stringify({ file, table, total, rows })}\n` : rowsText(rows, total, traitsOf(io.stdout).width);
      io.stdout.write(shown);
      return ExitCode.ok;
    }
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
  checkExport(flags);
  const lines = (reader: JournalReader): Iterable<string> =>
    format === "jsonl" ? jsonLines(reader) : format === "sql" ? sqlLines(reader) : csvLines(reader, tableOf(reader, flags.table ?? "orders"));
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

function checkExport({ format, table, out, json }: ExportFlags): void {
  if (json === true && out === undefined) throw wrong("--json says nothing of what goes to stdout", "add --out, or leave it out");
  if (table !== undefined && format !== "csv") throw wrong(`--table says nothing of ${format}, which has all of them`, "add --format csv");
}

function tableOf(reader: JournalReader, table: string): string {
  const tables = exportedTables(reader);
  if (tables.includes(table)) return table;
  throw wrong(`a journal of format ${reader.header.format} has no table ${table}`, `one of ${tables.join(", ")}`);
}

function wrong(reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code: "bad_arguments", reason, hint });
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
