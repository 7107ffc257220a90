// Kind decimal_op: exact arithmetic on decimal text, through domain/precision and domain/decimal.

import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  parseDecimal,
  printDecimal,
  quotientDecimals,
  remainderOf,
  SeatrialError,
  subtractDecimals,
  type Decimal,
} from "../../src/domain/index.ts";
import { listAt, NotApplicable, objectAt, optionalNumber, textAt, type Case } from "./case.ts";
import { Comparison } from "./compare.ts";

type Operation = (a: Decimal, b: Decimal, decimals: number) => Decimal | boolean;

const operations: Readonly<Record<string, Operation>> = {
  numberToString: (a) => a,
  add: addDecimals,
  sub: subtractDecimals,
  mul: multiplyDecimals,
  div: divideDecimals,
  mod: remainderOf,
  abs: absoluteDecimal,
  neg: negateDecimal,
  min: (a, b) => (compareDecimals(a, b) <= 0 ? a : b),
  max: (a, b) => (compareDecimals(a, b) >= 0 ? a : b),
  equals: (a, b) => compareDecimals(a, b) === 0,
  eq: (a, b) => compareDecimals(a, b) === 0,
  gt: (a, b) => compareDecimals(a, b) > 0,
  ge: (a, b) => compareDecimals(a, b) >= 0,
  lt: (a, b) => compareDecimals(a, b) < 0,
  le: (a, b) => compareDecimals(a, b) <= 0,
};

const unary = new Set(["numberToString", "abs", "neg"]);

export function decimalOperation(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const name = textAt(params, "op");
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) throw new NotApplicable(`there is no decimal operation "${name}" here`);
  const args = listAt(params, "args").map((value) => parseDecimal(String(value)));
  const [first, second] = [args[0], unary.has(name) ? args[0] : args[1]];
  if (first === undefined || second === undefined) throw new NotApplicable(`${name} with ${args.length} arguments`);
  const expected = objectAt(given.body, "expected")["result"];
  const result = new Comparison(given.body);
  result.same(
    "result",
    printed(() => operation(first, second, optionalNumber(params, "decimals") ?? quotientDecimals)),
    expected,
  );
  return result;
}

/** null where the operation has no result: the peers' word for a division by zero. */
function printed(run: () => Decimal | boolean): string | boolean | null {
  try {
    const value = run();
    return typeof value === "boolean" ? value : printDecimal(value);
  } catch (error) {
    if (error instanceof SeatrialError && error.code === "division_by_zero") return null;
    throw error;
  }
}
