// Two stored runs compared: where their journals part and in which state, what was configured otherwise, what that changed. It must
// never simulate.

import { join } from "node:path";

import { printUnits } from "../../domain/index.ts";
import type { Manifest } from "../manifest.ts";
import { runMetricsObject, type MetricOptions } from "../metrics/run-metrics.ts";
import { journalReader } from "../metrics/run-facts.ts";
import type { StoredRun } from "../read-run.ts";
import { equityParting, metricDeltas, valueDifferences, type EquityParting, type MetricDelta, type ValueDifference } from "./differences.ts";
import { journalParting, type JournalLine, type JournalParting } from "./journal-parting.ts";
import { recordWords } from "./record-words.ts";

/** A record of a journal as it is told. */
export interface ToldRecord {
  readonly line: number;
  readonly bar: number;
  readonly time: number;
  readonly text: string;
  readonly record: unknown;
}

export interface ToldParting {
  /** Records before it that both have; of decisions, those alone. */
  readonly common: number;
  readonly before: readonly ToldRecord[];
  readonly a: readonly ToldRecord[];
  readonly b: readonly ToldRecord[];
}

/** How the account stood where the journals part. */
export interface PartingState {
  readonly positions: readonly {
    readonly symbol: string;
    readonly leg: string;
    readonly side: string;
    readonly quantity: string;
    readonly since: number;
  }[];
  /** Orders that had been sent and had not ended. */
  readonly openOrders: readonly string[];
}

export interface RunComparison {
  readonly format: 1;
  readonly a: RunName;
  readonly b: RunName;
  /** No record of the journals differs. */
  readonly same: boolean;
  readonly firstDifference: ToldParting | null;
  readonly state: PartingState | null;
  /** The first order, cancel, amendment or refused intent that differs. */
  readonly firstDecision: ToldParting | null;
  readonly configuration: readonly ValueDifference[];
  readonly metrics: readonly MetricDelta[];
  readonly equity: EquityParting;
}

interface RunName {
  readonly folder: string;
  readonly scenario: string;
  readonly runHash: string;
  readonly startedAt: string;
}

export interface CompareOptions extends MetricOptions {
  /** Records told before and after. */
  readonly context: number;
}

const decisions = ["submit_order", "order_held", "cancel_order", "amend_order", "intent_skipped"].map((type) => `"type":"${type}"`);

export async function compareRuns(a: StoredRun, b: StoredRun, { context, ...options }: CompareOptions): Promise<RunComparison> {
  const files = { a: join(a.folder, "journal.ndjson"), b: join(b.folder, "journal.ndjson") };
  const state = new StateAtParting(a);
  const first = await journalParting(
    files,
    context,
    () => true,
    (line) => state.take(line),
  );
  const decision = first === null ? null : await journalParting(files, context, (line) => decisions.some((type) => line.includes(type)));
  return {
    format: 1,
    a: nameOf(a),
    b: nameOf(b),
    same: first === null,
    firstDifference: first === null ? null : told(first, a, b),
    state: first === null ? null : state.standing(),
    firstDecision: decision === null ? null : told(decision, a, b),
    configuration: valueDifferences(settingsOf(a.manifest), settingsOf(b.manifest)),
    metrics: metricDeltas(runMetricsObject(a.facts, options), runMetricsObject(b.facts, options)),
    equity: equityParting(a.facts.equity, b.facts.equity),
  };
}

function nameOf({ folder, manifest }: StoredRun): RunName {
  return { folder, scenario: manifest.scenario, runHash: manifest.hashes.run, startedAt: manifest.startedAt };
}

function told({ common, before, a, b }: JournalParting, left: StoredRun, right: StoredRun): ToldParting {
  const records = (lines: readonly JournalLine[], { facts }: StoredRun): ToldRecord[] => {
    const instruments = facts.markets.map(({ instrument }) => instrument);
    return lines.map(({ line, text }) => ({ line, ...recordWords(text, instruments), record: JSON.parse(text) as unknown }));
  };
  return { common, before: records(before, left), a: records(a, left), b: records(b, right) };
}

/** Parts of the configuration that the manifest has under other names. */
const toldElsewhere: ReadonlySet<string> = new Set(["name", "rules", "balances", "positions"]);

/** What a run was made of, without what every run has anew and what the configuration says a second time. */
function settingsOf(manifest: Manifest): unknown {
  const { versions, seed, labels, venue, positionMode, leverage, fill, envelope, scales, account, markets, strategy, scenario, hashes } = manifest;
  const known = {
    versions,
    scenario,
    seed,
    labels,
    venue,
    positionMode,
    leverage,
    fill,
    envelope: envelope ?? null,
    strategy,
    scales,
    account,
    markets,
  };
  const bars = Object.fromEntries(hashes.bars.map(({ symbol, timeframe, ...entry }) => [`${symbol} ${timeframe}`, entry]));
  const rest = Object.entries(manifest.configuration as object).filter(([key]) => !Object.hasOwn(known, key) && !toldElsewhere.has(key));
  return { ...known, bars, ...Object.fromEntries(rest) };
}

/** Follows the records that both journals have. */
class StateAtParting {
  declare private readonly run: StoredRun;
  declare private readonly reader: ReturnType<typeof journalReader>;
  private readonly open = new Map<number, string>();

  constructor(run: StoredRun) {
    this.run = run;
    this.reader = journalReader(run.facts);
  }

  take(line: string): void {
    this.reader.take(line);
    if (line.includes('"type":"submit_order"')) {
      const { request } = JSON.parse(line) as { readonly request: { readonly order: number } };
      const words = recordWords(
        line,
        this.run.facts.markets.map(({ instrument }) => instrument),
      );
      this.open.set(request.order, words.text.replace(" sent:", ":"));
    } else if (line.includes('"type":"order_settled"')) {
      const { order, status } = JSON.parse(line) as { readonly order: number; readonly status: string };
      if (status !== "UNKNOWN" && status !== "PARTIAL" && status !== "SUBMITTED") this.open.delete(order);
    }
  }

  standing(): PartingState {
    const positions = this.reader.legs.flatMap(({ open }) => open ?? []);
    const scales = new Map(this.run.facts.markets.map(({ instrument }) => [instrument.symbol, instrument.quantityScale]));
    return {
      positions: positions.map(({ symbol, leg, side, quantity, entryTime }) => ({
        symbol,
        leg,
        side,
        quantity: printUnits(quantity, scales.get(symbol) ?? 0),
        since: entryTime,
      })),
      openOrders: [...this.open.values()],
    };
  }
}
