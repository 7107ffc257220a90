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

const marketOrNull = fc.option(market, { nil: null });
const side = fc.constantFrom("buy", "sell");
const orderType = fc.constantFrom("market", "limit", "stop_market", "take_profit_limit", "trailing_stop");

const listedOrder = fc.record({
  order: fc.option(positive, { nil: null }),
  epoch: fc.option(count, { nil: null }),
  venueOrderId: id,
  side,
  leg,
  type: orderType,
  price: priceOrNull,
  trigger: priceOrNull,
  quantity: positive,
  filled: count,
  reduceOnly: fc.boolean(),
  family: fc.option(family, { nil: null }),
});

const foreignFill = fc.record({
  trade: id,
  cause: fc.constantFrom("trade", "liquidation", "deleveraging"),
  time: count,
  side,
  leg,
  price: positive,
  quantity: positive,
  fee: units,
});

const cashFlow = fc.record({
  cause: fc.constantFrom("funding", "transfer"),
  market: marketOrNull,
  leg: fc.option(leg, { nil: null }),
  time: count,
  currency: text,
  amount: units,
  text,
});

const filters = fc.record({ tick: text, step: text, minQuantity: codeOrNull, maxQuantity: codeOrNull, minNotional: codeOrNull });

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
    refusal: fc.option(fc.record(refusal), { nil: undefined }),
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
  strategy_verdict: kind<EventOf<"strategy_verdict">>("strategy_verdict", {
    ...stamp,
    market,
    verdict: fc.constantFrom("threw", "timed_out", "differed"),
    text,
  }),
  session_resumed: kind<EventOf<"session_resumed">>("session_resumed", {
    ...stamp,
    epoch: count,
    since: count,
    changed: fc.constantFrom("configuration", "code", null),
  }),
  bars_missed: kind<EventOf<"bars_missed">>("bars_missed", { ...stamp, market, series: fc.nat(3), from: count, to: count }),
  stream_gap: kind<EventOf<"stream_gap">>("stream_gap", { ...stamp, market: marketOrNull }),
  stream_resynced: kind<EventOf<"stream_resynced">>("stream_resynced", { ...stamp, market: marketOrNull }),
  data_checked: kind<EventOf<"data_checked">>("data_checked", {
    ...stamp,
    market,
    finding: fc.constantFrom(null, "missing", "revised", "clock_step"),
    stale: fc.boolean(),
    text,
  }),
  clock_checked: kind<EventOf<"clock_checked">>("clock_checked", { ...stamp, offset: units, slept: count }),
  open_orders_reported: kind<EventOf<"open_orders_reported">>("open_orders_reported", {
    ...stamp,
    market,
    orders: fc.array(listedOrder, { maxLength: 3 }),
    complete: fc.boolean(),
  }),
  fills_reported: kind<EventOf<"fills_reported">>("fills_reported", {
    ...stamp,
    market,
    fills: fc.array(filled, { maxLength: 3 }),
    foreign: fc.array(foreignFill, { maxLength: 3 }),
    complete: fc.boolean(),
  }),
  account_reported: kind<EventOf<"account_reported">>("account_reported", {
    ...stamp,
    positionMode: fc.constantFrom("one_way", "hedge"),
    leverage: fc.array(count, { maxLength: 3 }),
    balances: fc.dictionary(fc.constantFrom("USDC", "BTC"), text, { noNullPrototype: true }),
  }),
  cash_reported: kind<EventOf<"cash_reported">>("cash_reported", { ...stamp, balance: units, flows: fc.array(cashFlow, { maxLength: 3 }) }),
  snapshot_failed: kind<EventOf<"snapshot_failed">>("snapshot_failed", {
    ...stamp,
    ...refusal,
    question: fc.constantFrom("open_orders", "fills", "account", "rules"),
    market: marketOrNull,
  }),
  venue_status_changed: kind<EventOf<"venue_status_changed">>("venue_status_changed", {
    ...stamp,
    market: marketOrNull,
    status: fc.constantFrom("trading", "post_only", "limit_only", "cancel_only", "maintenance", "delisted"),
  }),
  rules_reported: kind<EventOf<"rules_reported">>("rules_reported", { ...stamp, market, filters }),
  fill_voided: kind<EventOf<"fill_voided">>("fill_voided", { ...head, trade: id, price: count, quantity: count, fee: count, feeCurrency: text }),
  funds_moved: kind<EventOf<"funds_moved">>("funds_moved", { ...stamp, currency: text, amount: units, text }),
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

const verdict = fc.constantFrom("threw" as const, "timed_out" as const);

const effects: { readonly [T in Effect["type"]]: fc.Arbitrary<EffectOf<T>> } = {
  submit_order: kind<EffectOf<"submit_order">>("submit_order", { request, reason }),
  cancel_order: kind<EffectOf<"cancel_order">>("cancel_order", { ...target, reason }),
  amend_order: kind<EffectOf<"amend_order">>("amend_order", { ...target, price: priceOrNull, trigger: priceOrNull, quantity: priceOrNull }),
  query_order: kind<EffectOf<"query_order">>("query_order", target),
  query_position: kind<EffectOf<"query_position">>("query_position", { market, leg }),
  set_timer: kind<EffectOf<"set_timer">>("set_timer", { timer: count, due: count }),
  strategy_failed: kind<EffectOf<"strategy_failed">>("strategy_failed", { market, verdict, hook: fc.constantFrom("onBar", "onFill"), text }),
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
    fill: fc.option(fc.record({ order: positive, trade: id }), { nil: undefined }),
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
  query_open_orders: kind<EffectOf<"query_open_orders">>("query_open_orders", { market }),
  query_fills: kind<EffectOf<"query_fills">>("query_fills", { market, since: count }),
  query_account: kind<EffectOf<"query_account">>("query_account", {}),
  query_cash: kind<EffectOf<"query_cash">>("query_cash", { since: count }),
  cash_synced: kind<EffectOf<"cash_synced">>("cash_synced", { market: marketOrNull, currency: text, amount: units, reason }),
  query_rules: kind<EffectOf<"query_rules">>("query_rules", { market }),
  order_adopted: kind<EffectOf<"order_adopted">>("order_adopted", { request, filled: count, reason }),
  foreign_seen: kind<EffectOf<"foreign_seen">>("foreign_seen", { market, what: fc.constantFrom("order", "fill"), id: text, reason }),
  risk_locked: kind<EffectOf<"risk_locked">>("risk_locked", { market: marketOrNull, reason, locked: fc.boolean() }),
  reconciled: kind<EffectOf<"reconciled">>("reconciled", {
    phase: fc.constantFrom("begun", "done", "blocked"),
    reason,
    adopted: count,
    fills: count,
    synced: count,
    foreign: count,
  }),
};

export const eventKinds = Object.entries(events) as unknown as [TapeEvent["type"], fc.Arbitrary<TapeEvent>][];
export const effectKinds = Object.entries(effects) as unknown as [Effect["type"], fc.Arbitrary<Effect>][];
export const anyEvent: fc.Arbitrary<TapeEvent> = fc.oneof(...eventKinds.map(([, arbitrary]) => arbitrary));
export const anyEffect: fc.Arbitrary<Effect> = fc.oneof(...effectKinds.map(([, arbitrary]) => arbitrary));
