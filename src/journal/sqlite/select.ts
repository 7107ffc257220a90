// Chooses records of a journal: by number, time, kind, or by the order that they are about. It reads and changes nothing.

import { parseClientOrderId, type Effect, type OrderNumber } from "../../domain/index.ts";
import type { Cause, Commit } from "../commits.ts";
import { journalError } from "./errors.ts";
import { commitOf, type JournalReader } from "./reader.ts";

export interface RecordFilter {
  /** First and last number, both included. */
  readonly from?: number;
  readonly to?: number;
  /** Venue time, epoch ms: from the first on, before the second. */
  readonly since?: number;
  readonly until?: number;
  /** Of the cause, or of one of the effects. */
  readonly kind?: string;
  /** Client order id, or the order's number. */
  readonly order?: string;
}

/** A commit with its place in the chain. */
export interface ShownCommit extends Commit {
  readonly time: number;
  readonly kind: string;
  readonly hash: string;
}

/** @throws SeatrialError `journal_not_found` for an order that the journal does not have, `journal_damaged` */
export function* selectCommits(reader: JournalReader, filter: RecordFilter): Generator<ShownCommit> {
  const order = filter.order === undefined ? null : orderOf(reader, filter.order);
  for (const record of reader.records(filter.from, filter.to)) {
    const { time, kind, hash } = record;
    if (time < (filter.since ?? -Infinity) || time >= (filter.until ?? Infinity)) continue;
    const commit = commitOf(record, reader.path);
    if (filter.kind !== undefined && kind !== filter.kind && !commit.effects.some(({ type }) => type === filter.kind)) continue;
    if (order !== null && !isAbout(commit, order)) continue;
    yield { ...commit, time, kind, hash };
  }
}

function orderOf(reader: JournalReader, text: string): OrderNumber {
  const own = parseClientOrderId(text);
  const row =
    own === null
      ? reader.tables.get("SELECT order_number FROM orders WHERE order_number = ? OR venue_order_id = ?", Number(text), text)
      : reader.tables.get("SELECT order_number FROM orders WHERE order_id = ?", text);
  if (row === undefined) throw journalError("journal_no_order", reader.path, `it has no order ${text}`);
  return Number(row["order_number"]) as OrderNumber;
}

/** Whether a commit was told of an order, or did something about it. */
function isAbout({ cause, effects }: Pick<Commit, "cause" | "effects">, order: OrderNumber): boolean {
  return tells(cause, order) || effects.some((effect) => tells(effect, order));
}

function tells(fact: Cause | Effect, order: OrderNumber): boolean {
  if ("order" in fact && fact.order === order) return true;
  if ("request" in fact && typeof fact.request === "object" && fact.request.order === order) return true;
  if (fact.type === "fills_reported") return fact.fills.some((fill) => fill.order === order);
  return fact.type === "open_orders_reported" && fact.orders.some((listed) => listed.order === order);
}
