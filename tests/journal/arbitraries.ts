// Arbitraries for every event and effect that a tape can hold. A kind that is missing here fails to compile.

import fc from "fast-check";

import { reasons, type Effect, type Event, type OrderFilled, type OrderRequest } from "../../src/domain/index.ts";

export type TapeEvent = Exclude<Event, { type: "bar_closed" }>;

export const marketCount = 3;

/** Numbers of a brand are plain numbers: the arbitraries speak of values, the casts of names. */
const around32Bits = fc.integer({ min: 2 ** 31 - 3, max: 2 ** 31 + 3 });
const units = fc.oneof(
  fc.integer({ min: -900, max: 900 }),
  around32Bits,
  around32Bits.map((value) => -value),
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
) as fc.Arbitrary<never>;
const positive = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 900 }) },
  { weight: 1, arbitrary: around32Bits },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 52 }) },
) as fc.Arbitrary<never>;
const price = positive;
const priceOrNull = fc.option(positive, { nil: null });
const count = fc.oneof(fc.nat(9), fc.nat(90_000), fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 45 })) as fc.Arbitrary<never>;
const market = fc.nat(marketCount - 1) as fc.Arbitrary<never>;
const text = fc.string({ maxLength: 12 });
const codeOrNull = fc.option(text, { nil: null });
const reason = fc.constantFrom(...reasons);
const leg = fc.constantFrom("LONG", "SHORT", "NET");
const direction = fc.constantFrom("LONG", "SHORT");
const id = fc.oneof(positive as fc.Arbitrary<number>, text);
const family = fc.constantFrom("entry", "dca", "tp", "sl", "partial", "close", "revert", "liquidation", "operator");
const status = fc.constantFrom("NEW", "SUBMITTED", "PARTIAL", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "UNKNOWN", "NEVER_ARRIVED", "QUARANTINED");

const stamp = { time: count, sequence: count };
const head = { ...stamp, market, order: positive };

function kind<T extends { readonly type: string }>(
  type: T["type"],
  fields: { readonly [K in Exclude<keyof T, "type">]: fc.Arbitrary<unknown> },
): fc.Arbitrary<T> {
  return fc.record({ type: fc.constant(type), ...fields }) as unknown as fc.Arbitrary<T>;
}

type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
type EffectOf<T extends Effect["type"]> = Extract<Effect, { type: T }>;

const filled = kind<OrderFilled>("order_filled", {
  ...head,
  trade: id,
  price,
  quantity: positive,
  fee: units,
  feeCurrency: text,
  liquidity: fc.constantFrom("maker", "taker"),
  cumulative: positive,
});

const refusal = {
  reason,
  code: codeOrNull,
  message: codeOrNull,
  ccxtClass: fc.constantFrom("InvalidOrder", "DDoSProtection", null),
  limit: fc.option(fc.record({ status: fc.constantFrom(200, 403, 418, 429), until: count, banned: fc.boolean() }), { nil: null }),
};

const events: { readonly [T in TapeEvent["type"]]: fc.Arbitrary<EventOf<T>> } = {
  order_acknowledged: kind<EventOf<"order_acknowledged">>("order_acknowledged", { ...head, venueOrderId: id }),
  order_rejected: kind<EventOf<"order_rejected">>("order_rejected", { ...head, ...refusal }),
  order_unknown: kind<EventOf<"order_unknown">>("order_unknown", { ...head, request: fc.constantFrom("submit", "cancel", "amend") }),
  order_filled: filled,
  order_canceled: kind<EventOf<"order_canceled">>("order_canceled", { ...head, cumulative: count }),
  order_expired: kind<EventOf<"order_expired">>("order_expired", { ...head, cumulative: count, reason }),
  cancel_rejected: kind<EventOf<"cancel_rejected">>("cancel_rejected", { ...head, ...refusal }),
  order_amended: kind<EventOf<"order_amended">>("order_amended", { ...head, price: priceOrNull, trigger: priceOrNull, quantity: positive }),
  amend_rejected: kind<EventOf<"amend_rejected">>("amend_rejected", { ...head, ...refusal }),
  query_answered: kind<EventOf<"query_answered">>("query_answered", {
    ...head,
    status: fc.option(status, { nil: null }),
    venueOrderId: fc.option(id, { nil: null }),
    cumulative: count,
    fills: fc.array(filled, { maxLength: 3 }),
  }),
  query_rejected: fc.oneof(
    kind<EventOf<"query_rejected">>("query_rejected", { ...head, ...refusal, leg: fc.constant(null) }),
    kind<EventOf<"query_rejected">>("query_rejected", { ...head, ...refusal, order: fc.constant(null), leg }),
  ),
  auto_deleveraged: kind<EventOf<"auto_deleveraged">>("auto_deleveraged", {
    ...stamp,
    market,
    leg,
    side: fc.constantFrom("buy", "sell"),
    quantity: positive,
    price,
    fee: units,
    left: units,
  }),
  position_reported: kind<EventOf<"position_reported">>("position_reported", {
    ...stamp,
    market,
    leg,
    quantity: units,
    entryPrice: codeOrNull,
    external: fc.boolean(),
  }),
  account_insolvent: kind<EventOf<"account_insolvent">>("account_insolvent", { ...stamp, market, equity: units, maintenance: units }),
  funding_paid: kind<EventOf<"funding_paid">>("funding_paid", {
    ...stamp,
    market,
    leg,
    quantity: units,
    rate: units,
    rateScale: fc.integer({ min: 0, max: 15 }),
    mark: price,
    source: fc.constantFrom("mark", "last"),
    amount: units,
  }),
  liquidated: kind<EventOf<"liquidated">>("liquidated", {
    ...stamp,
    market,
    leg,
    side: fc.constantFrom("buy", "sell"),
    quantity: positive,
    price,
    fee: count,
    insurance: units,
    left: units,
    equity: units,
    maintenance: units,
    takeover: fc.boolean(),
  }),
  timer_fired: kind<EventOf<"timer_fired">>("timer_fired", { ...stamp, timer: count }),
  operator_command: kind<EventOf<"operator_command">>("operator_command", {
    ...stamp,
    command: fc.constantFrom("stop_new_orders", "kill", "resume", "halt"),
    text,
  }),
  strategy_verdict: kind<EventOf<"strategy_verdict">>("strategy_verdict", { ...stamp, market, verdict: fc.constant("threw"), text }),
};

