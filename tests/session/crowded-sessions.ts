// Random sessions in which many things of the venue meet: brackets and OCO, trails and triggers by the mark, lives, finer bars
// inside the bars with latency, touches by chance, funding and liquidation. It lays them over `random-sessions.ts` and must
// never simulate anything itself.

import fc from "fast-check";

import { BarSeries, type FundingSeries, type Leg, type PositionMode } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import type { SimulationPlan, Step } from "../../src/session/index.ts";
import type { ScriptedAction, ScriptedOrder } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { bars, planFor, sessions } from "./random-sessions.ts";
import { requestWindow } from "./request-windows.ts";

const minute = 60_000;
/** Finer bars inside each bar. */
const steps = 5;

const tenths = (least: number, most: number) => fc.integer({ min: least, max: most }).map((n) => n / 10);

/** What is laid over one trade of the script; `none` leaves it as it was drawn. */
const extra = fc.record({
  kind: fc.constantFrom("none", "none", "bracket", "bracket", "oco", "trailing", "mark", "close_position", "wait", "good_till", "day", "self_trade"),
  target: tenths(1, 15),
  stop: tenths(1, 15),
  byMark: fc.boolean(),
  stopType: fc.constantFrom("stop_market", "stop_limit", "trailing_stop"),
  after: fc.constantFrom(20_000, 60_000, 150_000, 400_000),
  selfTrade: fc.constantFrom("expire_maker", "expire_taker", "expire_both"),
  /** The bracket's children close this share of the order. */
  share: fc.constantFrom(0.5, 1),
});

type Extra = typeof extra extends fc.Arbitrary<infer T> ? T : never;

/** What happens to the account or at the venue's door beside the faults. */
const outside = fc.record({
  bar: fc.nat(bars - 1),
  kind: fc.constantFrom("adl", "ban", "rate_limit", "kill"),
  leg: fc.constantFrom<Leg>("LONG", "SHORT"),
  share: fc.constantFrom(null, "0.3"),
  lengthMs: fc.constantFrom(1, 90_000, 700_000),
});

type Outside = typeof outside extends fc.Arbitrary<infer T> ? T : never;

export const crowded = fc.record({
  session: sessions,
  extras: fc.array(extra, { minLength: 6, maxLength: 6 }),
  // The walk of each bar's inside: the numbers say where between low and high it stands, and how the volume is shared.
  inside: fc.option(fc.array(fc.nat(100), { minLength: bars * steps, maxLength: bars * steps }), { nil: null }),
  latency: fc.option(
    fc.record({
      submitMs: fc.constantFrom(0, 250, 90_000),
      cancelMs: fc.constantFrom(0, 250, 70_000),
      dataMs: fc.constantFrom(0, 100, 61_000),
      jitterMs: fc.constantFrom(0, 500, 45_000),
    }),
    { nil: null },
  ),
  marks: fc.option(fc.array(fc.integer({ min: -60, max: 60 }), { minLength: bars, maxLength: bars }), { nil: null }),
  limit: fc.constantFrom<FillModel["limit"]>("through", "touch", { probability: "0.5" }),
  crossedTrigger: fc.constantFrom<FillModel["crossedTrigger"]>("reject", "fire"),
  slippage: fc.constantFrom<FillModel["slippage"]>({ kind: "none" }, { kind: "bps", bps: "3" }, { kind: "ticks", ticks: 2 }),
  outside: fc.array(outside, { maxLength: 2 }),
  // Few requests are taken; null = as many as come.
  windows: fc.option(fc.array(requestWindow, { minLength: 1, maxLength: 3 }), { nil: null, freq: 2 }),
  rates: fc.option(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 3, maxLength: 3 }), { nil: null }),
  money: fc.constantFrom({ leverage: 1, balance: "100000" }, { leverage: 50, balance: "7" }),
});

export type Crowded = typeof crowded extends fc.Arbitrary<infer T> ? T : never;

