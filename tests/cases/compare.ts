// Comparing our numbers with the recorded ones under a case's own tolerance. Differences are collected as text; nothing
// here computes a result.

import type { Json } from "./case.ts";
import { optionalNumber } from "./case.ts";

/** Relative tolerance of a case that names none. */
const defaultTolerance = 1e-9;
/** Differences that are told in words; one wrong fill early on makes all that follow differ. */
const differencesTold = 6;

export class Comparison {
  private readonly differences: string[] = [];
  private readonly body: Json;
  private readonly noise: number;
  private readonly convention: string | undefined;

  /**
   * @param body the case: `decimals` (the value was printed with so many), `absTol`, or `tol` (relative)
   * @param noise magnitude below which a number is float noise of the peer, in the case's own units
   * @param convention why a difference is none of right and wrong
   */
  constructor(body: Json, noise = 0, convention?: string) {
    this.body = body;
    this.noise = noise;
    this.convention = convention;
  }

  /** The first differences in words and the number of the others; null when there is none. */
  get why(): string | null {
    if (this.differences.length === 0) return null;
    const more = this.differences.length - differencesTold;
    const told = [...this.differences.slice(0, differencesTold), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
    return this.convention === undefined ? told : `${told}: ${this.convention}`;
  }

  number(what: string, actual: number | null, expected: unknown): void {
    if (typeof expected === "number" && actual !== null && this.near(actual, expected)) return;
    if (expected === null && actual === null) return;
    this.differs(what, actual, expected);
  }

  same(what: string, actual: string | number | boolean | null, expected: unknown): void {
    if (actual !== expected) this.differs(what, actual, expected);
  }

  differs(what: string, actual: unknown, expected: unknown): void {
    this.differences.push(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }

  private near(actual: number, expected: number): boolean {
    const distance = Math.abs(actual - expected);
    if (distance <= this.noise) return true;
    const absolute = optionalNumber(this.body, "absTol");
    if (absolute !== null && distance <= absolute) return true;
    const decimals = optionalNumber(this.body, "decimals");
    // Half a unit of the last printed decimal, with room for the float error of the subtraction.
    if (decimals !== null && distance <= 0.5 * 10 ** -decimals * (1 + 1e-6)) return true;
    const relative = optionalNumber(this.body, "tol") ?? defaultTolerance;
    return distance <= relative * Math.max(Math.abs(actual), Math.abs(expected));
  }
}
