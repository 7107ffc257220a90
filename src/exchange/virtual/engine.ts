// The virtual exchange: many markets, one account, one outbox. It implements the same port as a live venue: requests
// return nothing, every answer is an event. It knows no runner and no strategy.

import {
  OrderPool,
  parseRatio,
  parseUnits,
  randomStream,
  type ExchangePort,
  type Instrument,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderNumber,
  type OrderRequest,
  type Position,
  type Price,
  type Reason,
  type Refusal,
  type Sequence,
  type VenueEvent,
} from "../../domain/index.ts";
import { Account } from "./account.ts";
import { AccountHistory, recordTrade } from "./account-history.ts";
import type { Amendment } from "./changes.ts";
import { ClientIdMemory } from "./client-ids.ts";
import { FaultBox } from "./fault-box.ts";
import type { Fault } from "./faults.ts";
import { currenciesOf, FeeSchedule, thirdCurrencyScale } from "./fees.ts";
import type { FillModel } from "./fill-model.ts";
import type { LiquidationHost } from "./liquidator.ts";
import { marketVenueOf } from "./inside-venue.ts";
import { Lag } from "./latency.ts";
import { MarkPrices } from "./mark-prices.ts";
import type { MarketVenue } from "./market-venue.ts";
import type { Venue } from "./venue.ts";
import { checkOptions, type VirtualExchangeOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Outside } from "./outside.ts";
import { Perpetuals } from "./perpetuals.ts";
import { perpetualMarkets, ruleOf } from "./perpetual-settings.ts";
import { PositionLimit } from "./position-limit.ts";
import type { VenueProfile } from "./profile.ts";
import { RequestGate, type LimitStep } from "./request-gate.ts";
import { rehearsed } from "./rehearsal.ts";
import { Snapshots } from "./snapshots.ts";
import { SolvencyWatch } from "./solvency.ts";
import { badState, checkState, orderOfState, orderState, venueStateSchema, type MarketState, type VirtualExchangeState } from "./state.ts";
import { Trouble } from "./trouble.ts";
import { VenueOrder } from "./venue-order.ts";
import { VenueTape } from "./venue-tape.ts";

export class VirtualExchange implements ExchangePort, Venue, LiquidationHost {
  /** Answers on their way, in order of delivery. */
  declare readonly events: Outbox;
  declare readonly account: Account;
  declare readonly markets: readonly MarketVenue[];
  declare readonly profile: VenueProfile;
  declare readonly fill: FillModel;
  declare readonly seed: number;
  /** Currency of equity: every market's settlement currency. */
  declare readonly settlement: string;
  declare private readonly settlementIndex: number;
  declare readonly faults: FaultBox;
  declare readonly clientIds: ClientIdMemory | null;
  /** null: requests and answers take no time. */
  declare private readonly lag: Lag | null;
  /** null: every request is taken. */
  gate: RequestGate | null = null;
  declare private readonly solvency: SolvencyWatch;
  /** Funding, margin and liquidation; null for a session that has none of them. */
  declare readonly perpetuals: Perpetuals | null;
  /** By market; null where there are none. */
  declare readonly marks: readonly (MarkPrices | null)[];
  /** Closed orders are still found by queries for a while. */
  readonly pool = new OrderPool<VenueOrder>(() => new VenueOrder());
  /** What it tells of the past; null for a session that never asks. */
  declare readonly history: AccountHistory | null;
  /** null: nobody audits the session. */
  declare readonly tape: VenueTape | null;
  /** null: nothing is wrong with it beside faults that hit single requests. */
  trouble: Trouble | null = null;
  /** What happens to the account without an order of the session. */
  readonly outside: Outside = new Outside(this);
  private readonly snapshots = new Snapshots(this);
  private sequence = 0;
  private orderId = 0;
  private trade = 0;

