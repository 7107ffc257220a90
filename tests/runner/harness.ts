// A runner driven by hand: hand-made bars, venue answers by the event, and a strategy that does what the test says at a
// bar. It must never answer on its own: what the venue does is the test's word.

import {
  BarSeries,
  defaultExecutionPolicy,
  Instrument,
  orderNumber,
  randomStream,
  type BackoffPolicy,
  type BarIndex,
  type Effect,
  type Event,
  type ExecutionPolicy,
  type IntentNumber,
  type Leg,
  type MarketIndex,
  type MarketRules,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type OrderStatus,
  type Permission,
  type Price,
  type Quantity,
  type RateLimit,
  type Reason,
  type Sequence,
} from "../../src/domain/index.ts";
import { defaultRunnerSettings, Runner, type RunnerSettings } from "../../src/runner/index.ts";
import type { Context, FillView, IntentView, Strategy } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";

export const minute = 60_000;

/** Prices have 2 decimals, quantities 3, money 6: 1 unit of quantity at 100.00 is worth 100_000_000 money units. */
export function instrumentOf(changes: Partial<MarketRules> = {}): Instrument {
  return new Instrument({ ...plainRules, ...changes }, { price: 2, quantity: 3, money: 6 });
}

/** 1m bars from time 0 whose four prices are the close, volume 1000. */
export function flatSeries(symbol: string, closes: readonly number[], intervalMs = minute): BarSeries {
  const column = (values: readonly number[]) => Float64Array.from(values);
  const price = column(closes.map((close) => Math.round(close * 100)));
  return new BarSeries(
    { symbol, timeframe: "1m", interval: intervalMs, priceScale: 2, quantityScale: 3 },
    {
      time: column(closes.map((_, bar) => bar * intervalMs)),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: column(closes.map(() => 1_000_000)),
    },
  );
}

/** What a venue says when it refuses something about an order. */
export function refusal(order: number, reason: Reason, code: string | null = null, limit: RateLimit | null = null) {
  return { order: order as OrderNumber, reason, code, message: null, ccxtClass: null, limit };
}

type Decide = (ctx: Context, state: StrategyState) => void;

/** Plain JSON; tests may write into it. */
export interface StrategyState {
  count: number;
}

/** What the strategy heard, in order. */
export type Heard =
  | { readonly what: "fill"; readonly fill: FillView }
  | { readonly what: "rejected"; readonly intent: number; readonly reason: Reason; readonly restored: boolean; readonly view: IntentView }
  | { readonly what: "canceled"; readonly intent: number; readonly filled: number }
  | { readonly what: "external"; readonly leg: Leg; readonly quantity: number }
  | { readonly what: "floor"; readonly floor: number }
  | { readonly what: "bar"; readonly bar: number };

/** Does at each bar what the test put there; counts its bars, so that its state always moves. */
export class TestStrategy implements Strategy<StrategyState> {
  readonly name: string;
  readonly policy: ExecutionPolicy;
  readonly backoff?: BackoffPolicy;
  readonly warmup: number;
  readonly heard: Heard[] = [];
  /** Names of hooks in the order of their calls, for traces over several markets. */
  readonly trace: string[];
  state: StrategyState = { count: 0 };
  at: Record<number, Decide> = {};
  onFillDo: ((ctx: Context, fill: FillView) => void) | null = null;
  onRejectedDo: ((ctx: Context, intent: IntentView, reason: Reason) => void) | null = null;
  onWarmupDo: ((ctx: Context) => void) | null = null;
  submitPermission: () => Permission = () => ({ allowed: true });
  closePermission: () => Permission = () => ({ allowed: true });
  score: number | null = null;
  setupDo: ((ctx: Context) => void) | null = null;

  constructor(options: { policy?: Partial<ExecutionPolicy>; backoff?: BackoffPolicy; warmup?: number; name?: string; trace?: string[] } = {}) {
    this.name = options.name ?? "test";
    this.policy = { ...defaultExecutionPolicy, dcaOrderType: "market", ...options.policy };
    if (options.backoff !== undefined) this.backoff = options.backoff;
    this.warmup = options.warmup ?? 0;
    this.trace = options.trace ?? [];
  }

  setup(ctx: Context): void {
    this.setupDo?.(ctx);
  }
  onWarmup(ctx: Context): void {
    this.onWarmupDo?.(ctx);
  }
  onBar(ctx: Context): void {
    this.trace.push(`bar ${ctx.symbol}`);
    this.heard.push({ what: "bar", bar: ctx.bar });
    this.state = { count: this.state.count + 1 };
    this.at[ctx.bar]?.(ctx, this.state);
  }
  onFill(ctx: Context, fill: FillView): void {
    this.heard.push({ what: "fill", fill });
    this.onFillDo?.(ctx, fill);
  }
  onRejected(ctx: Context, view: IntentView, reason: Reason, restored: boolean): void {
    this.heard.push({ what: "rejected", intent: view.intent, reason, restored, view });
    this.onRejectedDo?.(ctx, view, reason);
  }
  onCanceled(_ctx: Context, intent: IntentView, filled: number): void {
    this.heard.push({ what: "canceled", intent: intent.intent, filled });
  }
  onExternalChange(_ctx: Context, leg: Leg, quantity: number): void {
    this.heard.push({ what: "external", leg, quantity });
  }
  canSubmit(): Permission {
    return this.submitPermission();
  }
  canClose(): Permission {
    return this.closePermission();
  }
  setBrokerMinimum(symbol: string, floor: number): void {
    this.trace.push(`floor ${symbol}`);
    this.heard.push({ what: "floor", floor });
  }
  rank(ctx: Context): number {
    this.trace.push(`rank ${ctx.symbol}`);
    return this.score ?? 0;
  }
  snapshot(): StrategyState {
    return { ...this.state };
  }
  restore(state: StrategyState): void {
    this.state = { ...state };
  }

