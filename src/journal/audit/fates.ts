// What became of every order and intent, from the records alone: sent once and before anything is told of it, ended once and on
// evidence, or visibly open. It judges the runner's verdicts; it shares none of its code.

import { isReason, type OrderFilled, type OrderRequest, type OrderSettled, type QueryAnswered, type Reason } from "../../domain/index.ts";
import { fateOf, toldBefore, type Fate, type Status } from "./fate.ts";
import { Excess, isExcess, type HeldFill } from "./excess.ts";
import type { Findings } from "./findings.ts";
import { appended, fillsOf, nothing, type AuditRecord } from "./records.ts";

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
  /** Attempts of intents: one, as a rule. */
  private readonly attempts = new Map<number, number | number[]>();
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
        return nothing;
      case "submit_order":
        this.open(record.request, record.reason, at, true);
        return nothing;
      case "order_adopted":
        this.adopt(record.request, record.filled, record.reason);
        return nothing;
      case "order_settled":
        this.settle(record, at);
        return nothing;
      case "intent_skipped":
        this.intents.add(record.intent);
        this.reasoned(record.reason, at);
        return nothing;
      case "route_planned":
      case "route_ended":
        this.intents.add(record.intent);
        return nothing;
      case "position_synced":
        this.reasoned(record.reason, at);
        if (record.reason === settledLocally) this.local += 1;
        return nothing;
      case "amend_order":
        if (record.quantity !== null) {
          const fate = this.known(record.order, at);
          if (fate !== undefined) fate.asked = appended(fate.asked, record.quantity);
        }
        return nothing;
      case "fill_voided": {
        const fate = this.known(record.order, at);
        if (fate === undefined) return nothing;
        fate.voided = true;
        const place = fate.fills.findIndex(({ trade }) => trade === record.trade);
        if (place >= 0) fate.fills = fate.fills.toSpliced(place, 1);
        return nothing;
      }
      case "risk_locked":
        if (record.reason === "fill_beyond_order") this.excess.lock(record);
        return nothing;
      case "session_resumed":
        this.epochs.add(record.epoch);
        return nothing;
      case "strategy_verdict":
        if (record.verdict !== "differed") this.broken = true;
        return nothing;
      default:
        return this.told(record, at);
    }
  }

  private told(record: AuditRecord["record"], at: number): readonly OrderFilled[] {
    switch (record.type) {
      case "order_rejected":
        this.venueEnded(record.order, { status: "REJECTED", cumulative: 0, time: record.time, reason: record.reason }, at);
        return nothing;
      case "order_canceled":
        this.venueEnded(record.order, { status: "CANCELED", cumulative: record.cumulative, time: record.time, reason: null }, at);
        return nothing;
      case "order_expired":
        this.venueEnded(record.order, { status: "EXPIRED", cumulative: record.cumulative, time: record.time, reason: record.reason }, at);
        return nothing;
      case "order_amended": {
        const fate = this.known(record.order, at);
        if (fate !== undefined && record.sequence >= fate.amended) {
          fate.amended = record.sequence;
          fate.quantity = record.quantity;
        }
        return nothing;
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
        return nothing;
      default:
        return nothing;
    }
  }

  private open(request: OrderRequest, reason: Reason, at: number, sent: boolean): void {
    const { findings } = this;
    const { order } = request;
    const held = this.orders.get(order);
    if (findings.fails(held === undefined || (sent && held.sent === 0))) findings.add("journal", "I-05", at, `order ${order} is sent a second time`);
    this.reasoned(reason, at);
    if (held !== undefined && held.sent === 0) {
      held.sent = sent ? at : 0;
      held.status = "SUBMITTED";
      return;
    }
    const intent = Math.floor(order / attemptsPerIntent);
    this.intents.add(intent);
    const former = this.attempts.get(intent);
    if (former === undefined) this.attempts.set(intent, order);
    else {
      const all = typeof former === "number" ? [former] : former;
      for (const number of all) this.checkFormer(number, order, at);
      all.push(order);
      this.attempts.set(intent, all);
    }
    this.checkSides(request, at);
    this.orders.set(order, fateOf(request, sent ? "SUBMITTED" : "NEW", reason, sent ? at : 0));
  }

  // The child of an order that has ended is gone with it, and may be sent anew with what stands in for that.
  private checkFormer(number: number, order: number, at: number): void {
    const former = this.orders.get(number);
    const parent = former?.request.terms?.parent ?? null;
    const orphan = parent !== null && ended.has(this.orders.get(parent)?.status ?? "UNKNOWN");
    if (this.findings.fails(former === undefined || ended.has(former.status) || orphan))
      this.findings.add(
        "journal",
        "I-04",
        at,
        `order ${order} is another attempt of an intent whose order ${number} has not ended: it is ${former?.status}`,
      );
  }

  private checkSides({ order, side, leg, family, reduceOnly, terms }: OrderRequest, at: number): void {
    if (!this.hedge || leg === "NET") return;
    const increases = family === "entry" || family === "dca";
    const enlarges = (side === "buy") === (leg === "LONG");
    if (this.findings.fails(increases === enlarges && !(increases && (reduceOnly || terms?.closePosition === true))))
      this.findings.add("journal", "I-09", at, `${family} order ${order} is a ${side} of the ${leg} leg`);
  }

  private adopt(request: OrderRequest, filled: number, reason: Reason): void {
    const { order } = request;
    this.unexplained.delete(order);
    this.intents.add(Math.floor(order / attemptsPerIntent));
    const known = this.orders.get(order);
    if (known !== undefined) {
      known.status = filled > 0 ? "PARTIAL" : "SUBMITTED";
      return;
    }
    const status = filled > 0 ? "PARTIAL" : "SUBMITTED";
    this.orders.set(order, fateOf(request, status, reason, 0));
  }

  private known(order: number, at: number): Fate | undefined {
    const fate = this.orders.get(order);
    this.findings.checks += 1;
    if (fate === undefined && !this.unexplained.has(order)) this.unexplained.set(order, at);
    return fate;
  }

  private reasoned(reason: string, at: number): void {
    if (this.findings.fails(isReason(reason))) this.findings.add("journal", "I-12", at, `"${reason}" is in no list of reasons`);
  }

  private venueEnded(order: number, end: NonNullable<Fate["end"]>, at: number): void {
    const fate = this.known(order, at);
    if (fate !== undefined) fate.end ??= end;
  }

  private answered({ order, status, time, cumulative, refusal }: QueryAnswered, at: number): void {
    const fate = this.known(order, at);
    if (fate === undefined) return;
    if (status === null) fate.absences = appended(fate.absences, time);
    else if (status === "CANCELED" || status === "EXPIRED" || status === "REJECTED")
      fate.end ??= { status, cumulative, time, reason: refusal?.reason ?? null };
  }

  private trades(record: AuditRecord["record"], at: number): readonly OrderFilled[] {
    const told = fillsOf(record);
    if (told.length === 0) return nothing;
    const fresh: OrderFilled[] = [];
    for (const fill of told) {
      const fate = this.known(fill.order, at);
      if (fate === undefined) continue;
      const same = toldBefore(fate, fill);
      fate.named = Math.max(fate.named, fill.cumulative);
      if (same === undefined && isExcess(fate, fill)) {
        fate.excess = appended(fate.excess, fill);
        this.excess.take({ fill, request: fate.request });
      } else if (same === undefined) {
        fate.fills = appended(fate.fills, fill);
        fate.filled += fill.quantity;
        fresh.push(fill);
        if (fate.status === "SUBMITTED" && fate.filled < fate.quantity) fate.status = "PARTIAL";
      } else {
        const equal = same.price === fill.price && same.quantity === fill.quantity && same.fee === fill.fee;
        if (this.findings.fails(equal)) this.findings.add("journal", "I-08", at, `trade ${fill.trade} of order ${fill.order} is told in two ways`);
      }
    }
    return fresh;
  }

  /** The position has a fill that was in question: it is one of its order's from here on. */
  count({ fill, request: { order } }: HeldFill): void {
    const fate = this.orders.get(order) as Fate;
    this.freed.push(fill);
    fate.excess = fate.excess.filter((one) => one !== fill);
    fate.fills = appended(fate.fills, fill);
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
      if (findings.fails(follows)) findings.add("journal", "I-12", at, `order ${order} ended as ${fate.status} and is ${status} afterwards`);
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
        if (findings.fails(wanted)) findings.add("journal", "I-07", at, `order ${order} is filled by ${fate.filled} of ${fate.quantity}`);
        return;
      }
      case "CANCELED":
      case "EXPIRED":
      case "REJECTED": {
        const neverSent = status === "CANCELED" && fate.sent === 0;
        // Of a venue that has lost its orders nothing but their absence is heard.
        const wiped = reason === "unknown_order_at_venue" && absences.length >= 2 && (absences.at(-1) as number) > (absences[0] as number);
        if (findings.fails(end?.status === status || neverSent || wiped))
          findings.add("journal", "I-11", at, `nothing says that order ${order} was ${status}`);
        return;
      }
      case "NEVER_ARRIVED": {
        if (findings.fails(deniedTwice(absences) && fate.filled === 0))
          findings.add("journal", "I-11", at, `order ${order} is given up without proof that it never arrived`);
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
      if (findings.fails(silent <= this.local))
        findings.add("journal", "I-12", null, `${silent} intents of ${last} have no record, ${this.local} were settled locally`);
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
      if (this.findings.differ(sum, cumulative))
        this.findings.add("journal", "I-08", null, `filled quantity of order ${request.order} after trade ${trade}`, sum, cumulative);
    }
  }
}

/** True for a status that ends an order. */
export function isEnded(status: Status): boolean {
  return ended.has(status);
}

function deniedTwice(absences: readonly number[]): boolean {
  return absences.length >= 2 && (absences.at(-1) as number) > (absences[0] as number);
}
