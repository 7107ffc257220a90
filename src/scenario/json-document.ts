// A strict JSON reader that knows where it is. It exists because a scenario's mistakes must be named by line and
// column, duplicate keys must be seen, and numbers must not lose digits. It accepts nothing beyond JSON.

import { documentError, exactNumber, leaf, list, maxDepth, ObjectBuilder, shorten, type DocumentNode } from "./document-node.ts";
import type { SourceText } from "./source-text.ts";

const numberLiteral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordLiteral = /[A-Za-z_$][\w$]*/y;
const blank = /[ \t\r\n]*/y;

/**
 * @param options `exactNumbers: false` for files of others, whose numbers may have more digits than a float64
 * @throws SeatrialError `bad_json`, `duplicate_key`, `forbidden_key`, `number_not_exact`, `too_deep`
 */
export function parseJson(source: SourceText, options: { readonly exactNumbers: boolean } = { exactNumbers: true }): DocumentNode {
  const reader = new JsonReader(source, options.exactNumbers);
  const root = reader.value(0);
  reader.end();
  return root;
}

class JsonReader {
  private readonly source: SourceText;
  private readonly text: string;
  private readonly exactNumbers: boolean;
  private at = 0;

  constructor(source: SourceText, exactNumbers: boolean) {
    this.source = source;
    this.exactNumbers = exactNumbers;
    this.text = source.text;
  }

  value(depth: number): DocumentNode {
    this.skipBlank();
    const offset = this.at;
    const char = this.text[offset];
    if (char === undefined) throw this.fail(offset, "the file ends where a value should stand", "it looks truncated");
    if ((char === "{" || char === "[") && depth >= maxDepth) {
      throw documentError(this.source, offset, "too_deep", `nested deeper than ${maxDepth} levels`, "flatten it");
    }
    if (char === "{") return this.object(depth);
    if (char === "[") return this.array(depth);
    if (char === '"') return leaf(this.string(), offset);
    if (char === "-" || (char >= "0" && char <= "9")) return this.number(offset);
    return leaf(this.word(offset), offset);
  }

  end(): void {
    this.skipBlank();
    if (this.at < this.text.length) throw this.fail(this.at, `${this.found()} after the end of the JSON value`, "remove what follows the last }");
  }

  private object(depth: number): DocumentNode {
    const start = this.at;
    const builder = new ObjectBuilder(this.source, start);
    this.at += 1;
    if (this.taken("}")) return builder.build();
    for (;;) {
      this.skipBlank();
      const keyOffset = this.at;
      if (this.text[keyOffset] !== '"')
        throw this.fail(keyOffset, `expected a key in double quotes, found ${this.found()}`, this.openHint(start, "{"));
      const key = this.string();
      builder.claim(key, keyOffset);
      if (!this.taken(":"))
        throw this.fail(this.at, `expected ":" after the key "${shorten(key)}", found ${this.found()}`, this.openHint(start, "{"));
      builder.add(key, this.value(depth + 1));
      if (this.taken("}")) return builder.build();
      if (!this.taken(",")) throw this.fail(this.at, `expected "," or "}", found ${this.found()}`, this.openHint(start, "{"));
    }
  }

  private array(depth: number): DocumentNode {
    const start = this.at;
    const items: DocumentNode[] = [];
    this.at += 1;
    if (this.taken("]")) return list(items, start);
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.taken("]")) return list(items, start);
      if (!this.taken(",")) throw this.fail(this.at, `expected "," or "]", found ${this.found()}`, this.openHint(start, "["));
    }
  }

  private string(): string {
    const offset = this.at;
    let at = offset + 1;
    for (; this.text[at] !== '"'; at += 1) {
      const char = this.text[at];
      if (char === undefined || char === "\n" || char === "\r") {
        throw this.fail(offset, "this text has no closing quote on its line", 'end it with ", write a line break as \\n');
      }
      if (char === "\\") at += 1;
    }
    this.at = at + 1;
    const literal = this.text.slice(offset, this.at);
    try {
      return JSON.parse(literal) as string;
    } catch {
      throw this.fail(offset, `the text ${shorten(literal)} has a bad escape or a control character`, "write a backslash as \\\\, a tab as \\t");
    }
  }

  private number(offset: number): DocumentNode {
    const literal = this.match(numberLiteral);
    if (literal === null) throw this.fail(offset, `"${this.text[offset]}" starts no number`, "write 0.5, not .5 or +0.5");
    // "01" and "1.2.3" match only in part: what is left of them is no separator.
    if (/[\w.+]/.test(this.text[this.at] ?? ""))
      throw this.fail(offset, `${shorten(literal + this.rest())} is not a JSON number`, "write it as a string");
    return leaf(this.exactNumbers ? exactNumber(this.source, literal, offset) : Number(literal), offset);
  }

  private word(offset: number): boolean | null {
    const word = this.match(wordLiteral);
    if (word === "true") return true;
    if (word === "false") return false;
    if (word === "null") return null;
    const hint = word === null ? "a value is a text, number, true, false, null, [list] or {object}" : "put text in double quotes";
    this.at = offset;
    throw this.fail(offset, `expected a value, found ${this.found()}`, hint);
  }

  private rest(): string {
    return /^[\w.+]*/.exec(this.text.slice(this.at, this.at + 40))?.[0] ?? "";
  }

  private taken(char: string): boolean {
    this.skipBlank();
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private skipBlank(): void {
    this.match(blank);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private found(): string {
    const char = this.text[this.at];
    if (char === undefined) return "the end of the file";
    if (char === "/") return "a comment (JSON has none)";
    return char === '"' ? "a text" : `"${char}"`;
  }

  private openHint(start: number, bracket: string): string {
    const place = this.source.placeAt(start);
    if (this.at >= this.text.length) return `the "${bracket}" of line ${place.line} is not closed: the file looks truncated`;
    return `inside the "${bracket}" of line ${place.line}; look for a missing or a surplus comma`;
  }

  private fail(offset: number, reason: string, hint: string) {
    return documentError(this.source, offset, "bad_json", reason, hint);
  }
}
