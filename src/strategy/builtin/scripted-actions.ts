// The words of a scripted strategy: what an action may say, and the check of every action before the run. It must never
// accept a key that it does not know: a misspelt price would trade at another one.

import {
  isReason,
  nearestKey,
  type Family,
  type OrderIntent,
  type OrderType,
  type Reason,
  type Route,
  type SizingPolicy,
} from "../../domain/index.ts";

export type ScriptedVerb = "open" | "add" | "reduce" | "close" | "cancel" | "amend";

/** How an order is placed; every key is optional and stands for the OrderIntent field of its name. */
export interface ScriptedOrder {
  readonly type?: OrderType;
  readonly price?: number;
  readonly trigger?: number;
  /** Price and trigger as percent from the last close, -0.5 = half a percent below it: for bars that are not known beforehand. */
  readonly pricePercent?: number;
  readonly triggerPercent?: number;
  readonly postOnly?: boolean;
  readonly timeInForce?: "GTC" | "IOC" | "FOK" | "GTD" | "DAY";
  /** ms from the action on: the life of a GTD order, and how long an order waits at the venue before it arrives. */
  readonly goodFor?: number;
  readonly waitFor?: number;
  readonly callbackRate?: number;
  readonly callbackDistance?: number;
  readonly activation?: number;
  /** `id` of the action whose order this one is a child of, or cancels and is cancelled by. */
  readonly parent?: string;
  readonly oco?: string;
  readonly closePosition?: boolean;
  readonly triggerBy?: NonNullable<OrderIntent["triggerBy"]>;
  readonly selfTrade?: NonNullable<OrderIntent["selfTrade"]>;
  /** ms, or null = until cancelled. */
  readonly timeToLive?: number | null;
  readonly family?: Family;
  readonly allowMarketFallback?: boolean;
  readonly fallbackOnReject?: boolean;
  readonly fallbackOnTimeout?: boolean;
  readonly reverse?: boolean;
  readonly syncIfAbsent?: boolean;
  readonly sizing?: SizingPolicy;
  readonly route?: Route;
  /** `id` of the action whose order this one takes the place of. */
  readonly replaces?: string;
  readonly reason?: Reason;
  readonly tag?: string;
}

/** Which fill or failure sets off an action: of an order of that family, or of the order of that action. */
export interface ScriptedCause {
  readonly family?: Family;
  readonly id?: string;
  /** Fills: wait until the order is completely filled. @defaultValue false: its first fill */
  readonly complete?: boolean;
  /** Act each time, not only the first. @defaultValue false */
  readonly every?: boolean;
}

/** One line of the script. Exactly one of `bar`, `onFill` and `onReject` says when. */
export interface ScriptedAction {
  /** At the close of this row of the finest series. */
  readonly bar?: number;
  readonly onFill?: ScriptedCause;
  readonly onReject?: ScriptedCause;
  /** Absent: on every market of the session. */
  readonly symbol?: string;
  readonly do: ScriptedVerb;
  /** Not for cancel and amend. */
  readonly leg?: "LONG" | "SHORT";
  /** Base units; "filled" = the quantity of the fill that set it off. */
  readonly quantity?: number | "filled";
  readonly fraction?: number;
  readonly notional?: number;
  readonly order?: ScriptedOrder;
  /** A name for the order, for `cancel`, `amend`, `replaces` and causes of other actions. */
  readonly id?: string;
  /** cancel and amend: the `id` of the order. */
  readonly target?: string;
}

/** From bar `from` to bar `to`, both included, one of the strategy's permission hooks says no. */
export interface ScriptedRefusal {
  readonly from: number;
  readonly to: number;
  readonly what: "entries" | "closes";
  readonly reason?: Reason;
}

interface Problem {
  readonly key: string;
  readonly problem: string;
}

/** A check of one value: null when it is good, what it must be otherwise. */
type Check = (value: unknown) => string | null;

const verbs: readonly string[] = ["open", "add", "reduce", "close", "cancel", "amend"];
const families: readonly string[] = ["entry", "dca", "tp", "sl", "partial", "close", "revert", "liquidation", "operator"];
const orderTypes: readonly string[] = [
  "market",
  "limit",
  "stop_market",
  "stop_limit",
  "take_profit_market",
  "take_profit_limit",
  "trailing_stop",
  "market_on_close",
];

const oneOf = (words: readonly string[]): Check => {
  return (value) => (typeof value === "string" && words.includes(value) ? null : `must be one of ${words.join(", ")}`);
};
const number: Check = (value) => (typeof value === "number" && Number.isFinite(value) ? null : "must be a finite number");
const bar: Check = (value) => (Number.isInteger(value) && (value as number) >= 0 ? null : "must be a bar number, 0 or more");
const span: Check = (value) => (Number.isInteger(value) && (value as number) > 0 ? null : "must be whole ms above 0");
const text: Check = (value) => (typeof value === "string" && value !== "" ? null : "must be a text");
const flag: Check = (value) => (typeof value === "boolean" ? null : "must be true or false");
const reason: Check = (value) => (typeof value === "string" && isReason(value) ? null : "must be one of the known reasons");

