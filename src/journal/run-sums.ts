// Exact sums of what a journal records, as numbers of any size and without a text in between. It adds; it knows no record.

import type { Decimal } from "../domain/index.ts";

/** What is counted of a run's orders and fills. */
export interface RunCounts {
  readonly orders: number;
  readonly fills: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly canceled: number;
  readonly unknown: number;
  /** Of fills, by currency. */
  readonly fees: ReadonlyMap<string, DecimalSum>;
  /** Of the ledger; null where it has no line. */
  readonly gross: DecimalSum | null;
}

/** Integers of one or several scales, added exactly. */
export class DecimalSum {
  /** Of this scale: an exact integer, and what has left its range. */
  private scale = 0;
  private small = 0;
  private large = 0n;

  /** @param units exact integer of 10^-scale */
  add(units: number, scale: number): void {
    if (scale !== this.scale) {
      this.rescale(scale);
      if (scale < this.scale) return void (this.large += BigInt(units) * 10n ** BigInt(this.scale - scale));
    }
    const sum = this.small + units;
    if (Number.isSafeInteger(sum)) this.small = sum;
    else {
      this.large += BigInt(this.small);
      this.small = units;
    }
  }

  get value(): Decimal {
    return { units: this.large + BigInt(this.small), scale: this.scale };
  }

  /** The finest scale so far holds all of it. */
  private rescale(scale: number): void {
    if (scale <= this.scale) return;
    this.large = (this.large + BigInt(this.small)) * 10n ** BigInt(scale - this.scale);
    this.small = 0;
    this.scale = scale;
  }
}

export class RunSums {
  readonly fees = new Map<string, DecimalSum>();
  readonly gross = new DecimalSum();

  feesIn(currency: string): DecimalSum {
    let sum = this.fees.get(currency);
    if (sum === undefined) {
      sum = new DecimalSum();
      this.fees.set(currency, sum);
    }
    return sum;
  }
}
