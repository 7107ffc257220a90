// grid: limit orders at fixed prices; each that fills puts its counterpart one level away, and that one puts it back. The
// runner's open orders are the truth of what is out: it must never count on an order that it only asked for.

import { allowed, defaultExecutionPolicy, SeatrialError } from "../../domain/index.ts";
import type { ExecutionPolicy, Leg, OrderIntent, Permission, Reason } from "../../domain/index.ts";
import type { Context, FillView, IntentView, Strategy, StrategyDefinition } from "../contract.ts";
import { toStep } from "./dca-ladder.ts";
import { Cells, gridLevels, standOfTag, tagOf, type CellsState } from "./grid-cells.ts";
import { checkGridParams, gridDefaults, type GridParams } from "./grid-params.ts";
import { PartFills, type PartFilled } from "./grid-part-fills.ts";

/** Plain JSON: everything that a restart needs beside the open orders. */
export interface GridState {
  /** Null before the first bar. */
  readonly cells: CellsState | null;
  readonly partFilled: readonly PartFilled[];
  /** The initial position: still to be asked for, out, or settled. */
  readonly start: "due" | "asked" | "done";
  readonly stopped: boolean;
  readonly paused: boolean;
  /** Orders that open at one time, at most; null = all. After a refusal one, then two, four … */
  readonly batch: number | null;
  readonly retryAt: number;
}

/** What is out, as the runner's open orders tell it, and what has ended with fills still on their way. */
interface Survey {
  readonly levels: Set<number>;
  readonly cells: Set<number>;
  /** What no resting order of the grid closes yet, base units. */
  readonly free: { LONG: number; SHORT: number };
  starting: boolean;
}

const startTag = "start";
const over: Permission = { allowed: false, reason: "strategy_cannot_submit" };
const sides = ["LONG", "SHORT"] as const;

export class Grid implements Strategy<GridState> {
  readonly name = "grid";
  declare readonly policy: ExecutionPolicy;
  declare private readonly params: GridParams;
  /** One-way and neutral: long and short cells share one position. */
  private netting = false;
  private spot = false;
  private brokerMinimum = 0;
  private cells: Cells | null = null;
  private readonly partFills = new PartFills();
  private start: GridState["start"] = "due";
  private stopped = false;
  private paused = false;
  private batch: number | null = null;
  private retryAt = 0;
  /** Something has changed since the last look at all cells. */
  private stale = true;
  private band = -1;
  /** The position has changed since the stop was brought in line with it. */
  private unguarded = true;

  constructor(params: GridParams) {
    this.params = params;
    this.policy = {
      ...defaultExecutionPolicy,
      families: {
        entry: { orderType: "market" },
        dca: { orderType: "limit", postOnly: params.postOnly },
        tp: { orderType: "limit", postOnly: false },
        sl: { orderType: "stop_market" },
      },
      dcaOrderType: "limit",
      maxPendingAdds: params.levels,
    };
  }

  /** @throws SeatrialError `bad_parameter` for a short or neutral grid on spot, and for levels that the tick does not tell apart */
  setup(ctx: Context): void {
    const { params } = this;
    this.spot = !ctx.symbol.includes(":");
    this.netting = !ctx.hedge && params.direction === "neutral";
    if (params.lower !== null && params.upper !== null) gridLevels(params, params.lower, ctx.instrument.tick);
    if (!this.spot || params.direction === "long") return;
    throw new SeatrialError({
      code: "bad_parameter",
      reason: `grid: direction ${params.direction} sells what a spot account does not have`,
      hint: 'set direction to "long"',
    });
  }

  /** Nothing to learn from warm-up bars: levels are prices. */
  onWarmup(): void {}

  onBar(ctx: Context): void {
    this.cells ??= Cells.laid(this.params, ctx.bars.close, ctx.instrument.tick);
    if (this.stopped || this.isBeyondStop(ctx.bars.close)) return this.windDown(ctx);
    this.watchRange(ctx, this.cells);
    if (this.stale || this.batch !== null || this.band !== this.cells.bandOf(ctx.bars.close)) this.plan(ctx, this.cells);
    if (this.unguarded) this.protect(ctx, true);
  }

