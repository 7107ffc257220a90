// Puts the view of a run together: what it left, what looking at it a second time shows, and what was left out for want of
// room. It must never judge, and never compute a trading result a second time.

import { parseClientOrderId, SeatrialError } from "../../domain/index.ts";
import { readTape, type RunRecord, type TapeRecord } from "../../journal/index.ts";
import {
  instantsOf,
  surveyRun,
  walkRun,
  type CostRow,
  type IntentNote,
  type RunSurvey,
  type SimulationPlan,
  type TrailingOrder,
} from "../../session/index.ts";
import type { Manifest } from "../manifest.ts";
import type { Outcome } from "../outcome.ts";
import { errorObject } from "../result.ts";
import type { PlayerView, RunView } from "./run-view.ts";
import { ambiguousBars } from "./ambiguity.ts";
import { Lives } from "./lives.ts";
import { equityView, marketViews } from "./markets.ts";
import { RunNames } from "./names.ts";
import { Player } from "./player.ts";
import { Silences } from "./silences.ts";
import { jsonOf } from "./state.ts";

/** What a page holds at most: beyond it stays below 2 MB for 50,000 bars. */
export const viewLimits = {
  /** Candles of all markets together. */
  candles: 50_000,
  equityPoints: 4_000,
  /** Orders that are told from the wish to the end. */
  lives: 1_500,
  /** Rows of each other list. */
  rows: 3_000,
  positions: 5_000,
  ambiguous: 500,
  /** Trailing stops that are followed. */
  trailing: 100,
  /** Instants of a run in which every close is a step. */
  everyBar: 3_000,
  steps: 6_000,
  /** Characters of the player's changes, as JSON. */
  characters: 1_200_000,
  /** Records of a run that is walked at all: a journal beyond that would be in memory twice. */
  records: 2_000_000,
} as const;

export interface ViewFacts {
  readonly plan: SimulationPlan;
  /** Its journal is still there. */
  readonly record: RunRecord;
  readonly outcome: Outcome;
  readonly manifest: Manifest;
  readonly why: string | null;
  readonly costs: readonly CostRow[];
}

/** @throws SeatrialError where the run cannot be looked at a second time */
export function viewOf(facts: ViewFacts): RunView {
  const { plan, record, outcome, manifest, why, costs } = facts;
  const { envelope: _envelope, ...alone } = plan;
  const limits = { active: viewLimits.steps, ambiguous: viewLimits.ambiguous, positions: viewLimits.positions, stops: viewLimits.positions };
  const survey = surveyRun(alone, limits, trailingOrders(plan, record));
  const names = new RunNames(survey.journal.markets, record.rows.orders);
  const { player, stepOf, notes } = playerOf(alone, survey, names, record.runHash);
  const lives = new Lives(
    { plan, names, rows: record.rows.orders, skipped: record.rows.skipped, fills: record.rows.fills, notes, stepOf, stops: survey.stops },
    viewLimits.lives,
  );
  const silences = new Silences(names);
  forEachRecord(survey, record, (entry) => {
    lives.take(entry);
    const over = silences.take(entry);
    if (over !== null) lives.heardAgain(over, entry.bar);
  });
  const heardNothing = silences.list(stepOf);
  const orders = lives.list();
  const { configuration: _configuration, ...shown } = manifest;
  const { rows } = record;
  const view: RunView = {
    format: 1,
    scenario: outcome.scenario,
    why,
    status: outcome.status,
    error: outcome.error === null ? null : errorObject(outcome.error),
    seed: plan.seed,
    runHash: record.runHash,
    currency: names.instrument(0).rules.settle,
    labels: outcome.labels,
    manifest: shown,
    expectations: outcome.expectations.map(({ text, passed, actual }) => ({ text, passed, actual: jsonOf(actual) })),
    metrics: record.metrics,
    final: record.final,
    invariants: record.invariants,
    markets: marketViews(names, survey.positions, viewLimits.candles),
    equity: equityView(record.equity, viewLimits.equityPoints),
    orders,
    fills: first(rows.fills),
    skipped: first(lives.skipped),
    routes: first(rows.routes),
    funding: first(rows.funding),
    liquidations: first(rows.liquidations),
    ledger: first(rows.ledger),
    alerts: first(rows.alerts),
    silences: first(heardNothing),
    ambiguous: { assumptions: record.assumptions, bars: ambiguousBars(survey.ambiguous, orders, plan, names), envelope: record.envelope ?? null },
    unprotected: first(rows.unprotected),
    costs,
    player,
    omitted: omissions(record, survey, heardNothing.length),
  };
  survey.journal.tape.release();
  return view;
}

