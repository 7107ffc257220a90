// One dimension of the parameters: which values it has, and which one a share of it means. Values are decimals that a person
// would write, never 0.30000000000000004.

import { decimalOfNumber, printDecimal } from "../domain/index.ts";
import type { DimensionInput } from "./schema.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Dimension {
  /** Path of the parameter: "fast", "exits.stop", "steps.0". */
  readonly path: string;
  /** Every value in order; null for a range without steps. */
  readonly values: readonly Json[] | null;
  /** True where the order of the values says how near they are: numbers that ascend. */
  readonly ordered: boolean;
  /** Value at a share of the dimension, 0 ≤ share < 1. */
  readonly at: (share: number) => Json;
  /** Where a value stands in the dimension, from 0 to 1; NaN for a value that has no place. */
  readonly placeOf: (value: Json) => number;
}

type RangeInput = Exclude<DimensionInput, readonly unknown[]>;

export function dimensionOf(path: string, input: DimensionInput): Dimension {
  if (Array.isArray(input)) return listed(path, input as readonly Json[]);
  const range = input as RangeInput;
  const values = levelsOf(range);
  return values === null ? continuous(path, range) : listed(path, values);
}

function listed(path: string, values: readonly Json[]): Dimension {
  const ordered = values.every((value, at) => typeof value === "number" && (at === 0 || value > (values[at - 1] as number)));
  const texts = values.map((value) => JSON.stringify(value));
  return {
    path,
    values,
    ordered,
    at: (share) => values[Math.floor(share * values.length)] as Json,
    placeOf: (value) => {
      const at = texts.indexOf(JSON.stringify(value));
      return at < 0 ? Number.NaN : values.length === 1 ? 0 : at / (values.length - 1);
    },
  };
}

function continuous(path: string, { min, max, scale }: RangeInput): Dimension {
  const [low, high] = scale === "log" ? [Math.log(min), Math.log(max)] : [min, max];
  const bounded = (value: number): number => Math.min(max, Math.max(min, Number(value.toPrecision(6))));
  return {
    path,
    values: null,
    ordered: true,
    at: (share) => {
      const value = low + share * (high - low);
      return bounded(scale === "log" ? Math.exp(value) : value);
    },
    placeOf: (value) => (typeof value === "number" ? ((scale === "log" ? Math.log(value) : value) - low) / (high - low) : Number.NaN),
  };
}

function levelsOf(range: RangeInput): readonly number[] | null {
  if (range.step !== undefined) return stepped(range.min, range.max, range.step);
  if (range.levels === undefined) return null;
  const { levels } = range;
  const { at } = continuous("", range);
  return Array.from({ length: levels }, (_, level) => (level === levels - 1 ? range.max : at(level / (levels - 1)))) as number[];
}

/** min, min + step, … up to max, exact in decimals. */
function stepped(min: number, max: number, step: number): readonly number[] {
  const decimals = [min, max, step].map(decimalOfNumber);
  const scale = Math.max(...decimals.map((decimal) => decimal.scale));
  const [first, last, stride] = decimals.map((decimal) => decimal.units * 10n ** BigInt(scale - decimal.scale)) as [bigint, bigint, bigint];
  const count = Number((last - first) / stride) + 1;
  return Array.from({ length: count }, (_, at) => Number(printDecimal({ units: first + BigInt(at) * stride, scale })));
}

/** Values that a stepped range has, without making them: a slip of the pen must not fill the memory. */
export function stepCount({ min, max, step }: { readonly min: number; readonly max: number; readonly step: number }): number {
  return Math.floor((max - min) / step) + 1;
}
