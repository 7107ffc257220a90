// The steps of orders from hand-written tapes: each expectation is told by the records above it.

import { describe, expect, it } from "vitest";

import { EffectQueue, orderNumber, type Effect, type IntentNumber, type OrderRequest } from "../../src/domain/index.ts";
import { Journal, lifecycleSteps } from "../../src/journal/index.ts";
import { flatSeries, instrumentOf, minute } from "../runner/harness.ts";
import type { TapeEvent } from "./arbitraries.ts";

const order = orderNumber(1 as IntentNumber, 0);
const other = orderNumber(2 as IntentNumber, 0);

const request: OrderRequest = {
  order,
  market: 0 as never,
  side: "buy",
  leg: "LONG",
  family: "tp",
  type: "limit",
  quantity: 1_500 as never,
  price: 9_950 as never,
  trigger: null,
  timeInForce: "PO",
  reduceOnly: false,
  timeToLive: null,
  replaces: null,
  terms: null,
};

const submit: Effect = { type: "submit_order", request, reason: "dca_level" };

type Settled = Extract<Effect, { type: "order_settled" }>;

function settle(status: Settled["status"], reason: Settled["reason"] = "filled", number = order): Effect {
  return { type: "order_settled", order: number, market: 0 as never, status, reason };
}

/** A tape that is written event by event. */
class Writing {
  private readonly journal = new Journal([{ instrument: instrumentOf(), series: flatSeries("TEST/USDC:USDC", [100, 100]) }], {
    tag: "abcdef",
    epoch: 1,
    session: "123456",
  });
  private sequence = 0;

  /** What was decided at a bar's close. */
  effects(...effects: Effect[]): this {
    this.journal.commitEffects(queueOf(effects), minute as never);
    return this;
  }

  event(type: TapeEvent["type"], fields: object, ...effects: Effect[]): this {
    this.sequence += 1;
    this.journal.commit({ type, time: minute, sequence: this.sequence, market: 0, order, ...fields } as unknown as TapeEvent, queueOf(effects));
    return this;
  }

  refusal(type: "order_rejected" | "cancel_rejected" | "amend_rejected", ccxtClass: string | null, limited: boolean, ...effects: Effect[]): this {
    const limit = limited ? { status: 429, until: 2 * minute, banned: false } : null;
    return this.event(type, { reason: limited ? "rate_limited" : "injected_rejection", code: null, message: null, ccxtClass, limit }, ...effects);
  }

  fill(trade: number, ...effects: Effect[]): this {
    const fields = { trade, price: 9_950, quantity: 500, fee: 1, feeCurrency: "USDC", liquidity: "maker", cumulative: 500 };
    return this.event("order_filled", fields, ...effects);
  }

  /** "SUBMITTED > FILLED: none", with the count behind where it is not 1. */
  get steps(): string[] {
    return lifecycleSteps(this.journal.tape).map(
      ({ from, to, error, count }) => `${from} > ${to}: ${error}${count === 1 ? "" : ` x${String(count)}`}`,
    );
  }
}

function queueOf(effects: readonly Effect[]): EffectQueue {
  const queue = new EffectQueue();
  for (const effect of effects) queue.push(effect);
  return queue;
}