  /** @throws SeatrialError for settings that the profile or the markets do not allow */
  constructor(options: VirtualExchangeOptions) {
    const { profile, fill, positionMode, leverage } = options;
    checkOptions(options);
    this.profile = profile;
    this.fill = fill;
    this.seed = options.seed;
    this.history = options.history === true ? new AccountHistory(options.markets.length, options.profile.rejectionMemory) : null;
    this.faults = new FaultBox(options.seed);
    this.lag = fill.latency === null ? null : new Lag(options.seed, fill.latency);
    this.events = new Outbox(fill.delivery === "seeded" ? randomStream(options.seed, "venue-delivery") : null, fill.deliveryWindow, this.lag);
    const instruments = options.markets.map((market) => market.instrument);
    const fees = instruments.map((instrument) => new FeeSchedule(instrument, profile));
    const currencies = currenciesOf(instruments, fees, Object.keys(options.balances));
    const maintenance = parseRatio(profile.maintenanceMarginRate);
    this.account = new Account({ instruments, fees, currencies, mode: positionMode, leverage, maintenance });
    this.settlement = (instruments[0] as Instrument).rules.settle;
    const { idempotency, idempotencyWindowMs } = profile;
    this.clientIds = idempotency === "I2" || idempotency === "I3" ? new ClientIdMemory(idempotency, idempotencyWindowMs ?? 0) : null;
    if (profile.requests !== null && options.requestLimits !== false) this.gate = new RequestGate(profile, true);
    this.settlementIndex = this.account.ledger.index(this.settlement);
    this.solvency = new SolvencyWatch(this.account, this.settlementIndex);
    this.marks = options.markets.map(({ marks, instrument }) => (marks === undefined ? null : new MarkPrices(marks, instrument)));
    const perpetual = perpetualMarkets(options, this.marks);
    this.perpetuals = perpetual === null ? null : new Perpetuals(this, perpetual, ruleOf(options));
    this.markets = options.markets.map((market, at) => {
      const opened = marketVenueOf(at as MarketIndex, market, fees[at] as FeeSchedule, this);
      opened.positionLimit = PositionLimit.of(market.instrument, market.tiers, leverage);
      return opened;
    });
    for (const [currency, text] of Object.entries(options.balances))
      this.account.deposit(currency, parseUnits(text, this.scaleOf(currency)) as Money);
    for (const boot of options.positions ?? []) this.account.boot(boot.market, boot.leg, boot.quantity, boot.price);
    this.tape = options.tape === true ? new VenueTape(this) : null;
    this.positionChanged();
    if (fill.path === "worst" || fill.path === "best")
      this.advanceBar = rehearsed(this, fill.path, this.advanceBar.bind(this), () => {
        return new VirtualExchange({ ...options, tape: false, fill: { ...fill, path: "adaptive" } });
      });
  }

  // ---- ExchangePort ---------------------------------------------------------------------------------------------

  submit(request: OrderRequest, time: Millis): void {
    const refusal = this.gate === null ? null : this.gate.ask("submit", time);
    if (refusal !== null) return this.turnAway("order_rejected", request.order, request.market, time, refusal);
    (this.markets[request.market] as MarketVenue).requestSubmit(request, time);
  }

  cancel(order: OrderNumber, market: MarketIndex, time: Millis): void {
    const refusal = this.gate === null ? null : this.gate.ask("cancel", time);
    if (refusal !== null) return this.turnAway("cancel_rejected", order, market, time, refusal);
    (this.markets[market] as MarketVenue).requestCancel(order, time);
  }

  amend(order: OrderNumber, market: MarketIndex, change: Amendment, time: Millis): void {
    const refusal = this.gate === null ? null : this.gate.ask("amend", time);
    if (refusal !== null) return this.turnAway("amend_rejected", order, market, time, refusal);
    (this.markets[market] as MarketVenue).requestAmend(order, change, time);
  }

  /** Answered at once, with what had happened by the time of the question: a bar's path is walked before it is told. */
  query(order: OrderNumber, market: MarketIndex, time: Millis): void {
    const refusal = (this.gate === null ? null : this.gate.ask("query_order", time)) ?? this.snapshots.refusal("order", market, time);
    if (refusal !== null) return this.refuseQuery(order, null, market, time, refusal);
    this.snapshots.order(market, order, time);
  }

  find(market: MarketIndex, order: OrderNumber): VenueOrder | undefined {
    return (this.markets[market] as MarketVenue).orders.get(order) ?? this.pool.find(order);
  }

  queryPosition(market: MarketIndex, leg: Leg, time: Millis): void {
    const refusal = (this.gate === null ? null : this.gate.ask("query_positions", time)) ?? this.snapshots.refusal("positions", market, time);
    if (refusal !== null) return this.refuseQuery(null, leg, market, time, refusal);
    this.snapshots.position(market, leg, time, false);
  }

  queryOpenOrders(market: MarketIndex, time: Millis): void {
    this.snapshots.openOrders(market, time);
  }

  queryFills(market: MarketIndex, since: Millis, time: Millis): void {
    this.snapshots.fills(market, since, time);
  }

