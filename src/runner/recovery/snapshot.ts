// The runner's state as plain data, and back: what a journal keeps so that a restart need not begin at the first record.
// Equal input gives equal bytes, and a runner that was built from them goes on as the one that they were taken of.

import { assert, SeatrialError, type BarIndex, type MarketIndex } from "../../domain/index.ts";
import type { Brackets } from "../brackets.ts";
import type { ChurnState } from "../churn.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import { orderState, restoreOrder, type OrderState } from "./order-state.ts";
import type { Outcomes } from "../outcomes.ts";
import type { PositionCheck } from "../positions/position-check.ts";
import type { Positions } from "../positions/positions.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { RouteWork } from "../routing/route.ts";
import { StrategyError } from "../strategy-error.ts";
import { applyFilters } from "../venue-facts.ts";

/** Everything in a runner that has a state of its own. */
export interface RunnerParts {
  readonly core: Core;
  readonly brackets: Brackets;
  readonly outcomes: Outcomes;
  readonly positions: Positions;
  readonly reconciliation: Reconciliation;
  readonly positionCheck: PositionCheck;
}

export type RunnerOutline = ReturnType<typeof outlineOf>;
export type RunnerSnapshot = ReturnType<typeof snapshotOf>;

/** Rises with each change after which an older snapshot can no longer be read. */
const format = 3;

const noChurn: ChurnState = { legs: [], refusals: [] };

/** Characters of JSON that one strategy's state may have (failures E8): what grows without end is found before the disk is full. */
export const strategyStateMax = 1_048_576;

/** What may still act: the whole state but for what has ended and for what is counted on the way. */
export function outlineOf(core: Core) {
  return {
    now: core.now,
    stop: core.stop,
    halted: core.halted,
    intents: core.intents,
    netResult: core.netResult,
    timers: core.timers.snapshot(),
    risk: core.risk.snapshot(),
    rateLimits: core.rateLimits.snapshot(),
    locks: core.locks.snapshot(),
    orders: core.orders.sorted().map(orderState),
    markets: core.desks.map((desk) => ({
      bar: desk.bars.index,
      book: desk.book.snapshot(),
      backoff: desk.backoff.snapshot(),
      strategy: desk.strategy.snapshot(),
      random: desk.random.snapshot(),
      routeRandom: desk.routeRandom.snapshot(),
      routes: desk.routes.map(plainRoute),
    })),
  };
}

/** @throws SeatrialError `strategy_state_too_large`, exit code 2 */
export function snapshotOf({ core, brackets, outcomes, positions, reconciliation, positionCheck }: RunnerParts) {
  assert(!core.hasRefusals, "I-23", () => "a strategy has not been told of a refusal yet");
  const ended = core.pool.snapshot();
  const outline = outlineOf(core);
  core.desks.forEach((desk, at) => checkSize(desk, outline.markets[at]?.strategy));
  return {
    format,
    ...outline,
    equity: core.equity,
    funds: core.funds,
    rejections: core.rejections.snapshot(),
    churn: core.churn?.snapshot() ?? noChurn,
    cash: core.cash.snapshot(),
    line: core.line(),
    ended: ended.map(orderState),
    givenUp: [...core.givenUp.values()].map(orderState),
    doubts: outcomes.doubts.snapshot(),
    amendments: core.amendments.snapshot(),
    brackets: brackets.snapshot(),
    slip: outcomes.slip.snapshot(),
    orphans: outcomes.orphans.snapshot(),
    excess: outcomes.excess.snapshot(),
    positions: positions.snapshot(),
    epoch: core.epoch,
    reconciliation: reconciliation.snapshot(),
    positionCheck: positionCheck.snapshot(),
    desks: core.desks.map((desk) => ({
      views: desk.views.map(({ index }) => index),
      state: desk.snapshot(),
      // Routes that are over, and may still hear of a fill of one of their orders.
      endedRoutes: endedRoutes(desk, [...ended, ...core.givenUp.values()]),
    })),
  };
}

