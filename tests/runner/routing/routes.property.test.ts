// Routes under a venue that does anything: fills at any time, lost replies, refused and doubted cancels, rejections, stops,
// cancels by the strategy. The venue here is a few lines of its own and knows nothing of routes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { AmendOrder, Effect, OrderFilled, OrderNumber, OrderRequest, OrderStatus, Quantity } from "../../../src/domain/index.ts";
import { Harness, minute, positioned, refusal, TestStrategy } from "../harness.ts";

/** An order at the venue; quantities in units. */
interface Held {
  readonly request: OrderRequest;
  price: number;
  filled: number;
  status: OrderStatus;
  readonly fills: OrderFilled[];
}

const final: ReadonlySet<OrderStatus> = new Set(["FILLED", "CANCELED", "REJECTED"]);

/** Keeps what the runner has sent, and answers as it is told to. */
class Play {
  readonly harness: Harness;
  readonly orders = new Map<number, Held>();
  /** Requests that the venue has not answered, in the order of sending. */
  private readonly cancels: OrderNumber[] = [];
  private readonly amends: AmendOrder[] = [];
  private readonly timers: { readonly timer: number; readonly due: number }[] = [];
  private readonly lost = new Set<number>();
  now = minute;
  sentWhileOpen = 0;

  constructor(harness: Harness) {
    this.harness = harness;
  }

  take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === "submit_order") this.accept(effect.request);
      else if (effect.type === "cancel_order") this.cancels.push(effect.order);
      else if (effect.type === "amend_order") this.amends.push(effect);
      else if (effect.type === "set_timer") this.timers.push(effect);
      else if (effect.type === "query_order") this.lost.add(effect.order);
    }
  }

  get open(): Held[] {
    return [...this.orders.values()].filter(({ status }) => !final.has(status));
  }

  private accept(request: OrderRequest): void {
    if (this.open.some((other) => other.request.family === request.family)) this.sentWhileOpen += 1;
    this.orders.set(request.order, { request, price: request.price ?? 0, filled: 0, status: "SUBMITTED", fills: [] });
  }

  fill(share: number): void {
    const held = this.open[0];
    if (held === undefined) return;
    const units = Math.max(1, Math.ceil((held.request.quantity - held.filled) * share));
    held.filled += units;
    if (held.filled === held.request.quantity) held.status = "FILLED";
    const fill = this.harness.fillEvent(held.request.order, held.price / 100, units / 1_000, { cumulative: held.filled / 1_000 });
    held.fills.push(fill);
    this.take(this.harness.handle(fill));
  }

  answerCancel(how: number): void {
    const order = this.cancels.shift();
    if (order === undefined) return;
    const held = this.orders.get(order) as Held;
    if (final.has(held.status) || how === 1) this.take(this.harness.cancelRejected(order));
    else if (how === 2) this.take(this.harness.unknown(order, "cancel"));
    else this.confirm(held);
  }

  private confirm(held: Held): void {
    held.status = "CANCELED";
    this.take(this.harness.canceled(held.request.order, held.filled / 1_000));
  }

  answerAmend(refused: boolean): void {
    const amend = this.amends.shift();
    if (amend === undefined) return;
    const held = this.orders.get(amend.order) as Held;
    const { order } = amend;
    if (refused || final.has(held.status)) {
      this.take(this.harness.handle(this.harness.fact("amend_rejected", refusal(order, "amend_rejected"))));
      return;
    }
    held.price = amend.price ?? held.price;
    const { quantity } = held.request;
    this.take(this.harness.handle(this.harness.fact("order_amended", { order, price: amend.price, trigger: null, quantity })));
  }

  reject(): void {
    const held = this.open[0];
    if (held === undefined || held.filled > 0) return;
    held.status = "REJECTED";
    this.take(this.harness.reject(held.request.order));
  }

  loseReply(): void {
    const held = this.open[0];
    if (held !== undefined) this.take(this.harness.unknown(held.request.order));
  }

  answerQuery(): void {
    const [order] = this.lost;
    if (order === undefined) return;
    this.lost.delete(order);
    const held = this.orders.get(order) as Held;
    const status = held.status === "SUBMITTED" && held.filled > 0 ? "PARTIAL" : held.status;
    this.take(this.harness.answer(order, status, held.fills, 2_000));
  }

  wait(): boolean {
    this.timers.sort((a, b) => a.due - b.due || a.timer - b.timer);
    const next = this.timers.shift();
    if (next === undefined) return false;
    this.now = Math.max(this.now, next.due);
    this.take(this.harness.timer(next.timer, this.now));
    return true;
  }

  /** Everything that is on its way is answered plainly, until nothing is. */
  settle(): void {
    for (let round = 0; round < 3_000; round += 1) {
      if (this.cancels.length > 0) this.answerCancel(0);
      else if (this.amends.length > 0) this.answerAmend(false);
      else if (this.lost.size > 0) this.answerQuery();
      else if (!this.wait()) return;
    }
    throw new Error("it never comes to an end");
  }

  get filled(): number {
    return [...this.orders.values()].reduce((sum, held) => sum + held.filled, 0);
  }
}

