// Each kind of finding has a strategy here that is guilty of it and is caught, and good strategies beside them are not
// accused: a check that cannot fail says nothing.

import { describe, expect, it } from "vitest";

import { BarSeries } from "../../../src/domain/index.ts";
import {
  checkStrategy,
  findingKinds,
  regimeBars,
  strategyRequests,
  type CheckOptions,
  type Finding,
  type FindingKind,
} from "../../../src/session/index.ts";
import { truncated, withOtherFuture } from "../../../src/session/strategy-check/bars.ts";
import { plainProblem } from "../../../src/session/strategy-check/state.ts";
import {
  builtinStrategies,
  defaultExecutionPolicy,
  resolveParams,
  Sma,
  type Context,
  type FillView,
  type Params,
  type Strategy,
  type StrategyDefinition,
} from "../../../src/strategy/index.ts";
import breakout from "../../../fixtures/strategies/breakout.ts";
import pullback from "../../../fixtures/strategies/pullback.ts";
import thrower from "../../../fixtures/strategies/thrower.ts";
import { plainRules } from "../../domain/rules.ts";

const bars = regimeBars({ rules: plainRules, timeframe: "1m", startPrice: "100", count: 500, seed: 1 });

function check(definition: StrategyDefinition, params: Params = {}, options: Partial<CheckOptions> = {}): readonly Finding[] {
  const resolved = resolveParams(definition, params);
  const plain = { rules: plainRules, bars, timeframes: [], positionMode: "hedge", maxOrders: 40, seed: 1 } as const;
  return checkStrategy({ definition, params: resolved, ...plain, ...options }).findings;
}

const kinds = (findings: readonly Finding[]): FindingKind[] => findings.map(({ kind }) => kind);

/** A strategy that holds for a while and rests for a while, by what `decides` says; every hook that live wants. */
function defined(name: string, make: () => Partial<Strategy> & { decide(ctx: Context): void }): StrategyDefinition {
  const create = (): Strategy => {
    const own = make();
    const hooks = {
      name,
      policy: defaultExecutionPolicy,
      onBar: (ctx: Context) => own.decide(ctx),
      onWarmup: () => undefined,
      onRejected: () => undefined,
      onExternalChange: () => undefined,
      canSubmit: () => ({ allowed: true }),
      canClose: () => ({ allowed: true }),
      setBrokerMinimum: () => undefined,
      snapshot: () => null as unknown,
      restore: () => undefined,
    };
    return { ...hooks, ...own };
  };
  return { name, defaults: {}, create };
}

/** In when `wants` is true, out when it is not. */
function follow(ctx: Context, wants: boolean, quantity = 1): void {
  const held = ctx.position("LONG").quantity;
  if (wants && held === 0) ctx.open({ side: "LONG", quantity });
  else if (!wants && held > 0) ctx.close({ side: "LONG" });
}

/** A bar that no context shows: the runner's own columns, reached past the types. */
const peek = (ctx: Context, ahead: number): number => (ctx.bars as unknown as { series: BarSeries }).series.close[ctx.bars.index + ahead] ?? 0;

