// The bars whose outcome depends on what they leave open, as rows: what each path fills in the bar, what it is worth, and
// which orders exist on one path only. Read from the journals of the worlds; nothing is simulated here.

import { printUnits, type BarSeries, type Price } from "../../domain/index.ts";
import { pathOf, type Path } from "../../exchange/virtual/index.ts";
import {
  barAt,
  readWindows,
  type EnvelopeBar,
  type EnvelopeChoice,
  type EnvelopeDecision,
  type EnvelopeFill,
  type EnvelopePath,
  type PathWord,
  type WindowDecision,
  type WindowRows,
} from "../../journal/index.ts";
import type { SimulationPlan } from "../plan.ts";
import type { Lane, Line, Turn } from "./world.ts";

/** Decisions that a bar lists: the first ones say what it set off. */
const decisionsMax = 20;

export class EnvelopeBars {
  declare private readonly plan: SimulationPlan;
  declare private readonly moneyScale: number;
  private windows: ReadonlyMap<Line, LineRows> = new Map();

  constructor(plan: SimulationPlan, moneyScale: number) {
    this.plan = plan;
    this.moneyScale = moneyScale;
  }

  /** One row for each bar, in the order of their instants. */
  rowsOf(lines: readonly Line[]): EnvelopeBar[] {
    const ways = new Map<string, Line[][]>();
    for (const group of groupsOf(lines)) {
      const { turn } = group[0] as Line;
      const key = `${turn?.instant} ${turn?.market}`;
      ways.set(key, [...(ways.get(key) ?? []), group]);
    }
    const chosen = [...ways.values()].map((groups) => ({ group: nearest(groups), count: groups.length }));
    chosen.sort((a, b) => instantOf(a.group) - instantOf(b.group));
    this.windows = readLines(chosen.flatMap(({ group }) => group));
    return chosen.map(({ group, count }) => this.barRow(group, count)).filter(isOutcome);
  }

  /** A turn in words. */
  choiceOf({ market, bar, kind }: Turn): EnvelopeChoice {
    const path = this.pathWord(market, bar, kind !== 2);
    return { symbol: this.symbolOf(market), bar, path, ...(kind === 1 ? {} : { timeToLive: "whole-bar" as const }) };
  }

  private barRow(group: readonly Line[], ways: number): EnvelopeBar {
    const { turn, parent } = group[0] as Line & { turn: Turn; parent: Line };
    const series = this.seriesOf(turn.market);
    const own = this.pathWord(turn.market, turn.bar, false);
    const first: EnvelopePath = { path: own, equityDelta: "0", fills: this.fillsOf(group[0] as Line, "other") };
    const last = Math.max(...group.map((line) => (line.metAt === null ? Number.POSITIVE_INFINITY : line.metTime)));
    const told = group.map((line) => this.decisionsOf(line, own));
    const decisions = told.flatMap(({ list }) => list);
    return {
      symbol: this.symbolOf(turn.market),
      bar: turn.bar,
      time: series.timeAt(turn.bar),
      ways,
      within: parent.turns().map((each) => this.choiceOf(each)),
      paths: [first, ...group.map((line) => this.pathRow(line, parent))],
      reconvergedAt: last === Number.POSITIVE_INFINITY ? null : barAt(series, last - 1),
      decisions: decisions.slice(0, decisionsMax),
      decisionsCut: decisions.length > decisionsMax || told.some(({ cut }) => cut),
    };
  }

  private pathRow(line: Line, parent: Line): EnvelopePath {
    const { path, timeToLive } = this.choiceOf(line.turn as Turn);
    const [end, stays] = [line.final(), parent.final()];
    const equityDelta = end === null || stays === null ? null : printUnits(end - stays, this.moneyScale);
    return { path, ...(timeToLive === undefined ? {} : { timeToLive }), equityDelta, fills: this.fillsOf(line, "own") };
  }

  // ---- what the two worlds did ----------------------------------------------------------------------------------

