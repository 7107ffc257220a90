// The virtual exchange as the cases want it: touch, gap at the open, triggers fire, no slippage, no filters, fees from
// the case alone. Nothing here matches or settles: it configures, sends, advances and listens.

import {
  orderNumber,
  type BarSeries,
  type Instrument,
  type IntentNumber,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderNumber,
  type OrderRequest,
  type OrderTerms,
  type OrderType,
  type PositionMode,
  type Price,
  type Quantity,
  type Side,
  type TimeInForce,
  type VenueEvent,
} from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type FillModel, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { plainText, rateText, settlement } from "./market.ts";

export interface Fees {
  /** Share of the notional, for makers and takers alike. */
  readonly rate: number;
  readonly fixed: number;
  readonly per: "order" | "fill";
}

export const noFees: Fees = { rate: 0, fixed: 0, per: "fill" };

export interface VenueSetup {
  readonly instrument: Instrument;
  readonly series: BarSeries;
  readonly fees: Fees;
  /** Share of a bar's volume; null = off. */
  readonly volumeCap: number | null;
  readonly balance: number;
  readonly leverage: number;
  readonly mode: PositionMode;
  /** A position from before the first bar; null = none. */
  readonly position: { readonly quantity: Quantity; readonly price: Price } | null;
  /** Settings of the fill model other than the cases' own. */
  readonly fill?: Partial<FillModel>;
}

const market = 0 as MarketIndex;

export class CaseVenue {
  readonly exchange: VirtualExchange;
  readonly instrument: Instrument;
  readonly series: BarSeries;
  private sent = 0;
  private bar = -1;

  constructor(setup: VenueSetup) {
    this.instrument = setup.instrument;
    this.series = setup.series;
    this.exchange = new VirtualExchange({
      markets: [{ instrument: setup.instrument, series: setup.series }],
      profile: caseProfile(setup),
      fill: { ...caseFill, volumeCap: setup.volumeCap === null ? null : plainText(setup.volumeCap), ...setup.fill },
      positionMode: setup.mode,
      leverage: setup.leverage,
      balances: { [settlement]: plainText(setup.balance, setup.instrument.moneyScale) },
      positions: setup.position === null ? [] : [{ market: 0, leg: "NET", ...setup.position }],
      seed: 1,
    });
  }

  /** Sends an order after the bars handled so far; it is live from the next bar's open on. */
  submit(order: CaseOrder): OrderNumber {
    this.sent += 1;
    const number = orderNumber(this.sent as IntentNumber, 0);
    this.exchange.submit(requestOf(number, order), this.now);
    return number;
  }

  /** The number that the next order will have. */
  get nextNumber(): OrderNumber {
    return orderNumber((this.sent + 1) as IntentNumber, 0);
  }

  cancel(order: OrderNumber): void {
    this.exchange.cancel(order, market, this.now);
  }

  amend(order: OrderNumber, change: { price: Price | null; trigger: Price | null; quantity: Quantity | null }): void {
    this.exchange.amend(order, market, change, this.now);
  }

  /** Handles the next bar; the venue's answers in its order. */
  advance(): VenueEvent[] {
    this.bar += 1;
    this.exchange.advanceBar(market, this.bar);
    const answers: VenueEvent[] = [];
    for (let event = this.exchange.events.shift(); event !== undefined; event = this.exchange.events.shift()) answers.push(event);
    return answers;
  }

  /** Cash as a broker without margin counts it: the wallet less what open positions cost, in whole currency units. */
  get cash(): number {
    const { account } = this.exchange;
    let cash: number = account.wallet(account.ledger.index(settlement));
    for (const leg of ["NET", "LONG", "SHORT"] as const) {
      const position = account.leg(market, leg);
      if (position !== undefined) cash -= position.quantity > 0 !== this.instrument.inverse ? position.cost : -position.cost;
    }
    return this.instrument.moneyNumber(cash as Money);
  }

  get equity(): number {
    return this.instrument.moneyNumber(this.exchange.equity());
  }

  /** What a further order may use, in whole currency units. */
  get available(): number {
    const { account } = this.exchange;
    return this.instrument.moneyNumber(account.available(account.ledger.index(settlement)));
  }

  /** The wallet: starting cash, realised P&L and fees. */
  get wallet(): number {
    const { account } = this.exchange;
    return this.instrument.moneyNumber(account.wallet(account.ledger.index(settlement)) as Money);
  }

  /** Signed quantity of a leg, in whole units. */
  position(leg: Leg): number {
    return this.instrument.quantityNumber((this.exchange.position(market, leg)?.quantity ?? 0) as Quantity);
  }

  private get now(): Millis {
    return (this.bar < 0 ? (this.series.time[0] ?? 0) : this.series.closeTimeAt(this.bar)) as Millis;
  }
}

export interface CaseOrder {
  readonly side: Side;
  readonly leg: Leg;
  readonly type: OrderType;
  readonly quantity: Quantity;
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly terms: OrderTerms | null;
}

/** A market order for a quantity. */
export function marketOrder(side: Side, quantity: Quantity, leg: Leg = "NET"): CaseOrder {
  return { side, leg, type: "market", quantity, price: null, trigger: null, timeInForce: "GTC", reduceOnly: false, terms: null };
}

function requestOf(order: OrderNumber, wanted: CaseOrder): OrderRequest {
  return { order, market, family: wanted.reduceOnly ? "close" : "entry", timeToLive: null, replaces: null, ...wanted };
}

/** A venue without spread or filters, whose fees are the case's. */
export function caseProfile({ fees, instrument }: Pick<VenueSetup, "fees" | "instrument">): VenueProfile {
  const generic = venueProfiles["generic"] as VenueProfile;
  const rate = rateText(fees.rate);
  return {
    ...generic,
    name: "cases",
    makerFee: rate,
    takerFee: rate,
    halfSpreadBp: "0",
    maxLeverage: 1_000,
    // The cases know no liquidation: an account in the red trades on in the peers.
    maintenanceMarginRate: "0",
    gap: "open",
    crossedTrigger: "fire",
    idempotency: "I0",
    fixedFee: fees.fixed === 0 ? null : { amount: plainText(fees.fixed, instrument.moneyScale), per: fees.per },
  };
}

/** What the cases assume where they say nothing. */
export const caseFill: FillModel = {
  ...defaultFillModel,
  limit: "touch",
  gap: "open",
  crossedTrigger: "fire",
  timeToLive: "whole-bar",
  slippage: { kind: "none" },
  volumeCap: null,
};
