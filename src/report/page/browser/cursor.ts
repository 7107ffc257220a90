// Where the reader is: the step, the order looked at, the market shown. One owner of the three; everything that shows them listens.
// It must not draw.

import type { PageData } from "./page-data.ts";

export type Aspect = "step" | "order" | "market";
type Listener = (changed: ReadonlySet<Aspect>) => void;

export class Cursor {
  private readonly view: PageData;
  private readonly listeners: Listener[] = [];
  /** Index into the player's steps; -1: before the first. */
  private currentStep = -1;
  /** Index into the orders. */
  private currentOrder: number | null = null;
  private currentMarket = 0;

  constructor(view: PageData) {
    this.view = view;
  }

  get step(): number {
    return this.currentStep;
  }

  get order(): number | null {
    return this.currentOrder;
  }

  get market(): number {
    return this.currentMarket;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Goes to a step, as near as there is one; the order that it is about comes along. The chart keeps its market: steps of several alternate. */
  goTo(step: number): void {
    const next = Math.min(Math.max(step, -1), this.view.player.steps.length - 1);
    this.move(next, this.view.player.steps[next]?.order ?? this.currentOrder, this.currentMarket);
  }

  /** Forwards or backwards to the next close of a bar of the market that is shown, or to the end. */
  goToBar(direction: 1 | -1): void {
    const { steps } = this.view.player;
    const symbol = this.view.markets[this.currentMarket]?.symbol ?? null;
    let at = this.currentStep + direction;
    while (at >= 0 && at < steps.length && !(steps[at]?.type === "bar_closed" && steps[at]?.symbol === symbol)) at += direction;
    this.goTo(at);
  }

  /** Shows an order's life; the player goes to its start, or to the step that is asked for. */
  select(order: number | null, step: number | null = null): void {
    if (order === null) {
      this.move(this.currentStep, null, this.currentMarket);
      return;
    }
    const life = this.view.orders[order];
    const start = step ?? life?.stages.find((stage) => stage.step !== null)?.step ?? this.currentStep;
    this.move(start, order, this.marketOf(life?.row.symbol ?? null));
  }

  /** The next or the previous order of the list, from the one looked at. */
  selectNext(direction: 1 | -1): void {
    const { length } = this.view.orders;
    if (length === 0) return;
    const from = this.currentOrder ?? (direction === 1 ? -1 : length);
    this.select(Math.min(Math.max(from + direction, 0), length - 1));
  }

  showMarket(market: number): void {
    this.move(this.currentStep, this.currentOrder, market);
  }

  private marketOf(symbol: string | null): number {
    const found = symbol === null ? -1 : this.view.markets.findIndex((market) => market.symbol === symbol);
    return found === -1 ? this.currentMarket : found;
  }

  private move(step: number, order: number | null, market: number): void {
    const changed = new Set<Aspect>();
    if (step !== this.currentStep) changed.add("step");
    if (order !== this.currentOrder) changed.add("order");
    if (market !== this.currentMarket) changed.add("market");
    if (changed.size === 0) return;
    this.currentStep = step;
    this.currentOrder = order;
    this.currentMarket = market;
    for (const listener of this.listeners) listener(changed);
  }
}
