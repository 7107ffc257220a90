// How often the venue has turned orders of a family away (failures A13, A24, I-14): no strategy, however stubborn, asks the
// same in vain without end. What reduces is never shut out: it only waits a moment between one attempt and the next.

import type { Family, MarketIndex, Reason } from "../domain/index.ts";

/** Rejections of one family on one market. */
interface Count {
  readonly market: MarketIndex;
  readonly family: Family;
  /** Times of the last hour, oldest first; of what reduces, those since it was last taken. */
  times: number[];
  /** Why the last one was. */
  reason: Reason;
}

export type RejectionsState = readonly Readonly<Count>[];

const hour = 3_600_000;
/** A family that increases risk is refused when it has been turned away so often within an hour. */
const increasesMax = 60;
/** One that reduces may be turned away so often in a row before its attempts are spaced. */
const reducesMax = 5;
/** The space doubles with each further one, up to this, ms. */
const spaceMax = 60_000;

export class Rejections {
  /** False while there is nothing to look at: the fast road asks this first. */
  any = false;
  declare private readonly spacing: number;
  private counts: Count[] = [];

  /** @param spacing between attempts of a family that reduces, ms */
  constructor(spacing: number) {
    this.spacing = spacing;
  }

  rejected(market: MarketIndex, family: Family, reason: Reason, now: number): void {
    this.any = true;
    const count = this.of(market, family) ?? { market, family, times: [], reason };
    if (count.times.length === 0) this.counts.push(count);
    count.times = [...count.times.filter((time) => time > now - hour), now];
    count.reason = reason;
  }

  /** The venue has taken one: what reduces begins anew. A family that increases keeps its hour. */
  taken(market: MarketIndex, family: Family, increases: boolean): void {
    if (!this.any || increases) return;
    this.counts = this.counts.filter((count) => count.market !== market || count.family !== family);
    this.any = this.counts.length > 0;
  }

  /** Why an intent must not go out now; null: it may. */
  holds(market: MarketIndex, family: Family, increases: boolean, now: number): Reason | null {
    const count = this.of(market, family);
    if (count === undefined) return null;
    const recent = count.times.filter((time) => time > now - hour);
    if (increases) return recent.length >= increasesMax ? "strategy_execution_backoff" : null;
    if (recent.length < reducesMax) return null;
    let space = this.spacing;
    for (let n = reducesMax; n < recent.length && space < spaceMax; n += 1) space *= 2;
    return now < (recent.at(-1) as number) + Math.min(space, Math.max(spaceMax, this.spacing)) ? count.reason : null;
  }

  private of(market: MarketIndex, family: Family): Count | undefined {
    return this.counts.find((count) => count.market === market && count.family === family);
  }

  snapshot(): RejectionsState {
    return this.counts.map((count) => ({ ...count, times: [...count.times] }));
  }

  restore(saved: RejectionsState): void {
    this.counts = saved.map((count) => ({ ...count, times: [...count.times] }));
    this.any = this.counts.length > 0;
  }
}
