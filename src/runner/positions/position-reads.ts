// Reads of a position that say something else than the book: when one of them may be believed. A single answer given while
// something happens proves nothing.

import type { PositionReported, Quantity } from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk } from "../order.ts";

/** What was reported first, with the newest fill that the book had then. */
interface FirstRead {
  readonly quantity: Quantity;
  readonly time: number;
  readonly fillSequence: number;
}

type ReadLeg = Pick<PositionReported, "market" | "leg">;

/** By market and leg. */
export type PositionReadsState = readonly (readonly [key: string, FirstRead])[];

export class PositionReads {
  declare private readonly core: Core;
  private readonly first = new Map<string, FirstRead>();

  constructor(core: Core) {
    this.core = core;
  }

  /** Something was read once, and waits for the second read. */
  get waiting(): boolean {
    return this.first.size > 0;
  }

  /**
   * A fill may still be on its way, to the book or to the report: then the same answer is needed twice, an interval apart and
   * without a fill in between. Two questions asked at one instant are one read.
   * @returns `first`: to be asked again an interval later; `early`: that is so already
   */
  judge(desk: RunnerDesk, { market, leg, quantity }: PositionReported): "certain" | "first" | "early" {
    const { now, settings } = this.core;
    const recent = now - desk.activityTime < settings.queryIntervalMs;
    if (!recent && !desk.list().some((order) => order.leg === leg)) return "certain";
    const key = `${market}/${leg}`;
    const first = this.first.get(key);
    if (first !== undefined && first.quantity === quantity && first.fillSequence === desk.fillSequence)
      return now >= first.time + settings.queryIntervalMs ? "certain" : "early";
    this.first.set(key, { quantity, time: now, fillSequence: desk.fillSequence });
    return "first";
  }

  forget({ market, leg }: ReadLeg): void {
    this.first.delete(`${market}/${leg}`);
  }

  snapshot(): PositionReadsState {
    return [...this.first].map(([key, read]) => [key, { ...read }] as const).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  restore(saved: PositionReadsState): void {
    this.first.clear();
    for (const [key, read] of saved) this.first.set(key, { ...read });
  }
}
