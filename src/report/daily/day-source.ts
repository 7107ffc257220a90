// What the report of a day is made of, whatever it came from: a run folder, or a file of fills or orders alone. It must never hold a
// figure.

import type { FundingRow } from "../../journal/index.ts";
import type { StoredRun } from "../read-run.ts";
import type { TradeLine } from "../metrics/trade-line.ts";
import { isoText } from "../metrics/time-words.ts";

export interface DaySource {
  readonly mode: "simulate" | "file";
  /** The scenario's file as it was named, or the file itself. */
  readonly config: string;
  readonly strategy: string;
  readonly currency: string;
  readonly moneyScale: number;
  readonly quantityScales: ReadonlyMap<string, number>;
  /** First instant and the first after the last, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** What each closing order closed, at the average entry (row 000-AN-2), in order. */
  readonly exits: readonly TradeLine[];
  readonly funding: readonly FundingRow[];
  readonly notes: readonly DayNote[];
}

/** A sentence for the report of the day that holds `time`; null for every day. */
export interface DayNote {
  readonly time: number | null;
  readonly text: string;
}

export function daySourceOf({ manifest, facts }: StoredRun): DaySource {
  const { settlement, moneyScale, markets, from, to, exits, funding, liquidations, unprotected, open, trades } = facts;
  const notes: DayNote[] = [
    ...manifest.labels.map((text) => ({ time: null, text })),
    ...liquidations.map(({ symbol, leg, quantity, price, time }) => ({ time, text: `liquidated: ${quantity} of ${symbol} ${leg} at ${price}` })),
    ...unprotected.map(({ symbol, leg, cost, time }) => ({ time, text: `${symbol} ${leg} had no exit in its bar: cost ${cost}` })),
    ...trades
      .filter(({ complete }) => !complete)
      .map(({ symbol, exitTime }) => ({ time: exitTime, text: `${symbol} was closed outside of the session: what that brought is not in here` })),
    ...open.map(({ symbol, side, entryTime }) => ({ time: to - 1, text: `${symbol} ${side} is open since ${isoText(entryTime)} UTC` })),
  ];
  return {
    mode: "simulate",
    config: manifest.file,
    strategy: manifest.strategy.name,
    currency: settlement,
    moneyScale,
    quantityScales: new Map(markets.map(({ instrument }) => [instrument.symbol, instrument.quantityScale])),
    from,
    to,
    exits,
    funding,
    notes,
  };
}
