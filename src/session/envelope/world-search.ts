// The search for other worlds: the main world runs like every session; at each bar that leaves something open another lane takes
// the other answer and runs beside it until the two are the same again. It spends no more bars than its budget, counts what it did
// not try, and judges nothing.

import { InvariantError } from "../../domain/index.ts";
import type { SimulationPlan } from "../plan.ts";
import { Lane, Line, type OpenChoice, type Turn } from "./world.ts";
import { glance, moneyKey, stateKey } from "./world-state.ts";

export interface SearchSettings {
  /** Instants that other worlds than the main one may take together. */
  readonly budget: number;
  /** Worlds that differ in money stay apart for good: nothing is assumed of what money decides. */
  readonly exact: boolean;
  /** The main world's venue keeps a tape. @defaultValue false */
  readonly audited?: boolean;
  /** Of the plan, as far as that is known beforehand. */
  readonly instants: number;
  /** Sessions that are kept at once. */
  readonly lanesMax: number;
  readonly onProgress?: (done: number) => void;
  readonly aborted?: () => boolean;
}

/** Instants between looks at progress and abort. */
const lookInstants = 4_096;

export class WorldSearch {
  declare readonly main: Line;
  /** In the order in which they left. */
  readonly lines: Line[] = [];
  /** Answers that were not tried, or not to their end. */
  unexplored = 0;
  /** Instants that the other worlds have taken. */
  spent = 0;
  /** A world that was the same but for money went another way later: money decides in this plan. */
  moneyDecides = false;
  declare private readonly plan: SimulationPlan;
  declare private readonly settings: SearchSettings;
  /** Lines that run side by side, the main one first while it lasts. */
  private awake: Line[] = [];
  private readonly asleep: Lane[] = [];
  /** Instants of the longest line that has met another one; -1 before the first. */
  private longest = -1;
  private nextLook = lookInstants;

  constructor(plan: SimulationPlan, settings: SearchSettings) {
    this.plan = plan;
    this.settings = settings;
    this.main = new Line(new Lane(plan, settings.audited === true), null, null);
    this.awake = [this.main];
  }

  run(): void {
    const { aborted } = this.settings;
    while (this.awake.length > 0) {
      const running = this.awake;
      const isAlone = running.length === 1 && running[0] === this.main;
      const over = isAlone ? this.runAlone() : this.stepAll();
      const open = openChoices(running);
      if (!isAlone) this.mergeEqual();
      for (const { line, choice } of open) over.push(...this.depart(line, choice));
      for (const line of over) this.finish(line);
      if (this.spent >= this.settings.budget) this.giveUp();
      if (this.settings.exact && !this.canBeExact()) this.stop();
      if (this.looksDue() && aborted?.() === true) this.stop();
    }
  }

  // A search in full that cannot be one is not worth its bars: worlds that money keeps apart run to the end.
  private canBeExact(): boolean {
    const { budget, instants } = this.settings;
    const { done } = this.main.lane.session;
    const needed = (this.awake.length - 1) * Math.max(0, instants - done);
    return this.unexplored === 0 && needed <= budget - this.spent;
  }

  private stop(): void {
    this.unexplored += 1;
    this.giveUp();
    this.finish(this.main);
  }

  /** Nobody to compare with: the main world runs to the next bar that leaves something open. */
  private runAlone(): Line[] {
    const { lane } = this.main;
    for (;;) {
      if (!lane.step(Number.MAX_SAFE_INTEGER)) return [this.main];
      if (lane.leavesOpen || lane.session.done >= this.nextLook) return [];
    }
  }

  /** @returns the lines that are over with this instant */
  private stepAll(): Line[] {
    const over: Line[] = [];
    for (const line of this.awake) {
      const { lane } = line;
      if (!this.guarded(line, null, () => lane.step(lane.session.done + 1))) over.push(line);
      if (line !== this.main) this.spent += 1;
    }
    return over;
  }

