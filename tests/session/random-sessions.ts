// Random scripted sessions under random faults, both deliveries, windows up to two bars, and what must hold of every run of
// them. It must never simulate anything itself.

import fc from "fast-check";
import { expect } from "vitest";

import { BarSeries, isReason, parseClientOrderId } from "../../src/domain/index.ts";
import type { RunRecord } from "../../src/journal/index.ts";
import type { SimulationPlan, Step } from "../../src/session/index.ts";
import type { ScriptedAction } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { barsOf, planOf, type Row } from "./plans.ts";

export const bars = 24;

/** A walk in cents around 100 with ranges wide enough to reach resting orders; volumes that sometimes bind. */
const candles = fc.array(
  fc.record({ move: fc.integer({ min: -150, max: 150 }), up: fc.nat(120), down: fc.nat(120), volume: fc.constantFrom(0, 5, 20, 1_000) }),
  { minLength: bars, maxLength: bars },
);

function rowsOf(steps: readonly { move: number; up: number; down: number; volume: number }[]): Row[] {
  let close = 10_000;
  return steps.map(({ move, up, down, volume }) => {
    const open = close;
    close = Math.max(5_000, close + move);
    const high = Math.max(open, close) + up;
    const low = Math.min(open, close) - down;
    return [open / 100, high / 100, low / 100, close / 100, volume];
  });
}

const style = fc.record(
  {
    type: fc.constantFrom("market", "limit", "stop_market", "stop_limit", "take_profit_market"),
    pricePercent: fc.integer({ min: -15, max: 15 }).map((n) => n / 10),
    triggerPercent: fc.integer({ min: -15, max: 15 }).map((n) => n / 10),
    postOnly: fc.boolean(),
    timeToLive: fc.constantFrom(null, 2_000, 60_000, 150_000),
    timeInForce: fc.constantFrom("GTC", "IOC", "FOK"),
    allowMarketFallback: fc.boolean(),
    fallbackOnReject: fc.boolean(),
    fallbackOnTimeout: fc.boolean(),
    reverse: fc.boolean(),
    syncIfAbsent: fc.boolean(),
    route: fc.constantFrom("plain", "limit-patience", "twap", "auto"),
  },
  { requiredKeys: ["type", "pricePercent", "triggerPercent", "allowMarketFallback", "fallbackOnReject", "fallbackOnTimeout"] },
);

const action = fc.record({
  bar: fc.nat(bars - 2),
  verb: fc.constantFrom("open", "open", "add", "reduce", "close", "cancel", "amend"),
  leg: fc.constantFrom("LONG", "SHORT"),
  quantity: fc.constantFrom(0.001, 0.5, 1, 3),
  order: style,
  target: fc.nat(20),
});

type Drawn = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** A script that passes its own checks: targets that exist, prices only where they mean something. */
function scriptOf(drawn: readonly Drawn[]): ScriptedAction[] {
  const trades = drawn.flatMap(({ verb }, at) => (verb === "cancel" || verb === "amend" ? [] : [`o${at}`]));
  if (trades.length === 0) return [];
  return drawn.map((one, at) => actionOf(one, at, trades[one.target % trades.length] as string));
}

function actionOf({ bar, verb, leg, quantity, order }: Drawn, at: number, target: string): ScriptedAction {
  if (verb === "cancel") return { bar, do: verb, target };
  if (verb === "amend") return { bar, do: verb, target, quantity, order: { pricePercent: order.pricePercent } };
  const { type, pricePercent, triggerPercent, timeInForce, postOnly, timeToLive, route, ...permissions } = order;
  const limited = type === "limit" || type === "stop_limit";
  return {
    bar,
    do: verb,
    leg: leg as "LONG",
    quantity,
    id: `o${at}`,
    order: {
      ...permissions,
      type: type as "limit",
      ...(type === "market" && route !== undefined ? { route: route as "twap" } : {}),
      ...(limited ? { pricePercent } : {}),
      ...(type === "market" || type === "limit" ? {} : { triggerPercent }),
      ...(type === "limit" && timeInForce !== undefined ? { timeInForce: timeInForce as "GTC" } : {}),
      ...(type === "limit" && timeInForce === undefined && postOnly !== undefined ? { postOnly } : {}),
      ...(type === "limit" && timeToLive !== undefined ? { timeToLive } : {}),
    },
  };
}

const fault: fc.Arbitrary<Step["action"]> = fc
  .record({
    kind: fc.constantFrom(
      "reject",
      "lose_reply",
      "lose_request",
      "reject_cancel",
      "lose_cancel_reply",
      "fill_during_cancel",
      "partial_fill",
      "close_position",
      "stop_new_orders",
      "resume",
    ),
    next: fc.integer({ min: 1, max: 3 }),
    applied: fc.boolean(),
    leg: fc.constantFrom("LONG", "SHORT"),
    part: fc.constantFrom(null, "0.5"),
    share: fc.constantFrom("0.1", "0.5"),
  })
  .map(({ kind, next, applied, leg, part, share }) => {
    const armed = { next, family: null, symbol: null };
    if (kind === "close_position") return { do: kind, leg: leg as "LONG", quantity: part, notify: applied };
    if (kind === "stop_new_orders" || kind === "resume") return { do: kind, text: "drawn" } as const;
    return { ...armed, do: kind, code: null, applied, share } as unknown as Step["action"];
  });

