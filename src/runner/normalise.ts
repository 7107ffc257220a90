// From a strategy's numbers to an order that a venue can take: exact units on tick and step, floors respected. Pure; a
// refusal is a reason. Opens round up to the venue's minimum, closes round down to what is there (row 004-MO-1).

import type { FamilyPolicy, Instrument, OrderIntent, Price, Quantity, Reason } from "../domain/index.ts";
import type { RunnerOrder } from "./order.ts";

/**
 * Puts limit and trigger onto the order, on the tick grid: limits to the passive side, triggers to the nearest tick.
 * @returns why there is no price for it, or null
 */
export function choosePrices(order: RunnerOrder, intent: OrderIntent, policy: FamilyPolicy, postOnly: boolean): Reason | null {
  const { names, desk } = order;
  const { type, direction } = names;
  if (type === "market" || type === "market_on_close") return null;
  const { instrument } = desk;
  if (type !== "limit") {
    if (intent.trigger === undefined) return type === "trailing_stop" ? null : "missing_trigger";
    const trigger = instrument.priceFromNumber(intent.trigger, "nearest");
    if (trigger === null || trigger <= 0) return "bad_price";
    order.trigger = trigger;
    if (type !== "stop_limit" && type !== "take_profit_limit") return null;
  }
  const buys = direction > 0;
  const passive = buys ? "down" : "up";
  let price = intent.price === undefined ? desk.lastClose : instrument.priceFromNumber(intent.price, passive);
  if (price === null || price <= 0) return intent.price === undefined ? "missing_price" : "bad_price";
  if (policy.offsetTicks !== 0) price = (price - direction * policy.offsetTicks * instrument.tickAt(price)) as Price;
  if (type === "limit" && postOnly) {
    const { lastClose } = desk;
    if (lastClose > 0 && (buys ? price >= lastClose : price <= lastClose)) {
      // The best price that is known is the last close: a post-only order must stand one tick inside of it.
      const tick = instrument.tickAt(lastClose);
      price = instrument.roundPrice(buys ? lastClose - tick : lastClose + tick, passive);
      order.repriced = true;
    }
  }
  if (price <= 0) return "post_only_unpriceable";
  order.price = price;
  return null;
}

/** A quantity less a tenth, so that a minimum still holds when the price has moved on. */
export function withMargin(quantity: Quantity): Quantity {
  return Math.floor((quantity * 10) / 11) as Quantity;
}

/** Why the venue, or the operator's floor, would refuse so little; null when it is enough. @param configured the operator's floor */
export function belowMinimum(instrument: Instrument, price: Price, quantity: Quantity, increases: boolean, configured: number): Reason | null {
  if (quantity < instrument.minQuantity) return "below_min_quantity";
  // Closing is exempt from the notional floor on margin venues.
  if (!increases && !instrument.spot) return null;
  const value = instrument.notional(price, quantity);
  return value < instrument.minNotional || (increases && instrument.moneyNumber(value) < configured) ? "below_min_notional" : null;
}

/** Quantity of a risk-increasing order: floored to the step, raised to the venue's minimum. */
export function increaseQuantity(wanted: number, instrument: Instrument, price: Price, floor: number): Quantity | Reason {
  let quantity = instrument.quantityFromNumber(wanted, "down");
  if (quantity === null) return "bad_quantity";
  if (quantity < instrument.minQuantity) quantity = instrument.ceilQuantity(instrument.minQuantity);
  if (floor > 0 && !instrument.inverse) {
    const valueOfOne = (price / instrument.pricePower) * instrument.contractSizeNumber;
    const raised = (quantity / instrument.quantityPower) * valueOfOne < floor ? instrument.quantityFromNumber(floor / valueOfOne, "up") : quantity;
    if (raised === null) return "bad_quantity";
    quantity = raised;
  }
  if (quantity <= 0) return "rounds_to_zero";
  if (instrument.maxQuantity > 0 && quantity > instrument.maxQuantity) return "above_max_quantity";
  return quantity;
}

/** Quantity of a reducing order: floored to the step, at most the position; dust below the minimum is refused. */
export function reduceQuantity(wanted: number, instrument: Instrument, position: Quantity, price: Price): Quantity | Reason {
  const asked = instrument.quantityFromNumber(wanted, "down");
  if (asked === null) return "bad_quantity";
  const quantity = instrument.floorQuantity(Math.min(asked, position));
  if (quantity <= 0) return "rounds_to_zero";
  if (quantity < instrument.minQuantity) return "below_min_quantity";
  // Closing is exempt from the notional floor on margin venues; on spot the venue would refuse it.
  if (instrument.spot && instrument.minNotional > 0 && price > 0 && instrument.notional(price, quantity) < instrument.minNotional)
    return "below_min_notional";
  return quantity;
}
