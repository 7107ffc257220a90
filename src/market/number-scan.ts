// Decimal numbers out of bytes, for the text readers: exact mantissa and number of decimals, one division at the end, so
// the value is the nearest float64 of the text. Never makes a string on the fast road.

/** 10^0 … 10^22 are exact float64: mantissa ÷ power is then correctly rounded. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const maxMantissa = Number.MAX_SAFE_INTEGER;

/** Reads one plain number at a time; its fields hold the last one. */
export class NumberScan {
  value = 0;
  /** Digits after the point, trailing zeros included. */
  decimals = 0;
  /** First byte after the number. */
  end = 0;

  /**
   * Reads digits with at most one point at `start`. False when there is no plain number (a sign, an exponent, a word, more
   * than 2^53 of digits): the caller takes the slow road. The bytes must hold a byte that is no digit after the number.
   */
  read(bytes: Uint8Array, start: number): boolean {
    let at = start;
    let mantissa = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      at += 1;
      digit = (bytes[at] as number) - 48;
    }
    let digits = at - start;
    let decimals = 0;
    // 46 is the point.
    if (digit === -2) {
      const first = at + 1;
      at = first;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        at += 1;
        digit = (bytes[at] as number) - 48;
      }
      decimals = at - first;
      digits += decimals;
    }
    this.end = at;
    this.decimals = decimals;
    if (digits === 0 || mantissa > maxMantissa || decimals > 22) return false;
    this.value = decimals === 0 ? mantissa : mantissa / (powers[decimals] as number);
    return true;
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
