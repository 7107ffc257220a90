// Small changes of a scenario's plan, each of which could be a mistake in a strategy, a setting or the venue. An
// expectation that no such change can break says nothing. Plans only: no file is written.
import { BarSeries } from "../../src/domain/index.ts";
import { fillPresets, type FillModel } from "../../src/exchange/virtual/index.ts";
import { defaultRunnerSettings } from "../../src/runner/index.ts";
import type { SimulationPlan } from "../../src/session/index.ts";

export interface Mutant {
  readonly name: string;
  readonly plan: SimulationPlan;
}

type Action = Readonly<Record<string, unknown>>;

export function mutantsOf(plan: SimulationPlan): Mutant[] {
  return [...scriptMutants(plan), ...parameterMutants(plan), ...stepMutants(plan), ...settingMutants(plan), ...marketMutants(plan)];
}

/** Changes that take one line out of the scenario: each line is there for a reason. */
export function omissionsOf(plan: SimulationPlan): Mutant[] {
  const actions = actionsOf(plan);
  return [
    ...actions.map((_, at) => ({ name: `without action ${at}`, plan: withActions(plan, without(actions, at)) })),
    ...plan.steps.map((_, at) => ({ name: `without step ${at}`, plan: { ...plan, steps: without(plan.steps, at) } })),
  ];
}

function scriptMutants(plan: SimulationPlan): Mutant[] {
  const actions = actionsOf(plan);
  if (actions.length === 0) return [];
  const permitted = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
  const order = (action: Action) => (action["order"] ?? {}) as Action;
  const each = (name: string, change: (action: Action) => Action): Mutant[] =>
    actions.map((action, at) => ({ name: `${name} ${at}`, plan: withActions(plan, replaced(actions, at, change(action))) }));
  return [
    { name: "without actions", plan: withActions(plan, []) },
    ...omissionsOf(plan),
    ...each("market order in action", (action) => ({ quantity: 1, ...action, order: { type: "market", postOnly: false } })),
    ...each("double size in action", (action) => (typeof action["quantity"] === "number" ? { ...action, quantity: action["quantity"] * 2 } : action)),
    ...each("permitted fallback in action", (action) => ({ ...action, order: { ...order(action), ...permitted } })),
    ...each("a bar earlier, action", (action) => (typeof action["bar"] === "number" ? { ...action, bar: Math.max(action["bar"] - 1, 0) } : action)),
  ];
}

/** Every number of the strategy's parameters doubled, one at a time. */
function parameterMutants(plan: SimulationPlan): Mutant[] {
  const { params } = plan.strategy;
  return Object.entries(params).flatMap(([key, value]) => {
    const changed = typeof value === "number" ? value * 2 : Array.isArray(value) && key !== "actions" ? value.map((one) => Number(one) * 2) : null;
    return changed === null ? [] : [{ name: `double ${key}`, plan: withParams(plan, { ...params, [key]: changed }) }];
  });
}

function stepMutants(plan: SimulationPlan): Mutant[] {
  return plan.steps.map((step, at) => ({
    name: `step ${at} a bar later`,
    plan: { ...plan, steps: replaced(plan.steps, at, { ...step, bar: step.bar + 1 }) },
  }));
}

function settingMutants(plan: SimulationPlan): Mutant[] {
  const on = { onReject: true, onTimeout: true };
  const fill = (name: string, change: Partial<FillModel>): Mutant => ({ name, plan: { ...plan, fill: { ...plan.fill, ...change } } });
  const policy = plan.strategy.params["policy"] as object | undefined;
  return [
    { name: "default runner", plan: { ...plan, runner: defaultRunnerSettings } },
    { name: "operator permits fallbacks", plan: { ...plan, runner: { ...plan.runner, fallback: on } } },
    { name: "default policy", plan: policy === undefined ? plan : withParams(plan, { ...plan.strategy.params, policy: {} }) },
    { name: "optimistic fills", plan: { ...plan, fill: fillPresets["optimistic"] as FillModel } },
    fill("touch", { limit: "touch" }),
    fill("gap at the limit", { gap: "limit" }),
    fill("crossed triggers fire", { crossedTrigger: "fire" }),
    fill("no volume cap", { volumeCap: null }),
    fill("whole-bar lives", { timeToLive: "whole-bar" }),
    fill("no latency", { latency: null }),
    fill("slippage", { slippage: { kind: "ticks", ticks: 1 } }),
  ];
}

function marketMutants(plan: SimulationPlan): Mutant[] {
  const scaled = (factor: number) =>
    Object.fromEntries(Object.entries(plan.balances).map(([currency, text]) => [currency, String(Number(text) * factor)]));
  const moved = (ticks: number) =>
    plan.markets.map((market) => ({
      ...market,
      ...insideMoved(market.inside, ticks),
      series: market.series.map((series) => shifted(series, ticks)),
    }));
  const { profile } = plan;
  const dearer = { ...profile, makerFee: String(Number(profile.makerFee) * 2), takerFee: String(Number(profile.takerFee) * 2) };
  const rules = (change: object) => plan.markets.map((market) => ({ ...market, rules: { ...market.rules, ...change } }));
  return [
    { name: "ten times the money", plan: { ...plan, balances: scaled(10) } },
    { name: "a tenth of the money", plan: { ...plan, balances: scaled(0.1) } },
    { name: "prices up", plan: { ...plan, markets: moved(25) } },
    { name: "prices down", plan: { ...plan, markets: moved(-25) } },
    { name: "without what is inside", plan: { ...plan, markets: plan.markets.map(({ inside: _inside, ...market }) => market) } },
    { name: "double fees", plan: { ...plan, profile: dearer } },
    { name: "no minimums", plan: { ...plan, markets: rules({ minQuantity: null, minNotional: null }) } },
    { name: "no positions", plan: { ...plan, positions: [] } },
  ];
}

function insideMoved(inside: BarSeries | undefined, ticks: number) {
  return inside === undefined ? {} : { inside: shifted(inside, ticks) };
}

function shifted(series: BarSeries, ticks: number): BarSeries {
  const { symbol, timeframe, interval, priceScale, quantityScale, time, volume } = series;
  const move = (column: Float64Array) => column.map((price) => price + ticks);
  const prices = { open: move(series.open), high: move(series.high), low: move(series.low), close: move(series.close) };
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, { time, ...prices, volume });
}

function actionsOf(plan: SimulationPlan): readonly Action[] {
  return (plan.strategy.params["actions"] ?? []) as readonly Action[];
}

function withActions(plan: SimulationPlan, actions: readonly Action[]): SimulationPlan {
  return withParams(plan, { ...plan.strategy.params, actions });
}

function withParams(plan: SimulationPlan, params: SimulationPlan["strategy"]["params"]): SimulationPlan {
  return { ...plan, strategy: { ...plan.strategy, params } };
}

function without<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, index) => index !== at);
}

function replaced<T>(list: readonly T[], at: number, one: T): T[] {
  return list.map((old, index) => (index === at ? one : old));
}
