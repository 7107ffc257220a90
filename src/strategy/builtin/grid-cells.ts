// The grid's arithmetic and its holdings: levels on the tick, and between each two of them a cell that is either empty or
// holds what it bought (or sold short). It must never ask for an order.

import { SeatrialError } from "../../domain/index.ts";
import type { FillView } from "../contract.ts";
import { toStep, type Direction } from "./dca-ladder.ts";
import type { GridParams } from "./grid-params.ts";

/** Plain JSON. */
export interface CellsState {
  readonly levels: readonly number[];
  /** Cells below this number are long, the others short. */
  readonly centre: number;
  /** Close at which the grid was laid. */
  readonly from: number;
  /** Base units held by each cell. Below 0: it has closed that much too much, of an order whose fill nobody expected any more. */
  readonly held: readonly number[];
}

/** Where an order of the grid stands: a level, and the side of the trade. */
export interface Stand {
  readonly level: number;
  readonly buys: boolean;
}

export class Cells {
  declare readonly levels: readonly number[];
  declare readonly centre: number;
  declare readonly from: number;
  declare readonly held: number[];

  constructor(state: CellsState) {
    this.levels = state.levels;
    this.centre = state.centre;
    this.from = state.from;
    this.held = state.held.slice();
  }

  /** A grid laid at a close. @throws SeatrialError `bad_parameter` for levels that the tick does not tell apart */
  static laid(params: GridParams, close: number, tick: number): Cells {
    const levels = gridLevels(params, close, tick);
    const cells = levels.length - 1;
    const centre = params.direction === "long" ? cells : params.direction === "short" ? 0 : nearestLevel(levels, close);
    return new Cells({ levels, centre, from: close, held: levels.slice(1).map(() => 0) });
  }

  directionOf(cell: number): Direction {
    return cell < this.centre ? 1 : -1;
  }

  /** Where a cell opens, and where it closes again: a long one buys at its lower level and sells at its upper one. */
  standOf(cell: number, opens: boolean): Stand {
    const buys = this.directionOf(cell) > 0 === opens;
    return { level: buys ? cell : cell + 1, buys };
  }

  /** The cell that a stand belongs to. */
  cellAt({ level, buys }: Stand): number {
    return buys ? level : level - 1;
  }

  /** True for a stand that opens its cell. */
  opens(stand: Stand): boolean {
    return this.directionOf(this.cellAt(stand)) > 0 === stand.buys;
  }

  /**
   * A fill at a stand moves its cell.
   * @param coins fees are taken out of what was bought: what an order that is done was not asked to sell is not there
   */
  book(stand: Stand, { quantity, complete }: FillView, step: number, coins: boolean): void {
    const cell = this.cellAt(stand);
    const opens = this.opens(stand);
    const held = (this.held[cell] as number) + (opens ? quantity : -quantity);
    // Float noise of a sum is no holding.
    const isNothing = Math.abs(held) < step / 2 || (coins && complete && !opens && held > 0);
    this.held[cell] = isNothing ? 0 : held;
  }

  /** What the cells of one direction hold together. */
  total(direction: Direction): number {
    return this.held.reduce((sum, held, cell) => (this.directionOf(cell) === direction ? sum + held : sum), 0);
  }

  /** Cells that a grid with an initial position starts with, nearest to the start first: those whose opening level the price has passed already. */
  startCells(): number[] {
    const all = this.held.map((_, cell) => cell).filter((cell) => !this.isPassive(this.standOf(cell, true), this.from));
    return this.centre > 0 ? all : all.reverse();
  }

  /** True for an order that would rest: a buy below a price, a sell above it. */
  isPassive({ level, buys }: Stand, price: number): boolean {
    const at = this.levels[level] as number;
    return buys ? at < price : at > price;
  }

  /** Where a price stands among the levels; changes whenever another order may rest. */
  bandOf(price: number): number {
    let below = 0;
    while (below < this.levels.length && (this.levels[below] as number) < price) below += 1;
    return this.levels[below] === price ? below + 0.5 : below;
  }