const turns = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("fill" as const), share: fc.constantFrom(0.001, 0.2, 0.5, 1) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("wait" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel" as const), how: fc.constantFrom(0, 0, 0, 1, 2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("amend" as const), refused: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("query" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom("reject" as const, "lose" as const, "stop" as const, "resume" as const, "give up" as const) }),
    },
  ),
  { maxLength: 40 },
);
type Turn = typeof turns extends fc.Arbitrary<(infer T)[]> ? T : never;

function turn(play: Play, move: Turn, giveUp: () => void): void {
  switch (move.do) {
    case "fill":
      return play.fill(move.share);
    case "wait":
      play.wait();
      return;
    case "cancel":
      return play.answerCancel(move.how);
    case "amend":
      return play.answerAmend(move.refused);
    case "query":
      return play.answerQuery();
    case "reject":
      return play.reject();
    case "lose":
      return play.loseReply();
    case "stop":
      return play.take(play.harness.command("stop_new_orders"));
    case "resume":
      return play.take(play.harness.command("resume"));
    case "give up":
      return giveUp();
  }
}

const setups = fc.record({
  route: fc.constantFrom("twap" as const, "limit-patience" as const),
  amends: fc.boolean(),
  closes: fc.boolean(),
  steps: fc.integer({ min: 1, max: 23 }),
  slices: fc.integer({ min: 1, max: 6 }),
  patienceMs: fc.constantFrom(20_000, 300_000),
});

describe("a route under any venue", () => {
  it("fills at most what was asked for, has one order out at a time, and ends in one record that tells what filled", () => {
    fc.assert(
      fc.property(setups, turns, ({ route, amends, closes, steps, slices, patienceMs }, moves) => {
        const strategy = new TestStrategy({ policy: { routing: { slices, patienceMs } } });
        const options = { strategy, amends, market: { step: "0.1" } };
        const quantity = steps / 10;
        const harness = closes ? positioned(options, quantity) : new Harness(options);
        const play = new Play(harness);
        const bar = closes ? 1 : 0;
        strategy.at[bar] = (ctx) => (closes ? ctx.close({ side: "LONG", route }) : ctx.open({ side: "LONG", quantity, route }));
        play.take(harness.bar(bar));
        const intent = closes ? 2 : 1;
        let next = bar;
        const giveUp = () => {
          next += 1;
          strategy.at[next] = (ctx) => ctx.cancel(intent);
          play.take(harness.bar(next));
        };
        for (const move of moves) {
          turn(play, move, giveUp);
          expect(play.open.length).toBeLessThanOrEqual(1);
          expect(play.filled).toBeLessThanOrEqual(steps * 100);
        }
        play.settle();
        expect(play.sentWhileOpen).toBe(0);
        expect(play.open).toEqual([]);
        expect(play.filled).toBeLessThanOrEqual(steps * 100);
        const ends = harness.of("route_ended");
        expect(ends).toHaveLength(1);
        expect(ends[0]).toMatchObject({ intent, filled: play.filled });
        expect(ends[0]?.reason === "filled").toBe(play.filled === steps * 100);
        expect(harness.held("LONG")).toBeCloseTo((closes ? steps * 100 - play.filled : play.filled) / 1_000, 9);
        // The strategy hears the last of it exactly once.
        const last = strategy.heard.filter(
          (heard) =>
            (heard.what === "fill" && heard.fill.intent === intent && heard.fill.complete) ||
            ((heard.what === "rejected" || heard.what === "canceled") && heard.intent === intent),
        );
        expect(last).toHaveLength(1);
        expect(harness.runner.openOrders).toBe(0);
        // Every order of it has a terminal record of its own, and all of them are orders of the one intent.
        for (const order of play.orders.keys()) {
          expect(Math.floor(order / 256)).toBe(intent);
          expect(harness.settled(order).filter((line) => /^(FILLED|CANCELED|REJECTED)/.test(line))).toHaveLength(1);
        }
        const reserve = harness.runner.snapshot() as { markets: { routes: unknown[] }[] };
        expect(reserve.markets[0]?.routes).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("the same seed gives the same orders at the same times", () => {
    const run = () => {
      const strategy = new TestStrategy({ policy: { route: "twap" } });
      const harness = new Harness({ strategy });
      const play = new Play(harness);
      strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 13 });
      play.take(harness.bar(0));
      play.settle();
      return harness.effects;
    };
    expect(run()).toEqual(run());
  });
});

it("units are whole: the arithmetic above has no rest", () => {
  expect([1, 23].map((steps) => ((steps / 10) * 1_000) as Quantity)).toEqual([100, 2_300]);
});
