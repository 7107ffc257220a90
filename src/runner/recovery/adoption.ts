// An order of ours that the book does not have: given up once and accepted late, or known to the venue alone. It comes into
// the book under its own number with what the venue tells of it. It decides nothing about its further fate.

import {
  intentOf,
  isRiskIncrease,
  namesOf,
  plainRequest,
  type Family,
  type ListedOrder,
  type OrderNumber,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import { lockWithoutState } from "./until-flat.ts";

/** What must be known of an order to take it into the book; a venue's list tells it. */
export type Adoptable = Pick<ListedOrder, "side" | "leg" | "type" | "price" | "trigger" | "quantity" | "filled" | "reduceOnly" | "family"> & {
  readonly order: OrderNumber;
};

/** Takes an order in as one that is out with nothing filled: its fills are told by their own messages. Its market is locked where it increases risk. */
export function adopt(core: Core, desk: RunnerDesk, told: Adoptable, reason: Reason): RunnerOrder {
  const { side, leg } = told;
  const increases = told.family === null ? !told.reduceOnly && !closesLeg(told) : isRiskIncrease(told.family);
  const family: Family = told.family ?? (increases ? "entry" : "close");
  const direction = (side === "buy") === increases ? "LONG" : "SHORT";
  const order = core.pool.take();
  const kind = increases ? (family === "dca" ? "ADD" : "OPEN") : "CLOSE";
  order.plan(desk, intentOf(told.order), desk.forms[kind].of(direction, family, told.type));
  order.order = told.order;
  order.names = namesOf({ side, leg, family, type: told.type, timeInForce: "GTC", reduceOnly: told.reduceOnly });
  order.quantity = told.quantity;
  order.price = told.price;
  order.trigger = told.trigger;
  order.reason = reason;
  order.reference = order.price ?? order.trigger ?? desk.lastClose;
  // No state of the strategy belongs to it: nothing is put back when it ends.
  order.version = -1;
  core.orders.add(order);
  desk.take(order);
  core.effects.push({ type: "order_adopted", request: plainRequest(order), filled: 0 as Quantity, reason });
  lockWithoutState(core, desk, order, told.filled);
  return order;
}

/** In hedge mode the side that a leg is closed with. */
function closesLeg({ side, leg }: Adoptable): boolean {
  return leg === "LONG" ? side === "sell" : leg === "SHORT" ? side === "buy" : false;
}
