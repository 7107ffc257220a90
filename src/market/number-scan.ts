// Decimal numbers out of bytes, for the text readers: exact mantissa and number of decimals, one division at the end, so
// the value is the nearest float64 of the text. Never makes a string on the fast road.

/** 10^0 … 10^22 are exact float64: mantissa ÷ power is then correctly rounded. */
const powers: Float64Array = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const maxMantissa = Number.MAX_SAFE_INTEGER;
/** So many digits fit a 32-bit integer, whose arithmetic is twice as fast. */
const shortDigits = 9;

/** Reads one plain number at a time; its fields hold the last one. */
export class NumberScan {
  value = 0.5;
  /** Digits after the point, trailing zeros included. */
  decimals = 0;

  /**
   * Reads digits with at most one point at `start`. The bytes must hold a byte that is no digit after the number.
   * @returns the first byte after it, or -1 when there is no plain number (a sign, an exponent, a word, more than 2^53 of
   * digits): the caller takes the slow road
   */
  read(bytes: Uint8Array, start: number): number {
    let at = start;
    let most = start + shortDigits;
    let mantissa = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9 && at < most) {
      mantissa = (mantissa * 10 + digit) | 0;
      at += 1;
      digit = (bytes[at] as number) - 48;
    }
    let fraction = -1;
    // 46 is the point.
    if (digit === -2) {
      at += 1;
      most += 1;
      fraction = at;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9 && at < most) {
        mantissa = (mantissa * 10 + digit) | 0;
        at += 1;
        digit = (bytes[at] as number) - 48;
      }
    }
    if (digit >= 0 && digit <= 9) return this.readLong(bytes, at, mantissa, fraction);
    return this.keep(at, mantissa, start, fraction);
  }

  /** The rest of a number of more than nine digits, in groups of nine. @param fraction first byte after the point, -1 before it */
  private readLong(bytes: Uint8Array, start: number, head: number, point: number): number {
    let at = start;
    let fraction = point;
    let mantissa = head;
    let group = 0;
    let count = 0;
    for (;;) {
      const digit = (bytes[at] as number) - 48;
      if (digit >= 0 && digit <= 9) {
        group = (group * 10 + digit) | 0;
        count += 1;
        if (count === shortDigits) {
          mantissa = mantissa * 1e9 + group;
          group = 0;
          count = 0;
        }
      } else if (digit === -2 && fraction < 0) {
        fraction = at + 1;
      } else {
        break;
      }
      at += 1;
    }
    return this.keep(at, mantissa * (powers[count] as number) + group, start, fraction);
  }

  /** Sets the fields when the number is one. @returns its end, or -1 */
  private keep(end: number, mantissa: number, start: number, fraction: number): number {
    const decimals = fraction < 0 ? 0 : end - fraction;
    const bytes = end - start;
    if (bytes === 0 || (bytes === 1 && fraction === end) || mantissa > maxMantissa || decimals > 22) return -1;
    this.decimals = decimals;
    this.value = decimals === 0 ? mantissa : mantissa / (powers[decimals] as number);
    return end;
  }
}

/** The decimals of the number that ends before `end` without its trailing zeros. */
export function trimmedDecimals(bytes: Uint8Array, end: number, decimals: number): number {
  let left = decimals;
  let at = end - 1;
  while (left > 0 && bytes[at] === 48) {
    left -= 1;
    at -= 1;
  }
  return left;
}

const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinitePattern = /^[+-]?(?:nan|inf|infinity)$/i;

/** The number of a text with sign or exponent; `not_finite` for NaN, infinities and 1e400, `bad_number` for anything else. */
export function numberOfText(text: string): number | "not_finite" | "bad_number" {
  if (notFinitePattern.test(text)) return "not_finite";
  if (!decimalPattern.test(text)) return "bad_number";
  const value = Number(text);
  return Number.isFinite(value) ? value : "not_finite";
}
