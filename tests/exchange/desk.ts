// A desk at the virtual exchange for tests written by hand: prices and quantities as plain decimals, answers as short
// lines of text. It must never decide a fill: it sends, advances and listens.

import {
  BarSeries,
  Instrument,
  noTerms,
  orderNumber,
  parseRatio,
  printUnits,
  type FundingSeries,
  type IntentNumber,
  type Leg,
  type MarketIndex,
  type MarketRules,
  type Millis,
  type OrderNumber,
  type OrderRequest,
  type OrderTerms,
  type OrderType,
  type PositionMode,
  type Price,
  type Quantity,
  type VenueEvent,
} from "../../src/domain/index.ts";
import {
  defaultFillModel,
  disturb,
  leverageTiers,
  venueProfiles,
  VirtualExchange,
  type Disturbance,
  type FillModel,
  type VenueProfile,
  type VirtualExchangeOptions,
} from "../../src/exchange/virtual/index.ts";
import { plainRules } from "../domain/rules.ts";

/** Open, high, low, close, volume. */
export type Bar = readonly [number, number, number, number, number];

export const priceScale = 2;
export const quantityScale = 2;
export const moneyScale = 6;
export const interval = 60_000;

const defaultRules: MarketRules = { ...plainRules, symbol: "ABC/USDC:USDC", base: "ABC", step: "0.01" };

/** The rules of a spot market ABC/USDC. */
export const spotRules: Partial<MarketRules> = { symbol: "ABC/USDC", kind: "spot" };

export const price = (value: number): Price => Math.round(value * 10 ** priceScale) as Price;
export const quantity = (value: number): Quantity => Math.round(value * 10 ** quantityScale) as Quantity;

export function instrumentOf(rules: Partial<MarketRules> = {}): Instrument {
  return new Instrument({ ...defaultRules, ...rules }, { price: priceScale, quantity: quantityScale, money: moneyScale });
}