describe("the steps of an order", () => {
  it("lead from the plan over each fill that leaves a rest to the one that completes it", () => {
    const { steps } = new Writing().effects(submit).fill(1).fill(2).fill(3, settle("FILLED"));
    expect(steps).toEqual(["NEW > SUBMITTED: none", "SUBMITTED > PARTIAL: none", "PARTIAL > PARTIAL: none", "PARTIAL > FILLED: none"]);
  });

  it("count a trade once that is told twice", () => {
    expect(new Writing().effects(submit).fill(1).fill(1).steps).toEqual(["NEW > SUBMITTED: none", "SUBMITTED > PARTIAL: none"]);
  });

  it("name the class with which the venue refused, and that it threw none", () => {
    const refused = new Writing().effects(submit).refusal("order_rejected", "InsufficientFunds", false, settle("REJECTED", "insufficient_funds"));
    expect(refused.steps).toEqual(["NEW > SUBMITTED: none", "SUBMITTED > REJECTED: InsufficientFunds"]);
    const updated = new Writing().effects(submit).refusal("order_rejected", null, false, settle("REJECTED", "post_only_would_cross"));
    expect(updated.steps.at(-1)).toBe("SUBMITTED > REJECTED: told_by_update");
  });

  it("keep the error that led into doubt until the doubt is over", () => {
    const { steps } = new Writing()
      .effects(submit)
      .event("order_unknown", { request: "submit" }, settle("UNKNOWN", "reply_lost"))
      .event("order_acknowledged", { venueOrderId: 7 }, settle("SUBMITTED", "dca_level"))
      .fill(1, settle("FILLED"));
    expect(steps).toEqual([
      "NEW > SUBMITTED: none",
      "SUBMITTED > UNKNOWN: submit_reply_lost",
      "UNKNOWN > SUBMITTED: submit_reply_lost",
      "SUBMITTED > FILLED: none",
    ]);
  });

  it("tell a refused cancel from one that nobody answered", () => {
    const refused = new Writing()
      .effects(submit)
      .refusal("cancel_rejected", "OrderNotFound", false, settle("UNKNOWN", "cancel_unconfirmed"))
      .event("query_answered", { status: "FILLED", venueOrderId: null, cumulative: 0, fills: [] }, settle("FILLED", "fill_during_cancel"));
    expect(refused.steps.slice(1)).toEqual(["SUBMITTED > UNKNOWN: OrderNotFound", "UNKNOWN > FILLED: OrderNotFound"]);
    const silent = new Writing().effects(submit).effects(settle("UNKNOWN", "cancel_unconfirmed"));
    expect(silent.steps.at(-1)).toBe("SUBMITTED > UNKNOWN: no_answer");
  });

  it("carry a cancel or an amendment that was turned away to the next step, and no further", () => {
    const turnedAway = new Writing()
      .effects(submit)
      .refusal("cancel_rejected", "RateLimitExceeded", true)
      .fill(1)
      .event("order_canceled", { cumulative: 500 }, settle("CANCELED", "strategy_cancel"));
    expect(turnedAway.steps.slice(1)).toEqual(["SUBMITTED > PARTIAL: RateLimitExceeded", "PARTIAL > CANCELED: none"]);
    const amended = new Writing().effects(submit).refusal("amend_rejected", "InvalidOrder", false).fill(1, settle("FILLED"));
    expect(amended.steps.at(-1)).toBe("SUBMITTED > FILLED: InvalidOrder");
  });

  it("blame what closed the venue for an order that has to wait for it", () => {
    const { steps } = new Writing()
      .effects(submit)
      .refusal("order_rejected", "DDoSProtection", true, settle("REJECTED", "rate_limited"))
      .effects({ type: "order_held", request: { ...request, order: other }, reason: "take_profit", until: (2 * minute) as never })
      .event("timer_fired", { timer: 1 }, { ...submit, request: { ...request, order: other } })
      .event("order_canceled", { order: other, cumulative: 0 }, settle("CANCELED", "strategy_cancel", other));
    expect(steps).toEqual([
      "NEW > SUBMITTED: none",
      "SUBMITTED > REJECTED: DDoSProtection",
      "NEW > SUBMITTED: DDoSProtection",
      "SUBMITTED > CANCELED: none",
    ]);
  });

  it("go on behind a cancel when a late fill completes the order, and behind a fill when it is reverted", () => {
    const { steps } = new Writing()
      .effects(submit)
      .event("order_canceled", { cumulative: 500 }, settle("CANCELED", "strategy_cancel"))
      .refusal("amend_rejected", "OrderNotFound", false)
      .fill(1, settle("FILLED", "fill_during_cancel"))
      .effects(settle("REVERTED", "max_entry_slip"));
    expect(steps.slice(1)).toEqual(["SUBMITTED > CANCELED: none", "CANCELED > FILLED: none", "FILLED > REVERTED: none"]);
  });

  it("hold a fill that left a rest before the doubt that comes at the close", () => {
    const { steps } = new Writing().effects(submit).fill(1).effects(settle("UNKNOWN", "cancel_unconfirmed"));
    expect(steps.slice(1)).toEqual(["SUBMITTED > PARTIAL: none", "PARTIAL > UNKNOWN: no_answer"]);
  });

  it("cannot be read once the journal's memory was given back", () => {
    const journal = new Journal([], { tag: "abcdef", epoch: 1, session: "123456" });
    journal.tape.release();
    expect(() => lifecycleSteps(journal.tape)).toThrow("given back");
  });
});
