// An account by itself, filled by hand, for tests of money. Holds no expectation.

import {
  Instrument,
  parseRatio,
  type Leg,
  type MarketRules,
  type Money,
  type Position,
  type PositionMode,
  type Side,
} from "../../src/domain/index.ts";
import { currenciesOf, FeeSchedule } from "../../src/exchange/virtual/fees.ts";
import { Account, venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { instrumentOf, price, quantity } from "./desk.ts";

export const generic = venueProfiles["generic"] as VenueProfile;
const free: VenueProfile = { ...generic, makerFee: "0", takerFee: "0" };
export const swap = (base: string, settle = "USDC"): Partial<MarketRules> => ({ symbol: `${base}/${settle}:${settle}`, base, settle });

interface AccountSetup {
  readonly mode?: PositionMode;
  readonly leverage?: number;
  readonly profile?: VenueProfile;
  readonly balances?: Readonly<Record<string, number>>;
}

/** Money has six decimals, coins two. */
export class AccountBench {
  readonly account: Account;

  constructor(
    markets: readonly (Partial<MarketRules> | Instrument)[],
    { mode = "one_way", leverage = 4, profile = free, balances = { USDC: 1_000 } }: AccountSetup = {},
  ) {
    const instruments = markets.map((market) => (market instanceof Instrument ? market : instrumentOf(market)));
    const fees = instruments.map((instrument) => new FeeSchedule(instrument, profile));
    const currencies = currenciesOf(instruments, fees, Object.keys(balances));
    this.account = new Account({ instruments, fees, currencies, mode, leverage, maintenance: parseRatio("0.005") });
    for (const [currency, amount] of Object.entries(balances)) this.account.deposit(currency, this.units(currency, amount));
  }

  private units(currency: string, amount: number): Money {
    return Math.round(amount * (currency.startsWith("USD") ? 1e6 : 1e2)) as Money;
  }

  fill(market: number, side: Side, size: number, at: number, leg: Leg = "NET"): number {
    const position = this.account.leg(market, leg) as Position;
    return this.account.fill(market, position, side, quantity(size), price(at), "taker", true) / 1e6;
  }

  last(market: number, at: number): void {
    this.account.market(market).last = price(at);
  }

  /** What a figure of the account is in whole units of a currency. */
  of(currency: string, figure: (account: Account, currency: number) => number): number {
    return figure(this.account, this.account.ledger.index(currency)) / (currency.startsWith("USD") ? 1e6 : 1e2);
  }
}
