// What stands beside a commit for its readers: the state of the strategy behind an entry, the market when an order left or filled,
// backoff counters that have moved. It reads the runner and decides nothing.

import { canonicalJson, isRiskIncrease, type Effect, type OrderNumber } from "../domain/index.ts";
import { marketFacts, type Cause, type CommitNotes, type Journal, type NotedBackoff } from "../journal/index.ts";
import type { Runner } from "../runner/index.ts";
import { stateOf } from "./runner-state.ts";

/** What of a runner's snapshot is read here. */
interface RunnerState {
  readonly orders: readonly { readonly request: { readonly order: OrderNumber }; readonly snapshot?: unknown }[];
  readonly markets: readonly { readonly strategy: unknown; readonly backoff: Readonly<Record<string, NotedBackoff>> }[];
}

/** Causes that can move a backoff counter. */
const backoffCauses: ReadonlySet<Cause["type"]> = new Set([
  "order_rejected",
  "order_expired",
  "order_canceled",
  "order_filled",
  "cancel_rejected",
  "amend_rejected",
  "query_answered",
  "query_rejected",
  "timer_fired",
]);

export class CommitNoting {
  declare private readonly runner: () => Runner;
  /** Counters of each market as they were noted last. */
  private backoff: string[] = [];

  /** @param runner of the process that lives at the moment of the question */
  constructor(runner: () => Runner) {
    this.runner = runner;
  }

  /** @param bars row of each market that is being handled; -1 before the first */
  note(journal: Journal, cause: Cause, effects: readonly Effect[], bars: ArrayLike<number>): CommitNotes | undefined {
    const entries = effects.flatMap((effect) =>
      (effect.type === "submit_order" || effect.type === "order_held") && isRiskIncrease(effect.request.family) ? [effect.request] : [],
    );
    const market = factsOf(journal, cause, effects, bars);
    const asks = entries.length > 0 || backoffCauses.has(cause.type);
    if (!asks && market.length === 0) return undefined;
    const state = asks ? (stateOf(this.runner()) as RunnerState) : null;
    const strategies = entries.map(({ order, market: at }) => {
      const own = state?.orders.find(({ request }) => request.order === order)?.snapshot;
      return { order, state: own ?? state?.markets[at]?.strategy ?? null };
    });
    const backoff = this.moved(state);
    return {
      ...(strategies.length === 0 ? {} : { strategies }),
      ...(market.length === 0 ? {} : { market }),
      ...(backoff.length === 0 ? {} : { backoff }),
    };
  }

  private moved(state: RunnerState | null): NonNullable<CommitNotes["backoff"]> {
    return (state?.markets ?? []).flatMap(({ backoff: counters }, market) => {
      const text = canonicalJson(counters);
      const calm = this.backoff[market] === undefined && Object.values(counters).every(({ failures }) => failures === 0);
      if (calm || this.backoff[market] === text) return [];
      this.backoff[market] = text;
      return [{ market: market as never, counters }];
    });
  }
}

/** What the market said at each order that leaves, and at a fill. */
function factsOf(journal: Journal, cause: Cause, effects: readonly Effect[], bars: ArrayLike<number>): NonNullable<CommitNotes["market"]> {
  const { time } = cause;
  const at = (market: number) => (bars[market] ?? -1) as never;
  const sent = effects.flatMap((record) =>
    record.type === "submit_order"
      ? [{ order: record.request.order, ...marketFacts(journal, { bar: at(record.request.market), time, record }) }]
      : [],
  );
  if (cause.type !== "order_filled") return sent;
  return [...sent, { order: cause.order, ...marketFacts(journal, { bar: at(cause.market), time, record: cause }) }];
}