export const sessions = fc.record({
  candles,
  actions: fc.array(action, { minLength: 3, maxLength: 21 }),
  faults: fc.array(fc.record({ bar: fc.nat(bars - 1), fault }), { maxLength: 6 }),
  // A second market on the same bars, without those of these rows; null = one market.
  gaps: fc.option(fc.uniqueArray(fc.nat(bars - 1), { maxLength: 14 }), { nil: null }),
  mode: fc.constantFrom("hedge", "one_way"),
  window: fc.constantFrom(null, 500, 60_000, 120_000),
  seed: fc.nat(1_000),
  cap: fc.constantFrom(null, "0.1"),
  slip: fc.constantFrom(0, 30),
  patience: fc.constantFrom(4_000, 70_000, 120_000, 300_000),
  amend: fc.constantFrom("keep_id", "cancel_replace"),
});

export type Session = typeof sessions extends fc.Arbitrary<infer T> ? T : never;

const otherRules = { ...plainRules, symbol: "B/USDC:USDC", base: "B" };

function marketsOf(rows: readonly Row[], gaps: readonly number[] | null): SimulationPlan["markets"] {
  const market = { rules: plainRules, series: [barsOf(rows)] };
  const kept = rows.map((_, bar) => bar).filter((bar) => gaps?.includes(bar) === false);
  if (kept.length === 0) return [market];
  const { timeframe, interval, priceScale, quantityScale, time, open, high, low, close, volume } = barsOf(rows, { symbol: otherRules.symbol });
  const pick = (column: Float64Array) => Float64Array.from(kept, (bar) => column[bar] as number);
  const columns = { time: pick(time), open: pick(open), high: pick(high), low: pick(low), close: pick(close), volume: pick(volume) };
  return [
    market,
    { rules: otherRules, series: [new BarSeries({ symbol: otherRules.symbol, timeframe, interval, priceScale, quantityScale }, columns)] },
  ];
}

export function planFor({ candles: drawn, actions, faults, gaps, mode, window, seed, cap, slip, patience, amend }: Session): SimulationPlan {
  const routing = { patienceMs: patience, slices: 3 };
  const policy = { dcaOrderType: "limit" as const, maxPendingAdds: 2, maxEntrySlipBp: slip, fallback: { onReject: true, onTimeout: true }, routing };
  const plan = planOf({
    markets: marketsOf(rowsOf(drawn), gaps),
    actions: scriptOf(actions),
    script: { policy },
    mode: mode as "hedge",
    seed,
    balance: "100000",
    fill: { volumeCap: cap, ...(window === null ? {} : { delivery: "seeded", deliveryWindow: window }) },
    runner: { fallback: { onReject: true, onTimeout: true } },
    steps: faults.map(({ bar, fault: drawnFault }) => ({
      bar,
      symbol: plainRules.symbol,
      action: "leg" in drawnFault && mode === "one_way" ? { ...drawnFault, leg: "NET" as const } : drawnFault,
    })),
  });
  return { ...plan, profile: { ...plan.profile, amend: amend as "keep_id" } };
}

export const terminal = new Set(["FILLED", "CANCELED", "EXPIRED", "REJECTED", "NEVER_ARRIVED"]);

/** A line of a journal, as far as the checks read it. */
export interface Line {
  readonly type: string;
  readonly time: number;
  readonly bar: number;
  readonly order?: number;
  readonly status?: string;
  readonly market?: number;
  readonly request?: { readonly order: number; readonly market: number };
  readonly intent?: number;
  readonly reason?: string;
  readonly filled?: number;
  readonly quantity?: number;
}

export function linesOf(record: RunRecord): Line[] {
  return [...record.journalLines()].map((line) => JSON.parse(line) as Line);
}

