// One intent that is worked by a route: its state as plain data, and the arithmetic of slices, waits and prices. Pure; what
// is sent, and when, is decided in routes.ts.

import {
  mulDiv,
  ratioOfNumber,
  type Family,
  type Instrument,
  type IntentNumber,
  type MarketIndex,
  type OrderNumber,
  type Price,
  type Quantity,
  type RandomStream,
  type Reason,
  type RoutePolicy,
  type Side,
  type TradeKind,
  type WorkedRoute,
} from "../../domain/index.ts";
import type { IntentView, OrderView } from "../../strategy/index.ts";

/** Plain data: no order, desk or strategy hangs on it but by number. */
export interface RouteWork {
  readonly route: WorkedRoute;
  readonly market: MarketIndex;
  readonly intent: IntentNumber;
  readonly kind: TradeKind;
  readonly direction: "LONG" | "SHORT";
  readonly family: Family;
  readonly reason: Reason;
  readonly tag: string | null;
  /** Of the whole intent. */
  readonly quantity: Quantity;
  /** The mid when the intent was let in: slip is measured from it. */
  readonly reference: Price;
  /** Strategy's state at the intent, and the desk's version then. */
  readonly snapshot: unknown;
  version: number;
  /** Waits of the three stages in ms. */
  readonly waits: readonly number[];
  /** A stage changes the order in its place; otherwise it is cancelled, and its rest sent anew once that is confirmed. */
  readonly amends: boolean;
  readonly slices: Quantity[];
  /** Of the slice and the stage that are being worked, from 0. */
  slice: number;
  stage: number;
  /** What the slice still has to fill, what is out included. */
  left: Quantity;
  /** Filled by orders that have ended, by the venue's word. */
  done: Quantity;
  /** Fills that have been told. */
  told: Quantity;
  /** The order that is out; 0 between slices. */
  order: OrderNumber;
  /** Order numbers used. */
  attempts: number;
  /** Why it must end as soon as nothing is out. */
  ending: Reason | null;
  /** Why the first slice that was not filled was given up. */
  shortfall: Reason | null;
}

/** Steps of the third stage. */
const lastStageSteps = 10;
/** Number of the last stage, from 0. */
export const lastStage = 2;

/** Row 002-OM-2: P, ⌊P/2⌋ and ⌊P/4⌋. */
export function stageWaits({ patienceMs }: RoutePolicy): number[] {
  return [patienceMs, Math.floor(patienceMs / 2), Math.floor(patienceMs / 4)];
}

/** Row 002-OM-5: P ÷ slices, give or take the jitter; whole ms, every value of the range as likely. */
export function sliceWait({ patienceMs, slices, jitter }: RoutePolicy, random: RandomStream): number {
  const base = Math.floor(patienceMs / slices);
  const spread = Math.floor(base * jitter);
  return base - spread + random.integer(2 * spread + 1);
}

/** Row 002-OM-2: the mid, the mid ± one step, the mid ± ten; above it for a buy, below it for a sell, on the nearest tick. */
export function stagePrice(instrument: Instrument, side: Side, mid: Price, stage: number, stepRate: number): Price {
  const { numerator, denominator } = ratioOfNumber(stepRate);
  const steps = (stage === 0 ? 0 : stage === 1 ? 1 : lastStageSteps) * numerator * (side === "buy" ? 1 : -1);
  const tick = instrument.tickAt(mid);
  const ticks = mulDiv(mid, denominator + steps, denominator * tick);
  // The tick may be another one at the new price.
  return instrument.roundPrice(ticks * tick, "nearest");
}

/**
 * Row 002-OM-5: `quantity` in whole steps over at most `count` slices, what is left over going to the first ones:
 * 13 → 3, 3, 3, 2, 2. Slices of nothing are left out, and there are as few as it takes for none to be too small.
 */
export function slicesOf(quantity: Quantity, step: Quantity, count: number, isTooSmall: (slice: Quantity) => boolean): Quantity[] {
  const steps = Math.floor(quantity / step);
  for (let slices = Math.min(count, steps); slices > 1; slices -= 1) {
    const each = Math.floor(steps / slices);
    if (isTooSmall((each * step) as Quantity)) continue;
    const larger = steps - each * slices;
    return Array.from({ length: slices }, (_, at) => ((each + (at < larger ? 1 : 0)) * step) as Quantity);
  }
  return [quantity];
}

/** What the strategy sees of a routed intent: the whole of it, whatever is out. */
export function routeIntentView(instrument: Instrument, route: RouteWork): IntentView {
  const { intent, kind, family, direction, tag } = route;
  return { intent, kind, family, side: direction, tag, quantity: instrument.quantityNumber(route.quantity), price: null, trigger: null };
}

/** @param price of the order that is out; null between slices */
export function routeOrderView(instrument: Instrument, route: RouteWork, price: Price | null, unknown: boolean): OrderView {
  const { intent, family, direction, tag, told } = route;
  return {
    intent,
    family,
    side: direction,
    type: "limit",
    status: unknown ? "UNKNOWN" : told > 0 ? "PARTIAL" : "SUBMITTED",
    quantity: instrument.quantityNumber(route.quantity),
    filled: instrument.quantityNumber(told),
    price: price === null ? null : instrument.priceNumber(price),
    trigger: null,
    tag,
  };
}
