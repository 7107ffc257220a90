// A virtual exchange that is walked in steps finer than its bars, for tests written by hand. It must never decide a fill: it
// sends, advances and listens.

import { BarSeries, type MarketIndex, type Millis, type OrderRequest } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type FillModel, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import {
  drain,
  instrumentOf,
  interval,
  line,
  orderOf,
  price,
  priceScale,
  quantity,
  quantityScale,
  requestOf,
  seriesOf,
  type Bar,
  type Ticket,
} from "./desk.ts";

/** Time in ms, price, quantity. */
export type Trade = readonly [number, number, number];

export const market = 0 as MarketIndex;
export const symbol = "ABC/USDC:USDC";

export function tradesOf(trades: readonly Trade[]): BarSeries {
  const prices = Float64Array.from(trades, ([, at]) => price(at));
  return new BarSeries(
    { symbol, timeframe: "trades", interval: 1, priceScale, quantityScale },
    {
      time: Float64Array.from(trades, ([time]) => time),
      open: prices,
      high: prices,
      low: prices,
      close: prices,
      volume: Float64Array.from(trades, ([, , size]) => quantity(size)),
    },
  );
}

/** The minutes that trades make, without those in which there are none. */
export function minutesOf(trades: readonly Trade[]): BarSeries {
  const minutes = [...new Set(trades.map(([time]) => Math.floor(time / interval)))];
  const bars = minutes.map((minute): Bar => {
    const own = trades.filter(([time]) => Math.floor(time / interval) === minute);
    const prices = own.map(([, at]) => at);
    return [prices[0] as number, Math.max(...prices), Math.min(...prices), prices.at(-1) as number, own.reduce((sum, [, , size]) => sum + size, 0)];
  });
  const { open, high, low, close, volume } = seriesOf(symbol, bars);
  const time = Float64Array.from(minutes, (minute) => minute * interval);
  return new BarSeries({ symbol, timeframe: "1m", interval, priceScale, quantityScale }, { time, open, high, low, close, volume });
}

export interface WalkSetup {
  readonly frames: BarSeries;
  readonly inside: BarSeries;
  readonly fill?: Partial<FillModel>;
  readonly profile?: Partial<VenueProfile>;
  readonly long?: number;
  readonly seed?: number;
}

/** An exchange that is walked step by step; orders are numbered as they are sent. */
export class Walk {
  readonly exchange: VirtualExchange;
  private sent = 0;
  private step = -1;

  constructor({ frames, inside, fill, profile, long, seed = 1 }: WalkSetup) {
    this.exchange = new VirtualExchange({
      markets: [{ instrument: instrumentOf(), series: frames, inside }],
      profile: { ...(venueProfiles["generic"] as VenueProfile), ...profile },
      fill: { ...defaultFillModel, volumeCap: null, ...fill },
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "100000" },
      positions: long === undefined ? [] : [{ market: 0, leg: "NET", quantity: quantity(long), price: price(100) }],
      seed,
    });
  }

  send(ticket: Ticket, time: number): number {
    this.sent += 1;
    const request: OrderRequest = requestOf(this.sent, ticket);
    this.exchange.submit(request, time as Millis);
    return this.sent;
  }

  cancel(number: number, time: number): void {
    this.exchange.cancel(orderOf(number), market, time as Millis);
  }

  amend(number: number, to: number, time: number): void {
    this.exchange.amend(orderOf(number), market, { price: price(to), trigger: null, quantity: null }, time as Millis);
  }

  /** Takes steps. @returns what is told, with the ms of the event before each line */
  go(steps = 1): string[] {
    const told: string[] = [];
    for (let left = steps; left > 0; left -= 1) {
      this.step += 1;
      this.exchange.advanceBar(market, this.step);
      told.push(...drain(this.exchange).map((event) => `${event.time} ${line(event)}`));
    }
    return told;
  }
}

export const onTrades = (trades: readonly Trade[], more: Partial<WalkSetup> = {}): Walk =>
  new Walk({ frames: minutesOf(trades), inside: tradesOf(trades), ...more });