const request = fc.record({
  order: positive,
  market,
  side: fc.constantFrom("buy", "sell"),
  leg,
  family,
  type: fc.constantFrom(
    "market",
    "limit",
    "stop_market",
    "stop_limit",
    "take_profit_market",
    "take_profit_limit",
    "trailing_stop",
    "market_on_close",
  ),
  quantity: positive,
  price: priceOrNull,
  trigger: priceOrNull,
  timeInForce: fc.constantFrom("GTC", "GTD", "IOC", "FOK", "PO", "DAY"),
  reduceOnly: fc.boolean(),
  timeToLive: fc.option(count, { nil: null }),
  replaces: fc.option(positive, { nil: null }),
  terms: fc.option(
    fc.record({
      goodTill: fc.option(count, { nil: null }),
      goodAfter: fc.option(count, { nil: null }),
      trail: fc.option(
        fc.record({
          rate: fc.option(fc.record({ numerator: positive, denominator: positive }), { nil: null }),
          distance: priceOrNull,
          activation: priceOrNull,
        }),
        { nil: null },
      ),
      parent: fc.option(positive, { nil: null }),
      group: fc.option(positive, { nil: null }),
      closePosition: fc.boolean(),
      triggerBy: fc.constantFrom("last", "mark"),
      selfTrade: fc.constantFrom("none", "expire_maker", "expire_taker", "expire_both"),
    }),
    { nil: null },
  ),
}) as unknown as fc.Arbitrary<OrderRequest>;

const target = { order: positive, market };

const effects: { readonly [T in Effect["type"]]: fc.Arbitrary<EffectOf<T>> } = {
  submit_order: kind<EffectOf<"submit_order">>("submit_order", { request, reason }),
  cancel_order: kind<EffectOf<"cancel_order">>("cancel_order", { ...target, reason }),
  amend_order: kind<EffectOf<"amend_order">>("amend_order", { ...target, price: priceOrNull, trigger: priceOrNull, quantity: priceOrNull }),
  query_order: kind<EffectOf<"query_order">>("query_order", target),
  query_position: kind<EffectOf<"query_position">>("query_position", { market, leg }),
  set_timer: kind<EffectOf<"set_timer">>("set_timer", { timer: count, due: count }),
  alert: kind<EffectOf<"alert">>("alert", { level: fc.constantFrom("info", "warning", "error"), text }),
  halt: kind<EffectOf<"halt">>("halt", { reason, text }),
  intent_skipped: kind<EffectOf<"intent_skipped">>("intent_skipped", {
    intent: positive,
    market,
    kind: fc.constantFrom("HOLD", "OPEN", "ADD", "CLOSE", "PARTIAL_CLOSE", "SYNC_STATE"),
    side: direction,
    family,
    reason,
  }),
  order_held: kind<EffectOf<"order_held">>("order_held", { request, reason, until: count }),
  order_settled: kind<EffectOf<"order_settled">>("order_settled", { ...target, status: fc.oneof(status, fc.constant("REVERTED")), reason }),
  ledger_entry: kind<EffectOf<"ledger_entry">>("ledger_entry", {
    ...target,
    leg,
    quantity: positive,
    gross: units,
    entryFee: units,
    exitFee: units,
    net: units,
    cumulative: units,
  }),
  position_synced: kind<EffectOf<"position_synced">>("position_synced", {
    market,
    leg,
    status: fc.constantFrom("SYNCED", "REVERTED"),
    quantity: units,
    reason,
  }),
  route_planned: kind<EffectOf<"route_planned">>("route_planned", {
    intent: positive,
    market,
    route: fc.constantFrom("limit-patience", "twap"),
    quantity: positive,
    slices: fc.integer({ min: 1, max: 80 }),
  }),
  order_routed: kind<EffectOf<"order_routed">>("order_routed", {
    ...target,
    slice: fc.integer({ min: 1, max: 80 }),
    stage: fc.integer({ min: 1, max: 3 }),
    predictedSlippage: fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
  }),
  route_ended: kind<EffectOf<"route_ended">>("route_ended", { intent: positive, market, filled: count, reason }),
};

export const eventKinds = Object.entries(events) as unknown as [TapeEvent["type"], fc.Arbitrary<TapeEvent>][];
export const effectKinds = Object.entries(effects) as unknown as [Effect["type"], fc.Arbitrary<Effect>][];
export const anyEvent: fc.Arbitrary<TapeEvent> = fc.oneof(...eventKinds.map(([, arbitrary]) => arbitrary));
export const anyEffect: fc.Arbitrary<Effect> = fc.oneof(...effectKinds.map(([, arbitrary]) => arbitrary));