  private looksDue(): boolean {
    const { done } = this.main.lane.session;
    if (done < this.nextLook) return false;
    this.nextLook = done + lookInstants;
    this.settings.onProgress?.(done);
    return true;
  }

  // ---- leaving --------------------------------------------------------------------------------------------------

  /** @returns the new lines that are over with this instant */
  private depart(line: Line, choice: OpenChoice): Line[] {
    const over: Line[] = [];
    for (const kind of choice.kinds) {
      const turn: Turn = { instant: choice.instant, market: choice.market, bar: choice.bar, kind };
      const lane = this.laneFor(line, turn.instant);
      if (lane === null) {
        this.unexplored += 1;
        continue;
      }
      lane.take(turn);
      const goesOn = this.guarded(line, turn, () => lane.step(turn.instant + 1));
      this.spent += 1;
      lane.compared = -1;
      lane.leader = null;
      const other = new Line(lane, line, turn);
      this.awake = [...this.awake, other];
      this.lines.push(other);
      // Of several markets at one instant each set of turns is tried once: in the order of the markets.
      for (const next of lane.choices()) if (next.market > turn.market) over.push(...this.depart(other, next));
      if (!goesOn) over.push(other);
      // Many a turn makes no difference: its lane is free for the next one.
      this.mergeEqual();
    }
    return over;
  }

  /** A lane that stands where a line stood before an instant; null when the budget has none. */
  private laneFor(line: Line, instant: number): Lane | null {
    for (;;) {
      const { lane, turns, cost } = this.cheapest(line, instant);
      const left = this.settings.budget - this.spent - this.promised(instant);
      if (cost + 1 > left || (lane === null && this.awake.length + this.asleep.length >= this.settings.lanesMax)) return null;
      const found = lane ?? new Lane(this.plan);
      if (lane !== null) this.asleep.splice(this.asleep.indexOf(lane), 1);
      this.spent += this.guarded(line, null, () => found.catchUp(instant, turns));
      const expected = line.lane.before + found.recordOffset;
      if (lane === null || turns.length > 0 || found.records === expected) return found;
      this.moneyDecides = true;
    }
  }

  /** Instants that the lines under way, and one more, may still need: what is begun should be ended. */
  private promised(instant: number): number {
    if (this.settings.exact) return 0;
    const rest = Math.max(0, this.settings.instants - instant);
    // Where lines meet again soon, four times the longest so far is enough; one that is older will hardly meet at all.
    const usual = this.longest < 0 ? rest : Math.min(rest, 4 * this.longest + 1);
    let promised = usual;
    for (const { turn } of this.awake) if (turn !== null) promised += instant - turn.instant <= usual ? usual : rest;
    return promised;
  }

  private cheapest(line: Line, instant: number): { lane: Lane | null; turns: readonly Turn[]; cost: number } {
    const turns: Turn[] = [];
    let best: { lane: Lane | null; turns: readonly Turn[]; cost: number } | null = null;
    for (let base: Line | null = line; base !== null; base = base.parent) {
      const first = turns[0]?.instant ?? instant;
      for (const lane of this.asleep) {
        const { done } = lane.session;
        if (lane.leader !== base || done > first || lane.validFrom > first) continue;
        if (best === null || instant - done < best.cost) best = { lane, turns: [...turns], cost: instant - done };
      }
      if (base.turn !== null) turns.unshift(base.turn);
    }
    return best ?? { lane: null, turns, cost: instant };
  }

  // ---- meeting --------------------------------------------------------------------------------------------------

