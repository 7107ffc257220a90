// The bars whose outcome depends on what they leave open, as rows: what each path fills in the bar, what it is worth, and
// which orders exist on one path only. Read from the journals of the worlds; nothing is simulated here.

import { printUnits, type BarSeries, type Price } from "../domain/index.ts";
import { pathOf, type Path } from "../exchange/virtual/index.ts";
import {
  barAt,
  Projection,
  type EnvelopeBar,
  type EnvelopeChoice,
  type EnvelopeDecision,
  type EnvelopeFill,
  type EnvelopePath,
  type PathWord,
  type RunRows,
} from "../journal/index.ts";
import type { SimulationPlan } from "./plan.ts";
import type { Lane, Line, Turn } from "./world.ts";

/** Decisions that a bar lists: the first ones say what it set off. */
const decisionsMax = 20;

/** What of a world's rows is looked up again and again. */
interface WorldRows {
  readonly fills: ReadonlyMap<string, RunRows["fills"]>;
  readonly decisions: readonly (Omit<EnvelopeDecision, "path"> & { readonly time: number })[];
}

export class EnvelopeBars {
  declare private readonly plan: SimulationPlan;
  declare private readonly moneyScale: number;
  private readonly rows = new Map<Lane, WorldRows>();

  constructor(plan: SimulationPlan, moneyScale: number) {
    this.plan = plan;
    this.moneyScale = moneyScale;
  }

  /** One row for each bar and each way to it, in the order of their instants. */
  rowsOf(lines: readonly Line[]): EnvelopeBar[] {
    const groups = new Map<string, Line[]>();
    const ordinals = new Map(lines.map((line, at) => [line, at]));
    for (const line of lines) {
      const { turn, parent } = line;
      if (turn === null || parent === null) continue;
      const key = `${turn.instant} ${turn.market} ${ordinals.get(parent) ?? "main"}`;
      groups.set(key, [...(groups.get(key) ?? []), line]);
    }
    const found = [...groups.values()].sort(([a], [b]) => (a?.turn?.instant ?? 0) - (b?.turn?.instant ?? 0));
    return found.map((group) => this.barRow(group));
  }

  /** A turn in words. */
  choiceOf({ market, bar, kind }: Turn): EnvelopeChoice {
    const path = this.pathWord(market, bar, kind !== 2);
    return { symbol: this.symbolOf(market), bar, path, ...(kind === 1 ? {} : { timeToLive: "whole-bar" as const }) };
  }

  private barRow(group: readonly Line[]): EnvelopeBar {
    const { turn, parent } = group[0] as Line & { turn: Turn; parent: Line };
    const series = this.seriesOf(turn.market);
    const own = this.pathWord(turn.market, turn.bar, false);
    const first: EnvelopePath = { path: own, equityDelta: "0", fills: this.fillsOf(parent.lane, turn) };
    const others = group.map((line) => this.pathRow(line, parent));
    const last = Math.max(...group.map((line) => (line.metAt === null ? Number.POSITIVE_INFINITY : line.metTime)));
    const decisions = group.flatMap((line) => this.decisionsOf(line, parent, own));
    return {
      symbol: this.symbolOf(turn.market),
      bar: turn.bar,
      time: series.timeAt(turn.bar),
      within: parent.turns().map((each) => this.choiceOf(each)),
      paths: [first, ...others],
      reconvergedAt: last === Number.POSITIVE_INFINITY ? null : barAt(series, last - 1),
      decisions: decisions.slice(0, decisionsMax),
      moreDecisions: Math.max(0, decisions.length - decisionsMax),
    };
  }

  private pathRow(line: Line, parent: Line): EnvelopePath {
    const turn = line.turn as Turn;
    const { path, timeToLive } = this.choiceOf(turn);
    const [end, stays] = [line.final(), parent.final()];
    const equityDelta = end === null || stays === null ? null : printUnits(end - stays, this.moneyScale);
    return { path, ...(timeToLive === undefined ? {} : { timeToLive }), equityDelta, fills: this.fillsOf(line.lane, turn) };
  }

