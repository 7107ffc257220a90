// A virtual exchange with two markets on one account, for what a market must leave to the other. Holds no expectation.

import type { MarketIndex, MarketRules, Price, Quantity } from "../../src/domain/index.ts";
import {
  defaultFillModel,
  venueProfiles,
  VirtualExchange,
  type VenueProfile,
  type VirtualExchangeOptions,
} from "../../src/exchange/virtual/index.ts";
import { instrumentOf, price, quantity, seriesOf, type Bar } from "./desk.ts";

export const first = 0 as MarketIndex;
export const second = 1 as MarketIndex;

type Parts = Partial<Omit<VirtualExchangeOptions["markets"][number], "instrument" | "series">>;

export interface PairSetup extends Partial<Omit<VirtualExchangeOptions, "markets" | "positions">> {
  /** Of AAA/USDC:USDC and of BBB/USDC:USDC. */
  readonly bars: readonly [readonly Bar[], readonly Bar[]];
  /** What the second market is instead of a swap. */
  readonly other?: Partial<MarketRules>;
  /** What the markets have beside their bars. */
  readonly parts?: readonly [Parts, Parts];
  /** [market, signed quantity, entry price], in whole units. */
  readonly holding?: readonly (readonly [number, number, number])[];
}

export function pairOf({ bars, parts = [{}, {}], other = {}, holding = [], ...options }: PairSetup): VirtualExchange {
  return new VirtualExchange({
    markets: ["AAA/USDC:USDC", "BBB/USDC:USDC"].map((symbol, at) => {
      const instrument = instrumentOf({ symbol, base: symbol.slice(0, 3), ...(at === 1 ? other : {}) });
      return { instrument, series: seriesOf(instrument.symbol, bars[at as 0 | 1]), ...parts[at as 0 | 1] };
    }),
    profile: venueProfiles["generic"] as VenueProfile,
    fill: { ...defaultFillModel, volumeCap: null },
    positionMode: "one_way",
    leverage: 1,
    balances: { USDC: "1000" },
    seed: 1,
    positions: holding.map(([market, signed, entry]) => ({
      market,
      leg: "NET" as const,
      quantity: quantity(signed) as Quantity,
      price: price(entry) as Price,
    })),
    ...options,
  });
}
