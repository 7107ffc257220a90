// Hands a session that has ended to the auditor: its records, the venue's tape, the equity curve and what its result says. It
// judges nothing itself, and none of the three readers sees another one's sums.

import type { BarSeries, VenueTapeEnd } from "../domain/index.ts";
import { venueTapeLines, type VirtualExchange } from "../exchange/virtual/index.ts";
import { Auditor, type AuditedResult, type AuditFrame, type RunRecord, type VenueTapeRead } from "../journal/index.ts";
import type { SimulationPlan } from "./plan.ts";
import type { SimulatedSession } from "./simulate.ts";

/** What of a run is told: its figures and rarer rows alone, or its rows of orders, fills and the ledger too. */
export type ToldOfRun = "figures" | "rows";

/**
 * The record of a session that has ended, with the auditor's word and the venue's tape. The journal is read once, for both.
 * @param told rows that nobody is told are neither made nor audited
 */
export function auditedRecord(plan: SimulationPlan, session: Pick<SimulatedSession, "venue" | "record">, told: ToldOfRun): RunRecord {
  const { venue } = session;
  const tape: VenueTapeRead | null = venue.tape === null ? null : { head: venue.tape.head, entries: venue.tape.entries, untold: untoldOf(venue) };
  const auditor = new Auditor(
    auditFrame(plan, (currency) => venue.scaleOf(currency)),
    tape,
  );
  const record = session.record((entry) => auditor.take(entry));
  return { ...record, audit: auditor.end({ curve: record.equity, result: resultOf(record, told) }), venueLines: () => tapeLines(venue) };
}

function resultOf({ rows, final, metrics }: RunRecord, told: ToldOfRun): AuditedResult {
  const skipped = rows.skipped.length;
  if (told === "figures") return { orders: null, fills: null, ledger: null, skipped, final, metrics };
  return { orders: rows.orders, fills: rows.fills, ledger: rows.ledger, skipped, final, metrics };
}

/** What the auditor must know of a plan. @param scaleOf decimals of a currency */
export function auditFrame(plan: SimulationPlan, scaleOf: (currency: string) => number): AuditFrame {
  const { profile, fill, markets } = plan;
  const settlement = markets[0]?.rules.settle ?? "";
  const { makerFee, takerFee, feeCurrency, fixedFee, charges, thirdCurrency } = profile;
  const currencies = new Set([settlement, ...Object.keys(plan.balances), ...markets.map(({ rules }) => rules.base)]);
  if (thirdCurrency !== null) currencies.add(thirdCurrency.currency);
  const lag = fill.latency === null ? 0 : fill.latency.dataMs + 2 * fill.latency.jitterMs;
  const interval = Math.max(...markets.map(({ series }) => series[0]?.interval ?? 0));
  return {
    mode: plan.positionMode,
    settlement,
    moneyScales: Object.fromEntries([...currencies].map((currency) => [currency, scaleOf(currency)])),
    markets: markets.map(({ rules, series, inside }) => {
      const [bars] = series as readonly [BarSeries];
      const scales = { price: bars.priceScale, quantity: bars.quantityScale, money: scaleOf(rules.settle) };
      return { rules, scales, bars, walked: inside ?? bars };
    }),
    fees: { makerFee, takerFee, feeCurrency, fixedFee, charges, thirdCurrency },
    balances: plan.balances,
    positions: plan.positions,
    tellingMs: lag + interval + (fill.delivery === "seeded" ? fill.deliveryWindow : 0),
  };
}

/** What the venue had still to tell. */
function untoldOf({ events }: VirtualExchange): VenueTapeRead["untold"] {
  const trades = new Set<number | string>();
  const legs = new Set<string>();
  for (const { event } of events.list()) {
    if (event.type === "order_filled") trades.add(event.trade);
    else if (event.type === "query_answered" || event.type === "fills_reported") for (const { trade } of event.fills) trades.add(trade);
    else if (event.type === "funding_paid" || event.type === "liquidated" || event.type === "auto_deleveraged")
      legs.add(`${event.market}/${event.leg}`);
  }
  return { trades, legs };
}

/** The venue's tape of a session that has ended, one JSON object a line. */
function* tapeLines(venue: VirtualExchange): Generator<string> {
  if (venue.tape === null) return;
  yield* venueTapeLines(venue.tape);
  const { trades, legs } = untoldOf(venue);
  const end: VenueTapeEnd = { type: "end", trades: [...trades], legs: [...legs] };
  yield JSON.stringify(end);
}
