// The Context that a strategy is given: reads of its desk, and the doors to the intake. One a market, reused.

import { SeatrialError, type BarIndex, type Instrument, type Leg, type Millis, type OrderIntent, type RandomStream } from "../domain/index.ts";
import type { BarView, Context, IndicatorSet, InstrumentView, OrderView, PositionView } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { Intake } from "./intake.ts";
import type { RunnerDesk } from "./order.ts";

/** One side of the book in float64, always current: a view, not a copy. */
class SideView implements PositionView {
  declare private readonly desk: RunnerDesk;
  declare private readonly side: "LONG" | "SHORT";
  declare private readonly instrument: Instrument;
  declare private readonly leg: Leg;

  constructor(desk: RunnerDesk, side: "LONG" | "SHORT") {
    this.desk = desk;
    this.side = side;
    this.instrument = desk.instrument;
    this.leg = desk.hedge ? side : "NET";
  }

  get quantity(): number {
    return this.desk.book.quantityOf(this.side) / this.instrument.quantityPower;
  }

  get entryPrice(): number {
    return this.desk.book.quantityOf(this.side) === 0 ? 0 : this.desk.book.leg(this.leg).averageEntry();
  }
}

export class DeskContext implements Context {
  declare readonly symbol: string;
  declare readonly instrument: InstrumentView;
  declare readonly hedge: boolean;
  declare readonly bars: BarView;
  declare readonly indicators: IndicatorSet;
  declare readonly random: RandomStream;
  declare private readonly core: Core;
  declare private readonly desk: RunnerDesk;
  declare private readonly intake: Intake;
  declare private readonly long: SideView;
  declare private readonly short: SideView;

  constructor(core: Core, desk: RunnerDesk, intake: Intake) {
    this.core = core;
    this.desk = desk;
    this.intake = intake;
    this.symbol = desk.instrument.symbol;
    this.instrument = desk.instrumentView;
    this.hedge = desk.hedge;
    this.bars = desk.bars;
    this.indicators = desk.indicators;
    this.random = desk.random;
    this.long = new SideView(desk, "LONG");
    this.short = new SideView(desk, "SHORT");
  }

  get now(): Millis {
    return this.core.now;
  }
  get bar(): BarIndex {
    return this.desk.bars.index as BarIndex;
  }
  get equity(): number {
    return this.core.equity;
  }

  series(timeframe: string, symbol = this.symbol): BarView {
    const desk = this.core.desks.find((candidate) => candidate.instrument.symbol === symbol);
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
    return side === "LONG" ? this.long : this.short;
  }

  orders(): readonly OrderView[] {
    return this.desk.orders.map((order) => order.orderView());
  }

  open(intent: OrderIntent): number {
    return this.intake.ask(this.desk, this, "OPEN", intent);
  }
  add(intent: OrderIntent): number {
    return this.intake.ask(this.desk, this, "ADD", intent);
  }
  reduce(intent: OrderIntent): number {
    return this.intake.ask(this.desk, this, "PARTIAL_CLOSE", intent);
  }
  close(intent: OrderIntent): number {
    return this.intake.ask(this.desk, this, "CLOSE", intent);
  }

  cancel(intent: number): boolean {
    const order = this.desk.orderOfIntent(intent);
    return order !== undefined && this.intake.cancel(order, "strategy", "strategy_cancel");
  }

  amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    return this.intake.amend(this.desk, intent, change);
  }
}
