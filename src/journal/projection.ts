// Rows from the tape: what was sent, filled, skipped, realised and synced. Reads the journal only; it decides nothing and
// computes no trading result of its own.

import {
  clientOrderId,
  isOpenStatus,
  printUnits,
  printVenueOrderId,
  tradeKey,
  type Instrument,
  type OrderAmended,
  type OrderFilled,
  type OrderNumber,
  type OrderRejected,
  type OrderRequest,
  type Reason,
  type RowStatus,
} from "../domain/index.ts";
import { barAt } from "./bar-at.ts";
import { changeOf, exceeds, HeldFills, type FillBounds, type HeldFill } from "./held-fills.ts";
import { LateExits, type LateExit, type LiveTime } from "./late-exits.ts";
import { readTape, type TapeRecord } from "./tape-read.ts";
import type { Journal } from "./journal.ts";
import { marketFacts } from "./market-facts.ts";
import { RouteRows } from "./route-rows.ts";
import { fundingRow, liquidationRow } from "./settlement-rows.ts";
import type {
  AlertRow,
  FillDetail,
  FundingRow,
  LedgerRow,
  JournalRows,
  LiquidationRow,
  OrderRow,
  RejectionRow,
  RestartRow,
  SkipRow,
  SyncRow,
} from "./rows.ts";

/** An order while its records are being read. */
interface Draft extends FillBounds {
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
}

interface HeldRow extends HeldFill {
  readonly event: OrderFilled;
  readonly draft: Draft;
}

export class Projection {
  declare private readonly journal: Journal;
  private readonly orders = new Map<number, Draft>();
  private readonly trades = new Set<string>();
  private readonly fills: { readonly event: OrderFilled; readonly draft: Draft; readonly bar: number }[] = [];
  /** Fills that are more than their order can have, as they were told. */
  private readonly held = new HeldFills<HeldRow>();
  private readonly skipped: SkipRow[] = [];
  private readonly ledger: LedgerRow[] = [];
  private readonly synced: SyncRow[] = [];
  private readonly funding: FundingRow[] = [];
  private readonly liquidations: LiquidationRow[] = [];
  private readonly alerts: AlertRow[] = [];
  private readonly restarts: RestartRow[] = [];
  /** The last process that came back has been compared with the venue. */
  private compared = true;
  declare private readonly exits: LateExits;
  private readonly routes = new RouteRows();
  /** What orders of routes were expected to lose, by order. */
  private readonly predictions = new Map<number, number>();
  private halt: JournalRows["halt"] = null;
  /** Of the process whose records are being read. */
  declare private epoch: number;
  /** Epochs of orders as a venue's list tells them. */
  private readonly listed = new Map<number, number>();

  /** @param liveTime when requests are live. @defaultValue at the next open */
  constructor(journal: Journal, liveTime: LiveTime = (market, _, bar) => journal.markets[market]?.series.time[bar + 1] ?? Number.POSITIVE_INFINITY) {
    this.journal = journal;
    this.epoch = journal.ids.epoch;
    this.exits = new LateExits(liveTime);
  }

  /** Exits that were not live in the bar of the fill that they answer; after `read`. */
  get lateExits(): readonly LateExit[] {
    return this.exits.list();
  }

  read(): JournalRows {
    readTape(this.journal.tape, (entry) => this.take(entry));
    return {
      orders: [...this.orders.values()].map((draft) => this.orderRow(draft)),
      fills: this.fills.map(({ event, draft, bar }) => this.fillRow(event, draft, bar)),
      skipped: this.skipped,
      ledger: this.ledger,
      synced: this.synced,
      routes: this.routes.rows(this.journal.markets),
      funding: this.funding,
      liquidations: this.liquidations,
      alerts: this.alerts,
      restarts: this.restarts,
      halt: this.halt,
    };
  }

