// A session's journal on a disk, read by the auditor's own hand: the records in their order, each hash worked out anew. It changes
// nothing, and trusts neither the journal's own reader nor its projections.

import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { SeatrialError, type Leg, type MarketRules } from "../../domain/index.ts";
import type { Commit } from "../commits.ts";
import { openReadOnly } from "../read-only.ts";
import { Auditor, type VenueTapeRead } from "./auditor.ts";
import type { Findings } from "./findings.ts";
import { textOf } from "./arithmetic.ts";
import type { AuditFrame } from "./frame.ts";
import { commitRecords, type AuditRecord } from "./records.ts";
import type { AuditReport } from "./report.ts";

/** What is read of a journal's header. */
interface Header {
  readonly markets: readonly {
    readonly rules: MarketRules;
    readonly priceScale: number;
    readonly quantityScale: number;
    readonly moneyScale: number;
  }[];
  readonly bars: readonly (readonly { readonly interval: number }[])[];
  readonly balance: { readonly currency: string; readonly units: number };
  readonly positions: readonly { readonly market: number; readonly leg: Leg; readonly quantity: number; readonly price: number }[];
}

interface Row {
  readonly seq: number;
  readonly epoch: number;
  readonly time: number;
  readonly kind: string;
  readonly requests: number;
  readonly payload: string;
  readonly previous: string;
  readonly hash: string;
}

/** @param venue the venue's tape, where there is one. @throws SeatrialError `journal_unreadable`, exit code 3 */
export function auditJournal(path: string, venue: VenueTapeRead | null): AuditReport {
  const database = opened(path);
  try {
    const header = headerOf(database, path);
    const auditor = new Auditor(frameOf(header, modeOf(database, header)), venue);
    for (const entry of chained(database, header, auditor.findings, path)) auditor.take(entry);
    return auditor.end({ curve: null, result: null });
  } finally {
    database.close();
  }
}

function* chained(database: DatabaseSync, header: Header, findings: Findings, path: string): Generator<AuditRecord> {
  let previous = sha256(sortedJson(header));
  let seq = 0;
  let epoch = 0;
  for (const row of database.prepare("SELECT seq, epoch, time, kind, requests, payload, previous, hash FROM commits ORDER BY seq").iterate()) {
    const { seq: own, epoch: process, time, kind, requests, payload, previous: before, hash: told } = row as unknown as Row;
    if (findings.differ(seq + 1, own)) findings.add("journal", "I-41", own, "number of the next commit", seq + 1, own);
    if (findings.differ(previous, before)) findings.add("journal", "I-41", own, `hash before commit ${own}`, previous, before);
    const worked = sha256(`${before}\n${own}\n${process}\n${time}\n${kind}\n${requests}\n${payload}`);
    if (findings.differ(worked, told)) findings.add("journal", "I-41", own, `hash of commit ${own}`, worked, told);
    if (findings.fails(process >= epoch)) findings.add("journal", "I-41", own, `commit ${own} is of epoch ${process}, behind one of epoch ${epoch}`);
    seq = own;
    epoch = process;
    previous = told;
    yield* commitRecords([commitOf(own, process, payload, path)]);
  }
}

function commitOf(seq: number, epoch: number, payload: string, path: string): Commit {
  try {
    return { seq, epoch, ...(JSON.parse(payload) as Pick<Commit, "cause" | "effects">) };
  } catch (error) {
    throw unreadable(path, `commit ${seq} is no JSON`, error);
  }
}

function opened(path: string): DatabaseSync {
  if (!existsSync(path)) throw unreadable(path, "there is no such file", null);
  try {
    return openReadOnly(path);
  } catch (error) {
    throw unreadable(path, "it cannot be opened", error);
  }
}

function headerOf(database: DatabaseSync, path: string): Header {
  try {
    const row = database.prepare("SELECT value FROM run_meta WHERE key = 'header'").get();
    const header = JSON.parse(String(row?.["value"])) as Header;
    if (Array.isArray(header.markets) && Array.isArray(header.positions)) return header;
  } catch (error) {
    throw unreadable(path, "it is no journal of a session", error);
  }
  throw unreadable(path, "its header is not what a header is", null);
}

/** A journal does not name the account's mode: its first order does. */
function modeOf(database: DatabaseSync, { positions }: Header): AuditFrame["mode"] {
  let leg: Leg | undefined = positions[0]?.leg;
  if (leg === undefined) {
    for (const row of database.prepare("SELECT payload FROM commits WHERE payload LIKE '%submit_order%' ORDER BY seq LIMIT 1").iterate()) {
      const { effects } = JSON.parse(String(row["payload"])) as Pick<Commit, "effects">;
      for (const effect of effects) if (effect.type === "submit_order") leg ??= effect.request.leg;
    }
  }
  return leg === undefined || leg === "NET" ? "one_way" : "hedge";
}

function frameOf({ markets, bars, balance, positions }: Header, mode: AuditFrame["mode"]): AuditFrame {
  const scale = markets[0]?.moneyScale ?? 8;
  return {
    mode,
    settlement: balance.currency,
    moneyScales: { [balance.currency]: scale },
    markets: markets.map(({ rules, priceScale, quantityScale, moneyScale }) => ({
      rules,
      scales: { price: priceScale, quantity: quantityScale, money: moneyScale },
      bars: null,
      walked: null,
    })),
    fees: null,
    balances: { [balance.currency]: textOf(balance.units, scale) },
    positions: positions.map(({ market, leg, quantity, price }) => {
      const { rules, quantityScale, priceScale } = markets[market] as Header["markets"][number];
      return { symbol: rules.symbol, leg, quantity: textOf(quantity, quantityScale), entryPrice: textOf(price, priceScale) };
    }),
    tellingMs: Math.max(0, ...bars.flat().map(({ interval }) => interval)),
  };
}

function sha256(text: string): string {
  return hash("sha256", text);
}

/** JSON with its keys in the order of their code units, and no white space: what the first hash stands on. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${sortedJson(member)}`).join(",")}}`;
}

function unreadable(path: string, reason: string, cause: unknown): SeatrialError {
  const hint = "seatrial journal verify says what is wrong with it";
  return new SeatrialError({ code: "journal_unreadable", reason, hint, place: { file: path }, cause });
}
