// A journal that a test writes record by record, and what a reader makes of it. It must never judge.

import { orderNumber, EffectQueue, type Effect, type IntentNumber, type OrderNumber, type OrderRequest } from "../../src/domain/index.ts";
import { Journal, Projection, type JournalRows, type RunCounts } from "../../src/journal/index.ts";
import { flatSeries, instrumentOf } from "../runner/harness.ts";
import type { TapeEvent } from "./arbitraries.ts";

export const first = orderNumber(1 as IntentNumber, 0);
export const second = orderNumber(2 as IntentNumber, 0);

export function request(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    order: first,
    market: 0 as never,
    side: "buy",
    leg: "LONG",
    family: "entry",
    type: "limit",
    quantity: 1_500 as never,
    price: 9_950 as never,
    trigger: null,
    timeInForce: "PO",
    reduceOnly: false,
    timeToLive: null,
    replaces: null,
    terms: null,
    ...changes,
  };
}

/** A journal whose records are written one by one: the bar first, then what happened in it. */
export class Writing {
  readonly journal = new Journal([{ instrument: instrumentOf(), series: flatSeries("TEST/USDC:USDC", [100, 100, 100, 100]) }], {
    tag: "abcdef",
    epoch: 1,
    session: "123456",
  });
  private sequence = 0;
  /** Units by trade, of each order: a venue names what has filled by then. */
  private readonly filled = new Map<OrderNumber, Map<number, number>>();

  bar(bar: number): this {
    this.journal.barOpened(0, bar as never);
    return this;
  }

  effects(time: number, ...effects: Effect[]): this {
    const queue = new EffectQueue();
    for (const effect of effects) queue.push(effect);
    this.journal.commitEffects(queue, time as never);
    return this;
  }

  event(type: TapeEvent["type"], time: number, fields: object, ...effects: Effect[]): this {
    this.sequence += 1;
    const queue = new EffectQueue();
    for (const effect of effects) queue.push(effect);
    this.journal.commit({ type, time, sequence: this.sequence, market: 0, ...fields } as unknown as TapeEvent, queue);
    return this;
  }

  fill(time: number, trade: number, units: number, order: OrderNumber = first, ...effects: Effect[]): this {
    const filled = this.filled.get(order) ?? new Map<number, number>();
    this.filled.set(order, filled.set(trade, units));
    const cumulative = [...filled.values()].reduce((sum, one) => sum + one, 0);
    return this.event(
      "order_filled",
      time,
      { order, trade, price: 9_950, quantity: units, fee: 1_250_000, feeCurrency: "USDC", liquidity: "maker", cumulative },
      ...effects,
    );
  }

  get rows(): JournalRows {
    return new Projection(this.journal).read();
  }

  get counts(): RunCounts {
    const projection = new Projection(this.journal);
    projection.read();
    return projection.counts();
  }
}

export const submit = (changes: Partial<OrderRequest> = {}): Effect => ({ type: "submit_order", request: request(changes), reason: "dca_level" });
export const settle = (status: Extract<Effect, { type: "order_settled" }>["status"], order = first): Effect => ({
  type: "order_settled",
  order,
  market: 0 as never,
  status,
  reason: status === "FILLED" ? "filled" : "limit_timeout",
});

export const ledger = (gross: number): Effect => ({
  type: "ledger_entry",
  order: first,
  market: 0 as never,
  leg: "LONG",
  quantity: 500 as never,
  gross: gross as never,
  entryFee: 0 as never,
  exitFee: 0 as never,
  net: gross as never,
  cumulative: gross as never,
});
