// Short stretches of a journal as rows, without reading the rest of it: what one world did while it differed from another.
// Rows are worded like those of the projection; it must never take a record for another.

import { printUnits, type Family, type Leg, type Liquidity, type OrderFilled, type OrderRequest, type Reason, type Side } from "../domain/index.ts";
import { barAt } from "./bar-at.ts";
import type { Journal } from "./journal.ts";
import { readTape, type TapeRecord } from "./tape-read.ts";

/** Records of a journal by their number: those of one bar, and as far as decisions are wanted. */
export interface JournalWindow {
  readonly from: number;
  readonly barEnd: number;
  readonly to: number;
}

export interface WindowFill {
  readonly symbol: string;
  /** The bar that filled it. */
  readonly bar: number;
  readonly family: Family;
  readonly side: Side;
  readonly leg: Leg;
  readonly quantity: string;
  readonly price: string;
  readonly liquidity: Liquidity;
}

/** An order that was sent, or an intent that was refused (`type` null). */
export interface WindowDecision {
  readonly symbol: string;
  readonly bar: number;
  readonly family: Family;
  readonly side: Side | null;
  readonly type: string | null;
  readonly quantity: string | null;
  readonly price: string | null;
  readonly trigger: string | null;
  readonly reason: Reason;
}

export interface WindowRows {
  /** Of the bar. */
  readonly fills: WindowFill[];
  readonly decisions: WindowDecision[];
  /** It ended before what was asked for: decisions of this bar and later ones may be missing. */
  readonly cutAt: number | null;
}

/** Records that a window reads at most: what a choice set off shows in the first of them. */
const recordsMax = 400;

/** @returns the rows of each window, in the same order */
export function readWindows(journal: Journal, windows: readonly JournalWindow[]): WindowRows[] {
  const ends = windows.map(({ from, to }) => Math.min(to, from + recordsMax));
  const order = windows.map((_, at) => at).sort((a, b) => (windows[a] as JournalWindow).from - (windows[b] as JournalWindow).from);
  const found = windows.map((): { entries: TapeRecord[]; fills: TapeRecord[] } => ({ entries: [], fills: [] }));
  let active: number[] = [];
  let next = 0;
  let reached = -1;
  const openAt = (record: number): boolean => {
    while (next < order.length && (windows[order[next] as number] as JournalWindow).from <= record) {
      active.push(order[next] as number);
      next += 1;
    }
    if (active.length > 0) active = active.filter((at) => record < (ends[at] as number));
    reached = record;
    return active.length > 0;
  };
  readTape(
    journal.tape,
    (entry) => {
      for (const at of active) {
        found[at]?.entries.push(entry);
        if (reached < (windows[at] as JournalWindow).barEnd) found[at]?.fills.push(entry);
      }
    },
    openAt,
  );
  const requests = requestsOf(
    journal,
    found.flatMap(({ fills }) => fills.flatMap(({ record }) => (record.type === "order_filled" ? [record.order as number] : []))),
  );
  return windows.map(({ to }, at) => {
    const { entries, fills } = found[at] as (typeof found)[number];
    const cut = (ends[at] as number) < to && entries.length === recordsMax;
    return {
      fills: fills.flatMap((entry) => fillOf(journal, entry, requests)),
      decisions: entries.flatMap((entry) => decisionOf(journal, entry)),
      cutAt: cut ? (entries.at(-1)?.bar ?? null) : null,
    };
  });
}

/** The requests of some orders, wherever they were sent. */
function requestsOf(journal: Journal, orders: readonly number[]): Map<number, OrderRequest> {
  const wanted = new Set(orders);
  const requests = new Map<number, OrderRequest>();
  if (wanted.size === 0) return requests;
  readTape(
    journal.tape,
    ({ record }) => {
      if (record.type === "submit_order") requests.set(record.request.order, record.request);
    },
    (_record, type, first) => type === "submit_order" && wanted.has(first),
  );
  return requests;
}

function fillOf({ markets }: Journal, { record, bar }: TapeRecord, requests: ReadonlyMap<number, OrderRequest>): WindowFill[] {
  const fill = record as OrderFilled;
  const request = record.type === "order_filled" ? requests.get(record.order) : undefined;
  const market = request === undefined ? undefined : markets[request.market];
  if (request === undefined || market === undefined) return [];
  const { instrument, series } = market;
  const { family, side, leg } = request;
  const quantity = printUnits(fill.quantity, instrument.quantityScale);
  const price = printUnits(fill.price, instrument.priceScale);
  return [{ symbol: instrument.symbol, bar: Math.min(barAt(series, fill.time), bar), family, side, leg, quantity, price, liquidity: fill.liquidity }];
}

function decisionOf({ markets }: Journal, { record, bar }: TapeRecord): WindowDecision[] {
  if (record.type === "intent_skipped") {
    const symbol = markets[record.market]?.instrument.symbol ?? "";
    const nothing = { side: null, type: null, quantity: null, price: null, trigger: null };
    return [{ symbol, bar, family: record.family, ...nothing, reason: record.reason }];
  }
  if (record.type !== "submit_order") return [];
  const { request, reason } = record;
  const market = markets[request.market];
  if (market === undefined) return [];
  const { symbol, priceScale, quantityScale } = market.instrument;
  const priceText = (price: number | null) => (price === null ? null : printUnits(price, priceScale));
  const { family, side, type } = request;
  const quantity = printUnits(request.quantity, quantityScale);
  return [{ symbol, bar, family, side, type, quantity, price: priceText(request.price), trigger: priceText(request.trigger), reason }];
}
