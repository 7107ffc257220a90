// Finds the line that an error names, in a plain, gzipped or zipped file, and where the value in it ends. It must never turn a
// failed look into another error: where the line cannot be had there is none.

import type { Place } from "../../domain/index.ts";
import { withSource } from "../../market/index.ts";
import type { Excerpt } from "./excerpt.ts";

const newline = 0x0a;
/** A longer line is no text of a person, and nobody finds a place in it by eye. */
const lineBytesMax = 1 << 20;

/** @returns null where the place names no line, or the line cannot be read as text */
export async function excerptOf({ file, line, column }: Place): Promise<Excerpt | null> {
  if (file === null || line === null) return null;
  const bytes = await lineOf(file, line).catch(() => null);
  if (bytes === null || bytes.includes(0)) return null;
  const text = new TextDecoder("utf-8", { ignoreBOM: line > 1 }).decode(bytes).replace(/\r$/, "");
  return { line, text, ...spanOf(text, column, endingOf(file)) };
}

/** Bytes of a line without its line end; null where the file has fewer lines, or the line is too long. */
function lineOf(file: string, line: number): Promise<Uint8Array | null> {
  return withSource(file, async ({ pieces }) => {
    let at = 1;
    const kept: number[] = [];
    for await (const piece of pieces) {
      let start = 0;
      while (at < line) {
        const end = piece.indexOf(newline, start);
        if (end < 0) break;
        at += 1;
        start = end + 1;
      }
      if (at < line) continue;
      const end = piece.indexOf(newline, start);
      const part = piece.subarray(start, end < 0 ? undefined : end);
      if (kept.length + part.length > lineBytesMax) return null;
      for (const byte of part) kept.push(byte);
      if (end >= 0) return Uint8Array.from(kept);
    }
    return at === line ? Uint8Array.from(kept) : null;
  });
}

/** Where a value ends, by what the file is: without its quotes a value may hold blanks in YAML, and colons in CSV. */
const valueEnds: Readonly<Record<string, RegExp>> = {
  ".yaml": /(?=,\s|\s+#|:\s|[\]}]|\s*$)/g,
  ".yml": /(?=,\s|\s+#|:\s|[\]}]|\s*$)/g,
  ".csv": /[,;|\t]|$/g,
};
const wordEnd = /[^\w.+-]|$/g;

/** @param column 1-based; null: the whole line is meant */
function spanOf(text: string, column: number | null, ending: string): { readonly from: number; readonly to: number } {
  if (column === null) {
    const trimmed = text.trimEnd();
    return { from: trimmed.length - trimmed.trimStart().length, to: trimmed.length };
  }
  const from = Math.min(column - 1, text.length);
  const sign = text[from];
  if (sign === undefined) return { from, to: from };
  if (sign === '"' || sign === "'") return { from, to: quoteEnd(text, from, sign) };
  const end = valueEnds[ending] ?? wordEnd;
  end.lastIndex = from;
  return { from, to: Math.max(from + 1, end.exec(text)?.index ?? text.length) };
}

function quoteEnd(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** ".csv" of "bars.csv.gz". */
function endingOf(file: string): string {
  return /\.[a-z]+$/.exec(file.toLowerCase().replace(/\.(?:gz|zip)$/, ""))?.[0] ?? "";
}