  onFill(ctx: Context, fill: FillView): void {
    const { cells } = this;
    if (cells === null) return;
    this.stale = true;
    const done = this.partFills.told(fill, ctx.instrument.step);
    if (fill.family === "sl") return this.windDown(ctx);
    const stand = standOfTag(fill.tag);
    if (stand !== null) cells.book(stand, fill, ctx.instrument.step, this.spot);
    else if (fill.tag === startTag) cells.spread(fill.quantity, (cell) => this.quantityOf(ctx, cells, cell));
    if (!done || this.stopped) return;
    this.plan(ctx, cells);
    this.protect(ctx, false);
  }

  onRejected(ctx: Context, intent: IntentView, reason: Reason): void {
    this.stale = true;
    this.unguarded = true;
    if (reason === "trigger_already_crossed") return this.windDown(ctx);
    // A post-only order that the price has passed is no sign of trouble: it waits until the price is back.
    if ((intent.kind !== "OPEN" && intent.kind !== "ADD") || reason === "post_only_would_cross") return;
    this.batch = 1;
    this.retryAt = ctx.now + this.params.retryMs;
  }

  onCanceled(ctx: Context, intent: IntentView, filled: number): void {
    this.stale = true;
    this.unguarded = true;
    this.partFills.ended(intent, filled, ctx.instrument.step);
  }

  onExternalChange(ctx: Context, leg: Leg, quantity: number): void {
    const { cells } = this;
    if (cells === null) return;
    this.stale = true;
    this.unguarded = true;
    this.partFills.settle();
    const changed = new Set<number>();
    if (leg !== "SHORT") for (const cell of cells.shrink(1, leg === "LONG" ? Math.abs(quantity) : Math.max(quantity, 0))) changed.add(cell);
    if (leg !== "LONG") for (const cell of cells.shrink(-1, leg === "SHORT" ? Math.abs(quantity) : Math.max(-quantity, 0))) changed.add(cell);
    for (const order of ctx.orders()) {
      const stand = standOfTag(order.tag);
      if (stand !== null && !cells.opens(stand) && changed.has(cells.cellAt(stand))) ctx.cancel(order.intent);
    }
  }

  canSubmit(): Permission {
    return this.stopped ? over : allowed;
  }

  canClose(): Permission {
    return allowed;
  }

  setBrokerMinimum(_symbol: string, floor: number): void {
    this.brokerMinimum = floor;
  }

  snapshot(): GridState {
    const { start, paused, batch, retryAt } = this;
    const cells = this.cells?.snapshot() ?? null;
    return { cells, partFilled: this.partFills.snapshot(), start, stopped: this.stopped, paused, batch, retryAt };
  }

  restore(state: GridState): void {
    this.cells = state.cells === null ? null : new Cells(state.cells);
    this.partFills.restore(state.partFilled);
    this.start = state.start;
    // Only ever on: a rollback to a moment before the stop must not start the grid again.
    this.stopped ||= state.stopped;
    this.paused = state.paused;
    this.batch = state.batch;
    this.retryAt = state.retryAt;
    this.stale = true;
    this.unguarded = true;
  }

  // ---- what to ask for --------------------------------------------------------------------------------------------

  private plan(ctx: Context, cells: Cells): void {
    const survey = this.survey(ctx, cells);
    if (!this.started(ctx, cells, survey)) return;
    this.stale = false;
    this.band = cells.bandOf(ctx.bars.close);
    for (let cell = 0; cell < cells.held.length; cell += 1) {
      if (!survey.cells.has(cell) && this.isSellable(ctx, cells.held[cell] as number)) this.close(ctx, cells, survey, cell);
    }
    this.open(ctx, cells, survey);
  }

