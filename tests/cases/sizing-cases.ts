// Kind sizing: money into a quantity, by the runner's own sizing of an intent that names its value.

import { decimalOfNumber } from "../../src/domain/index.ts";
import { Harness } from "../runner/harness.ts";
import { NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, textAt, type Case } from "./case.ts";
import { Comparison } from "./compare.ts";

/** Decimals of the harness's quantities. */
const finest = 3;

export function sizing(given: Case): Comparison {
  if (textAt(given.body, "fn") !== "size_to_qty") throw new NotApplicable("a strategy sets its own stops: no rule here moves them");
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["size", "price", "precision", "fee"], "params");
  const [size, price, decimals] = [numberAt(params, "size"), numberAt(params, "price"), optionalNumber(params, "precision") ?? finest];
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > finest || decimalOfNumber(price).scale > 2)
    throw new NotApplicable("the numbers are finer than the runner of this check");
  // Three fees are kept back: of the entry, of the exit, and one in reserve.
  const notional = size * (1 - 3 * (optionalNumber(params, "fee") ?? 0));
  const harness = new Harness({ hedge: false, closes: [price, price], market: { step: (10 ** -decimals).toFixed(decimals) } });
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", sizing: "delegate_notional", notional });
  harness.bar(0);
  const [request] = harness.sent;
  const result = new Comparison(given.body);
  const quantity = request === undefined ? null : request.quantity / 10 ** finest;
  result.number("value", quantity, objectAt(given.body, "expected")["value"]);
  return result;
}
