// A fill as its strategy hears of it: in float64, and of a routed intent as a whole.

import type { OrderFilled } from "../domain/index.ts";
import type { FillView } from "../strategy/index.ts";
import type { RunnerOrder } from "./order.ts";

/** @param complete nothing of the order is left */
export function fillView(order: RunnerOrder, event: OrderFilled, complete: boolean): FillView {
  const { desk, route } = order;
  const { instrument } = desk;
  const feeScale = event.feeCurrency === instrument.rules.settle ? instrument.moneyPower : instrument.quantityPower;
  return {
    intent: order.intent,
    family: order.family,
    kind: order.kind,
    side: order.direction,
    price: instrument.priceNumber(event.price),
    quantity: instrument.quantityNumber(event.quantity),
    fee: event.fee / feeScale,
    liquidity: event.liquidity,
    time: event.time,
    complete: route === null ? complete : route.told >= route.quantity,
    cumulative: instrument.quantityNumber(route === null ? order.filled : route.told),
    tag: order.tag,
  };
}
