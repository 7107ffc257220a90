// The gates that an intent passes before it is an order, in the order in which the runner asks them (runner/intake.ts and
// runner/gates.ts): a table of their names and of the reasons that each refuses with. It decides nothing.

import type { IntentKind, OrderIntent, OrderType, Reason } from "../../domain/index.ts";
import type { IntentNote } from "../../session/index.ts";

/** What decides which gates stand in an intent's way. */
export interface Asked {
  readonly kind: IntentKind;
  readonly intent: OrderIntent;
  readonly type: OrderType;
  readonly asksPermission: boolean;
  /** Entry slots that markets compete for; null: none. */
  readonly topN: number | null;
  /** Whether the operator has set caps. */
  readonly capped: boolean;
}

interface Gate {
  readonly name: string;
  readonly reasons: readonly Reason[];
  /** Whether it is asked at all. */
  readonly asked: (asked: Asked) => boolean;
  /** Asked again for later orders of the same intent: a fallback, a stage of a route. */
  readonly again: boolean;
}

const always = (): boolean => true;
const increases = ({ kind }: Asked): boolean => kind === "OPEN" || kind === "ADD";
const termFields = ["parent", "oco", "goodTill", "goodAfter", "callbackRate", "callbackDistance", "activation", "triggerBy", "selfTrade"] as const;

const gates: readonly Gate[] = [
  { name: "session", reasons: ["halted", "warm_up"], asked: always, again: true },
  { name: "contract", reasons: ["bad_intent", "missing_dca_order_style"], asked: always, again: false },
  { name: "size", reasons: ["missing_explicit_qty"], asked: always, again: false },
  {
    name: "position and pending",
    reasons: ["already_positioned", "position_pending", "dca_without_position", "no_position"],
    asked: always,
    again: false,
  },
  { name: "operator's stop", reasons: ["stop_new_orders", "kill", "dca_stop_new_orders"], asked: increases, again: true },
  { name: "open outcomes", reasons: ["unresolved_outcome"], asked: increases, again: true },
  { name: "the venue's request limits", reasons: ["rate_limited"], asked: increases, again: true },
  { name: "entry slots", reasons: ["not_in_top_n"], asked: ({ kind, topN }) => kind === "OPEN" && topN !== null, again: true },
  {
    name: "the strategy's own permission",
    reasons: ["strategy_cannot_submit", "strategy_cannot_close"],
    asked: ({ asksPermission }) => asksPermission,
    again: true,
  },
  { name: "backoff", reasons: ["strategy_execution_backoff"], asked: increases, again: true },
  {
    name: "order terms",
    reasons: ["bad_order_terms", "unknown_order"],
    asked: ({ intent }) => intent.closePosition === true || termFields.some((field) => intent[field] !== undefined),
    again: false,
  },
  {
    name: "price",
    reasons: ["missing_price", "missing_trigger", "bad_price", "post_only_unpriceable"],
    asked: ({ type }) => type !== "market" && type !== "market_on_close",
    again: false,
  },
  {
    name: "quantity",
    reasons: ["bad_quantity", "rounds_to_zero", "below_min_quantity", "below_min_notional", "above_max_quantity", "reduce_exceeds_position"],
    asked: always,
    again: false,
  },
  {
    name: "risk",
    reasons: ["max_order_notional", "max_position_notional", "max_open_orders", "max_orders_per_minute"],
    asked: (asked) => increases(asked) && asked.capped,
    again: true,
  },
];

/** What a strategy's permission hook may say of its own; the gate of every reason that no other gate has. */
const ownWord = "the strategy's own permission";
/** The gates that a fallback or a stage asks again, as one. */
const againWord = "the gates before the market order that stands in";

/** Names of the gates that an intent has passed to become an order. @param again for a later order of it */
export function gatesPassed(asked: Asked, again: boolean): string[] {
  return gates.filter((gate) => (!again || gate.again) && gate.asked(asked)).map(({ name }) => name);
}

/** Names of the gates up to the one that refused an intent, that one last. @param asked null where nobody noted what was asked */
export function gatesUntil(asked: Asked | null, reason: Reason): string[] {
  if (reason === "fallback_blocked") return [againWord];
  const refusing = gates.find(({ reasons }) => reasons.includes(reason))?.name ?? ownWord;
  if (asked === null) return [refusing];
  const at = gates.findIndex(({ name }) => name === refusing);
  return [...gates.slice(0, at).filter((gate) => gate.asked(asked)), { name: refusing }].map(({ name }) => name);
}

const verbs: Readonly<Record<IntentKind, string>> = {
  HOLD: "hold",
  OPEN: "open",
  ADD: "enlarge",
  CLOSE: "close",
  PARTIAL_CLOSE: "reduce",
  SYNC_STATE: "follow",
};

/** What was asked for, in a sentence: "onFill asked to reduce LONG by 1, limit at 102, family tp: take_profit". */
export function intentText({ kind, hook, intent }: IntentNote, reason: Reason): string {
  const { side, family, tag, orderType, price, trigger } = intent;
  const order = [
    ...(orderType === undefined ? [] : [orderType]),
    ...(price === undefined ? [] : [`at ${price}`]),
    ...(trigger === undefined ? [] : [`once ${trigger} is reached`]),
  ].join(" ");
  const parts = [
    `${verbs[kind]} ${side}${sizeText(kind, intent)}`,
    ...(order === "" ? [] : [order]),
    ...(family === undefined ? [] : [`family ${family}`]),
  ];
  return `${hook} asked to ${parts.join(", ")}: ${reason}${tag === undefined ? "" : `, “${tag}”`}`;
}

function sizeText(kind: IntentKind, { quantity, fraction, notional }: OrderIntent): string {
  if (fraction !== undefined) return ` by ${fraction} of the position`;
  if (quantity !== undefined) return kind === "PARTIAL_CLOSE" || kind === "ADD" ? ` by ${quantity}` : ` ${quantity}`;
  if (notional !== undefined) return ` for ${notional}`;
  return kind === "CLOSE" ? ", all of it" : "";
}