/** Every attempt left once, every intent ends once or is visibly open. */
export function checkEnds(record: RunRecord): void {
  const lines = linesOf(record);
  const sent = lines.flatMap((line) => (line.type === "submit_order" ? [line.request?.order as number] : []));
  // I-04, I-05: every attempt left once.
  expect(new Set(sent).size).toBe(sent.length);
  const rows = new Map(record.rows.orders.map((row) => [parseClientOrderId(row.clientOrderId)?.order as number, row]));
  for (const order of sent) {
    const row = rows.get(order);
    const ends = lines
      .filter((line) => line.type === "order_settled" && line.order === order && terminal.has(line.status as string))
      .map((line) => line.status);
    // A late fill may turn one end into FILLED; nothing else follows an end.
    const late = ends.length === 2 && (ends[0] === "CANCELED" || ends[0] === "EXPIRED") && ends[1] === "FILLED";
    expect(ends.length <= 1 || late).toBe(true);
    const closed = ends.length > 0;
    expect(["SUBMITTED", "PARTIAL", "UNKNOWN", "QUARANTINED"].includes(row?.status ?? "")).toBe(!closed);
  }
  const skipped = lines.filter((line) => line.type === "intent_skipped" && line.reason !== "fallback_blocked").map((line) => line.intent);
  expect(new Set(skipped).size).toBe(skipped.length);
  const intents = new Set(sent.map((order) => Math.floor(order / 256)));
  expect(skipped.filter((intent) => intents.has(intent as number))).toEqual([]);
  checkWords(lines);
  // What waited for the venue and was given up there never left; a close of nothing is a SYNCED record, which names no intent.
  const held = lines.flatMap((line) => (line.type === "order_held" ? [Math.floor((line.request?.order as number) / 256)] : []));
  const known = new Set([...intents, ...held, ...(skipped as number[])]);
  const synced = lines.filter((line) => line.type === "position_synced" && line.reason === "exchange_no_position_before_close").length;
  const silent = Array.from({ length: Math.max(0, ...known) }, (_, at) => at + 1).filter((intent) => !known.has(intent));
  expect(silent.length).toBeLessThanOrEqual(synced);
}

/** I-12: every end, skip and lock has a reason of the closed list. */
function checkWords(lines: ReturnType<typeof linesOf>): void {
  for (const { type, reason } of lines) {
    if (type === "order_settled" || type === "intent_skipped" || type === "route_ended" || type === "risk_locked" || type === "position_synced")
      expect([type, isReason(reason as string)]).toEqual([type, true]);
  }
}

/** What filled is what the rows say, and never more than was ordered. */
export function checkFills({ rows }: RunRecord): void {
  const filled = new Map<string, number>();
  for (const { clientOrderId, quantity } of rows.fills)
    filled.set(clientOrderId, (filled.get(clientOrderId) ?? 0) + Math.round(Number(quantity) * 1_000));
  for (const order of rows.orders) {
    const units = filled.get(order.clientOrderId) ?? 0;
    const whole = Math.round(Number(order.quantity) * 1_000);
    expect(units).toBeLessThanOrEqual(whole);
    if (order.status === "FILLED" || order.status === "REVERTED") expect(units).toBe(whole);
    if (order.status === "REJECTED" || order.status === "NEVER_ARRIVED") expect(units).toBe(0);
  }
}

/** Routed intents: one order out at a time, never more than was asked for, one end that the venue's fills do not exceed. */
export function checkRoutes(record: RunRecord): void {
  const lines = linesOf(record);
  const out = new Map<number, number>();
  const planned = new Map(lines.flatMap((line) => (line.type === "route_planned" ? [[line.intent as number, line.quantity as number]] : [])));
  const ended = new Set<number>();
  for (const line of lines) {
    const order = line.type === "submit_order" ? line.request?.order : line.order;
    const intent = order === undefined ? line.intent : Math.floor(order / 256);
    if (intent === undefined || !planned.has(intent)) continue;
    if (line.type === "submit_order") {
      expect([out.get(intent), ended.has(intent)]).toEqual([undefined, false]);
      out.set(intent, order as number);
    } else if (line.type === "order_settled" && terminal.has(line.status as string) && out.get(intent) === order) out.delete(intent);
    else if (line.type === "route_ended") {
      expect([out.get(intent), ended.has(intent)]).toEqual([undefined, false]);
      expect(line.filled).toBeLessThanOrEqual(planned.get(intent) as number);
      expect(line.reason === "filled").toBe(line.filled === planned.get(intent));
      ended.add(intent);
    }
  }
  expect(record.rows.routes.map(({ reason }) => reason !== null)).toEqual([...planned.keys()].map((intent) => ended.has(intent)));
  for (const { filled, quantity } of record.rows.routes) expect(Number(filled)).toBeLessThanOrEqual(Number(quantity));
}

/** No market order is stuck, but for one that must be in quarantine: a position that another hand closed looks as if it had filled. */
// Lost, asked about twice, answered two bars late each time: twelve bars are enough for all of it.
export function checkLiveness({ rows }: RunRecord, { steps }: Pick<SimulationPlan, "steps">): void {
  const own = rows.orders.filter((order) => order.symbol === plainRules.symbol);
  const contradicted = steps.some(({ action }) => action.do === "close_position");
  const over = new Set([...terminal, "REVERTED", ...(contradicted ? ["QUARANTINED"] : [])]);
  const stuck = own.filter((order) => order.type === "market" && !over.has(order.status) && order.bar < bars - 12);
  expect(stuck).toEqual([]);
}