const orderKeys: Readonly<Record<keyof ScriptedOrder, Check>> = {
  type: oneOf(orderTypes),
  price: number,
  trigger: number,
  pricePercent: number,
  triggerPercent: number,
  postOnly: flag,
  timeInForce: oneOf(["GTC", "IOC", "FOK", "GTD", "DAY"]),
  goodFor: span,
  waitFor: span,
  callbackRate: number,
  callbackDistance: number,
  activation: number,
  parent: text,
  oco: text,
  closePosition: flag,
  triggerBy: oneOf(["last", "mark"]),
  selfTrade: oneOf(["none", "expire_maker", "expire_taker", "expire_both"]),
  timeToLive: (value) => (value === null || (typeof value === "number" && value > 0) ? null : "must be ms above 0, or null"),
  family: oneOf(families),
  allowMarketFallback: flag,
  fallbackOnReject: flag,
  fallbackOnTimeout: flag,
  reverse: flag,
  syncIfAbsent: flag,
  sizing: oneOf(["explicit_qty", "delegate_notional", "runner_notional"]),
  route: oneOf(["plain", "limit-patience", "twap", "auto"]),
  replaces: text,
  reason,
  tag: text,
};

const causeKeys: Readonly<Record<keyof ScriptedCause, Check>> = { family: oneOf(families), id: text, complete: flag, every: flag };

const actionKeys: Readonly<Record<keyof ScriptedAction, Check>> = {
  bar,
  onFill: () => null,
  onReject: () => null,
  symbol: text,
  do: oneOf(verbs),
  leg: oneOf(["LONG", "SHORT"]),
  quantity: (value) => (value === "filled" ? null : number(value) && 'must be a finite number, or "filled"'),
  fraction: number,
  notional: number,
  order: () => null,
  id: text,
  target: text,
};

const refusalKeys: Readonly<Record<keyof ScriptedRefusal, Check>> = { from: bar, to: bar, what: oneOf(["entries", "closes"]), reason };

/** The first problem of a list of actions, or null. Names are checked too: an action may only point at one that exists. */
export function checkActions(actions: readonly unknown[]): Problem | null {
  const ids = new Set<unknown>(actions.map((action) => (isRecord(action) ? action["id"] : undefined)));
  for (const [at, action] of actions.entries()) {
    const problem = checkAction(action, `actions[${at}]`, ids);
    if (problem !== null) return problem;
  }
  return null;
}

export function checkRefusals(refusals: readonly unknown[]): Problem | null {
  for (const [at, refusal] of refusals.entries()) {
    const problem = checkRecord(refusal, `refuse[${at}]`, refusalKeys, ["from", "to", "what"]);
    if (problem !== null) return problem;
  }
  return null;
}

function checkAction(action: unknown, path: string, ids: ReadonlySet<unknown>): Problem | null {
  const shape = checkRecord(action, path, actionKeys, ["do"]);
  if (shape !== null || !isRecord(action)) return shape;
  const causes = (["onFill", "onReject"] as const).filter((key) => action[key] !== undefined);
  if (causes.length + (action["bar"] === undefined ? 0 : 1) !== 1) {
    return { key: path, problem: "must say when: exactly one of bar, onFill, onReject" };
  }
  for (const key of causes) {
    const cause = action[key];
    const problem = checkRecord(cause, `${path}.${key}`, causeKeys, []) ?? pointsAt(cause, "id", `${path}.${key}`, ids);
    if (problem !== null) return problem;
  }
  const order = action["order"];
  if (order !== undefined) {
    const problem = checkRecord(order, `${path}.order`, orderKeys, []) ?? pointsAtAll(order, ["replaces", "parent", "oco"], `${path}.order`, ids);
    if (problem !== null) return problem;
  }
  return checkVerb(action, path, ids);
}

function checkVerb(action: Readonly<Record<string, unknown>>, path: string, ids: ReadonlySet<unknown>): Problem | null {
  if (action["do"] === "cancel" || action["do"] === "amend") {
    if (action["target"] === undefined) return { key: path, problem: `needs a target: the id of the order to ${action["do"]}` };
    return pointsAt(action, "target", path, ids);
  }
  if (action["leg"] === undefined) return { key: path, problem: "needs a leg, LONG or SHORT" };
  if (action["quantity"] === "filled" && action["onFill"] === undefined) {
    return { key: `${path}.quantity`, problem: 'can be "filled" only with onFill' };
  }
  return null;
}

function pointsAtAll(record: unknown, keys: readonly string[], path: string, ids: ReadonlySet<unknown>): Problem | null {
  return keys.reduce<Problem | null>((found, key) => found ?? pointsAt(record, key, path, ids), null);
}

function pointsAt(record: unknown, key: string, path: string, ids: ReadonlySet<unknown>): Problem | null {
  const name = isRecord(record) ? record[key] : undefined;
  if (typeof name !== "string" || ids.has(name)) return null;
  const known = [...ids].filter((id) => typeof id === "string");
  const near = nearestKey(name, known);
  return { key: `${path}.${key}`, problem: `names no action: "${name}"${near === null ? "" : `, did you mean "${near}"?`}` };
}

/** Keys and values of one object against a table of checks. */
export function checkRecord(value: unknown, path: string, keys: Readonly<Record<string, Check>>, required: readonly string[]): Problem | null {
  if (!isRecord(value)) return { key: path, problem: "must be an object" };
  for (const key of Object.keys(value)) {
    const check = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (check === undefined) {
      const near = nearestKey(key, Object.keys(keys));
      return { key: `${path}.${key.slice(0, 40)}`, problem: near === null ? "is no known key" : `is no known key, did you mean "${near}"?` };
    }
    const problem = value[key] === undefined ? null : check(value[key]);
    if (problem !== null) return { key: `${path}.${key}`, problem };
  }
  const missing = required.find((key) => value[key] === undefined);
  return missing === undefined ? null : { key: path, problem: `needs "${missing}"` };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
