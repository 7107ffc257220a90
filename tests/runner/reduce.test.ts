// Rows 004-RD-*, 004-MG-1, 004-MG-4, INT-7: reducing orders, their failures and their ledger.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, positioned, TestStrategy } from "./harness.ts";

describe("a close", () => {
  it("004-RD-1: of a position that the venue no longer has: the venue is asked, the book closes locally, SYNCED", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.reject(orderOf(2), "reduce_only_rejected");
    expect(harness.of("query_position")).toEqual([{ type: "query_position", market: 0, leg: "LONG" }]);
    harness.position("LONG", 0);
    expect(harness.of("position_synced")).toEqual([
      { type: "position_synced", market: 0, leg: "LONG", status: "SYNCED", quantity: 0, reason: "exchange_no_position_before_close" },
    ]);
    expect(harness.held("LONG")).toBe(0);
    expect(harness.strategy.heard).toContainEqual({ what: "external", leg: "LONG", quantity: 0 });
    // One close, one rejection, no retry.
    expect(harness.sent).toHaveLength(2);
  });

  it("a position that the venue closed for others is externally_closed; one that it changed is external_position_change", () => {
    const harness = positioned({}, 2);
    harness.bar(1);
    harness.position("LONG", 1.5, true);
    harness.position("LONG", 0, true);
    expect(harness.of("position_synced").map(({ quantity, reason }) => [quantity, reason])).toEqual([
      [1_500, "external_position_change"],
      [0, "externally_closed"],
    ]);
  });

  it("while orders of the leg are out, a difference must be read twice", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(2);
    const timer = harness.of("set_timer").at(-1);
    harness.timer(timer?.timer ?? 0, (timer?.due ?? 0) as number);
    expect(harness.of("query_position")).toHaveLength(1);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(1);
  });

  it("shortly after a fill a difference must be read twice, too: either may not have heard of the other", () => {
    const harness = positioned({}, 2);
    harness.position("LONG", 0);
    expect(harness.held("LONG")).toBe(2);
    const timer = harness.of("set_timer").at(-1);
    harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
    harness.position("LONG", 2);
    expect(harness.of("position_synced")).toEqual([]);
    expect(harness.runner.divergent).toBe(false);
  });

  it("fills that a cancel has announced are waited for before a difference is believed", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99 });
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bars(0, 1);
    harness.canceled(orderOf(1), 0.4);
    const fill = harness.fillEvent(orderOf(1), 99, 0.4);
    harness.position("LONG", 0.4);
    harness.handle(fill);
    expect(harness.held("LONG")).toBe(0.4);
    expect(harness.of("position_synced")).toEqual([]);
  });

  it("a report from before a fill that is in the book already changes nothing: the present is asked for", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    const stale = harness.fact("position_reported", { leg: "LONG", quantity: 0 as never, entryPrice: null, external: false });
    harness.fill(orderOf(1), 100, 1);
    harness.handle(stale);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.of("query_position")).toHaveLength(1);
    harness.position("LONG", 1);
    expect(harness.of("position_synced")).toEqual([]);
  });

  it.each<[number, string | null, number]>([
    // 1 at 100 is in the book, the close is 100. 3 at 98 on average: 2 more at 97. Turned round: at its own average. A smaller
    // position, or one without a word of its price, at the close.
    [3, "98", 98],
    [-2, "90", 90],
    [0.5, "90", 100],
    [3, null, 100],
  ])("a position that the venue states as %s at %s has the entry price %s", (quantity, entryPrice, expected) => {
    const harness = positioned({ hedge: false });
    harness.bars(1, 2);
    harness.position("NET", quantity, true, entryPrice);
    expect(harness.held("NET")).toBe(quantity);
    const side = quantity > 0 ? "LONG" : "SHORT";
    let found = 0;
    harness.strategy.at[3] = (ctx) => (found = ctx.position(side).entryPrice);
    harness.bar(3);
    expect(found).toBeCloseTo(expected, 9);
  });

  it("004-RD-2: quantity is floored to the step and never more than the position", () => {
    const harness = positioned({ market: { step: "0.05" } }, 1.2);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 0.99 });
      ctx.reduce({ side: "LONG", quantity: 50 });
      ctx.close({ side: "LONG" });
      ctx.reduce({ side: "LONG", quantity: 0.04 });
    };
    harness.bar(1);
    expect(harness.sent.slice(1).map((request) => request.quantity)).toEqual([950, 1_200, 1_200]);
    expect(harness.skips).toEqual(["5 rounds_to_zero"]);
  });

  it("004-RD-2: dust below the venue's minimum quantity is refused, not raised", () => {
    const harness = positioned({ market: { minQuantity: "0.1" } }, 1);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.05 });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 below_min_quantity"]);
  });

  it("004-RD-3: one-way closes are reduce-only, hedge closes are bound by their leg", () => {
    const requests = [false, true].map((hedge) => {
      const harness = positioned({ hedge });
      harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
      harness.bar(1);
      return harness.sent[1];
    });
    expect(requests[0]).toMatchObject({ side: "sell", leg: "NET", reduceOnly: true });
    expect(requests[1]).toMatchObject({ side: "sell", leg: "LONG", reduceOnly: false });
  });

  it.each([
    ["004-RD-4: rejected", (harness: Harness) => harness.reject(orderOf(2), "rate_limited"), "REJECTED rate_limited"],
    ["004-RD-5: without a fill", (harness: Harness) => timeOut(harness), "CANCELED limit_timeout"],
  ] as const)("%s: the strategy is where it was, the position too", (_row, fail, settled) => {
    const harness = positioned();
    let before: unknown;
    harness.strategy.at[1] = (ctx, state) => {
      before = harness.strategy.snapshot();
      ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 110, timeToLive: 1_000 });
      state.count = 999;
    };
    harness.bar(1);
    fail(harness);
    expect(harness.settled(orderOf(2))).toEqual([settled]);
    expect(harness.strategy.snapshot()).toEqual(before);
    expect(harness.strategy.rejections[0]).toMatch(/restored$/);
    expect(harness.held("LONG")).toBe(1);
  });

  it("a protective order that rests undoes nothing when it ends: it was no decision of that moment", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, family: "sl", orderType: "stop_market", trigger: 90 });
    harness.bars(1, 4);
    harness.reject(orderOf(2), "trigger_already_crossed");
    expect(harness.strategy.rejections).toEqual(["2 trigger_already_crossed kept"]);
    expect(harness.strategy.snapshot()).toEqual({ count: 5 });
  });

  it("a rejected close is not retried and does not count as a failure of entries", () => {
    const harness = positioned({
      strategy: new TestStrategy({ backoff: { maxFailures: 1, cooldownMs: 1e6, mode: "fixed", capMs: 1e6, perFamily: true } }),
    });
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    harness.reject(orderOf(2));
    harness.bar(2);
    expect(harness.sent.map((request) => request.family)).toEqual(["entry", "close", "entry"]);
  });
});