  private fillsOf(line: Line, side: keyof LineRows): EnvelopeFill[] {
    const turn = line.turn as Turn;
    const symbol = this.symbolOf(turn.market);
    const fills = (this.windows.get(line)?.[side].fills ?? []).filter((fill) => fill.symbol === symbol && fill.bar === turn.bar);
    return fills.map(({ symbol: _symbol, bar: _bar, ...fill }) => fill);
  }

  /** Orders and refused intents of one of two worlds, from the turned bar to the close with which they are the same again. */
  private decisionsOf(line: Line, parentPath: PathWord): { readonly list: EnvelopeDecision[]; readonly cut: boolean } {
    const { own, other } = this.windows.get(line) as LineRows;
    const end = Math.min(own.cutAt ?? Number.POSITIVE_INFINITY, other.cutAt ?? Number.POSITIVE_INFINITY);
    const [mine, theirs] = [own, other].map(({ decisions }) => decisions.filter(({ bar }) => bar < end)) as [WindowDecision[], WindowDecision[]];
    const { path } = this.choiceOf(line.turn as Turn);
    const list = [
      ...without(mine, theirs).map((decision) => ({ path, ...decision })),
      ...without(theirs, mine).map((decision) => ({ path: parentPath, ...decision })),
    ];
    return { list: list.sort((a, b) => a.bar - b.bar), cut: end !== Number.POSITIVE_INFINITY };
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

/** False where only the time inside the bar was another one, and nothing came of it. */
function isOutcome({ paths, decisions, decisionsCut }: EnvelopeBar): boolean {
  const first = JSON.stringify(paths[0]?.fills);
  const same = paths.every(({ equityDelta, fills }) => equityDelta === "0" && JSON.stringify(fills) === first);
  return !same || decisions.length > 0 || decisionsCut;
}

/** What a line and its parent did while they differed. */
interface LineRows {
  readonly own: WindowRows;
  readonly other: WindowRows;
}

/** The other answers to one bar of one line. */
function groupsOf(lines: readonly Line[]): Line[][] {
  const groups = new Map<Line, Map<string, Line[]>>();
  for (const line of lines) {
    const { turn, parent } = line;
    if (turn === null || parent === null) continue;
    const own = groups.get(parent) ?? new Map<string, Line[]>();
    groups.set(parent, own);
    const key = `${turn.instant} ${turn.market}`;
    own.set(key, [...(own.get(key) ?? []), line]);
  }
  return [...groups.values()].flatMap((own) => [...own.values()]);
}

/** Of several ways to a bar the one with the fewest other answers; of equal ones the first that was found. */
function nearest(groups: readonly Line[][]): Line[] {
  const length = (group: Line[]) => group[0]?.turns().length ?? 0;
  return groups.reduce((best, group) => (length(group) < length(best) ? group : best));
}

function instantOf(group: readonly Line[]): number {
  return group[0]?.turn?.instant ?? 0;
}

/** Reads each journal once. */
function readLines(lines: readonly Line[]): Map<Line, LineRows> {
  const wanted = new Map<Lane, { readonly line: Line; readonly side: keyof LineRows }[]>();
  for (const line of lines) {
    for (const side of ["own", "other"] as const) {
      const lane = side === "own" ? line.lane : (line.parent as Line).lane;
      const list = wanted.get(lane);
      if (list === undefined) wanted.set(lane, [{ line, side }]);
      else list.push({ line, side });
    }
  }
  const found = new Map<Line, { own?: WindowRows; other?: WindowRows }>(lines.map((line) => [line, {}]));
  for (const [lane, list] of wanted) {
    const rows = readWindows(
      lane.session.journal,
      list.map(({ line, side }) => line[side]),
    );
    list.forEach(({ line, side }, at) => Object.assign(found.get(line) ?? {}, { [side]: rows[at] }));
  }
  return found as Map<Line, LineRows>;
}

/** Entries of `list` that `other` does not have, each as often as it has too few. */
function without(list: readonly WindowDecision[], other: readonly WindowDecision[]): WindowDecision[] {
  const counts = new Map<string, number>();
  const keyOf = (one: WindowDecision) => JSON.stringify(one);
  for (const one of other) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return list.filter((one) => {
    const left = counts.get(keyOf(one)) ?? 0;
    counts.set(keyOf(one), left - 1);
    return left <= 0;
  });
}
