// Trades as the finest of bars: each row one trade, in the order in which they came. Exact: what a scale does not hold is
// an error, nothing is merged or rounded.

import { BarSeries, multiply, pow10, SeatrialError, type TradeSeries } from "../domain/index.ts";

/** Times are whole ms: what a file has in parts of them is rounded down, the order stays. */
export function tradeSteps(trades: TradeSeries, meta: { symbol: string; priceScale: number; quantityScale: number }): BarSeries {
  const { symbol, priceScale, quantityScale } = meta;
  if (trades.priceScale > priceScale || trades.quantityScale > quantityScale) {
    throw new SeatrialError({
      code: "too_many_decimals",
      reason: `the trades of ${symbol} have ${trades.priceScale} and ${trades.quantityScale} decimals, more than ${priceScale} and ${quantityScale}`,
      hint: "choose scales of at least the data's decimals",
    });
  }
  const factor = pow10(priceScale - trades.priceScale);
  const sizes = pow10(quantityScale - trades.quantityScale);
  const price = trades.price.map((units) => multiply(units, factor));
  const time = trades.time.map((ms) => Math.floor(ms));
  const volume = trades.quantity.map((units) => multiply(units, sizes));
  const columns = { time, open: price, high: price, low: price, close: price, volume };
  return new BarSeries({ symbol, timeframe: "trades", interval: 1, priceScale, quantityScale }, columns);
}
