// What happens to the account without an order of the session: trades by hand, other parties' orders, transfers, a position
// that is taken away, trades that are taken back. Money is conserved in all of it; who is told is said by each step.

import {
  assert,
  parseUnits,
  SeatrialError,
  type Family,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderRequest,
  type Position,
  type PositionMode,
  type Price,
  type Quantity,
  type Side,
} from "../../domain/index.ts";
import { closingSide, type Account } from "./account.ts";
import type { AccountHistory } from "./account-history.ts";
import { foreignNumber } from "./client-ids.ts";
import { autoDeleverage, type DeleverageStep } from "./deleveraging.ts";
import type { LiquidationHost } from "./liquidator.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { VenueProfile } from "./profile.ts";
import type { Trouble } from "./trouble.ts";
import type { OutsideState } from "./trouble-state.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { VenueTape } from "./venue-tape.ts";

/** Prices, quantities and amounts are decimal text. */
export type OutsideStep =
  /** A trade by hand: opens, closes or turns a position, at a price or at the last one. */
  | {
      readonly do: "trade";
      readonly leg: Leg;
      readonly side: Side;
      readonly quantity: string;
      readonly price: string | null;
      readonly notify: boolean;
    }
  /** An order that another party places on the account. It lives and fills like every other one. */
  | {
      readonly do: "foreign_order";
      readonly leg: Leg;
      readonly side: Side;
      readonly quantity: string;
      readonly price: string | null;
      readonly trigger: string | null;
      readonly reduceOnly: boolean;
      readonly notify: boolean;
    }
  /** The venue liquidates a leg, or a share of it. */
  | { readonly do: "liquidate"; readonly leg: Leg; readonly share: string | null; readonly price: string | null }
  /** The market is taken off the venue: orders end, positions are settled at a price. */
  | { readonly do: "delist"; readonly price: string | null; readonly notify: boolean }
  /** The venue takes the newest trade of this session back. */
  | { readonly do: "void_fill"; readonly family: Family | null }
  /** A deposit, or with a sign a withdrawal, a conversion of dust, interest. */
  | { readonly do: "move_funds"; readonly currency: string; readonly amount: string; readonly text: string; readonly notify: boolean }
  /** From now on so much of a currency cannot be used; "0" frees it. */
  | { readonly do: "freeze_funds"; readonly currency: string; readonly amount: string }
  | { readonly do: "set_leverage"; readonly leverage: number };

/** The exchange, as far as the outside reaches. */
export interface OutsideHost extends LiquidationHost {
  readonly account: Account;
  readonly markets: readonly MarketVenue[];
  readonly profile: VenueProfile;
  readonly history: AccountHistory | null;
  readonly tape: VenueTape | null;
  readonly perpetuals: { readonly book: unknown } | null;
  troubled(): Trouble;
  tellPosition(market: MarketIndex, leg: Leg, time: Millis): void;
  find(market: MarketIndex, order: OrderFilled["order"]): VenueOrder | undefined;
  nextTrade(): number;
  scaleOf(currency: string): number;
}

export class Outside {
  declare private readonly host: OutsideHost;
  /** Orders that other parties have placed. */
  private orders = 0;
  /** What the venue has frozen, by currency. */
  private readonly frozen = new Map<string, number>();

  constructor(host: OutsideHost) {
    this.host = host;
  }

  /** Closes a leg by hand before the open of the next bar, or `amount` of it (decimal text). */
  close(market: MarketIndex, leg: Leg, amount: string | null, time: Millis, notify: boolean): void {
    const { host } = this;
    const position = host.account.leg(market, leg);
    const side = position === undefined ? null : closingSide(position);
    if (position === undefined || side === null) return;
    const open = Math.abs(position.quantity);
    const size = Math.min(amount === null ? open : parseUnits(amount, position.instrument.quantityScale), open) as Quantity;
    assert(size > 0, "I-07", () => `${amount} is no quantity to close outside`);
    this.trade(market, position, side, size, host.account.market(market).last, time);
    if (notify) host.tellPosition(market, leg, time);
  }

  /** Before the open of the next bar the venue closes a leg, or a part of it, against a bankrupt counterparty. */
  deleverage(market: MarketIndex, step: DeleverageStep, time: Millis): void {
    autoDeleverage(this.host, (this.host.markets[market] as MarketVenue).fees, market, step, time);
  }

  /** The account's position mode is changed. @throws InvariantError unless it is flat and without open orders, as venues demand */
  setPositionMode(mode: PositionMode): void {
    const { account, markets } = this.host;
    const busy = mode === account.mode ? undefined : markets.find((market) => market.orders.size > 0);
    assert(busy === undefined, "I-29", () => `${busy?.instrument.symbol} has open orders: its position mode cannot change`);
    account.setMode(mode);
  }

