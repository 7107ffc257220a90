// Resting limits that the price touches without trading through them, where the fill model gives them a chance: an order
// is denied a bar's touches or has them all. It costs nothing where a touch always fills, or never does.

import type { BarSeries, Instrument, MarketIndex, Price } from "../../domain/index.ts";
import type { FeeSchedule } from "./fees.ts";
import { Matching } from "./matching.ts";
import { TouchOdds } from "./touch-odds.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

/** More than there are priorities. */
const ahead = 4_294_967_296;

export abstract class Touches extends Matching {
  /** Orders that wait for the price to trade through them, for the rest of this bar. */
  protected readonly denied: VenueOrder[] = [];
  /** null: a touch fills always, or never. */
  declare private readonly odds: TouchOdds | null;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    const { limit } = venue.fill;
    this.odds = typeof limit === "string" ? null : new TouchOdds(venue.seed, limit.probability);
  }

  protected override fillResting(order: VenueOrder, gap: Price | null): void {
    if (this.odds !== null && this.deny(order)) return;
    super.fillResting(order, gap);
  }

  /** The bar whose chance a touch has. */
  protected get chanceBar(): number {
    return this.bar;
  }

  /** Where an order that rests has its turn: a limit that the bar's chance is against must be traded through. */
  protected turnOf(order: VenueOrder): number {
    if (this.odds === null || order.stop !== 0 || this.odds.fills(order.order, this.chanceBar)) return order.threshold;
    return this.beyond(order);
  }

  /** @returns true when the bar's chance is against an order: it waits for its turn, also when a gap passes both prices */
  private deny(order: VenueOrder): boolean {
    const turn = this.turnOf(order);
    if (order.threshold === turn) return false;
    this.unbook(order);
    order.threshold = turn;
    // What comes there at a worse price stands behind it.
    order.priority -= ahead;
    (order.direction === 1 ? this.downs : this.ups).add(order);
    // The same leg, or gap, may still trade through it.
    order.passedIn = 0;
    this.denied.push(order);
    return true;
  }

  /** The next bar has a chance of its own. */
  protected forgetDenials(): void {
    for (const order of this.denied.splice(0)) {
      // An amendment has sent it to the back of the queue since.
      if (order.priority >= 0) continue;
      const rests = order.book !== 0;
      this.unbook(order);
      order.priority += ahead;
      if (rests) this.book(order);
    }
  }
}
