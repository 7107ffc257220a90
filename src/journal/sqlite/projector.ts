// Brings the projections up to a commit, in the same transaction: what has been seen and what has been applied can never part. It
// reads nothing but the commits and the header, so that the same records give the same tables. It decides nothing.

import type { Effect, ForeignSeen, Millis, Reconciled, RiskLocked } from "../../domain/index.ts";
import type { Cause, Commit, InstantClosed } from "../commits.ts";
import type { JournalHeader } from "./format.ts";
import type { At } from "./at.ts";
import { CallProjection } from "./project-calls.ts";
import { MarketProjection } from "./project-market.ts";
import { OrderProjection } from "./project-orders.ts";
import { PositionProjection } from "./project-positions.ts";
import { textOf, textOrNull, type Tables } from "./tables.ts";
import { utc, Words } from "./words.ts";

export class Projector {
  declare private readonly tables: Tables;
  declare private readonly words: Words;
  declare private readonly orders: OrderProjection;
  declare private readonly positions: PositionProjection;
  /** null: the journal is of a format that has no tables for it. */
  declare private readonly calls: CallProjection | null;
  declare private readonly market: MarketProjection | null;
  /** By market: close of the last bar of its finest series; -1 before the first. */
  private closes: number[] = [];
  /** Of the last instant; -1 before the first. */
  private lastInstant = -1;
  private stopReason: string | null = null;
  private halted = false;

  constructor(tables: Tables, header: JournalHeader) {
    this.tables = tables;
    this.words = new Words(header);
    this.positions = new PositionProjection(tables, this.words);
    this.orders = new OrderProjection(tables, this.words, this.positions);
    this.calls = header.format === 1 ? null : new CallProjection(tables, this.words);
    this.market = header.format === 1 ? null : new MarketProjection(tables, this.words);
  }

  /** What the tables of a new journal hold before its first record. */
  begin(time: Millis): void {
    this.closes = this.words.instruments.map(() => -1);
    this.positions.begin(time);
    this.beat(time);
  }

  /** Takes up what it must know of what is there already. */
  load(): void {
    const beat = this.tables.get("SELECT * FROM heartbeat WHERE id = 1");
    const lastBar = textOrNull(beat, "last_bar_ts");
    this.closes = JSON.parse(textOf(beat, "rows")) as number[];
    this.lastInstant = lastBar === null ? -1 : Date.parse(lastBar);
    this.stopReason = textOrNull(beat, "stop_reason");
    this.halted = beat?.["halted"] === 1;
    this.positions.load();
  }

  take({ seq, epoch, cause, effects, notes }: Commit): void {
    const { time } = cause;
    const at: At = { seq, epoch, time, notes, barTime: (market) => this.barTime(market) };
    if (notes?.equity !== undefined) this.positions.equity(at, notes.equity, (this.lastInstant < 0 ? time : this.lastInstant) as Millis);
    if (cause.type === "instant_closed") this.closed(cause);
    // An order is in the book before what is told of it, also where both come at once: a fill may overtake the news of its order.
    for (const effect of effects) this.orders.made(effect, at);
    this.calls?.answered(cause, at);
    for (const effect of effects) this.calls?.asked(effect, at);
    this.told(cause, at);
    for (const effect of effects) this.answered(effect, cause, at);
    if (notes !== undefined) this.market?.noted(notes, cause, at);
    if (notes?.backoff !== undefined) this.backoff(notes.backoff);
    this.beat(time);
  }