  queryAccount(time: Millis): void {
    this.snapshots.account(time);
  }

  queryCash(since: Millis, time: Millis): void {
    this.snapshots.cash(since, time);
  }

  queryRules(market: MarketIndex, time: Millis): void {
    this.snapshots.rules(market, time);
  }

  /** It got no further than the venue's door, after the way there. */
  private turnAway(
    type: "order_rejected" | "cancel_rejected" | "amend_rejected",
    order: OrderNumber,
    market: MarketIndex,
    time: Millis,
    refusal: Refusal,
  ): void {
    const arrival = this.lag === null ? time : type === "cancel_rejected" ? this.lag.canceled(order, time) : this.lag.submitted(order, time);
    const event = { type, market, time: arrival, sequence: this.nextSequence(), order, ...refusal };
    if (this.tape !== null) this.tape.told(event);
    this.events.push(event, arrival);
  }

  private refuseQuery(order: OrderNumber | null, leg: Leg | null, market: MarketIndex, time: Millis, refusal: Refusal): void {
    this.events.push({ type: "query_rejected", market, time, sequence: this.nextSequence(), order, leg, ...refusal }, time);
  }

  // ---- the simulation's side ------------------------------------------------------------------------------------

  /** Opens and walks bar `bar` of what a market is walked on: open → path → close. Answers are in `events` afterwards. */
  advanceBar(market: MarketIndex, bar: number): void {
    const venue = this.markets[market] as MarketVenue;
    const { perpetuals } = this;
    if (this.trouble !== null) this.snapshots.barOpens(venue, venue.series.timeAt(bar));
    if (perpetuals !== null) {
      venue.stirring = perpetuals.begin(market, bar);
      venue.advance(bar);
      if (venue.stirring) perpetuals.close(market, bar);
      if (perpetuals.book !== null) return;
    } else venue.advance(bar);
    if (this.solvency.endangered(market, venue.low, venue.high)) this.checkSolvency(venue, bar);
  }

  /**
   * The first bar of a market from `from` on, `to` at the latest, that has to be opened: in those before it no order
   * arrives or can fill, the account is safe, and its equity moves on a line.
   */
  quietUntil(market: MarketIndex, from: number, to: number): number {
    const venue = this.markets[market] as MarketVenue;
    if (venue.expectant) return from;
    const { solvency, perpetuals } = this;
    const book = perpetuals === null ? null : perpetuals.book;
    const isPredictable = book === null ? solvency.isPredictable(market) : perpetuals?.isPredictable(market) === true;
    if (!isPredictable) return from;
    const low = book === null ? solvency.dangerLow : book.dangerLow(market);
    const high = book === null ? solvency.dangerHigh : book.dangerHigh(market);
    const end = perpetuals === null ? to : perpetuals.stampBar(market, from, to);
    // Beyond the other bound, equity would need more digits than its line has.
    return venue.quietUntil(from, end, low, Math.min(high, this.account.linePriceMax));
  }

  /** Closes the quiet bars of a market up to `bar`. */
  coast(market: MarketIndex, bar: number): void {
    (this.markets[market] as MarketVenue).coast(bar);
  }

  arm(fault: Fault): void {
    this.faults.arm(fault);
    this.troubled();
  }

  /** Shrinks what the venue takes, or shuts the session out of it, from an instant on. */
  limitRequests(step: LimitStep, time: Millis): void {
    this.gate ??= new RequestGate(this.profile, false);
    this.gate.script(step, time);
  }

  /** From here on something may be wrong with the venue, as a whole. */
  troubled(): Trouble {
    if (this.trouble === null) {
      this.trouble = new Trouble(this);
      this.events.wire = this.trouble.wire;
    }
    return this.trouble;
  }

  /** The stream says that a leg was changed from outside. */
  tellPosition(market: MarketIndex, leg: Leg, time: Millis): void {
    this.snapshots.position(market, leg, time, true);
  }

  /** Equity in the settlement currency at the last prices, exact. */
  equity(): Money {
    return this.account.equity(this.settlementIndex);
  }

  position(market: number, leg: Leg): Position | undefined {
    return this.account.leg(market, leg);
  }