function timeOut(harness: Harness): void {
  harness.ack(orderOf(2));
  harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 2 * minute + 1_000);
  harness.canceled(orderOf(2));
}

describe("the ledger", () => {
  it("004-RD-6: one line a reducing fill: gross, both fees, net and the running sum", () => {
    // Buys 2 at 100 (fee 0.10), sells 0.5 at 110 (fee 0.0275), then 1.5 at 90 (fee 0.0675).
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5 });
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.fill(orderOf(2), 110, 0.5);
    harness.bar(2);
    harness.fill(orderOf(3), 90, 1.5);
    // First: 0.5 × 10 = 5 gross; entry fee 0.10 × 0.5/2 = 0.025; net 5 - 0.025 - 0.0275 = 4.9475.
    // Second: 1.5 × -10 = -15; entry fee 0.075; net -15 - 0.075 - 0.0675 = -15.1425; sum -10.195.
    expect(harness.of("ledger_entry")).toMatchObject([
      { order: orderOf(2), leg: "LONG", quantity: 500, gross: 5_000_000, entryFee: 25_000, exitFee: 27_500, net: 4_947_500, cumulative: 4_947_500 },
      {
        order: orderOf(3),
        leg: "LONG",
        quantity: 1_500,
        gross: -15_000_000,
        entryFee: 75_000,
        exitFee: 67_500,
        net: -15_142_500,
        cumulative: -10_195_000,
      },
    ]);
    // Balance 1000 USDC at the start; flat again: equity has moved by the sum.
    expect(harness.runner.equity()).toBe(1_000_000_000 - 10_195_000);
  });

  it("a reversal in one-way mode closes with one line and leaves the rest as the new position", () => {
    const harness = positioned({ hedge: false }, 1);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 3, reverse: true });
    harness.bar(1);
    harness.fill(orderOf(2), 103, 3, { fee: 0.3 });
    // Closes 1 of 3: gross 3, entry fee 0.05, exit fee 0.3 / 3 = 0.1, net 2.85.
    expect(harness.of("ledger_entry")).toMatchObject([{ quantity: 1_000, gross: 3_000_000, entryFee: 50_000, exitFee: 100_000, net: 2_850_000 }]);
    expect(harness.held("NET")).toBe(-2);
  });

  it("INT-7: whenever the account is flat, the sum of net is the change of equity, to the unit", () => {
    const trade = fc.record({
      side: fc.constantFrom("LONG", "SHORT"),
      price: fc.integer({ min: 1, max: 90_000 }),
      quantity: fc.integer({ min: 1, max: 50_000 }),
      fee: fc.integer({ min: -500, max: 5_000_000 }),
      parts: fc.array(
        fc.record({
          share: fc.integer({ min: 1, max: 999 }),
          price: fc.integer({ min: 1, max: 90_000 }),
          fee: fc.integer({ min: -500, max: 900_000 }),
        }),
        {
          maxLength: 4,
        },
      ),
      last: fc.integer({ min: 1, max: 90_000 }),
    });
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 4 }), (trades) => {
        const harness = new Harness();
        let intent = 0;
        let bar = -1;
        const ask = (side: "LONG" | "SHORT", quantity: number, opens: boolean) => {
          bar += 1;
          harness.strategy.at[bar] = (ctx) => (opens ? ctx.open({ side, quantity }) : ctx.reduce({ side, quantity }));
          harness.bar(bar);
          intent += 1;
        };
        for (const { side, price, quantity, fee, parts, last } of trades) {
          ask(side as "LONG", quantity / 1_000, true);
          harness.fill(orderOf(intent), price / 100, quantity / 1_000, { fee: fee / 1e6 });
          for (const part of parts) {
            const size = Math.floor((Math.abs(harness.held(side as "LONG")) * part.share) / 1) / 1_000;
            const units = Math.floor(size * 1_000) / 1_000;
            if (units < 0.001) continue;
            ask(side as "LONG", units, false);
            const sent = harness.sent.at(-1);
            harness.fill(orderOf(intent), part.price / 100, (sent?.quantity ?? 0) / 1_000, { fee: part.fee / 1e6 });
          }
          const open = Math.abs(harness.held(side as "LONG"));
          ask(side as "LONG", open, false);
          harness.fill(orderOf(intent), last / 100, open, { fee: fee / 1e6 });
          const sum = harness.of("ledger_entry").reduce((total, line) => total + line.net, 0);
          expect(harness.runner.equity()).toBe(1_000_000_000 + sum);
          expect(harness.of("ledger_entry").at(-1)?.cumulative).toBe(sum);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("managing a position", () => {
  function ladder(): Harness {
    const harness = positioned({ strategy: new TestStrategy({ policy: { dcaOrderType: "limit", maxPendingAdds: 3 } }) });
    harness.strategy.at[1] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1, price: 98 });
      ctx.add({ side: "LONG", quantity: 1, price: 97 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    };
    harness.bar(1);
    return harness;
  }

  it("004-MG-1: a CLOSE cancels the pending entries and adds of its leg first, and no others", () => {
    const harness = ladder();
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    const effects = harness.bar(2);
    expect(effects.map((effect) => [effect.type, effect.type === "cancel_order" ? effect.order : null])).toEqual([
      ["cancel_order", orderOf(2)],
      ["cancel_order", orderOf(3)],
      ["submit_order", null],
    ]);
    expect(harness.of("cancel_order").map((effect) => effect.reason)).toEqual(["position_closed", "position_closed"]);
    harness.canceled(orderOf(2));
    expect(harness.settled(orderOf(2))).toEqual(["CANCELED position_closed"]);
    // Asked for by its own close: nothing failed, nothing is put back.
    expect(harness.strategy.rejections).toEqual([]);
    expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 2, filled: 0 });
  });

  it("004-MG-1: a take-profit that rests leaves the ladder alone", () => {
    const harness = ladder();
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG", family: "tp", orderType: "limit", price: 103 });
    harness.bar(2);
    expect(harness.of("cancel_order")).toEqual([]);
  });

  it("004-MG-4: repricings, fallbacks and repeated cancels are counted", () => {
    const harness = new Harness({
      strategy: new TestStrategy({ policy: { fallback: { onReject: true, onTimeout: false } } }),
      settings: { fallback: { onReject: true, onTimeout: false } },
    });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 120, allowMarketFallback: true, fallbackOnReject: true });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    };
    harness.bar(0);
    expect(harness.runner.retries).toBe(1);
    harness.reject(orderOf(1));
    expect(harness.runner.retries).toBe(2);
    harness.strategy.at[1] = (ctx) => ctx.cancel(2);
    harness.bar(1);
    harness.cancelRejected(orderOf(2));
    harness.answer(orderOf(2), "SUBMITTED");
    expect(harness.runner.retries).toBe(3);
  });

  it("a replacement cancels the order that it stands for and takes its place", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 96, replaces: 1 });
    harness.bars(0, 1);
    expect(harness.of("cancel_order")).toEqual([{ type: "cancel_order", order: orderOf(1), market: 0, reason: "replaced" }]);
    expect(harness.sent[1]?.price).toBe(9_600);
    harness.canceled(orderOf(1));
    expect(harness.strategy.rejections).toEqual([]);
  });
});
