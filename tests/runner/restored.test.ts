// I-22, I-23 by hand: whatever is on its way when a process ends, the next one does with it what the first would have done. Each story
// is told to a runner that lives on and to one that begins anew from its snapshot before each fact.

import { describe, expect, it } from "vitest";

import type { Effect, Millis } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";
import { Restarting } from "./restarting.ts";
import { bare, walk } from "./walking.ts";

/** Tells a story to both. @returns the one that was restarted, after they have been found alike */
function both(options: () => HarnessOptions, story: (harness: Harness) => void): Harness {
  const [steady, restarted] = [new Harness(options()), new Restarting(options())];
  for (const harness of [steady, restarted]) story(harness);
  expect(restarted.effects).toEqual(steady.effects);
  expect(restarted.strategy.heard).toEqual(steady.strategy.heard);
  expect(JSON.stringify(restarted.runner.snapshot())).toBe(JSON.stringify(steady.runner.snapshot()));
  return restarted;
}

const trading = (policy: ConstructorParameters<typeof TestStrategy>[0] = {}) => ({ strategy: new TestStrategy(policy) });

/** Silence of a cancel is no news for a long time. */
const patient = { cancelConfirmMs: 60 * minute };

/** Fires the timer that was armed last, when it is due. */
function fireLast(harness: Harness): Effect[] {
  const timer = harness.of("set_timer").at(-1);
  return harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
}

