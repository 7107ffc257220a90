// Client order ids: 32 lowercase hex characters that name the session, the intent and the attempt, so that own orders
// are recognised at a venue even when the journal is lost. In the core an order is its number; this is the printed form.

import type { IntentNumber, OrderNumber } from "./brand.ts";
import { assert, InvariantError } from "./errors.ts";
import type { Leg } from "./order.ts";

const attemptsPerIntent = 256;
const magic = "5ea7";

export function orderNumber(intent: IntentNumber, attempt: number): OrderNumber {
  if (attempt < 0 || attempt > 255) throw new InvariantError("I-14", `attempt ${attempt} of intent ${intent} is out of range`);
  return (intent * 256 + attempt) as OrderNumber;
}

export function intentOf(order: OrderNumber): IntentNumber {
  return Math.floor(order / attemptsPerIntent) as IntentNumber;
}

export function attemptOf(order: OrderNumber): number {
  return order % attemptsPerIntent;
}

/** What is constant in a session's ids. */
export interface IdSpace {
  /** 6 hex digits of account and strategy. */
  readonly tag: string;
  /** Process start counter, 0…65535. */
  readonly epoch: number;
  /** 6 hex digits of the session id; in simulation of the scenario. */
  readonly session: string;
}

const legCode: Readonly<Record<Leg, string>> = { NET: "00", LONG: "01", SHORT: "02" };

/** 4 magic, 6 tag, 4 epoch, 8 intent, 2 leg, 2 attempt, 6 session. */
export function clientOrderId(space: IdSpace, order: OrderNumber, leg: Leg): string {
  const intent = intentOf(order).toString(16).padStart(8, "0");
  assert(intent.length === 8, "I-39", () => `intent ${intentOf(order)} does not fit 8 hex digits`);
  const attempt = attemptOf(order).toString(16).padStart(2, "0");
  return magic + space.tag + space.epoch.toString(16).padStart(4, "0") + intent + legCode[leg] + attempt + space.session;
}

/** The parts of one of our ids, or null for an id that is not ours. */
export function parseClientOrderId(id: string): { space: IdSpace; order: OrderNumber; leg: Leg } | null {
  const match = /^5ea7([0-9a-f]{6})([0-9a-f]{4})([0-9a-f]{8})(0[012])([0-9a-f]{2})([0-9a-f]{6})$/.exec(id);
  if (match === null) return null;
  const [, tag = "", epoch = "", intent = "", leg = "", attempt = "", session = ""] = match;
  return {
    space: { tag, epoch: Number.parseInt(epoch, 16), session },
    order: orderNumber(Number.parseInt(intent, 16) as IntentNumber, Number.parseInt(attempt, 16)),
    leg: leg === "01" ? "LONG" : leg === "02" ? "SHORT" : "NET",
  };
}

/** The virtual exchange's integer ids print as `vex-00000001`; a real venue's text stays as it is. */
export function printVenueOrderId(id: number | string): string {
  return typeof id === "string" ? id : `vex-${String(id).padStart(8, "0")}`;
}
