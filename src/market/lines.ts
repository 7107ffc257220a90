// Lines out of bytes that come in pieces. A line is handed over as a place in a buffer, so that most lines are never copied.

import { SeatrialError } from "../domain/index.ts";

const newline = 10;

/** Takes one line: `bytes` from `start` up to `end`, followed by a line end. `line` counts from 1. */
export type TakeLine = (bytes: Uint8Array, start: number, end: number, line: number) => void;

export class LineFeed {
  declare private readonly take: TakeLine;
  declare private readonly file: string;
  declare private readonly bytesMax: number;
  private carry: Uint8Array = new Uint8Array(0);
  private line = 0;

  /** @param bytesMax longer lines are an error */
  constructor(take: TakeLine, file: string, bytesMax: number) {
    this.take = take;
    this.file = file;
    this.bytesMax = bytesMax;
  }

  /** Hands over the whole lines of the piece, which may be overwritten afterwards. A byte order mark is left out. */
  push(piece: Uint8Array): void {
    let start = 0;
    if (this.line === 0 && this.carry.length === 0 && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) start = 3;
    if (this.carry.length > 0) {
      const end = piece.indexOf(newline);
      this.carry = joined(this.carry, piece.subarray(0, end < 0 ? piece.length : end + 1));
      this.assertShort(this.carry.length);
      if (end < 0) return;
      start = end + 1;
      const whole = this.carry;
      this.carry = new Uint8Array(0);
      this.hand(whole, 0, whole.length - 1);
    }
    for (;;) {
      const end = piece.indexOf(newline, start);
      if (end < 0) break;
      this.hand(piece, start, end);
      start = end + 1;
    }
    this.assertShort(piece.length - start);
    this.carry = Uint8Array.from(piece.subarray(start));
  }

  /** The file is over: its last line may have no line end. */
  finish(): void {
    if (this.carry.length === 0) return;
    const whole = joined(this.carry, Uint8Array.of(newline));
    this.carry = new Uint8Array(0);
    this.hand(whole, 0, whole.length - 1);
  }

  private hand(bytes: Uint8Array, start: number, end: number): void {
    this.assertShort(end - start);
    this.line += 1;
    this.take(bytes, start, end, this.line);
  }

  private assertShort(length: number): void {
    if (length <= this.bytesMax) return;
    throw new SeatrialError({
      code: "line_too_long",
      reason: `the line has more than ${this.bytesMax} bytes`,
      hint: "one row or message a line",
      place: { file: this.file, line: this.line + 1 },
    });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
