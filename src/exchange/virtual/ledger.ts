// Double entry in integer minor units: whatever leaves one party reaches another, per currency, and the sum over all
// parties is zero after every event. The money of the account is never changed any other way.

import { assert, checked, InvariantError, type Money } from "../../domain/index.ts";

export const Party = { account: 0, market: 1, fees: 2, external: 3, rounding: 4, insurance: 5, funding: 6 } as const;
export type Party = (typeof Party)[keyof typeof Party];
const partyCount = 7;

export class Ledger {
  declare readonly currencies: readonly string[];
  declare private readonly balances: Float64Array;

  constructor(currencies: readonly string[]) {
    this.currencies = currencies;
    this.balances = new Float64Array(currencies.length * partyCount);
  }

  index(currency: string): number {
    const at = this.currencies.indexOf(currency);
    assert(at >= 0, "I-06", () => `the ledger has no currency ${currency}`);
    return at;
  }

  balance(party: Party, currency: number): Money {
    return this.balances[currency * partyCount + party] as Money;
  }

  transfer(from: Party, to: Party, currency: number, amount: number): void {
    const source = currency * partyCount + from;
    const target = currency * partyCount + to;
    this.balances[source] = checked((this.balances[source] as number) - amount);
    this.balances[target] = checked((this.balances[target] as number) + amount);
  }

  /** Invariant I-06 for one currency. */
  assertConserved(currency: number): void {
    const { balances } = this;
    const at = currency * partyCount;
    // Written out: it is asserted after every fill, and a loop costs twice as much.
    const accounts = (balances[at] as number) + (balances[at + 1] as number) + (balances[at + 2] as number) + (balances[at + 3] as number);
    const sum = accounts + (balances[at + 4] as number) + (balances[at + 5] as number) + (balances[at + 6] as number);
    if (sum !== 0) throw new InvariantError("I-06", `${this.currencies[currency]} is not conserved: the parties sum to ${sum}`);
  }

  snapshot(): number[] {
    return [...this.balances];
  }

  restore(saved: readonly number[]): void {
    assert(saved.length === this.balances.length, "I-06", () => `a saved ledger of ${saved.length} balances does not fit ${this.balances.length}`);
    this.balances.set(saved);
  }
}