  apply(step: OutsideStep, market: MarketIndex, time: Millis): void {
    switch (step.do) {
      case "trade":
        return this.tradeByHand(market, step, time);
      case "foreign_order":
        return this.placeForeign(market, step, time);
      case "liquidate":
        return this.liquidate(market, step, time);
      case "delist":
        return this.delist(market, step, time);
      case "void_fill":
        return this.voidFill(market, step.family, time);
      case "move_funds":
        return this.moveFunds(step, time);
      case "freeze_funds":
        return this.freeze(step.currency, parseUnits(step.amount, this.host.scaleOf(step.currency)));
      default:
        return this.setLeverage(step.leverage);
    }
  }

  // ---- trades ---------------------------------------------------------------------------------------------------

  private tradeByHand(market: MarketIndex, step: Extract<OutsideStep, { do: "trade" }>, time: Millis): void {
    const { host } = this;
    const position = this.legOf(market, step.leg);
    const { instrument } = position;
    const price = this.priceOf(market, step.price);
    this.trade(market, position, step.side, parseUnits(step.quantity, instrument.quantityScale) as Quantity, price, time);
    if (step.notify) host.tellPosition(market, step.leg, time);
  }

  private trade(market: MarketIndex, position: Position, side: Side, quantity: Quantity, price: Price, time: Millis): void {
    const { host } = this;
    const signed = (side === "buy" ? quantity : -quantity) as Quantity;
    const after = position.quantity + signed;
    const flips = (position.leg === "LONG" && after < 0) || (position.leg === "SHORT" && after > 0) || (position.instrument.spot && after < 0);
    if (flips) throw badStep(`a trade by hand would take the ${position.leg} position of ${position.instrument.symbol} beyond zero`);
    host.account.externalTrade(market, position, signed, price);
    host.tape?.tradedOutside(market, position, { side, quantity, price, fee: 0 as Money, feeCurrency: position.instrument.rules.settle }, time);
    host.troubled().wire.untold += 1;
    const { leg } = position;
    host.history?.tradedOutside(market, { trade: host.nextTrade(), cause: "trade", time, side, leg, price, quantity, fee: 0 as Money });
    host.positionChanged();
  }

  private placeForeign(market: MarketIndex, step: Extract<OutsideStep, { do: "foreign_order" }>, time: Millis): void {
    const { instrument } = this.legOf(market, step.leg);
    const { side, leg, reduceOnly } = step;
    const price = step.price === null ? null : (parseUnits(step.price, instrument.priceScale) as Price);
    const trigger = step.trigger === null ? null : (parseUnits(step.trigger, instrument.priceScale) as Price);
    const type = trigger !== null ? (price === null ? "stop_market" : "stop_limit") : price === null ? "market" : "limit";
    this.orders += 1;
    const order = foreignNumber(this.orders);
    const request: OrderRequest = {
      order,
      market,
      side,
      leg,
      // Of no meaning to the venue: no fault of the session's orders hits it.
      family: "operator",
      type,
      quantity: parseUnits(step.quantity, instrument.quantityScale) as Quantity,
      price,
      trigger,
      timeInForce: "GTC",
      reduceOnly,
      timeToLive: null,
      replaces: null,
      terms: null,
    };
    // Its fills are told through the wire, or not at all.
    const { wire } = this.host.troubled();
    if (!step.notify) wire.hush(order);
    (this.host.markets[market] as MarketVenue).requestSubmit(request, time);
  }

  // ---- the venue closes -----------------------------------------------------------------------------------------

  private liquidate(market: MarketIndex, step: Extract<OutsideStep, { do: "liquidate" }>, time: Millis): void {
    const { host } = this;
    const { account } = host;
    const position = this.legOf(market, step.leg);
    const side = closingSide(position);
    if (side === null) return;
    const { instrument, leg } = position;
    const { settle } = account.markets[market] as Account["markets"][number];
    const open = Math.abs(position.quantity);
    const part = step.share === null ? open : instrument.floorQuantity(Math.floor(open * Number(step.share)));
    const quantity = Math.min(open, Math.max(part, instrument.step)) as Quantity;
    const price = this.priceOf(market, step.price);
    host.cancelOrders(market, null, time, "liquidated");
    const equity = account.equity(settle);
    const maintenance = account.maintenanceOf(settle, -1, 0 as Price);
    account.liquidate(market, position, quantity, price, 0 as Money);
    host.positionChanged();
    const head = { type: "liquidated", time, sequence: host.nextSequence(), market, leg, side, quantity, price } as const;
    host.emit({ ...head, fee: 0 as Money, insurance: 0 as Money, left: position.quantity, equity, maintenance, takeover: false }, time);
  }

  private delist(market: MarketIndex, step: Extract<OutsideStep, { do: "delist" }>, time: Millis): void {
    const { host } = this;
    const { legs } = host.account.markets[market] as Account["markets"][number];
    const price = this.priceOf(market, step.price);
    host.cancelOrders(market, null, time, "delisted");
    host.troubled().conditions.delist(market);
    host.emit({ type: "venue_status_changed", time, sequence: host.nextSequence(), market, status: "delisted" }, time);
    for (const position of legs) {
      const side = closingSide(position);
      if (side === null) continue;
      this.trade(market, position, side, Math.abs(position.quantity) as Quantity, price, time);
      if (step.notify) host.tellPosition(market, position.leg, time);
    }
  }

