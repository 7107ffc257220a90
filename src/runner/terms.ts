// What an intent says beyond type, price and quantity, as the terms of its order: exact numbers, and order numbers in the
// place of intents. Most intents say nothing of it and cost one comparison each.

import {
  noTerms,
  orderNumber,
  ratioOfNumber,
  type IntentNumber,
  type Millis,
  type OrderIntent,
  type OrderNumber,
  type OrderTerms,
  type Reason,
  type Trail,
} from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { RunnerOrder } from "./order.ts";

/** Whether an intent says anything that needs terms. */
export function hasTerms(intent: OrderIntent): boolean {
  return (
    intent.parent !== undefined ||
    intent.oco !== undefined ||
    intent.goodTill !== undefined ||
    intent.callbackRate !== undefined ||
    intent.callbackDistance !== undefined ||
    intent.closePosition === true ||
    intent.goodAfter !== undefined ||
    intent.activation !== undefined ||
    intent.triggerBy !== undefined ||
    intent.selfTrade !== undefined
  );
}

/** Puts the terms onto the order. @returns why they cannot be, or null */
export function chooseTerms(core: Core, order: RunnerOrder, intent: OrderIntent): Reason | null {
  const { timeInForce, goodTill = null, goodAfter = null } = intent;
  const trail = order.type === "trailing_stop" ? trailOf(order, intent) : null;
  if (typeof trail === "string") return trail;
  const said = intent.callbackRate !== undefined || intent.callbackDistance !== undefined || intent.activation !== undefined;
  if (said && trail === null) return "bad_order_terms";
  if ((timeInForce === "GTD") !== (goodTill !== null) || isNoInstant(goodTill) || isNoInstant(goodAfter)) return "bad_order_terms";
  const parent = linkOf(core, order, intent.parent);
  const sibling = linkOf(core, order, intent.oco);
  if (parent === undefined || sibling === undefined) return "unknown_order";
  const terms: OrderTerms = {
    ...noTerms,
    goodTill: goodTill as Millis | null,
    goodAfter: goodAfter as Millis | null,
    trail,
    parent: parent?.order ?? null,
    // A sibling that is in a group already brings this one into the same.
    group: sibling === null ? null : (sibling.terms?.group ?? sibling.order),
    closePosition: intent.closePosition === true,
    triggerBy: intent.triggerBy ?? "last",
    selfTrade: intent.selfTrade ?? "none",
  };
  order.terms = terms;
  return null;
}

function isNoInstant(time: number | null): boolean {
  return time !== null && !(Number.isSafeInteger(time) && time > 0);
}

/** null: none is named. undefined: the one that is named was never sent from this desk, or is long over. */
function linkOf(core: Core, { desk }: RunnerOrder, intent: number | undefined): RunnerOrder | null | undefined {
  if (intent === undefined) return null;
  const found = desk.orderOfIntent(intent) ?? core.find(orderNumber(intent as IntentNumber, 0) as OrderNumber);
  // The orders of a route come and go: nothing can hang on one of them.
  return found !== undefined && found.desk === desk && found.route === null ? found : undefined;
}

function trailOf({ desk, side }: RunnerOrder, { callbackRate, callbackDistance, activation }: OrderIntent): Trail | Reason {
  const { instrument } = desk;
  if ((callbackRate === undefined) === (callbackDistance === undefined)) return "bad_order_terms";
  const at = activation === undefined ? null : instrument.priceFromNumber(activation, "nearest");
  if (activation !== undefined && at === null) return "bad_price";
  if (callbackRate !== undefined) {
    if (!(callbackRate > 0 && callbackRate < 1)) return "bad_order_terms";
    const rate = ratioOfNumber(callbackRate);
    const isSome = rate.numerator > 0 && rate.numerator < rate.denominator;
    return isSome ? { rate, distance: null, activation: at } : "bad_order_terms";
  }
  const distance = instrument.priceFromNumber(callbackDistance ?? 0, side === "buy" ? "up" : "down");
  return distance === null ? "bad_price" : { rate: null, distance, activation: at };
}
