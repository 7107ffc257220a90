// Rows 004-EN-1, 004-MG-2, 004-RD-7, 004-SG-1, INT-2: the guards on an intent and their order. Each refusal leaves one
// SKIPPED record with its reason; where two would refuse, the first in the order of the house speaks.

import { describe, expect, it } from "vitest";

import type { Reason } from "../../src/domain/index.ts";
import type { Context, IntentView } from "../../src/strategy/index.ts";
import { Harness, orderOf, positioned, TestStrategy, type HarnessOptions } from "./harness.ts";

const noLimits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: null };

function open(ctx: Context): void {
  ctx.open({ side: "LONG", quantity: 1 });
}

/** Something that makes one gate refuse an open. */
interface Gate {
  readonly reason: Reason;
  readonly options?: HarnessOptions;
  /** Orders of bar 0 that the gate needs: small enough for every cap. */
  readonly orders?: (harness: Harness) => void;
  /** What is switched on afterwards. */
  readonly switch?: (harness: Harness) => void;
  /** Asks in place of a plain open. */
  readonly ask?: (ctx: Context) => void;
}

const blockedBackoff = { maxFailures: 1, cooldownMs: 3_600_000, mode: "fixed", capMs: 3_600_000, perFamily: true } as const;

const gates: Readonly<Record<string, Gate>> = {
  contract: { reason: "bad_intent", ask: (ctx) => ctx.open({ side: "LONG", quantity: 1, family: "tp" }) },
  quantity: { reason: "missing_explicit_qty", ask: (ctx) => ctx.open({ side: "LONG" }) },
  positioned: {
    reason: "already_positioned",
    orders: (harness) => {
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 0.5 });
      harness.bar(0);
      harness.fill(orderOf(1), 100, 0.5);
    },
  },
  pending: {
    reason: "position_pending",
    orders: (harness) => {
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 0.5, orderType: "limit", price: 90 });
      harness.bar(0);
    },
  },
  stop: { reason: "stop_new_orders", switch: (harness) => harness.command("stop_new_orders") },
  unresolved: {
    reason: "unresolved_outcome",
    orders: (harness) => {
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 0.5, orderType: "limit", price: 110 });
      harness.bar(0);
      harness.unknown(orderOf(1));
    },
  },
  permission: { reason: "strategy_cannot_submit", switch: (harness) => (harness.strategy.submitPermission = () => ({ allowed: false })) },
  backoff: {
    reason: "strategy_execution_backoff",
    orders: (harness) => {
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 0.5 });
      harness.bar(0);
      harness.reject(orderOf(1));
    },
  },
  caps: { reason: "max_order_notional", options: { settings: { limits: { ...noLimits, maxOrderNotional: 99 } } } },
};

/** Asks at bar 1, after the gates were prepared in bar 0. */
function refusals(gate: Gate, other?: Gate): Reason[] {
  const harness = new Harness({ ...gate.options, ...other?.options, strategy: new TestStrategy({ backoff: blockedBackoff }) });
  gate.orders?.(harness);
  other?.orders?.(harness);
  gate.switch?.(harness);
  other?.switch?.(harness);
  const before = harness.of("intent_skipped").length;
  harness.strategy.at[1] = gate.ask ?? other?.ask ?? open;
  harness.bar(1);
  return harness
    .of("intent_skipped")
    .slice(before)
    .map((effect) => effect.reason);
}

