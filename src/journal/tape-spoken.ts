// Records that are seldom and hold lists, as text: what a session learns after a silence, and what it asks for then.

import type { Effect, Event } from "../domain/index.ts";

export const spokenEvents = [
  "session_resumed",
  "bars_missed",
  "stream_gap",
  "stream_resynced",
  "clock_checked",
  "open_orders_reported",
  "fills_reported",
  "account_reported",
  "cash_reported",
  "snapshot_failed",
  "venue_status_changed",
  "rules_reported",
  "fill_voided",
  "funds_moved",
  "data_checked",
] as const;
const spokenEffects = [
  "query_open_orders",
  "query_fills",
  "query_account",
  "query_cash",
  "query_rules",
  "order_adopted",
  "foreign_seen",
  "risk_locked",
  "reconciled",
  "cash_synced",
  "strategy_failed",
] as const;

export type SpokenEvent = Extract<Event, { type: (typeof spokenEvents)[number] }>;
export type SpokenEffect = Extract<Effect, { type: (typeof spokenEffects)[number] }>;

const spoken: ReadonlySet<string> = new Set([...spokenEvents, ...spokenEffects]);

export function isSpoken<R extends Event | Effect>(record: R): record is Extract<R, SpokenEvent | SpokenEffect> {
  return spoken.has(record.type);
}

/** Everything of an event but its type and stamp, which are on the tape themselves. */
export function eventText({ type: _type, time: _time, sequence: _sequence, ...rest }: SpokenEvent): string {
  return JSON.stringify(rest);
}

export function effectText({ type: _type, ...rest }: SpokenEffect): string {
  return JSON.stringify(rest);
}

/** The market whose bar a record stands at; the first market's where it has none. */
export function spokenMarket(record: SpokenEvent | SpokenEffect): number {
  if (record.type === "order_adopted") return record.request.market;
  return "market" in record ? (record.market ?? 0) : 0;
}