  private take({ bar, time, record }: TapeRecord): void {
    switch (record.type) {
      case "order_held":
        this.routes.held(record.request);
        return this.open(record.request, "NEW", record.reason, time, bar);
      case "submit_order":
        this.routes.sent(record.request);
        this.open(record.request, "SUBMITTED", record.reason, time, bar);
        return this.exits.sent(record.request, bar, time);
      case "cancel_order":
        return this.exits.canceled(record.order, time);
      case "amend_order": {
        const draft = this.orders.get(record.order);
        if (draft !== undefined && record.quantity !== null) draft.asked = Math.max(draft.asked, record.quantity);
        return draft === undefined ? undefined : this.exits.amended(record, draft.request, bar, time);
      }
      case "order_rejected":
        return this.refuse(record);
      case "order_acknowledged":
        return this.identify(record.order, record.venueOrderId);
      case "query_answered":
        if (record.venueOrderId !== null) this.identify(record.order, record.venueOrderId);
        for (const fill of record.fills) this.takeFill(fill, bar, time);
        return;
      case "order_filled":
        return this.takeFill(record, bar, time);
      case "order_settled":
        return this.settle(record.order, record.status, record.reason);
      case "order_amended":
        return this.amend(record);
      case "intent_skipped":
        this.skipped.push({ symbol: this.instrument(record.market).symbol, family: record.family, reason: record.reason, time, bar });
        return;
      case "ledger_entry":
        return this.takeLedger(record, time, bar);
      case "position_synced": {
        const { symbol, quantityScale } = this.instrument(record.market);
        const { leg, status, reason } = record;
        const real = this.held.judge(record, null);
        if (real !== null) this.count(real, bar, time);
        this.synced.push({ symbol, leg, status, quantity: printUnits(record.quantity, quantityScale), reason, time, bar });
        return;
      }
      case "route_planned":
        return this.routes.planned(record, time, bar);
      case "order_routed":
        this.predictions.set(record.order, record.predictedSlippage);
        return;
      case "route_ended":
        return this.routes.ended(record, bar);
      case "funding_paid":
        this.funding.push(fundingRow(record, this.market(record.market)));
        return;
      case "liquidated":
        this.liquidations.push(liquidationRow(record, this.market(record.market)));
        return;
      case "alert":
        this.alerts.push({ level: record.level, text: record.text, time, bar });
        return;
      case "halt":
        this.halt ??= { reason: record.reason, text: record.text, time, bar };
        return;
      default:
        return this.takeReturn(record, time, bar);
    }
  }

  /** What is told after a silence, and how a process came back. */
  private takeReturn(record: TapeRecord["record"], time: number, bar: number): void {
    switch (record.type) {
      case "fills_reported":
        for (const fill of record.fills) this.takeFill(fill, bar, time);
        return;
      case "open_orders_reported":
        for (const { order, epoch, venueOrderId } of record.orders) {
          if (order === null) continue;
          if (epoch !== null) this.listed.set(order, epoch);
          this.identify(order, venueOrderId);
        }
        return;
      case "order_adopted":
        // One that was sent and given up has its row already.
        if (!this.orders.has(record.request.order)) this.open(record.request, "SUBMITTED", record.reason, time, bar);
        return;
      case "session_resumed":
        this.epoch = record.epoch;
        this.compared = false;
        return void this.restarts.push({
          epoch: record.epoch,
          since: record.since,
          changed: record.changed,
          missedBars: 0,
          reconciled: null,
          time,
          bar,
        });
      case "bars_missed":
        if (record.market === 0 && record.series === 0) this.lastRestart({ missedBars: record.to - record.from });
        return;
      case "reconciled":
        // Its reason is what blocks it, or another silence on top of the restart: the first one that is done is the restart's.
        if (record.phase === "begun" || this.compared) return;
        this.compared = record.phase === "done";
        return this.lastRestart({ reconciled: record.phase });
      default:
        return;
    }
  }

  private lastRestart(known: Partial<RestartRow>): void {
    const last = this.restarts.pop();
    if (last !== undefined) this.restarts.push({ ...last, ...known });
  }

  // Orders stand in the order of sending: one that had to wait moves to its place then.
  private open(request: OrderRequest, status: RowStatus, reason: Reason, time: number, bar: number): void {
    this.orders.delete(request.order);
    const epoch = this.listed.get(request.order) ?? this.epoch;
    this.orders.set(request.order, {
      request,
      epoch,
      id: null,
      status,
      reason,
      filled: 0,
      named: 0,
      asked: request.terms?.closePosition === true ? Number.POSITIVE_INFINITY : request.quantity,
      amended: 0,
      time,
      bar,
      rejection: null,
    });
  }

  private refuse({ order, code, message, ccxtClass }: OrderRejected): void {
    const draft = this.orders.get(order);
    if (draft !== undefined) draft.rejection = { code, text: message, ccxtClass };
  }

  private identify(order: number, id: number | string): void {
    const draft = this.orders.get(order);
    if (draft !== undefined) draft.id = id;
  }

  private settle(order: number, status: RowStatus, reason: Reason): void {
    const draft = this.orders.get(order);
    if (draft === undefined) return;
    draft.status = status;
    draft.reason = reason;
  }