export function crowdedPlan(drawn: Crowded): SimulationPlan {
  const plan = planFor(drawn.session);
  const markets = plan.markets.map((market, at) => marketOf(market, drawn, at));
  const finer = drawn.inside !== null;
  const { definition, params } = plan.strategy;
  const actions = (params["actions"] as ScriptedAction[]).flatMap((action, at) => withExtra(action, drawn.extras[at % drawn.extras.length] as Extra));
  const { limit, crossedTrigger, slippage, latency, money, windows } = drawn;
  return {
    ...plan,
    ...(windows === null ? {} : { profile: { ...plan.profile, requests: { windows, budget: null } } }),
    markets,
    leverage: money.leverage,
    balances: { USDC: money.balance },
    // Insolvency of 7 USDC is the venue's to end.
    liquidation: "generic",
    steps: [...plan.steps, ...drawn.outside.map((one) => stepOf(one, plan.positionMode))],
    strategy: { definition, params: { ...params, actions } as typeof params },
    fill: { ...plan.fill, limit, crossedTrigger, slippage, latency: finer ? latency : null },
  };
}

function stepOf({ bar, kind, leg, share, lengthMs }: Outside, mode: PositionMode): Step {
  const at = { bar, symbol: plainRules.symbol };
  if (kind === "adl") return { ...at, action: { do: "adl", leg: mode === "hedge" ? leg : "NET", quantity: null, share, price: null } };
  if (kind === "ban") return { ...at, action: { do: "ban", lengthMs } };
  if (kind === "rate_limit") return { ...at, action: { do: "rate_limit", limit: 1, intervalMs: 60_000, lengthMs, forgiven: null } };
  return { ...at, action: { do: "kill", text: "drawn" } };
}

function withExtra(action: ScriptedAction, { kind, ...drawn }: Extra): ScriptedAction[] {
  const { order, id, leg, quantity } = action;
  if (id === undefined || order === undefined || kind === "none") return [action];
  const long = leg === "LONG";
  const side = (percent: number) => (long ? percent : -percent);
  const triggered = order.triggerPercent !== undefined;
  const merged = (more: ScriptedOrder): ScriptedAction[] => [{ ...action, order: { ...order, ...more } }];
  const { timeInForce: _force, timeToLive: _life, ...endless } = order;
  if (kind === "mark") return triggered ? merged({ triggerBy: "mark" }) : [action];
  if (kind === "close_position") return action.do === "close" && order.type === "stop_market" ? merged({ closePosition: true }) : [action];
  if (kind === "wait") return merged({ waitFor: drawn.after });
  if (kind === "self_trade") return merged({ selfTrade: drawn.selfTrade as "expire_maker" });
  if (kind === "day" || kind === "good_till") {
    if (order.type === "market") return [action];
    const life = kind === "day" ? { timeInForce: "DAY" as const } : { timeInForce: "GTD" as const, goodFor: drawn.after };
    return [{ ...action, order: { ...endless, ...life } }];
  }
  const exit = (name: string, own: ScriptedOrder): ScriptedAction => ({
    ...action,
    do: "reduce",
    quantity: typeof quantity === "number" ? Math.max(0.001, Math.round(quantity * drawn.share * 1_000) / 1_000) : 1,
    id: `${id}/${name}`,
    order: own,
  });
  const trail: ScriptedOrder = {
    type: "trailing_stop",
    callbackRate: drawn.stop / 100,
    family: "sl",
    ...(drawn.byMark ? { triggerBy: "mark" } : {}),
  };
  if (kind === "trailing") return [action, exit("trail", trail)];
  const target: ScriptedOrder = { type: "limit", pricePercent: side(drawn.target), family: "tp", postOnly: false, timeToLive: null };
  const plainStop: ScriptedOrder = {
    type: drawn.stopType as "stop_market",
    triggerPercent: side(-drawn.stop),
    ...(drawn.stopType === "stop_limit" ? { pricePercent: side(-drawn.stop - 0.2) } : {}),
    family: "sl",
    ...(drawn.byMark ? { triggerBy: "mark" } : {}),
  };
  const stop = drawn.stopType === "trailing_stop" ? trail : plainStop;
  const parent = kind === "bracket" && (action.do === "open" || action.do === "add") ? { parent: id } : {};
  return [action, exit("tp", { ...target, ...parent }), exit("sl", { ...stop, ...parent, oco: `${id}/tp` })];
}

