// Plays a random flow into the virtual exchange and notes what it tells. It must never know a rule of matching.

import { Instrument, type BarSeries, type MarketIndex, type Millis, type VenueEvent } from "../../src/domain/index.ts";
import { venueProfiles, VirtualExchange, type Amendment, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { instrumentOf, interval, orderOf, price, priceScale, quantity, quantityScale, seriesOf } from "./desk.ts";
import { step, tick, type Act, type Flow } from "./flow.ts";

/** An answer and the bar after which it was heard. */
export interface Told {
  readonly bar: number;
  readonly event: VenueEvent;
}

/** Coarse enough that values and fees are rounded. */
export const moneyScale = 2;
/** In units of money: more than any flow needs. */
export const plenty = 100_000_000;

export interface PlaySettings {
  readonly profile?: Partial<VenueProfile>;
  readonly leverage?: number;
  /** In units of money. */
  readonly wallet?: number;
  readonly seed?: number;
}

const market = 0 as MarketIndex;

export function exchangeFor(given: Flow, settings: PlaySettings = {}): VirtualExchange {
  const instrument = new Instrument(instrumentOf({ tick, step }).rules, { price: priceScale, quantity: quantityScale, money: moneyScale });
  const series: BarSeries = seriesOf(instrument.symbol, given.bars);
  const generic = venueProfiles["generic"] as VenueProfile;
  return new VirtualExchange({
    markets: [{ instrument, series }],
    profile: { ...generic, halfSpreadBp: given.halfSpreadBp, maintenanceMarginRate: "0", ...settings.profile },
    fill: given.fill,
    positionMode: given.mode,
    leverage: settings.leverage ?? 1,
    seed: settings.seed ?? 1,
    balances: { USDC: String((settings.wallet ?? plenty) / 10 ** moneyScale) },
  });
}

export function changeOf(act: Extract<Act, { do: "amend" }>): Amendment {
  return {
    price: act.price === null ? null : price(act.price),
    trigger: act.trigger === null ? null : price(act.trigger),
    quantity: act.quantity === null ? null : quantity(act.quantity),
  };
}

/** Sends what belongs before a bar, handles the bar, and hears what is due by its close. */
export function playBar(exchange: VirtualExchange, given: Flow, bar: number): Told[] {
  const now = (bar * interval) as Millis;
  for (const act of given.acts[bar] ?? []) {
    if (act.do === "submit") exchange.submit(act.request, now);
    else if (act.do === "cancel") exchange.cancel(orderOf(act.number), market, now);
    else exchange.amend(orderOf(act.number), market, changeOf(act), now);
  }
  exchange.advanceBar(market, bar);
  return hear(exchange, bar, now + interval);
}

/** What is due before an instant. */
export function hear(exchange: VirtualExchange, bar: number, until = Number.POSITIVE_INFINITY): Told[] {
  const told: Told[] = [];
  while (exchange.events.nextDue < until) told.push({ bar, event: exchange.events.shift() as VenueEvent });
  return told;
}

/** All bars from `from` on. */
export function play(exchange: VirtualExchange, given: Flow, from = 0): Told[] {
  return given.bars.slice(from).flatMap((_, at) => playBar(exchange, given, from + at));
}
