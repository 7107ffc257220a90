// The words of an order as small numbers, for the tape: switches, because an indexOf call costs more than the word that it gives.

import type { Family, Leg, OrderRequest, OrderStatus, OrderType, Reason, TimeInForce } from "../domain/index.ts";
import { families, reasonCodes, statuses, timesInForce, types } from "./tape-codes.ts";

/** Everything about a request that is a name, and why it was sent, in one word. */
export function namesWord(request: OrderRequest, reason: Reason): number {
  return (
    (request.side === "buy" ? 0 : 1) |
    (request.reduceOnly ? 2 : 0) |
    (legCode(request.leg) << 2) |
    (timeInForceCode(request.timeInForce) << 4) |
    (typeCode(request.type) << 7) |
    (familyCode(request.family) << 11) |
    (reasonCode(reason) << 15)
  );
}

export function legCode(leg: Leg): number {
  return leg === "LONG" ? 0 : leg === "SHORT" ? 1 : 2;
}

function familyCode(family: Family): number {
  switch (family) {
    case "entry":
      return 0;
    case "dca":
      return 1;
    case "tp":
      return 2;
    case "sl":
      return 3;
    case "partial":
      return 4;
    case "close":
      return 5;
    default:
      return families.indexOf(family);
  }
}

function typeCode(type: OrderType): number {
  return type === "market" ? 0 : type === "limit" ? 1 : type === "stop_market" ? 2 : types.indexOf(type);
}

function timeInForceCode(timeInForce: TimeInForce): number {
  return timeInForce === "GTC" ? 0 : timeInForce === "PO" ? 4 : timesInForce.indexOf(timeInForce);
}

export function statusCode(status: OrderStatus | "REVERTED"): number {
  return status === "FILLED" ? 3 : status === "CANCELED" ? 4 : statuses.indexOf(status);
}

// The reasons of most records; the others are looked up.
const signalCode = reasonCodes.get("signal") as number;
const filledCode = reasonCodes.get("filled") as number;
const strategyCancelCode = reasonCodes.get("strategy_cancel") as number;
const replacedCode = reasonCodes.get("replaced") as number;

export function reasonCode(reason: Reason): number {
  switch (reason) {
    case "signal":
      return signalCode;
    case "filled":
      return filledCode;
    case "strategy_cancel":
      return strategyCancelCode;
    case "replaced":
      return replacedCode;
    default:
      return reasonCodes.get(reason) as number;
  }
}
