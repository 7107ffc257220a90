// An intent on its way through the gates, and afterwards the part of an order that never changes: what the strategy
// asked for and what it permitted.

import { defaultFamily, SeatrialError, type Family, type IntentKind, type IntentNumber, type OrderIntent, type OrderType, type Reason, type Side } from "../domain/index.ts";
import type { IntentView } from "../strategy/index.ts";
import type { RunnerDesk } from "./order.ts";

/** Who can be shown to a permission hook: built only when a strategy has one. */
export interface Viewable {
  intentView(): IntentView;
}

export class Draft implements Viewable {
  readonly number: IntentNumber;
  readonly kind: IntentKind;
  readonly intent: OrderIntent;
  readonly family: Family;
  readonly type: OrderType;
  readonly increases: boolean;
  readonly side: Side;
  readonly reason: Reason;
  // Copies of what outlives the call: a strategy may use one intent object again for the next order.
  readonly direction: "LONG" | "SHORT";
  readonly tag: string | null;
  readonly fallbackOnReject: boolean;
  readonly fallbackOnTimeout: boolean;
  /** Quantity in the strategy's numbers, once sizing has been settled. */
  wanted = 0;

  constructor(number: IntentNumber, kind: IntentKind, intent: OrderIntent, family: Family, type: OrderType, increases: boolean, reason: Reason) {
    this.number = number;
    this.kind = kind;
    this.intent = intent;
    this.family = family;
    this.type = type;
    this.increases = increases;
    this.side = (intent.side === "LONG") === increases ? "buy" : "sell";
    this.reason = reason;
    this.direction = intent.side;
    this.tag = intent.tag ?? null;
    this.fallbackOnReject = intent.allowMarketFallback === true && intent.fallbackOnReject === true;
    this.fallbackOnTimeout = intent.allowMarketFallback === true && intent.fallbackOnTimeout === true;
  }

  /** A take-profit or stop that rests at the venue is no decision of this moment: its end undoes nothing. */
  get protects(): boolean {
    return (this.family === "tp" || this.family === "sl") && this.type !== "market";
  }

  intentView(): IntentView {
    const { intent, wanted } = this;
    return {
      intent: this.number, kind: this.kind, family: this.family, side: intent.side, tag: intent.tag ?? null, quantity: wanted > 0 ? wanted : (intent.quantity ?? 0),
      price: intent.price ?? null, trigger: intent.trigger ?? null,
    };
  }
}

/** @throws SeatrialError `strategy_nonsense` for what is no intent at all */
export function draftOf(desk: RunnerDesk, kind: IntentKind, intent: OrderIntent, number: IntentNumber): Draft {
  if (typeof intent !== "object" || intent === null || (intent.side !== "LONG" && intent.side !== "SHORT")) {
    throw nonsense(desk, kind, "an intent needs a side, LONG or SHORT");
  }
  if (isNoNumber(intent.quantity) || isNoNumber(intent.fraction) || isNoNumber(intent.notional)) throw nonsense(desk, kind, "a size must be a number");
  if (isNoNumber(intent.price) || isNoNumber(intent.trigger)) throw nonsense(desk, kind, "a price must be a number");
  const family = intent.family ?? defaultFamily(kind);
  const style = kind === "ADD" ? desk.strategy.policy.dcaOrderType : null;
  const type = intent.orderType ?? style ?? desk.policy(family).orderType;
  return new Draft(number, kind, intent, family, type, kind === "OPEN" || kind === "ADD", intent.reason ?? "signal");
}

function isNoNumber(value: unknown): boolean {
  return value !== undefined && typeof value !== "number";
}

function nonsense(desk: RunnerDesk, kind: IntentKind, what: string): SeatrialError {
  return new SeatrialError({
    code: "strategy_nonsense", exitCode: 2,
    reason: `strategy ${desk.strategy.name} asked for a senseless ${kind} on ${desk.instrument.symbol}, bar ${desk.bars.index}: ${what}`,
    hint: "see OrderIntent in seatrial/strategy",
  });
}
