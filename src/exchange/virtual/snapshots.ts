// Answers to the questions of a session that has missed something: positions, open orders, trades, the account, the
// filters. As they stood at the time of the question, or before it where a read
// lags: a bar's path is walked before it is told.

import {
  filtersOf,
  printUnits,
  type Leg,
  type ListedOrder,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderNumber,
  type Quantity,
  type Refusal,
  type Sequence,
  type SnapshotFailed,
  type VenueEvent,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import type { AccountHistory } from "./account-history.ts";
import { clientNumber, isForeign } from "./client-ids.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { Outbox } from "./outbox.ts";
import type { VenueProfile } from "./profile.ts";
import type { Endpoint } from "./reads.ts";
import { refusalOf } from "./rejections.ts";
import type { RequestGate } from "./request-gate.ts";
import type { RequestKind } from "./request-window.ts";
import type { Trouble } from "./trouble.ts";
import type { VenueOrder } from "./venue-order.ts";

export interface SnapshotHost {
  readonly account: Account;
  readonly markets: readonly MarketVenue[];
  readonly history: AccountHistory | null;
  readonly pool: { snapshot(): readonly VenueOrder[] };
  readonly events: Outbox;
  readonly gate: RequestGate | null;
  readonly trouble: Trouble | null;
  readonly profile: VenueProfile;
  readonly settlement: string;
  find(market: MarketIndex, order: OrderNumber): VenueOrder | undefined;
  nextSequence(): Sequence;
  scaleOf(currency: string): number;
}

type Question = SnapshotFailed["question"];

/** What each question counts as at the venue's door. */
const requestKinds: Readonly<Record<Question, RequestKind>> = {
  open_orders: "query_open_orders",
  fills: "query_fills",
  account: "query_balances",
  cash: "query_balances",
  rules: "query_balances",
};

/** A read that came to nothing: what a proxy or a firewall answers is no answer of the venue. */
const noReply: Refusal = { reason: "reply_lost", code: null, message: null, ccxtClass: "ExchangeNotAvailable", limit: null };

export class Snapshots {
  declare private readonly host: SnapshotHost;

  constructor(host: SnapshotHost) {
    this.host = host;
  }

  order(market: MarketIndex, order: OrderNumber, time: Millis): void {
    const { host } = this;
    const seen = this.seenAt("order", time);
    const known = host.find(market, order);
    // A replica that lags has not heard of it yet.
    const found = known === undefined || known.startTime > seen ? undefined : known;
    const fills = (found?.fills ?? []).filter((fill) => fill.time <= seen);
    const cumulative = fills.reduce((sum, fill) => sum + fill.quantity, 0) as Quantity;
    const refusal = found === undefined ? host.history?.refusalOf(order, seen) : undefined;
    const status = found === undefined ? (refusal === undefined ? null : "REJECTED") : found.statusAt(seen, cumulative);
    const venueOrderId = found?.venueOrderId ?? null;
    const answer = { market, time, sequence: host.nextSequence(), order, venueOrderId, cumulative, status, fills };
    this.answer({ type: "query_answered", ...answer, ...(refusal === undefined ? {} : { refusal }) });
  }

  openOrders(market: MarketIndex, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("open_orders", market, time)) return;
    const seen = this.seenAt("open_orders", time);
    const open = (host.markets[market] as MarketVenue).orders.sorted();
    const endedSince = host.pool.snapshot().filter((order) => order.market === market && order.venueOrderId > 0 && order.endTime > seen);
    const sorted = [...open, ...endedSince].filter(({ startTime }) => startTime <= seen).sort((a, b) => a.venueOrderId - b.venueOrderId);
    const all = sorted.map((order) => this.listed(order, seen));
    const { rows: orders, complete } = this.told("open_orders", all, time);
    this.answer({ type: "open_orders_reported", time, sequence: host.nextSequence(), market, orders, complete });
  }

  fills(market: MarketIndex, since: Millis, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("fills", market, time)) return;
    const seen = this.seenAt("fills", time);
    const { rows: fills, complete } = this.told("fills", host.history?.fills(market, since, seen) ?? [], time);
    const foreign = host.history?.foreignFills(market, since, seen) ?? [];
    const whole = complete && host.history !== null;
    this.answer({ type: "fills_reported", time, sequence: host.nextSequence(), market, fills, foreign, complete: whole });
  }

  account(time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("account", null, time)) return;
    const seen = this.seenAt("account", time);
    const balances = (seen < time ? host.trouble?.reads.accountAt(seen) : null) ?? this.balances();
    const leverage = host.markets.map(() => host.account.leverage);
    const { mode: positionMode } = host.account;
    this.answer({ type: "account_reported", time, sequence: host.nextSequence(), positionMode, leverage, balances });
  }

  cash(since: Millis, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("cash", null, time)) return;
    const { account, history } = host;
    const balance = account.wallet(account.ledger.index(host.settlement)) as Money;
    this.answer({ type: "cash_reported", time, sequence: host.nextSequence(), balance, flows: history?.flowsSince(since) ?? [] });
  }

  /** A bar opens at a venue with which something is wrong: what it held back is taken up. */
  barOpens(venue: MarketVenue, open: Millis): void {
    venue.landLate(open);
    this.host.trouble?.reads.remember(open, () => this.balances());
  }

  private balances(): Record<string, string> {
    const { account } = this.host;
    const { currencies } = account.ledger;
    return Object.fromEntries(currencies.map((currency, at) => [currency, printUnits(account.wallet(at), this.host.scaleOf(currency))]));
  }

  rules(market: MarketIndex, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("rules", market, time)) return;
    const filters = filtersOf((host.markets[market] as MarketVenue).filters.rules);
    this.answer({ type: "rules_reported", time, sequence: host.nextSequence(), market, filters });
  }

  /** @param external the stream says that the change came from outside the session */
  position(market: MarketIndex, leg: Leg, time: Millis, external: boolean): void {
    const { host } = this;
    const position = host.account.leg(market, leg);
    const now = position?.quantity ?? 0;
    const seen = external ? time : this.seenAt("positions", time);
    const quantity = now - (host.history === null ? this.changedBeyond(market, leg, seen) : host.history.changedSince(market, leg, seen));
    // Of a moment that is over the average is not known any more.
    const entryPrice = now === quantity && position !== undefined ? position.entryText() : null;
    const sequence = host.nextSequence();
    this.answer({ type: "position_reported", time, sequence, market, leg, quantity: quantity as Quantity, entryPrice, external });
  }

  /** By how much a leg has changed after an instant, as far as answers on their way say. */
  private changedBeyond(market: MarketIndex, leg: Leg, seen: Millis): number {
    const { host } = this;
    let changed = 0;
    for (const { event } of host.events.list()) {
      const isClose = event.type === "liquidated" || event.type === "auto_deleveraged";
      if (isClose && event.market === market && event.leg === leg && event.time > seen)
        changed -= event.side === "sell" ? event.quantity : -event.quantity;
      if (event.type !== "order_filled" || event.market !== market || event.time <= seen) continue;
      const filled = host.find(market, event.order);
      if (filled !== undefined && filled.leg === leg) changed += filled.direction * event.quantity;
    }
    return changed;
  }

  private seenAt(endpoint: Endpoint, time: Millis): Millis {
    return this.host.trouble?.reads.seenAt(endpoint, time) ?? time;
  }

  private told<T>(endpoint: Endpoint, rows: readonly T[], time: Millis): { readonly rows: readonly T[]; readonly complete: boolean } {
    return this.host.trouble?.reads.list(endpoint, rows, time) ?? { rows, complete: true };
  }

  private listed(order: VenueOrder, time: Millis): ListedOrder {
    const { venueOrderId, side, leg, type, price, trigger, quantity, reduceOnly } = order;
    const filled = order.fills.reduce((sum, fill) => sum + (fill.time <= time ? fill.quantity : 0), 0) as Quantity;
    const terms = { venueOrderId, side, leg, type, price, trigger, quantity, filled, reduceOnly };
    if (isForeign(order.order)) return { order: null, epoch: null, family: null, ...terms };
    const number = clientNumber(order.order);
    return { order: number, epoch: this.host.history?.epochOf(number) ?? 1, family: order.family, ...terms };
  }

  private isTurnedAway(question: Question, market: MarketIndex | null, time: Millis): boolean {
    const { host } = this;
    const refusal =
      (host.gate === null ? null : host.gate.ask(requestKinds[question], time)) ??
      this.refusal(question === "cash" ? "account" : question, market, time);
    if (refusal !== null) this.answer({ type: "snapshot_failed", time, sequence: host.nextSequence(), question, market, ...refusal });
    return refusal !== null;
  }

  /** What stands in the way of a read, beside the limits on requests. */
  refusal(endpoint: Endpoint, market: MarketIndex | null, time: Millis): Refusal | null {
    const { trouble, profile } = this.host;
    if (trouble === null) return null;
    const refused = trouble.conditions.refuses("read", market, time);
    if (refused !== null && !refused.silent) return refusalOf(profile.rejections, refused.reason);
    return refused !== null || trouble.reads.fails(endpoint, time) ? noReply : null;
  }

  private answer(event: VenueEvent): void {
    this.host.events.push(event, event.time);
  }
}
