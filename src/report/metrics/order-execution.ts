// What became of an order at the venue: its fills together, exact. It must never round: a sum of products has the decimals it needs.

import { addDecimals, multiplyDecimals, parseDecimal, printDecimal, type Decimal } from "../../domain/index.ts";
import type { FillDetail } from "../../journal/index.ts";

export interface OrderExecution {
  /** Σ quantity. */
  readonly filled: string;
  /** Σ price × quantity, without the contract's size. */
  readonly cost: string;
  /** Σ fee; null where they were paid in several currencies. */
  readonly fees: string | null;
  readonly feeCurrency: string | null;
  /** Of the last fill, epoch ms. */
  readonly filledTime: number;
}

interface Sums {
  filled: Decimal;
  cost: Decimal;
  fees: Decimal;
  readonly currencies: Set<string>;
  time: number;
}

const zero: Decimal = { units: 0n, scale: 0 };

/** By client order id; an order without a fill is not there. */
export function executionsOf(fills: readonly FillDetail[]): Map<string, OrderExecution> {
  const sums = new Map<string, Sums>();
  for (const { clientOrderId, quantity, price, fee, feeCurrency, time } of fills) {
    const sum = sums.get(clientOrderId) ?? { filled: zero, cost: zero, fees: zero, currencies: new Set(), time };
    sums.set(clientOrderId, sum);
    sum.filled = addDecimals(sum.filled, parseDecimal(quantity));
    sum.cost = addDecimals(sum.cost, multiplyDecimals(parseDecimal(price), parseDecimal(quantity)));
    sum.fees = addDecimals(sum.fees, parseDecimal(fee));
    sum.currencies.add(feeCurrency);
    sum.time = time;
  }
  return new Map([...sums].map(([id, sum]) => [id, executionOf(sum)]));
}

function executionOf({ filled, cost, fees, currencies, time }: Sums): OrderExecution {
  const [currency = null] = currencies.size === 1 ? currencies : [];
  return {
    filled: printDecimal(filled),
    cost: printDecimal(cost),
    fees: currency === null ? null : printDecimal(fees),
    feeCurrency: currency,
    filledTime: time,
  };
}
