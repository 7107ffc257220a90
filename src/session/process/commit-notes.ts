// What stands beside a commit for its readers: the state of the strategy behind an entry, the market when an order left or filled,
// states and backoff counters that have moved. It reads the runner and decides nothing.

import { canonicalJson, isRiskIncrease, tradeKey, type Effect, type MarketIndex, type OrderNumber } from "../../domain/index.ts";
import { marketFacts, stateDiff, type StateChange, type Cause, type CommitNotes, type Journal, type NotedBackoff } from "../../journal/index.ts";
import type { Runner } from "../../runner/index.ts";
import { stateOf } from "../runner-state.ts";

/** What of a runner's snapshot is read here. */
interface RunnerState {
  readonly orders: readonly { readonly request: { readonly order: OrderNumber }; readonly snapshot?: unknown }[];
  readonly markets: readonly { readonly strategy: unknown; readonly backoff: Readonly<Record<string, NotedBackoff>> }[];
}

/** Causes that can move a backoff counter, and after which a strategy is told something. */
const stateCauses: ReadonlySet<Cause["type"]> = new Set([
  "order_rejected",
  "order_expired",
  "order_canceled",
  "order_filled",
  "cancel_rejected",
  "amend_rejected",
  "query_answered",
  "query_rejected",
  "timer_fired",
  "fills_reported",
]);

/** What was noted last of each market, as JSON. */
interface Noted {
  readonly backoff: readonly (string | undefined)[];
  readonly states: readonly (string | undefined)[];
}

export class CommitNoting {
  declare private readonly runner: () => Runner;
  private noted: Noted = { backoff: [], states: [] };
  /** Of the commit that is on its way: a store may refuse it. */
  private next: Noted = this.noted;

  /** @param runner of the process that lives at the moment of the question */
  constructor(runner: () => Runner) {
    this.runner = runner;
  }

  /** @param bars row of each market that is being handled; -1 before the first */
  note(journal: Journal, cause: Cause, effects: readonly Effect[], bars: ArrayLike<number>): CommitNotes | undefined {
    const orders = effects.flatMap((effect) => (effect.type === "submit_order" || effect.type === "order_held" ? [effect.request] : []));
    const market = factsOf(journal, cause, effects, bars);
    const asks = orders.length > 0 || stateCauses.has(cause.type);
    this.next = this.noted;
    if (!asks && market.length === 0) return undefined;
    const state = asks ? (stateOf(this.runner()) as RunnerState) : null;
    const strategies = orders
      .filter(({ family }) => isRiskIncrease(family))
      .map(({ order, market: at }) => {
        const own = state?.orders.find(({ request }) => request.order === order)?.snapshot;
        return { order, state: own ?? state?.markets[at]?.strategy ?? null };
      });
    const { backoff, states } = this.moved(state);
    return {
      ...(strategies.length === 0 ? {} : { strategies }),
      ...(market.length === 0 ? {} : { market }),
      ...(states.length === 0 ? {} : { states }),
      ...(backoff.length === 0 ? {} : { backoff }),
    };
  }

  /** What was noted last is in the journal. */
  kept(): void {
    this.noted = this.next;
  }

  private moved(state: RunnerState | null): Required<Pick<CommitNotes, "backoff" | "states">> {
    const markets = state?.markets ?? [];
    if (markets.length === 0) return { backoff: [], states: [] };
    const { noted } = this;
    this.next = {
      backoff: markets.map(({ backoff: counters }, at) => {
        const calm = noted.backoff[at] === undefined && Object.values(counters).every(({ failures }) => failures === 0);
        return calm ? undefined : canonicalJson(counters);
      }),
      states: markets.map(({ strategy }) => JSON.stringify(strategy ?? null)),
    };
    const { next } = this;
    return {
      backoff: markets.flatMap(({ backoff: counters }, at) =>
        next.backoff[at] === noted.backoff[at] ? [] : [{ market: at as MarketIndex, counters }],
      ),
      states: markets.flatMap(({ strategy }, at) => {
        const changes = changesOf(noted.states[at], next.states[at] as string, strategy ?? null);
        return changes.length === 0 ? [] : [{ market: at as MarketIndex, changes }];
      }),
    };
  }
}

/** @param before as JSON; undefined: it was never noted @param now the state and its JSON */
function changesOf(before: string | undefined, now: string, state: unknown): readonly StateChange[] {
  if (before === now) return [];
  return before === undefined ? [{ path: "", after: state }] : stateDiff(JSON.parse(before), state);
}

/** What the market said at each order that leaves, and at each fill that is told. */
function factsOf(journal: Journal, cause: Cause, effects: readonly Effect[], bars: ArrayLike<number>): NonNullable<CommitNotes["market"]> {
  const { time } = cause;
  const at = (market: number) => (bars[market] ?? -1) as never;
  const sent = effects.flatMap((record) =>
    record.type === "submit_order"
      ? [{ order: record.request.order, ...marketFacts(journal, { bar: at(record.request.market), time, record }) }]
      : [],
  );
  const fills = cause.type === "order_filled" ? [cause] : cause.type === "query_answered" || cause.type === "fills_reported" ? cause.fills : [];
  return [
    ...sent,
    ...fills.map((record) => ({ order: record.order, trade: tradeKey(record), ...marketFacts(journal, { bar: at(record.market), time, record }) })),
  ];
}
