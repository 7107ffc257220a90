// What became of every order and intent, from the records alone: sent once and before anything is told of it, ended once and on
// evidence, or visibly open. It judges the runner's verdicts; it shares none of its code.

import { isReason, type OrderFilled, type OrderRequest, type OrderSettled, type QueryAnswered, type Reason } from "../../domain/index.ts";
import { Excess, isExcess, type HeldFill } from "./excess.ts";
import type { Findings } from "./findings.ts";
import { fillsOf, type AuditRecord } from "./records.ts";

type Status = OrderSettled["status"];
type EndStatus = "CANCELED" | "EXPIRED" | "REJECTED";

export interface Fate {
  readonly request: OrderRequest;
  status: Status;
  reason: Reason;
  /** Number of the record that sent it; 0: it has not been sent. */
  sent: number;
  /** As amended. */
  quantity: number;
  /** Quantities that it may have by an amendment which is on its way. */
  asked: number[];
  amended: number;
  filled: number;
  readonly fills: OrderFilled[];
  /** The most that a fill has named as filled. */
  named: number;
  /** More than the order can have: none is counted before the position says so. */
  readonly excess: OrderFilled[];
  /** What the venue has said of its end. */
  end: { readonly status: EndStatus; readonly cumulative: number; readonly time: number; readonly reason: Reason | null } | null;
  /** Times at which the venue did not know it. */
  readonly absences: number[];
  /** Its trades are not those that its cumulative quantities tell of: one was taken back, or was of another order. */
  voided: boolean;
}

const ended: ReadonlySet<Status> = new Set<Status>(["FILLED", "CANCELED", "EXPIRED", "REJECTED", "NEVER_ARRIVED", "REVERTED"]);
/** What may follow an end: a fill that was on its way, or an entry that is traded away again. */
const afterwards: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  CANCELED: ["FILLED"],
  EXPIRED: ["FILLED"],
  FILLED: ["REVERTED"],
};
const attemptsPerIntent = 256;
/** Rows that a strategy's close of nothing leaves: its intent needs no order. */
const settledLocally: Reason = "exchange_no_position_before_close";

export class Fates {
  readonly orders = new Map<number, Fate>();
  declare private readonly findings: Findings;
  declare private readonly hedge: boolean;
  /** Attempts of intents, the last one of each. */
  private readonly attempts = new Map<number, number[]>();
  private readonly intents = new Set<number>();
  private local = 0;
  /** A hook broke: what it had asked for was never recorded. */
  broken = false;
  /** Told of before it was sent: only an adoption explains that. */
  private readonly unexplained = new Map<number, number>();
  time = 0;
  declare readonly excess: Excess;
  /** Fills that count since the last look, though they were in question. */
  readonly freed: OrderFilled[] = [];
  /** Of the session's own processes. */
  readonly epochs = new Set<number>([1]);

  constructor(findings: Findings, hedge: boolean) {
    this.findings = findings;
    this.hedge = hedge;
    this.excess = new Excess(findings);
  }

  /** @param at number of the record. @returns the trades that it tells of for the first time */
  take({ record }: AuditRecord, at: number): readonly OrderFilled[] {
    if ("time" in record && record.time > this.time) this.time = record.time;
    switch (record.type) {
      case "order_held":
        this.open(record.request, record.reason, at, false);
        return none;
      case "submit_order":
        this.open(record.request, record.reason, at, true);
        return none;
      case "order_adopted":
        this.adopt(record.request, record.filled, record.reason);
        return none;
      case "order_settled":
        this.settle(record, at);
        return none;
      case "intent_skipped":
        this.intents.add(record.intent);
        this.reasoned(record.reason, at);
        return none;
      case "route_planned":
      case "route_ended":
        this.intents.add(record.intent);
        return none;
      case "position_synced":
        this.reasoned(record.reason, at);
        if (record.reason === settledLocally) this.local += 1;
        return none;
      case "amend_order":
        if (record.quantity !== null) this.known(record.order, at)?.asked.push(record.quantity);
        return none;
      case "fill_voided": {
        const fate = this.known(record.order, at);
        if (fate === undefined) return none;
        fate.voided = true;
        const place = fate.fills.findIndex(({ trade }) => trade === record.trade);
        if (place >= 0) fate.fills.splice(place, 1);
        return none;
      }
      case "risk_locked":
        if (record.reason === "fill_beyond_order") this.excess.lock(record);
        return none;
      case "session_resumed":
        this.epochs.add(record.epoch);
        return none;
      case "strategy_verdict":
        if (record.verdict !== "differed") this.broken = true;
        return none;
      default:
        return this.told(record, at);
    }
  }

