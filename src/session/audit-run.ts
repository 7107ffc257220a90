// Hands a session that has ended to the auditor: its records, the venue's tape, the equity curve and what its result says. It
// judges nothing itself, and none of the three readers sees another one's sums.

import type { BarSeries, VenueTapeEnd } from "../domain/index.ts";
import { venueTapeLines, type VirtualExchange } from "../exchange/virtual/index.ts";
import { Auditor, readTape, type AuditFrame, type AuditReport, type RunRecord, type VenueTapeRead } from "../journal/index.ts";
import type { SimulationPlan } from "./plan.ts";
import type { SimulatedSession } from "./simulate.ts";

/** The record of a session that has ended, with the auditor's word and the venue's tape. Its records must not be given back yet. */
export function withAudit(plan: SimulationPlan, session: Pick<SimulatedSession, "venue" | "journal">, record: RunRecord): RunRecord {
  return { ...record, audit: auditRun(plan, session, record), venueLines: () => tapeLines(session.venue) };
}

function auditRun(plan: SimulationPlan, session: Pick<SimulatedSession, "venue" | "journal">, record: RunRecord): AuditReport {
  const { venue, journal } = session;
  const { rows, final, metrics, equity } = record;
  const result = { orders: rows.orders, fills: rows.fills, skipped: rows.skipped.length, ledger: rows.ledger, final, metrics };
  const tape: VenueTapeRead | null = venue.tape === null ? null : { head: venue.tape.head, entries: venue.tape.entries, untold: untoldOf(venue) };
  const auditor = new Auditor(
    auditFrame(plan, (currency) => venue.scaleOf(currency)),
    { venue: tape, curve: equity, result },
  );
  readTape(journal.tape, (entry) => auditor.take(entry));
  return auditor.end();
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
