// Turns what a session journals into commits, one for each thing that its runner was told, and has the store keep each before
// the session goes on to act. It must never change an event, an effect or their order.

import type { BarIndex, Effect, EffectPlace, EffectQueue, Event, EventPlace, MarketIndex, Millis } from "../../domain/index.ts";
import { Journal, type Cause, type CommitNotes, type CommitStore, type InstantClosed } from "../../journal/index.ts";
import type { Decisions } from "./decisions.ts";

/** What is to stand beside a commit, but for the equity; undefined: nothing. */
interface Noting {
  /** @param bars row of each market that is being handled; -1 before the first */
  note(journal: Journal, cause: Cause, effects: readonly Effect[], bars: ArrayLike<number>): CommitNotes | undefined;
  /** The commit that was noted last is kept. */
  kept(): void;
}

/** Something that the runner has been told, and answered. */
export interface Telling {
  readonly cause: Cause;
  readonly keep: (effects: EffectQueue) => void;
  /** Tells it once more, and concludes that. */
  readonly again: () => void;
}

export class CommitJournal extends Journal {
  declare private readonly store: CommitStore;
  /** null: nothing stands beside a commit but the equity. */
  noting: Noting | null = null;
  /** What the strategies of this process decide; null: it is not kept. */
  decisions: Decisions | null = null;
  /** Of the process that writes. */
  epoch: number;
  /** Closings that the runner has heard since the last commit. */
  private closings: InstantClosed["closings"][number][] = [];
  /** Effects at the head of the queue that stand in the first commit already. */
  private said = 0;
  /** Equity that was marked since the last commit; null: as it was. */
  private equity: number | null = null;
  private lastEquity = Number.NaN;

  /** @param journal what speaks of the session by name; the records of the session's life in memory go on as before */
  constructor(journal: Journal, store: CommitStore, epoch: number) {
    super(journal.markets, journal.ids);
    this.store = store;
    this.epoch = epoch;
  }

  /** What the strategies' set-up has asked for. It stays in the queue: the session acts on it with the first thing that is told. */
  started(effects: EffectQueue, time: Millis): void {
    this.append({ type: "session_started", time }, effects);
    this.said = effects.length;
  }

  /** A closing that the runner is about to hear. */
  closing(market: MarketIndex, series: number, bar: BarIndex): void {
    this.closings.push({ market, series, bar });
  }

  /** Effects at the head of the queue that are durable and have not left: what the set-up asked for, until the first thing is told. */
  get waiting(): number {
    return this.said;
  }

  /** Strategies read this from here on. */
  equityRead(equity: number): void {
    this.equity = equity === this.lastEquity ? null : equity;
  }

  /** The closings of an instant have been heard, and nothing was asked for. */
  quiet(time: Millis): void {
    this.keep(this.instant(time), []);
  }

  override commit(event: Exclude<Event, { type: "bar_closed" }>, effects: EffectQueue): void {
    this.append(event, effects);
    super.commit(event, effects);
  }

  override commitAnswer(answer: EventPlace, effects: EffectQueue): void {
    this.append(answer.plain(), effects);
    super.commitAnswer(answer, effects);
  }

  override commitEffects(effects: EffectQueue, time: Millis): void {
    this.append(this.instant(time), effects);
    super.commitEffects(effects, time);
  }

  /** What the session's record in memory says when the store takes no more: it is no commit, and nothing of it may leave. */
  lastWords(effects: EffectQueue, time: Millis): void {
    super.commitEffects(effects, time);
  }

  private append(cause: Cause, effects: EffectQueue): void {
    this.keep(cause, plainEffects(effects).slice(this.said));
    this.said = 0;
  }

  private keep(cause: Cause, effects: readonly Effect[]): void {
    const { equity } = this;
    const decisions = this.decisions?.take() ?? null;
    // An empty list in the first commit says that they are kept.
    const said = decisions !== null && (decisions.length > 0 || cause.type === "session_started") ? { decisions } : null;
    const noted = this.noting?.note(this, cause, effects, this.rows);
    const isBare = equity === null && said === null;
    this.store.append(this.epoch, cause, effects, isBare ? noted : { ...noted, ...said, ...(equity === null ? {} : { equity }) });
    this.noting?.kept();
    this.lastEquity = equity ?? this.lastEquity;
    this.equity = null;
  }

  private instant(time: Millis): InstantClosed {
    const { closings } = this;
    this.closings = [];
    return { type: "instant_closed", time, closings };
  }
}

/** Copies of what waits in a queue, in its order; the queue stays as it is. */
export function plainEffects(effects: EffectQueue): Effect[] {
  const { verdictOn: order, verdictMarket: market, verdictStatus: status, verdictReason: reason } = effects;
  const plain: Effect[] = order === 0 ? [] : [{ type: "order_settled", order, market, status, reason }];
  let effect = effects.first;
  for (let left = effects.placed; left > 0; left -= 1, effect = effect.next as EffectPlace) plain.push(effect.plain());
  return plain;
}
