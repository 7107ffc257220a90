// A journal that tells of each commit, for whoever looks over a session's shoulder. It records what every journal records;
// it must never change an event, an effect or their order.

import type { EffectQueue, Event, EventPlace, Millis } from "../domain/index.ts";
import { Journal } from "../journal/index.ts";

/** `event`: something was told, and answered. `decision`: what the strategies asked for at a close. */
export type CommitKind = "event" | "decision";

export class WatchedJournal extends Journal {
  declare private readonly heard: (kind: CommitKind, from: number) => void;

  /** @param heard told after each commit, with the number of its first record */
  constructor(journal: Journal, heard: (kind: CommitKind, from: number) => void) {
    super(journal.markets, journal.ids);
    this.heard = heard;
  }

  /** Another journal of the same session has kept something in this one's place. */
  told(kind: CommitKind, from: number): void {
    this.heard(kind, from);
  }

  override commit(event: Exclude<Event, { type: "bar_closed" }>, effects: EffectQueue): void {
    const from = this.tape.length;
    super.commit(event, effects);
    this.heard("event", from);
  }

  override commitAnswer(answer: EventPlace, effects: EffectQueue): void {
    const from = this.tape.length;
    super.commitAnswer(answer, effects);
    this.heard("event", from);
  }

  override commitEffects(effects: EffectQueue, time: Millis): void {
    const from = this.tape.length;
    super.commitEffects(effects, time);
    this.heard("decision", from);
  }
}
