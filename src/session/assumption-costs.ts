// What each assumption of a run is worth: the plan is run again with one of them changed at a time, and what it ends with is
// laid beside what it ended with here. The strategy sees the change too and may decide otherwise: that is part of the worth.

import { parseDecimal, printDecimal, SeatrialError } from "../domain/index.ts";
import { defaultFillModel, optimisticFillModel, type FillModel } from "../exchange/virtual/index.ts";
import type { RunRecord } from "../journal/index.ts";
import { openSession } from "./open-session.ts";
import type { SimulationPlan } from "./plan.ts";
import { releaseMemory } from "./run-record.ts";
import { instantsOf } from "./run-survey.ts";

/** What can be changed. */
export type AssumptionName = "fees" | "slippage" | "spread" | "funding" | "path" | "volume" | "limit" | "latency";

/** The same plan with one assumption changed. Money as exact decimal text in the settlement currency. */
export interface CostRow {
  readonly assumption: AssumptionName;
  /** As it stands in this run. */
  readonly here: string;
  /** As it was changed. */
  readonly instead: string;
  /** Final equity of the other run; null where it broke off or was not made, and `note` says why. */
  readonly equity: string | null;
  /** The other run's final equity less this one's. */
  readonly difference: string | null;
  readonly fills: number | null;
  readonly realizedPnl: string | null;
  readonly maxDrawdown: string | null;
  readonly note: string | null;
}

/** One change of one assumption. */
interface Change {
  readonly instead: string;
  readonly plan: SimulationPlan;
}

/** An assumption: how a plan has it, whether it can matter for a run, and what may stand in its place. */
interface Assumption {
  readonly name: AssumptionName;
  readonly here: (plan: SimulationPlan) => string;
  readonly matters: (plan: SimulationPlan, record: RunRecord) => boolean;
  readonly changes: (plan: SimulationPlan) => readonly Change[];
}

const paths: readonly FillModel["path"][] = ["adaptive", "ohlc", "olhc", "worst", "best"];

const assumptions: readonly Assumption[] = [
  {
    name: "fees",
    here: feesHere,
    matters: (_, { metrics }) => Object.values(metrics.feesByCurrency).some((fee) => fee !== "0"),
    changes: (plan) => [
      {
        instead: "no fees",
        plan: { ...plan, profile: { ...plan.profile, makerFee: "0", takerFee: "0", fixedFee: null, charges: [] } },
      },
    ],
  },
  {
    name: "slippage",
    here: ({ fill }) => slippageText(fill.slippage),
    matters: (_, record) => hasTaker(record),
    changes: (plan) =>
      plan.fill.slippage.kind === "none"
        ? [filled(plan, "1 bp + 35 bp × share of the volume", { slippage: { ...usualSlippage, limit: null } })]
        : [filled(plan, "none", { slippage: { kind: "none" } })],
  },
  {
    name: "spread",
    here: (plan) => `half spread ${halfSpreadOf(plan)} bp`,
    matters: (_, record) => hasTaker(record),
    changes: (plan) =>
      isZero(halfSpreadOf(plan)) ? [filled(plan, "half spread 1 bp", { halfSpreadBp: "1" })] : [filled(plan, "no spread", { halfSpreadBp: "0" })],
  },
  {
    name: "funding",
    here: () => "paid at its stamps",
    matters: (_, { rows }) => rows.funding.length > 0,
    changes: (plan) => [{ instead: "no funding", plan: { ...plan, markets: plan.markets.map(({ funding: _funding, ...market }) => market) } }],
  },
  {
    name: "path",
    here: ({ fill }) => fill.path,
    // A market order fills at an open: only what rests or waits meets the path, and what the account's margin allows.
    matters: ({ liquidation, profile }, { rows }) =>
      rows.orders.some(({ type }) => type !== "market") || (liquidation === undefined ? profile.liquidation : liquidation) !== null,
    changes: (plan) => paths.filter((path) => path !== plan.fill.path).map((path) => filled(plan, path, { path })),
  },
  {
    name: "volume",
    here: ({ fill: { volumeCap } }) => (volumeCap === null ? "no cap" : `at most ${volumeCap} of a bar's volume`),
    matters: (_, { rows }) => rows.orders.length > 0,
    changes: (plan) =>
      plan.fill.volumeCap === null
        ? [filled(plan, `at most ${defaultFillModel.volumeCap} of a bar's volume`, { volumeCap: defaultFillModel.volumeCap })]
        : [filled(plan, "no cap", { volumeCap: null })],
  },
  {
    name: "limit",
    here: ({ fill: { limit } }) => limitText(limit),
    matters: (_, { rows }) => rows.orders.some(({ type }) => type.endsWith("limit")),
    changes: (plan) =>
      (["through", "touch"] as const).filter((limit) => limit !== plan.fill.limit).map((limit) => filled(plan, limitText(limit), { limit })),
  },
  {
    name: "latency",
    here: ({ fill: { latency } }) =>
      latency === null ? "none" : `submit ${latency.submitMs} ms, cancel ${latency.cancelMs} ms, data ${latency.dataMs} ms`,
    // Without data inside the bars nobody could tell where a late request arrives.
    matters: ({ fill }) => fill.latency !== null,
    changes: (plan) => [filled(plan, "none", { latency: null })],
  },
];

