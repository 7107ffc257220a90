// The venue's statement at the end of a run, as rows: balances, open positions, open orders, equity.

import { printUnits, type Money, type Position, type Price } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { BalanceRow, FinalState, OrderRow, PositionRow, RunAssumptions } from "../journal/index.ts";

/** @param orders those that are open by the records */
export function finalState(venue: VirtualExchange, orders: readonly OrderRow[]): FinalState {
  const { account } = venue;
  const balances: Record<string, BalanceRow> = {};
  account.ledger.currencies.forEach((currency, at) => {
    const scale = venue.scaleOf(currency);
    const total = account.wallet(at);
    const used = (account.positionMargin(at) + account.heldFor(at)) as Money;
    balances[currency] = { total: printUnits(total, scale), free: printUnits(total - used, scale), used: printUnits(used, scale) };
  });
  const positions = account.markets.flatMap(({ legs, last }) => legs.filter((leg) => leg.quantity !== 0).map((leg) => positionRow(leg, last)));
  // What waits to be sent is not at the venue.
  const open = orders.filter(({ status }) => status !== "NEW");
  return { balances, positions, openOrders: open, equity: printUnits(venue.equity(), venue.scaleOf(venue.settlement)) };
}

/** How often the venue had to assume what bars and marks do not say. */
export function assumptionsOf({ markets, perpetuals }: VirtualExchange): RunAssumptions {
  return {
    ambiguousBars: markets.reduce((sum, market) => sum + market.choice.ambiguousBars, 0),
    wholeBarLives: markets.reduce((sum, market) => sum + market.optimisticLives, 0),
    lastPriceStamps: perpetuals?.lastPriceStamps ?? 0,
    unmarkedBars: markets.reduce((sum, market) => sum + market.unmarkedBars, 0),
  };
}

function positionRow(position: Position, price: Price): PositionRow {
  const { instrument } = position;
  return {
    symbol: instrument.symbol,
    leg: position.leg,
    quantity: printUnits(position.quantity, instrument.quantityScale),
    entryPrice: position.entryText() ?? "0",
    unrealizedPnl: printUnits(position.unrealized(price), instrument.moneyScale),
  };
}
