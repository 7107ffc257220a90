// The auditor: an independent reader of what a session recorded. From the records alone it works out positions, P&L, fees,
// funding, equity and the fate of every order anew, and compares them with what the runner recorded, the venue did and the
// result says. It shares no code with either, and mends nothing.

import type { Leg, OrderFilled, VenueEntry, VenueTapeHead } from "../../domain/index.ts";
import { unitsOf } from "./arithmetic.ts";
import { Books } from "./books.ts";
import { Curve, type CurveColumns } from "./curve.ts";
import type { Fate } from "./fate.ts";
import { Fates } from "./fates.ts";
import { Figures, type AuditedResult } from "./figures.ts";
import { Findings } from "./findings.ts";
import { marketFrames, type AuditFrame, type MarketFrame } from "./frame.ts";
import { Locks } from "./locks.ts";
import { Pairing, type Untold } from "./pairing.ts";
import { marketOf, type AuditRecord } from "./records.ts";
import type { AuditPart, AuditReport } from "./report.ts";
import { VenueSums } from "./venue-sums.ts";

export interface VenueTapeRead {
  readonly head: VenueTapeHead;
  readonly entries: readonly VenueEntry[];
  readonly untold: Untold;
}

/** What a run has left beside its records; what is not at hand is null, and the report says what was left out for it. */
export interface AuditedEnd {
  readonly curve: CurveColumns | null;
  readonly result: AuditedResult | null;
}

export interface AuditedRun extends AuditedEnd {
  readonly venue: VenueTapeRead | null;
}

export class Auditor {
  readonly findings = new Findings();
  declare private readonly frame: AuditFrame;
  declare private readonly markets: readonly MarketFrame[];
  declare private readonly fates: Fates;
  declare private readonly books: Books;
  declare private readonly locks: Locks;
  declare private readonly venue: VenueTapeRead | null;
  private records = 0;
  private skipped = 0;
  /** As they were heard. */
  private readonly fills: OrderFilled[] = [];
  /** Orders in the order of sending: one that waited stands where it was sent. */
  private readonly sent = new Map<number, Fate>();

  constructor(frame: AuditFrame, venue: VenueTapeRead | null) {
    this.frame = frame;
    this.venue = venue;
    this.markets = marketFrames(frame);
    this.fates = new Fates(this.findings, frame.mode === "hedge");
    this.books = new Books(frame, this.markets, this.fates, this.findings);
    this.locks = new Locks(this.findings, frame.mode);
  }

  /** The records in their order. */
  take(entry: AuditRecord): void {
    this.records += 1;
    const at = this.records;
    const { record } = entry;
    const fresh = this.fates.take(entry, at);
    this.books.take(entry, at, fresh);
    this.locks.take(entry, at, this.opened(entry));
    if (record.type === "intent_skipped") this.skipped += 1;
    if (record.type === "submit_order" || record.type === "order_held") {
      const { order } = record.request;
      this.sent.delete(order);
      const fate = this.fates.orders.get(order);
      if (fate !== undefined) this.sent.set(order, fate);
    }
    for (const fill of fresh) this.fills.push(fill);
    const { freed } = this.fates;
    if (freed.length > 0) this.fills.push(...freed.splice(0));
  }

  /** Bars that have closed without a word stand in no record: the clock is at least at the open of the bar that is handled. */
  private opened({ record, bar }: AuditRecord): number {
    const bars = this.markets[marketOf(record)]?.bars ?? null;
    return bars === null || bar < 0 ? 0 : bars.timeAt(Math.min(bar, bars.length - 1));
  }

  /** After the last record. */
  end({ curve, result }: AuditedEnd): AuditReport {
    const { frame, markets, fates, books, findings, locks, venue, fills } = this;
    const leftOut: AuditPart[] = [];
    const figures = result === null ? null : new Figures(result, frame, markets, findings);
    fates.end(frame.tellingMs, locks.halted || fates.broken);
    books.end((market, leg) => this.isUntold(market, leg));
    figures?.fills(fills, fates);
    figures?.counts(fates, [...this.sent.values()], this.skipped, fills.length);
    figures?.sums(books);
    if (figures === null) leftOut.push("result");
    if (venue === null) leftOut.push("venue", "equity");
    else this.compareVenue(venue, curve, figures, leftOut);
    return {
      records: this.records,
      entries: venue === null ? null : venue.entries.length,
      checks: findings.checks,
      count: findings.count,
      findings: findings.list,
      leftOut,
      unverified: books.unverified,
    };
  }

  /** A trade of the leg was on its way when the session ended, or was made by others and has never been told. */
  private isUntold(market: number, leg: Leg): boolean {
    const { venue } = this;
    if (venue === null) return false;
    const { trades, legs } = venue.untold;
    if (legs.has(`${market}/${leg}`)) return true;
    return venue.entries.some((entry) => {
      if (entry.type !== "filled" && entry.type !== "traded_outside") return false;
      return entry.market === market && entry.leg === leg && (entry.type === "traded_outside" || trades.has(entry.trade));
    });
  }

  private compareVenue({ head, entries, untold }: VenueTapeRead, curve: CurveColumns | null, figures: Figures | null, leftOut: AuditPart[]): void {
    const { frame, fates, books, findings, markets } = this;
    const sums = new VenueSums(frame, head, markets, findings);
    let drawdown: number | null = null;
    if (curve !== null && markets.every(({ walked }) => walked !== null)) {
      const follower = new Curve(frame, markets, sums, findings);
      follower.follow(curve, entries, fates.broken);
      ({ drawdown } = follower);
    } else {
      leftOut.push("equity");
      entries.forEach((entry, at) => sums.take(entry, at + 1));
    }
    const { settlement } = frame;
    const boot = unitsOf(frame.balances[settlement] ?? "0", frame.moneyScales[settlement] ?? 8);
    new Pairing(fates, sums, findings, untold).compare(books, markets, settlement, boot);
    if (figures !== null) figures.end(sums, drawdown, curve?.value[curve.value.length - 1] ?? null);
  }
}

/** Audits records in one go. */
export function audit(frame: AuditFrame, run: AuditedRun, records: Iterable<AuditRecord>): AuditReport {
  const auditor = new Auditor(frame, run.venue);
  for (const record of records) auditor.take(record);
  return auditor.end(run);
}