  /** Lines that are the same from here on become one. */
  private mergeEqual(): void {
    // The one with fewer turns stays: what it makes of a bar is told with the shorter way.
    const awake = [...this.awake].sort((a, b) => a.depth - b.depth);
    const changed = awake.map(({ lane }) => lane.records !== lane.compared);
    if (awake.length === 1 || !changed.includes(true)) return;
    const glances = awake.map(({ lane }, at) => {
      if (changed[at] === true) lane.glance = glance(lane.session);
      return lane.glance;
    });
    const keys = new Map<Line, string>();
    const keyOf = (line: Line): string => {
      const key = keys.get(line) ?? stateKey(line.lane.session);
      keys.set(line, key);
      return key;
    };
    for (let b = 1; b < awake.length; b += 1) {
      for (let a = 0; a < b; a += 1) {
        const [first, second] = [awake[a] as Line, awake[b] as Line];
        if (glances[a] !== glances[b] || (changed[a] !== true && changed[b] !== true) || first.mergedInto !== null) continue;
        if (this.mayMeet(second, first) && keyOf(first) === keyOf(second) && this.merge(second, first)) break;
      }
    }
    this.awake = awake.filter((line) => line.mergedInto === null);
    for (const { lane } of awake) lane.compared = lane.records;
  }

  // Worlds that their money keeps apart need no comparing, but for the report: when was it only the money?
  private mayMeet(line: Line, into: Line): boolean {
    if (!this.settings.exact || (line.parent === into && line.metAt === null)) return true;
    return moneyKey(line.lane.session) === moneyKey(into.lane.session);
  }

  /** @returns false when the two stay apart for their money */
  private merge(line: Line, into: Line): boolean {
    const instant = line.lane.session.done - 1;
    const equal = moneyKey(line.lane.session) === moneyKey(into.lane.session);
    if (into === line.parent || !this.settings.exact || equal) line.meet();
    if (this.settings.exact && !equal) return false;
    line.mergedInto = into;
    line.mergedAt = instant;
    line.difference = line.lane.value - into.lane.value;
    const length = instant - (line.turn?.instant ?? instant);
    line.idle = line.turn?.instant === instant && line.difference === 0 && originOf(line, instant) === originOf(into, instant);
    if (!line.idle) this.longest = Math.max(this.longest, length);
    this.follow(line.lane, line, into, instant);
    for (const lane of this.asleep) if (lane.leader === line) this.follow(lane, line, into, instant);
    this.asleep.push(line.lane);
    return true;
  }

  private follow(lane: Lane, { lane: own, difference }: Line, into: Line, instant: number): void {
    const records = lane === own ? 0 : lane.recordOffset;
    lane.recordOffset = records + own.records - into.lane.records;
    lane.offset += difference;
    lane.leader = into;
    lane.validFrom = instant + 1;
  }

  // ---- ends -----------------------------------------------------------------------------------------------------

  private finish(line: Line): void {
    if (line.mergedInto !== null) return;
    line.end = line.lane.value;
    this.awake = this.awake.filter((other) => other !== line);
  }

  /** The budget is spent: what is under way stays unknown. */
  private giveUp(): void {
    this.unexplored += this.awake.filter((line) => line !== this.main).length;
    this.awake = this.awake.filter((line) => line === this.main);
  }

  /** A broken invariant in another world is told with the way into it. */
  private guarded<T>(line: Line, turn: Turn | null, call: () => T): T {
    try {
      return call();
    } catch (error) {
      const turns = [...line.turns(), ...(turn === null ? [] : [turn])];
      if (!(error instanceof InvariantError) || turns.length === 0) throw error;
      const way = turns.map(({ market, bar }) => `${this.plan.markets[market]?.rules.symbol ?? ""} bar ${bar}`);
      throw new InvariantError(error.code, `${error.reason}, in the world that turned ${way.join(", ")}`);
    }
  }
}

/** The line that was there before the turns of an instant. */
function originOf(line: Line, instant: number): Line {
  let origin = line;
  while (origin.turn?.instant === instant && origin.parent !== null) origin = origin.parent;
  return origin;
}

/** What the last instant left open in each world. */
function openChoices(lines: readonly Line[]): { readonly line: Line; readonly choice: OpenChoice }[] {
  const open: { line: Line; choice: OpenChoice }[] = [];
  for (const line of lines) for (const choice of line.lane.choices()) open.push({ line, choice });
  return open;
}
