// A market whose bars are walked in finer steps: shorter bars, or single trades. Fills have the time of their step, and
// requests may take their time to get there. It changes no rule of matching; it says which step is whose.

import {
  plainRequest,
  type BarSeries,
  type Instrument,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { Amendment } from "./changes.ts";
import type { FeeSchedule } from "./fees.ts";
import { Lag } from "./latency.ts";
import { MarketVenue } from "./market-venue.ts";
import type { VenueMarket } from "./options.ts";
import type { MarketState, TravellingState } from "./state.ts";
import type { Venue } from "./venue.ts";

class InsideVenue extends MarketVenue {
  /** The bars of the strategy. */
  declare private readonly frames: BarSeries;
  /** The bar that the last step belongs to. */
  private at = 0;
  /** null: requests are there at once. */
  declare private readonly lag: Lag | null;
  /** Requests that have not arrived yet, in the order of their arrival. */
  private readonly travelling: TravellingState[] = [];

  /** @param frames the bars of the strategy. @param steps what is walked inside them; each step lies in one of the bars */
  constructor(index: MarketIndex, instrument: Instrument, frames: BarSeries, steps: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, steps, fees, venue);
    this.frames = frames;
    this.lag = venue.fill.latency === null ? null : new Lag(venue.seed, venue.fill.latency);
  }

  override get frame(): number {
    return this.bar < 0 ? -1 : this.at;
  }

  override frameOf(step: number): number {
    const time = this.series.timeAt(step);
    while (this.frames.closeTimeAt(this.at) <= time) this.at += 1;
    return this.at;
  }

  override advance(step: number): void {
    this.frameOf(step);
    this.land(this.series.timeAt(step));
    super.advance(step);
  }

  override quietUntil(from: number, to: number, dangerLow: number, dangerHigh: number): number {
    return this.travelling.length > 0 ? from : super.quietUntil(from, to, dangerLow, dangerHigh);
  }

  /** Time passes without a step: lives end meanwhile. */
  override elapse(until: Millis): void {
    if (this.watched === 0 || this.bar < 0) return;
    this.endLivesOnPath(until, this.own.last);
  }

  // ---- what a step may know of its bar --------------------------------------------------------------------------

  /** A trade has one price: nobody's spread or slippage would fit into it. What fits into the bar counts. */
  override floor(): Price {
    return this.frames.lowAt(this.at);
  }

  override ceiling(): Price {
    return this.frames.highAt(this.at);
  }

  override turnover(): Quantity {
    return this.frames.volumeAt(this.at);
  }

  protected override get chanceBar(): number {
    return this.at;
  }

  /** A trade is over with its open. */
  protected override walk(step: number): void {
    if (!this.series.ofTrades) super.walk(step);
  }

  // ---- requests on their way ------------------------------------------------------------------------------------

  override requestSubmit(request: OrderRequest, time: Millis): void {
    if (this.lag === null) return this.arriveSubmit(request, time);
    const due = this.lag.submitted(request.order, time);
    const parent = request.terms?.parent ?? null;
    this.send({ do: "submit", due: parent === null ? due : this.behindItsOrder(parent, due), request: plainRequest(request) });
  }

  override requestCancel(order: OrderNumber, time: Millis): void {
    if (this.lag === null) return super.requestCancel(order, time);
    this.send({ do: "cancel", due: this.behindItsOrder(order, this.lag.canceled(order, time)), order });
  }

  override requestAmend(order: OrderNumber, change: Amendment, time: Millis): void {
    if (this.lag === null) return super.requestAmend(order, change, time);
    this.send({ do: "amend", due: this.behindItsOrder(order, this.lag.submitted(order, time)), order, change: { ...change } });
  }

  override isOnItsWay(order: OrderNumber): boolean {
    return this.travelling.some((request) => numberOf(request) === order);
  }

  private arriveSubmit(request: OrderRequest, time: Millis): void {
    if (!this.series.ofTrades) return super.requestSubmit(request, time);
    // Between trades nothing is unknown: the runner's cancel ends the life, and a fallback takes the next trade.
    const untimed = { ...plainRequest(request), timeToLive: null };
    super.requestSubmit(untimed, this.bar < 0 ? time : (Math.max(time, this.series.closeTimeAt(this.bar)) as Millis));
  }

  /** What is about an order never overtakes it: its cancel, its amendment, a child of it. */
  private behindItsOrder(order: OrderNumber, due: Millis): Millis {
    const own = this.travelling.filter((request) => numberOf(request) === order).map((request) => request.due);
    return Math.max(due, ...own) as Millis;
  }

  private send(request: TravellingState): void {
    const { travelling } = this;
    let at = travelling.length;
    while (at > 0 && (travelling[at - 1] as TravellingState).due > request.due) at -= 1;
    travelling.splice(at, 0, request);
  }

  /** Requests that have come as far as the venue by the open of a step meet that step. */
  private land(open: Millis): void {
    while (this.travelling.length > 0 && (this.travelling[0] as TravellingState).due <= open) {
      const request = this.travelling.shift() as TravellingState;
      if (request.do === "submit") this.arriveSubmit(request.request, open);
      else if (request.do === "cancel") super.requestCancel(request.order as OrderNumber, open);
      else super.requestAmend(request.order as OrderNumber, request.change, open);
    }
  }

  // ---- saved state ----------------------------------------------------------------------------------------------

  override exportState(): MarketState {
    return { ...super.exportState(), travelling: [...this.travelling] };
  }

  override importState(state: MarketState): void {
    super.importState(state);
    if (state.bar >= 0) this.at = firstEndingAfter(this.frames, this.series.timeAt(state.bar));
    this.travelling.push(...state.travelling);
  }
}

/** The first bar that closes after a time. */
function firstEndingAfter(frames: BarSeries, time: Millis): number {
  let [first, end] = [0, frames.length];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (frames.closeTimeAt(middle) <= time) first = middle + 1;
    else end = middle;
  }
  return first;
}

function numberOf(request: TravellingState): number {
  return request.do === "submit" ? request.request.order : request.order;
}

/** A market that is walked on its bars, or on what is inside them. */
export function marketVenueOf(
  index: MarketIndex,
  { instrument, series, inside }: Pick<VenueMarket, "instrument" | "series" | "inside">,
  fees: FeeSchedule,
  venue: Venue,
): MarketVenue {
  if (inside === undefined) return new MarketVenue(index, instrument, series, fees, venue);
  return new InsideVenue(index, instrument, series, inside, fees, venue);
}
