// An order of the runner as plain data, and back: everything that an answer may ask of it later. Orders that have ended
// are kept like those that are out, because a fill may still be on its way.

import {
  plainRequest,
  type IntentNumber,
  type Millis,
  type OrderRequest,
  type OrderStatus,
  type Price,
  type Quantity,
  type Reason,
  type TradeKind,
} from "../../domain/index.ts";
import type { CancelCause } from "../desk.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import type { RouteWork } from "../routing/route.ts";

export interface OrderState {
  readonly request: OrderRequest;
  readonly status: OrderStatus;
  readonly filled: Quantity;
  readonly cancelCause: CancelCause;
  readonly cancelTime: number;
  readonly unknown: boolean;
  readonly intent: IntentNumber;
  readonly kind: TradeKind;
  readonly direction: "LONG" | "SHORT";
  readonly reason: Reason;
  readonly tag: string | null;
  readonly fallbackOnReject: boolean;
  readonly fallbackOnTimeout: boolean;
  readonly wanted: number;
  readonly repriced: boolean;
  readonly reference: Price;
  /** The strategy's state at the intent; not there for orders without one. */
  readonly snapshot?: unknown;
  readonly version: number;
  /** It is an order of the route of its intent. */
  readonly routed: boolean;
  readonly cumulative: Quantity;
  readonly named: Quantity;
  readonly cancelRetries: number;
  readonly cancelDoubted: boolean;
  readonly sentTime: Millis;
  readonly confirmed: boolean;
  readonly trades: readonly (number | string)[];
}

export function orderState(order: RunnerOrder): OrderState {
  const { status, filled, cancelCause, cancelTime, unknown, intent, kind, direction, reason, tag, fallbackOnReject, fallbackOnTimeout } = order;
  const { wanted, repriced, reference, snapshot, version, cumulative, named, cancelRetries, cancelDoubted, sentTime, confirmed } = order;
  return {
    request: plainRequest(order),
    status,
    filled,
    cancelCause,
    cancelTime,
    unknown,
    intent,
    kind,
    direction,
    reason,
    tag,
    fallbackOnReject,
    fallbackOnTimeout,
    wanted,
    repriced,
    reference,
    ...(snapshot === undefined ? {} : { snapshot }),
    version,
    routed: order.route !== null,
    cumulative,
    named,
    cancelRetries,
    cancelDoubted,
    sentTime,
    confirmed,
    trades: order.trades(),
  };
}

/** Makes a fresh object the order that a state was taken of. @param route that of its intent; null when it is on none */
export function restoreOrder(order: RunnerOrder, state: OrderState, desk: RunnerDesk, route: RouteWork | null): void {
  const { request, status, routed: _routed, trades, kind, direction, ...fields } = state;
  order.plan(desk, state.intent, desk.forms[kind].of(direction, request.family, request.type));
  order.copy(request);
  Object.assign(order, fields);
  order.snapshot = state.snapshot;
  order.route = route;
  order.restoreStatus(status);
  order.restoreTrades(trades);
}
