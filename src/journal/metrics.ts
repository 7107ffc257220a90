// Metrics of the machine output, from rows and the equity curve. Money sums are exact.

import { parseDecimal, printDecimal, printUnits, type Decimal } from "../domain/index.ts";
import type { RunMetrics, RunRows } from "./rows.ts";

/** @param maxDrawdown largest fall of equity from its peak, units of the settlement currency. @param moneyScale its scale */
export function runMetrics(rows: RunRows, maxDrawdown: number, moneyScale: number, settlement: string): RunMetrics {
  const fees = new Map<string, Decimal>();
  for (const fill of rows.fills) fees.set(fill.feeCurrency, add(fees.get(fill.feeCurrency), fill.fee));
  for (const { fee } of rows.liquidations) if (fee !== "0") fees.set(settlement, add(fees.get(settlement), fee));
  const currencies = [...fees.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const count = (status: string) => rows.orders.reduce((sum, order) => sum + (order.status === status ? 1 : 0), 0);
  const realized = rows.ledger.reduce<Decimal | undefined>((sum, line) => add(sum, line.gross), undefined);
  const funding = rows.funding.reduce<Decimal | undefined>((sum, { amount }) => add(sum, amount), undefined);
  const unprotected = rows.unprotected.reduce<Decimal | undefined>((sum, { cost }) => add(sum, cost), undefined);
  return {
    orders: rows.orders.length,
    fills: rows.fills.length,
    rejected: count("REJECTED"),
    canceled: count("CANCELED"),
    skipped: rows.skipped.length,
    unknown: count("UNKNOWN"),
    feesByCurrency: Object.fromEntries(currencies.map((currency) => [currency, printDecimal(fees.get(currency) as Decimal)])),
    realizedPnl: realized === undefined ? "0" : printDecimal(realized),
    maxDrawdown: printUnits(maxDrawdown, moneyScale),
    ...(funding === undefined ? {} : { funding: printDecimal(funding) }),
    ...(unprotected === undefined ? {} : { unprotectedCost: printDecimal(unprotected) }),
  };
}

function add(sum: Decimal | undefined, text: string): Decimal {
  const value = parseDecimal(text);
  if (sum === undefined) return value;
  const scale = Math.max(sum.scale, value.scale);
  return { units: sum.units * 10n ** BigInt(scale - sum.scale) + value.units * 10n ** BigInt(scale - value.scale), scale };
}
