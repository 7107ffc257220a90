// What a scenario does to a venue beside faults that are counted: conditions that hold for a time, streams that fall silent,
// reads that go wrong, and what happens to the account from outside. It hands each step to the part that knows it.

import { filtersOf, type InstrumentFilters, type MarketIndex, type Millis, type TradingStatus } from "../../domain/index.ts";
import type { Condition } from "./conditions.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { Outside, OutsideHost, OutsideStep } from "./outside.ts";
import type { ReadFault } from "./reads.ts";

interface Timed {
  readonly lengthMs: number;
}

/** `symbol` null: everywhere. */
type Scoped = { readonly symbol: string | null };

export type Disturbance =
  /** A stream says nothing; without `notify` nobody says so, and it lasts until the session opens its streams anew. */
  | (Timed & Scoped & { readonly do: "stream_gap"; readonly notify: boolean; readonly pings: boolean })
  /** `lengthMs` null: until the next one. */
  | (Scoped & {
      readonly do: "venue_status";
      readonly status: Exclude<TradingStatus, "delisted">;
      readonly lengthMs: number | null;
      readonly notify: boolean;
    })
  | (Timed & Scoped & Exclude<Condition, { do: "venue_status" }>)
  | (Timed & ReadFault)
  /** The matching engine starts anew: streams break off, open orders may be gone, ids may begin at the first. */
  | { readonly do: "venue_restart"; readonly orders: "kept" | "wiped"; readonly ids: "kept" | "reset" }
  /** Other filters hold for what arrives from now on. */
  | { readonly do: "change_filters"; readonly filters: Partial<InstrumentFilters>; readonly notify: boolean }
  | OutsideStep;

const names: ReadonlySet<string> = new Set<Disturbance["do"]>([
  "stream_gap",
  "venue_status",
  "lose_authentication",
  "unreachable",
  "price_band",
  "position_cap",
  "stale_reads",
  "truncate_reads",
  "fail_reads",
  "venue_restart",
  "change_filters",
  "trade",
  "foreign_order",
  "liquidate",
  "delist",
  "void_fill",
  "move_funds",
  "freeze_funds",
  "set_leverage",
]);

export function isDisturbance(step: { readonly do: string }): step is Disturbance {
  return names.has(step.do);
}

export interface DisturbedVenue extends OutsideHost {
  readonly outside: Outside;
  /** Venue order ids begin at the first again. */
  resetOrderIds(time: Millis): void;
}

/** @param market whose bars the step counts; it is about this one, unless it names another or says everywhere */
export function disturb(venue: DisturbedVenue, step: Disturbance, market: MarketIndex, time: Millis): void {
  const { conditions, reads } = venue.troubled();
  const until = "lengthMs" in step && step.lengthMs !== null ? time + step.lengthMs : null;
  const scope = "symbol" in step ? marketOf(venue, step.symbol) : market;
  switch (step.do) {
    case "stream_gap":
      return breakStream(venue, scope, time, until ?? time, step);
    case "venue_status":
      conditions.begin(step, scope, until);
      if (step.notify) tellStatus(venue, scope, step.status, time, until);
      return;
    case "lose_authentication":
    case "unreachable":
    case "price_band":
    case "position_cap":
      return conditions.begin(step, scope, until);
    case "stale_reads":
    case "truncate_reads":
    case "fail_reads":
      return reads.begin(step, until ?? time);
    case "venue_restart":
      return restart(venue, step, time);
    case "change_filters":
      return changeFilters(venue, step, market, time);
    default:
      return venue.outside.apply(step, market, time);
  }
}

function marketOf({ markets }: DisturbedVenue, symbol: string | null): MarketIndex | null {
  return symbol === null ? null : (markets.findIndex(({ instrument }) => instrument.symbol === symbol) as MarketIndex);
}

function breakStream(
  venue: DisturbedVenue,
  market: MarketIndex | null,
  time: Millis,
  until: number,
  { notify, pings }: { readonly notify: boolean; readonly pings: boolean },
): void {
  venue.troubled().wire.silence({ market, from: time, until, known: notify, pings });
  if (!notify) return;
  venue.emit({ type: "stream_gap", time, sequence: venue.nextSequence(), market }, time);
  const end = until as Millis;
  venue.emit({ type: "stream_resynced", time: end, sequence: venue.nextSequence(), market }, end);
}

function tellStatus(venue: DisturbedVenue, market: MarketIndex | null, status: TradingStatus, time: Millis, until: number | null): void {
  venue.emit({ type: "venue_status_changed", time, sequence: venue.nextSequence(), market, status }, time);
  if (until === null) return;
  const end = until as Millis;
  venue.emit({ type: "venue_status_changed", time: end, sequence: venue.nextSequence(), market, status: "trading" }, end);
}

function restart(venue: DisturbedVenue, { orders, ids }: Extract<Disturbance, { do: "venue_restart" }>, time: Millis): void {
  if (orders === "wiped") for (const market of venue.markets) market.wipe(time);
  if (ids === "reset") venue.resetOrderIds(time);
  venue.emit({ type: "stream_gap", time, sequence: venue.nextSequence(), market: null }, time);
  venue.emit({ type: "stream_resynced", time, sequence: venue.nextSequence(), market: null }, time);
}

function changeFilters(venue: DisturbedVenue, step: Extract<Disturbance, { do: "change_filters" }>, market: MarketIndex, time: Millis): void {
  const own = venue.markets[market] as MarketVenue;
  own.changeFilters({ ...filtersOf(own.filters.rules), ...step.filters });
  if (!step.notify) return;
  venue.emit({ type: "rules_reported", time, sequence: venue.nextSequence(), market, filters: filtersOf(own.filters.rules) }, time);
}
