// The real exchange against the naive one: the same bars and orders must give the same fills, statuses, positions and money.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { randomStream, type VenueEvent } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { interval, orderOf, price, quantity } from "./desk.ts";
import { flow, step, tick, type Flow } from "./flow.ts";
import type { NaiveFill } from "./naive-book.ts";
import { NaiveExchange } from "./naive-exchange.ts";
import { changeOf, exchangeFor, hear, plenty, play } from "./play.ts";

interface Outcome {
  readonly fills: readonly NaiveFill[];
  readonly statuses: Readonly<Record<string, string>>;
  readonly answers: readonly string[];
  readonly positions: Readonly<Record<string, readonly [number, number]>>;
  readonly wallet: number;
}

function real(given: Flow): Outcome {
  const exchange = exchangeFor(given);
  const fills: NaiveFill[] = [];
  const statuses: Record<string, string> = {};
  const answers: string[] = [];
  // What ends with the last bar is told at its close.
  for (const { bar, event } of [...play(exchange, given), ...hear(exchange, given.bars.length - 1)]) note(event, bar, fills, statuses, answers);
  // A filled order says so with its fills, not with an event of its own: what is neither ended nor open is filled.
  for (const [order, status] of Object.entries(statuses)) {
    if (status === "OPEN" && exchange.markets[0]?.orders.get(Number(order)) === undefined) statuses[order] = "FILLED";
  }
  const { account } = exchange;
  const positions: Record<string, readonly [number, number]> = {};
  for (const leg of ["NET", "LONG", "SHORT"] as const) {
    const position = account.leg(0, leg);
    positions[leg] = [position?.quantity ?? 0, position?.cost ?? 0];
  }
  return { fills, statuses, answers, positions, wallet: account.wallet(account.ledger.index("USDC")) };
}

function note(event: VenueEvent, bar: number, fills: NaiveFill[], statuses: Record<string, string>, answers: string[]): void {
  switch (event.type) {
    case "order_acknowledged":
      statuses[event.order] = "OPEN";
      return;
    case "order_rejected":
      statuses[event.order] = `REJECTED ${event.reason}`;
      return;
    case "order_filled":
      fills.push({ order: event.order, bar, price: event.price, quantity: event.quantity, liquidity: event.liquidity, fee: event.fee });
      return;
    case "order_expired":
      statuses[event.order] = `EXPIRED ${event.reason}`;
      return;
    case "order_canceled":
      statuses[event.order] = "CANCELED";
      answers.push(`cancel ${event.order} done`);
      return;
    case "cancel_rejected":
      answers.push(`cancel ${event.order} refused`);
      return;
    case "order_amended":
      answers.push(`amend ${event.order} done`);
      return;
    case "amend_rejected":
      answers.push(`amend ${event.order} refused`);
      return;
    case "order_unknown":
    case "query_answered":
    case "position_reported":
    case "account_insolvent":
    case "funding_paid":
    case "liquidated":
    case "auto_deleveraged":
    case "query_rejected":
    case "open_orders_reported":
    case "fills_reported":
    case "account_reported":
    case "cash_reported":
    case "snapshot_failed":
    case "venue_status_changed":
    case "rules_reported":
    case "fill_voided":
    case "funds_moved":
    case "stream_gap":
    case "stream_resynced":
      throw new Error(`nobody asked for ${event.type}`);
  }
}

/** A uniform number of the stream that belongs to a bar and an order, below the probability. */
function touchesFill(limit: FillModel["limit"], order: number, at: number): boolean {
  if (typeof limit === "string") return limit === "touch";
  return randomStream(1, `touch/${at}/${order}`).next() < Number(limit.probability);
}

const bp = (text: string): readonly [bigint, bigint] => [BigInt(text), 10_000n];

function naive({ mode, fill, halfSpreadBp, bars, acts }: Flow): Outcome {
  const exchange = new NaiveExchange({
    fill,
    mode,
    gap: fill.gap ?? "open",
    crossed: fill.crossedTrigger ?? "reject",
    tick: price(Number(tick)),
    step: quantity(Number(step)),
    // 10^(2 + 2) units of price × quantity are 1, and 10^2 units of money are
    perMoney: 100n,
    makerRate: [1n, 5_000n],
    takerRate: [1n, 2_000n],
    halfSpread: bp(fill.halfSpreadBp ?? halfSpreadBp),
    slipTicks: fill.slippage.kind === "ticks" ? fill.slippage.ticks : 0,
    slipRate: bp(fill.slippage.kind === "bps" ? fill.slippage.bps : "0"),
    cap: fill.volumeCap === null ? null : [BigInt(Number(fill.volumeCap) * 10), 10n],
    wallet: BigInt(plenty),
    dayEnd: 4 * interval,
    touches: (order, at) => touchesFill(fill.limit, order, at),
  });
  bars.forEach(([open, high, low, close, volume], at) => {
    for (const act of acts[at] ?? []) {
      if (act.do === "submit") exchange.send({ submit: act.request });
      else if (act.do === "cancel") exchange.send({ cancel: orderOf(act.number) });
      else exchange.send({ amend: orderOf(act.number), change: changeOf(act) });
    }
    exchange.advance([price(open), price(high), price(low), price(close), quantity(volume)]);
  });
  const positions: Record<string, readonly [number, number]> = {};
  for (const [leg, position] of Object.entries(exchange.positions)) positions[leg] = [position.quantity, Number(position.cost)];
  return {
    fills: exchange.fills,
    statuses: Object.fromEntries(exchange.statuses),
    answers: exchange.answers,
    positions,
    wallet: Number(exchange.wallet),
  };
}

describe("the virtual exchange and the naive one", () => {
  it("agree on every fill, status, answer, position and balance", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        expect(real(given)).toEqual(naive(given));
      }),
      { numRuns: 1_500 },
    );
  });

  it("are given flows that fill, expire, reject, cancel and amend", () => {
    const seen = new Set<string>();
    for (const given of fc.sample(flow(), { numRuns: 300, seed: 7 })) {
      const { fills, statuses, answers } = naive(given);
      for (const { liquidity } of fills) seen.add(liquidity);
      for (const status of Object.values(statuses)) seen.add(status);
      for (const answer of answers) seen.add(answer.replace(/ \d+/, ""));
    }
    expect([...seen].sort()).toEqual([
      "CANCELED",
      "EXPIRED day_ended",
      "EXPIRED fill_or_kill_unfilled",
      "EXPIRED good_till_date",
      "EXPIRED immediate_or_cancel_unfilled",
      "EXPIRED no_liquidity",
      "EXPIRED one_cancels_other",
      "EXPIRED parent_order_gone",
      "EXPIRED post_only_would_cross",
      "EXPIRED reduce_only_position_gone",
      "EXPIRED trigger_already_crossed",
      "EXPIRED volume_cap",
      "FILLED",
      "OPEN",
      "REJECTED bad_order_terms",
      "REJECTED lot_size_filter",
      "REJECTED parent_order_gone",
      "REJECTED position_side_mismatch",
      "REJECTED post_only_would_cross",
      "REJECTED price_filter",
      "REJECTED reduce_only_rejected",
      "REJECTED trigger_already_crossed",
      "amend done",
      "amend refused",
      "cancel done",
      "cancel refused",
      "maker",
      "taker",
    ]);
  });
});
