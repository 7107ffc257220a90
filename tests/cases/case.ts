// One conformance case and the reading of its loose JSON: typed accessors that say what is missing. A case that asks for
// something outside this house's scope ends as NotApplicable; nothing here may know a case by its id.

export type Json = Readonly<Record<string, unknown>>;

export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly class: string;
  /** File name within the folder, for messages. */
  readonly file: string;
  readonly body: Json;
}

/** Reads a series that a case names (`barsRef` and the like). @throws SeatrialError when no folder has it */
export type SeriesReader = (name: string) => unknown;

/** The case asks for what is not compared: another kind, or a feature that this version does not have. */
export class NotApplicable extends Error {}

export function asObject(value: unknown, what: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new NotApplicable(`${what} is not an object`);
}

export function objectAt(from: Json, key: string): Json {
  return asObject(from[key], key);
}

export function listAt(from: Json, key: string): readonly unknown[] {
  const value = from[key];
  if (Array.isArray(value)) return value as unknown[];
  throw new NotApplicable(`${key} is not a list`);
}

export function numberAt(from: Json, key: string): number {
  const value = from[key];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new NotApplicable(`${key} is not a number`);
}

/** null when absent or null. */
export function optionalNumber(from: Json, key: string): number | null {
  return from[key] === undefined || from[key] === null ? null : numberAt(from, key);
}

export function textAt(from: Json, key: string): string {
  const value = from[key];
  if (typeof value === "string") return value;
  throw new NotApplicable(`${key} is not a text`);
}

export function flagAt(from: Json, key: string): boolean {
  return from[key] === true;
}

/** A word of a closed list. @throws NotApplicable for any other */
export function wordAt<T extends string>(from: Json, key: string, words: Readonly<Record<string, T>>): T {
  const text = textAt(from, key);
  const word = Object.hasOwn(words, text) ? words[text] : undefined;
  if (word === undefined) throw new NotApplicable(`${key} "${text}" is outside of this version`);
  return word;
}

export const sides = { buy: "buy", sell: "sell" } as const;

/** @throws NotApplicable when an object has a key that no rule of ours reads */
export function onlyKeys(from: Json, known: readonly string[], what: string): void {
  const stranger = Object.keys(from).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new NotApplicable(`${what} has "${stranger}", for which there is no rule here`);
}
