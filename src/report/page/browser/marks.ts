// What is marked on the candles of a market: fills, orders, bars that leave something open. It decides what and where; the chart
// decides how it looks.

import type { MarketData, OrderData, PageData, SilenceData, StageData } from "./page-data.ts";
import { candleOf, lastAtOrBefore } from "./timeline.ts";

export type MarkKind = "buy" | "sell" | "order" | "refused" | "skipped" | "ambiguous" | "unprotected" | "liquidation" | "silence";

export interface Mark {
  readonly kind: MarkKind;
  readonly candle: number;
  /** null: above or below the candle. */
  readonly price: number | null;
  readonly text: string;
  /** Index of the order that it belongs to. */
  readonly order: number | null;
  /** Step of the player to go to. */
  readonly step: number | null;
}

/** Marks of one market, in the order of their candles. */
export function marksOf(view: PageData, market: MarketData): Mark[] {
  const marks = [
    ...orderMarks(view, market),
    ...fillMarks(view, market),
    ...skipMarks(view, market),
    ...doubtMarks(view, market),
    ...silenceMarks(view, market),
  ];
  return marks.filter((mark) => mark.candle >= 0).sort((a, b) => a.candle - b.candle);
}

function orderMarks(view: PageData, market: MarketData): Mark[] {
  return view.orders.flatMap((order, index) => {
    const { row } = order;
    if (row.symbol !== market.symbol) return [];
    const candle = Math.max(candleOf(market, row.bar, row.time), 0);
    const price = row.price ?? row.trigger;
    const refused = row.status === "REJECTED" || row.status === "NEVER_ARRIVED";
    return [
      {
        kind: refused ? "refused" : "order",
        candle,
        // An order without a price stands where it was decided, at the close.
        price: price === null ? (market.close[candle] ?? null) : Number(price),
        text: `${row.family} ${row.side} ${row.type}`,
        order: index,
        step: order.stages.find((stage) => stage.step !== null)?.step ?? null,
      } satisfies Mark,
    ];
  });
}

function fillMarks(view: PageData, market: MarketData): Mark[] {
  const orders = new Map(view.orders.map((order, index) => [order.row.clientOrderId, index]));
  const stages = new Map<number, StageData[]>();
  return view.fills.flatMap((fill) => {
    if (fill.symbol !== market.symbol) return [];
    const order = orders.get(fill.clientOrderId) ?? null;
    return [
      {
        kind: fill.side === "buy" ? "buy" : "sell",
        candle: candleOf(market, fill.bar, fill.time),
        price: Number(fill.price),
        text: `${fill.quantity} @ ${fill.price}`,
        order,
        step: order === null ? null : (nextFillStage(view.orders[order], order, stages)?.step ?? null),
      } satisfies Mark,
    ];
  });
}

/** Fills stand in their order's life in the order in which they stand in the table. */
function nextFillStage(life: OrderData | undefined, order: number, left: Map<number, StageData[]>): StageData | undefined {
  const stages = left.get(order) ?? life?.stages.filter((stage) => stage.stage === "fill") ?? [];
  left.set(order, stages.slice(1));
  return stages[0];
}

function skipMarks(view: PageData, market: MarketData): Mark[] {
  return view.skipped
    .filter((skip) => skip.symbol === market.symbol)
    .map((skip) => ({
      kind: "skipped",
      candle: candleOf(market, skip.bar, skip.time),
      price: null,
      text: `${skip.family}: ${skip.reason}`,
      order: null,
      step: skip.step ?? null,
    }));
}

/** Bars whose outcome was assumed, exits that came too late, closes by the venue. */
function doubtMarks(view: PageData, market: MarketData): Mark[] {
  const mark = (
    kind: MarkKind,
    row: { readonly symbol: string; readonly bar: number; readonly time: number },
    text: string,
    price: string | null,
  ): Mark[] =>
    row.symbol === market.symbol
      ? [{ kind, candle: candleOf(market, row.bar, row.time), price: price === null ? null : Number(price), text, order: null, step: null }]
      : [];
  const open = [...view.ambiguous.bars, ...(view.ambiguous.envelope?.bars ?? [])];
  const seen = new Set<number>();
  return [
    ...open.flatMap((bar) => {
      if (bar.symbol !== market.symbol || seen.has(bar.bar)) return [];
      seen.add(bar.bar);
      return mark("ambiguous", bar, "?", null);
    }),
    ...view.unprotected.flatMap((row) => mark("unprotected", row, "!", row.price)),
    ...view.liquidations.flatMap((row) => mark("liquidation", row, "liquidated", row.price)),
  ];
}

function isOfMarket({ symbol }: SilenceData, market: MarketData): boolean {
  return symbol === null || symbol === market.symbol;
}

/** Where the process heard the venue again; where it did not, where it heard nothing any more. */
function silenceMarks(view: PageData, market: MarketData): Mark[] {
  return view.silences
    .filter((silence) => isOfMarket(silence, market))
    .map(({ kind, time, step }) => ({
      kind: "silence",
      candle: lastAtOrBefore(market.time, time),
      price: null,
      text: kind.replaceAll("_", " "),
      order: null,
      step,
    }));
}

/** Open times of the candles that lie in a time in which the process did not hear the venue, ascending. */
export function unheardCandles(view: PageData, market: MarketData): number[] {
  const silences = view.silences.filter((silence) => isOfMarket(silence, market));
  return market.time.filter((open) => silences.some(({ from, until }) => open + market.interval > from && (until === null || open < until)));
}

/** From which step to before which step each order was open at the venue. */
export interface OpenWindow {
  readonly order: number;
  readonly from: number;
  readonly until: number;
}

export function openWindows(view: PageData, market: MarketData): OpenWindow[] {
  const times = view.player.steps.map((step) => step.time);
  return view.orders.flatMap((order, index) => {
    if (order.live === null || order.row.symbol !== market.symbol) return [];
    const stepped = order.stages.filter((stage) => stage.step !== null);
    const from = stepped.find((stage) => stage.stage === "acknowledged")?.step ?? lastAtOrBefore(times, order.live.from - 1) + 1;
    return [{ order: index, from, until: endOf(order, stepped, times) }];
  });
}

/** A filled order is gone with its last fill; the word that it is over comes as a record of its own. */
function endOf({ live, row }: OrderData, stages: readonly StageData[], times: readonly number[]): number {
  const until = live?.until ?? null;
  if (until === null) return Number.POSITIVE_INFINITY;
  const last = row.status === "FILLED" ? "fill" : "ended";
  return stages.findLast((stage) => stage.stage === last)?.step ?? lastAtOrBefore(times, until) + 1;
}

/** The price of an open order at a moment; null for an order without one. */
export function priceAt(order: OrderData, time: number): string | null {
  const at = lastAtOrBefore(
    order.prices.map((point) => point.time),
    time,
  );
  return (order.prices[at] ?? order.prices[0])?.price ?? order.row.price ?? order.row.trigger;
}