  private told(cause: Cause, at: At): void {
    switch (cause.type) {
      case "order_filled":
        return this.orders.filled(cause, at);
      case "query_answered":
        if (cause.venueOrderId !== null) this.orders.identified(cause.order, cause.venueOrderId, at);
        for (const fill of cause.fills) this.orders.filled(fill, at);
        return;
      case "fills_reported":
        for (const fill of cause.fills) this.orders.filled(fill, at);
        return;
      case "order_acknowledged":
        return this.orders.identified(cause.order, cause.venueOrderId, at);
      case "order_rejected":
        return this.orders.refused(cause);
      case "order_amended":
        return this.orders.amended(cause, at);
      case "fill_voided":
        return this.orders.voided(cause, at);
      case "funding_paid":
        return this.positions.funded(cause, at);
      case "funds_moved":
        return this.positions.moved(cause);
      case "operator_command":
        if (cause.command !== "halt") this.stopReason = cause.command === "resume" ? null : `${cause.command}: ${cause.text}`;
        return this.event(at, "warning", cause.command, cause.text);
      case "strategy_verdict":
        return this.event(at, "error", `strategy_${cause.verdict}`, cause.text);
      case "session_resumed":
        return this.event(at, "info", cause.type, `epoch ${cause.epoch}, last heard ${utc(cause.since)}, changed: ${cause.changed ?? "nothing"}`);
      default:
        return;
    }
  }

  private answered(effect: Effect, cause: Cause, at: At): void {
    switch (effect.type) {
      case "order_settled":
        return this.orders.settled(effect, at);
      case "ledger_entry":
        return this.positions.realised(effect, at, this.orders.idOf(effect.order));
      case "position_synced":
        this.orders.judged(effect, at);
        return this.positions.synced(effect, cause, at);
      case "alert":
        return this.event(at, effect.level, "alert", effect.text);
      case "halt":
        this.halted = true;
        return this.event(at, "error", `halt: ${effect.reason}`, effect.text);
      case "risk_locked":
      case "reconciled":
      case "foreign_seen":
        return this.event(at, "warning", effect.type, this.factText(effect));
      default:
        return;
    }
  }

  private factText(effect: RiskLocked | Reconciled | ForeignSeen): string {
    if (effect.type === "reconciled")
      return `${effect.phase}: ${effect.reason}, ${effect.adopted} adopted, ${effect.fills} fills, ${effect.synced} positions, ${effect.foreign} foreign`;
    if (effect.type === "foreign_seen") return `${effect.what} ${effect.id} of ${this.words.symbol(effect.market)}: ${effect.reason}`;
    return `${effect.market === null ? "all markets" : this.words.symbol(effect.market)} ${effect.locked ? "locked" : "free"}: ${effect.reason}`;
  }

  private closed({ time, closings }: InstantClosed): void {
    for (const { market, series } of closings) if (series === 0) this.closes[market] = time;
    this.lastInstant = time;
  }

  private barTime(market: number): string | null {
    const close = this.closes[market] ?? -1;
    const interval = this.words.header.bars[market]?.[0]?.interval;
    return close < 0 || interval === undefined ? null : utc(close - interval);
  }

  private event(at: At, level: string, event: string, text: string): void {
    this.tables.insert("debug_events", { seq: at.seq, ts_utc: utc(at.time), level, event, text });
  }

  private backoff(changed: NonNullable<NonNullable<Commit["notes"]>["backoff"]>): void {
    for (const { market, counters } of changed) {
      for (const [family, counter] of Object.entries(counters)) {
        const { failures, blockedUntil, lastEvent, lastDetails } = counter;
        const row = { market, family, symbol: this.words.symbol(market), failures };
        const blocked = { blocked_until_utc: blockedUntil > 0 ? utc(blockedUntil) : null, last_event: lastEvent, last_details: lastDetails };
        this.tables.insert("backoff", { ...row, ...blocked }, "REPLACE");
      }
    }
  }

  private beat(time: Millis): void {
    const { lastInstant, stopReason, halted, closes } = this;
    const { cash, ledger } = this.positions.sums;
    this.tables.run(
      `INSERT INTO heartbeat (id, ts_utc, last_bar_ts, stop_new_orders, stop_reason, halted, rows, cash_units, ledger_units)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ts_utc = excluded.ts_utc, last_bar_ts = excluded.last_bar_ts,
       stop_new_orders = excluded.stop_new_orders, stop_reason = excluded.stop_reason, halted = excluded.halted, rows = excluded.rows,
       cash_units = excluded.cash_units, ledger_units = excluded.ledger_units`,
      utc(time),
      lastInstant < 0 ? null : utc(lastInstant),
      stopReason === null ? 0 : 1,
      stopReason,
      halted ? 1 : 0,
      JSON.stringify(closes),
      cash,
      ledger,
    );
  }
}