  /** What it heard of refusals and failures, as `intent reason restored`. */
  get rejections(): string[] {
    return this.heard.flatMap((entry) =>
      entry.what === "rejected" ? [`${entry.intent} ${entry.reason} ${entry.restored ? "restored" : "kept"}`] : [],
    );
  }
}

export interface DeskOptions {
  readonly strategy?: TestStrategy | Strategy;
  readonly closes?: readonly number[];
  readonly market?: Partial<MarketRules>;
  /** Longer timeframes beside the bars of `closes`. */
  readonly coarser?: readonly BarSeries[];
}

export interface HarnessOptions extends DeskOptions {
  readonly hedge?: boolean;
  readonly amends?: boolean;
  readonly settings?: Partial<RunnerSettings>;
  readonly markets?: readonly DeskOptions[];
  readonly positions?: readonly { readonly market: number; readonly leg: Leg; readonly quantity: number; readonly price: number }[];
}

type VenueFact<T extends Event["type"]> = Omit<Extract<Event, { type: T }>, "type" | "time" | "sequence" | "market">;

export class Harness {
  readonly runner: Runner;
  readonly instruments: readonly Instrument[];
  readonly series: readonly BarSeries[];
  readonly strategy: TestStrategy;
  readonly strategies: readonly TestStrategy[];
  /** Every effect so far. */
  readonly effects: Effect[] = [];
  clock = 0;
  private sequence = 0;
  private trade = 0;
  /** By order: quantity of each trade. */
  private readonly venueTrades = new Map<number, Map<number, number>>();

  constructor(options: HarnessOptions = {}) {
    const markets = options.markets ?? [options];
    this.strategies = markets.map(({ strategy }) => (strategy ?? new TestStrategy()) as TestStrategy);
    this.strategy = this.strategies[0] as TestStrategy;
    this.instruments = markets.map(({ market }) => instrumentOf(market));
    this.series = markets.map(({ closes }, at) =>
      flatSeries((this.instruments[at] as Instrument).symbol, closes ?? Array.from({ length: 200 }, () => 100)),
    );
    this.runner = new Runner({
      markets: this.series.map((series, at) => ({
        instrument: this.instruments[at] as Instrument,
        series: [series, ...(markets[at]?.coarser ?? [])],
        strategy: this.strategies[at] as Strategy,
        random: randomStream(1, `s${at}`),
        makerFee: 0.0002,
        takerFee: 0.0005,
        routeRandom: randomStream(1, `routes${at}`),
        amends: options.amends ?? true,
      })),
      hedge: options.hedge ?? true,
      settings: { ...defaultRunnerSettings, ...options.settings },
      balance: 1_000_000_000 as Money,
      positions: (options.positions ?? []).map(({ market, leg, quantity, price }) => ({
        market,
        leg,
        quantity: Math.round(quantity * 1_000) as Quantity,
        price: Math.round(price * 100) as Price,
      })),
    });
    this.drain();
  }

  /** Closes a bar of every market at once. @returns the effects of it */
  bar(bar: number, markets: readonly number[] = this.series.map((_, at) => at)): Effect[] {
    markets.forEach((market, at) => this.runner.handleBar(market as MarketIndex, 0, bar as BarIndex, at === markets.length - 1));
    this.clock = Math.max(this.clock, (bar + 1) * minute);
    return this.drain();
  }

  /** Bars `from` … `to`. */
  bars(from: number, to: number): Effect[] {
    const effects: Effect[] = [];
    for (let bar = from; bar <= to; bar += 1) effects.push(...this.bar(bar));
    return effects;
  }

  handle(event: Event): Effect[] {
    this.runner.handle(event);
    return this.drain();
  }

  fact<T extends Event["type"]>(type: T, fields: VenueFact<T>, market = 0): Event {
    this.sequence += 1;
    return { type, time: this.clock as Millis, sequence: this.sequence as Sequence, market: market as MarketIndex, ...fields } as unknown as Event;
  }

  ack(order: number): Effect[] {
    return this.handle(this.fact("order_acknowledged", { order: order as OrderNumber, venueOrderId: order }));
  }

