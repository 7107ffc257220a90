// Kinds indicator, indicator_point and indicator_checkpoints: the streaming indicators of the strategy room, fed bar by bar.
// A name that means another formula there is not applicable; nothing here computes an indicator.

import {
  Atr,
  Bollinger,
  Macd,
  Momentum,
  RateOfChange,
  Rsi,
  SeededEma,
  Sma,
  WilliamsR,
  Wma,
  ZScore,
  type Indicator,
  type IndicatorBar,
} from "../../src/strategy/indicators.ts";
import { listAt, NotApplicable, numberAt, objectAt, optionalNumber, textAt, type Case, type Json, type SeriesReader } from "./case.ts";
import { Comparison } from "./compare.ts";
import { rowsOf } from "./market.ts";

/** An indicator and its lines in the peers' order; a line is NaN while the indicator is not ready. */
interface Lines {
  readonly indicator: Indicator;
  readonly lines: readonly (() => number)[];
}

function one(indicator: Indicator): Lines {
  return { indicator, lines: [() => indicator.value] };
}

/** `period`, or the first of a peer's unnamed arguments. */
function period(params: Json): number {
  return optionalNumber(params, "period") ?? argument(params, 0);
}

function argument(params: Json, at: number): number {
  const value = listAt(params, "args")[at];
  if (typeof value === "number") return value;
  throw new NotApplicable(`argument ${at + 1} is not a number`);
}

function bands(params: Json): Lines {
  const [deviations, below] = [argument(params, 1), argument(params, 2)];
  if (deviations !== below) throw new NotApplicable("both bands are as far from the average here");
  const indicator = new Bollinger(period(params), deviations);
  return { indicator, lines: [() => indicator.upper, () => indicator.value, () => indicator.lower] };
}

function ratio(params: Json, times: number): Lines {
  const indicator = new RateOfChange(period(params));
  return { indicator, lines: [() => indicator.ratio * times] };
}

/** By the peers' names, where the definition is ours. */
const definitions: Readonly<Record<string, (params: Json) => Lines>> = {
  SMA: (params) => one(new Sma(period(params))),
  EMA: (params) => one(new SeededEma(period(params))),
  RSI: (params) => one(new Rsi(period(params))),
  RSI_Safe: (params) => one(new Rsi(period(params))),
  ATR: (params) => one(new Atr(period(params))),
  "ATR.skipped": (params) => one(new Atr(period(params), "none")),
  WMA: (params) => one(new Wma(period(params))),
  MOM: (params) => one(new Momentum(period(params))),
  ROC: (params) => one(new RateOfChange(period(params))),
  ROCR: (params) => ratio(params, 1),
  ROCR100: (params) => ratio(params, 100),
  WilliamsR: (params) => one(new WilliamsR(period(params))),
  ZScore: (params) => one(new ZScore(period(params))),
  BBANDS: bands,
  // Averages seeded with the first value; a signal period of 1 makes it ready with the slow average.
  "MACD.macd": (params) => one(new Macd(numberAt(params, "fast"), numberAt(params, "slow"), 1)),
};

const others: Readonly<Record<string, string>> = {
  MACD: "the peers seed their averages with simple ones; MACD here starts from the first close",
  MACDEXT: "MACD here starts from the first close",
  "RSI.ema": "RSI here is Wilder's",
};

function linesOf(name: string, params: Json): Lines {
  const simple = name === "MA" && params["ma"] === "SMA" ? "SMA" : name;
  if (params["ma"] !== undefined && params["ma"] !== null && params["ma"] !== "SMA")
    throw new NotApplicable("only bands of simple averages are here");
  const definition = Object.hasOwn(definitions, simple) ? definitions[simple] : undefined;
  if (definition === undefined) throw new NotApplicable(others[name] ?? `there is no indicator ${name} here`);
  return definition(params);
}

/** Bars of the series that a case names, or of its own columns; what a column lacks is its close. */
function barsOf(body: Json, series: SeriesReader): IndicatorBar[] {
  if (body["barsRef"] !== undefined)
    return rowsOf(series(textAt(body, "barsRef"))).map(([, open, high, low, close, volume]) => ({ open, high, low, close, volume }));
  const inputs = objectAt(body, "inputs");
  const closes = listAt(inputs, "close").map(Number);
  const column = (key: string) => (inputs[key] === undefined ? closes : listAt(inputs, key).map(Number));
  const [highs, lows] = [column("high"), column("low")];
  return closes.map((close, at) => ({ open: close, high: highs[at] ?? close, low: lows[at] ?? close, close, volume: 0 }));
}

/** Values of every line after each bar; null before it is ready. */
function valuesOf(given: Case, series: SeriesReader, name: string = textAt(given.body, "name")): (number | null)[][] {
  const params = given.body["params"] === undefined ? {} : objectAt(given.body, "params");
  const { indicator, lines } = linesOf(name, params);
  const values: (number | null)[][] = lines.map(() => []);
  for (const bar of barsOf(given.body, series)) {
    indicator.update(bar);
    lines.forEach((line, at) => values[at]?.push(indicator.ready ? line() : null));
  }
  return values;
}

export function indicator(given: Case, series: SeriesReader): Comparison {
  const [values = []] = valuesOf(given, series);
  const expected = listAt(objectAt(given.body, "expected"), "values");
  const result = new Comparison(given.body);
  result.same("number of values", values.length, expected.length);
  expected.forEach((value, at) => result.number(`value ${at}`, values[at] ?? null, value));
  return result;
}

export function indicatorPoint(given: Case, series: SeriesReader): Comparison {
  const values = valuesOf(given, series);
  const params = given.body["params"] === undefined ? {} : objectAt(given.body, "params");
  const line = values[optionalNumber(params, "line") ?? 0];
  if (line === undefined) throw new NotApplicable("the indicator has no such line here");
  const expected = objectAt(given.body, "expected");
  const at = numberAt(expected, "index");
  const result = new Comparison(given.body);
  result.number(`value ${at}`, line[at] ?? null, expected["value"]);
  return result;
}

export function indicatorCheckpoints(given: Case, series: SeriesReader): Comparison {
  const expected = objectAt(given.body, "expected");
  const values = valuesOf(given, series, variantOf(given.body, expected));
  const first = (values[0] ?? []).findIndex((value) => value !== null);
  const defined = optionalNumber(expected, "firstDefinedIndex");
  const result = new Comparison(given.body);
  if (defined !== null) result.number("firstDefinedIndex", first, defined);
  const lines = listAt(expected, "lines");
  listAt(expected, "indices").forEach((index, at) => {
    lines.forEach((line, row) => {
      const wanted = Array.isArray(line) ? (line as unknown[])[at] : undefined;
      result.number(`line ${row} at ${Number(index)}`, values[row]?.[Number(index)] ?? null, wanted);
    });
  });
  return result;
}

/** Peers whose first bar has no true range, for want of a close before it, begin their average a bar later: ours can do that too. */
function variantOf(body: Json, expected: Json): string {
  const name = textAt(body, "name");
  return name === "ATR" && optionalNumber(expected, "firstDefinedIndex") === period(objectAt(body, "params")) ? "ATR.skipped" : name;
}
