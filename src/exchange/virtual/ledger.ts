// Double entry in integer minor units: whatever leaves one party reaches another, per currency, and the sum over all
// parties is zero after every event. The money of the account is never changed any other way.

import { assert, checked, InvariantError, wideZero, type Money } from "../../domain/index.ts";

export const Party = { account: 0, market: 1, fees: 2, external: 3, rounding: 4, insurance: 5, funding: 6 } as const;
export type Party = (typeof Party)[keyof typeof Party];
const partyCount = 7;

export class Ledger {
  declare readonly currencies: readonly string[];
  /** By currency: what each party has. */
  declare private readonly books: readonly number[][];

  constructor(currencies: readonly string[]) {
    this.currencies = currencies;
    this.books = currencies.map(() => Array.from({ length: partyCount }, () => wideZero));
  }

  index(currency: string): number {
    const at = this.currencies.indexOf(currency);
    assert(at >= 0, "I-06", () => `the ledger has no currency ${currency}`);
    return at;
  }

  private book(currency: number): number[] {
    return this.books[currency] as number[];
  }

  balance(party: Party, currency: number): Money {
    return this.book(currency)[party] as Money;
  }

  transfer(from: Party, to: Party, currency: number, amount: number): void {
    const book = this.book(currency);
    const left = checked((book[from] as number) - amount);
    const right = checked((book[to] as number) + amount);
    book[from] = left;
    book[to] = right;
  }

  /** Invariant I-06 for one currency. */
  assertConserved(currency: number): void {
    const book = this.book(currency);
    // Written out: it is asserted after every fill, and a loop costs twice as much.
    const accounts = (book[0] as number) + (book[1] as number) + (book[2] as number) + (book[3] as number);
    const sum = accounts + (book[4] as number) + (book[5] as number) + (book[6] as number);
    if (sum !== 0) throw new InvariantError("I-06", `${this.currencies[currency]} is not conserved: the parties sum to ${sum}`);
  }

  snapshot(): number[] {
    return this.books.flat();
  }

  restore(saved: readonly number[]): void {
    const size = this.books.length * partyCount;
    assert(saved.length === size, "I-06", () => `a saved ledger of ${saved.length} balances does not fit ${size}`);
    saved.forEach((balance, at) => {
      this.book(Math.floor(at / partyCount))[at % partyCount] = balance;
    });
  }
}