  // ---- what the two worlds did ----------------------------------------------------------------------------------

  private fillsOf(lane: Lane, { market, bar }: Turn): EnvelopeFill[] {
    const fills = this.rowsOfLane(lane).fills.get(`${this.symbolOf(market)} ${bar}`) ?? [];
    return fills.map(({ family, side, leg, quantity, price, liquidity }) => ({ family, side, leg, quantity, price, liquidity }));
  }

  /** Orders and refused intents of one of two worlds, from the turned bar to the close with which they are the same again. */
  private decisionsOf(line: Line, parent: Line, parentPath: PathWord): EnvelopeDecision[] {
    const turn = line.turn as Turn;
    const from = this.seriesOf(turn.market).timeAt(turn.bar);
    const own = this.between(line.lane, from, line.metTime);
    // The parent may have become one with another line before that: then its own journal ends there.
    const other = this.between(parent.lane, from, line.metTime);
    const { path } = this.choiceOf(turn);
    const word = (list: WorldRows["decisions"], name: PathWord) => list.map(({ time: _time, ...rest }) => ({ path: name, ...rest }));
    return [...word(without(own, other), path), ...word(without(other, own), parentPath)].sort((a, b) => a.bar - b.bar);
  }

  private between(lane: Lane, from: number, to: number): WorldRows["decisions"] {
    const { decisions } = this.rowsOfLane(lane);
    const start = lowerBound(decisions, from);
    let end = start;
    while (end < decisions.length && (decisions[end]?.time ?? to) <= to) end += 1;
    return decisions.slice(start, end);
  }

  private rowsOfLane(lane: Lane): WorldRows {
    const known = this.rows.get(lane);
    if (known !== undefined) return known;
    const { orders, fills, skipped } = new Projection(lane.session.journal).read();
    const byBar = new Map<string, RunRows["fills"][number][]>();
    for (const fill of fills) {
      const key = `${fill.symbol} ${fill.bar}`;
      const list = byBar.get(key);
      if (list === undefined) byBar.set(key, [fill]);
      else list.push(fill);
    }
    const sent = orders.map(({ time, bar, symbol, family, side, type, quantity, price, trigger }) => {
      return { time, bar, symbol, family, side, type, quantity, price, trigger, reason: "signal" as const };
    });
    const refused = skipped.map(({ time, bar, symbol, family, reason }) => {
      return { time, bar, symbol, family, side: null, type: null, quantity: null, price: null, trigger: null, reason };
    });
    const rows = { fills: byBar, decisions: [...sent, ...refused].sort((a, b) => a.time - b.time) };
    this.rows.set(lane, rows);
    return rows;
  }

  // ---- words ----------------------------------------------------------------------------------------------------

  private pathWord(market: number, bar: number, turned: boolean): PathWord {
    const series = this.seriesOf(market);
    const [open, high, low, close] = [series.open, series.high, series.low, series.close].map((column) => column[bar] as Price) as Path;
    const path: Path = [open, open, open, open];
    pathOf(this.plan.fill.path, open, high, low, close, path);
    const lowFirst = path[1] === low && low !== high;
    return lowFirst === turned ? "ohlc" : "olhc";
  }

  private seriesOf(market: number): BarSeries {
    return this.plan.markets[market]?.series[0] as BarSeries;
  }

  private symbolOf(market: number): string {
    return this.plan.markets[market]?.rules.symbol ?? "";
  }
}

/** Entries of `list` that `other` does not have, each as often as it has too few. */
function without(list: WorldRows["decisions"], other: WorldRows["decisions"]): WorldRows["decisions"] {
  const counts = new Map<string, number>();
  const keyOf = (one: WorldRows["decisions"][number]) => JSON.stringify(one);
  for (const one of other) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return list.filter((one) => {
    const left = counts.get(keyOf(one)) ?? 0;
    counts.set(keyOf(one), left - 1);
    return left <= 0;
  });
}

/** First index whose time is not before an instant. */
function lowerBound(list: WorldRows["decisions"], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.time ?? time) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
