// The words of an order as small numbers, for the tape: switches, because an indexOf call costs more than the word that it gives.

import { namesOfRequest, type Leg, type OrderRequest, type OrderStatus, type Reason } from "../domain/index.ts";
import { reasonCodes, statuses } from "./tape-codes.ts";

/** Everything about a request that is a name, and why it was sent, in one word. */
export function namesWord(request: OrderRequest, reason: Reason): number {
  return namesOfRequest(request).code | (reasonCode(reason) << 15);
}

export function legCode(leg: Leg): number {
  return leg === "LONG" ? 0 : leg === "SHORT" ? 1 : 2;
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
