// Kind e2e_backtest: the strategy that a case describes, run by the real session. The strategy decides at the close of a
// bar with the product's own averages; trades and equity come from the run's record.

import { Sma, type Context, type Strategy } from "../../src/strategy/index.ts";
import {
  asObject,
  listAt,
  NotApplicable,
  numberAt,
  objectAt,
  onlyKeys,
  optionalNumber,
  textAt,
  type Case,
  type Json,
  type SeriesReader,
} from "./case.ts";
import { Comparison } from "./compare.ts";
import { rowsOf, type Row } from "./market.ts";
import { plainStrategy, runSession, type SessionOutcome } from "./session-run.ts";

interface CrossParams {
  readonly fast: number;
  readonly slow: number;
  /** Units of a position. */
  readonly size: number;
  /** The bar at whose open everything is closed. */
  readonly last: number;
}

export function backtest(given: Case, series: SeriesReader): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["cash", "commission", "fast", "slow", "size"], "params");
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["trades", "finalEquity"], "the expectation");
  const rows = rowsOf(given.body["barsRef"] === undefined ? listAt(given.body, "bars") : series(textAt(given.body, "barsRef")));
  const size = optionalNumber(params, "size");
  if (size === null) throw new NotApplicable("the peer sizes a position by the open that fills it: no decision at the close before can");
  const cash = numberAt(params, "cash");
  const strategy = smaCross({ fast: numberAt(params, "fast"), slow: numberAt(params, "slow"), size, last: rows.length - 1 });
  const outcome = runSession({ rows, quantities: [size], cash, feeRate: optionalNumber(params, "commission") ?? 0, strategy });
  const result = new Comparison(given.body, cash * 1e-9);
  if (expected["trades"] !== undefined) compareTrades(result, outcome, rows, listAt(expected, "trades"));
  if (expected["finalEquity"] !== undefined) result.number("finalEquity", Number(outcome.record.final.equity), expected["finalEquity"]);
  return result;
}

/** Long after the fast average has crossed above the slow one, short after it has crossed below, one order for both. */
function smaCross(params: CrossParams): Strategy {
  const fast = new Sma(params.fast);
  const slow = new Sma(params.slow);
  let before = Number.NaN;
  return {
    ...plainStrategy,
    setup(ctx: Context): void {
      ctx.indicators.use(fast);
      ctx.indicators.use(slow);
    },
    onBar(ctx: Context): void {
      const gap = fast.value - slow.value;
      const crossed = before < 0 && gap > 0 ? "LONG" : before > 0 && gap < 0 ? "SHORT" : null;
      before = gap;
      if (ctx.bar === params.last - 1) leave(ctx);
      else if (crossed !== null && ctx.bar < params.last - 1) {
        const against = ctx.position(crossed === "LONG" ? "SHORT" : "LONG").quantity;
        ctx.open({ side: crossed, quantity: params.size + against, reverse: true });
      }
    },
  };
}

function leave(ctx: Context): void {
  for (const side of ["LONG", "SHORT"] as const) {
    const { quantity } = ctx.position(side);
    if (quantity > 0) ctx.close({ side, quantity });
  }
}

function compareTrades(result: Comparison, { trades, instrument }: SessionOutcome, rows: readonly Row[], expected: readonly unknown[]): void {
  const bars = new Map(rows.map((row, at) => [row[0], at]));
  const known = ["size", "entryBar", "exitBar", "entry", "exit", "pnl", "returnPct", "fee"];
  result.same("number of trades", trades.length, expected.length);
  expected.forEach((value, at) => {
    const theirs = asObject(value, "a trade");
    onlyKeys(theirs, known, "a trade");
    const own = trades[at];
    if (own === undefined) return;
    const quantity = instrument.quantityNumber(own.quantity);
    const fee = instrument.moneyNumber(own.fees);
    const profit = instrument.moneyNumber(own.gross) - fee;
    const facts: Json = {
      size: own.side === "LONG" ? quantity : -quantity,
      entryBar: bars.get(own.entryTime) ?? null,
      exitBar: bars.get(own.exitTime) ?? null,
      entry: own.entryPrice,
      exit: own.exitPrice,
      pnl: profit,
      returnPct: profit / (own.entryPrice * quantity),
      fee,
    };
    for (const [name, wanted] of Object.entries(theirs)) result.number(`${name} of trade ${at + 1}`, facts[name] as number | null, wanted);
  });
}
