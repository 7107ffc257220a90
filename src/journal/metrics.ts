// Metrics of the machine output, from what is counted of a run, its rarer rows and the equity curve. Money sums are exact.

import { parseDecimal, printDecimal, printUnits, type Decimal } from "../domain/index.ts";
import type { RunMetrics, RunRows } from "./rows.ts";
import type { RunCounts } from "./run-sums.ts";

/** @param maxDrawdown largest fall of equity from its peak, units of the settlement currency. @param moneyScale its scale */
export function runMetrics(
  counts: RunCounts,
  rows: Pick<RunRows, "liquidations" | "funding" | "unprotected">,
  maxDrawdown: number,
  moneyScale: number,
  settlement: string,
): RunMetrics {
  const { orders, fills, rejected, canceled, skipped, unknown, gross } = counts;
  const fees = new Map<string, Decimal>(Array.from(counts.fees, ([currency, sum]) => [currency, sum.value]));
  for (const { fee } of rows.liquidations) if (fee !== "0") fees.set(settlement, add(fees.get(settlement), fee));
  const currencies = [...fees.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const funding = rows.funding.reduce<Decimal | undefined>((sum, { amount }) => add(sum, amount), undefined);
  const unprotected = rows.unprotected.reduce<Decimal | undefined>((sum, { cost }) => add(sum, cost), undefined);
  return {
    orders,
    fills,
    rejected,
    canceled,
    skipped,
    unknown,
    feesByCurrency: Object.fromEntries(currencies.map((currency) => [currency, printDecimal(fees.get(currency) as Decimal)])),
    realizedPnl: gross === null ? "0" : printDecimal(gross.value),
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
