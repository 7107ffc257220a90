// One order as the records tell of it: what was asked for, what has filled, and what has been said of its end.

import type { OrderFilled, OrderRequest, OrderSettled, Reason } from "../../domain/index.ts";
import { nothing } from "./records.ts";

export type Status = OrderSettled["status"];
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
  asked: readonly number[];
  amended: number;
  filled: number;
  fills: readonly OrderFilled[];
  /** The most that a fill has named as filled. */
  named: number;
  /** More than the order can have: none is counted before the position says so. */
  excess: readonly OrderFilled[];
  /** What the venue has said of its end, when, and why. */
  end: { readonly status: EndStatus; readonly cumulative: number; readonly time: number; readonly reason: Reason | null } | null;
  /** Times at which the venue did not know it. */
  absences: readonly number[];
  /** Its trades are not those that its cumulative quantities tell of: one was taken back, or was of another order. */
  voided: boolean;
}

/** @param sent number of the record that sends it; 0: none has */
export function fateOf(request: OrderRequest, status: Status, reason: Reason, sent: number): Fate {
  const { quantity } = request;
  return {
    request,
    status,
    reason,
    sent,
    quantity,
    asked: nothing,
    amended: 0,
    filled: 0,
    fills: nothing,
    named: 0,
    excess: nothing,
    end: null,
    absences: nothing,
    voided: false,
  };
}

/** A trade that was told already; undefined: it is new. */
export function toldBefore({ fills, excess }: Fate, fill: OrderFilled): OrderFilled | undefined {
  if (fills.length === 0 && excess.length === 0) return undefined;
  return fills.find((told) => isSame(told, fill)) ?? excess.find((told) => isSame(told, fill));
}

/** A venue that gives trades no ids tells them apart by what they are. */
function isSame(told: OrderFilled, fill: OrderFilled): boolean {
  if (fill.trade !== "") return told.trade === fill.trade;
  return told.trade === "" && told.cumulative === fill.cumulative && told.price === fill.price && told.time === fill.time;
}