export function seriesOf(symbol: string, bars: readonly Bar[]): BarSeries {
  const column = (at: 0 | 1 | 2 | 3 | 4) => Float64Array.from(bars, (bar) => (at === 4 ? quantity(bar[at]) : price(bar[at])));
  return new BarSeries(
    { symbol, timeframe: "1m", interval, priceScale, quantityScale },
    {
      time: Float64Array.from(bars, (_, at) => at * interval),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
  );
}

export interface DeskSetup extends Partial<Pick<VirtualExchangeOptions, (typeof passedOn)[number]>> {
  readonly bars: readonly Bar[];
  readonly rules?: Partial<MarketRules>;
  readonly venue?: string;
  readonly profile?: Partial<VenueProfile>;
  readonly fill?: Partial<FillModel>;
  readonly mode?: PositionMode;
  readonly leverage?: number;
  readonly balances?: Readonly<Record<string, string>>;
  /** [leg, signed quantity, entry price] */
  readonly positions?: readonly (readonly [Leg, number, number])[];
  readonly seed?: number;
  /** [time in ms, rate in millionths] */
  readonly funding?: readonly (readonly [number, number])[];
  /** One bar of marks a bar of trades, without volume. */
  readonly marks?: readonly (readonly [number, number, number, number])[];
  /** Rows as fetchLeverageTiers gives them. */
  readonly tiers?: readonly object[];
}

const passedOn = ["marginMode", "liquidation", "requestLimits", "history", "tape"] as const;

/** Prices as decimals, orders by their short numbers, instants in ms. */
export interface TicketTerms {
  readonly goodTill?: number;
  readonly goodAfter?: number;
  /** Share, as decimal text. */
  readonly rate?: string;
  readonly distance?: number;
  readonly activation?: number;
  readonly parent?: number;
  readonly group?: number;
  readonly closePosition?: boolean;
  readonly triggerBy?: OrderTerms["triggerBy"];
  readonly selfTrade?: OrderTerms["selfTrade"];
}

export interface Ticket {
  readonly type?: OrderType;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price?: number;
  readonly trigger?: number;
  readonly leg?: Leg;
  readonly timeInForce?: OrderRequest["timeInForce"];
  readonly reduceOnly?: boolean;
  readonly family?: OrderRequest["family"];
  readonly timeToLive?: number;
  /** The number of the order that a market fallback stands for. */
  readonly replaces?: number;
  /** In plain numbers, as the ticket's own. */
  readonly terms?: TicketTerms | undefined;
  /** Its own number; the next free one by default. */
  readonly number?: number;
}

const market = 0 as MarketIndex;

export function exchangeOf(setup: DeskSetup): VirtualExchange {
  const instrument = instrumentOf(setup.rules);
  return new VirtualExchange({
    markets: [{ instrument, series: seriesOf(instrument.symbol, setup.bars), ...perpetualOf(setup, instrument) }],
    ...Object.fromEntries(passedOn.filter((name) => setup[name] !== undefined).map((name) => [name, setup[name]])),
    profile: { ...(venueProfiles[setup.venue ?? "generic"] as VenueProfile), ...setup.profile },
    fill: { ...defaultFillModel, volumeCap: null, ...setup.fill },
    positionMode: setup.mode ?? "one_way",
    leverage: setup.leverage ?? 1,
    balances: setup.balances ?? { USDC: "1000" },
    positions: (setup.positions ?? []).map(([leg, signed, entry]) => ({ market: 0, leg, quantity: quantity(signed), price: price(entry) })),
    seed: setup.seed ?? 1,
  });
}

function perpetualOf({ funding, marks, tiers }: DeskSetup, instrument: Instrument) {
  return {
    ...(funding === undefined ? {} : { funding: fundingOf(funding) }),
    ...(tiers === undefined ? {} : { tiers: leverageTiers(tiers, instrument) }),
    ...(marks === undefined
      ? {}
      : {
          marks: seriesOf(
            instrument.symbol,
            marks.map((mark): Bar => [...mark, 0]),
          ),
        }),
  };
}

function fundingOf(rows: readonly (readonly [number, number])[]): FundingSeries {
  const time = Float64Array.from(rows, ([at]) => at);
  return { symbol: null, length: rows.length, time, rate: Float64Array.from(rows, ([, rate]) => rate), rateScale: 6 };
}

/** Volume is uncapped unless a test says otherwise; orders are numbered 1, 2, 3 … as they are sent. */
export class Desk {
  readonly exchange: VirtualExchange;
  private sent = 0;
  private bar = -1;

  constructor(setup: DeskSetup) {
    this.exchange = exchangeOf(setup);
  }

  /** Sends an order after the bars advanced so far. @returns its short number */
  send(ticket: Ticket, time: number = this.now): number {
    const number = ticket.number ?? this.sent + 1;
    this.sent = Math.max(this.sent, number);
    this.exchange.submit(requestOf(number, ticket), time as Millis);
    return number;
  }

  cancel(number: number, time: number = this.now): void {
    this.exchange.cancel(orderOf(number), market, time as Millis);
  }

  amend(number: number, change: { price?: number; trigger?: number; quantity?: number }): void {
    this.exchange.amend(
      orderOf(number),
      market,
      {
        price: change.price === undefined ? null : price(change.price),
        trigger: change.trigger === undefined ? null : price(change.trigger),
        quantity: change.quantity === undefined ? null : quantity(change.quantity),
      },
      this.now as Millis,
    );
  }

  /** Does something to the venue before the open of the next bar. */
  disturb(step: Disturbance): void {
    disturb(this.exchange, step, market, this.now as Millis);
  }

  query(number: number): void {
    this.exchange.query(orderOf(number), market, this.now as Millis);
  }

  /** Handles the next bar. @returns the venue's answers as lines */
  next(): string[] {
    this.bar += 1;
    this.exchange.advanceBar(market, this.bar);
    return this.heard();
  }

  /** Answers that wait now. */
  heard(): string[] {
    return drain(this.exchange).map(line);
  }

  /** Signed, in whole units. */
  position(leg: Leg = "NET"): number {
    return (this.exchange.position(market, leg)?.quantity ?? 0) / 10 ** quantityScale;
  }

  /** Balance without unrealised P&L, decimal text. */
  wallet(currency = "USDC"): string {
    const { account } = this.exchange;
    return printUnits(account.wallet(account.ledger.index(currency)), this.exchange.scaleOf(currency));
  }

  held(currency = "USDC"): string {
    const { account } = this.exchange;
    return printUnits(account.heldFor(account.ledger.index(currency)), this.exchange.scaleOf(currency));
  }

  get equity(): string {
    return printUnits(this.exchange.equity(), moneyScale);
  }

  get openOrders(): number[] {
    return this.exchange.markets[0]?.orders.sorted().map((order) => shortNumber(order.order)) ?? [];
  }

  /** Now: the close of the last bar. */
  get now(): number {
    return (this.bar + 1) * interval;
  }
}

export function orderOf(number: number): OrderNumber {
  return orderNumber(number as IntentNumber, 0);
}

export function shortNumber(order: OrderNumber): number {
  return order / 256;
}

export function requestOf(number: number, ticket: Ticket, at: MarketIndex = market): OrderRequest {
  return {
    order: orderOf(number),
    market: at,
    side: ticket.side,
    leg: ticket.leg ?? "NET",
    family: ticket.family ?? (ticket.reduceOnly === true ? "close" : "entry"),
    type: ticket.type ?? "market",
    quantity: quantity(ticket.quantity),
    price: ticket.price === undefined ? null : price(ticket.price),
    trigger: ticket.trigger === undefined ? null : price(ticket.trigger),
    timeInForce: ticket.timeInForce ?? "GTC",
    reduceOnly: ticket.reduceOnly ?? false,
    timeToLive: ticket.timeToLive ?? null,
    replaces: ticket.replaces === undefined ? null : orderOf(ticket.replaces),
    terms: termsOf(ticket.terms),
  };
}

function termsOf(given: TicketTerms | undefined): OrderTerms | null {
  if (given === undefined) return null;
  const { goodTill, goodAfter, rate, distance, activation, parent, group, ...rest } = given;
  const trail = {
    rate: rate === undefined ? null : parseRatio(rate),
    distance: distance === undefined ? null : price(distance),
    activation: activation === undefined ? null : price(activation),
  };
  return {
    ...noTerms,
    ...rest,
    goodTill: (goodTill ?? null) as Millis | null,
    goodAfter: (goodAfter ?? null) as Millis | null,
    trail: rate === undefined && distance === undefined ? null : trail,
    parent: parent === undefined ? null : orderOf(parent),
    group: group === undefined ? null : orderOf(group),
  };
}

/** All waiting answers in order of delivery. */
export function drain(exchange: VirtualExchange): VenueEvent[] {
  const answers: VenueEvent[] = [];
  for (let event = exchange.events.shift(); event !== undefined; event = exchange.events.shift()) answers.push(event);
  return answers;
}

/** An answer as one line: what happened, to which order, with its numbers. */
export function line(event: VenueEvent): string {
  switch (event.type) {
    case "order_acknowledged":
      return `ack ${shortNumber(event.order)}`;
    case "order_rejected":
      return words("reject", shortNumber(event.order), event.reason, event.code);
    case "order_unknown":
      return `unknown ${event.request} ${shortNumber(event.order)}`;
    case "order_filled": {
      const size = printUnits(event.quantity, quantityScale);
      const fee = `${printUnits(event.fee, feeScale(event.feeCurrency))} ${event.feeCurrency}`;
      return `fill ${shortNumber(event.order)}: ${size} at ${printUnits(event.price, priceScale)} ${event.liquidity} fee ${fee}`;
    }
    case "funding_paid":
      return `funding ${event.leg} ${printUnits(event.amount, moneyScale)} at ${printUnits(event.mark, priceScale)} (${event.source})`;
    case "liquidated":
      return words(
        `liquidated ${event.leg} ${printUnits(event.quantity, quantityScale)} at ${printUnits(event.price, priceScale)}`,
        `fee ${printUnits(event.fee, moneyScale)} insurance ${printUnits(event.insurance, moneyScale)}`,
        event.takeover ? "takeover" : null,
      );
    case "auto_deleveraged":
      return words(
        `deleveraged ${event.leg} ${printUnits(event.quantity, quantityScale)} at ${printUnits(event.price, priceScale)}`,
        `fee ${printUnits(event.fee, moneyScale)} left ${printUnits(event.left, quantityScale)}`,
      );
    case "query_rejected":
      return words("query rejected", event.order === null ? event.leg : shortNumber(event.order), event.reason, event.code);
    case "order_canceled":
      return `canceled ${shortNumber(event.order)} after ${printUnits(event.cumulative, quantityScale)}`;
    case "order_expired":
      return `expired ${shortNumber(event.order)} after ${printUnits(event.cumulative, quantityScale)} ${event.reason}`;
    case "cancel_rejected":
      return words("cancel rejected", shortNumber(event.order), event.reason, event.code);
    case "order_amended":
      return words("amended", shortNumber(event.order), printUnits(event.quantity, quantityScale), event.price, event.trigger);
    case "amend_rejected":
      return words("amend rejected", shortNumber(event.order), event.reason, event.code);
    case "query_answered":
      return words(
        "answer",
        shortNumber(event.order),
        event.status ?? "unknown",
        printUnits(event.cumulative, quantityScale),
        `${event.fills.length} fills`,
        event.refusal?.reason ?? null,
        event.refusal?.code ?? null,
      );
    case "position_reported":
      return words("position", event.leg, printUnits(event.quantity, quantityScale), event.external ? "external" : null);
    case "account_insolvent":
      return `insolvent ${printUnits(event.equity, moneyScale)} of ${printUnits(event.maintenance, moneyScale)}`;
    case "open_orders_reported":
      return words("open", ...event.orders.map(({ order }) => (order === null ? "foreign" : shortNumber(order))), event.complete ? null : "in part");
    case "fills_reported":
      return words("trades", `${event.fills.length} own`, `${event.foreign.length} foreign`, event.complete ? null : "in part");
    case "cash_reported":
      return words(
        "cash",
        printUnits(event.balance, moneyScale),
        ...event.flows.map(({ cause, amount }) => `${cause} ${printUnits(amount, moneyScale)}`),
      );
    case "account_reported":
      return words("account", event.positionMode, ...event.leverage.map(String), ...Object.entries(event.balances).flat());
    case "snapshot_failed":
      return words("failed", event.question, event.reason, event.code);
    case "venue_status_changed":
      return words("status", event.status);
    case "rules_reported":
      return words("rules", event.filters.tick, event.filters.step, event.filters.minNotional);
    case "fill_voided":
      return words("void", shortNumber(event.order), String(event.trade));
    case "funds_moved":
      return words("funds", event.currency, String(event.amount));
    case "stream_gap":
    case "stream_resynced":
      return event.type;
  }
}

function feeScale(currency: string): number {
  return currency === "USDC" ? moneyScale : currency === "ABC" ? quantityScale : 8;
}

function words(...parts: readonly (string | number | null)[]): string {
  return parts.filter((part) => part !== null).join(" ");
}
