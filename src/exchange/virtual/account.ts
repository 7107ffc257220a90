// The account at the venue: balances, legs, margin. Money is kept twice on purpose: as double entry in the ledger
// (cash that changed hands) and as a wallet (boot + realised P&L - fees); the two must agree after every fill.

import {
  assert,
  checked,
  InvariantError,
  mulDiv,
  opposite,
  Position,
  wideZero,
  type Instrument,
  type Leg,
  type Liquidity,
  type Money,
  type PositionMode,
  type Price,
  type Quantity,
  type Ratio,
  type Side,
} from "../../domain/index.ts";
import { AccountMarket, Purse } from "./account-market.ts";
import type { Executed } from "./charges.ts";
import type { FeeSchedule } from "./fees.ts";
import { Ledger, Party } from "./ledger.ts";
import type { MarginBook } from "./margin-book.ts";
import { positionOfState, type AccountState } from "./state.ts";

export class Account {
  declare readonly ledger: Ledger;
  declare readonly markets: readonly AccountMarket[];
  declare leverage: number;
  declare readonly maintenance: Ratio;
  declare mode: PositionMode;
  /** By ledger index. */
  declare private readonly purses: readonly Purse[];
  /**
   * The one market of a session that has just one margin market, in which every value is an exact product: between fills,
   * equity is base + slope × price there, exactly. null in every other session.
   */
  declare private readonly only: AccountMarket | null;
  equityBase = wideZero;
  equitySlope = wideZero;
  /** Margin of the positions while equity is on its line. */
  private lineMargin = wideZero;
  /** Up to this price equity is exactly `equityBase` + `equitySlope` × price, until the next fill; 0 = it is on no such line. */
  declare linePriceMax: number;
  /** Checks made by assertions, for the report. */
  checks = 0;
  /** Hears of every change of a margin position; null where equity alone is watched. */
  margin: MarginBook | null = null;

  constructor(options: {
    instruments: readonly Instrument[];
    fees: readonly FeeSchedule[];
    currencies: readonly string[];
    mode: PositionMode;
    leverage: number;
    maintenance: Ratio;
  }) {
    this.ledger = new Ledger(options.currencies);
    this.mode = options.mode;
    this.leverage = options.leverage;
    this.maintenance = options.maintenance;
    const { currencies, fees, instruments, mode } = options;
    this.purses = currencies.map((currency) => new Purse(currency));
    this.markets = instruments.map((instrument, at) => new AccountMarket(at, instrument, fees[at] as FeeSchedule, mode, currencies, this.purses));
    const first = this.markets[0] as AccountMarket;
    this.only = this.markets.length === 1 && !first.instrument.spot && first.instrument.unitValue > 0 ? first : null;
    this.linePriceMax = this.only !== null ? Number.POSITIVE_INFINITY : 0;
    this.drawLine();
  }

  /** The line that equity moves on until the next change of a position or of the wallet. */
  private drawLine(): void {
    if (this.only === null) return;
    const { legs, settlePurse, instrument } = this.only;
    let quantity = 0;
    let cost = 0;
    let margin = 0;
    for (let n = 0; n < legs.length; n += 1) {
      const leg = legs[n] as Position;
      quantity += leg.quantity;
      cost += signedCost(leg);
      margin += this.marginOf(leg.cost);
    }
    this.lineMargin = margin;
    this.equitySlope = quantity * instrument.unitValue;
    this.linePriceMax = this.equitySlope === 0 ? Number.POSITIVE_INFINITY : 9_007_199_254_740_991 / Math.abs(this.equitySlope);
    this.equityBase = settlePurse.wallet - cost;
  }

  /** Money that comes from outside: boot balances and deposits; negative withdraws. */
  deposit(currency: string, amount: Money): void {
    const at = this.ledger.index(currency);
    this.ledger.transfer(Party.external, Party.account, at, amount);
    this.purse(at).wallet += amount;
    this.drawLine();
  }

