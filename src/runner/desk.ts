// One market's desk: instrument, strategy, views, book, backoff and the orders that are out. State only; what happens
// to it is decided in intake.ts (intents) and outcomes.ts (answers).

import {
  defaultBackoffPolicy,
  defaultRoutePolicy,
  familyPolicy,
  wideZero,
  type Family,
  type FamilyPolicy,
  type Instrument,
  type InstrumentFilters,
  type Leg,
  type MarketIndex,
  type Moment,
  type OrderType,
  type Price,
  type ResumableRandom,
  type RoutePolicy,
  type TradeKind,
  type TradingStatus,
} from "../domain/index.ts";
import { IndicatorSet, type InstrumentView, type Strategy } from "../strategy/index.ts";
import { Backoff } from "./backoff.ts";
import { Book } from "./book.ts";
import { OrderForms, type OrderForm, type Tally } from "./order-forms.ts";
import type { RouteWork } from "./routing/route.ts";
import { SeriesView } from "./views.ts";

/** What a desk must know of the orders that are out. */
export interface DeskOrder {
  readonly order: number;
  readonly intent: number;
  readonly form: OrderForm;
  readonly cancelCause: CancelCause;
  readonly route: RouteWork | null;
  unknown: boolean;
  /** Its neighbours on the desk: the order that was sent before it, and the one after. */
  earlier: DeskOrder | null;
  later: DeskOrder | null;
}

/** Who asked for the cancel of an order; decides what its end means to the strategy. */
export type CancelCause = "none" | "strategy" | "timeout" | "replaced" | "runner";

export interface DeskOptions {
  readonly market: MarketIndex;
  readonly instrument: Instrument;
  readonly series: readonly SeriesView["series"][];
  readonly hedge: boolean;
  readonly strategy: Strategy;
  readonly random: ResumableRandom;
  /** Rates as float64, for the strategy's sizing. */
  readonly makerFee: number;
  readonly takerFee: number;
  /** Draws of the waits between slices. */
  readonly routeRandom: ResumableRandom;
  /** The venue changes the price of a resting order in its place, what it has filled included. */
  readonly amends: boolean;
}

/** What a desk counts and remembers, beside its orders. */
export interface DeskState {
  readonly version: number;
  readonly unresolved: number;
  readonly due: boolean;
  /** null: there was none. */
  readonly fillTime: number | null;
  readonly fillSequence: number;
  /** null: nothing has happened yet. */
  readonly activityTime: number | null;
  readonly cancelWatch: number;
  readonly canceling: number;
  readonly retries: number;
  readonly failing: string | null;
  readonly failures: number;
  readonly muted: boolean;
  readonly status: TradingStatus;
  readonly filters: InstrumentFilters | null;
  readonly rulesAsked: boolean;
  /** Entries long and short, adds long and short. */
  readonly pending: readonly [number, number, number, number];
  /** Orders that are out, in the order in which they were sent. */
  readonly chain: readonly number[];
}

function filtersView({ tick, step, minQuantity, minNotional, pricePower, quantityPower, moneyPower }: Instrument) {
  return {
    tick: tick / pricePower,
    step: step / quantityPower,
    minQuantity: minQuantity / quantityPower,
    minNotional: minNotional / moneyPower,
  };
}

export class Desk<O extends DeskOrder> {
  declare readonly market: MarketIndex;
  /** With the filters that hold at present. */
  declare instrument: Instrument;
  declare instrumentView: InstrumentView;
  declare readonly hedge: boolean;
  // Empty until the constructor fills it, so that it is laid out for strategies of any shape: theirs settle while they run.
  strategy: Strategy = null as never;
  declare readonly random: ResumableRandom;
  declare readonly views: readonly SeriesView[];
  declare readonly bars: SeriesView;
  readonly indicators = new IndicatorSet();
  declare readonly book: Book;
  declare readonly backoff: Backoff;
  declare readonly warmup: number;
  /** Orders that are out form a chain in the order in which they were sent: an order ends anywhere in it without a search. */
  first: O | null = null;
  last: O | null = null;
  /** Rises with each accepted intent that has a snapshot and with each fill: a snapshot is put back only onto the state that it was taken from. */
  version = 0;
  /** Entry and DCA orders that are out and not being cancelled, and routes of them, by side. */
  private readonly longEntries: Tally = { count: 0 };
  private readonly shortEntries: Tally = { count: 0 };
  private readonly longAdds: Tally = { count: 0 };
  private readonly shortAdds: Tally = { count: 0 };
  /** Orders that are pending for nobody. */
  private readonly others: Tally = { count: 0 };
  declare readonly routing: RoutePolicy;
  declare readonly routeRandom: ResumableRandom;
  declare readonly amends: boolean;
  /** Routed intents that have not ended; each counts as pending from its first order to its end. */
  readonly routes: RouteWork[] = [];
  /** Orders whose outcome is unknown: risk increase waits for them. */
  unresolved = 0;
  private trading: TradingStatus = "trading";
  /** The venue does not take every order here. */
  limited = false;
  /** Filters that the venue has named since the start; null: those of the instrument that the session began with. */
  filters: InstrumentFilters | null = null;
  /** The venue has been asked for its filters and has not told them yet. */
  rulesAsked = false;
  /** True from a closing of the finest series until the strategy has decided on it. */
  due = false;
  /** Venue time and sequence of the newest fill or close: what was reported before it is no longer news. */
  private fillTime = Number.NEGATIVE_INFINITY;
  fillSequence = 0;
  /** When the last fill happened, or an order ended whose fills are still on their way: for a while, reports may not have it. */
  activityTime = Number.NEGATIVE_INFINITY;
  /** When the next look at unanswered cancels is due, at a bar's close or a timer; 0 = none is out. */
  cancelWatch = wideZero;
  /** Orders whose cancel is out: with the last of them the watch ends. */
  private canceling = 0;
  /** Retries, repricings and fallbacks, for the metrics. */
  retries = 0;
  /** The hook that failed last and has not passed since; null: none. */
  failing: string | null = null;
  /** Verdicts on failures in a row. */
  failures = 0;
  /** The strategy did not come back once, and is never asked again. */
  muted = false;
  /** When intents were asked for last, and how many at that instant. */
  askedTime = Number.NEGATIVE_INFINITY;
  asked = 0;
  declare private readonly entryPolicy: FamilyPolicy;
  declare private readonly addPolicy: FamilyPolicy;
  declare private readonly takeProfitPolicy: FamilyPolicy;
  declare private readonly stopPolicy: FamilyPolicy;
  /** The type of an ADD that names none. */
  declare readonly addType: OrderType | null;
  declare readonly forms: Readonly<Record<TradeKind, OrderForms>>;

