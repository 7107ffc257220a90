// A run's rows as lines in the order of time, so that a failed expectation can show what happened around its bar.

import type {
  FillDetail,
  FundingRow,
  LedgerRow,
  LiquidationRow,
  OrderRow,
  RestartRow,
  RouteRow,
  RunRows,
  SkipRow,
  SyncRow,
  UnprotectedRow,
} from "../journal/rows.ts";

export interface TimelineLine {
  readonly bar: number;
  readonly time: number;
  readonly text: string;
}

const reach = 2;
const longest = 12;

/** The records within two bars of `bar`, at most twelve lines, the nearest kept. */
export function recordsAround(rows: RunRows, bar: number): string[] {
  const near = timeline(rows).filter((line) => Math.abs(line.bar - bar) <= reach);
  while (near.length > longest) {
    const first = Math.abs((near[0]?.bar ?? bar) - bar);
    const last = Math.abs((near.at(-1)?.bar ?? bar) - bar);
    if (first > last) near.shift();
    else near.pop();
  }
  return near.map((line) => `bar ${line.bar}: ${line.text}`);
}

export function timeline(rows: RunRows): TimelineLine[] {
  const line = (row: { readonly bar: number; readonly time: number }, text: string): TimelineLine => ({ bar: row.bar, time: row.time, text });
  const lines = [
    ...rows.orders.map((row) => line(row, printOrder(row))),
    ...rows.routes.map((row) => line(row, printRoute(row))),
    ...rows.fills.map((row) => line(row, printFill(row))),
    ...rows.funding.map((row) => line(row, printFunding(row))),
    ...rows.liquidations.map((row) => line(row, printLiquidation(row))),
    ...rows.unprotected.map((row) => line(row, printUnprotected(row))),
    ...rows.ledger.map((row) => line(row, printLedger(row))),
    ...rows.skipped.map((row) => line(row, printSkip(row))),
    ...rows.synced.map((row) => line(row, printSync(row))),
    ...rows.restarts.map((row) => line(row, printRestart(row))),
    ...rows.alerts.map((row) => line(row, `${row.level} alert: ${row.text}`)),
    ...(rows.halt === null ? [] : [line(rows.halt, `halt: ${rows.halt.reason}, ${rows.halt.text}`)]),
  ];
  // Stable: of equal bar and time the kinds keep the order above.
  return lines.sort((a, b) => a.bar - b.bar || a.time - b.time);
}

export function printOrder(row: OrderRow): string {
  const at = row.price === null ? "" : ` at ${row.price}`;
  const trigger = row.trigger === null ? "" : ` trigger ${row.trigger}`;
  const what = `${row.family} ${row.type} ${row.side} ${row.quantity} ${row.symbol} ${row.leg}`;
  const said = [row.rejection?.code, row.rejection?.text].filter((one) => typeof one === "string").join(" ");
  return `order ${what}${at}${trigger}: ${row.status} (${row.reason}${said === "" ? "" : `, ${said}`})`;
}

export function printRoute(row: RouteRow): string {
  const what = `${row.family} ${row.side} ${row.quantity} ${row.symbol} ${row.leg}`;
  const end = row.reason === null ? "open" : `${row.reason}, bar ${row.endBar}`;
  return `route ${row.route} ${what} in ${row.slices} slices, ${row.orders} orders: ${row.filled} filled (${end})`;
}

export function printFill(row: FillDetail): string {
  return `fill ${row.family} ${row.side} ${row.quantity} ${row.symbol} ${row.leg} at ${row.price}, ${row.liquidity}, fee ${row.fee} ${row.feeCurrency}`;
}

export function printSkip(row: SkipRow): string {
  return `skipped ${row.family} ${row.symbol}: ${row.reason}`;
}

export function printSync(row: SyncRow): string {
  return `${row.status} ${row.symbol} ${row.leg} ${row.quantity}: ${row.reason}`;
}

export function printFunding(row: FundingRow): string {
  return `funding ${row.symbol} ${row.leg} ${row.amount}: ${row.quantity} at ${row.mark} (${row.source}), rate ${row.rate}`;
}

export function printLiquidation(row: LiquidationRow): string {
  const fund = row.insurance === "0" ? "" : `, insurance ${row.insurance}`;
  return `${row.takeover ? "taken over" : "liquidated"} ${row.symbol} ${row.leg} ${row.quantity} at ${row.price}, fee ${row.fee}${fund}, ${row.left} left`;
}

export function printUnprotected(row: UnprotectedRow): string {
  const what = `${row.exit} of ${row.symbol} ${row.leg} ${row.quantity} at ${row.price}`;
  return `unprotected: ${what} was reached (${row.reached}) before it was live, close ${row.close}, cost ${row.cost}`;
}

export function printRestart(row: RestartRow): string {
  const changed = row.changed === null ? "" : ` with another ${row.changed}`;
  const end = row.reconciled === null ? "the comparison with the venue is not over" : `the comparison with the venue is ${row.reconciled}`;
  return `the process died and came back${changed} after ${(row.time - row.since) / 1_000} s as epoch ${row.epoch}: ${row.missedBars} bars missed, ${end}`;
}

export function printLedger(row: LedgerRow): string {
  return `ledger ${row.symbol} ${row.leg} ${row.quantity}: gross ${row.gross}, net ${row.net}`;
}