  // Confirmations may overtake each other: the venue's order of them counts.
  private amend({ order, sequence, price, trigger, quantity }: OrderAmended): void {
    const draft = this.orders.get(order);
    if (draft === undefined || sequence < draft.amended) return;
    draft.amended = sequence;
    draft.asked = Math.max(draft.asked, quantity);
    draft.request = { ...draft.request, price, trigger, quantity };
  }

  private takeFill(event: OrderFilled, bar: number, time: number): void {
    const key = `${event.market}/${event.order}/${tradeKey(event)}`;
    const draft = this.orders.get(event.order);
    // A fill of an order that this session never sent is no row of its own: the runner's alert names it.
    if (draft === undefined || this.trades.has(key)) return;
    this.trades.add(key);
    const { rules, spot } = this.instrument(event.market);
    const { leg, side } = draft.request;
    if (!exceeds(draft, event)) this.count({ event, draft }, bar, time);
    else this.held.hold({ event, draft, market: event.market, leg, change: changeOf(event, side, spot ? rules.base : null) });
  }

  private count({ event, draft }: Pick<HeldRow, "event" | "draft">, bar: number, time: number): void {
    this.fills.push({ event, draft, bar });
    this.exits.filled(event, draft.request, bar, time);
    this.routes.filled(event.order, event.quantity);
    draft.filled += event.quantity;
    if (isOpenStatus(draft.status) && draft.status !== "UNKNOWN") draft.status = "PARTIAL";
  }

  private takeLedger(record: Extract<TapeRecord["record"], { type: "ledger_entry" }>, time: number, bar: number): void {
    const { symbol, moneyScale, quantityScale } = this.instrument(record.market);
    const money = (units: number) => printUnits(units, moneyScale);
    this.ledger.push({
      clientOrderId: record.order === 0 ? null : this.clientId(record.order),
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
    });
  }

  private orderRow(draft: Draft): OrderRow {
    const { request } = draft;
    const { symbol, priceScale, quantityScale } = this.instrument(request.market);
    const predictedSlippage = this.predictions.get(request.order);
    return {
      id: draft.id === null ? null : printVenueOrderId(draft.id),
      clientOrderId: this.clientId(request.order),
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

  private fillRow(event: OrderFilled, draft: Draft, handled: number): FillDetail {
    const { instrument, series } = this.market(event.market);
    const feeScale =
      event.feeCurrency === instrument.rules.settle
        ? instrument.moneyScale
        : instrument.spot && event.feeCurrency === instrument.rules.base
          ? instrument.quantityScale
          : 8;
    return {
      orderId: printVenueOrderId(draft.id ?? ""),
      symbol: instrument.symbol,
      side: draft.request.side,
      leg: draft.request.leg,
      quantity: printUnits(event.quantity, instrument.quantityScale),
      price: printUnits(event.price, instrument.priceScale),
      fee: printUnits(event.fee, feeScale),
      feeCurrency: event.feeCurrency,
      liquidity: event.liquidity,
      time: event.time,
      // A fill at the very close of a bar has the time of the next one's open; it cannot be of a bar later than the one being handled.
      bar: Math.min(barAt(series, event.time), handled),
      clientOrderId: this.clientId(event.order),
      family: draft.request.family,
    };
  }

  private clientId(order: number): string {
    const draft = this.orders.get(order);
    return draft === undefined ? "" : clientOrderId({ ...this.journal.ids, epoch: draft.epoch }, order as OrderNumber, draft.request.leg);
  }

  private market(market: number): Journal["markets"][number] {
    return this.journal.markets[market] as Journal["markets"][number];
  }

  private instrument(market: number): Instrument {
    return this.market(market).instrument;
  }
}

/**
 * One JSON object a record, in order: `bar`, `time`, then the event or effect as it was, then what the market said beside it, and
 * beside each fill that it tells of.
 */
export function* journalLines(journal: Journal): Generator<string> {
  const lines: string[] = [];
  readTape(journal.tape, (entry) => {
    const { bar, time, record } = entry;
    const told =
      record.type === "query_answered" || record.type === "fills_reported" ? { ...record, fills: lateFills(journal, bar, record.fills) } : record;
    lines.push(JSON.stringify({ bar, time, ...told, ...marketFacts(journal, entry) }));
  });
  yield* lines;
}

function lateFills(journal: Journal, bar: number, fills: readonly OrderFilled[]): object[] {
  return fills.map((record) => ({ ...record, ...marketFacts(journal, { bar, time: record.time, record } as TapeRecord) }));
}
