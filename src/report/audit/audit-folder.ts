// Audits the folder of a run: its journal, its result, its equity curve and the venue's tape, with the bars where they are still
// at hand. It recomputes nothing itself and mends nothing.

import { access } from "node:fs/promises";
import { join } from "node:path";

import { SeatrialError, type BarSeries } from "../../domain/index.ts";
import { Auditor, type AuditFrame, type AuditRecord, type AuditReport } from "../../journal/index.ts";
import type { Manifest } from "../manifest.ts";
import { eachLine, fillDetails, readEquity, readManifest, readResult } from "../read-run.ts";
import { readTapeFile } from "./tape-file.ts";

/** The bars of a run by market: what the strategy saw, and what the venue walked. */
export type RunBars = readonly { readonly bars: BarSeries; readonly walked: BarSeries }[];

export interface FolderAuditOptions {
  /** The venue's tape. @defaultValue venue.ndjson in the folder, where there is one */
  readonly venue?: string;
  /** Finds the bars of a run again. @returns why they are not at hand, where they are not */
  bars(manifest: Manifest): Promise<RunBars | string>;
}

export interface FolderAudit {
  readonly folder: string;
  readonly report: AuditReport;
  /** Why equity was not followed from close to close; null: it was. */
  readonly withoutBars: string | null;
}

/** @throws SeatrialError `damaged_run`, `old_run`, `damaged_tape`, `file_missing`, exit code 3 */
export async function auditFolder(folder: string, options: FolderAuditOptions): Promise<FolderAudit> {
  const manifest = await readManifest(folder);
  const result = await readResult(folder);
  const { final, metrics, orders, skipped } = result;
  if (final === null || metrics === null)
    throw new SeatrialError({ code: "damaged_run", reason: "it holds no finished run", place: { file: join(folder, "result.json") } });
  const tape = await tapeOf(folder, options.venue);
  const bars = tape === null ? "there is no tape of the venue" : await options.bars(manifest);
  const curve = await readEquity(join(folder, "equity.arrow"));
  const fills = fillDetails(result, join(folder, "result.json"));
  const audited = { orders, fills, skipped: skipped.length, ledger: null, final, metrics };
  const frame = frameOf(manifest, typeof bars === "string" ? null : bars, folder);
  const auditor = new Auditor(frame, tape);
  await eachLine(join(folder, "journal.ndjson"), (line) => auditor.take(recordOf(line)));
  return {
    folder,
    report: auditor.end({ curve: typeof bars === "string" ? null : curve, result: audited }),
    withoutBars: typeof bars === "string" ? bars : null,
  };
}

async function tapeOf(folder: string, named: string | undefined) {
  if (named !== undefined) return readTapeFile(named);
  const file = join(folder, "venue.ndjson");
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere ? readTapeFile(file) : null;
}

/** A line of journal.ndjson: the record as it was, with bar, time and what the market said beside it. */
function recordOf(line: string): AuditRecord {
  const record = JSON.parse(line) as AuditRecord["record"] & { bar: number; time: number };
  if (typeof record.type !== "string" || typeof record.time !== "number") throw new SyntaxError("it is no record");
  return { bar: record.bar, time: record.time, record };
}

function frameOf(manifest: Manifest, bars: RunBars | null, folder: string): AuditFrame {
  const { account, markets, scales, fill } = manifest;
  const { profile } = manifest.configuration as { readonly profile?: NonNullable<AuditFrame["fees"]> };
  if (account === undefined || markets === undefined || profile?.makerFee === undefined) {
    throw new SeatrialError({
      code: "old_run",
      reason: "the run does not say what its account held and what trades cost",
      hint: "simulate the scenario again",
      place: { file: join(folder, "manifest.json") },
    });
  }
  const { makerFee, takerFee, feeCurrency, fixedFee, charges, thirdCurrency } = profile;
  const longest = Math.max(0, ...manifest.hashes.bars.map(({ from, to, bars: count }) => (from === null || to === null ? 0 : (to - from) / count)));
  const lag = fill.latency === null ? 0 : fill.latency.dataMs + 2 * fill.latency.jitterMs;
  return {
    mode: manifest.positionMode,
    settlement: account.settlement,
    moneyScales: scales.money,
    markets: markets.map((rules, at) => {
      const { symbol, settle } = rules;
      const own = { price: scales.price[symbol] ?? 0, quantity: scales.quantity[symbol] ?? 0, money: scales.money[settle] ?? 0 };
      return { rules, scales: own, bars: bars?.[at]?.bars ?? null, walked: bars?.[at]?.walked ?? null };
    }),
    fees: { makerFee, takerFee, feeCurrency, fixedFee, charges, thirdCurrency },
    balances: account.balances,
    positions: account.positions,
    tellingMs: lag + longest + (fill.delivery === "seeded" ? fill.deliveryWindow : 0),
  };
}