  constructor(options: DeskOptions) {
    const { instrument, strategy } = options;
    this.market = options.market;
    this.instrument = instrument;
    this.hedge = options.hedge;
    this.strategy = strategy;
    this.random = options.random;
    this.views = options.series.map((series) => new SeriesView(series));
    this.bars = this.views[0] as SeriesView;
    this.book = new Book(instrument, options.market, options.hedge);
    this.backoff = new Backoff(strategy.backoff ?? defaultBackoffPolicy);
    this.warmup = strategy.warmup ?? 0;
    this.routing = { ...defaultRoutePolicy, ...strategy.policy.routing };
    this.routeRandom = options.routeRandom;
    this.amends = options.amends;
    this.entryPolicy = familyPolicy(strategy.policy, "entry");
    this.addPolicy = familyPolicy(strategy.policy, "dca");
    this.takeProfitPolicy = familyPolicy(strategy.policy, "tp");
    this.stopPolicy = familyPolicy(strategy.policy, "sl");
    this.addType = strategy.policy.dcaOrderType;
    this.forms = {
      OPEN: new OrderForms("OPEN", this),
      ADD: new OrderForms("ADD", this),
      PARTIAL_CLOSE: new OrderForms("PARTIAL_CLOSE", this),
      CLOSE: new OrderForms("CLOSE", this),
    };
    this.instrumentView = Object.freeze({
      symbol: instrument.symbol,
      ...filtersView(instrument),
      contractSize: instrument.contractSizeNumber,
      makerFee: options.makerFee,
      takerFee: options.takerFee,
    });
  }

  /** The strategy's policy of a family, resolved once for those that trade most. */
  policy(family: Family): FamilyPolicy {
    switch (family) {
      case "entry":
        return this.entryPolicy;
      case "dca":
        return this.addPolicy;
      case "tp":
        return this.takeProfitPolicy;
      case "sl":
        return this.stopPolicy;
      default:
        return familyPolicy(this.strategy.policy, family);
    }
  }

  /** Which orders the venue takes here. */
  get status(): TradingStatus {
    return this.trading;
  }

  set status(status: TradingStatus) {
    this.trading = status;
    this.limited = status !== "trading";
  }

  /** Last close; 0 before the first bar. */
  get lastClose(): Price {
    return (this.bars.index < 0 ? 0 : this.bars.series.close[this.bars.index]) as Price;
  }

  /** A fill is told, or a close by the venue. */
  filled({ time, sequence }: Moment): void {
    if (time < this.fillTime || (time === this.fillTime && sequence < this.fillSequence)) return;
    this.fillTime = time;
    this.fillSequence = sequence;
  }

  /** What was so at this moment is so no more: the book has heard of something later. */
  isStale(leg: Leg, moment: Moment): boolean {
    const { time, sequence } = moment;
    return time < this.fillTime || (time === this.fillTime && sequence < this.fillSequence) || this.book.knew(leg, moment);
  }

  /** An order that is out, by its intent. The newest attempt wins. */
  orderOfIntent(intent: number): O | undefined {
    for (let order = this.last; order !== null; order = order.earlier as O | null) if (order.intent === intent) return order;
    return undefined;
  }

  /** Orders that are out, as a list of this moment. */
  list(): O[] {
    const orders: O[] = [];
    for (let order = this.first; order !== null; order = order.later as O | null) orders.push(order);
    return orders;
  }

