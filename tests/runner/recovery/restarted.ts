// A runner driven by hand that comes back after a silence: the venue's lists, its word on the account, its positions.

import {
  printUnits,
  type Event,
  type ListedOrder,
  type OrderFilled,
  type OrderNumber,
  type Price,
  type Quantity,
} from "../../../src/domain/index.ts";
import { Harness } from "../harness.ts";

type Fact<T extends Event["type"]> = Extract<Event, { type: T }>;

/** Quantities here are as strategies write them: 1 is 1,000 units. */
export function listed(order: number | null, fields: Partial<Omit<ListedOrder, "order">> = {}): ListedOrder {
  return {
    order: order as OrderNumber | null,
    epoch: order === null ? null : 1,
    venueOrderId: 77,
    side: "buy",
    leg: "LONG",
    type: "limit",
    price: 9_500 as Price,
    trigger: null,
    quantity: 1_000 as Quantity,
    filled: 0 as Quantity,
    reduceOnly: false,
    family: null,
    ...fields,
  };
}

export class Restarted extends Harness {
  resume(epoch = 2): void {
    this.handle(this.fact("session_resumed", { epoch, since: 0, changed: null } as never));
  }
  orders(orders: readonly ListedOrder[], complete = true): void {
    this.handle(this.fact("open_orders_reported", { orders, complete }));
  }
  trades(fills: readonly OrderFilled[] = [], foreign: Fact<"fills_reported">["foreign"] = [], complete = true): void {
    this.handle(this.fact("fills_reported", { fills, foreign, complete }));
  }
  /** @param cash @defaultValue what the book has */
  account(positionMode: "hedge" | "one_way" = "hedge", leverage: readonly number[] = [1], cash: string = this.cash): void {
    this.handle(this.fact("account_reported", { positionMode, leverage, balances: { USDC: cash } }));
  }
  /** 1000 and what the book has made of it. */
  get cash(): string {
    const { markets, funds } = this.runner.snapshot();
    return printUnits(1_000_000_000 + funds + (markets[0]?.book.result ?? 0), 6);
  }
  positions(long: number, short = 0): void {
    this.position("LONG", long);
    this.position("SHORT", short);
  }
  get phases(): string[] {
    return this.of("reconciled").map(({ phase, reason }) => `${phase} ${reason}`);
  }
  /** Entries that are let through at this bar. */
  tries(bar: number): number {
    const before = this.sent.length;
    this.strategy.at[bar] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    this.bar(bar);
    return this.sent.length - before;
  }
}
