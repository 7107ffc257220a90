// The tape: a run's records as float64 words in fixed chunks, strings interned beside them. Appending costs a few
// stores; nothing is an object until someone reads. What the words of a record mean is tape-write's and tape-read's.

import { SeatrialError } from "../domain/index.ts";
import { chunkWords, giveChunk, takeChunk } from "./chunk-store.ts";

/** Markets that a record can name: its head has 12 bits for one. */
export const marketsMax = 4_096;

/** What a hash must offer; the shell passes one in. */
export interface ByteHash {
  update(bytes: Uint8Array): unknown;
}

export class Tape {
  /** Where the next record goes. Writers store their words at the index that `begin` gives. */
  words: Float64Array = takeChunk();
  private readonly full: { readonly words: Float64Array; readonly used: number }[] = [];
  private used = 0;
  private records = 0;
  private readonly strings: string[] = [""];
  private readonly codes = new Map<string, number>();
  /** The text that was asked for last: fills ask for one currency again and again. */
  private lastText: string | null = null;
  private lastCode = 0;
  private released = false;
  /** The moment that the records so far stand at. */
  private time = -1;

  /** Records so far, without marks and moments. */
  get length(): number {
    return this.records;
  }

  /** Bytes that the records take. */
  get bytes(): number {
    return (this.full.length + 1) * chunkWords * 8;
  }

  /**
   * Makes room for a record, which never spans two chunks: a head of kind (0…63) | count << 6 | market (0…4,095) << 10,
   * and the words behind it. The writer writes all of them.
   * @param count words behind the head, 0…15
   * @returns index in `words` of the head
   */
  begin(count: number): number {
    // 8,192 words a chunk; a module's constant would cost more than the rest of this function.
    if (this.used + count >= 8_192) this.nextChunk();
    const at = this.used;
    this.used = at + count + 1;
    this.records += 1;
    return at;
  }

  /** Records of a market belong to this row from here on. */
  mark(market: number, row: number): void {
    const at = this.begin(1);
    const { words } = this;
    words[at] = 62 | (1 << 6) | (market << 10);
    words[at + 1] = row;
    this.records -= 1;
  }

  /** Effects that no event caused happen at this time. */
  moment(time: number): void {
    if (this.time === time) return;
    this.time = time;
    const at = this.begin(1);
    const { words } = this;
    words[at] = 63 | (1 << 6);
    words[at + 1] = time;
    this.records -= 1;
  }

  /** To be called with each event's own time: its effects share it. */
  eventAt(time: number): void {
    this.time = time;
  }

  /** Code of a string; null is 0. Codes are handed out in order of first use, so equal runs give equal tapes. */
  intern(text: string | null): number {
    if (text === null) return 0;
    if (text === this.lastText) return this.lastCode;
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.strings.length;
      this.strings.push(text);
      this.codes.set(text, code);
    }
    this.lastText = text;
    this.lastCode = code;
    return code;
  }

  /** Word of a venue's id or trade id: a number stands for itself, text for its negative code. */
  idWord(id: number | string | null): number {
    return typeof id === "number" ? id : id === null ? 0 : -this.intern(id);
  }

  text(code: number): string | null {
    return code === 0 ? null : (this.strings[code] as string);
  }

  /** Calls `visit` for each record in order, marks and moments included, with the index of its first word. */
  read(visit: (kind: number, market: number, words: Float64Array, start: number, count: number) => void): void {
    if (this.released) throw releasedError();
    for (const { words, used } of this.chunks()) {
      for (let at = 0; at < used;) {
        const head = words[at] as number;
        const count = (head >> 6) & 15;
        visit(head & 63, head >> 10, words, at + 1, count);
        at += count + 1;
      }
    }
  }

  /** Feeds every record and every string to a hash, in order. */
  digest(hash: ByteHash): void {
    for (const { words, used } of this.chunks()) hash.update(new Uint8Array(words.buffer, words.byteOffset, used * 8));
    hash.update(new TextEncoder().encode(JSON.stringify(this.strings)));
  }

  private chunks(): { readonly words: Float64Array; readonly used: number }[] {
    return [...this.full, { words: this.words, used: this.used }];
  }

  /** Gives the memory back: the records are gone for good. */
  release(): void {
    this.released = true;
    for (const { words } of this.full.splice(0)) giveChunk(words);
  }

  private nextChunk(): void {
    this.full.push({ words: this.words, used: this.used });
    this.words = takeChunk();
    this.used = 0;
  }
}

function releasedError(): SeatrialError {
  return new SeatrialError({
    code: "journal_released",
    reason: "the records of this run were given back",
    hint: "read them before release()",
    exitCode: 2,
  });
}

/** Kinds of the tape's own: the row of a market, and the time of effects that no event caused. */
export const markKind = 62;
export const momentKind = 63;
