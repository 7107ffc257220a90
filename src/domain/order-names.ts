// The names of an order, one shared object for each combination that occurs: who handles an order reads a pointer and small
// numbers where it would copy and compare six words. Nothing in which two orders of the same names may differ belongs here.

import { isRiskIncrease, type Family, type Leg, type OrderRequest, type OrderType, type Side, type TimeInForce } from "./order.ts";

/** Everything about an order that is a word. */
export type OrderWords = Pick<OrderRequest, "side" | "leg" | "family" | "type" | "timeInForce" | "reduceOnly">;

/**
 * The words, and what follows from them. Facts that are true or not are 1 and 0, because the truth of a number is two
 * instructions and that of anything else a dozen.
 */
export class OrderNames implements OrderWords {
  declare readonly side: Side;
  declare readonly leg: Leg;
  declare readonly family: Family;
  declare readonly type: OrderType;
  declare readonly timeInForce: TimeInForce;
  declare readonly reduceOnly: boolean;
  /** All of them in 15 bits, the same in every process (see `codeOf`); -1 where a word is none of ours. */
  declare readonly code: number;
  /** +1 buy, -1 sell. */
  declare readonly direction: 1 | -1;
  /** Its family can enlarge exposure. */
  declare readonly increases: 0 | 1;
  /** Bound by a position, as far as names say: reduce-only, or the closing side of a hedge leg. */
  declare readonly closes: 0 | 1;
  /** A take-profit or stop that rests at the venue. */
  declare readonly protects: 0 | 1;
  /** The prices that it carries: 1 a limit, 2 a trigger; -1 where the life does not go with the type. */
  declare readonly prices: -1 | 0 | 1 | 2 | 3;
  /** +1 when a falling price sets off its trigger, -1 when a rising one does. */
  declare readonly wakesOn: 1 | -1;
  /** Of a leg of hedge mode. */
  declare readonly hedges: 0 | 1;
  /** It says nothing without terms: a trailing stop, a life to an instant. */
  declare readonly needsTerms: 0 | 1;
  /** Post-only. */
  declare readonly passive: 0 | 1;
  /** It never rests: immediate or cancel, fill or kill. */
  declare readonly fleeting: 0 | 1;
  /** It belongs to a trading day: by its life, or as an order at the close. */
  declare readonly daily: 0 | 1;
  /** By place in `timesInForce`: what `lasting` has been asked for. */
  private readonly lives: (OrderNames | undefined)[] = [];

  constructor({ side, leg, family, type, timeInForce, reduceOnly }: OrderWords) {
    this.side = side;
    this.leg = leg;
    this.family = family;
    this.type = type;
    this.timeInForce = timeInForce;
    this.reduceOnly = reduceOnly;
    this.code = codeOf(this);
    this.direction = side === "buy" ? 1 : -1;
    this.increases = isRiskIncrease(family) ? 1 : 0;
    this.closes = reduceOnly || (leg === "LONG" && side === "sell") || (leg === "SHORT" && side === "buy") ? 1 : 0;
    this.protects = (family === "tp" || family === "sl") && type !== "market" ? 1 : 0;
    this.prices = pricesOf(type, timeInForce);
    const takesProfit = type === "take_profit_market" || type === "take_profit_limit";
    this.wakesOn = takesProfit === (side === "buy") ? 1 : -1;
    this.hedges = leg === "NET" ? 0 : 1;
    this.needsTerms = type === "trailing_stop" || timeInForce === "GTD" ? 1 : 0;
    this.passive = timeInForce === "PO" ? 1 : 0;
    this.fleeting = timeInForce === "IOC" || timeInForce === "FOK" ? 1 : 0;
    this.daily = timeInForce === "DAY" || type === "market_on_close" ? 1 : 0;
    Object.freeze(this);
  }

  /** The same with another life. */
  lasting(timeInForce: TimeInForce): OrderNames {
    if (timeInForce === this.timeInForce) return this;
    const place = timeInForce === "PO" ? 4 : timesInForce.indexOf(timeInForce);
    const { side, leg, family, type, reduceOnly } = this;
    return (this.lives[place] ??= namesOf({ side, leg, family, type, timeInForce, reduceOnly }));
  }
}

// A position in a list here is part of the journal's format: append, never reorder.
export const sides: readonly Side[] = ["buy", "sell"];
export const legs: readonly Leg[] = ["LONG", "SHORT", "NET"];
export const families: readonly Family[] = ["entry", "dca", "tp", "sl", "partial", "close", "revert", "liquidation", "operator"];
export const orderTypes: readonly OrderType[] = [
  "market",
  "limit",
  "stop_market",
  "stop_limit",
  "take_profit_market",
  "take_profit_limit",
  "trailing_stop",
  "market_on_close",
];
export const timesInForce: readonly TimeInForce[] = ["GTC", "GTD", "IOC", "FOK", "PO", "DAY"];

const known: (OrderNames | undefined)[] = [];

/** The shared object of an order's words. Words that are none of ours get one of their own. */
export function namesOf(words: OrderWords): OrderNames {
  const code = codeOf(words);
  if (code < 0) return new OrderNames(words);
  return (known[code] ??= new OrderNames(words));
}

/** Side in the first bit, reduce-only in the second, then leg (2 bits), life (3), type (4) and family (4). */
function codeOf({ side, leg, family, type, timeInForce, reduceOnly }: OrderWords): number {
  const places = [sides.indexOf(side), legs.indexOf(leg), timesInForce.indexOf(timeInForce), orderTypes.indexOf(type), families.indexOf(family)];
  if (places.includes(-1)) return -1;
  const [ofSide = 0, ofLeg = 0, ofLife = 0, ofType = 0, ofFamily = 0] = places;
  return ofSide | (reduceOnly ? 2 : 0) | (ofLeg << 2) | (ofLife << 4) | (ofType << 7) | (ofFamily << 11);
}

function pricesOf(type: OrderType, timeInForce: TimeInForce): OrderNames["prices"] {
  const limited = type === "limit" || type === "stop_limit" || type === "take_profit_limit";
  const triggered = type !== "limit" && type !== "market" && type !== "market_on_close";
  if (timeInForce === "PO" && !limited) return -1;
  if (type === "market_on_close" && timeInForce !== "GTC" && timeInForce !== "DAY") return -1;
  return limited ? (triggered ? 3 : 1) : triggered ? 2 : 0;
}
