// What a run was made of: versions, hashes, seed, settings. Enough to say later whether two runs were the same run.
// Never holds a secret, an environment variable or a figure of the run's result.

import { printUnits, type BarSeries, type MarketRules, type PositionMode } from "../domain/index.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import type { RunAssumptions } from "../journal/rows.ts";
import type { BootPosition, SimulationPlan } from "../session/index.ts";

export interface Manifest {
  readonly scenario: string;
  /** As it was named on the command line. */
  readonly file: string;
  /** Start of the run, ISO 8601 UTC. */
  readonly startedAt: string;
  readonly versions: Versions;
  readonly hashes: {
    /** sha-256 of the scenario file's bytes. */
    readonly scenarioFile: string;
    readonly run: string;
    /** Digest of each series' columns, by symbol and timeframe. */
    readonly bars: readonly BarsEntry[];
  };
  readonly seed: number;
  readonly labels: readonly string[];
  readonly venue: string;
  readonly positionMode: PositionMode;
  readonly leverage: number;
  readonly fill: FillModel;
  /** Only where other worlds were run beside the main one: the budget that was set for them, null for the default. */
  readonly envelope?: NonNullable<SimulationPlan["envelope"]>;
  /** Decimals of exact numbers in this run: money by currency, prices and quantities by symbol. */
  readonly scales: {
    readonly money: Readonly<Record<string, number>>;
    readonly price: Readonly<Record<string, number>>;
    readonly quantity: Readonly<Record<string, number>>;
  };
  readonly assumptions: RunAssumptions;
  /** What the account held before the first bar, as decimal text. Absent in runs of versions without metrics. */
  readonly account?: {
    /** Currency of equity and of every sum. */
    readonly settlement: string;
    readonly balances: Readonly<Record<string, string>>;
    readonly positions: readonly BootPosition[];
  };
  /** Rules of each market, in the run's order. Absent as `account` is. */
  readonly markets?: readonly MarketRules[];
  readonly strategy: { readonly name: string; readonly params: Readonly<Record<string, unknown>> };
  readonly configuration: unknown;
}

/** `ccxt` is null for a run that did not load it. */
export interface Versions {
  readonly seatrial: string;
  readonly node: string;
  readonly ccxt: string | null;
}

export interface BarsEntry {
  readonly symbol: string;
  readonly timeframe: string;
  readonly bars: number;
  /** Open time of the first bar and close time of the last, epoch ms; null for an empty series. */
  readonly from: number | null;
  readonly to: number | null;
  /** First and last close, decimal text; null for an empty series, absent as the manifest's `account` is. */
  readonly firstClose?: string | null;
  readonly lastClose?: string | null;
  readonly digest: string;
}

/** What the shell knows and the plan does not. */
export interface ManifestFacts {
  readonly file: string;
  readonly scenarioFileHash: string;
  readonly runHash: string;
  /** In the order of the plan's markets, finest series first. */
  readonly digests: readonly string[];
  readonly moneyScales: Readonly<Record<string, number>>;
  readonly labels: readonly string[];
  readonly assumptions: RunAssumptions;
  readonly startedAt: Date;
  readonly versions: Versions;
}

export function manifestOf(plan: SimulationPlan, facts: ManifestFacts): Manifest {
  const series = plan.markets.flatMap((market) => market.series);
  const finest = plan.markets.flatMap((market) => market.series.slice(0, 1));
  return {
    scenario: plan.name,
    file: facts.file,
    startedAt: facts.startedAt.toISOString(),
    versions: facts.versions,
    hashes: {
      scenarioFile: facts.scenarioFileHash,
      run: facts.runHash,
      bars: series.map((bars, index) => ({
        symbol: bars.symbol,
        timeframe: bars.timeframe,
        bars: bars.length,
        from: bars.length === 0 ? null : bars.timeAt(0),
        to: bars.length === 0 ? null : bars.closeTimeAt(bars.length - 1),
        firstClose: closeText(bars, 0),
        lastClose: closeText(bars, bars.length - 1),
        digest: facts.digests[index] ?? "",
      })),
    },
    seed: plan.seed,
    labels: facts.labels,
    venue: plan.profile.name,
    positionMode: plan.positionMode,
    leverage: plan.leverage,
    fill: plan.fill,
    ...(plan.envelope === undefined ? {} : { envelope: plan.envelope }),
    scales: {
      money: facts.moneyScales,
      price: Object.fromEntries(finest.map((bars) => [bars.symbol, bars.priceScale])),
      quantity: Object.fromEntries(finest.map((bars) => [bars.symbol, bars.quantityScale])),
    },
    assumptions: facts.assumptions,
    account: { settlement: plan.markets[0]?.rules.settle ?? "", balances: plan.balances, positions: plan.positions },
    markets: plan.markets.map(({ rules }) => rules),
    strategy: { name: plan.strategy.definition.name, params: plan.strategy.params },
    configuration: plan.configuration,
  };
}

function closeText(bars: BarSeries, row: number): string | null {
  return bars.length === 0 ? null : printUnits(bars.closeAt(row), bars.priceScale);
}
