// Kinds precision, precision_number and precision_contract: exact rounding of decimals, through domain/precision.

import {
  decimalOfNumber,
  divideDecimals,
  multiplyDecimals,
  parseDecimal,
  printDecimal,
  roundText,
  type PrecisionCounting,
  type PrecisionRounding,
  type PrecisionRule,
} from "../../src/domain/index.ts";
import { flagAt, NotApplicable, numberAt, objectAt, textAt, wordAt, type Case, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";

const roundings: Readonly<Record<string, PrecisionRounding>> = { T: "truncate", R: "round", UP: "up", DOWN: "down" };
const countings: Readonly<Record<string, PrecisionCounting>> = { D: "decimals", S: "significant", K: "tick" };

/** Decimals of amount ÷ contract size: far beyond any precision, so that only the rule rounds. */
const contractDecimals = 40;

export function precisionText(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const result = new Comparison(given.body);
  result.same("text", roundText(decimalAt(params, "value"), ruleOf(params)), objectAt(given.body, "expected")["text"]);
  return result;
}

export function precisionNumber(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const result = new Comparison(given.body);
  result.number("value", Number(roundText(decimalAt(params, "value"), ruleOf(params))), objectAt(given.body, "expected")["value"]);
  return result;
}

/** Amount → contracts, truncated to the precision → amount. */
export function precisionContract(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const size = decimalOfNumber(numberAt(params, "contractSize"));
  const contracts = divideDecimals(parseDecimal(decimalAt(params, "value")), size, contractDecimals);
  const whole = roundText(printDecimal(contracts), { ...ruleOf({ rounding: "T", ...params }), pad: false });
  const result = new Comparison(given.body);
  result.number("value", Number(printDecimal(multiplyDecimals(parseDecimal(whole), size))), objectAt(given.body, "expected")["value"]);
  return result;
}

function ruleOf(params: Json): PrecisionRule {
  return {
    rounding: wordAt(params, "rounding", roundings),
    counting: wordAt(params, "counting", countings),
    precision: decimalAt(params, "precision"),
    pad: flagAt(params, "pad"),
  };
}

/** Numbers and texts alike, as decimal text. */
function decimalAt(from: Json, key: string): string {
  const value = from[key];
  if (typeof value === "number") return printDecimal(decimalOfNumber(value));
  if (typeof value === "string") return textAt(from, key);
  throw new NotApplicable(`${key} is neither a number nor a text`);
}
