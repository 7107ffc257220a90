// The strategy check from its request to its answer, without a process around it: finds the strategy, its parameters, its
// market and its bars. The looking is done by the session room.

import { parseDecimal, SeatrialError, timeframeMillis, type ErrorDetails, type MarketRules, type Timeframe } from "../domain/index.ts";
import { loadSeries } from "../market/index.ts";
import { seatrialErrorOf } from "../report/outcome.ts";
import { rulesOfInput } from "../scenario/plan-rules.ts";
import {
  checkStrategy,
  loadStrategy,
  regimeBars,
  strategyRequests,
  truncated,
  type CheckBars,
  type CheckOptions,
  type StrategyCheck,
} from "../session/index.ts";
import { resolveParams } from "../strategy/index.ts";
import { paramsOf } from "./params.ts";

/** A check command, as plain data. */
export interface CheckRequest {
  readonly use: string;
  readonly data?: string;
  readonly symbol: string;
  readonly price: string;
  readonly params: string;
  readonly timeframes?: string;
  readonly positionMode?: "hedge" | "one_way";
  readonly maxOrders: number;
  readonly seed: number;
  /** Two integers that the host reads when a strategy does not return: the bar, and the place of its hook in `hooks`. */
  readonly beat: SharedArrayBuffer;
  /** What a fresh process asked for; null makes this the fresh process. */
  readonly fresh: readonly (readonly string[])[] | null;
}

/** What the command tells its shell. */
export type CheckMessage =
  | { readonly kind: "phase"; readonly phase: string }
  | { readonly kind: "traced"; readonly requests: readonly (readonly string[])[] }
  | { readonly kind: "checked"; readonly check: StrategyCheck }
  | { readonly kind: "failed"; readonly error: ErrorDetails };

/** Names of hooks by their number in the beat; "" before the first. */
export const hooks = [
  "",
  "create",
  "setup",
  "setBrokerMinimum",
  "onWarmup",
  "onBar",
  "onFill",
  "onRejected",
  "onCanceled",
  "onExternalChange",
  "canSubmit",
  "canClose",
  "rank",
  "restore",
] as const;

const generatedBars = 1_500;
/** Each set of bars is run some twenty times: more than this many of a file would keep the user waiting. */
const fileBarsMax = 20_000;

/** Answers through `send`, errors included: they cross a thread. */
export async function runCheck(request: CheckRequest, send: (message: CheckMessage) => void): Promise<void> {
  try {
    send({ kind: "phase", phase: "loading" });
    const options = await optionsOf(request, send);
    if (request.fresh === null) send({ kind: "traced", requests: strategyRequests(options) });
    else send({ kind: "checked", check: checkStrategy({ ...options, fresh: request.fresh }) });
  } catch (thrown) {
    const { code, reason, hint, exitCode, place } = seatrialErrorOf(thrown);
    send({ kind: "failed", error: { code, reason, exitCode, place, ...(hint === null ? {} : { hint }) } });
  }
}

async function optionsOf(request: CheckRequest, send: (message: CheckMessage) => void): Promise<CheckOptions> {
  const { use, symbol, maxOrders, seed } = request;
  const definition = await loadStrategy(use, process.cwd());
  const params = resolveParams(definition, await paramsOf(request.params));
  const timeframes = timeframesOf(request.timeframes);
  const { rules, bars } = await marketOf(request);
  const beat = new Int32Array(request.beat);
  return {
    definition,
    params,
    rules,
    bars,
    timeframes,
    positionMode: request.positionMode ?? (symbol.includes(":") ? "hedge" : "one_way"),
    maxOrders,
    seed,
    onPhase: (phase) => {
      beat[0] = -1;
      beat[1] = 0;
      send({ kind: "phase", phase });
    },
    onBeat: (bar, hook) => {
      beat[0] = bar;
      beat[1] = hooks.indexOf(hook as (typeof hooks)[number]);
    },
  };
}

/** The rules of the market and its bars: generated ones at the price of the file, and the file's own. */
async function marketOf(request: CheckRequest): Promise<{ rules: MarketRules; bars: CheckBars[] }> {
  const { symbol, data, seed } = request;
  if (!/^[A-Za-z0-9]+\/[A-Za-z0-9]+(:[A-Za-z0-9]+)?$/.test(symbol)) {
    throw new SeatrialError({ code: "bad_symbol", reason: `"${symbol}" is no symbol`, hint: "BTC/USDT for spot, BTC/USDT:USDT for a perpetual" });
  }
  if (data === undefined) {
    const rules = rulesOfInput(symbol, { tick: tickOf(request.price), step: "0.001" });
    return { rules, bars: regimeBars({ rules, timeframe: "1m", startPrice: request.price, count: generatedBars, seed }) };
  }
  const plain = await loadSeries(data, { symbol });
  // Bars with volumes in whole coins do not say that orders must be: a strategy's default size is often a fraction.
  const quantityScale = Math.max(plain.bars.volumeDecimals, 3);
  const fits = plain.bars.volume.every((volume) => volume * 10 ** quantityScale < Number.MAX_SAFE_INTEGER);
  const { series } = fits ? await loadSeries(data, { symbol, quantityScale }) : plain;
  const rules = rulesOfInput(symbol, { tick: powerOfTen(-series.priceScale), step: powerOfTen(-series.quantityScale) });
  const startPrice = (series.openAt(0) / series.pricePower).toFixed(series.priceScale);
  const cut = series.length > fileBarsMax;
  const own = { name: cut ? `${data} (its first ${fileBarsMax} bars)` : data, series: cut ? truncated(series, fileBarsMax - 1) : series };
  return { rules, bars: [...regimeBars({ rules, timeframe: series.timeframe, startPrice, count: generatedBars, seed }), own] };
}

/** A tick of four digits below the price's first. @throws SeatrialError `bad_price` */
function tickOf(price: string): string {
  const value = Number(price);
  if (!(value > 0) || !/^\d+(\.\d+)?$/.test(price))
    throw new SeatrialError({ code: "bad_price", reason: `--price needs a price above 0, not "${price}"` });
  const digits = Math.min(2, Math.floor(Math.log10(value)) - 4 + 1);
  return powerOfTen(Math.min(digits, -parseDecimal(price).scale));
}

function powerOfTen(exponent: number): string {
  return exponent >= 0 ? `1${"0".repeat(exponent)}` : `0.${"0".repeat(-exponent - 1)}1`;
}

function timeframesOf(text: string | undefined): Timeframe[] {
  const names = (text ?? "").split(",").filter((name) => name !== "");
  for (const name of names) timeframeMillis(name);
  return names;
}
