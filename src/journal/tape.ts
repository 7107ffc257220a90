// The tape: a run's records as float64 words in fixed chunks, strings interned beside them. Appending costs a few
// stores; nothing is an object until someone reads.

/** Words of a chunk: 64 KiB. */
const chunkWords = 8_192;

/** What a hash must offer; the shell passes one in. */
export interface ByteHash {
  update(bytes: Uint8Array): unknown;
}

export class Tape {
  private chunks: Float64Array[] = [new Float64Array(chunkWords)];
  private chunk: Float64Array = this.chunks[0] as Float64Array;
  private at = 0;
  private records = 0;
  private readonly strings: string[] = [""];
  private readonly codes = new Map<string, number>([["", 0]]);

  get length(): number {
    return this.records;
  }

  /** Bytes that the records take. */
  get bytes(): number {
    return this.chunks.length * chunkWords * 8;
  }

  /** Starts a record of `words` words after the header. A record never spans two chunks. */
  begin(kind: number, bar: number, time: number, words: number): void {
    if (this.at + words + 3 > chunkWords) this.nextChunk();
    this.records += 1;
    this.word(kind * 256 + words);
    this.word(bar);
    this.word(time);
  }

  word(value: number): void {
    this.chunk[this.at] = value;
    this.at += 1;
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

  /** Calls `visit` for each record in order with a cursor on its first word after the header. */
  read(visit: (kind: number, bar: number, time: number, words: Float64Array, start: number) => void): void {
    for (const chunk of this.chunks) {
      let at = 0;
      const end = chunk === this.chunk ? this.at : chunkWords;
      while (at < end) {
        const header = chunk[at] as number;
        // A zero header is the unused tail of a chunk: kinds start at 1.
        if (header === 0) break;
        const words = header % 256;
        visit(Math.floor(header / 256), chunk[at + 1] as number, chunk[at + 2] as number, chunk, at + 3);
        at += words + 3;
      }
    }
  }

  /** Feeds every record and every string to a hash, in order. */
  digest(hash: ByteHash): void {
    for (const chunk of this.chunks) {
      const end = chunk === this.chunk ? this.at : chunkWords;
      hash.update(new Uint8Array(chunk.buffer, 0, end * 8));
    }
    hash.update(new TextEncoder().encode(JSON.stringify(this.strings)));
  }

  private nextChunk(): void {
    this.chunk = new Float64Array(chunkWords);
    this.chunks.push(this.chunk);
    this.at = 0;
  }
}
