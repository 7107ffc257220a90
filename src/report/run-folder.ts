// Writes the folder of one run, `<out>/<scenario>/<time>/`. The folder appears complete or not at all: it is filled
// under a temporary name beside its place and renamed.

import { randomUUID } from "node:crypto";
import { open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { SeatrialError } from "../domain/index.ts";
import type { RunRecord } from "../journal/index.ts";
import { fillsCsv, ordersCsv, tradesCsv } from "./csv.ts";
import { equityArrow } from "./equity-arrow.ts";
import { junitXml } from "./junit.ts";
import type { Manifest } from "./manifest.ts";
import { journalReader, runFacts, runFrame } from "./metrics/run-facts.ts";
import { runMetricsObject } from "./metrics/run-metrics.ts";
import { tradeRows, tradeScales } from "./metrics/trade-table.ts";
import type { Outcome } from "./outcome.ts";
import { discard, exists, isCode, makeFolders, partialName, refusalOf } from "./output-folder.ts";
import { resultObject } from "./result.ts";

export interface RunFolderOptions {
  /** The folder that holds the reports of all scenarios. */
  readonly out: string;
  /** Wall time of the run; names the folder. */
  readonly now: Date;
  /** Part of the names of half-written folders: whoever outlives this writer finds them by it (`sweepPartials`). @defaultValue nobody does */
  readonly tag?: string;
  /** Text of report.html; null writes none. @defaultValue null */
  readonly page?: string | null;
}

/**
 * Writes result.json, metrics.json, journal.ndjson, orders.csv, fills.csv, trades.csv, equity.arrow, junit.xml, manifest.json, and
 * venue.ndjson where the run was audited, and report.html where there is a page.
 * @returns the folder's path. @throws SeatrialError `output_not_writable`, with nothing left behind
 */
export async function writeRunFolder(outcome: Outcome, record: RunRecord, manifest: Manifest, options: RunFolderOptions): Promise<string> {
  const parent = join(options.out, folderName(outcome.scenario));
  const temporary = join(parent, partialName(options.tag ?? "", randomUUID()));
  try {
    await makeFolders(temporary);
    await fill(temporary, outcome, record, manifest);
    if (typeof options.page === "string") await writeFile(join(temporary, "report.html"), options.page);
    return await claim(temporary, parent, options.now);
  } catch (error) {
    await discard(temporary);
    throw refusalOf(options.out, error);
  }
}

async function fill(folder: string, outcome: Outcome, record: RunRecord, manifest: Manifest): Promise<void> {
  const write = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(folder, name), content);
  const frame = runFrame(manifest);
  const reader = journalReader(frame);
  await writeLines(join(folder, "journal.ndjson"), record.journalLines(), (line) => reader.take(line));
  if (record.venueLines !== undefined) await writeLines(join(folder, "venue.ndjson"), record.venueLines());
  const { rows, final, metrics, equity, envelope } = record;
  const facts = runFacts(frame, { ...rows, final, metrics, equity, envelope: envelope ?? null }, reader);
  await write("result.json", `${JSON.stringify(resultObject(outcome), null, 2)}\n`);
  await write("metrics.json", `${JSON.stringify(runMetricsObject(facts), null, 2)}\n`);
  await write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  await write("orders.csv", ordersCsv(rows.orders, rows.fills, facts.purposes));
  await write("fills.csv", fillsCsv(facts.fills));
  await write("trades.csv", tradesCsv(tradeRows(facts.trades, tradeScales(facts))));
  await write("junit.xml", junitXml(outcome));
  await write("equity.arrow", await equityArrow(equity));
}

// A long journal is written a megabyte at a time: it is never one string.
async function writeLines(path: string, lines: Iterable<string>, read: (line: string) => void = () => undefined): Promise<void> {
  const file = await open(path, "wx");
  try {
    let block = "";
    for (const line of lines) {
      read(line);
      block += `${line}\n`;
      if (block.length > 1_000_000) {
        await file.write(block);
        block = "";
      }
    }
    await file.write(block);
  } finally {
    await file.close();
  }
}

/** Two runs of one scenario within a millisecond are possible: the later one takes the next free millisecond. */
async function claim(temporary: string, parent: string, now: Date): Promise<string> {
  for (let offset = 0; offset < 1_000; offset += 1) {
    const target = join(parent, folderTime(new Date(now.getTime() + offset)));
    if (await exists(target)) continue;
    try {
      await rename(temporary, target);
      return target;
    } catch (error) {
      if (!isCode(error, "ENOTEMPTY", "EEXIST", "EPERM") || !(await exists(target))) throw error;
    }
  }
  throw new SeatrialError({
    code: "output_not_writable",
    reason: `${parent} has a run for each of the next 1000 ms`,
    hint: "use another folder with --out",
  });
}

/** A folder name that any file system takes: letters, digits, dot, dash and underscore of the scenario's name. */
export function folderName(scenario: string): string {
  const name = scenario
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 100);
  return name === "" ? "scenario" : name;
}

/** UTC, sortable, without characters that a file system refuses: 2026-11-21T02-38-12-345Z. */
export function folderTime(time: Date): string {
  return time.toISOString().replaceAll(/[:.]/g, "-");
}
