// What was asked of the venue and what it answered, call by call, under the names that ccxt has for them. Made of the records: what
// went over a wire beside that, as headers and signatures, is in none of them, and no key or secret ever is.

import {
  canonicalJson,
  printVenueOrderId,
  type Effect,
  type ForeignFill,
  type ListedOrder,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type Refusal,
  type SnapshotFailed,
} from "../../domain/index.ts";
import type { Cause } from "../commits.ts";
import type { At } from "./at.ts";
import { textOrNull, type Row, type Tables } from "./tables.ts";
import { utc, type Words } from "./words.ts";

interface Call {
  /** What its answer is found by: calls of one key are answered in their order. */
  readonly key: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly params: object;
}

interface Answer {
  readonly key: string;
  /** `unknown`: nothing definite came back. */
  readonly status: "ok" | "error" | "unknown";
  readonly result: unknown;
  readonly error: string | null;
}

const questionKeys: Readonly<Record<SnapshotFailed["question"], string>> = {
  open_orders: "orders",
  fills: "trades",
  account: "balance",
  rules: "markets",
};
const unknownKeys = { submit: "create", cancel: "cancel", amend: "edit" } as const;

/** The names of an order: the venue's and ours; null for one that there is no row of. */
interface OrderNames {
  readonly id: string | null;
  readonly own: string | null;
  readonly type: string | null;
  readonly side: string | null;
}

export class CallProjection {
  declare private readonly tables: Tables;
  declare private readonly words: Words;
  declare private readonly head: Row;

  constructor(tables: Tables, words: Words) {
    this.tables = tables;
    this.words = words;
    const { mode, run, venue = null } = words.header;
    this.head = { source: mode === "live" ? "ccxt" : "virtual", scenario_id: run, exchange_name: venue, exchange_id: venue };
  }

  asked(effect: Effect, at: At): void {
    const call = this.callOf(effect);
    if (call === null) return;
    this.tables.insert("exchange_api_log", {
      commit_seq: at.seq,
      ts_utc: utc(at.time),
      ...this.head,
      method: call.method,
      args_json: canonicalJson(call.args),
      kwargs_json: canonicalJson(call.params),
      status: "sent",
      sent_ms: at.time,
      open_key: call.key,
    });
  }

  /** What a stream tells unasked answers nothing, and stands in the records alone. */
  answered(cause: Cause, at: At): void {
    // Nobody is there any more to whom an answer could come: what became of those calls is found out by new ones.
    if (cause.type === "session_resumed")
      this.tables.run(
        "UPDATE exchange_api_log SET status = 'unknown', error_text = ?, open_key = NULL WHERE open_key IS NOT NULL",
        "the process ended before an answer came",
      );
    const answer = this.answerOf(cause);
    if (answer === null) return;
    const { key, status, result, error } = answer;
    this.tables.run(
      `UPDATE exchange_api_log SET status = ?, result_json = ?, error_text = ?, elapsed_ms = ? - sent_ms, answer_seq = ?, open_key = NULL
       WHERE seq = (SELECT min(seq) FROM exchange_api_log WHERE open_key = ?)`,
      status,
      result === null ? null : canonicalJson(result),
      error,
      at.time,
      at.seq,
      key,
    );
  }

  private callOf(effect: Effect): Call | null {
    const { words } = this;
    switch (effect.type) {
      case "submit_order":
        return this.createOf(effect.request);
      case "cancel_order": {
        const { id, own } = this.namesOf(effect.order);
        const params = { clientOrderId: own, reason: effect.reason };
        return { key: `cancel/${effect.order}`, method: "cancelOrder", args: [id, words.symbol(effect.market)], params };
      }
      case "amend_order": {
        const { order, market, price, trigger, quantity } = effect;
        const { id, own, type, side } = this.namesOf(order);
        const amount = quantity === null ? null : words.quantity(market, quantity);
        const args = [id, words.symbol(market), type, side, amount, words.price(market, price)];
        return { key: `edit/${order}`, method: "editOrder", args, params: { clientOrderId: own, triggerPrice: words.price(market, trigger) } };
      }
      case "query_order": {
        const { id, own } = this.namesOf(effect.order);
        return { key: `order/${effect.order}`, method: "fetchOrder", args: [id, words.symbol(effect.market)], params: { clientOrderId: own } };
      }
      case "query_position": {
        const { market, leg } = effect;
        return { key: `position/${market}/${leg}`, method: "fetchPositions", args: [[words.symbol(market)]], params: { leg } };
      }
      case "query_open_orders":
        return { key: `orders/${effect.market}`, method: "fetchOpenOrders", args: [words.symbol(effect.market)], params: {} };
      case "query_fills":
        return { key: `trades/${effect.market}`, method: "fetchMyTrades", args: [words.symbol(effect.market), effect.since], params: {} };
      case "query_account":
        return { key: "balance/", method: "fetchBalance", args: [], params: {} };
      case "query_rules":
        return { key: `markets/${effect.market}`, method: "fetchMarkets", args: [words.symbol(effect.market)], params: {} };
      default:
        return null;
    }
  }

