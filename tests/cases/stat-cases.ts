// Kinds stat, stat_path and the drawdown kinds: the statistics of the report room, by the names of the cases. Where a
// peer means another figure by a name, the table says which; nothing here computes one.

import { accountDrawdown, depthOf, drawdownEpisodes, recoveryFactor, underwater } from "../../src/report/metrics/drawdown.ts";
import { periodReturns } from "../../src/report/metrics/returns.ts";
import {
  annualMean,
  compounded,
  deviation,
  downsideDeviation,
  gainToPain,
  gaussianValueAtRisk95,
  mean,
  modifiedValueAtRisk95,
  omega,
  payoffRatio,
  perPeriod,
  profitFactor,
  quantile,
  quotient,
  shareBelow,
  sharpe,
  sortino,
  sum,
  tailRatio,
  volatility,
  wealthOf,
  yearly,
} from "../../src/report/metrics/statistics.ts";
import { listAt, NotApplicable, numberAt, objectAt, optionalNumber, textAt, type Case, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";

const day = 86_400_000;

/** Observations of a case that are there: null is a missing one. */
function returnsOf({ inputs }: Given): number[] {
  return observations(inputs, "returns");
}

function observations(inputs: Json, key: string): number[] {
  return listAt(inputs, key).flatMap((value) => (typeof value === "number" ? value : []));
}

interface Given {
  readonly inputs: Json;
  readonly params: Json;
}

function curveOf({ inputs }: Given): number[] {
  if (inputs["returns"] !== undefined) return wealthOf(observations(inputs, "returns"));
  return observations(inputs, inputs["equity"] === undefined ? "prices" : "equity");
}

function periodsOf({ params }: Given): number {
  return numberAt(params, "periodsPerYear");
}

/** Returns above the risk-free rate of each period. */
function excessOf({ inputs, params }: Given): number[] {
  const free = params["riskFreePerPeriod"];
  const rates: readonly unknown[] | null = Array.isArray(free) ? (free as unknown[]) : null;
  const rate = rates === null ? (optionalNumber(params, "riskFreePerPeriod") ?? 0) : 0;
  return listAt(inputs, "returns").flatMap((value, at) => (typeof value === "number" ? value - (rates === null ? rate : Number(rates[at])) : []));
}

function yearlyReturn(given: Given): number | null {
  const returns = returnsOf(given);
  return yearly(compounded(returns), returns.length / periodsOf(given));
}

function longest(
  given: Given,
  length: (episode: { readonly peak: number; readonly last: number; readonly recovered: number | null }) => number,
): number {
  return drawdownEpisodes(curveOf(given)).reduce((most, episode) => Math.max(most, length(episode)), 0);
}

/** Of the last period of a series of prices by date. */
function lastPeriod({ inputs }: Given, key: (date: string) => string): number | null {
  const prices = observations(inputs, "prices");
  const dates = listAt(inputs, "dates").map(String);
  const time = dates.map((date) => Date.parse(date) + day);
  const periods = periodReturns({ time, value: prices }, prices[0] ?? 0, (instant) => key(new Date(instant).toISOString()));
  return periods.at(-1)?.change ?? null;
}

type Figure = (given: Given) => number | null;

const figures: Readonly<Record<string, Figure>> = {
  total_return: (given) => compounded(returnsOf(given)),
  total_return_arithmetic: (given) => sum(returnsOf(given)),
  total_return_prices: (given) => {
    const prices = observations(given.inputs, "prices");
    return quotient((prices.at(-1) ?? 0) - (prices[0] ?? 0), prices[0] ?? 0);
  },
  price_index_at: ({ inputs, params }) => {
    const prices = observations(inputs, "prices");
    const share = quotient(prices[numberAt(params, "index")] ?? 0, prices[0] ?? 0);
    return share === null ? null : share * numberAt(params, "base");
  },
  annual_return: yearlyReturn,
  annual_return_arithmetic: (given) => annualMean(returnsOf(given), periodsOf(given)),
  deannualize: (given) => perPeriod(numberAt(given.params, "annual"), periodsOf(given)),
  annual_volatility: (given) => volatility(returnsOf(given), periodsOf(given)),
  annual_variance: (given) => {
    const each = volatility(returnsOf(given), periodsOf(given));
    return each === null ? null : each ** 2;
  },
  stdev: (given) => deviation(returnsOf(given)),
  sharpe: (given) => sharpe(excessOf(given), { periods: optionalNumber(given.params, "periodsPerYear") }),
  risk_return_ratio: (given) => sharpe(returnsOf(given), { periods: null }),
  sortino: (given) =>
    sortino(returnsOf(given), { periods: optionalNumber(given.params, "periodsPerYear"), target: optionalNumber(given.params, "mar") ?? 0 }),
  downside_deviation: ({ inputs, params }) => {
    const each = downsideDeviation(observations(inputs, "returns"), optionalNumber(params, "mar") ?? 0);
    return each === null ? null : each * Math.sqrt(optionalNumber(params, "periodsPerYear") ?? 1);
  },
  downside_frequency: (given) => shareBelow(returnsOf(given), numberAt(given.params, "mar")),
  semi_deviation: (given) => downsideDeviation(returnsOf(given), mean(returnsOf(given)) ?? 0),
  calmar: (given) => {
    const [grown, deepest] = [yearlyReturn(given), depthOf(curveOf(given)).deepest];
    return grown === null || deepest === null ? null : quotient(grown, -deepest);
  },
  omega: (given) => omega(excessOf(given), perPeriod(numberAt(given.params, "requiredReturnAnnual"), 252)),
  profit_factor: (given) => profitFactor(returnsOf(given)),
  bernardo_ledoit: (given) => profitFactor(returnsOf(given)),
  payoff_ratio: (given) => payoffRatio(returnsOf(given)),
  gain_to_pain: (given) => gainToPain(returnsOf(given)),
  tail_ratio: (given) => tailRatio(returnsOf(given)),
  var_historical: (given) => quantile(returnsOf(given), numberAt(given.params, "cutoff")),
  var_gaussian: (given) => gaussianValueAtRisk95(confident(given)),
  var_gaussian_sample: (given) => gaussianValueAtRisk95(confident(given), 1),
  var_modified: (given) => modifiedValueAtRisk95(confident(given)),
  max_drawdown: (given) => depthOf(curveOf(given)).deepest,
  recovery_factor: (given) => recoveryFactor(compounded(returnsOf(given)), depthOf(curveOf(given)).deepest),
  ulcer_index_qs: (given) => depthOf(curveOf(given).slice(1)).ulcer,
  ulcer_performance_index: (given) => {
    const prices = curveOf(given);
    const total = quotient((prices.at(-1) ?? 0) - (prices[0] ?? 0), prices[0] ?? 0);
    const years = numberAt(given.params, "days") / numberAt(given.params, "yearDays");
    const [grown, ulcer] = [total === null ? null : yearly(total, years), depthOf(prices).ulcer];
    return grown === null || ulcer === null ? null : quotient(grown - numberAt(given.params, "rfAnnual"), ulcer);
  },
  longest_drawdown_bars: (given) => longest(given, ({ peak, last }) => last - peak),
  max_recovery_days: (given) => longest(given, ({ peak, recovered }) => (recovered === null ? 0 : recovered - peak)),
  max_drawdown_of_pnl_relative: ({ inputs }) => accountDrawdown(observations(inputs, "pnl"), numberAt(inputs, "start"), "share")?.share ?? 0,
  month_to_date: (given) => lastPeriod(given, (date) => date.slice(0, 7)),
  year_to_date: (given) => lastPeriod(given, (date) => date.slice(0, 4)),
};

/** Names for which there is no figure here, and why. */
const absent: Readonly<Record<string, string>> = {
  cagr_calendar: "the case has no dates: a growth by calendar years cannot be worked out from returns alone",
  calmar_calendar: "the case has no dates: a growth by calendar years cannot be worked out from returns alone",
  win_rate_nonzero: "days that neither gained nor lost are draws here, they are counted",
};

/** By what convention a peer's figure of that name is another one. */
const conventions: Readonly<Record<string, string>> = {
  sortino: "infinite for the peer where nothing lies below the target, undefined here",
  ulcer_index_qs: "the peer divides by one mark less than there are; n is Martin's own definition",
  recovery_factor: "the peer adds the returns up; here they are compounded",
};

/** Value at risk is told at 95 %. */
function confident(given: Given): number[] {
  if (numberAt(given.params, "confidence") !== 0.95) throw new NotApplicable("value at risk is told at 95 %");
  return returnsOf(given);
}

export function stat(given: Case): Comparison {
  const metric = textAt(given.body, "metric");
  const figure = Object.hasOwn(figures, metric) ? figures[metric] : undefined;
  if (figure === undefined) throw new NotApplicable(absent[metric] ?? `there is no figure ${metric} here`);
  const params = given.body["params"] === undefined ? {} : objectAt(given.body, "params");
  const result = new Comparison(given.body, 0, conventions[metric]);
  const expected = objectAt(given.body, "expected")["value"];
  // What is undefined is NaN for some peers and null here.
  result.number(metric, figure({ inputs: objectAt(given.body, "inputs"), params }), expected === "NaN" ? null : expected);
  return result;
}

/** The current drawdown at each place of a curve, and how long it lasts. */
export function statPath(given: Case): Comparison {
  const values = observations(objectAt(given.body, "inputs"), "equity");
  const expected = objectAt(given.body, "expected");
  const result = new Comparison(given.body);
  const depths = underwater(values);
  const episodes = drawdownEpisodes(values);
  listAt(expected, "currentDrawdown").forEach((value, at) => result.number(`drawdown at ${at}`, depths?.[at] ?? null, value));
  listAt(expected, "durationBars").forEach((value, at) => {
    const episode = episodes.find(({ peak, last }) => at > peak && at <= last);
    result.number(`duration at ${at}`, episode === undefined ? 0 : at - episode.peak, value);
  });
  return result;
}

export function drawdownDetail(given: Case): Comparison {
  const inputs = objectAt(given.body, "inputs");
  const by = textAt(objectAt(given.body, "params"), "select") === "relative" ? "share" : "money";
  const worst = accountDrawdown(observations(inputs, "pnl"), numberAt(inputs, "start"), by);
  const facts: Readonly<Record<string, number | null | undefined>> = {
    abs: worst?.fall,
    relative: worst?.share,
    highDay: worst?.high,
    lowDay: worst?.low,
  };
  const result = new Comparison(given.body);
  for (const [name, value] of Object.entries(objectAt(given.body, "expected"))) result.number(name, facts[name] ?? null, value);
  return result;
}

export function episodes(given: Case): Comparison {
  const own = drawdownEpisodes(observations(objectAt(given.body, "inputs"), "prices"));
  const expected = listAt(objectAt(given.body, "expected"), "episodes") as readonly Json[];
  const result = new Comparison(given.body);
  result.same("number of episodes", own.length, expected.length);
  expected.forEach((episode, at) => {
    result.number(`first bar below the peak of ${at}`, (own[at]?.peak ?? Number.NaN) + 1, episode["firstUnder"]);
    result.number(`recovery of ${at}`, own[at]?.recovered ?? null, episode["recovered"]);
    result.number(`depth of ${at}`, own[at]?.depth ?? null, episode["depth"]);
  });
  return result;
}
