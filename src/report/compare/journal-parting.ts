// Where two journals part: the first record that differs, with what stood around it. Reads both side by side; it must never hold
// more of them than the context.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** A record in its line of the journal; 1-based. */
export interface JournalLine {
  readonly line: number;
  readonly text: string;
}

export interface JournalParting {
  /** Records that both have, up to the first that differs. */
  readonly common: number;
  /** The last of them. */
  readonly before: readonly JournalLine[];
  /** From the first that differs on; empty where that journal has ended. */
  readonly a: readonly JournalLine[];
  readonly b: readonly JournalLine[];
}

/**
 * @param context records kept before the parting, and of each side from it on
 * @param counts which records are compared @param onCommon told every record that both have
 * @returns null where no record differs
 */
export async function journalParting(
  files: { readonly a: string; readonly b: string },
  context: number,
  counts: (line: string) => boolean,
  onCommon: (line: string) => void = () => {},
): Promise<JournalParting | null> {
  const [a, b] = [new LineReader(files.a, counts), new LineReader(files.b, counts)];
  const before: JournalLine[] = [];
  try {
    for (let common = 0; ; common += 1) {
      const [left, right] = [await a.next(), await b.next()];
      if (left === null && right === null) return null;
      if (left === null || right === null || left.text !== right.text) {
        return { common, before, a: await a.from(left, context), b: await b.from(right, context) };
      }
      onCommon(left.text);
      before.push(left);
      if (before.length > context) before.shift();
    }
  } finally {
    a.close();
    b.close();
  }
}

class LineReader {
  declare private readonly stream: ReturnType<typeof createReadStream>;
  declare private readonly lines: AsyncIterator<string>;
  declare private readonly counts: (line: string) => boolean;
  private line = 0;

  constructor(file: string, counts: (line: string) => boolean) {
    this.stream = createReadStream(file, "utf8");
    this.lines = createInterface({ input: this.stream, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
    this.counts = counts;
  }

  async next(): Promise<JournalLine | null> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done === true) return null;
      this.line += 1;
      if (this.counts(value)) return { line: this.line, text: value };
    }
  }

  /** A record and the ones after it, `context` more at most. */
  async from(first: JournalLine | null, context: number): Promise<JournalLine[]> {
    const lines = first === null ? [] : [first];
    while (first !== null && lines.length <= context) {
      const next = await this.next();
      if (next === null) break;
      lines.push(next);
    }
    return lines;
  }

  close(): void {
    this.stream.destroy();
  }
}
