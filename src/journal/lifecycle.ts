// The steps that a run's orders took from status to status, and the error under which each was taken. Read from the tape in
// one pass; it must never guess a step that no record tells.

import { tradeKey, type CcxtErrorClass, type OrderNumber, type Refusal, type RowStatus } from "../domain/index.ts";
import { readTape, type TapeRecord } from "./tape-read.ts";
import type { Tape } from "./tape.ts";

/**
 * What was wrong when an order took a step. `none`: nothing. A class of ccxt: a request about the order was refused with it.
 * `told_by_update`: refused by an update of an acknowledged order, for which ccxt throws nothing. `…_reply_lost`: the request left
 * and nothing definite came back. `no_answer`: the runner waited for the answer to a cancel until its patience ended.
 */
export type LifecycleError =
  | "none"
  | CcxtErrorClass
  | "told_by_update"
  | "submit_reply_lost"
  | "cancel_reply_lost"
  | "amend_reply_lost"
  | "no_answer";

/** How often a run's orders went from one status to another under one error. */
export interface LifecycleStep {
  readonly from: RowStatus;
  readonly to: RowStatus;
  readonly error: LifecycleError;
  readonly count: number;
}

/** An order while its records are being read. */
interface Walk {
  status: RowStatus;
  /** Told since the order's last step that was not into doubt. */
  error: LifecycleError;
  readonly trades: (number | string)[];
}

/** Nothing is heard of an order in one of these, so it need not be kept. */
const closed: ReadonlySet<RowStatus> = new Set(["FILLED", "REJECTED", "NEVER_ARRIVED", "REVERTED"]);
const doubtful: ReadonlySet<RowStatus> = new Set(["UNKNOWN", "QUARANTINED"]);

const wanted: ReadonlySet<TapeRecord["record"]["type"]> = new Set([
  "order_held",
  "submit_order",
  "order_rejected",
  "order_unknown",
  "order_filled",
  "order_canceled",
  "order_expired",
  "order_acknowledged",
  "order_amended",
  "cancel_rejected",
  "amend_rejected",
  "query_rejected",
  "query_answered",
  "fills_reported",
  "timer_fired",
  "order_settled",
]);

/** Steps in the order in which they were first taken. */
export function lifecycleSteps(tape: Tape): LifecycleStep[] {
  const reader = new LifecycleReader();
  readTape(
    tape,
    ({ record }) => reader.take(record),
    (_record, type) => wanted.has(type),
  );
  return reader.end();
}

class LifecycleReader {
  private readonly walks = new Map<OrderNumber, Walk>();
  private readonly counts = new Map<string, { -readonly [K in keyof LifecycleStep]: LifecycleStep[K] }>();
  /** The order that the event being handled has filled, as long as no verdict has been given on it. */
  private filled: OrderNumber | null = null;
  /** The order that the event being handled has put in doubt. */
  private doubted: OrderNumber | null = null;
  /** Error of the last request that came too often: orders wait for its end. */
  private shut: LifecycleError = "none";

  take(record: TapeRecord["record"]): void {
    if (record.type === "submit_order") return this.sent(record.request.order);
    if (record.type === "order_held") {
      this.walks.set(record.request.order, { status: "NEW", error: this.shut, trades: [] });
      return;
    }
    if (record.type === "order_settled") return this.settled(record.order, record.status, record.reason === "cancel_unconfirmed");
    this.endEvent();
    this.heard(record);
  }

  end(): LifecycleStep[] {
    this.endEvent();
    return [...this.counts.values()];
  }

  private heard(record: TapeRecord["record"]): void {
    switch (record.type) {
      case "order_rejected":
      case "amend_rejected":
        return this.refused(record.order, record);
      case "cancel_rejected":
        // Turned away at the door it is asked again: that is no doubt.
        if (record.limit === null) this.doubted = record.order;
        return this.refused(record.order, record);
      case "query_rejected":
        return this.refused(record.order, record);
      case "order_unknown":
        this.doubted = record.order;
        return this.blame(record.order, `${record.request}_reply_lost`);
      case "order_filled":
        return this.fill(record.order, tradeKey(record));
      case "query_answered":
      case "fills_reported":
        if (record.type === "query_answered" && record.refusal !== undefined) this.refused(record.order, record.refusal);
        for (const fill of record.fills) {
          this.endFill();
          this.fill(fill.order, tradeKey(fill));
        }
        return;
      default:
        return;
    }
  }

  private sent(order: OrderNumber): void {
    const held = this.walks.get(order);
    if (held !== undefined) return this.step(order, held, "SUBMITTED");
    const walk: Walk = { status: "NEW", error: "none", trades: [] };
    this.walks.set(order, walk);
    this.step(order, walk, "SUBMITTED");
  }

  private refused(order: OrderNumber | null, { ccxtClass, limit }: Refusal): void {
    const error = ccxtClass ?? "told_by_update";
    if (limit !== null) this.shut = error;
    if (order !== null) this.blame(order, error);
  }

  /** What is said about an order that has ended changes nothing. */
  private blame(order: OrderNumber, error: LifecycleError): void {
    const walk = this.walks.get(order);
    if (walk !== undefined && walk.status !== "CANCELED" && walk.status !== "EXPIRED") walk.error = error;
  }

  // A reply and a stream message about one trade are the same fact twice.
  private fill(order: OrderNumber, trade: number | string): void {
    const walk = this.walks.get(order);
    if (walk === undefined || walk.trades.includes(trade)) return;
    walk.trades.push(trade);
    this.filled = order;
  }

  private settled(order: OrderNumber, status: RowStatus, unconfirmed: boolean): void {
    const walk = this.walks.get(order);
    // Of those that are not kept only a filled one goes further: it is reverted.
    if (walk === undefined) return status === "REVERTED" ? this.count("FILLED", status, "none") : undefined;
    // The verdict that a fill completed the order is the step that the fill led to.
    if (order === this.filled && status === "FILLED") this.filled = null;
    else this.endFill();
    if (status === "UNKNOWN" && unconfirmed && order !== this.doubted) walk.error = "no_answer";
    this.step(order, walk, status);
  }

  private endEvent(): void {
    this.endFill();
    this.doubted = null;
  }

  /** A fill without a verdict has left a rest: only an order that is known to be open shows it. */
  private endFill(): void {
    const order = this.filled;
    this.filled = null;
    const walk = order === null ? undefined : this.walks.get(order);
    if (order !== null && walk !== undefined && (walk.status === "SUBMITTED" || walk.status === "PARTIAL")) this.step(order, walk, "PARTIAL");
  }

  private step(order: OrderNumber, walk: Walk, to: RowStatus): void {
    this.count(walk.status, to, walk.error);
    walk.status = to;
    if (closed.has(to)) this.walks.delete(order);
    else if (!doubtful.has(to)) walk.error = "none";
  }

  private count(from: RowStatus, to: RowStatus, error: LifecycleError): void {
    const key = `${from} ${to} ${error}`;
    const step = this.counts.get(key);
    if (step === undefined) this.counts.set(key, { from, to, error, count: 1 });
    else step.count += 1;
  }
}
