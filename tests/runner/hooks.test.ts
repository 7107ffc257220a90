// Row 004-IN-13 for the hooks beside onBar: what a strategy does not have is not called, what fails in one that it has ends the session or
// is contained, and is named by its own name.

import { describe, expect, it } from "vitest";

import type { Context, Strategy } from "../../src/strategy/index.ts";
import { Harness, orderOf, TestStrategy, type HarnessOptions } from "./harness.ts";
import { opened } from "./routing/routed.ts";

const fails = (): never => {
  throw new Error("broken");
};

const threw = (hook: string) => expect.objectContaining({ code: "strategy_threw", reason: expect.stringContaining(`threw in ${hook} on`) as string });

/** An entry that the venue turns away. */
function turnedAway(options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
  harness.bar(0);
  return harness;
}

describe("a strategy with nothing but its bars", () => {
  function bare(act: (ctx: Context) => void, more: Partial<Strategy> = {}): Harness {
    const { policy } = new TestStrategy({ policy: { route: "limit-patience" } });
    let asked = false;
    const onBar = (ctx: Context) => {
      if (!asked) act(ctx);
      asked = true;
    };
    return new Harness({ strategy: { name: "bare", policy, onBar, snapshot: () => null, restore: () => undefined, ...more } });
  }

  it("hears of no refusal, no end and no fill, and trades on", () => {
    const harness = bare((ctx) => {
      ctx.open({ side: "LONG" });
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
      ctx.cancel(3);
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 106 });
    });
    harness.bar(0);
    harness.fill(orderOf(2), 95, 0.5);
    harness.canceled(orderOf(3));
    harness.canceled(orderOf(2), 0.5);
    harness.reject(orderOf(4));
    expect([harness.skips, harness.settled(orderOf(2)), harness.held("LONG")]).toEqual([
      ["1 missing_explicit_qty"],
      ["CANCELED operator_request"],
      0.5,
    ]);
  });

  it("hears nothing of a route that was given up, after a part of it has filled", () => {
    const harness = bare((ctx) => ctx.open({ side: "LONG", quantity: 4 }));
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.canceled(orderOf(1), 1);
    expect(harness.of("route_ended")).toMatchObject([{ intent: 1, filled: 1_000 }]);
  });
});

describe("a hook that fails", () => {
  it("is named: onRejected, onCanceled, onFill, snapshot, setup, rank", () => {
    const rejecting = turnedAway();
    rejecting.strategy.onRejectedDo = fails;
    expect(() => rejecting.reject(orderOf(1))).toThrow(threw("onRejected"));

    const canceling = turnedAway();
    Object.assign(canceling.strategy, { onCanceled: fails });
    canceling.fill(orderOf(1), 95, 0.5);
    expect(() => canceling.canceled(orderOf(1), 0.5)).toThrow(threw("onCanceled"));

    const filling = turnedAway();
    filling.strategy.onFillDo = fails;
    expect(() => filling.fill(orderOf(1), 95, 1)).toThrow(threw("onFill"));

    const keeping = new Harness();
    keeping.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    keeping.strategy.snapshot = fails;
    expect(() => keeping.bar(0)).toThrow(threw("snapshot"));

    const strategy = new TestStrategy();
    strategy.setupDo = fails;
    expect(() => new Harness({ strategy })).toThrow(threw("setup"));

    const markets = ["A", "B"].map((name) => ({ market: { symbol: `${name}/USDC:USDC` } }));
    const ranking = new Harness({ markets });
    ranking.strategy.rank = fails;
    expect(() => ranking.bar(0)).toThrow(threw("rank"));
  });

  it.each(["onRejected", "onFill"] as const)("where the session goes on is forgiven when it comes back: %s", (hook) => {
    const harness = new Harness({ settings: { strategyErrors: "lock", strategyErrorsMax: 2 } });
    const turns = [fails, () => undefined, fails];
    const turn = () => turns.shift()?.();
    Object.assign(harness.strategy, { onRejectedDo: turn, onFillDo: turn });
    for (const bar of [0, 1, 2]) {
      harness.strategy.at[bar] = (ctx) => {
        if (bar === 0 || hook === "onRejected") ctx.open({ side: "LONG", quantity: 1 });
        else ctx.add({ side: "LONG", quantity: 1 });
      };
      harness.bar(bar);
      if (hook === "onFill") harness.fill(orderOf(bar + 1), 100, 1);
      else harness.reject(orderOf(bar + 1));
      if (bar !== 1) harness.handle(harness.fact("strategy_verdict", { verdict: "threw", hook, text: "broken" } as never));
    }
    expect(harness.of("alert").map(({ text }) => text)).toEqual(["broken (1 in a row)", "broken (1 in a row)"]);
    expect(harness.of("strategy_failed").map((failure) => failure.hook)).toEqual([hook, hook]);
  });

  it("that ranks, where the session goes on, ranks its market as nothing", () => {
    const strategies = ["A", "B"].map((name) => new TestStrategy({ name }));
    const markets = strategies.map((strategy) => ({ strategy, market: { symbol: `${strategy.name}/USDC:USDC` } }));
    const harness = new Harness({ markets, settings: { strategyErrors: "lock", topN: 1 } });
    const [a, b] = strategies as [TestStrategy, TestStrategy];
    a.rank = fails;
    b.score = 1;
    for (const strategy of strategies) strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    expect(harness.sent.map(({ market }) => market)).toEqual([1]);
  });
});