/** @param parts of a runner that was built a moment ago, with the same markets */
export function restoreFrom({ core, brackets, outcomes, positions, reconciliation, positionCheck }: RunnerParts, saved: RunnerSnapshot): void {
  // A copy: whoever keeps the snapshot keeps it as it was.
  const state = structuredClone(saved);
  checkFits(core, state);
  const { now, stop, halted, intents, netResult, equity, epoch } = state;
  Object.assign(core, { now, stop, halted, intents, netResult, equity, epoch });
  core.restoreLine(state.line);
  core.timers.restore(state.timers);
  core.risk.restore(state.risk);
  core.rateLimits.restore(state.rateLimits);
  core.locks.restore(state.locks);
  core.funds = state.funds;
  core.rejections.restore(state.rejections);
  // Snapshots of earlier versions do not have it.
  core.churn?.restore(state.churn ?? noChurn);
  core.cash.restore(state.cash);
  core.amendments.restore(state.amendments);
  brackets.restore(state.brackets);
  outcomes.slip.restore(state.slip);
  outcomes.doubts.restore(state.doubts);
  outcomes.orphans.restore(state.orphans);
  outcomes.excess.restore(state.excess);
  positions.restore(state.positions);
  reconciliation.restore(state.reconciliation);
  positionCheck.restore(state.positionCheck);
  const routes = state.markets.map(({ routes: open }, at) => [...open, ...(state.desks[at]?.endedRoutes ?? [])]);
  const restored = (order: OrderState) => restoredOrder(core, order, routes);
  for (const order of state.orders) core.orders.add(restored(order));
  core.pool.restore(state.ended.map(restored));
  for (const order of state.givenUp.map(restored)) core.givenUp.set(order.order, order);
  core.desks.forEach((desk, at) => restoreDesk(core, desk, state, at));
  core.effects.clear();
}

function restoreDesk(core: Core, desk: RunnerDesk, state: RunnerSnapshot, at: number): void {
  const market = state.markets[at] as RunnerSnapshot["markets"][number];
  const { views, state: counts } = state.desks[at] as RunnerSnapshot["desks"][number];
  desk.book.restore(market.book);
  desk.backoff.restore(market.backoff);
  desk.random.restore(market.random);
  desk.routeRandom.restore(market.routeRandom);
  desk.routes.splice(0, desk.routes.length, ...market.routes);
  if (counts.filters !== null) applyFilters(desk, counts.filters);
  desk.restore(counts, (order) => core.orders.get(order) as RunnerOrder);
  // What indicators know is in the bars.
  for (let bar = 0; bar <= market.bar; bar += 1) {
    desk.bars.index = bar as BarIndex;
    desk.indicators.update(desk.bars);
  }
  desk.views.forEach((view, series) => {
    view.index = views[series] as number;
  });
  core.demand(desk, "restore", () => desk.strategy.restore(market.strategy));
}

function restoredOrder(core: Core, state: OrderState, routes: readonly (readonly RouteWork[])[]): RunnerOrder {
  const { market } = state.request;
  const order = core.pool.fresh();
  const route = state.routed ? routes[market]?.find(({ intent }) => intent === state.intent) : null;
  assert(route !== undefined, "I-23", () => `order ${state.request.order} has lost its route`);
  restoreOrder(order, state, core.desks[market as MarketIndex] as RunnerDesk, route);
  return order;
}

function plainRoute(route: RouteWork): RouteWork {
  return { ...route, slices: [...route.slices] };
}

function endedRoutes(desk: RunnerDesk, ended: readonly RunnerOrder[]): RouteWork[] {
  const routes = new Set<RouteWork>();
  for (const { route, desk: own } of ended) if (route !== null && own === desk && !desk.routes.includes(route)) routes.add(route);
  return [...routes].map(plainRoute);
}

function checkSize(desk: RunnerDesk, state: unknown): void {
  const length = JSON.stringify(state)?.length ?? 0;
  if (length <= strategyStateMax) return;
  throw new StrategyError(
    desk,
    "strategy_state_too_large",
    `strategy ${desk.strategy.name} on ${desk.instrument.symbol} has a state of ${length} characters; ${strategyStateMax} are allowed`,
    "keep in snapshot() only what decides what the strategy does next, and drop what is over",
  );
}

function checkFits(core: Core, state: RunnerSnapshot): void {
  const symbols = core.desks.map(({ instrument }) => instrument.symbol).join(", ");
  const refuse = (reason: string) =>
    new SeatrialError({ code: "snapshot_mismatch", reason, hint: "restore it with the markets and the version that it was taken with" });
  if (state.format !== format) throw refuse(`the runner's snapshot has format ${String(state.format)}; this version reads ${format}`);
  if (state.markets.length !== core.desks.length) throw refuse(`the runner's snapshot is of ${state.markets.length} markets, not of ${symbols}`);
  core.desks.forEach(({ book, views, instrument }, at) => {
    const saved = state.markets[at]?.book.legs.map(({ leg }) => leg).join(" ");
    const own = book.legs.map(({ leg }) => leg).join(" ");
    if (saved !== own) throw refuse(`the runner's snapshot of ${instrument.symbol} has the legs ${saved ?? "none"}, not ${own}`);
    if (state.desks[at]?.views.length !== views.length) throw refuse(`the runner's snapshot of ${instrument.symbol} has other timeframes`);
  });
}
