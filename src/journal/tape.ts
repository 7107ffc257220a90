// The tape: a run's records as 32-bit words in fixed chunks, strings interned beside them. Appending costs a few stores;
// nothing is an object until someone reads. What the words of a record mean is tape-write's and tape-forms's.

import { SeatrialError, wideZero } from "../domain/index.ts";
import { chunkBytes, giveChunk, takeChunk } from "./chunk-store.ts";
import { Expansion } from "./tape-forms.ts";

/** Markets that a record can name: its head has 12 bits for one. */
export const marketsMax = 4_096;

/** What a hash must offer; the shell passes one in. */
export interface ByteHash {
  update(bytes: Uint8Array): unknown;
}

/**
 * A record is a head and the words behind it. The head: kind (6 bits), 1 for a record in long form, market (12 bits), and
 * 12 bits of the kind's own. In long form each value is a float64 of its own, aligned, and those bits count them; the usual
 * records have short forms of 32-bit words, in which what can be told from the record before is left out.
 */
export class Tape {
  /** Where the next record goes. Writers store their words at the index that `begin` gives. */
  declare words: Int32Array;
  /** The same memory, for the values of long forms. */
  declare doubles: Float64Array;
  private readonly full: { readonly doubles: Float64Array; readonly used: number }[] = [];
  private used = 0;
  private records = 0;
  private readonly strings: string[] = [""];
  private readonly codes = new Map<string, number>();
  /** The text that was asked for last: fills ask for one currency again and again. */
  private lastText: string | null = null;
  private lastCode = 0;
  private released = false;
  private row = -1;
  private rowMarket = -1;

  // What short forms leave out when it follows from here; a reader keeps the same.
  /** The moment that the records so far stand at. */
  time = wideZero;
  sequence = 0;

  constructor() {
    this.time = -1;
    this.start();
  }

  /** Records so far, without marks and moments. */
  get length(): number {
    return this.records;
  }

  /** Bytes that the records take. */
  get bytes(): number {
    return (this.full.length + 1) * chunkBytes;
  }

  /** Makes room for the longest short form: 12 words. @returns index in `words` of the head; the writer says where it has ended */
  room(): number {
    // 16,384 words a chunk; a module's constant would cost more than the rest of this function.
    if (this.used > 16_372) this.nextChunk();
    return this.used;
  }

  /** A record ends before this word. */
  end(at: number): void {
    this.used = at;
    this.records += 1;
  }

  /** Makes room for a record in long form and writes its head. @returns index in `doubles` of its first value */
  beginLong(kind: number, market: number, count: number): number {
    // Values lie on 8 bytes: an odd word before them is left empty.
    if (this.used + (this.used & 1) + 2 * count + 2 > 16_384) this.nextChunk();
    if ((this.used & 1) === 1) {
      this.words[this.used] = 0;
      this.used += 1;
    }
    const at = this.used;
    this.words[at] = kind | 64 | (market << 7) | (count << 19);
    this.words[at + 1] = 0;
    this.end(at + 2 * count + 2);
    return (at >> 1) + 1;
  }

  /** Records of a market belong to this row from here on. */
  mark(market: number, row: number): void {
    const rise = row - this.row;
    const at = this.room();
    if (market === this.rowMarket && rise >= 0 && rise < 4_096) {
      this.words[at] = 62 | (market << 7) | (rise << 19);
      this.used = at + 1;
    } else {
      this.words[at] = 62 | 64 | (market << 7);
      this.words[at + 1] = row;
      this.used = at + 2;
    }
    this.row = row;
    this.rowMarket = market;
  }

  /** Effects that no event caused happen at this time. */
  moment(time: number): void {
    const rise = time - this.time;
    if (rise === 0) return;
    this.time = time;
    const seconds = Math.round(rise * 0.001);
    if (rise > 0 && rise < 4_095_000 && seconds * 1_000 === rise) {
      // Room first: it may change `words`.
      const at = this.room();
      this.words[at] = 63 | (seconds << 19);
      this.used = at + 1;
    } else if ((rise | 0) === rise) {
      const at = this.room();
      this.words[at] = 63;
      this.words[at + 1] = rise;
      this.used = at + 2;
    } else {
      const at = this.beginLong(63, 0, 1);
      this.doubles[at] = time;
      this.records -= 1;
    }
  }

  /** To be called with each event in long form: its effects share its time. */
  eventAt(time: number, sequence: number): void {
    this.time = time;
    this.sequence = sequence;
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

  /** Calls `visit` for each record in order, marks and moments included, with its values: valid until it returns. */
  read(visit: (kind: number, market: number, values: Float64Array, count: number) => void): void {
    if (this.released) throw releasedError();
    const expansion = new Expansion();
    for (const { doubles, used } of this.chunks()) {
      const words = new Int32Array(doubles.buffer, doubles.byteOffset, used);
      for (let at = 0; at < used;) {
        if (words[at] === 0) at += 1;
        else {
          at = expansion.read(words, doubles, at);
          visit(expansion.kind, expansion.market, expansion.values, expansion.count);
        }
      }
    }
  }

  /** Feeds every record and every string to a hash, in order. */
  digest(hash: ByteHash): void {
    for (const { doubles, used } of this.chunks()) hash.update(new Uint8Array(doubles.buffer, doubles.byteOffset, used * 4));
    hash.update(new TextEncoder().encode(JSON.stringify(this.strings)));
  }

  private chunks(): { readonly doubles: Float64Array; readonly used: number }[] {
    return [...this.full, { doubles: this.doubles, used: this.used }];
  }

  /** Gives the memory back: the records are gone for good. */
  release(): void {
    this.released = true;
    for (const { doubles } of this.full.splice(0)) giveChunk(doubles);
  }

  private nextChunk(): void {
    this.full.push({ doubles: this.doubles, used: this.used });
    this.start();
  }

  private start(): void {
    this.doubles = takeChunk();
    this.words = new Int32Array(this.doubles.buffer, this.doubles.byteOffset, chunkBytes / 4);
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
