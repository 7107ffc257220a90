// A run with its envelope: the main world like every session, and the best and the worst that the same bars allow, because they
// do not say in which order their prices came. Small plans are searched in full; of larger ones the differences of single
// bars are added up and confirmed by whole runs as far as the budget lasts. What was not tried is counted.

import { printUnits, SeatrialError, type Reason } from "../../domain/index.ts";
import { Projection, type Envelope, type EnvelopeEnd, type RunRecord } from "../../journal/index.ts";
import { auditedRecord, type ToldOfRun } from "../audit-run.ts";
import { EnvelopeBars } from "./bars.ts";
import type { SimulationPlan } from "../plan.ts";
import { releaseMemory } from "../run-record.ts";
import type { SimulatedSession } from "../simulate.ts";
import type { SimulationHooks } from "../simulation-hooks.ts";
import { extremeWay, type Way } from "./world-extremes.ts";
import { WorldSearch } from "./world-search.ts";
import { Lane } from "./world.ts";

/** Every plan may run this many instants more: small ones are searched in full. */
const budgetMin = 100_000;
/** And this share of its own: all in all less than three times a plain run. */
const budgetShare = 2.5;
/** Worlds of a full search, and sessions kept at once in the other. */
const worldsMax = 256;
const lanesMax = 8;

/** What other worlds may take by default, in instants. @param bars of the longest market */
export function defaultEnvelopeBudget(bars: number): number {
  return Math.max(budgetMin, Math.round(budgetShare * bars));
}

/** Runs a plan and what else its bars allow; the record and the session are the main world's, and its venue keeps a tape where it is audited. @param told null: it is not audited. @throws SeatrialError as `simulate` does, for any of the worlds */
export function simulateEnvelope(
  plan: SimulationPlan,
  hooks: SimulationHooks = {},
  told: ToldOfRun | null = null,
): { record: RunRecord; session: SimulatedSession } {
  const known = plan.markets.find(({ inside }) => inside !== undefined);
  if (known !== undefined)
    throw new SeatrialError({
      code: "envelope_inside",
      reason: `the way of prices inside the bars of ${known.rules.symbol} is known: an envelope asks what other ways allow`,
      hint: "leave out the inside data, or the path envelope",
    });
  const bars = Math.max(...plan.markets.map(({ series }) => series[0]?.length ?? 0));
  const budget = plan.envelope?.budget ?? defaultEnvelopeBudget(bars);
  const { search, exact, left } = searchOf(plan, bars, budget, hooks, told !== null);
  const { session } = search.main.lane;
  const record = told === null ? session.record() : auditedRecord(plan, session, told);
  const envelope = new EnvelopeReport(plan, search, exact).read(left);
  for (const { lane } of search.lines) if (lane !== search.main.lane) releaseMemory(lane.session);
  hooks.onProgress?.(bars, bars);
  return { record: { ...record, envelope }, session };
}

interface Searched {
  readonly search: WorldSearch;
  readonly exact: boolean;
  /** Of the budget. */
  readonly left: number;
}

function searchOf(plan: SimulationPlan, bars: number, budget: number, hooks: SimulationHooks, audited: boolean): Searched {
  const looks = {
    ...(hooks.onProgress === undefined ? {} : { onProgress: (done: number) => hooks.onProgress?.(Math.min(done, bars), bars) }),
    ...(hooks.aborted === undefined ? {} : { aborted: () => hooks.aborted?.() === true }),
    audited,
  };
  let left = budget;
  if (budget >= 4 * bars) {
    const full = new WorldSearch(plan, { ...looks, instants: bars, budget: budget / 2, exact: true, lanesMax: worldsMax });
    full.run();
    left -= full.spent;
    if (full.unexplored === 0) return { search: full, exact: true, left };
    left -= full.main.lane.session.done;
  }
  // Whole runs are kept for confirming, where that leaves enough to search with: first of the worst end, then of the best.
  const kept = left >= 4 * bars ? 2 * bars : left >= 2 * bars ? bars : 0;
  const search = new WorldSearch(plan, { ...looks, instants: bars, budget: left - kept, exact: false, lanesMax });
  search.run();
  return { search, exact: search.unexplored === 0 && search.lines.every((line) => line.idle), left: left - search.spent };
}

class EnvelopeReport {
  declare private readonly plan: SimulationPlan;
  declare private readonly search: WorldSearch;
  declare private readonly exact: boolean;
  declare private readonly bars: EnvelopeBars;
  declare private readonly moneyScale: number;
  /** Whole runs that confirmed something. */
  private confirmations = 0;
  /** One of them ended elsewhere than the sum of the differences. */
  private moneyDecides = false;

  constructor(plan: SimulationPlan, search: WorldSearch, exact: boolean) {
    const { venue } = search.main.lane.session;
    this.plan = plan;
    this.search = search;
    this.exact = exact;
    this.moneyScale = venue.scaleOf(venue.settlement);
    this.bars = new EnvelopeBars(plan, this.moneyScale);
  }

  read(budget: number): Envelope {
    const { main, lines, unexplored } = this.search;
    const found = lines.filter((line) => !line.idle);
    const ways = { worst: extremeWay(main, lines, -1), best: extremeWay(main, lines, 1) };
    // Whoever has the money for one confirmation wants to know the worst.
    const worst = this.endOf(ways.worst, -1, budget);
    const best = this.endOf(ways.best, 1, budget - worst.cost);
    return {
      best: best.end,
      worst: worst.end,
      bars: this.bars.rowsOf(found),
      worlds: 1 + found.filter((line) => line.final() !== null).length + this.confirmations,
      unexplored,
      moneyDecides: this.moneyDecides || this.search.moneyDecides,
      exact: this.exact,
    };
  }

  private endOf(way: Way, sign: 1 | -1, budget: number): { readonly end: EnvelopeEnd; readonly cost: number } {
    const { main } = this.search;
    const mains = main.lane.session;
    if (this.exact || way.turns.length === 0) return { end: this.row(way, true, haltOf(way.last.lane.session)), cost: 0 };
    // No world has more instants than the main one, but for one that the main world's halt cut short.
    if (mains.done > budget) return { end: this.row(way, false, haltOf(way.last.lane.session)), cost: 0 };
    const lane = new Lane(this.plan);
    const cost = lane.catchUp(Number.MAX_SAFE_INTEGER, way.turns);
    this.confirmations += 1;
    const { value } = lane;
    if (value !== way.value) this.moneyDecides = true;
    const halt = haltOf(lane.session);
    releaseMemory(lane.session);
    // Where money decides, the sum may have promised what no run holds: then the main world may be the better one.
    if (sign * value < sign * (main.final() ?? value))
      return { end: this.row({ ...way, value: main.final() ?? value, turns: [] }, true, haltOf(mains)), cost };
    return { end: this.row({ ...way, value }, true, halt), cost };
  }

  private row({ value, turns }: Way, confirmed: boolean, halt: Reason | null): EnvelopeEnd {
    return { equity: printUnits(value, this.moneyScale), choices: turns.map((turn) => this.bars.choiceOf(turn)), confirmed, halt };
  }
}

function haltOf(session: SimulatedSession): Reason | null {
  return session.halted ? (new Projection(session.journal).read().halt?.reason ?? null) : null;
}