  /** Another position mode. Venues allow it only on a flat account. */
  setMode(mode: PositionMode): void {
    if (mode === this.mode) return;
    for (const market of this.markets) {
      assert(
        market.legs.every((leg) => leg.quantity === 0),
        "I-29",
        () => `${market.instrument.symbol} is not flat: its position mode cannot change`,
      );
      market.open(mode, (leg) => new Position(market.instrument, leg));
    }
    this.mode = mode;
  }

  /** What the account keeps of a market. */
  market(at: number): AccountMarket {
    return this.markets[at] as AccountMarket;
  }

  private purse(currency: number): Purse {
    return this.purses[currency] as Purse;
  }

  leg(market: number, leg: Leg): Position | undefined {
    return this.market(market).position(leg);
  }

  /**
   * Applies one fill: position, cash, fee. The fee is in units of `fees.currencyOf(side)`.
   * @param before what the order had executed; matters where a venue charges whole orders. @returns the fee
   */
  fill(at: number, position: Position, side: Side, quantity: Quantity, price: Price, liquidity: Liquidity, first: boolean, before?: Executed): Money {
    const market = this.market(at);
    const { instrument, fees, settle } = market;
    const value = instrument.notional(price, quantity);
    const fee = fees.amount(side, liquidity, quantity, value, first, before);
    const signed = (side === "buy" ? quantity : -quantity) as Quantity;
    if (instrument.spot) this.fillSpot(market, position, side, signed, price, value);
    else this.trade(market, position, signed, price, value);
    this.takeFee(market, position, side, fee);
    this.assertConsistent(settle);
    this.drawLine();
    return fee;
  }

  /** A margin position changes hands with the market. */
  private trade(
    { index, instrument, settle, settlePurse, legs }: AccountMarket,
    position: Position,
    signed: Quantity,
    price: Price,
    value: Money,
  ): void {
    const before = position.quantity;
    const costBefore = signedCost(position);
    const gain = position.apply(signed, price, value);
    settlePurse.openCost = checked(settlePurse.openCost + signedCost(position) - costBefore);
    settlePurse.wallet = checked(settlePurse.wallet + gain);
    this.ledger.transfer(Party.account, Party.market, settle, signed > 0 !== instrument.inverse ? value : -value);
    if (this.margin !== null) {
      const reduces = before !== 0 && before > 0 !== signed > 0;
      // What crosses zero opens at this fill's price: all that the position has cost since.
      const opened = !reduces ? value : position.quantity !== 0 && position.quantity > 0 === signed > 0 ? position.cost : (0 as Money);
      this.margin.filled(index, legs.indexOf(position), before, opened);
    }
  }

  /**
   * A close by the venue's liquidation: no order, no volume, and its own fee.
   * @param closing quantity, above 0
   * @returns the realised P&L before the fee
   */
  liquidate(at: number, position: Position, closing: Quantity, price: Price, fee: Money): Money {
    const market = this.market(at);
    const { instrument, settle } = market;
    const signed = (position.quantity > 0 ? -closing : closing) as Quantity;
    const before = position.realized;
    this.trade(market, position, signed, price, instrument.notional(price, closing));
    this.pay(settle, Party.fees, fee);
    return (position.realized - before) as Money;
  }

  /** Money that leaves the account to another party; negative comes in. It is no trade. */
  pay(currency: number, to: Party, amount: Money): void {
    this.ledger.transfer(Party.account, to, currency, amount);
    const purse = this.purse(currency);
    purse.wallet = checked(purse.wallet - amount);
    this.assertConsistent(currency);
    this.drawLine();
  }

  /** Cash and coins change hands; what the account holds of the base currency is the position. */
  private fillSpot(market: AccountMarket, position: Position, side: Side, signed: Quantity, price: Price, value: Money): void {
    position.apply(signed, price, value);
    const paid = side === "buy" ? value : -value;
    this.ledger.transfer(Party.account, Party.market, market.settle, paid);
    market.settlePurse.wallet = checked(market.settlePurse.wallet - paid);
    this.ledger.transfer(Party.market, Party.account, market.base, signed);
    market.basePurse.wallet = checked(market.basePurse.wallet + signed);
    this.assertConsistent(market.base);
  }