  isOutside(price: number): boolean {
    return price < (this.levels[0] as number) || price > (this.levels.at(-1) as number);
  }

  /** Gives an initial position to the start cells, each up to its quantity; the last takes what is more. */
  spread(quantity: number, wanted: (cell: number) => number): void {
    const cells = this.startCells();
    let left = quantity;
    cells.forEach((cell, at) => {
      const room = at === cells.length - 1 ? left : Math.min(left, Math.max(wanted(cell) - (this.held[cell] as number), 0));
      this.held[cell] = (this.held[cell] as number) + room;
      left -= room;
    });
  }

  /**
   * Somebody took from the position: the cells that would close last give first, and what cells have closed too much is forgotten.
   * @returns the cells that hold less
   */
  shrink(direction: Direction, quantity: number): number[] {
    this.held.forEach((held, cell) => {
      if (this.directionOf(cell) === direction) this.held[cell] = Math.max(held, 0);
    });
    let excess = this.total(direction) - quantity;
    const order = this.held.map((_, cell) => cell).filter((cell) => this.directionOf(cell) === direction);
    if (direction > 0) order.reverse();
    const changed: number[] = [];
    for (const cell of order) {
      const held = this.held[cell] as number;
      const taken = Math.min(held, excess);
      // Float noise of a sum is no change.
      if (!(taken > held * 1e-9)) continue;
      this.held[cell] = held - taken;
      excess -= taken;
      changed.push(cell);
    }
    return changed;
  }

  snapshot(): CellsState {
    return { levels: this.levels, centre: this.centre, from: this.from, held: this.held.slice() };
  }
}

/** The tag of an order at a stand; it survives a restart because the runner keeps it. */
export function tagOf({ level, buys }: Stand): string {
  return `${buys ? "buy" : "sell"} ${level}`;
}

/** Null for a tag of something else. */
export function standOfTag(tag: string | null): Stand | null {
  const match = /^(buy|sell) (\d+)$/.exec(tag ?? "");
  return match === null ? null : { buys: match[1] === "buy", level: Number(match[2]) };
}

/** The grid's prices, lowest first, each on the tick. @throws SeatrialError `bad_parameter` */
export function gridLevels(params: GridParams, close: number, tick: number): number[] {
  const lower = params.lower ?? close * (1 - params.rangePercent / 100);
  const upper = params.upper ?? close * (1 + params.rangePercent / 100);
  if (!(lower < upper)) throw badLevels(`the range from ${lower} to ${upper} is empty`, "lower must be below upper");
  const cells = params.levels - 1;
  const ratio = params.spacing === "geometric" ? root(upper / lower, cells) : 0;
  const levels: number[] = [];
  for (let level = 0, geometric = lower; level <= cells; level += 1, geometric *= ratio) {
    const price = level === cells ? upper : ratio > 0 ? geometric : lower + ((upper - lower) * level) / cells;
    levels.push(toStep(Math.round(price / tick) * tick, tick, "down"));
  }
  const same = levels.findIndex((price, at) => at > 0 && price <= (levels[at - 1] as number));
  if (same > 0 || (levels[0] as number) <= 0) {
    throw badLevels(`${params.levels} levels from ${lower} to ${upper} are closer than the tick of ${tick}`, "fewer levels, or a wider range");
  }
  return levels;
}

// The n-th root by halving: the same bits everywhere, which a power function does not promise.
function root(value: number, degree: number): number {
  let low = 1;
  let high = value;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return low;
    let power = 1;
    for (let factor = 0; factor < degree; factor += 1) power *= middle;
    if (power > value) high = middle;
    else low = middle;
  }
}

function nearestLevel(levels: readonly number[], price: number): number {
  let nearest = 0;
  for (let level = 1; level < levels.length; level += 1) {
    if (Math.abs((levels[level] as number) - price) < Math.abs((levels[nearest] as number) - price)) nearest = level;
  }
  return nearest;
}

function badLevels(reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code: "bad_parameter", reason: `grid: ${reason}`, hint });
}
