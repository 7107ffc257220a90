// Rows of what the venue did without an order: funding payments and liquidations. Prints what was recorded, computes nothing.

import { printUnits, type FundingPaid, type Liquidated } from "../domain/index.ts";
import { barAt } from "./bar-at.ts";
import type { JournalMarket } from "./journal.ts";
import type { FundingRow, LiquidationRow } from "./rows.ts";

export function fundingRow(event: FundingPaid, { instrument, series }: JournalMarket): FundingRow {
  const { moneyScale, priceScale, quantityScale, symbol } = instrument;
  return {
    symbol,
    leg: event.leg,
    quantity: printUnits(event.quantity, quantityScale),
    rate: printUnits(event.rate, event.rateScale),
    mark: printUnits(event.mark, priceScale),
    source: event.source,
    amount: printUnits(event.amount, moneyScale),
    time: event.time,
    bar: barAt(series, event.time),
  };
}

export function liquidationRow(event: Liquidated, { instrument, series }: JournalMarket): LiquidationRow {
  const { moneyScale, priceScale, quantityScale, symbol } = instrument;
  return {
    symbol,
    leg: event.leg,
    side: event.side,
    quantity: printUnits(event.quantity, quantityScale),
    price: printUnits(event.price, priceScale),
    fee: printUnits(event.fee, moneyScale),
    insurance: printUnits(event.insurance, moneyScale),
    left: printUnits(event.left, quantityScale),
    equity: printUnits(event.equity, moneyScale),
    maintenance: printUnits(event.maintenance, moneyScale),
    takeover: event.takeover,
    time: event.time,
    bar: barAt(series, event.time),
  };
}