  /** The newest trade that the leg can give back: what has been closed since cannot be taken out of a leg that is bound to its side. */
  private voidFill(market: MarketIndex, family: Family | null, time: Millis): void {
    const { host } = this;
    const found = this.newestFill(market, family);
    if (found === null) return;
    const { order, fill } = found;
    const position = this.legOf(market, order.leg);
    host.account.voidTrade(market, position, (order.direction * fill.quantity) as Quantity, fill.price, fill.fee);
    order.fills = order.fills.filter((one) => one !== fill);
    order.filled = (order.filled - fill.quantity) as Quantity;
    host.history?.voided(market, fill.trade);
    host.tape?.voided(order, fill, position, time);
    host.positionChanged();
    const { trade, price, quantity, fee, feeCurrency } = fill;
    const told = { market, order: order.order, trade, price, quantity, fee, feeCurrency };
    host.emit({ type: "fill_voided", time, sequence: host.nextSequence(), ...told }, time);
  }

  private newestFill(market: MarketIndex, family: Family | null): { order: VenueOrder; fill: OrderFilled } | null {
    const venue = this.host.markets[market] as MarketVenue;
    let newest: { order: VenueOrder; fill: OrderFilled } | null = null;
    for (const order of venue.remembered()) {
      if (family !== null && order.family !== family) continue;
      const { quantity } = this.legOf(market, order.leg);
      for (const fill of order.fills) {
        // A fee in coins comes back first.
        const coins = fill.feeCurrency === venue.instrument.rules.base ? fill.fee : 0;
        const left = quantity + coins - order.direction * fill.quantity;
        const bound = (order.leg === "LONG" && left < 0) || (order.leg === "SHORT" && left > 0) || (venue.instrument.spot && left < 0);
        if (!bound && (newest === null || fill.sequence > newest.fill.sequence)) newest = { order, fill };
      }
    }
    return newest;
  }

  // ---- money ----------------------------------------------------------------------------------------------------

  private moveFunds({ currency, amount, text, notify }: Extract<OutsideStep, { do: "move_funds" }>, time: Millis): void {
    const { host } = this;
    const { account } = host;
    const at = this.currency(currency);
    const units = parseUnits(amount, host.scaleOf(currency)) as Money;
    if (units < 0 && account.available(at) + units < 0)
      throw badStep(`${amount} ${currency} cannot be withdrawn: the account has less than that to spare`);
    account.deposit(currency, units);
    account.assertConsistent(at);
    host.tape?.flowed(currency, units, time);
    host.history?.flowed({ cause: "transfer", market: null, leg: null, time, currency, amount: units, text });
    host.positionChanged();
    if (notify) host.emit({ type: "funds_moved", time, sequence: host.nextSequence(), currency, amount: units, text }, time);
    else host.troubled().wire.untold += 1;
  }

  private freeze(currency: string, units: number): void {
    this.host.account.hold(this.currency(currency), units - (this.frozen.get(currency) ?? 0));
    this.frozen.set(currency, units);
  }

  private currency(name: string): number {
    const { currencies } = this.host.account.ledger;
    if (currencies.includes(name)) return currencies.indexOf(name);
    throw badStep(`the account has no ${name}`, `its currencies: ${currencies.join(", ")}`);
  }

  private setLeverage(leverage: number): void {
    const { host } = this;
    if (host.perpetuals !== null && host.perpetuals.book !== null)
      throw badStep("the leverage of an account with a liquidation rule cannot be changed on the way", "run it without: set liquidation to null");
    host.account.setLeverage(leverage);
    host.positionChanged();
  }

  private legOf(market: MarketIndex, leg: Leg): Position {
    const position = this.host.account.leg(market, leg);
    if (position === undefined) throw badStep(`the account has no ${leg} leg`);
    return position;
  }

  private priceOf(market: MarketIndex, text: string | null): Price {
    const { account, markets } = this.host;
    const price = text === null ? account.market(market).last : parseUnits(text, (markets[market] as MarketVenue).instrument.priceScale);
    if (price === undefined || price === 0) throw badStep("there is no last price before the first bar", "give the step a price");
    return price as Price;
  }

  snapshot(): OutsideState {
    return { orders: this.orders, frozen: [...this.frozen] };
  }

  restore({ orders, frozen }: OutsideState): void {
    this.orders = orders;
    for (const [currency, units] of frozen) this.frozen.set(currency, units);
  }
}

function badStep(reason: string, hint?: string): SeatrialError {
  return new SeatrialError({ code: "bad_step", reason, ...(hint === undefined ? {} : { hint }) });
}