describe("the gates of a risk-increasing intent", () => {
  it.each(Object.entries(gates))("004-EN-1: the gate %s leaves one SKIPPED record with its reason", (_name, gate) => {
    expect(refusals(gate)).toEqual([gate.reason]);
  });

  // Pairs whose second member would refuse as well: the first speaks.
  const pairs: readonly [string, string][] = [
    ["contract", "stop"],
    ["quantity", "stop"],
    ["contract", "permission"],
    ["quantity", "positioned"],
    ["positioned", "stop"],
    ["positioned", "permission"],
    ["pending", "stop"],
    ["pending", "permission"],
    ["stop", "unresolved"],
    ["stop", "permission"],
    ["stop", "backoff"],
    ["stop", "caps"],
    ["unresolved", "permission"],
    ["unresolved", "caps"],
    ["permission", "backoff"],
    ["permission", "caps"],
    ["backoff", "caps"],
  ];
  it.each(pairs)("004-EN-1, INT-2: %s speaks before %s", (first, second) => {
    const [gate, other] = [gates[first] as Gate, gates[second] as Gate];
    expect(refusals(gate, other)).toEqual([gate.reason]);
  });

  it("a halted session asks the strategy nothing more, and refuses what it asks in answer to a fill", () => {
    const harness = new Harness();
    harness.strategy.at[0] = open;
    harness.strategy.onFillDo = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(0);
    harness.command("halt", "enough");
    expect(harness.of("halt")).toEqual([{ type: "halt", reason: "operator_halt", text: "enough" }]);
    harness.fill(orderOf(1), 100, 1);
    expect(harness.skips).toEqual(["2 halted"]);
    const bars = harness.strategy.heard.filter((entry) => entry.what === "bar").length;
    harness.bars(1, 3);
    expect(harness.strategy.heard.filter((entry) => entry.what === "bar")).toHaveLength(bars);
  });

  it("warm-up bars call onWarmup, and intents asked there are refused with warm_up", () => {
    const strategy = new TestStrategy({ warmup: 2 });
    strategy.onWarmupDo = open;
    const harness = new Harness({ strategy });
    harness.bars(0, 2);
    expect(harness.skips).toEqual(["1 warm_up", "2 warm_up"]);
    expect(strategy.heard.filter((entry) => entry.what === "bar")).toEqual([{ what: "bar", bar: 2 }]);
  });

  it("an intent asked in setup is refused, and its own strategy hears it, not another market's", () => {
    const [first, second] = [new TestStrategy({ name: "first" }), new TestStrategy({ name: "second" })];
    second.setupDo = open;
    const harness = new Harness({
      markets: [
        { strategy: first, market: { symbol: "A/USDC:USDC" } },
        { strategy: second, market: { symbol: "B/USDC:USDC" } },
      ],
    });
    harness.bar(0);
    expect(first.rejections).toEqual([]);
    expect(second.rejections).toEqual(["1 warm_up restored"]);
  });

  it("one-way mode: an open against the position is refused unless it says reverse", () => {
    const harness = positioned({ hedge: false });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "SHORT", quantity: 2, reverse: true });
    harness.bars(1, 2);
    expect(harness.skips).toEqual(["2 already_positioned"]);
    expect(harness.sent[1]).toMatchObject({ side: "sell", leg: "NET", quantity: 2_000, reduceOnly: false });
  });

  it("one-way mode: a short holds up an open of the other side as a long does", () => {
    const harness = new Harness({ hedge: false, positions: [{ market: 0, leg: "NET", quantity: -1, price: 100 }] });
    harness.strategy.at[0] = open;
    harness.bar(0);
    expect(harness.skips).toEqual(["1 already_positioned"]);
  });

  it("hedge mode: the other leg may be opened beside a position", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    expect(harness.sent[1]).toMatchObject({ side: "sell", leg: "SHORT" });
  });
});

