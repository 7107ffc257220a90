// A run's columns as the chart library takes them: one point a slot, times in seconds. It must not round and not reorder.

import type { LineData, OhlcData, SingleValueData, UTCTimestamp } from "lightweight-charts";
import type { EquityData, MarketData, PositionData } from "./page-data.ts";
import { lastAtOrBefore, slotOfClose } from "./timeline.ts";

export function chartTime(time: number): UTCTimestamp {
  return (time / 1000) as UTCTimestamp;
}

export function candlesOf(market: MarketData): OhlcData<UTCTimestamp>[] {
  const { time, open, high, low, close } = market;
  return time.map((moment, at) => ({
    time: chartTime(moment),
    open: open[at] ?? 0,
    high: high[at] ?? 0,
    low: low[at] ?? 0,
    close: close[at] ?? 0,
  }));
}

export function volumesOf(market: MarketData): SingleValueData<UTCTimestamp>[] {
  return market.time.map((moment, at) => ({ time: chartTime(moment), value: market.volume[at] ?? 0 }));
}

/** The position at the end of each candle in which it changed, from zero at the first candle to the last. */
export function positionLine(market: MarketData, position: PositionData): LineData<UTCTimestamp>[] {
  const points = new Map<number, number>();
  const [first] = market.time;
  const last = market.time.at(-1);
  if (first === undefined || last === undefined) return [];
  points.set(first, 0);
  for (const [at, time] of position.time.entries()) {
    points.set(market.time[Math.max(lastAtOrBefore(market.time, time), 0)] ?? first, position.quantity[at] ?? 0);
  }
  if (!points.has(last)) points.set(last, position.quantity.at(-1) ?? 0);
  return linePoints(points);
}

export interface EquityLines {
  readonly value: LineData<UTCTimestamp>[];
  readonly drawdown: LineData<UTCTimestamp>[];
}

/** Equity at the last close of each slot, and the deepest drawdown in it. */
export function equityLines(market: MarketData, equity: EquityData): EquityLines {
  const value = new Map<number, number>();
  const drawdown = new Map<number, number>();
  for (const [at, time] of equity.time.entries()) {
    const slot = slotOfClose(market, time);
    value.set(slot, equity.value[at] ?? 0);
    drawdown.set(slot, Math.min(drawdown.get(slot) ?? 0, equity.drawdown[at] ?? 0));
  }
  return { value: linePoints(value), drawdown: linePoints(drawdown) };
}

function linePoints(points: ReadonlyMap<number, number>): LineData<UTCTimestamp>[] {
  return [...points].map(([time, value]) => ({ time: chartTime(time), value }));
}
