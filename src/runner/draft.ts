// An intent on its way through the gates, and afterwards the part of an order that never changes: what the strategy
// asked for and what it permitted.

import type { Family, IntentKind, IntentNumber, OrderIntent, OrderType, Reason, Side } from "../domain/index.ts";
import type { IntentView } from "../strategy/index.ts";

/** Who can be shown to a permission hook: built only when a strategy has one. */
export interface Viewable {
  intentView(): IntentView;
}

export class Draft implements Viewable {
  declare readonly number: IntentNumber;
  declare readonly kind: IntentKind;
  declare readonly intent: OrderIntent;
  declare readonly family: Family;
  declare readonly type: OrderType;
  declare readonly increases: boolean;
  declare readonly side: Side;
  declare readonly reason: Reason;
  // Copies of what outlives the call: a strategy may use one intent object again for the next order.
  declare readonly direction: "LONG" | "SHORT";
  declare readonly tag: string | null;
  declare readonly fallbackOnReject: boolean;
  declare readonly fallbackOnTimeout: boolean;
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
      intent: this.number,
      kind: this.kind,
      family: this.family,
      side: intent.side,
      tag: intent.tag ?? null,
      quantity: wanted > 0 ? wanted : (intent.quantity ?? 0),
      price: intent.price ?? null,
      trigger: intent.trigger ?? null,
    };
  }
}