  /** A fill event. Price and quantity in the strategy's numbers; the fee is 0.05 % of the value unless given, in USDC; cumulative is what the order has filled by all its trades. */
  fillEvent(
    order: number,
    price: number,
    quantity: number,
    options: { fee?: number; trade?: number; cumulative?: number; market?: number } = {},
  ): OrderFilled {
    this.trade += 1;
    const trade = options.trade ?? this.trade;
    const trades = this.venueTrades.get(order) ?? new Map<number, number>();
    this.venueTrades.set(order, trades.set(trade, quantity));
    const soFar = [...trades.values()].reduce((sum, one) => sum + one, 0);
    const fee = options.fee ?? price * quantity * 0.0005;
    return this.fact(
      "order_filled",
      {
        order: order as OrderNumber,
        trade,
        price: Math.round(price * 100) as Price,
        quantity: Math.round(quantity * 1_000) as Quantity,
        fee: Math.round(fee * 1_000_000) as Money,
        feeCurrency: "USDC",
        liquidity: "taker",
        cumulative: Math.round((options.cumulative ?? soFar) * 1_000) as Quantity,
      },
      options.market ?? 0,
    ) as OrderFilled;
  }

  fill(
    order: number,
    price: number,
    quantity: number,
    options: { fee?: number; trade?: number; cumulative?: number; market?: number } = {},
  ): Effect[] {
    return this.handle(this.fillEvent(order, price, quantity, options));
  }

  reject(order: number, reason: Reason = "injected_rejection", market = 0): Effect[] {
    return this.handle(this.fact("order_rejected", refusal(order, reason, "-2010"), market));
  }

  canceled(order: number, cumulative = 0): Effect[] {
    return this.handle(this.fact("order_canceled", { order: order as OrderNumber, cumulative: Math.round(cumulative * 1_000) as Quantity }));
  }

  unknown(order: number, request: "submit" | "cancel" | "amend" = "submit"): Effect[] {
    return this.handle(this.fact("order_unknown", { order: order as OrderNumber, request }));
  }

  cancelRejected(order: number): Effect[] {
    return this.handle(this.fact("cancel_rejected", refusal(order, "injected_cancel_failure")));
  }

  /** @param laterMs the clock moves on by so much before the answer */
  answer(order: number, status: OrderStatus | null, fills: readonly OrderFilled[] = [], laterMs = 0): Effect[] {
    this.clock += laterMs;
    const cumulative = fills.reduce((sum, fill) => sum + fill.quantity, 0) as Quantity;
    return this.handle(this.fact("query_answered", { order: order as OrderNumber, status, venueOrderId: null, cumulative, fills }));
  }

  position(leg: Leg, quantity: number, external = false, entryPrice: string | null = null): Effect[] {
    return this.handle(this.fact("position_reported", { leg, quantity: Math.round(quantity * 1_000) as Quantity, entryPrice, external }));
  }

  /** The account has not traded since whenever it was asked about. */
  nothingTraded(complete = true): Effect[] {
    return this.handle(this.fact("fills_reported", { fills: [], foreign: [], complete }));
  }

  /** What proves an order absent, in order: two reads behind the fence of 17 s, no trade, and the leg as the book has it. */
  proveAbsent(order: number, leg: Leg = "LONG"): Effect[] {
    const reads = [...this.answer(order, null, [], 20_000), ...this.answer(order, null, [], 2_000)];
    return [...reads, ...this.nothingTraded(), ...this.position(leg, this.held(leg))];
  }

  command(command: "stop_new_orders" | "kill" | "resume" | "halt", text = "by hand"): Effect[] {
    return this.handle(this.fact("operator_command", { command, text }));
  }

  /** Fires an armed timer by its number. */
  timer(timer: number, time = this.clock): Effect[] {
    this.clock = Math.max(this.clock, time);
    return this.handle(this.fact("timer_fired", { timer }));
  }

  /** Effects of one type so far. */
  of<T extends Effect["type"]>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
  }

  /** The requests that were sent. */
  get sent(): OrderRequest[] {
    return this.of("submit_order").map((effect) => effect.request);
  }

  /** Skips so far as `intent reason`. */
  get skips(): string[] {
    return this.of("intent_skipped").map(({ intent, reason }) => `${intent} ${reason}`);
  }

  /** Settlements of an order so far as `status reason`. */
  settled(order: number): string[] {
    return this.of("order_settled")
      .filter((effect) => effect.order === order)
      .map(({ status, reason }) => `${status} ${reason}`);
  }

  /** Units of the leg in the book. */
  held(leg: Leg, market = 0): number {
    return this.runner.positionOf(market, leg) / 1_000;
  }

  /** Takes what waits. */
  drain(): Effect[] {
    const taken: Effect[] = [];
    for (let effect = this.runner.effects.shift(); effect !== undefined; effect = this.runner.effects.shift()) taken.push(effect);
    this.effects.push(...taken);
    return taken;
  }
}

/** Order number of an intent's n-th attempt. */
export function orderOf(intent: number, attempt = 0): OrderNumber {
  return orderNumber(intent as IntentNumber, attempt);
}

/** A harness whose bar 0 opened LONG `quantity` at 100, already filled. Intent 1. */
export function positioned(options: HarnessOptions = {}, quantity = 1): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity });
  harness.bar(0);
  harness.ack(orderOf(1));
  harness.fill(orderOf(1), 100, quantity);
  return harness;
}