function marketOf(market: SimulationPlan["markets"][number], drawn: Crowded, at: number): SimulationPlan["markets"][number] {
  const { inside, marks, rates } = drawn;
  const coarse = market.series[0] as BarSeries;
  const frames = inside === null ? coarse : stretched(coarse);
  const walked = inside === null ? frames : insideOf(frames, inside);
  return {
    ...market,
    series: [frames],
    ...(inside === null ? {} : { inside: walked }),
    // The other market has none: orders by the mark are refused there.
    ...(marks === null || at > 0 ? {} : { marks: marksOf(walked, marks) }),
    ...(rates === null || at > 0 ? {} : { funding: fundingOf(rates, frames.interval) }),
  };
}

/** The same prices in bars of five minutes. */
function stretched(series: BarSeries): BarSeries {
  const { symbol, priceScale, quantityScale, time, open, high, low, close, volume } = series;
  const columns = { time: time.map((one) => one * steps), open, high, low, close, volume };
  return new BarSeries({ symbol, timeframe: `${steps}m`, interval: steps * minute, priceScale, quantityScale }, columns);
}

/** Minutes that make up those bars exactly: one reaches the high, one the low, the volume is shared out. */
function insideOf(frames: BarSeries, draws: readonly number[]): BarSeries {
  const rows = frames.length * steps;
  const column = () => new Float64Array(rows);
  const columns = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  for (let frame = 0; frame < frames.length; frame += 1) {
    const [high, low] = [frames.high[frame] as number, frames.low[frame] as number];
    const draw = (at: number) => draws[(frame * steps + at) % draws.length] as number;
    const level = (at: number) => low + Math.round(((high - low) * draw(at)) / 100);
    const [top, bottom] = [draw(0) % steps, draw(1) % steps];
    let last = frames.open[frame] as number;
    let left = frames.volume[frame] as number;
    for (let at = 0; at < steps; at += 1) {
      const row = frame * steps + at;
      const end = at === steps - 1 ? (frames.close[frame] as number) : level(at);
      columns.time[row] = (frames.time[frame] as number) + at * minute;
      columns.open[row] = last;
      columns.close[row] = end;
      columns.high[row] = at === top ? high : Math.max(last, end);
      columns.low[row] = at === bottom ? low : Math.min(last, end);
      const part = at === steps - 1 ? left : Math.min(left, Math.round(((frames.volume[frame] as number) * draw(at)) / 200));
      columns.volume[row] = part;
      left -= part;
      last = end;
    }
  }
  const { symbol, priceScale, quantityScale } = frames;
  return new BarSeries({ symbol, timeframe: "1m", interval: minute, priceScale, quantityScale }, columns);
}

/** Marks beside the trades: each bar's prices moved together. */
function marksOf(frames: BarSeries, moves: readonly number[]): BarSeries {
  const { symbol, timeframe, interval, priceScale, quantityScale, time, volume } = frames;
  const moved = (column: Float64Array) => column.map((price, bar) => price + (moves[bar % moves.length] as number));
  const columns = { time, open: moved(frames.open), high: moved(frames.high), low: moved(frames.low), close: moved(frames.close), volume };
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
}

/** At an open, inside a bar, and a little late. */
function fundingOf(rates: readonly number[], interval: number): FundingSeries {
  const time = Float64Array.from([4 * interval, 9.5 * interval, 16 * interval + 7]);
  return { symbol: null, length: 3, time, rate: Float64Array.from(rates), rateScale: 6 };
}
