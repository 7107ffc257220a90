// An order and its fills while their records are being read, and the rows that they are told in. It prints what was recorded;
// a row is made only when somebody asks for it.

import {
  clientOrderId,
  printUnits,
  printVenueOrderId,
  tradeKey,
  type Instrument,
  type LedgerEntry,
  type OrderFilled,
  type OrderRequest,
  type Reason,
  type RowStatus,
} from "../domain/index.ts";
import { barAt } from "./bar-at.ts";
import type { FillBounds, HeldFill } from "./held-fills.ts";
import type { Journal, JournalMarket } from "./journal.ts";
import type { FillDetail, LedgerRow, OrderRow, RejectionRow } from "./rows.ts";

/** An order while its records are being read. */
export interface Draft extends FillBounds {
  request: OrderRequest;
  /** Of the process that sent it: it stands in its id. */
  readonly epoch: number;
  id: number | string | null;
  status: RowStatus;
  reason: Reason;
  /** Venue sequence of the last amendment. */
  amended: number;
  readonly time: number;
  readonly bar: number;
  rejection: RejectionRow | null;
  /** Its first trade, and the keys of all where there are more: most orders have one. */
  trade: OrderFilled | null;
  trades: Set<string> | null;
}

/** A fill that is more than its order can have. */
export interface HeldRow extends HeldFill {
  readonly event: OrderFilled;
  readonly draft: Draft;
}

/** A fill that counts. `bar` is the one that was being handled. */
export interface CountedFill extends Pick<HeldRow, "event" | "draft"> {
  readonly bar: number;
}

/** A line of the ledger, not yet in words. `draft` is the order that closed. */
export interface LedgerLine {
  readonly record: LedgerEntry;
  readonly draft: Draft | undefined;
  readonly time: number;
  readonly bar: number;
}

/** Whether an order has had this trade; it has had it from here on. */
export function isKnownTrade(draft: Draft, event: OrderFilled): boolean {
  if (draft.trade === null) {
    draft.trade = event;
    return false;
  }
  draft.trades ??= new Set([placedKey(draft.trade)]);
  const key = placedKey(event);
  if (draft.trades.has(key)) return true;
  draft.trades.add(key);
  return false;
}

function placedKey(event: OrderFilled): string {
  return `${event.market}/${tradeKey(event)}`;
}

/** Decimals of a fee as it stands in the records. */
export function feeScale({ feeCurrency }: OrderFilled, { rules, spot, moneyScale, quantityScale }: Instrument): number {
  if (feeCurrency === rules.settle) return moneyScale;
  return spot && feeCurrency === rules.base ? quantityScale : 8;
}

export class OrderRows {
  declare private readonly journal: Pick<Journal, "markets" | "ids">;

  constructor(journal: Pick<Journal, "markets" | "ids">) {
    this.journal = journal;
  }

  /** @param predictedSlippage of an order of a route */
  order(draft: Draft, predictedSlippage: number | undefined): OrderRow {
    const { request } = draft;
    const { symbol, priceScale, quantityScale } = this.market(request.market).instrument;
    return {
      id: draft.id === null ? null : printVenueOrderId(draft.id),
      clientOrderId: this.clientId(draft),
      symbol,
      side: request.side,
      leg: request.leg,
      family: request.family,
      type: request.type,
      quantity: printUnits(request.quantity, quantityScale),
      price: request.price === null ? null : printUnits(request.price, priceScale),
      trigger: request.trigger === null ? null : printUnits(request.trigger, priceScale),
      timeInForce: request.timeInForce,
      reduceOnly: request.reduceOnly,
      status: draft.status,
      reason: draft.reason,
      time: draft.time,
      bar: draft.bar,
      ...(draft.rejection === null ? {} : { rejection: draft.rejection }),
      ...(predictedSlippage === undefined ? {} : { predictedSlippage }),
    };
  }

  fill({ event, draft, bar }: CountedFill): FillDetail {
    const { instrument, series } = this.market(event.market);
    return {
      orderId: printVenueOrderId(draft.id ?? ""),
      symbol: instrument.symbol,
      side: draft.request.side,
      leg: draft.request.leg,
      quantity: printUnits(event.quantity, instrument.quantityScale),
      price: printUnits(event.price, instrument.priceScale),
      fee: printUnits(event.fee, feeScale(event, instrument)),
      feeCurrency: event.feeCurrency,
      liquidity: event.liquidity,
      time: event.time,
      // A fill at the very close of a bar has the time of the next one's open; it cannot be of a bar later than the one being handled.
      bar: Math.min(barAt(series, event.time), bar),
      clientOrderId: this.clientId(draft),
      family: draft.request.family,
    };
  }

  line({ record, draft, time, bar }: LedgerLine): LedgerRow {
    const { symbol, moneyScale, quantityScale } = this.market(record.market).instrument;
    const money = (units: number) => printUnits(units, moneyScale);
    return {
      clientOrderId: record.order === 0 ? null : this.clientId(draft),
      symbol,
      leg: record.leg,
      quantity: printUnits(record.quantity, quantityScale),
      gross: money(record.gross),
      entryFee: money(record.entryFee),
      exitFee: money(record.exitFee),
      net: money(record.net),
      cumulative: money(record.cumulative),
      time,
      bar,
    };
  }

  /** Of an order that the records do not know there is none. */
  private clientId(draft: Draft | undefined): string {
    if (draft === undefined) return "";
    const { order, leg } = draft.request;
    return clientOrderId({ ...this.journal.ids, epoch: draft.epoch }, order, leg);
  }

  private market(market: number): JournalMarket {
    return this.journal.markets[market] as JournalMarket;
  }
}