/** The slippage of the optimistic preset: that of a liquid market. */
const usualSlippage = optimisticFillModel.slippage as Extract<FillModel["slippage"], { kind: "volume_share" }>;

export interface CostOptions {
  /** Instants that one run may have; larger ones are not made, and their rows say so. null: no limit. */
  readonly instantsMax: number | null;
}

/**
 * One row for each change of each assumption that can matter in a run.
 * @param record of the plan's own run
 */
export function assumptionCosts(plan: SimulationPlan, record: RunRecord, { instantsMax }: CostOptions): CostRow[] {
  const instants = instantsOf(plan);
  const refused =
    instantsMax !== null && instants > instantsMax ? `not run: ${instants} bars are more than ${instantsMax}; ask for it with --costs` : null;
  return assumptions
    .filter((assumption) => assumption.matters(plan, record))
    .flatMap(({ name, here, changes }) =>
      changes(plan).map(({ instead, plan: changed }) => {
        const head = { assumption: name, here: here(plan), instead };
        return refused === null ? { ...head, ...outcomeOf(changed, record) } : { ...head, ...nothing, note: refused };
      }),
    );
}

const nothing = { equity: null, difference: null, fills: null, realizedPnl: null, maxDrawdown: null };

/** What another run ends with, beside this one. */
function outcomeOf(plan: SimulationPlan, own: RunRecord): Omit<CostRow, "assumption" | "here" | "instead"> {
  const { envelope: _envelope, ...alone } = plan;
  try {
    const session = openSession(alone);
    session.run();
    const { rows, final, metrics } = session.record();
    releaseMemory(session);
    const { halt } = rows;
    if (halt !== null && halt.reason !== own.rows.halt?.reason) return { ...nothing, note: `broke off in bar ${halt.bar}: ${halt.text}` };
    return {
      equity: final.equity,
      difference: less(final.equity, own.final.equity),
      fills: metrics.fills,
      realizedPnl: metrics.realizedPnl,
      maxDrawdown: metrics.maxDrawdown,
      note: null,
    };
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return { ...nothing, note: `broke off: ${error.reason}` };
  }
}

// ---- words --------------------------------------------------------------------------------------------------------

function filled(plan: SimulationPlan, instead: string, change: Partial<FillModel>): Change {
  return { instead, plan: { ...plan, fill: { ...plan.fill, ...change } } };
}

function feesHere({ profile }: SimulationPlan): string {
  const { makerFee, takerFee, fixedFee, charges } = profile;
  const fixed = fixedFee === null ? [] : [`${fixedFee.amount} for each ${fixedFee.per}`];
  return [`maker ${makerFee}, taker ${takerFee}`, ...fixed, ...charges.map(({ name }) => name)].join(", ");
}

function halfSpreadOf({ fill, profile }: SimulationPlan): string {
  return fill.halfSpreadBp ?? profile.halfSpreadBp;
}

function slippageText(slippage: FillModel["slippage"]): string {
  switch (slippage.kind) {
    case "none":
      return "none";
    case "bps":
      return `${slippage.bps} bp`;
    case "ticks":
      return `${slippage.ticks} ticks`;
    case "volume_share":
      return `${slippage.baseBps} bp + ${slippage.slopeBps} bp × share of the volume`;
  }
}

function limitText(limit: FillModel["limit"]): string {
  if (typeof limit === "string") return limit === "touch" ? "fills on a touch" : "fills when traded through by a tick";
  return `a touch fills with probability ${limit.probability}`;
}

function hasTaker({ rows }: RunRecord): boolean {
  return rows.fills.some(({ liquidity }) => liquidity === "taker");
}

function isZero(text: string): boolean {
  return parseDecimal(text).units === 0n;
}

function less(a: string, b: string): string {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const at = ({ units, scale: own }: typeof left) => units * 10n ** BigInt(scale - own);
  return printDecimal({ units: at(left) - at(right), scale });
}