const guilty: Readonly<Record<Exclude<FindingKind, "never_returns">, StrategyDefinition>> = {
  throws: thrower as unknown as StrategyDefinition,
  look_ahead: defined("tomorrow", () => ({ decide: (ctx) => follow(ctx, peek(ctx, 1) > peek(ctx, 0)) })),
  not_deterministic: defined("dice", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1 + Math.random()) })),
  clock_or_chance: defined("log", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4 && Date.now() > 0) })),
  not_a_number: defined("nan", () => ({ decide: (ctx) => void (ctx.bar === 7 && ctx.open({ side: "LONG", quantity: Number.NaN })) })),
  indicator_not_ready: defined("early", () => {
    const average = new Sma(50);
    return { setup: (ctx) => void ctx.indicators.use(average), decide: (ctx) => follow(ctx, ctx.bars.close > average.value) };
  }),
  warm_up: defined("short-sighted", () => ({ warmup: 5, decide: (ctx) => follow(ctx, ctx.bars.close > ctx.bars.closeAt(30)) })),
  history: defined("anchored", () => ({
    decide: (ctx) => {
      let known = 0;
      while (Number.isFinite(ctx.bars.closeAt(known))) known += 1;
      follow(ctx, known % 7 < 3);
    },
  })),
  snapshot_not_plain: defined("map", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4), snapshot: () => ({ levels: new Map([[1, 2]]) }) })),
  snapshot_shared: defined("shared", () => {
    const state = { count: 0 };
    return {
      decide: (ctx) => {
        state.count += 1;
        follow(ctx, ctx.bar % 9 < 4);
      },
      snapshot: () => state,
      restore: (old) => void Object.assign(state, old),
    };
  }),
  restart: defined("forgetful", () => {
    let fills = 0;
    return { decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1 + (fills % 3)), onFill: () => void (fills += 1) };
  }),
  too_many_orders: defined("flood", () => ({
    decide: (ctx) => {
      for (let n = 0; n < 60 && ctx.bar === 3; n += 1) ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: ctx.bars.close * 0.5 });
    },
  })),
  churn: defined("restless", () => ({
    decide: (ctx) => {
      const [resting] = ctx.orders();
      const price = ctx.bars.close * 0.5;
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price, replaces: resting?.intent });
    },
  })),
  refused: defined("deaf", () => ({ decide: (ctx) => void ctx.open({ side: "LONG", quantity: 1 }) })),
  missing_hooks: breakout as unknown as StrategyDefinition,
  idle: defined("idle", () => ({ decide: () => undefined })),
};

describe("a strategy that is guilty of", () => {
  it.each(Object.keys(guilty) as (keyof typeof guilty)[])("%s is caught", (kind) => {
    const finding = check(guilty[kind], kind === "throws" ? { bar: 5 } : {}).find((one) => one.kind === kind);
    expect(finding).toMatchObject({ kind, severity: findingKinds[kind].severity });
    expect(finding?.evidence.length).toBeGreaterThan(10);
  });

  it.each(["warm_up", "history", "restart", "look_ahead", "snapshot_shared", "churn", "refused", "clock_or_chance"] as const)(
    "%s is accused of nothing else",
    (kind) => {
      expect(kinds(check(guilty[kind]))).toEqual([kind]);
    },
  );
});

describe("what a finding says", () => {
  it("names the bar, what was asked for, and what should have been", () => {
    const [finding] = check(guilty.warm_up);
    // Started at bar 80 of 500 (the later of two starts), it cannot see 30 bars back before bar 110.
    expect(finding?.evidence).toMatch(
      /^started at bar \d+, it decides differently up to \d+ bars after its start \(warmup is 5\); last at bar \d+ of the run: asked for /,
    );
    expect(finding?.bars).toBe("calm");
  });

  it("of randomness names what was used, where", () => {
    const [finding] = check(guilty.not_deterministic);
    expect(finding?.bar).toBe(0);
    expect(finding?.evidence).toContain("it used Math.random in onBar at bar 0");
  });

  it("of a throw names hook and bar, and nothing is hidden by it", () => {
    const [finding] = check(guilty.throws, { bar: 5 });
    expect(finding?.evidence).toContain("onBar on TEST/USDC:USDC, bar 5");
    expect(finding?.count).toBe(bars.length);
  });
});