  private takeFee(market: AccountMarket, position: Position, side: Side, fee: Money): void {
    const inBase = market.fees.isInBase(side);
    const currency = side === "buy" ? market.buyFee : market.sellFee;
    this.ledger.transfer(Party.account, Party.fees, currency, fee);
    const purse = this.purse(currency);
    purse.wallet = checked(purse.wallet - fee);
    if (inBase && fee !== 0) position.takeBaseFee(fee as number as Quantity);
    if (currency !== market.settle) this.assertConsistent(currency);
  }

  /** A trade outside this session (by hand), or one taken back: the venue's counterparty takes it, without a fee. @param signed of the trade */
  externalTrade(at: number, position: Position, signed: Quantity, price: Price): void {
    const market = this.market(at);
    const value = market.instrument.notional(price, Math.abs(signed) as Quantity);
    if (market.instrument.spot) this.fillSpot(market, position, signed > 0 ? "buy" : "sell", signed, price, value);
    else this.trade(market, position, signed, price, value);
    this.assertConsistent(market.settle);
    this.drawLine();
  }

  /** A trade that never was: its fee comes back, and what changed hands does. @param signed of the trade */
  voidTrade(at: number, position: Position, signed: Quantity, price: Price, fee: Money): void {
    this.takeFee(this.market(at), position, signed > 0 ? "buy" : "sell", (0 - fee) as Money);
    this.externalTrade(at, position, (0 - signed) as Quantity, price);
  }

  /** Another leverage from here on; what open orders hold stays. */
  setLeverage(leverage: number): void {
    this.leverage = leverage;
    this.drawLine();
  }

  /** A position from before the session: it enters at its entry price against the market, so that P&L starts there. */
  boot(at: number, leg: Leg, signed: Quantity, price: Price): void {
    const market = this.market(at);
    const position = this.leg(at, leg);
    assert(position !== undefined, "I-29", () => `${market.instrument.symbol} has no ${leg} leg in ${this.mode} mode`);
    const value = market.instrument.notional(price, Math.abs(signed) as Quantity);
    // Until its market's first bar no price is known: at its entry price it has neither gained nor lost.
    if (market.last === 0) market.last = price;
    if (market.instrument.spot) position.apply(signed, price, value);
    else this.externalTrade(at, position, signed, price);
  }

  /** Balance without unrealised P&L, in units of the currency's scale. */
  wallet(currency: number): Money {
    return this.purse(currency).wallet as Money;
  }

  /** Margin that a position of a value needs: its share by the leverage, rounded up. */
  marginOf(value: Money): Money {
    return (this.leverage === 1 ? value : Number(mulDiv(value, 1, this.leverage, "up"))) as Money;
  }

  /** Margin held by positions: value at entry ÷ leverage, rounded up, or what is set apart for isolated legs. */
  positionMargin(currency: number): Money {
    if (this.margin !== null) return this.margin.positionMargin(currency);
    let sum = 0;
    for (const market of this.markets) {
      if (market.settle !== currency || market.instrument.spot) continue;
      for (const leg of market.legs) if (leg.cost !== 0) sum += this.marginOf(leg.cost);
    }
    return sum as Money;
  }

  heldFor(currency: number): Money {
    return this.purse(currency).held as Money;
  }

  hold(currency: number, amount: number): void {
    this.purse(currency).hold(amount);
  }

  /** What a new order may use: wallet + unrealised P&L - margin of positions - holds. P&L of isolated legs is theirs alone. */
  available(currency: number): Money {
    if (this.margin?.isIsolated === true) return (this.wallet(currency) - this.positionMargin(currency) - this.heldFor(currency)) as Money;
    if (this.only !== null && currency === this.only.settle) return (this.equity(currency) - this.only.settlePurse.held - this.lineMargin) as Money;
    return (this.equityOf(currency, -1, 0 as Price) - this.positionMargin(currency) - this.heldFor(currency)) as Money;
  }