  private told(record: AuditRecord["record"], at: number): readonly OrderFilled[] {
    switch (record.type) {
      case "order_rejected":
        this.venueEnded(record.order, { status: "REJECTED", cumulative: 0, time: record.time, reason: record.reason }, at);
        return none;
      case "order_canceled":
        this.venueEnded(record.order, { status: "CANCELED", cumulative: record.cumulative, time: record.time, reason: null }, at);
        return none;
      case "order_expired":
        this.venueEnded(record.order, { status: "EXPIRED", cumulative: record.cumulative, time: record.time, reason: record.reason }, at);
        return none;
      case "order_amended": {
        const fate = this.known(record.order, at);
        if (fate !== undefined && record.sequence >= fate.amended) {
          fate.amended = record.sequence;
          fate.quantity = record.quantity;
        }
        return none;
      }
      case "query_answered":
        this.answered(record, at);
        return this.trades(record, at);
      case "order_filled":
      case "fills_reported":
        return this.trades(record, at);
      case "order_acknowledged":
      case "order_unknown":
      case "cancel_rejected":
      case "amend_rejected":
      case "cancel_order":
      case "query_order":
        this.known(record.order, at);
        return none;
      default:
        return none;
    }
  }

  private open(request: OrderRequest, reason: Reason, at: number, sent: boolean): void {
    const { findings } = this;
    const { order } = request;
    const held = this.orders.get(order);
    findings.holds(held === undefined || (sent && held.sent === 0), "journal", "I-05", at, () => `order ${order} is sent a second time`);
    this.reasoned(reason, at);
    if (held !== undefined && held.sent === 0) {
      held.sent = sent ? at : 0;
      held.status = "SUBMITTED";
      return;
    }
    const intent = Math.floor(order / attemptsPerIntent);
    this.intents.add(intent);
    const former = this.attempts.get(intent) ?? [];
    for (const number of former) this.checkFormer(number, order, at);
    this.attempts.set(intent, [...former, order]);
    this.checkSides(request, at);
    const status = sent ? "SUBMITTED" : "NEW";
    const { quantity } = request;
    const fresh = { request, status, reason, sent: sent ? at : 0, quantity, asked: [], amended: 0, filled: 0, fills: [] } as const;
    this.orders.set(order, { ...fresh, asked: [], fills: [], end: null, absences: [], named: 0, excess: [], voided: false });
  }

  // The child of an order that has ended is gone with it, and may be sent anew with what stands in for that.
  private checkFormer(number: number, order: number, at: number): void {
    const former = this.orders.get(number);
    const parent = former?.request.terms?.parent ?? null;
    const orphan = parent !== null && ended.has(this.orders.get(parent)?.status ?? "UNKNOWN");
    this.findings.holds(
      former === undefined || ended.has(former.status) || orphan,
      "journal",
      "I-04",
      at,
      () => `order ${order} is another attempt of an intent whose order ${number} has not ended: it is ${former?.status}`,
    );
  }

  private checkSides({ order, side, leg, family, reduceOnly, terms }: OrderRequest, at: number): void {
    if (!this.hedge || leg === "NET") return;
    const increases = family === "entry" || family === "dca";
    const enlarges = (side === "buy") === (leg === "LONG");
    this.findings.holds(
      increases === enlarges && !(increases && (reduceOnly || terms?.closePosition === true)),
      "journal",
      "I-09",
      at,
      () => `${family} order ${order} is a ${side} of the ${leg} leg`,
    );
  }

