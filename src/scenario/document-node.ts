// The pieces of a parsed file: plain values beside the offsets at which they stood. Shared by the JSON and the YAML
// reader; nothing here knows what a scenario is.

import { decimalOfNumber, parseDecimal, SeatrialError } from "../domain/index.ts";
import type { SourceText } from "./source-text.ts";

/** One value with its offsets. `children` follow the value: by key for an object, by index for an array. */
export interface DocumentNode {
  readonly value: unknown;
  readonly offset: number;
  readonly keys: ReadonlyMap<string, number> | null;
  readonly children: ReadonlyMap<string, DocumentNode> | readonly DocumentNode[] | null;
}

/** Deeper nesting than any real file has; a limit on recursion. */
export const maxDepth = 32;

/** Keys that could reach an object's prototype in careless code further on. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Collects the entries of one object and refuses duplicates and prototype keys. */
export class ObjectBuilder {
  private readonly source: SourceText;
  private readonly offset: number;
  private readonly value: Record<string, unknown> = {};
  private readonly keys: Map<string, number> = new Map();
  private readonly children: Map<string, DocumentNode> = new Map();

  constructor(source: SourceText, offset: number) {
    this.source = source;
    this.offset = offset;
  }

  /** Call before the value is parsed, so that the first problem in the file is the one reported. */
  claim(key: string, offset: number): void {
    if (forbiddenKeys.has(key)) {
      throw documentError(this.source, offset, "forbidden_key", `the key "${key}" is not allowed`, "rename it");
    }
    const first = this.keys.get(key);
    if (first !== undefined) {
      const line = this.source.placeAt(first).line;
      throw documentError(this.source, offset, "duplicate_key", `the key "${shorten(key)}" is here twice, first in line ${line}`, "keep one of them");
    }
    this.keys.set(key, offset);
  }

  add(key: string, node: DocumentNode): void {
    this.children.set(key, node);
    this.value[key] = node.value;
  }

  build(): DocumentNode {
    return { value: this.value, offset: this.offset, keys: this.keys, children: this.children };
  }
}

export function leaf(value: unknown, offset: number): DocumentNode {
  return { value, offset, keys: null, children: null };
}

export function list(children: readonly DocumentNode[], offset: number): DocumentNode {
  return { value: children.map((node) => node.value), offset, keys: null, children };
}

// No number that a float64 keeps exactly needs more; BigInt arithmetic on longer ones would take for ever.
const longestNumber = 40;

/** A number literal → float64, refused when the float is another number than the one written. */
export function exactNumber(source: SourceText, text: string, offset: number): number {
  const value = Number(text);
  if (text.length <= longestNumber && Number.isFinite(value) && sameDecimal(text, value)) return value === 0 ? 0 : value;
  throw documentError(source, offset, "number_not_exact", `the number ${shorten(text)} cannot be kept exactly`, "write it as a string");
}

export function documentError(source: SourceText, offset: number, code: string, reason: string, hint?: string): SeatrialError {
  return new SeatrialError({ code, reason, place: source.placeAt(offset), ...(hint === undefined ? {} : { hint }) });
}

/** Text of a file for a message: never megabytes of it. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function sameDecimal(text: string, value: number): boolean {
  // An underflow to 0, whose exponent may be too long to read as a decimal.
  if (value === 0) return !/[1-9]/.test(text.replace(/[eE].*$/, ""));
  const written = parseDecimal(text);
  const kept = decimalOfNumber(value);
  return written.units === kept.units && written.scale === kept.scale;
}
