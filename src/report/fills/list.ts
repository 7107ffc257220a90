// Fills as a list: chosen, the newest first, as a table, CSV or JSON. Says what each one lost against the price that was asked for.

import { adverseSlipBp, type Leg, type Liquidity, type Side } from "../../domain/index.ts";
import { csvText } from "../csv.ts";
import { tableText, type Column } from "../terminal/table.ts";
import type { FillFacts } from "./facts.ts";
import { adverseDifference } from "./slippage.ts";

/** Absent keys choose nothing. */
export interface FillFilter {
  readonly symbol?: string;
  readonly side?: Side;
  readonly leg?: Leg;
  readonly family?: string;
  readonly liquidity?: Liquidity;
  /** Epoch ms: from here on. */
  readonly since?: number;
  /** Epoch ms: before this. */
  readonly until?: number;
}

/** A row of the list. Prices and quantities are exact text, times epoch ms UTC, absent is null. */
export interface ListedFill extends Omit<FillFacts, "predicted"> {
  /** Price units, adverse positive, exact. */
  readonly slippage: string | null;
  /** Of the requested price. */
  readonly slippageBp: number | null;
  /** What came with the order as its expected loss, in price units. */
  readonly predictedSlippage: number | null;
}

/** In the order in which they came. */
export function chosenFills(fills: readonly FillFacts[], filter: FillFilter): FillFacts[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const words = (["symbol", "side", "leg", "family", "liquidity"] as const).filter((key) => filter[key] !== undefined);
  return fills.filter((fill) => fill.time >= since && fill.time < until && words.every((key) => fill[key] === filter[key]));
}

/** The newest first; fills of one instant in reverse, too. @param limit Infinity = all */
export async function listFills(fills: readonly FillFacts[], limit: number): Promise<ListedFill[]> {
  if (fills.length === 0) return [];
  const { desc, from } = await import("arquero");
  const table = from(fills.map(({ time }, row) => ({ time, row }))).orderby(desc("time"), desc("row"));
  const kept = table.slice(0, limit).array("row") as readonly number[];
  return Array.from(kept, (row) => listed(fills[row] as FillFacts));
}

function listed({ predicted, ...fill }: FillFacts): ListedFill {
  const { side, price, requested } = fill;
  return {
    ...fill,
    slippage: requested === null ? null : adverseDifference(fill, requested),
    slippageBp: requested === null ? null : adverseSlipBp(side, Number(requested), Number(price)),
    predictedSlippage: predicted,
  };
}

const csvColumns = [
  "time",
  "symbol",
  "side",
  "leg",
  "family",
  "type",
  "quantity",
  "price",
  "requested",
  "slippage",
  "slippageBp",
  "predictedSlippage",
  "arrival",
  "volume",
  "liquidity",
  "fee",
  "feeCurrency",
  "latencyMs",
  "orderId",
  "bar",
] as const satisfies readonly (keyof ListedFill)[];

export function fillListCsv(fills: readonly ListedFill[]): string {
  return csvText(
    csvColumns,
    fills.map((fill) => csvColumns.map((column) => fill[column])),
  );
}

const shown: readonly (Column & { readonly text: (fill: ListedFill) => string })[] = [
  { title: "time", text: ({ time }) => new Date(time).toISOString().replace(".000Z", "Z") },
  { title: "symbol", flexible: true, text: ({ symbol }) => symbol },
  { title: "side", text: ({ side }) => side },
  { title: "leg", dispensable: true, text: ({ leg }) => leg ?? "" },
  { title: "family", text: ({ family }) => family ?? "" },
  { title: "quantity", align: "right", text: ({ quantity }) => quantity },
  { title: "price", align: "right", text: ({ price }) => price },
  { title: "requested", align: "right", text: ({ requested }) => requested ?? "" },
  { title: "slip bp", align: "right", text: ({ slippageBp }) => (slippageBp === null ? "" : slippageBp.toFixed(2)) },
  { title: "as", dispensable: true, text: ({ liquidity }) => liquidity ?? "" },
  { title: "fee", align: "right", dispensable: true, text: ({ fee }) => fee ?? "" },
  { title: "ms", align: "right", dispensable: true, text: ({ latencyMs }) => (latencyMs === null ? "" : String(latencyMs)) },
];

/** @param total how many there are, listed or not */
export function fillListText(fills: readonly ListedFill[], total: number, width: number): string {
  if (total === 0) return "no fills\n";
  const table = tableText(
    shown,
    fills.map((fill) => shown.map(({ text }) => text(fill))),
    width,
  );
  const rest = total > fills.length ? `the newest ${fills.length} of ${total} fills; --limit all shows every one\n` : "";
  return `${table}\n${rest}`;
}