  /** Wallet + unrealised P&L of margin positions, with one market at another price than its last (-1 = none). */
  equityOf(currency: number, market: number, price: Price): Money {
    let sum = this.purse(currency).wallet;
    for (let at = 0; at < this.markets.length; at += 1) {
      const { instrument, legs, settle, last } = this.market(at);
      if (settle !== currency || instrument.spot) continue;
      const mark = at === market ? price : last;
      for (let n = 0; n < legs.length; n += 1) {
        const leg = legs[n] as Position;
        if (leg.quantity !== 0) sum += leg.unrealized(mark);
      }
    }
    return sum as Money;
  }

  /** Equity in the settlement currency, spot holdings valued at their last price. */
  equity(currency: number): Money {
    if (this.only !== null) {
      const value = this.equitySlope * this.only.last;
      if (value <= 9_007_199_254_740_991 && value >= -9_007_199_254_740_991) return (this.equityBase + value) as Money;
    }
    let sum: number = this.equityOf(currency, -1, 0 as Price);
    for (let at = 0; at < this.markets.length; at += 1) {
      const { instrument, basePurse, settle, last } = this.market(at);
      if (!instrument.spot || settle !== currency) continue;
      sum += instrument.notional(last, basePurse.wallet as Quantity);
    }
    return sum as Money;
  }

  /** Margin that open positions need to stay open, at the same prices as `equityOf`. */
  maintenanceOf(currency: number, market: number, price: Price): Money {
    let sum = 0;
    for (let at = 0; at < this.markets.length; at += 1) {
      const { instrument, legs, settle, last } = this.market(at);
      if (settle !== currency || instrument.spot) continue;
      const mark = at === market ? price : last;
      for (const leg of legs) {
        if (leg.quantity === 0) continue;
        const value = instrument.notional(mark, Math.abs(leg.quantity) as Quantity);
        sum += mulDiv(value, this.maintenance.numerator, this.maintenance.denominator, "up");
      }
    }
    return sum as Money;
  }

  /** Invariant I-06: the ledger is conserved, and the wallet equals cash + signed cost of what is open. */
  assertConsistent(currency: number): void {
    this.ledger.assertConserved(currency);
    const { wallet, openCost } = this.purse(currency);
    const cash = this.ledger.balance(Party.account, currency) + openCost;
    if (cash !== wallet) {
      throw new InvariantError("I-06", `${this.ledger.currencies[currency]}: wallet ${wallet} ≠ cash and cost ${cash}`);
    }
    this.checks += 2;
  }

  snapshot(): AccountState {
    return {
      currencies: this.ledger.currencies,
      mode: this.mode,
      leverage: this.leverage,
      ledger: this.ledger.snapshot(),
      wallets: this.purses.map(({ wallet }) => wallet),
      openCosts: this.purses.map(({ openCost }) => openCost),
      held: this.purses.map(({ held }) => held),
      lastPrice: this.markets.map(({ last }) => last),
      checks: this.checks,
      legs: this.markets.map((market) =>
        market.legs.map((leg) => ({ quantity: leg.quantity, cost: leg.cost, realized: leg.realized, lots: leg.lots.list() })),
      ),
    };
  }

  /** @throws InvariantError when the saved money is not consistent */
  restore(state: AccountState): void {
    this.mode = state.mode;
    this.leverage = state.leverage;
    this.ledger.restore(state.ledger);
    this.purses.forEach((purse, at) => {
      purse.wallet = state.wallets[at] as number;
      purse.openCost = state.openCosts[at] as number;
      purse.held = state.held[at] as number;
    });
    this.markets.forEach((market, at) => {
      market.last = state.lastPrice[at] as Price;
      market.open(state.mode, (leg, n) => positionOfState(market.instrument, leg, state.legs[at]?.[n]));
    });
    for (let currency = 0; currency < state.currencies.length; currency += 1) this.assertConsistent(currency);
    this.checks = state.checks;
    this.drawLine();
  }
}

/** The side that closes a leg; null when it is flat. */
export function closingSide(position: Position): Side | null {
  if (position.quantity === 0) return null;
  return opposite(position.quantity > 0 ? "buy" : "sell");
}

function signedCost(position: Position): number {
  return position.quantity > 0 !== position.instrument.inverse ? position.cost : -position.cost;
}