/** The first trailing stops of a run: where they stand is looked up at each instant. */
function trailingOrders({ markets }: SimulationPlan, { rows }: RunRecord): TrailingOrder[] {
  const found = rows.orders.filter(({ type }) => type === "trailing_stop").slice(0, viewLimits.trailing);
  return found.flatMap(({ symbol, clientOrderId }) => {
    const order = parseClientOrderId(clientOrderId)?.order;
    return order === undefined ? [] : [{ market: markets.findIndex(({ rules }) => rules.symbol === symbol), order }];
  });
}

function first<T>(rows: readonly T[]): readonly T[] {
  return rows.slice(0, viewLimits.rows);
}

/** What is left out of each list, in sentences. */
function omissions({ rows, assumptions }: RunRecord, { positions, ambiguous }: RunSurvey, silences: number): string[] {
  const lists = ["fills", "skipped", "routes", "funding", "liquidations", "ledger", "alerts", "unprotected"] as const;
  const told = (name: string, all: number, most: number): string[] => (all > most ? [`${name}: the first ${most} of ${all}`] : []);
  return [
    ...told("orders", rows.orders.length, viewLimits.lives),
    ...lists.flatMap((list) => told(list, rows[list].length, viewLimits.rows)),
    ...told("silences", silences, viewLimits.rows),
    ...told("trailing stops that are followed", rows.orders.filter(({ type }) => type === "trailing_stop").length, viewLimits.trailing),
    ...told("ambiguous bars", assumptions.ambiguousBars, ambiguous.length),
    ...(positions.length >= viewLimits.positions ? [`positions: the first ${viewLimits.positions} changes`] : []),
  ];
}

interface Played {
  readonly player: PlayerView;
  readonly stepOf: (record: number) => number | null;
  readonly notes: ReadonlyMap<number, IntentNote>;
}

function playerOf(plan: SimulationPlan, survey: RunSurvey, names: RunNames, runHash: string): Played {
  if (survey.runHash !== runHash)
    return unplayed("a second run of the same scenario did other things: the strategy does not depend on its input alone");
  if (survey.journal.tape.length > viewLimits.records)
    return unplayed(`the run has more than ${viewLimits.records} records: it was not walked step by step`);
  const everyBar = instantsOf(plan) <= viewLimits.everyBar;
  const player = new Player(names, viewLimits);
  try {
    const walk = walkRun(plan, {
      instants: everyBar ? null : survey.active,
      notesMost: 2 * viewLimits.lives + viewLimits.rows,
      hear: (act) => player.hear(act),
    });
    if (walk.runHash !== runHash) return unplayed("the strategy did other things while its state was read: its snapshot changes what it does");
    const { view, stepOf } = player.view(survey.journal, everyBar);
    return { player: view, stepOf, notes: walk.notes };
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return unplayed(`the run cannot be walked step by step: ${error.reason}`);
  }
}

function unplayed(omitted: string): Played {
  return { player: { initial: { runner: null, strategy: null }, steps: [], omitted }, stepOf: () => null, notes: new Map() };
}

/** The records of the run that is shown, in order: of the second run where that is the same, else as they were written. */
function forEachRecord({ journal, runHash }: RunSurvey, record: RunRecord, visit: (entry: TapeRecord) => void): void {
  if (runHash === record.runHash) return readTape(journal.tape, visit);
  for (const line of record.journalLines()) visit(entryOf(line));
}

// A line has the bar and the time of its handling before the record's own fields; an event's own time is the same.
function entryOf(line: string): TapeRecord {
  const { bar, ...record } = JSON.parse(line) as { readonly bar: TapeRecord["bar"] } & { readonly time: TapeRecord["time"] } & TapeRecord["record"];
  return { bar, time: record.time, record };
}
