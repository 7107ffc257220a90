// The paths `worst` and `best`: each bar whose outcome hangs on the order of its extremes is walked both ways on a copy of the
// exchange, and the way that leaves the account lower (higher) at its close is taken. It never looks beyond that close.

import { assert, type MarketIndex, type Money } from "../../domain/index.ts";
import type { ExtremePath } from "./fill-model.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { VirtualExchangeState } from "./state.ts";
import type { Venue } from "./venue.ts";

type Advance = (market: MarketIndex, bar: number) => void;

/** What it needs of the exchange. */
interface Rehearsing extends Pick<Venue, "events" | "perpetuals"> {
  readonly markets: readonly MarketVenue[];
  readonly advanceBar: Advance;
  quietUntil(market: MarketIndex, from: number, to: number): number;
  equity(): Money;
  exportState(): VirtualExchangeState;
  importState(state: VirtualExchangeState): void;
}

/** How a bar ends on one of its ways. */
interface Ending {
  readonly equity: Money;
  /** The session ends with this bar: worse than any equity that a position can still come back from. */
  readonly insolvent: boolean;
  /** The other way may end elsewhere. */
  readonly open: boolean;
}

/**
 * `advanceBar` of an exchange whose path is `worst` or `best`. Ways that end alike leave the adaptive one.
 * @param advance what it does for the other paths
 * @param copyOf a new exchange with the same settings and bars, and the path `adaptive`
 */
export function rehearsed(venue: Rehearsing, path: ExtremePath, advance: Advance, copyOf: () => Rehearsing): Advance {
  const sign = path === "worst" ? -1 : 1;
  return (market, bar) => {
    if (isQuiet(venue, market, bar)) return advance(market, bar);
    const state = venue.exportState();
    const own = rehearse(copyOf(), state, market, bar, false);
    const other = own.open ? rehearse(copyOf(), state, market, bar, true) : own;
    const turns = sign * rank(other, own) > 0;
    const { choice } = venue.markets[market] as MarketVenue;
    if (turns) choice.turn(bar);
    advance(market, bar);
    const { equity } = turns ? other : own;
    assert(venue.equity() === equity, "I-35", () => `bar ${bar} of market ${market} ends at ${venue.equity()}, and at ${equity} when it was tried`);
  };
}

/** No order of a market can do anything in a bar, and no margin is judged in it. */
function isQuiet(venue: Rehearsing, market: MarketIndex, bar: number): boolean {
  if (venue.perpetuals !== null) return venue.quietUntil(market, bar, bar + 1) > bar;
  const own = venue.markets[market] as MarketVenue;
  return !own.expectant && own.quietUntil(bar, bar + 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) > bar;
}

function rehearse(copy: Rehearsing, state: VirtualExchangeState, market: MarketIndex, bar: number, turned: boolean): Ending {
  copy.importState(state);
  const { choice } = copy.markets[market] as MarketVenue;
  if (turned) choice.turned = bar;
  copy.advanceBar(market, bar);
  const insolvent = copy.events.list().some(({ event }) => event.type === "account_insolvent");
  return { equity: copy.equity(), insolvent, open: choice.bar === bar };
}

/** Above 0 when `a` is the better end. */
function rank(a: Ending, b: Ending): number {
  return Number(b.insolvent) - Number(a.insolvent) || a.equity - b.equity;
}
