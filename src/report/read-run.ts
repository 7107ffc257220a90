// A run folder back into facts. It must never repair anything: what is missing or torn is a typed error that names the file.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { SeatrialError } from "../domain/index.ts";
import type { FillDetail } from "../journal/index.ts";
import { readLines } from "../market/index.ts";
import type { Manifest } from "./manifest.ts";
import type { EquityColumns } from "./metrics/returns.ts";
import { journalReader, runFacts, runFrame, type RunFacts } from "./metrics/run-facts.ts";
import type { ResultObject } from "./result.ts";

/** A run that has been read. */
export interface StoredRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly result: ResultObject;
  readonly facts: RunFacts;
}

const manifestShape = z.looseObject({
  scenario: z.string(),
  startedAt: z.string(),
  versions: z.looseObject({ seatrial: z.string() }),
  hashes: z.looseObject({ run: z.string(), bars: z.array(z.looseObject({ symbol: z.string(), timeframe: z.string() })) }),
  scales: z.looseObject({
    money: z.record(z.string(), z.number()),
    price: z.record(z.string(), z.number()),
    quantity: z.record(z.string(), z.number()),
  }),
  assumptions: z.looseObject({ ambiguousBars: z.number() }),
  strategy: z.looseObject({ name: z.string(), params: z.record(z.string(), z.unknown()) }),
});

const resultShape = z.looseObject({
  scenario: z.string(),
  status: z.string(),
  orders: z.array(z.looseObject({ clientOrderId: z.string(), status: z.string(), type: z.string() })),
  fills: z.array(z.looseObject({ orderId: z.string(), price: z.string(), quantity: z.string() })),
  skipped: z.array(z.looseObject({ reason: z.string() })),
  final: z.looseObject({ equity: z.string(), positions: z.array(z.looseObject({ symbol: z.string() })) }),
  metrics: z.looseObject({ realizedPnl: z.string() }),
});

/** @throws SeatrialError `damaged_run`, `old_run`, exit code 3 */
export async function readRun(folder: string): Promise<StoredRun> {
  const manifest = await readManifest(folder);
  const result = await readResult(folder);
  const { final, metrics } = result;
  if (final === null || metrics === null) throw damaged(join(folder, "result.json"), "it holds no finished run");
  const frame = inPlace(join(folder, "manifest.json"), () => runFrame(manifest));
  const reader = journalReader(frame);
  const journal = join(folder, "journal.ndjson");
  await eachLine(journal, (line) => reader.take(line));
  if (reader.fills !== result.fills.length) throw damaged(journal, `it has ${reader.fills} fills, result.json ${result.fills.length}`);
  const equity = await readEquity(join(folder, "equity.arrow"));
  const fills = fillDetails(result, join(folder, "result.json"));
  const { orders, skipped, funding = [], liquidations = [], unprotectedBars: unprotected = [], routes = [], envelope = null } = result;
  const facts = runFacts(frame, { orders, fills, skipped, funding, liquidations, unprotected, routes, final, metrics, envelope, equity }, reader);
  return { folder, manifest, result, facts };
}

/** @throws SeatrialError `damaged_run`, exit code 3 */
export async function readManifest(folder: string): Promise<Manifest> {
  return (await readJson(join(folder, "manifest.json"), manifestShape)) as unknown as Manifest;
}

/** @throws SeatrialError `damaged_run`, exit code 3 */
export async function readResult(folder: string): Promise<ResultObject> {
  return (await readJson(join(folder, "result.json"), resultShape)) as unknown as ResultObject;
}

/** The fills of the result with the order that each belongs to. */
export function fillDetails({ fills, orders }: ResultObject, file: string): FillDetail[] {
  const byId = new Map(orders.map((order) => [order.id, order]));
  return fills.map((fill) => {
    const order = byId.get(fill.orderId);
    if (order === undefined) throw damaged(file, `its fill of ${fill.orderId} belongs to none of its orders`);
    return { ...fill, clientOrderId: order.clientOrderId, family: order.family };
  });
}

/** @throws SeatrialError `damaged_run`, exit code 3 */
export async function readEquity(file: string): Promise<EquityColumns> {
  const bytes = await readBytes(file);
  const { tableFromIPC } = await import("apache-arrow");
  try {
    const table = tableFromIPC(bytes);
    const [time, value] = [table.getChild("time"), table.getChild("equity")];
    if (time === null || value === null) throw new TypeError("it has no columns time and equity");
    return { time: Float64Array.from(time as Iterable<number | bigint>, Number), value: Float64Array.from(value as Iterable<number>) };
  } catch (error) {
    throw damaged(file, `it is no Arrow file of an equity curve: ${(error as Error).message}`);
  }
}

/** Hands over every line of a journal. @throws SeatrialError `damaged_run` with the line that cannot be read */
export async function eachLine(file: string, take: (line: string) => void): Promise<void> {
  try {
    await readLines(file, (line, number) => {
      try {
        if (!line.endsWith("}")) throw new SyntaxError("the record is torn");
        take(line);
      } catch (error) {
        throw refusal(file, error, number);
      }
    });
  } catch (error) {
    // A run that asked for nothing leaves an empty journal.
    if (error instanceof SeatrialError && error.code === "file_empty") return;
    throw error instanceof SeatrialError && error.code === "file_missing" ? damaged(file, "the file is missing") : error;
  }
}

async function readJson(file: string, shape: z.ZodType): Promise<unknown> {
  const text = await readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(file, error, null);
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw damaged(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "it is no report"}`);
}

async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw refusal(file, error, null);
  }
}

function inPlace<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SeatrialError ? error.at({ file }) : error;
  }
}

function refusal(file: string, error: unknown, line: number | null): unknown {
  if (error instanceof SyntaxError) return damaged(file, `it is not readable JSON: ${error.message}`, line);
  const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
  return absent ? damaged(file, "the file is missing") : error;
}

function damaged(file: string, reason: string, line: number | null = null): SeatrialError {
  return new SeatrialError({ code: "damaged_run", reason, hint: "simulate the scenario again", place: { file, line } });
}