describe("a limited number of markets", () => {
  const two = [{ market: { symbol: "A/USDC:USDC" } }, { market: { symbol: "B/USDC:USDC" } }];
  const held = (market: number, leg: "LONG" | "SHORT") => ({ market, leg, quantity: 1, price: 100 });

  it.each([["LONG"], ["SHORT"]] as const)("counts another market that holds a %s, whatever its other leg", (leg) => {
    const harness = new Harness({ markets: two, settings: { topN: 1 }, positions: [held(0, leg)] });
    Object.assign(harness.strategies[1]?.at ?? {}, { 0: open });
    harness.bar(0);
    expect(harness.skips).toEqual(["1 not_in_top_n"]);
  });

  it("counts another market that seeks a position, on both legs at once too", () => {
    const harness = new Harness({ markets: two, settings: { topN: 1 } });
    harness.strategies.forEach((strategy, market) => {
      strategy.at[0] = (ctx) => {
        if (market === 1) return open(ctx);
        ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 90 });
        ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
      };
    });
    harness.bar(0);
    expect(harness.skips).toEqual(["3 not_in_top_n"]);
  });

  it("does not count the market itself, and asks entries only: what is open may be added to", () => {
    const harness = new Harness({ markets: two, settings: { topN: 1 }, positions: [held(0, "LONG"), held(1, "LONG")] });
    harness.strategies.forEach((strategy) => (strategy.at[0] = (ctx) => ctx.add({ side: "LONG", quantity: 1 })));
    harness.bar(0);
    expect(harness.skips).toEqual([]);
    const alone = new Harness({ markets: two, settings: { topN: 1 }, positions: [held(0, "LONG")] });
    alone.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    alone.bar(0);
    expect(alone.skips).toEqual([]);
  });
});

describe("a strategy's own permission", () => {
  it("is asked with the numbers of the intent, before they are rounded", () => {
    const asked: unknown[] = [];
    const canSubmit = (_ctx: Context, { quantity, price, trigger, tag }: IntentView) => {
      asked.push([quantity, price, trigger, tag]);
      return { allowed: true };
    };
    const harness = new Harness({ strategy: Object.assign(new TestStrategy(), { canSubmit }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1.23456, orderType: "limit", price: 98.769, tag: "rung 1" });
    harness.bar(0);
    expect(asked[0]).toEqual([1.23456, 98.769, null, "rung 1"]);
  });

  it("is not needed: a strategy without such hooks opens and closes", () => {
    const strategy = Object.assign(new TestStrategy(), { canSubmit: undefined, canClose: undefined }) as unknown as TestStrategy;
    const harness = positioned({ strategy });
    strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry", "close"]);
  });
});

describe("the operator's stop", () => {
  it.each(["stop_new_orders", "kill"] as const)("004-SG-1: %s refuses entries with its own name and DCA with dca_stop_new_orders", (command) => {
    const harness = positioned();
    harness.command(command, "maintenance");
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.add({ side: "LONG", quantity: 1 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual([`2 ${command}`, "3 dca_stop_new_orders"]);
    expect(harness.of("alert").map((alert) => alert.text)).toContain(`${command}: maintenance`);
  });

  it.each(["stop_new_orders", "kill"] as const)("004-RD-7: closes, partials and cancels proceed under %s", (command) => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 120 });
    harness.bar(1);
    harness.command(command);
    harness.strategy.at[2] = (ctx) => {
      ctx.cancel(2);
      ctx.reduce({ side: "LONG", quantity: 0.5 });
      ctx.close({ side: "LONG" });
    };
    harness.bar(2);
    expect(harness.skips).toEqual([]);
    expect(harness.of("cancel_order")).toHaveLength(1);
    expect(harness.sent.slice(2).map((request) => request.quantity)).toEqual([500, 2_000]);
  });

  it("resume lets entries pass again", () => {
    const harness = new Harness();
    harness.command("stop_new_orders");
    harness.command("resume");
    harness.strategy.at[0] = open;
    harness.bar(0);
    expect(harness.sent).toHaveLength(1);
  });

  it("004-EN-1: the strategy's state is the same with and without a stop", () => {
    const states = [false, true].map((stopped) => {
      const harness = new Harness();
      if (stopped) harness.command("stop_new_orders");
      harness.strategy.at[2] = (ctx, state) => {
        ctx.open({ side: "LONG", quantity: 1 });
        // What the strategy notes after asking is undone when the open is refused.
        state.count += 100;
      };
      harness.bars(0, 2);
      if (!stopped) harness.reject(orderOf(1));
      return harness.strategy.snapshot();
    });
    // Three bars counted; the 100 are gone in both.
    expect(states).toEqual([{ count: 3 }, { count: 3 }]);
  });
});