  private survey(ctx: Context, cells: Cells): Survey {
    const free = { LONG: ctx.position("LONG").quantity, SHORT: ctx.position("SHORT").quantity };
    const survey: Survey = { levels: new Set(), cells: new Set(), free, starting: false };
    for (const { tag, family, side, quantity, filled } of [...ctx.orders(), ...this.partFills.late()]) {
      if (tag === startTag) survey.starting = true;
      const stand = standOfTag(tag);
      if (stand === null) continue;
      survey.levels.add(stand.level);
      survey.cells.add(cells.cellAt(stand));
      if (family === "tp") free[side] -= quantity - filled;
    }
    return survey;
  }

  /** The initial position comes before everything else: orders at levels would be refused while it is out. */
  private started(ctx: Context, cells: Cells, survey: Survey): boolean {
    const { initial, direction } = this.params;
    if (this.start === "asked" && !survey.starting) this.start = this.holdsAny(cells) ? "done" : "due";
    if (this.start !== "due") return this.start === "done";
    const side = direction === "short" ? "SHORT" : "LONG";
    const wanted = cells.startCells().reduce((sum, cell) => sum + this.quantityOf(ctx, cells, cell), 0);
    const there = ctx.position(side).quantity;
    if (initial !== "none" && there > 0 && !this.holdsAny(cells)) cells.spread(Math.min(there, wanted), (cell) => this.quantityOf(ctx, cells, cell));
    const missing = initial === "market" ? wanted - there : 0;
    if (missing < ctx.instrument.step / 2) {
      this.start = "done";
      return true;
    }
    if (ctx.now < this.retryAt) return false;
    const intent: OrderIntent = { side, quantity: toStep(missing, ctx.instrument.step, "down"), orderType: "market", family: "entry", tag: startTag };
    if (there > 0) ctx.add(intent);
    else ctx.open(intent);
    this.start = "asked";
    return false;
  }

  private holdsAny(cells: Cells): boolean {
    return cells.held.some((held) => held > 0);
  }

  /** A cell that holds something closes one level on, or at once where the price is there already. */
  private close(ctx: Context, cells: Cells, survey: Survey, cell: number): void {
    const held = cells.held[cell] as number;
    const { buys } = cells.standOf(cell, false);
    const left = survey.free[buys ? "SHORT" : "LONG"];
    // Fees in coins make a position smaller than what was bought: what is there is sold.
    const quantity = this.netting ? held : Math.min(held, left);
    if (this.netting || this.isSellable(ctx, quantity)) this.place(ctx, cells, survey, cell, false, quantity);
  }

  // Nearest to the price first: where not all of them are taken, those that matter are.
  private open(ctx: Context, cells: Cells, survey: Survey): void {
    if (this.paused || (this.batch !== null && ctx.now < this.retryAt)) return;
    const price = ctx.bars.close;
    const distance = (cell: number) => Math.abs((cells.levels[cells.standOf(cell, true).level] as number) - price);
    const due = cells.held.map((_, cell) => cell).filter((cell) => this.mayOpen(ctx, cells, survey, cell));
    due.sort((a, b) => distance(a) - distance(b) || a - b);
    let asked = 0;
    for (const cell of due) {
      if (asked === (this.batch ?? due.length)) break;
      if (this.place(ctx, cells, survey, cell, true, this.quantityOf(ctx, cells, cell))) asked += 1;
    }
    // After the calls: what is refused puts it back to one.
    if (this.batch !== null) this.batch = due.length > this.batch ? this.batch * 2 : null;
  }

  private mayOpen(ctx: Context, cells: Cells, survey: Survey, cell: number): boolean {
    if (survey.cells.has(cell) || this.isSellable(ctx, cells.held[cell] as number)) return false;
    return cells.isPassive(cells.standOf(cell, true), ctx.bars.close);
  }

