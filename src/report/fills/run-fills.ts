// Fills of a run folder: its journal, and what its manifest says of scales, ticks and the fill model. The run is not repeated.

import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import * as z from "zod";

import { SeatrialError } from "../../domain/index.ts";
import { oneLine } from "../outcome.ts";
import type { FillSource, SlippageAssumption } from "./facts.ts";
import { readJournalFills, type JournalScale } from "./journal-fills.ts";

const text = z.string();
const scales = z.record(z.string(), z.int().min(0).max(15));

/** What of a manifest counts here. */
const manifestSchema = z.object({
  scenario: text,
  fill: z.object({
    halfSpreadBp: text.nullable(),
    slippage: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("none") }),
      z.object({ kind: z.literal("bps"), bps: text }),
      z.object({ kind: z.literal("ticks"), ticks: z.number() }),
      z.object({ kind: z.literal("volume_share"), baseBps: text, slopeBps: text, limit: text.nullable() }),
    ]),
  }),
  scales: z.object({ money: scales, price: scales, quantity: scales }),
  configuration: z.object({
    profile: z.object({ halfSpreadBp: text }),
    rules: z.array(z.object({ symbol: text, tick: text, significantDigits: z.int().nullable() })),
  }),
});
type RunManifest = z.output<typeof manifestSchema>;

const journalName = "journal.ndjson";
const manifestName = "manifest.json";

/**
 * @param path a run folder, or the journal in one
 * @throws SeatrialError `no_run`, `bad_manifest`, `bad_journal`; exit code 3
 */
export async function readRunFills(path: string): Promise<FillSource> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  const folder = isFolder ? path : dirname(path);
  const journal = isFolder ? join(path, journalName) : path;
  if (isFolder && !(await isFile(journal))) throw await noRun(path);
  const manifest = await readManifest(join(folder, manifestName), journal);
  const fills = await readJournalFills(journal, scalesOf(manifest));
  return { file: path, scenario: manifest.scenario, fills, assumption: assumptionOf(manifest) };
}

function scalesOf({ configuration, scales: { price, quantity, money } }: RunManifest): JournalScale[] {
  return configuration.rules.map(({ symbol }) => ({ symbol, price: price[symbol] ?? 0, quantity: quantity[symbol] ?? 0, money }));
}

function assumptionOf({ fill, configuration: { profile, rules } }: RunManifest): SlippageAssumption {
  const ticks = Object.fromEntries(rules.map(({ symbol, tick, significantDigits }) => [symbol, { tick, significantDigits }]));
  return { halfSpreadBp: fill.halfSpreadBp ?? profile.halfSpreadBp, slippage: fill.slippage, ticks };
}

async function readManifest(file: string, journal: string): Promise<RunManifest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = missing ? `there is no ${manifestName} beside ${journal}` : `it cannot be read: ${oneLine(String(cause))}`;
    const hint = "a journal's numbers are integers: the manifest of its run says what they are";
    throw new SeatrialError({ code: "bad_manifest", reason, hint, place: { file }, cause });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = `it is no manifest of a run: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`;
  throw new SeatrialError({ code: "bad_manifest", reason: oneLine(reason), place: { file } });
}

/** Of a folder that holds runs, the newest is named: folders of runs are called by their time. */
async function noRun(folder: string): Promise<SeatrialError> {
  const names = (await readdir(folder)).sort((a, b) => (a < b ? 1 : -1));
  let newest: string | null = null;
  for (const name of names) {
    if (newest === null && (await isFile(join(folder, name, journalName)))) newest = name;
  }
  const hint = newest === null ? "a run folder is what simulate writes: reports/<scenario>/<time>" : `its newest run is ${join(folder, newest)}`;
  return new SeatrialError({ code: "no_run", reason: `there is no ${journalName} in this folder`, hint, place: { file: folder } });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
