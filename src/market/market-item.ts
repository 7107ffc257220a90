// One thing a venue told, taken out of its message: a trade, a quote, a change of the book, a funding payment, a closed bar.
// Plain numbers as they were written; nothing is scaled or checked against other rows here.

import { SeatrialError } from "../domain/index.ts";
import { numberOfText } from "./number-scan.ts";
import { badTime, epochUnit, isEpochText, millisOfText } from "./time-text.ts";

export type ItemKind = "trade" | "quote" | "book" | "funding" | "bar";

export interface MarketItem {
  readonly kind: ItemKind;
  /** The venue's name of the market; null when the message does not say. */
  readonly symbol: string | null;
  /** The venue's time, epoch ms; null when the message has none. */
  readonly time: number | null;
  /**
   * trade: one row [price, quantity, side]; quote: one row [bid, bidSize, ask, askSize]; funding: one row [rate]; bar: one row
   * [open, high, low, close, volume]; book: a row [side, price, quantity] a level. Side is 1 buyer or bid, -1 seller or ask.
   */
  readonly rows: readonly (readonly number[])[];
  /** How a book message joins the ones before it; absent for other kinds. */
  readonly join?: BookJoin;
}

export interface BookJoin {
  readonly snapshot: boolean;
  /** Numbers of the first and last change in the message; null where the venue does not count. */
  readonly first: number | null;
  readonly last: number | null;
  /** Number of the last change of the message before, where the venue gives it. */
  readonly previous: number | null;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field as a list. @throws SeatrialError `bad_message` */
export function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw badMessage(`${name} is no list`);
}

/** A number, or a decimal in quotes. @throws SeatrialError `bad_number`, `not_finite` */
export function numberIn(fields: Fields | readonly unknown[], name: string | number): number {
  const value = (fields as Fields)[name];
  if (typeof value === "number") return value;
  const found = typeof value === "string" ? numberOfText(value) : "bad_number";
  if (typeof found === "number") return found;
  throw new SeatrialError({ code: found, reason: `${name} is ${shown(value)}, not a number` });
}

/** As `numberIn`; null where the field is absent. */
export function optionalNumberIn(fields: Fields, name: string): number | null {
  return fields[name] === undefined || fields[name] === null ? null : numberIn(fields, name);
}

/** Epoch ms of an epoch of any unit, a quoted one, or ISO 8601 text. @throws SeatrialError `bad_time` */
export function timeIn(fields: Fields | readonly unknown[], name: string | number): number {
  const value = (fields as Fields)[name];
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") throw badTime(shown(value));
  const time = isEpochText(text) ? epochMillis(Number(text)) : millisOfText(text);
  if (Number.isNaN(time)) throw badTime(text);
  return time;
}

/** As `timeIn`; null where the field is absent. */
export function optionalTimeIn(fields: Fields, name: string): number | null {
  return fields[name] === undefined || fields[name] === null ? null : timeIn(fields, name);
}

/** Whole ms of an epoch number of any unit, to the nearest. */
export function epochMillis(value: number): number {
  const unit = epochUnit(value);
  const perMilli = { s: 0.001, ms: 1, us: 1_000, ns: 1_000_000 }[unit];
  return unit === "s" ? Math.round(value * 1_000) : Math.round(value / perMilli);
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw badMessage(`${name} is ${shown(value)}, not a text`);
}

const sides: Readonly<Record<string, number>> = { buy: 1, b: 1, bid: 1, bids: 1, sell: -1, a: -1, s: -1, ask: -1, asks: -1 };

/** 1 for the buying side, -1 for the selling side, however the venue writes it. @throws SeatrialError `bad_side` */
export function sideOf(word: unknown): number {
  const side = typeof word === "string" ? sides[word.toLowerCase()] : undefined;
  if (side !== undefined) return side;
  throw new SeatrialError({ code: "bad_side", reason: `${shown(word)} is no side`, hint: "write buy or sell" });
}

/** Who took, when the file says whether the buyer was the maker. */
export function takerOf(buyerIsMaker: unknown): number {
  if (buyerIsMaker === true || /^true$/i.test(String(buyerIsMaker))) return -1;
  if (buyerIsMaker === false || /^false$/i.test(String(buyerIsMaker))) return 1;
  throw new SeatrialError({
    code: "bad_side",
    reason: `${shown(buyerIsMaker)} does not say whether the buyer was the maker`,
    hint: "write true or false",
  });
}

export function badMessage(reason: string): SeatrialError {
  return new SeatrialError({ code: "bad_message", reason });
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "absent").slice(0, 40);
}
