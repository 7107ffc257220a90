// The journal of a simulated run: the same calls as a durable one, held in memory. An event and its effects are
// recorded together, before any effect leaves.

import {
  assert,
  type BarIndex,
  type BarSeries,
  type EffectPlace,
  type EffectQueue,
  type Event,
  type EventPlace,
  type IdSpace,
  type Instrument,
  type Millis,
} from "../domain/index.ts";
import { JournalTape } from "./tape-write.ts";
import { marketsMax } from "./tape.ts";

/** What the journal must know to speak of markets and orders by name. */
export interface JournalMarket {
  readonly instrument: Instrument;
  /** The market's finest series. */
  readonly series: BarSeries;
}

export class Journal {
  readonly tape: JournalTape = new JournalTape();
  declare readonly markets: readonly JournalMarket[];
  declare readonly ids: IdSpace;
  /** Row of each market that is being handled. */
  declare protected readonly rows: Int32Array;
  /** Rows that the tape knows. */
  declare private readonly marked: Int32Array;
  /** The market and row that were opened last. */
  private market = -1;
  private row = -1;
  /** Markets with rows that the tape may not know yet: 0, 1 for that one, 2 for several. */
  private moved = 0;

  constructor(markets: readonly JournalMarket[], ids: IdSpace) {
    assert(markets.length <= marketsMax, "I-39", () => `${markets.length} markets do not fit the journal`);
    this.markets = markets;
    this.ids = ids;
    this.rows = new Int32Array(markets.length).fill(-1);
    this.marked = new Int32Array(markets.length).fill(-1);
  }

  /** From here on, records of a market belong to this bar. */
  barOpened(market: number, bar: BarIndex): void {
    if (bar === this.row && market === this.market) return;
    this.rows[market] = bar;
    this.moved = this.moved === 0 || (this.moved === 1 && market === this.market) ? 1 : 2;
    this.market = market;
    this.row = bar;
  }

  /** Commits an event with the effects that it caused. */
  commit(event: Exclude<Event, { type: "bar_closed" }>, effects: EffectQueue): void {
    if (this.moved > 0) this.markRows();
    this.tape.event(event);
    this.write(effects);
  }

  /** `commit` of a venue's answer, without making an event of it. */
  commitAnswer(answer: EventPlace, effects: EffectQueue): void {
    if (this.moved > 0) this.markRows();
    this.tape.answer(answer, effects);
    if (effects.placed > 0) this.writePlaces(effects);
  }

  /** Commits the effects of a closed bar; the bar itself is journaled by the digest of its series. */
  commitEffects(effects: EffectQueue, time: Millis): void {
    if (this.moved > 0) this.markRows();
    this.tape.moment(time);
    this.write(effects);
  }

  private write(effects: EffectQueue): void {
    if (effects.verdictOn !== 0) this.tape.verdict(effects);
    this.writePlaces(effects);
  }

  private writePlaces(effects: EffectQueue): void {
    const { tape } = this;
    let effect = effects.first;
    for (let left = effects.placed; left > 0; left -= 1, effect = effect.next as EffectPlace) tape.effect(effect);
  }

  private markRows(): void {
    const { moved, rows } = this;
    this.moved = 0;
    if (moved === 1) return this.markRow(this.market, this.row);
    for (let market = 0; market < rows.length; market += 1) this.markRow(market, rows[market] as number);
  }

  private markRow(market: number, row: number): void {
    const { marked } = this;
    if (marked[market] === row) return;
    marked[market] = row;
    this.tape.mark(market, row);
  }
}