describe("what blocks an ADD", () => {
  const policy = { dcaOrderType: "limit" } as const;
  const add = (ctx: Context) => ctx.add({ side: "LONG", quantity: 1, price: 95 });

  it("004-MG-2: a pending ADD", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy }) });
    harness.strategy.at[1] = add;
    harness.strategy.at[2] = add;
    harness.bars(1, 2);
    expect(harness.skips).toEqual(["3 position_pending"]);
  });

  it("004-MG-2: the stop file", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy }) });
    harness.command("stop_new_orders");
    harness.strategy.at[1] = add;
    harness.bar(1);
    expect(harness.skips).toEqual(["2 dca_stop_new_orders"]);
  });

  it("004-MG-2: the backoff of its own family", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy, backoff: blockedBackoff }) });
    harness.strategy.at[1] = add;
    harness.strategy.at[2] = add;
    harness.bar(1);
    harness.reject(orderOf(2));
    harness.bar(2);
    expect(harness.skips).toEqual(["3 strategy_execution_backoff"]);
  });

  it("004-MG-2: no order style", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy: { dcaOrderType: null } }) });
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 missing_dca_order_style"]);
  });

  it.each([
    ["a limit price that is none", "limit", { price: -5 }, "bad_price"],
    ["a stop without a trigger", "stop_market", {}, "missing_trigger"],
  ] as const)("004-MG-2: %s", (_what, orderType, prices, reason) => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1, orderType, ...prices });
    harness.bar(1);
    expect(harness.skips).toEqual([`2 ${reason}`]);
  });

  it("004-MG-2: no position", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(0);
    expect(harness.skips).toEqual(["1 dca_without_position"]);
  });

  it("004-MG-3: a limit ADD rests as a pending entry, is told as an open order, and counts until it ends", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy: { dcaOrderType: "limit", maxPendingAdds: 2 } }) });
    harness.strategy.at[1] = add;
    harness.strategy.at[2] = (ctx) => {
      expect(ctx.orders()).toMatchObject([{ intent: 2, family: "dca", side: "LONG", type: "limit", status: "SUBMITTED", price: 95, filled: 0 }]);
      add(ctx);
    };
    harness.strategy.at[3] = add;
    harness.bars(1, 3);
    expect(harness.skips).toEqual(["4 position_pending"]);
    expect(harness.runner.openOrders).toBe(2);
  });
});

// The other half of the pair: the same question where an order leaves. What is planted is a road that has missed the gates.
describe("an order that increases risk, where it leaves", () => {
  type Plant = (core: Harness["runner"]["inside"]["core"]) => void;
  const plants: readonly [Reason, Plant][] = [
    ["stale_data", (core) => core.lock(core.desks[0]?.market ?? null, "stale_data")],
    ["reconciling", (core) => core.lock(null, "reconciling")],
    ["stop_new_orders", (core) => (core.stop = "stop_new_orders")],
    ["stale_data", (core) => (core.behind = true)],
    ["unresolved_outcome", (core) => ((core.desks[0] as { unresolved: number }).unresolved = 1)],
  ];
  it.each(plants)("under %s breaks I-13", (reason, plant) => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      open(ctx);
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    const { core } = harness.runner.inside;
    const leave = core.leave.bind(core);
    core.leave = (order) => {
      plant(core);
      leave(order);
    };
    expect(() => harness.bar(0)).toThrow(expect.objectContaining({ code: "I-13", reason: `order 256 increases risk and leaves under ${reason}` }));
    expect(harness.of("submit_order")).toEqual([]);
  });

  it("leaves under a lock of another market, and what reduces leaves under every lock", () => {
    const harness = positioned();
    const { core } = harness.runner.inside;
    core.lock(1 as never, "stale_data");
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    core.lock(null, "stream_gap");
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(2);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry", "entry", "close"]);
  });
});
