// Answers to the questions of a session that has missed something: positions, open orders, trades, the account, the
// filters. As they stood at the time of the question: a bar's path is walked before it is told.

import {
  printUnits,
  type Leg,
  type ListedOrder,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type Quantity,
  type Sequence,
  type SnapshotFailed,
  type VenueEvent,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import type { AccountHistory } from "./account-history.ts";
import { clientNumber } from "./client-ids.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { Outbox } from "./outbox.ts";
import type { RequestGate } from "./request-gate.ts";
import type { RequestKind } from "./request-window.ts";
import type { VenueOrder } from "./venue-order.ts";

export interface SnapshotHost {
  readonly account: Account;
  readonly markets: readonly MarketVenue[];
  readonly history: AccountHistory | null;
  readonly pool: { snapshot(): readonly VenueOrder[] };
  readonly leverage: number;
  readonly events: Outbox;
  readonly gate: RequestGate | null;
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
  rules: "query_balances",
};

export class Snapshots {
  declare private readonly host: SnapshotHost;

  constructor(host: SnapshotHost) {
    this.host = host;
  }

  order(market: MarketIndex, order: OrderNumber, time: Millis): void {
    const { host } = this;
    const found = host.find(market, order);
    const fills = (found?.fills ?? []).filter((fill) => fill.time <= time);
    const cumulative = fills.reduce((sum, fill) => sum + fill.quantity, 0) as Quantity;
    const status = found === undefined ? null : found.statusAt(time, cumulative);
    const venueOrderId = found?.venueOrderId ?? null;
    this.answer({ type: "query_answered", market, time, sequence: host.nextSequence(), order, venueOrderId, cumulative, status, fills });
  }

  openOrders(market: MarketIndex, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("open_orders", market, time)) return;
    const open = (host.markets[market] as MarketVenue).orders.sorted().filter(({ status }) => status !== "NEW");
    const endedSince = host.pool.snapshot().filter((order) => order.market === market && order.venueOrderId > 0 && order.endTime > time);
    const sorted = [...open, ...endedSince].sort((a, b) => a.venueOrderId - b.venueOrderId);
    const orders = sorted.map((order) => this.listed(order, time));
    this.answer({ type: "open_orders_reported", time, sequence: host.nextSequence(), market, orders, complete: true });
  }

  fills(market: MarketIndex, since: Millis, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("fills", market, time)) return;
    const fills = host.history?.fills(market, since, time) ?? [];
    const foreign = host.history?.foreignFills(market, since, time) ?? [];
    this.answer({ type: "fills_reported", time, sequence: host.nextSequence(), market, fills, foreign, complete: host.history !== null });
  }

  account(time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("account", null, time)) return;
    const { ledger, mode } = host.account;
    const balances = Object.fromEntries(
      ledger.currencies.map((currency, at) => [currency, printUnits(host.account.wallet(at), host.scaleOf(currency))]),
    );
    const leverage = host.markets.map(() => host.leverage);
    this.answer({ type: "account_reported", time, sequence: host.nextSequence(), positionMode: mode, leverage, balances });
  }

  rules(market: MarketIndex, time: Millis): void {
    const { host } = this;
    if (this.isTurnedAway("rules", market, time)) return;
    const { tick, step, minQuantity, maxQuantity, minNotional } = (host.markets[market] as MarketVenue).instrument.rules;
    const filters = { tick, step, minQuantity, maxQuantity, minNotional };
    this.answer({ type: "rules_reported", time, sequence: host.nextSequence(), market, filters });
  }

  /** @param external the stream says that the change came from outside the session */
  position(market: MarketIndex, leg: Leg, time: Millis, external: boolean): void {
    const { host } = this;
    const position = host.account.leg(market, leg);
    let quantity: number = position?.quantity ?? 0;
    for (const { event } of host.events.list()) {
      const isClose = event.type === "liquidated" || event.type === "auto_deleveraged";
      if (isClose && event.market === market && event.leg === leg && event.time > time)
        quantity += event.side === "sell" ? event.quantity : -event.quantity;
      if (event.type !== "order_filled" || event.market !== market || event.time <= time) continue;
      const filled = host.find(market, event.order);
      if (filled !== undefined && filled.leg === leg) quantity -= filled.direction * event.quantity;
    }
    // Of a moment that is over the average is not known any more.
    const entryPrice = position?.quantity === quantity ? position.entryText() : null;
    const sequence = host.nextSequence();
    this.answer({ type: "position_reported", time, sequence, market, leg, quantity: quantity as Quantity, entryPrice, external });
  }

  private listed(order: VenueOrder, time: Millis): ListedOrder {
    const { venueOrderId, side, leg, type, price, trigger, quantity, reduceOnly, family } = order;
    const number = clientNumber(order.order);
    const filled = (order.fills ?? []).reduce((sum, fill) => sum + (fill.time <= time ? fill.quantity : 0), 0) as Quantity;
    const epoch = this.host.history?.epochOf(number) ?? 1;
    return { order: number, epoch, venueOrderId, side, leg, type, price, trigger, quantity, filled, reduceOnly, family };
  }

  private isTurnedAway(question: Question, market: MarketIndex | null, time: Millis): boolean {
    const { host } = this;
    const refusal = host.gate === null ? null : host.gate.ask(requestKinds[question], time);
    if (refusal !== null) this.answer({ type: "snapshot_failed", time, sequence: host.nextSequence(), question, market, ...refusal });
    return refusal !== null;
  }

  private answer(event: VenueEvent): void {
    this.host.events.push(event, event.time);
  }
}