  private adopt(request: OrderRequest, filled: number, reason: Reason): void {
    const { order, quantity } = request;
    this.unexplained.delete(order);
    this.intents.add(Math.floor(order / attemptsPerIntent));
    const known = this.orders.get(order);
    if (known !== undefined) {
      known.status = filled > 0 ? "PARTIAL" : "SUBMITTED";
      return;
    }
    const status = filled > 0 ? "PARTIAL" : "SUBMITTED";
    const counts = { sent: 0, quantity, amended: 0, filled: 0, voided: false };
    this.orders.set(order, { request, status, reason, ...counts, asked: [], fills: [], end: null, absences: [], named: 0, excess: [] });
  }

  private known(order: number, at: number): Fate | undefined {
    const fate = this.orders.get(order);
    this.findings.checks += 1;
    if (fate === undefined && !this.unexplained.has(order)) this.unexplained.set(order, at);
    return fate;
  }

  private reasoned(reason: string, at: number): void {
    this.findings.holds(isReason(reason), "journal", "I-12", at, () => `"${reason}" is in no list of reasons`);
  }

  private venueEnded(order: number, end: NonNullable<Fate["end"]>, at: number): void {
    const fate = this.known(order, at);
    if (fate !== undefined) fate.end ??= end;
  }

  private answered({ order, status, time, cumulative, refusal }: QueryAnswered, at: number): void {
    const fate = this.known(order, at);
    if (fate === undefined) return;
    if (status === null) fate.absences.push(time);
    const reason = refusal?.reason ?? null;
    if (status === "CANCELED" || status === "EXPIRED" || status === "REJECTED") fate.end ??= { status, cumulative, time, reason };
  }

  private trades(record: AuditRecord["record"], at: number): readonly OrderFilled[] {
    const fresh: OrderFilled[] = [];
    for (const fill of fillsOf(record)) {
      const fate = this.known(fill.order, at);
      if (fate === undefined) continue;
      const same = fate.fills.find((told) => isSame(told, fill)) ?? fate.excess.find((told) => isSame(told, fill));
      fate.named = Math.max(fate.named, fill.cumulative);
      if (same === undefined && isExcess(fate, fill)) {
        fate.excess.push(fill);
        this.excess.take({ fill, request: fate.request });
      } else if (same === undefined) {
        fate.fills.push(fill);
        fate.filled += fill.quantity;
        fresh.push(fill);
        if (fate.status === "SUBMITTED" && fate.filled < fate.quantity) fate.status = "PARTIAL";
      } else {
        const equal = same.price === fill.price && same.quantity === fill.quantity && same.fee === fill.fee;
        this.findings.holds(equal, "journal", "I-08", at, () => `trade ${fill.trade} of order ${fill.order} is told in two ways`);
      }
    }
    return fresh;
  }

  /** The position has a fill that was in question: it is one of its order's from here on. */
  count({ fill, request: { order } }: HeldFill): void {
    const fate = this.orders.get(order) as Fate;
    this.freed.push(fill);
    fate.excess.splice(fate.excess.indexOf(fill), 1);
    fate.fills.push(fill);
    fate.filled += fill.quantity;
    fate.named = Math.max(fate.named, fate.filled);
    fate.voided = true;
  }

  // ---- verdicts -------------------------------------------------------------------------------------------------

  private settle({ order, status, reason }: OrderSettled, at: number): void {
    const fate = this.known(order, at);
    this.reasoned(reason, at);
    if (fate === undefined) return;
    const { findings } = this;
    if (ended.has(fate.status)) {
      const follows = afterwards[fate.status]?.includes(status) === true || (fate.status === "NEVER_ARRIVED" && reason === "late_acceptance");
      findings.holds(follows, "journal", "I-12", at, () => `order ${order} ended as ${fate.status} and is ${status} afterwards`);
    }
    if (ended.has(status)) this.checkEvidence(fate, status, reason, at);
    fate.status = status;
    fate.reason = reason;
  }

