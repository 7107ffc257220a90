// The tape: a run's records as float64 words in fixed chunks, strings interned beside them. Appending costs a few
// stores; nothing is an object until someone reads.

/** Words of a chunk: 64 KiB. */
const chunkWords = 8_192;
/** Words before a record's own: kind and length, bar, time. */
const headWords = 3;

/** What a hash must offer; the shell passes one in. */
export interface ByteHash {
  update(bytes: Uint8Array): unknown;
}

export class Tape {
  /** Where the next record goes. Writers store their words at the index that `begin` gives. */
  words: Float64Array = emptyChunk();
  private readonly full: { readonly words: Float64Array; readonly used: number }[] = [];
  private used = 0;
  private records = 0;
  private readonly strings: string[] = [""];
  private readonly codes = new Map<string, number>();

  get length(): number {
    return this.records;
  }

  /** Bytes that the records take. */
  get bytes(): number {
    return (this.full.length + 1) * chunkWords * 8;
  }

  /** Starts a record of `count` words. A record never spans two chunks. @returns index in `words` of its first word */
  begin(kind: number, bar: number, time: number, count: number): number {
    if (this.used + count + headWords > chunkWords) this.nextChunk();
    const { words } = this;
    const at = this.used;
    words[at] = kind * 256 + count;
    words[at + 1] = bar;
    words[at + 2] = time;
    this.used = at + count + headWords;
    this.records += 1;
    return at + headWords;
  }

  /** Code of a string; null is 0. Codes are handed out in order of first use, so equal runs give equal tapes. */
  intern(text: string | null): number {
    if (text === null) return 0;
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    const code = this.strings.length;
    this.strings.push(text);
    this.codes.set(text, code);
    return code;
  }

  text(code: number): string | null {
    return code === 0 ? null : (this.strings[code] as string);
  }

  /** Calls `visit` for each record in order with the index of its first word. */
  read(visit: (kind: number, bar: number, time: number, words: Float64Array, start: number) => void): void {
    for (const { words, used } of this.chunks()) {
      for (let at = 0; at < used;) {
        const header = words[at] as number;
        visit(Math.floor(header / 256), words[at + 1] as number, words[at + 2] as number, words, at + headWords);
        at += (header % 256) + headWords;
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

  private nextChunk(): void {
    this.full.push({ words: this.words, used: this.used });
    this.words = emptyChunk();
    this.used = 0;
  }
}

// Memory that is not cleared first: every word is written before it is read.
function emptyChunk(): Float64Array {
  const bytes = Buffer.allocUnsafeSlow(chunkWords * 8);
  return new Float64Array(bytes.buffer, bytes.byteOffset, chunkWords);
}