describe("a runner that begins anew before each fact", () => {
  it("knows which entries and adds of which side are out: they hold up their own successors, and nobody else's", () => {
    const limits = { dcaOrderType: "limit", maxPendingAdds: 1 } as const;
    const harness = both(
      () => ({ ...trading({ policy: limits }), settings: patient }),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
          ctx.open({ side: "SHORT", quantity: 1 });
        };
        told.strategy.at[1] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1 });
          ctx.add({ side: "SHORT", quantity: 1, price: 105 });
        };
        told.strategy.at[2] = (ctx) => {
          ctx.add({ side: "SHORT", quantity: 1, price: 106 });
          ctx.cancel(1);
        };
        told.strategy.at[3] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1 });
          ctx.cancel(4);
        };
        told.strategy.at[4] = (ctx) => {
          ctx.add({ side: "LONG", quantity: 1, price: 95 });
          ctx.add({ side: "SHORT", quantity: 1, price: 107 });
        };
        told.strategy.at[5] = (ctx) => {
          ctx.add({ side: "LONG", quantity: 1, price: 94 });
          ctx.add({ side: "SHORT", quantity: 1, price: 108 });
        };
        told.bar(0);
        told.fill(orderOf(2), 100, 1);
        told.bars(1, 2);
        told.canceled(orderOf(1));
        told.bar(3);
        told.fill(orderOf(6), 100, 1);
        told.bars(4, 5);
      },
    );
    expect(harness.skips).toEqual(["3 position_pending", "5 position_pending", "9 position_pending", "10 position_pending"]);
    expect(harness.of("cancel_order").map(({ order }) => order)).toEqual([orderOf(1), orderOf(4)]);
  });

  it("keeps its orders in the order in which they were sent", () => {
    let shown: (readonly [number, string])[] = [];
    both(
      () => ({ ...trading(), settings: patient }),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
          ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
        };
        told.strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 94, replaces: 1 });
        told.strategy.at[2] = (ctx) => {
          shown = ctx.orders().map(({ intent, status }) => [intent, status] as const);
        };
        told.bars(0, 1);
        told.fill(orderOf(2), 105, 0.25);
        told.bar(2);
      },
    );
    expect(shown).toEqual([
      [1, "SUBMITTED"],
      [2, "PARTIAL"],
      [3, "SUBMITTED"],
    ]);
  });

  it("takes a trade that it has heard of for old, and a fill of an order that has ended for its own", () => {
    const harness = both(
      () => trading(),
      (told) => {
        told.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 3, orderType: "limit", price: 95 });
        told.strategy.at[1] = (ctx) => ctx.cancel(1);
        told.bar(0);
        const trades = [1, 2, 3].map((trade) => told.fillEvent(orderOf(1), 95, 0.5, { trade, cumulative: 0.5 * trade }));
        for (const at of [0, 1, 0, 1]) told.handle(trades[at] as never);
        told.bar(1);
        told.canceled(orderOf(1), 1.5);
        for (const at of [2, 0, 2, 1]) told.handle(trades[at] as never);
      },
    );
    expect(harness.held("LONG")).toBe(1.5);
    expect(harness.settled(orderOf(1))).toEqual(["CANCELED strategy_cancel"]);
  });

  it("puts a strategy's state back where nothing has happened since, and nowhere else", () => {
    const harness = both(
      () => trading(),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1 });
          ctx.open({ side: "SHORT", quantity: 1 });
        };
        told.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
        told.bar(0);
        told.fill(orderOf(1), 100, 1);
        told.reject(orderOf(2));
        told.bar(1);
        told.reject(orderOf(3));
      },
    );
    expect(harness.strategy.rejections).toEqual(["2 injected_rejection kept", "3 injected_rejection restored"]);
  });

  it("takes a report from before its last fill for old, and one from shortly after it for doubtful", () => {
    const harness = both(
      () => trading(),
      (told) => {
        told.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2 });
        told.bar(0);
        const older = told.fact("position_reported", { leg: "LONG", quantity: 0 as never, entryPrice: null, external: false });
        told.fill(orderOf(1), 100, 2);
        told.handle(older);
        expect(told.of("query_position")).toHaveLength(1);
        told.position("LONG", 1);
        expect(told.held("LONG")).toBe(2);
        fireLast(told);
        told.position("LONG", 1);
      },
    );
    expect(harness.held("LONG")).toBe(1);
  });

  it("waits for the confirmation of its amendments, and takes an old one for old", () => {
    const harness = both(
      () => trading(),
      (told) => {
        told.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
        told.strategy.at[1] = (ctx) => {
          ctx.amend(1, { quantity: 2 });
          ctx.amend(1, { price: 96 });
        };
        const amended = (price: number, quantity: number) =>
          told.fact("order_amended", { order: orderOf(1), price: price as never, trigger: null, quantity: quantity as never });
        told.bars(0, 1);
        const [first, second] = [amended(9_500, 2_000), amended(9_600, 2_000)];
        told.fill(orderOf(1), 95, 1);
        told.handle(second);
        told.handle(second);
        expect(told.settled(orderOf(1))).toEqual([]);
        told.handle(first);
        told.strategy.at[2] = (ctx) => expect(ctx.orders()).toMatchObject([{ price: 96, quantity: 2, filled: 1 }]);
        told.bar(2);
        told.fill(orderOf(1), 96, 1);
      },
    );
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("lets children follow the market order that stands in for their limit, also when their ends were told first", () => {
    const permissions = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
    const fallback = { onReject: true, onTimeout: true };
    const harness = both(
      () => ({ ...trading({ policy: { fallback } }), settings: { fallback } }),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95, timeToLive: minute, ...permissions });
          ctx.reduce({ side: "LONG", quantity: 2, orderType: "stop_market", trigger: 90, family: "sl", parent });
        };
        told.bar(0);
        told.timer(told.of("set_timer")[0]?.timer ?? 0, 2 * minute);
        told.handle(told.fact("order_expired", { order: orderOf(2), cumulative: 0 as never, reason: "parent_order_gone" }));
        expect(told.settled(orderOf(2))).toEqual([]);
        told.canceled(orderOf(1));
      },
    );
    expect(harness.sent.slice(2).map(({ order, terms }) => [order, terms?.parent ?? null])).toEqual([
      [orderOf(1, 1), null],
      [orderOf(2, 1), orderOf(1, 1)],
    ]);
    expect(harness.settled(orderOf(2))).toEqual(["EXPIRED parent_order_gone"]);
  });

  it("knows which entry a revert takes back", () => {
    const harness = both(
      () => trading({ policy: { maxEntrySlipBp: 10 } }),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1 });
          ctx.open({ side: "SHORT", quantity: 1 });
        };
        told.bar(0);
        told.fill(orderOf(1), 101, 1);
        told.fill(orderOf(2), 99, 1);
        told.fill(orderOf(4), 99, 1);
        told.fill(orderOf(3), 101, 1);
      },
    );
    for (const order of [1, 2]) expect(harness.settled(orderOf(order))).toEqual(["FILLED filled", "REVERTED max_entry_slip"]);
  });

  it("keeps what waits for the venue, and sends it in its turn", () => {
    const until = { status: 418, until: (9 * minute) as Millis, banned: true };
    const harness = both(
      () => trading({ policy: { dcaOrderType: "limit" } }),
      (told) => {
        told.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
        told.strategy.at[1] = (ctx) => {
          ctx.add({ side: "LONG", quantity: 1, price: 95 });
          ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110, family: "tp" });
        };
        told.strategy.at[2] = (ctx) => {
          ctx.cancel(2);
          ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 111, family: "tp" });
          ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl" });
          ctx.open({ side: "SHORT", quantity: 1 });
        };
        told.bar(0);
        told.fill(orderOf(1), 100, 1);
        told.bar(1);
        told.handle(told.fact("amend_rejected", refusal(orderOf(3), "rate_limited", null, until)));
        told.bar(2);
        told.unknown(orderOf(3));
        const wake = told.of("set_timer").find(({ due }) => due === until.until);
        expect(told.of("cancel_order")).toEqual([]);
        told.timer(wake?.timer ?? 0, until.until);
      },
    );
    expect(harness.skips).toEqual(["6 rate_limited"]);
    const sent = harness.effects.flatMap((effect) => {
      if (effect.type === "submit_order") return [`submit ${effect.request.order}`];
      return effect.type === "cancel_order" || effect.type === "query_order" ? [`${effect.type} ${effect.order}`] : [];
    });
    expect(sent.slice(3)).toEqual([`submit ${orderOf(5)}`, `submit ${orderOf(4)}`, `cancel_order ${orderOf(2)}`, `query_order ${orderOf(3)}`]);
  });

  it("goes on counting the fees of what is open, and the ledger's sum", () => {
    const harness = both(
      () => trading(),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 2 });
          ctx.open({ side: "SHORT", quantity: 1 });
        };
        told.strategy.at[1] = (ctx) => {
          ctx.reduce({ side: "LONG", quantity: 1 });
          ctx.close({ side: "SHORT" });
        };
        told.bar(0);
        told.fill(orderOf(1), 100, 2);
        told.fill(orderOf(2), 100, 1);
        told.bar(1);
        told.fill(orderOf(3), 110, 1, { fee: 0 });
        told.fill(orderOf(4), 90, 1, { fee: 0 });
      },
    );
    // 0.1 for the long's 2 and 0.05 for the short's 1; both have gained 10.
    expect(harness.of("ledger_entry").map(({ entryFee, cumulative }) => [entryFee, cumulative])).toEqual([
      [50_000, 9_950_000],
      [50_000, 19_900_000],
    ]);
    expect(harness.runner.equity()).toBe(1_000_000_000 + 20_000_000 - 150_000);
  });

  it("doubts a cancel that stays unanswered when the first would have", () => {
    const harness = both(
      () => ({ ...trading(), settings: { cancelConfirmMs: 2 * minute } }),
      (told) => {
        told.strategy.at[0] = (ctx) => {
          ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
          ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
        };
        told.strategy.at[1] = (ctx) => ctx.cancel(1);
        told.strategy.at[2] = (ctx) => ctx.cancel(2);
        told.bars(0, 2);
        told.canceled(orderOf(2));
        told.bars(3, 3);
        // Two were out; the watch is over with the last of them, not before.
        expect(told.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
      },
    );
    expect(harness.settled(orderOf(2))).toEqual(["CANCELED strategy_cancel"]);
  });
});

describe("a runner that begins anew while its equity is on a line", () => {
  it("reads the same equity as the one before it", () => {
    const strategy = bare();
    const harness = new Restarting({ strategy, closes: [100, 110, 120, 130, 140] });
    const seen: number[] = [];
    harness.runner.markEquity(1_000);
    strategy.onFillDo = (ctx) => seen.push(ctx.equity);
    strategy.at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    walk(harness, 0, 5);
    // On the close of bar 2 nobody has marked it: it stands at that of bar 1, 100 + 2 × 110.
    harness.fill(orderOf(1), 120, 1);
    harness.restart();
    harness.runner.markEquity(500);
    harness.restart();
    expect(harness.runner.snapshot()).toMatchObject({ equity: 500, line: [-1, 0, 0, 1] });
    expect(seen).toEqual([320]);
  });
});