  private checkEvidence(fate: Fate, status: Status, reason: Reason, at: number): void {
    const { findings } = this;
    const { request, end, absences } = fate;
    const { order } = request;
    switch (status) {
      case "FILLED": {
        const sized = request.terms?.closePosition === true && fate.filled > 0;
        const wanted = fate.filled === fate.quantity || fate.asked.includes(fate.filled) || sized;
        findings.holds(wanted, "journal", "I-07", at, () => `order ${order} is filled by ${fate.filled} of ${fate.quantity}`);
        return;
      }
      case "CANCELED":
      case "EXPIRED":
      case "REJECTED": {
        const neverSent = status === "CANCELED" && fate.sent === 0;
        // Of a venue that has lost its orders nothing but their absence is heard.
        const wiped = reason === "unknown_order_at_venue" && absences.length >= 2 && (absences.at(-1) as number) > (absences[0] as number);
        findings.holds(end?.status === status || neverSent || wiped, "journal", "I-11", at, () => `nothing says that order ${order} was ${status}`);
        return;
      }
      case "NEVER_ARRIVED": {
        findings.holds(
          deniedTwice(absences) && fate.filled === 0,
          "journal",
          "I-11",
          at,
          () => `order ${order} is given up without proof that it never arrived`,
        );
        return;
      }
      default:
        return;
    }
  }

  /** @param tellingMs how long an answer may be on its way. @param halted nothing is concluded from here on */
  end(tellingMs: number, halted: boolean): void {
    const { findings } = this;
    for (const [order, at] of this.unexplained) findings.add("journal", "I-01", at, `order ${order} is told of and was never sent`);
    this.excess.end();
    for (const fate of this.orders.values()) this.endOf(fate, tellingMs, halted);
    let last = 0;
    for (const intent of this.intents) if (intent > last) last = intent;
    const silent = last - this.intents.size;
    if (!this.broken) {
      findings.holds(
        silent <= this.local,
        "journal",
        "I-12",
        null,
        () => `${silent} intents of ${last} have no record, ${this.local} were settled locally`,
      );
    }
  }

  private endOf(fate: Fate, tellingMs: number, halted: boolean): void {
    const { findings, orders } = this;
    const { request, end, fills } = fate;
    const isOver = ended.has(fate.status);
    findings.checks += 1;
    if (!isOver && end !== null && !halted) {
      const waitsForParent = end.reason === "parent_order_gone" && !ended.has(orders.get(request.terms?.parent ?? 0)?.status ?? "FILLED");
      if (!waitsForParent) findings.add("journal", "I-12", fate.sent, `order ${request.order} has no record of its end`, end.status, fate.status);
    }
    const isLate = end !== null && end.time + tellingMs < this.time;
    if (end !== null && isLate && end.cumulative > fate.filled && isOver)
      findings.add("journal", "I-08", fate.sent, `fills of order ${request.order} are missing`, end.cumulative, fate.filled);
    if (fills.length > 0 && fate.status === "FILLED" && !fate.voided) this.checkSums(fate);
  }

  /** In the venue's order the filled quantity grows by each trade. */
  private checkSums({ request, fills }: Fate): void {
    const sorted = fills.length === 1 ? fills : fills.toSorted((a, b) => a.sequence - b.sequence);
    let sum = 0;
    for (const { quantity, cumulative, trade } of sorted) {
      sum += quantity;
      this.findings.equal("journal", "I-08", null, () => `filled quantity of order ${request.order} after trade ${trade}`, sum, cumulative);
    }
  }
}

/** A venue that gives trades no ids tells them apart by what they are. */
function isSame(told: OrderFilled, fill: OrderFilled): boolean {
  if (fill.trade !== "") return told.trade === fill.trade;
  return told.trade === "" && told.cumulative === fill.cumulative && told.price === fill.price && told.time === fill.time;
}

const none: readonly OrderFilled[] = [];

/** True for a status that ends an order. */
export function isEnded(status: Status): boolean {
  return ended.has(status);
}

function deniedTwice(absences: readonly number[]): boolean {
  return absences.length >= 2 && (absences.at(-1) as number) > (absences[0] as number);
}