describe("harder cases", () => {
  it("state of the module, which outlives the instance, is no state of a strategy", () => {
    let created = 0;
    const counting = defined("counting", () => {
      created += 1;
      const own = created;
      return { decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, own) };
    });
    expect(kinds(check(counting))).toEqual(["not_deterministic"]);
  });

  it("a number that is drawn once when the file is loaded shows only in a fresh process", () => {
    const steady = defined("steady", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1.5) }));
    const other = defined("steady", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1.75) }));
    const options = { rules: plainRules, bars, timeframes: [], positionMode: "hedge", maxOrders: 40, seed: 1, params: {} } as const;
    expect(check(steady, {}, { fresh: strategyRequests({ ...options, definition: steady }) })).toEqual([]);
    const [finding] = check(steady, {}, { fresh: strategyRequests({ ...options, definition: other }) });
    expect(finding).toMatchObject({ kind: "not_deterministic", bar: 0 });
    expect(finding?.evidence).toBe(
      "a fresh process asked for: open LONG, quantity 1.75 (bar 0, onBar) in place of open LONG, quantity 1.5 (bar 0, onBar)",
    );
  });

  it("a peek at the far end of the data is seen as well as one at the next bar", () => {
    const end = defined("oracle", () => ({
      decide: (ctx) => {
        const { close } = (ctx.bars as unknown as { series: BarSeries }).series;
        follow(ctx, ctx.bar % 20 < 10 && (close.at(-1) ?? 0) > ctx.bars.close * ctx.bars.closeAt(0));
      },
    }));
    const length = defined("countdown", () => ({
      decide: (ctx) => follow(ctx, (ctx.bars as unknown as { series: BarSeries }).series.length - ctx.bar > 30),
    }));
    expect(kinds(check(end))).toContain("look_ahead");
    expect(kinds(check(length))).toContain("look_ahead");
  });

  it("the strategy's own seeded chance is no chance", () => {
    const seeded = defined("seeded", () => ({ decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1 + ctx.random.integer(3)) }));
    expect(check(seeded)).toEqual([]);
  });

  it("state that is kept in the snapshot survives a restart, what is told by fills included", () => {
    const keeping = defined("keeping", () => {
      let state = { fills: 0 };
      return {
        decide: (ctx) => follow(ctx, ctx.bar % 9 < 4, 1 + (state.fills % 3)),
        onFill: (_ctx: Context, _fill: FillView) => void (state = { fills: state.fills + 1 }),
        snapshot: () => state,
        restore: (old) => void (state = old as typeof state),
      };
    });
    expect(check(keeping)).toEqual([]);
  });

  it("an average that onBar keeps for itself is lost in a restart", () => {
    const own = defined("own-average", () => {
      let average = 0;
      return {
        decide: (ctx) => {
          average = average === 0 ? ctx.bars.close : average * 0.9 + ctx.bars.close * 0.1;
          follow(ctx, ctx.bars.close > average);
        },
      };
    });
    expect(kinds(check(own))).toContain("restart");
  });

  it("a permission hook that throws is found, though the runner takes it for a refusal", () => {
    const shaky = defined("shaky", () => ({
      decide: (ctx) => follow(ctx, ctx.bar % 9 < 4),
      canSubmit: () => {
        throw new Error("no answer");
      },
    }));
    expect(check(shaky)[0]).toMatchObject({ kind: "throws", bar: 0, evidence: "canSubmit: Error: no answer" });
  });

  it("a snapshot that throws between orders is found", () => {
    let asked = 0;
    const late = defined("late", () => ({
      decide: (ctx) => follow(ctx, ctx.bar === 3),
      snapshot: () => {
        asked += 1;
        if (asked > 60) throw new Error("too often");
        return null;
      },
    }));
    expect(kinds(check(late))).toContain("throws");
  });

  it("a strategy without snapshot and restore is told so, and not run into the ground", () => {
    const bare = { name: "bare", defaults: {}, create: () => ({ name: "bare", policy: defaultExecutionPolicy, onBar: () => undefined }) } as never;
    const findings = check(bare);
    expect(kinds(findings)).toEqual(["missing_hooks", "idle"]);
    expect(findings[0]?.evidence).toContain("snapshot, restore");
  });
});