describe("a hook that turns its view to another bar", () => {
  const turns = (ctx: Context) => {
    (ctx.bars as unknown as { index: number }).index = 50;
  };

  it.each<[string, (harness: Harness) => void]>([
    [
      "onRejected",
      (harness) => {
        harness.strategy.onRejectedDo = turns;
        harness.reject(orderOf(1));
      },
    ],
    [
      "onFill",
      (harness) => {
        harness.strategy.onFillDo = turns;
        harness.fill(orderOf(1), 95, 1);
      },
    ],
  ])("is stopped: %s", (_hook, tell) => {
    const harness = turnedAway();
    expect(() => tell(harness)).toThrow(expect.objectContaining({ code: "strategy_tampered" }));
    expect(harness.runner.barOf(0)).toBe(0);
  });
});

describe("at the set-up", () => {
  it("a strategy hears at once that nothing can be asked for yet", () => {
    const strategy = new TestStrategy();
    strategy.setupDo = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    expect(new Harness({ strategy }).strategy.rejections).toEqual(["1 warm_up restored"]);
  });

  it("each strategy that lacks hooks is named, once", () => {
    const { policy } = new TestStrategy();
    const bare = (name: string): Strategy => ({ name, policy, onBar: () => undefined, snapshot: () => null, restore: () => undefined });
    const markets = ["A", "B", "A"].map((name, at) => ({ strategy: bare(name), market: { symbol: `${at}/USDC:USDC` } }));
    expect(new Harness({ markets }).of("alert").map(({ text }) => text.slice(0, 5))).toEqual(["A has", "B has"]);
  });
});

describe("markets of which one alone is ranked", () => {
  it("are ranked all the same, the others as nothing", () => {
    const { policy } = new TestStrategy();
    const asked: string[] = [];
    const plain: Strategy = { name: "plain", policy, onBar: () => asked.push("plain"), snapshot: () => null, restore: () => undefined };
    const strategies = [plain, { ...plain, name: "ranked", rank: () => 5, onBar: () => asked.push("ranked") }];
    new Harness({ markets: strategies.map((strategy) => ({ strategy, market: { symbol: `${strategy.name}/USDC:USDC` } })) }).bar(0);
    expect(asked).toEqual(["ranked", "plain"]);
  });
});

describe("a market whose bars have not begun", () => {
  it("is not decided on when another one's have", () => {
    const strategies = ["A", "B"].map((name) => new TestStrategy({ name }));
    const markets = strategies.map((strategy) => ({ strategy, market: { symbol: `${strategy.name}/USDC:USDC` } }));
    const harness = new Harness({ markets });
    const warm: string[] = [];
    for (const strategy of strategies) strategy.onWarmupDo = () => warm.push(strategy.name);
    harness.bar(0, [0]);
    expect(warm).toEqual([]);
    expect(strategies.map(({ heard }) => heard.filter(({ what }) => what === "bar").length)).toEqual([1, 0]);
  });
});

describe("a strategy that is asked no more", () => {
  it("has a state of nothing", () => {
    const harness = new Harness();
    opened(harness);
    harness.handle(harness.fact("strategy_verdict", { verdict: "timed_out", hook: "onBar", text: "gone" } as never));
    expect(harness.runner.snapshot().markets[0]?.strategy).toBeNull();
  });
});
