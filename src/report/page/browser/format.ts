// How times, sides and values are written. Exact decimals are never changed: they are shown as they were given.

import type { Json } from "./page-data.ts";

/** "2025-01-01 00:01:00", in UTC, with milliseconds where there are some. */
export function momentText(time: number): string {
  const [date = "", clock = ""] = new Date(time).toISOString().split("T");
  return `${date} ${clock.endsWith(".000Z") ? clock.slice(0, 8) : clock.slice(0, 12)}`;
}

/** The direction as a shape and a word. */
export function sideText(side: string): string {
  return `${side === "buy" ? "▲" : "▼"} ${side}`;
}

/** snake_case as words. */
export function wordsOf(name: string): string {
  return name.replaceAll("_", " ");
}

/** With a plus sign where it is positive. */
export function signedText(decimal: string): string {
  return Number(decimal) > 0 ? `+${decimal}` : decimal;
}

/** A short value in one line; a long one is cut and ends in "…". */
export function jsonText(value: Json, lengthMax: number): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
}

/** What is absent is a dash. */
export function orDash(value: string | number | null): string {
  return value === null ? "–" : String(value);
}

/** "1 order", "2 orders". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
