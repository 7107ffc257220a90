// What the auditor reads: events and effects in the order in which they were recorded, from whatever kept them.

import type { Effect, Event, OrderFilled } from "../../domain/index.ts";
import type { Commit } from "../commits.ts";

/** One event or effect, with the bar and time of its handling. */
export interface AuditRecord {
  readonly bar: number;
  readonly time: number;
  readonly record: Exclude<Event, { type: "bar_closed" }> | Effect;
}

/** The records of a durable journal's commits: the cause, where it is an event, and then what was answered. */
export function* commitRecords(commits: Iterable<Commit>): Generator<AuditRecord> {
  const rows = new Map<number, number>();
  for (const { cause, effects } of commits) {
    if (cause.type === "instant_closed") for (const { market, series, bar } of cause.closings) if (series === 0) rows.set(market, bar);
    const { time } = cause;
    if (cause.type !== "instant_closed" && cause.type !== "session_started") yield { bar: rows.get(marketOf(cause)) ?? -1, time, record: cause };
    for (const record of effects) yield { bar: rows.get(marketOf(record)) ?? -1, time, record };
  }
}

/** The market that a record is of; 0 for one of the session as a whole. */
export function marketOf(record: AuditRecord["record"]): number {
  if (record.type === "submit_order" || record.type === "order_held" || record.type === "order_adopted") return record.request.market;
  return "market" in record && record.market !== null ? record.market : 0;
}

/** A list of nothing, for all that have nothing: most orders have one trade, and no amendment, absence or excess. */
export const nothing: readonly never[] = [];

/** The list with one more at its end. */
export function appended<Item>(list: readonly Item[], item: Item): readonly Item[] {
  return list.length === 0 ? [item] : [...list, item];
}

/** The trades that a record tells of. */
export function fillsOf(record: AuditRecord["record"]): readonly OrderFilled[] {
  if (record.type === "order_filled") return [record];
  return record.type === "query_answered" || record.type === "fills_reported" ? record.fills : nothing;
}