  /** A routed intent that has not ended. */
  routeOf(intent: number): RouteWork | undefined {
    const { routes } = this;
    for (let at = 0; at < routes.length; at += 1) if (routes[at]?.intent === intent) return routes[at];
    return undefined;
  }

  take(order: O): void {
    this.append(order);
    this.count(order, 1);
  }

  private append(order: O): void {
    const { last } = this;
    order.earlier = last;
    order.later = null;
    if (last === null) this.first = order;
    else last.later = order;
    this.last = order;
  }

  /** Takes an order out that is on the desk. */
  drop(order: O): void {
    const { earlier, later } = order;
    if (earlier === null) this.first = later as O | null;
    else earlier.later = later;
    if (later === null) this.last = earlier as O | null;
    else later.earlier = earlier;
    if (order.cancelCause === "none") this.count(order, -1);
    else this.cancelDone();
    if (order.unknown) this.unresolved -= 1;
  }

  /** Counts an order as pending (or not any more): an order that is being cancelled no longer blocks its successor. */
  count(order: O, change: 1 | -1): void {
    // A route is tallied as a whole, from its first order to its end.
    if (order.route === null) order.form.tally.count += change;
  }

  tally({ family, direction }: RouteWork, change: 1 | -1): void {
    this.tallyOf(direction, family).count += change;
  }

  /** Where orders of a family are counted. */
  tallyOf(direction: "LONG" | "SHORT", family: Family): Tally {
    if (family === "entry") return direction === "LONG" ? this.longEntries : this.shortEntries;
    if (family === "dca") return direction === "LONG" ? this.longAdds : this.shortAdds;
    return this.others;
  }

  /** A cancel is out: the order no longer counts as pending. */
  cancelAsked(order: O): void {
    this.count(order, -1);
    this.canceling += 1;
  }

  /** An order has ended whose cancel was out, or its cancel was given up. */
  cancelDone(): void {
    this.canceling -= 1;
    if (this.canceling === 0) this.cancelWatch = 0;
  }

  /** The first bar of a range at whose close cancels without an answer have to be looked at; `to` when there is none. */
  watchBar(from: number, to: number): number {
    const { cancelWatch } = this;
    const { series } = this.bars;
    if (cancelWatch === 0 || series.closeTimeAt(to - 1) < cancelWatch) return to;
    let bar = from;
    while (series.closeTimeAt(bar) < cancelWatch) bar += 1;
    return bar;
  }

  /** The same market with other filters. */
  refit(instrument: Instrument): void {
    this.instrument = instrument;
    // Strategies hold the one of before for as long as they like.
    this.instrumentView = Object.freeze({ ...this.instrumentView, ...filtersView(instrument) });
  }

  snapshot(): DeskState {
    const { version, unresolved, due, fillTime, fillSequence, activityTime, cancelWatch, canceling, retries, failing, failures, muted } = this;
    const { status, filters, rulesAsked } = this;
    const chain: number[] = [];
    for (let order = this.first; order !== null; order = order.later as O | null) chain.push(order.order);
    return {
      status,
      filters,
      rulesAsked,
      version,
      unresolved,
      due,
      fillTime: fillTime === Number.NEGATIVE_INFINITY ? null : fillTime,
      fillSequence,
      activityTime: activityTime === Number.NEGATIVE_INFINITY ? null : activityTime,
      cancelWatch,
      canceling,
      retries,
      failing,
      failures,
      muted,
      pending: [this.longEntries.count, this.shortEntries.count, this.longAdds.count, this.shortAdds.count],
      chain,
    };
  }

  /** @param find an order that is out, by its number */
  restore({ fillTime, activityTime, pending, chain, ...plain }: DeskState, find: (order: number) => O): void {
    Object.assign(this, plain);
    if (this.muted) this.mute();
    this.fillTime = fillTime ?? Number.NEGATIVE_INFINITY;
    this.activityTime = activityTime ?? Number.NEGATIVE_INFINITY;
    [this.longEntries.count, this.shortEntries.count, this.longAdds.count, this.shortAdds.count] = pending;
    this.first = null;
    this.last = null;
    for (const number of chain) this.append(find(number));
  }

  /** Nobody answers for this desk any more: its orders live on at the venue, and nothing new is decided. */
  mute(): void {
    this.muted = true;
    const { name, policy } = this.strategy;
    this.strategy = { name, policy, onBar: () => undefined, snapshot: () => null, restore: () => undefined };
  }

  setUnknown(order: O, unknown: boolean): void {
    if (order.unknown === unknown) return;
    order.unknown = unknown;
    this.unresolved += unknown ? 1 : -1;
  }

  /** Entry orders and routes of a side that are out and not being cancelled. */
  pendingOf(side: "LONG" | "SHORT", family: "entry" | "dca"): number {
    return this.tallyOf(side, family).count;
  }
}

export function isPositioned({ book }: { readonly book: Book }): boolean {
  return book.legs.some((leg) => leg.quantity !== 0);
}
