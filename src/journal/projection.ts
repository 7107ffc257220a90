// Rows from the tape: what was sent, filled, skipped, realised and synced. Reads the journal only; it decides nothing and
// computes no trading result of its own.

import {
  isOpenStatus,
  printUnits,
  type Instrument,
  type OrderAmended,
  type OrderFilled,
  type OrderRequest,
  type Reason,
  type Refusal,
  type RowStatus,
} from "../domain/index.ts";
import { changeOf, exceeds, HeldFills } from "./held-fills.ts";
import { LateExits, type LateExit, type LiveTime } from "./late-exits.ts";
import { readTape, type TapeRecord } from "./tape-read.ts";
import type { Journal } from "./journal.ts";
import { RouteRows } from "./route-rows.ts";
import { feeScale, isKnownTrade, OrderRows, type CountedFill, type Draft, type HeldRow, type LedgerLine } from "./order-rows.ts";
import { RunSums, type RunCounts } from "./run-sums.ts";
import { fundingRow, liquidationRow } from "./settlement-rows.ts";
import type { AlertRow, FundingRow, JournalRows, LiquidationRow, OrderRow, RestartRow, SkipRow, SyncRow } from "./rows.ts";

export class Projection {
  declare private readonly journal: Journal;
  declare private readonly rowsOf: OrderRows;
  private readonly orders = new Map<number, Draft>();
  private readonly fills: CountedFill[] = [];
  /** Fills that are more than their order can have, as they were told. */
  private readonly held = new HeldFills<HeldRow>();
  private readonly skipped: SkipRow[] = [];
  private readonly ledger: LedgerLine[] = [];
  private readonly sums = new RunSums();
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
    this.rowsOf = new OrderRows(journal);
    this.epoch = journal.ids.epoch;
    this.exits = new LateExits(liveTime);
  }

  /** Exits that were not live in the bar of the fill that they answer; after `read`. */
  get lateExits(): readonly LateExit[] {
    return this.exits.list();
  }

  /** The orders that are open at the end, in the order of sending; after `read`. */
  openOrders(): OrderRow[] {
    return Array.from(this.orders.values())
      .filter(({ status }) => isOpenStatus(status))
      .map((draft) => this.orderRow(draft));
  }

  /** What the metrics count, without a row; after `read`. */
  counts(): RunCounts {
    const { rejected, canceled, unknown } = this.statuses();
    const { fees, gross } = this.sums;
    const [orders, fills, skipped] = [this.orders.size, this.fills.length, this.skipped.length];
    return { orders, fills, skipped, rejected, canceled, unknown, fees, gross: this.ledger.length === 0 ? null : gross };
  }

  /**
   * Reads the journal once. Rows of orders, fills and the ledger are made when they are asked for: a summary never does.
   * @param hear told of every record, for another reader of the same pass
   */
  read(hear: ((entry: TapeRecord) => void) | null = null): JournalRows {
    readTape(this.journal.tape, (entry) => {
      this.take(entry);
      hear?.(entry);
    });
    const orders = once(() => Array.from(this.orders.values(), (draft) => this.orderRow(draft)));
    const fills = once(() => this.fills.map((fill) => this.rowsOf.fill(fill)));
    const ledger = once(() => this.ledger.map((line) => this.rowsOf.line(line)));
    return {
      get orders() {
        return orders();
      },
      get fills() {
        return fills();
      },
      get ledger() {
        return ledger();
      },
      skipped: this.skipped,
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
        return this.refuse(record.order, record);
      case "order_acknowledged":
        return this.identify(record.order, record.venueOrderId);
      case "query_answered":
        if (record.venueOrderId !== null) this.identify(record.order, record.venueOrderId);
        if (record.refusal !== undefined) this.refuse(record.order, record.refusal);
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
        this.ledger.push({ record, draft: this.orders.get(record.order), time, bar });
        this.sums.gross.add(record.gross, this.instrument(record.market).moneyScale);
        return;
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
    const former = this.orders.get(request.order);
    if (former !== undefined) this.orders.delete(request.order);
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
      trade: former?.trade ?? null,
      trades: former?.trades ?? null,
    });
  }

  private refuse(order: number, { code, message, ccxtClass }: Refusal): void {
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
    const draft = this.orders.get(event.order);
    // A fill of an order that this session never sent is no row of its own: the runner's alert names it.
    if (draft === undefined || isKnownTrade(draft, event)) return;
    const { rules, spot } = this.instrument(event.market);
    const { leg, side } = draft.request;
    if (!exceeds(draft, event)) this.count({ event, draft }, bar, time);
    else this.held.hold({ event, draft, name: event, market: event.market, leg, change: changeOf(event, side, spot ? rules.base : null) });
  }

  private count({ event, draft }: Pick<HeldRow, "event" | "draft">, bar: number, time: number): void {
    this.fills.push({ event, draft, bar });
    this.sums.feesIn(event.feeCurrency).add(event.fee, feeScale(event, this.instrument(event.market)));
    this.exits.filled(event, draft.request, bar, time);
    this.routes.filled(event.order, event.quantity);
    draft.filled += event.quantity;
    if (isOpenStatus(draft.status) && draft.status !== "UNKNOWN") draft.status = "PARTIAL";
  }

  private orderRow(draft: Draft): OrderRow {
    return this.rowsOf.order(draft, this.predictions.get(draft.request.order));
  }

  private statuses(): { readonly rejected: number; readonly canceled: number; readonly unknown: number } {
    let [rejected, canceled, unknown] = [0, 0, 0];
    for (const { status } of this.orders.values()) {
      if (status === "REJECTED") rejected += 1;
      else if (status === "CANCELED") canceled += 1;
      else if (status === "UNKNOWN") unknown += 1;
    }
    return { rejected, canceled, unknown };
  }

  private market(market: number): Journal["markets"][number] {
    return this.journal.markets[market] as Journal["markets"][number];
  }

  private instrument(market: number): Instrument {
    return this.market(market).instrument;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
