// The Context that a strategy is given: reads of its desk, and the doors to the intake. One a market, reused.

import { SeatrialError, type BarIndex, type Millis, type OrderIntent, type RandomStream } from "../domain/index.ts";
import type { BarView, Context, IndicatorSet, InstrumentView, OrderView, PositionView } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { Intake } from "./intake.ts";
import type { RunnerDesk } from "./order.ts";
import { routeOrderView } from "./routing/route.ts";

export class DeskContext implements Context {
  declare readonly symbol: string;
  declare readonly hedge: boolean;
  declare readonly bars: BarView;
  declare readonly indicators: IndicatorSet;
  declare readonly random: RandomStream;
  readonly #core: Core;
  readonly #desk: RunnerDesk;
  readonly #intake: Intake;
  // Of the desk's book, nearer at hand: they are asked for at every bar, and stay the same objects.
  readonly #long: PositionView;
  readonly #short: PositionView;

  constructor(core: Core, desk: RunnerDesk, intake: Intake) {
    this.#core = core;
    this.#desk = desk;
    this.#intake = intake;
    this.#long = desk.book.long;
    this.#short = desk.book.short;
    this.symbol = desk.instrument.symbol;
    this.hedge = desk.hedge;
    this.bars = desk.bars;
    this.indicators = desk.indicators;
    this.random = desk.random;
    // A strategy acts through intents alone (I-33).
    Object.freeze(this);
  }

  get instrument(): InstrumentView {
    return this.#desk.instrumentView;
  }
  get now(): Millis {
    this.#core.catchUp(this.#desk);
    return this.#core.now;
  }
  get bar(): BarIndex {
    return this.#desk.bars.index as BarIndex;
  }
  get equity(): number {
    const core = this.#core;
    const { bars } = this.#desk;
    // While the account moves on a line, its last mark is a point of it: the close before the one that is decided on.
    return core.lineFrom >= 0 && bars.index > core.lineFrom ? core.equityOnLine(bars.series.close[bars.index - 1] as number) : core.equity;
  }

  series(timeframe: string, symbol = this.symbol): BarView {
    const desk = this.#core.desks.find((candidate) => candidate.instrument.symbol === symbol);
    const view = desk?.views.find((candidate) => candidate.series.timeframe === timeframe || candidate.timeframe === timeframe);
    if (view === undefined) {
      throw new SeatrialError({
        code: "unknown_series",
        exitCode: 2,
        reason: `this session has no ${timeframe} bars of ${symbol}`,
        hint: "add the timeframe to the market in the scenario",
      });
    }
    return view;
  }

  position(side: "LONG" | "SHORT"): PositionView {
    return side === "LONG" ? this.#long : this.#short;
  }

  orders(): readonly OrderView[] {
    const { routes, instrument } = this.#desk;
    const views = this.#desk.list().map((order) => order.orderView());
    if (routes.length === 0) return views;
    // A route is one order to its strategy, between its slices as well.
    const between = routes.filter((route) => this.#core.orders.get(route.order) === undefined);
    return [...views, ...between.map((route) => routeOrderView(instrument, route, null, false))].sort((a, b) => a.intent - b.intent);
  }

  open(intent: OrderIntent): number {
    return this.#intake.ask(this.#desk, this, this.#desk.forms.OPEN, intent);
  }
  add(intent: OrderIntent): number {
    return this.#intake.ask(this.#desk, this, this.#desk.forms.ADD, intent);
  }
  reduce(intent: OrderIntent): number {
    return this.#intake.ask(this.#desk, this, this.#desk.forms.PARTIAL_CLOSE, intent);
  }
  close(intent: OrderIntent): number {
    return this.#intake.ask(this.#desk, this, this.#desk.forms.CLOSE, intent);
  }

  cancel(intent: number): boolean {
    this.#core.catchUp(this.#desk);
    return this.#intake.cancelIntent(this.#desk, intent, "strategy", "strategy_cancel");
  }

  amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    this.#core.catchUp(this.#desk);
    return this.#intake.amend(this.#desk, intent, change);
  }
}