  /** Everything that is needed to continue in another process, as plain JSON. To be called between bars. */
  exportState(): VirtualExchangeState {
    return {
      schema: venueStateSchema,
      counters: { sequence: this.sequence, order: this.orderId, trade: this.trade },
      account: this.account.snapshot(),
      markets: this.markets.map((market) => market.exportState()),
      recent: this.pool.snapshot().map(orderState),
      outbox: this.events.snapshot(),
      faults: this.faults.snapshot(),
      perpetuals: this.perpetuals?.snapshot() ?? null,
      clientIds: this.clientIds?.snapshot() ?? null,
      gate: this.gate?.snapshot() ?? null,
      trouble: this.trouble?.snapshot() ?? null,
      history: this.history?.snapshot() ?? null,
      outside: this.outside.snapshot(),
    };
  }

  /**
   * Continues from a saved state. This exchange must be new, and built from the settings and bars of the saved one.
   * @throws SeatrialError `bad_venue_state`, InvariantError when the saved money is not consistent
   */
  importState(state: VirtualExchangeState): void {
    if (this.sequence > 0 || this.markets.some((market) => market.bar >= 0)) throw badState("this exchange has a history of its own");
    checkState(state, {
      symbols: this.markets.map((market) => market.instrument.symbol),
      currencies: this.account.ledger.currencies,
      seeded: this.fill.delivery === "seeded",
    });
    this.account.restore(state.account);
    // Requests on their way may name orders that have ended.
    this.pool.restore(state.recent.map(orderOfState));
    this.markets.forEach((market, at) => market.importState(state.markets[at] as MarketState));
    this.sequence = state.counters.sequence;
    this.orderId = state.counters.order;
    this.trade = state.counters.trade;
    this.events.restore(state.outbox);
    this.faults.restore(state.faults);
    if (state.clientIds !== null) this.clientIds?.restore(state.clientIds);
    if (state.gate !== null) (this.gate ??= new RequestGate(this.profile, false)).restore(state.gate);
    if (state.perpetuals !== null) this.perpetuals?.restore(state.perpetuals);
    if (state.trouble !== null) this.troubled().restore(state.trouble);
    if (state.history !== null) this.history?.restore(state.history);
    this.outside.restore(state.outside);
    this.positionChanged();
  }

  /** Checks that assertions have made so far. */
  get invariantChecks(): number {
    return this.account.checks;
  }

  scaleOf(currency: string): number {
    for (const { instrument } of this.account.markets) {
      if (instrument.rules.settle === currency) return instrument.moneyScale;
      if (instrument.spot && instrument.rules.base === currency) return instrument.quantityScale;
    }
    return thirdCurrencyScale;
  }

  private checkSolvency(venue: MarketVenue, bar: number): void {
    const { index: market, series } = venue;
    const shortfall = this.solvency.shortfall(market, series.lowAt(bar)) ?? this.solvency.shortfall(market, series.highAt(bar));
    if (shortfall === null) return;
    const time = (series.closeTimeAt(bar) - 1) as Millis;
    this.events.push({ type: "account_insolvent", time, sequence: this.nextSequence(), market, ...shortfall }, time);
  }

  // ---- what the markets share -----------------------------------------------------------------------------------

  emit(event: VenueEvent, time: Millis): void {
    if (this.gate !== null && event.type === "order_filled") {
      const { instrument } = this.account.markets[event.market] as Account["markets"][number];
      this.gate.traded(instrument.notional(event.price, event.quantity), instrument.moneyPower);
    }
    if (this.history !== null) recordTrade(this.history, this, event);
    if (this.tape !== null) this.tape.told(event);
    this.events.push(event, time);
  }

  positionChanged(): void {
    const { perpetuals } = this;
    if (perpetuals === null || perpetuals.book === null) this.solvency.refresh();
    else perpetuals.refresh();
  }

  cancelOrders(market: MarketIndex, leg: Leg | null, time: Millis, reason: Reason): void {
    (this.markets[market] as MarketVenue).takeAway(leg, time, reason);
  }

  closePrice(market: MarketIndex, { quantity }: Position, price: Price): Price {
    const venue = this.markets[market] as MarketVenue;
    if (venue.bar < 0) return price;
    return venue.pricing.closing(price, quantity, venue.turnover(), venue.floor(), venue.ceiling());
  }

  /** Venue order ids begin at the first again. */
  resetOrderIds(time: Millis): void {
    this.orderId = 0;
    this.tape?.renumbered(time);
  }

  nextOrderId(): number {
    this.orderId += 1;
    return this.orderId;
  }

  nextTrade(): number {
    this.trade += 1;
    return this.trade;
  }

  nextSequence(): Sequence {
    this.sequence += 1;
    return this.sequence as Sequence;
  }
}
