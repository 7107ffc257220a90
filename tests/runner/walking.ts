// Bars that are handed to a runner many at once, as a simulation does while nothing can happen at its venue.

import type { Effect } from "../../src/domain/index.ts";
import { TestStrategy, type Harness } from "./harness.ts";

/** A strategy that needs nothing but its bars; hooks that are told something at each bar have a road of their own. */
export function bare(options: ConstructorParameters<typeof TestStrategy>[0] = {}): TestStrategy {
  return Object.assign(new TestStrategy(options), { setBrokerMinimum: undefined });
}

export interface Walked {
  /** The bar behind the last that was handled. */
  readonly next: number;
  readonly effects: readonly Effect[];
}

/** Hands bars `from` … `to` - 1 over at once. Equity is 100 + 2 × close meanwhile, unless told otherwise. */
export function walk(harness: Harness, from: number, to: number, [base, slope, power] = [100_000_000, 20_000, 1_000_000]): Walked {
  const next = harness.runner.handleBars(from, to, base as number, slope as number, power as number);
  harness.clock = harness.runner.now;
  return { next, effects: harness.drain() };
}