  /** One order at a level, unless the level is taken. @returns whether it was asked for */
  private place(ctx: Context, cells: Cells, survey: Survey, cell: number, opens: boolean, quantity: number): boolean {
    const stand = cells.standOf(cell, opens);
    if (survey.levels.has(stand.level)) return false;
    const [grown, reduced] = stand.buys ? sides : ([sides[1], sides[0]] as const);
    const common = { quantity, price: cells.levels[stand.level], orderType: "limit", tag: tagOf(stand) } as const;
    const reduces = this.netting ? survey.free[reduced] >= quantity - ctx.instrument.step / 2 : !opens;
    survey.levels.add(stand.level);
    survey.cells.add(cell);
    if (reduces) {
      survey.free[reduced] -= quantity;
      ctx.reduce({ ...common, side: reduced, family: "tp", reason: "take_profit" });
      return true;
    }
    // Many orders wait while the account is flat, so each is a rung and none is the one entry that a side may have pending.
    const rung: OrderIntent = { ...common, side: grown, family: "dca", reason: "dca_level", postOnly: opens && this.params.postOnly };
    if (ctx.position(grown).quantity > 0) ctx.add(rung);
    else ctx.open({ ...rung, reverse: this.netting });
    return true;
  }

  private quantityOf(ctx: Context, cells: Cells, cell: number): number {
    const { notional, quantity } = this.params;
    const { step, contractSize } = ctx.instrument;
    if (notional === 0) return quantity;
    const price = cells.levels[cells.standOf(cell, true).level] as number;
    return toStep(notional / (price * contractSize), step, "down");
  }

  /** Enough for an order of its own; on spot by value too. */
  private isSellable(ctx: Context, quantity: number): boolean {
    const { step, minQuantity, minNotional } = ctx.instrument;
    if (quantity < Math.max(step, minQuantity) * (1 - 1e-9)) return false;
    return !this.spot || quantity * ctx.bars.close >= Math.max(minNotional, this.brokerMinimum);
  }

  // ---- beyond the range -------------------------------------------------------------------------------------------

  private isBeyondStop(price: number): boolean {
    const { stopLower, stopUpper } = this.params;
    return (stopLower !== null && price <= stopLower) || (stopUpper !== null && price >= stopUpper);
  }

  private watchRange(ctx: Context, cells: Cells): void {
    const out = this.params.outside === "pause" && cells.isOutside(ctx.bars.close);
    if (out === this.paused) return;
    this.paused = out;
    this.stale = true;
    if (!out) return;
    for (const order of ctx.orders()) {
      const stand = standOfTag(order.tag);
      if (stand !== null && cells.opens(stand)) ctx.cancel(order.intent);
    }
  }

  /**
   * A stop at the venue for the whole position. On spot resting sells hold the coins: there the bar's close decides alone.
   * @param resize false leaves a stop that is out as it is: a bar that fills ten levels is to replace one stop, not ten
   */
  private protect(ctx: Context, resize: boolean): void {
    this.unguarded = false;
    if (this.spot) return;
    const step = ctx.instrument.step;
    for (const side of sides) {
      const trigger = side === "LONG" ? this.params.stopLower : this.params.stopUpper;
      if (trigger === null) continue;
      const { quantity } = ctx.position(side);
      const resting = ctx.orders().findLast((order) => order.family === "sl" && order.side === side);
      const covered = resting === undefined ? 0 : resting.quantity - resting.filled;
      if (Math.abs(covered - quantity) < step / 2) continue;
      if (resting !== undefined && !resize) this.unguarded = true;
      else if (resting !== undefined && quantity < step / 2) ctx.cancel(resting.intent);
      else ctx.reduce({ side, quantity, family: "sl", orderType: "stop_market", trigger, reason: "stop_loss", replaces: resting?.intent });
    }
  }

  /** The grid is over: nothing stays out, nothing stays held. Asked again until it is so. */
  private windDown(ctx: Context): void {
    this.stopped = true;
    const orders = ctx.orders();
    for (const order of orders) if (order.family !== "close") ctx.cancel(order.intent);
    for (const side of sides) {
      const { quantity } = ctx.position(side);
      const closing = orders.some((order) => order.family === "close" && order.side === side);
      if (!closing && this.isSellable(ctx, quantity)) ctx.close({ side, orderType: "market", reason: "stop_loss" });
    }
  }
}

export const grid: StrategyDefinition<GridParams> = {
  name: "grid",
  defaults: gridDefaults,
  check: checkGridParams,
  create: (params) => new Grid(params),
};