describe("good strategies", () => {
  const good: readonly [string, StrategyDefinition, Params, FindingKind[]][] = [
    ["dual-dca", builtinStrategies["dual-dca"] as StrategyDefinition, {}, []],
    ["dual-dca with a resting ladder", builtinStrategies["dual-dca"] as StrategyDefinition, { ladder: "resting" }, []],
    ["grid", builtinStrategies["grid"] as StrategyDefinition, {}, []],
    [
      "grid, neutral with stops",
      builtinStrategies["grid"] as StrategyDefinition,
      { direction: "neutral", stopLower: 90, stopUpper: 110, rangePercent: 2 },
      [],
    ],
    ["grid, short from the market", builtinStrategies["grid"] as StrategyDefinition, { direction: "short", initial: "market", rangePercent: 1 }, []],
    // Exponential averages remember their first value for a while.
    ["ema-cross", builtinStrategies["ema-cross"] as StrategyDefinition, {}, ["warm_up"]],
    ["scripted", builtinStrategies["scripted"] as StrategyDefinition, { actions: [{ bar: 5, do: "open", leg: "LONG", quantity: 1 }] }, []],
    // Wilder's averages remember too; and it asks on while the backoff of the runner refuses.
    ["the tutorial's pullback", pullback as unknown as StrategyDefinition, {}, ["warm_up", "refused"]],
  ];
  it.each(good)("%s is free of errors", (_name, definition, params, warnings) => {
    const findings = check(definition, params);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(kinds(findings)).toEqual(warnings);
  });

  it("every built-in is among them", () => {
    expect(good.map(([, { name }]) => name)).toEqual(expect.arrayContaining(Object.keys(builtinStrategies)));
  });
});

describe("the bars of a check", () => {
  it("are valid, on the tick, and go where their names say", () => {
    for (const { name, series } of bars) {
      for (let bar = 0; bar < series.length; bar += 1) {
        const [low, high] = [series.lowAt(bar), series.highAt(bar)];
        expect(low > 0 && low <= Math.min(series.openAt(bar), series.closeAt(bar)) && high >= Math.max(series.openAt(bar), series.closeAt(bar))).toBe(
          true,
        );
      }
      const change = series.closeAt(series.length - 1) / series.openAt(0);
      if (name === "rising") expect(change).toBeGreaterThan(1.15);
      if (name === "falling") expect(change).toBeLessThan(0.85);
    }
  });

  it("another future leaves the past alone and turns every later move round", () => {
    const columns = (closes: readonly number[]) => Float64Array.from(closes);
    const series = new BarSeries(
      { symbol: "X/Y", timeframe: "1m", interval: 60_000, priceScale: 0, quantityScale: 0 },
      {
        time: columns([0, 1, 2]),
        open: columns([10, 12, 13]),
        high: columns([13, 14, 15]),
        low: columns([9, 11, 12]),
        close: columns([12, 13, 14]),
        volume: columns([5, 5, 5]),
      },
    );
    const other = withOtherFuture(series, 0);
    expect([...other.open, ...other.high, ...other.low, ...other.close, ...other.volume]).toEqual([
      10, 12, 11, 13, 13, 12, 9, 10, 9, 12, 11, 10, 5, 2, 2,
    ]);
    expect([...truncated(series, 1).close]).toEqual([12, 13]);
  });
});

describe("a plain snapshot", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  it.each([
    [{ at: [1, { deep: Number.NaN }] }, "s.at[1].deep is NaN, which JSON turns into null"],
    [{ made: new Date(0) }, "s.made is a Date, which JSON does not bring back"],
    [{ run: () => 1 }, "s.run is a function, which JSON leaves out"],
    [[undefined], "s[0] is undefined, which JSON leaves out"],
    [loop, "s.self holds itself"],
    [{ a: [1, "x", true, null, { b: 2 }], absent: undefined }, null],
  ])("%#: says where it is not", (value, problem) => {
    expect(plainProblem(value, "s", new Set())).toBe(problem);
  });
});
