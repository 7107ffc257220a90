// Loops that cost and gain nothing (failures A24, I-14): a leg that grows and is reduced again and again at a loss, entries that are
// turned away again and again. It locks what increases risk on that market and says so; it never holds back what reduces.

import type { LedgerEntry, Leg, MarketIndex, Quantity, Reason } from "../domain/index.ts";

export interface ChurnLimits {
  /** Round trips of a leg in a row of which none gained anything, fees counted. @defaultValue 20 */
  readonly roundTripsMax: number;
  /** They are a loop where they took no more bars of the finest series each, on average. @defaultValue 3 */
  readonly roundTripBars: number;
  /** Orders that increase risk on a market, turned away in a row, none taken in between. @defaultValue 180 */
  readonly refusalsMax: number;
}

// A trader whose every second trip gains meets twenty losses in a row once in a million, and in twenty trips of three bars each the most
// eager one seldom does. 180 refusals are three hours of the most that a family may have in one (see rejections.ts).
const defaultChurnLimits: ChurnLimits = { roundTripsMax: 20, roundTripBars: 3, refusalsMax: 180 };

/** Of one leg of one market. */
interface LegTrips {
  /** It has grown since it was last reduced. */
  grown: boolean;
  /** Trips in a row that gained nothing. */
  count: number;
  /** When the last of them ended, in a ring of `roundTripsMax`. */
  times: number[];
}

export interface ChurnState {
  /** By market, then NET or LONG, SHORT; null: the leg has not traded. */
  readonly legs: readonly (Readonly<LegTrips> | null)[];
  /** By market. */
  readonly refusals: readonly number[];
}

/** What it uses of a desk. */
interface TradedDesk {
  readonly market: MarketIndex;
  readonly instrument: { readonly symbol: string };
  readonly bars: { readonly series: { readonly interval: number } };
}

/** What it uses of the session that it belongs to; `Core` is one. */
interface LockedSession {
  readonly now: number;
  alert(level: "error", text: string): void;
  lock(market: MarketIndex, reason: Reason): void;
}

export class Churn {
  declare private readonly core: LockedSession;
  declare private readonly limits: ChurnLimits;
  private legs: (LegTrips | null)[] = [];
  /** The leg that traded last, which nearly always trades next, and its place; -1 = none has. */
  private newest: LegTrips = { grown: false, count: 0, times: [] };
  private newestPlace = -1;
  private refusals: number[] = [];

  constructor(core: LockedSession, limits: ChurnLimits = defaultChurnLimits) {
    this.core = core;
    this.limits = limits;
  }

  /** @param ledger of the part of the fill that closed something; null: nothing was closed */
  filled(desk: TradedDesk, leg: Leg, quantity: Quantity, ledger: LedgerEntry | null): void {
    const trips = this.tripsOf(desk.market, leg);
    if (ledger === null) {
      trips.grown = true;
      return;
    }
    if (ledger.net > 0) trips.count = 0;
    else if (trips.grown) this.gainedNothing(desk, leg, trips);
    trips.grown = ledger.quantity < quantity;
  }

  private gainedNothing(desk: TradedDesk, leg: Leg, trips: LegTrips): void {
    const { now } = this.core;
    const { roundTripsMax, roundTripBars } = this.limits;
    const { times } = trips;
    const at = trips.count % roundTripsMax;
    times[at] = now;
    trips.count += 1;
    if (trips.count < roundTripsMax) return;
    // The oldest stands behind the newest.
    const took = now - (times[at + 1 === roundTripsMax ? 0 : at + 1] as number);
    if (took > roundTripsMax * roundTripBars * desk.bars.series.interval) return;
    this.found(desk, `${leg} was entered and reduced ${roundTripsMax} times in a row within ${took / 1_000} s, and nothing was gained by it`);
  }

  /** The venue has turned an order away that increases risk. */
  refused(desk: TradedDesk): void {
    const count = (this.refusals[desk.market] ?? 0) + 1;
    for (let at = this.refusals.length; at < desk.market; at += 1) this.refusals[at] = 0;
    this.refusals[desk.market] = count;
    if (count >= this.limits.refusalsMax) this.found(desk, `the venue has turned ${count} orders in a row away that increase risk`);
  }

  /** It has taken one. */
  taken(market: MarketIndex): void {
    if ((this.refusals[market] ?? 0) > 0) this.refusals[market] = 0;
  }

  private found(desk: TradedDesk, what: string): void {
    const { market, instrument } = desk;
    this.core.alert("error", `churn: ${instrument.symbol}: ${what}; nothing increases risk there until 'resume'`);
    this.core.lock(market, "churn");
    this.forget();
  }

  /** The operator lets it trade again: what counts begins anew. */
  forget(): void {
    this.legs = [];
    this.newestPlace = -1;
    this.refusals = [];
  }

  private tripsOf(market: MarketIndex, leg: Leg): LegTrips {
    const place = 2 * market + (leg === "SHORT" ? 1 : 0);
    if (place !== this.newestPlace) {
      this.newest = this.legs[place] ?? this.begin(place);
      this.newestPlace = place;
    }
    return this.newest;
  }

  private begin(place: number): LegTrips {
    for (let at = this.legs.length; at < place; at += 1) this.legs[at] = null;
    return (this.legs[place] = { grown: false, count: 0, times: [] });
  }

  snapshot(): ChurnState {
    return { legs: this.legs.map((trips) => trips && { ...trips, times: [...trips.times] }), refusals: [...this.refusals] };
  }

  restore({ legs, refusals }: ChurnState): void {
    this.legs = legs.map((trips) => trips && { ...trips, times: [...trips.times] });
    this.newestPlace = -1;
    this.refusals = [...refusals];
  }
}
