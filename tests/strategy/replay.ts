// A tiny venue for strategy tests: market orders fill at the next open, limits when the bar touches them, cancels are confirmed
// before the next bar, lives run out at its close. It must never fill an order in the bar that produced it.

import { isOpenStatus } from "../../src/domain/index.ts";
import type { Asked, Candle, FakeContext } from "./fake-context.ts";

/** One fill as the venue made it. */
export interface Filled {
  readonly asked: Asked;
  readonly price: number;
  readonly bar: number;
}

/** Plays one bar: fills of what rested before, then the close. `beforeFill` sees each order just before its fill is told. */
export function playBar(context: FakeContext, candle: Candle, beforeFill?: (asked: Asked, price: number) => void): Filled[] {
  const bar = context.bars.rows.length;
  const fills: Filled[] = [];
  context.confirmCancels();
  for (const asked of context.asked.slice()) {
    const price = isOpenStatus(asked.status) ? priceOf(asked, candle) : null;
    if (price === null) continue;
    if ((asked.kind === "CLOSE" || asked.kind === "PARTIAL_CLOSE") && context.position(asked.side).quantity === 0) {
      context.end(asked, "REJECTED", "reduce_only_position_gone");
      continue;
    }
    beforeFill?.(asked, price);
    context.fill(asked, price);
    fills.push({ asked, price, bar });
  }
  for (const asked of context.asked.slice()) {
    if (isOpenStatus(asked.status) && typeof asked.timeToLive === "number") context.end(asked, "EXPIRED", "limit_timeout");
  }
  context.close1m(candle);
  return fills;
}

function priceOf(asked: Asked, [open, high, low]: Candle): number | null {
  if ((asked.orderType ?? "market") === "market") return open;
  const buys = (asked.side === "LONG") === (asked.kind === "OPEN" || asked.kind === "ADD");
  if (asked.orderType === "stop_market") {
    const trigger = asked.trigger ?? 0;
    if (buys ? high < trigger : low > trigger) return null;
    return buys ? Math.max(open, trigger) : Math.min(open, trigger);
  }
  const price = asked.price ?? 0;
  if (buys ? low > price : high < price) return null;
  return buys ? Math.min(open, price) : Math.max(open, price);
}
