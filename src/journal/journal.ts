// The journal of a simulated run: the same calls as a durable one, held in memory. An event and its effects are
// recorded together, before any effect leaves.

import type { BarIndex, BarSeries, Effect, Event, IdSpace, Instrument, Millis, Queue } from "../domain/index.ts";
import { writeEffect, writeEvent } from "./tape-write.ts";
import { Tape } from "./tape.ts";

/** What the journal must know to speak of markets and orders by name. */
export interface JournalMarket {
  readonly instrument: Instrument;
  /** The market's finest series. */
  readonly series: BarSeries;
}

export class Journal {
  readonly tape = new Tape();
  declare readonly markets: readonly JournalMarket[];
  declare readonly ids: IdSpace;
  /** Row of each market that is being handled. */
  declare private readonly bars: Int32Array;

  constructor(markets: readonly JournalMarket[], ids: IdSpace) {
    this.markets = markets;
    this.ids = ids;
    this.bars = new Int32Array(markets.length).fill(-1);
  }

  /** From here on, records of a market belong to this bar. */
  barOpened(market: number, bar: BarIndex): void {
    this.bars[market] = bar;
  }

  /** Commits an event with the effects that it caused. */
  commit(event: Exclude<Event, { type: "bar_closed" }>, effects: Queue<Effect>): void {
    writeEvent(this.tape, event, this.bars);
    this.commitEffects(effects, event.time);
  }

  /** Commits the effects of a closed bar; the bar itself is journaled by the digest of its series. */
  commitEffects(effects: Queue<Effect>, time: Millis): void {
    for (let at = 0; at < effects.length; at += 1) writeEffect(this.tape, effects.at(at), this.bars, time);
  }
}