  private createOf(request: OrderRequest): Call {
    const { words } = this;
    const { order, market, side, leg, type, quantity, price, trigger, timeInForce, reduceOnly, terms } = request;
    const args = [words.symbol(market), type, side, words.quantity(market, quantity), words.price(market, price)];
    const own = this.namesOf(order).own;
    const params = { clientOrderId: own, triggerPrice: words.price(market, trigger), timeInForce, reduceOnly, leg, terms };
    return { key: `create/${order}`, method: "createOrder", args, params };
  }

  private answerOf(cause: Cause): Answer | null {
    const { words } = this;
    switch (cause.type) {
      case "order_acknowledged":
        return ok(`create/${cause.order}`, { id: printVenueOrderId(cause.venueOrderId) });
      case "order_rejected":
        return refused(`create/${cause.order}`, cause);
      case "order_unknown":
        return { key: `${unknownKeys[cause.request]}/${cause.order}`, status: "unknown", result: null, error: "nothing definite came back" };
      case "order_canceled":
        return ok(`cancel/${cause.order}`, { filled: words.quantity(cause.market, cause.cumulative) });
      case "cancel_rejected":
        return refused(`cancel/${cause.order}`, cause);
      case "order_amended": {
        const { market, price, trigger, quantity } = cause;
        const changed = { price: words.price(market, price), triggerPrice: words.price(market, trigger), amount: words.quantity(market, quantity) };
        return ok(`edit/${cause.order}`, changed);
      }
      case "amend_rejected":
        return refused(`edit/${cause.order}`, cause);
      case "query_answered": {
        const { market, order, status, venueOrderId, cumulative, fills } = cause;
        if (status === null) return { key: `order/${order}`, status: "error", result: null, error: "the venue does not know this id" };
        const id = venueOrderId === null ? null : printVenueOrderId(venueOrderId);
        const filled = words.quantity(market, cumulative);
        return ok(`order/${order}`, { id, status, filled, trades: fills.map((fill) => this.trade(market, fill)) });
      }
      case "query_rejected":
        return refused(cause.order === null ? `position/${cause.market}/${cause.leg}` : `order/${cause.order}`, cause);
      default:
        return this.listOf(cause);
    }
  }

  private listOf(cause: Cause): Answer | null {
    const { words } = this;
    switch (cause.type) {
      case "position_reported": {
        const { market, leg, quantity, entryPrice, external } = cause;
        return ok(`position/${market}/${leg}`, { contracts: words.quantity(market, quantity), entryPrice, external });
      }
      case "open_orders_reported": {
        const { market, orders, complete } = cause;
        return ok(`orders/${market}`, { orders: orders.map((order) => this.listed(market, order)), complete });
      }
      case "fills_reported": {
        const { market, fills, foreign, complete } = cause;
        const [own, others] = [fills, foreign].map((trades) => trades.map((trade) => this.trade(market, trade)));
        return ok(`trades/${market}`, { trades: own, foreign: others, complete });
      }
      case "account_reported": {
        const { positionMode, leverage, balances } = cause;
        return ok("balance/", { positionMode, leverage, balances });
      }
      case "rules_reported":
        return ok(`markets/${cause.market}`, cause.filters);
      case "snapshot_failed":
        return refused(`${questionKeys[cause.question]}/${cause.market ?? ""}`, cause);
      default:
        return null;
    }
  }

  private trade(market: number, fill: OrderFilled | ForeignFill): object {
    const { trade, time, price, quantity } = fill;
    const order = "order" in fill ? this.namesOf(fill.order).own : null;
    return {
      id: trade,
      clientOrderId: order,
      datetime: utc(time),
      price: this.words.price(market, price),
      amount: this.words.quantity(market, quantity),
    };
  }

  private listed(market: number, { order, venueOrderId, side, type, price, quantity, filled }: ListedOrder): object {
    const { words } = this;
    const own = order === null ? null : this.namesOf(order).own;
    const amounts = { amount: words.quantity(market, quantity), filled: words.quantity(market, filled) };
    return { id: printVenueOrderId(venueOrderId), clientOrderId: own, side, type, price: words.price(market, price), ...amounts };
  }

  private namesOf(order: OrderNumber): OrderNames {
    const row = this.tables.get("SELECT order_id, venue_order_id, type, side FROM orders WHERE order_number = ?", order);
    const [id, own] = [textOrNull(row, "venue_order_id"), textOrNull(row, "order_id")];
    return { id, own, type: textOrNull(row, "type"), side: textOrNull(row, "side") };
  }
}

function ok(key: string, result: unknown): Answer {
  return { key, status: "ok", result, error: null };
}

function refused(key: string, { code, message, ccxtClass, reason }: Refusal): Answer {
  const words = [ccxtClass, code, message].filter((part) => part !== null && part !== "").join(" ");
  return { key, status: "error", result: null, error: words === "" ? reason : `${words} (${reason})` };
}
