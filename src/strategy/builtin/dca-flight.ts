// What one leg of dual-dca has asked for and not yet heard the end of. Told by fills, rejections and cancels; brought in
// line with the runner's open orders where an end may have gone unheard. It must never decide anything.

import { isOpenStatus } from "../../domain/index.ts";
import type { OrderView } from "../contract.ts";

/** An ADD that is out. */
export interface RungOut {
  readonly intent: number;
  readonly rung: number;
  readonly level: number;
  /** Not filled yet, base units. */
  readonly left: number;
}

/** A sub-sell that is out, and the intent whose lot it sells. */
export interface SaleOut {
  readonly intent: number;
  readonly lot: number;
  readonly left: number;
}

/** A resting take-profit; intent 0 = none. */
export interface TargetOut {
  readonly intent: number;
  readonly price: number;
  readonly left: number;
}

export interface FlightState {
  readonly entry: number;
  readonly closing: number;
  readonly rungs: readonly RungOut[];
  readonly sales: readonly SaleOut[];
  readonly target: TargetOut;
}

const noTarget: TargetOut = { intent: 0, price: 0, left: 0 };

export class Flight {
  /** Intents; 0 = none. */
  entry = 0;
  closing = 0;
  /** Nearest rung first. */
  rungs: RungOut[] = [];
  sales: SaleOut[] = [];
  target: TargetOut = noTarget;
  /** An order has a part filled, or is being cancelled: its end may come without a call of ours. */
  unsure = false;

  get idle(): boolean {
    return this.entry === 0 && this.closing === 0 && this.rungs.length === 0 && this.sales.length === 0;
  }

  /** Every intent that is out. */
  intents(): number[] {
    const all = [this.entry, this.closing, this.target.intent, ...this.rungs.map((rung) => rung.intent), ...this.sales.map((sale) => sale.intent)];
    return all.filter((intent) => intent !== 0);
  }

  rungOf(intent: number): RungOut | undefined {
    return this.rungs.find((rung) => rung.intent === intent);
  }

  /** The ADD of rung n that is out. */
  rungAt(rung: number): RungOut | undefined {
    for (let at = 0; at < this.rungs.length; at += 1) if (this.rungs[at]?.rung === rung) return this.rungs[at];
    return undefined;
  }

  /** Gives a level to rungs that were adopted without one. */
  setLevels(levelOf: (rung: number) => number): void {
    this.rungs = this.rungs.map((rung) => (rung.level > 0 ? rung : { ...rung, level: levelOf(rung.rung) }));
  }

  saleOf(intent: number): SaleOut | undefined {
    return this.sales.find((sale) => sale.intent === intent);
  }

  /** Keeps the rungs in the order of the ladder, whatever the order in which they were asked for. */
  addRung(rung: RungOut): void {
    const at = this.rungs.findIndex((other) => other.rung > rung.rung);
    this.rungs.splice(at < 0 ? this.rungs.length : at, 0, rung);
  }

  /** A part of an order has filled; the rest is still out. */
  fill(intent: number, quantity: number): void {
    this.unsure = true;
    this.rungs = this.rungs.map((rung) => (rung.intent === intent ? { ...rung, left: rung.left - quantity } : rung));
    this.sales = this.sales.map((sale) => (sale.intent === intent ? { ...sale, left: sale.left - quantity } : sale));
    if (this.target.intent === intent) this.target = { ...this.target, left: this.target.left - quantity };
  }

  /** An order has ended, however. */
  end(intent: number): void {
    if (this.entry === intent) this.entry = 0;
    if (this.closing === intent) this.closing = 0;
    if (this.target.intent === intent) this.target = noTarget;
    if (this.rungOf(intent) !== undefined) this.rungs = this.rungs.filter((rung) => rung.intent !== intent);
    if (this.saleOf(intent) !== undefined) this.sales = this.sales.filter((sale) => sale.intent !== intent);
  }

  /** The runner's open orders of this side are the truth: forget what is no longer there, adopt what a rollback forgot. */
  resync(orders: readonly OrderView[], side: "LONG" | "SHORT", newestLot: number): void {
    const out = orders.filter((order) => order.side === side && isOpenStatus(order.status));
    const known = new Set(this.intents());
    for (const intent of known) if (!out.some((order) => order.intent === intent)) this.end(intent);
    for (const order of out) if (!known.has(order.intent)) this.adopt(order, newestLot);
    this.unsure = out.some((order) => order.filled > 0);
  }

  snapshot(): FlightState {
    return { entry: this.entry, closing: this.closing, rungs: this.rungs.slice(), sales: this.sales.slice(), target: this.target };
  }

  restore(state: FlightState): void {
    this.entry = state.entry;
    this.closing = state.closing;
    this.rungs = state.rungs.map((rung) => ({ ...rung }));
    this.sales = state.sales.map((sale) => ({ ...sale }));
    this.target = { ...state.target };
    this.unsure = true;
  }

  // An empty place takes what the runner has; a taken one is newer than an order that is being replaced or cancelled.
  private adopt(order: OrderView, newestLot: number): void {
    const left = order.quantity - order.filled;
    if (order.family === "entry") {
      if (this.entry === 0) this.entry = order.intent;
    } else if (order.family === "dca") {
      this.addRung({ intent: order.intent, rung: rungOfTag(order.tag), level: order.price ?? 0, left });
    } else if (order.family === "partial") {
      this.sales.push({ intent: order.intent, lot: newestLot, left });
    } else if (order.family === "tp" && order.type === "limit") {
      if (this.target.intent === 0) this.target = { intent: order.intent, price: order.price ?? 0, left };
    } else if ((order.family === "tp" || order.family === "close") && this.closing === 0) {
      this.closing = order.intent;
    }
  }
}

/** The tag that names a rung; it survives a rollback of the strategy's state because the runner keeps it. */
export function rungTag(rung: number): string {
  return `rung ${rung}`;
}

/** 0 for a tag that names none. */
export function rungOfTag(tag: string | null): number {
  const match = /^rung (\d+)$/.exec(tag ?? "");
  return match === null ? 0 : Number(match[1]);
}
