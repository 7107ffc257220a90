// A case through the whole product: bars, a strategy, the runner, the virtual exchange and the journal, in the session that
// `seatrial simulate` runs. Nothing here decides or fills: it configures, runs and reads the record.

import { parseUnits, type Instrument, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import type { FillDetail, RunRecord } from "../../src/journal/index.ts";
import { TradeBook, type ClosedTrade } from "../../src/report/index.ts";
import { defaultRunnerSettings } from "../../src/runner/index.ts";
import { simulate } from "../../src/session/index.ts";
import { allowed, defaultExecutionPolicy, type Context, type Strategy, type StrategyDefinition } from "../../src/strategy/index.ts";
import { instrumentOf, plainText, seriesOf, settlement, type Row } from "./market.ts";
import { caseFill, caseProfile, noFees } from "./venue.ts";

export interface SessionCase {
  readonly rows: readonly Row[];
  /** Every size that the strategy may ask for: it decides the scale of quantities. */
  readonly quantities: readonly number[];
  /** Prices beyond the bars': of limits and stops. */
  readonly prices?: readonly number[];
  readonly cash: number;
  /** Share of the value, for makers and takers alike. */
  readonly feeRate: number;
  readonly fill?: Partial<FillModel>;
  readonly strategy: Strategy;
}

export interface SessionOutcome {
  readonly record: RunRecord;
  readonly instrument: Instrument;
  /** In the order of their closing: first in first out, one a pair of entry and exit. */
  readonly trades: readonly ClosedTrade[];
}

/** Runs one market in one-way mode, with funds for every order of the case unless `cash` says otherwise. */
export function runSession(given: SessionCase): SessionOutcome {
  const prices = [...given.rows.flatMap((row) => row.slice(1, 5)), ...(given.prices ?? [])];
  const instrument = instrumentOf({ prices, quantities: given.quantities, money: given.cash });
  const fees = { ...noFees, rate: given.feeRate };
  const definition: StrategyDefinition = { name: given.strategy.name, defaults: {}, create: () => given.strategy };
  const record = simulate({
    name: "case",
    seed: 1,
    profile: caseProfile({ fees, instrument }),
    positionMode: "one_way",
    leverage: 1,
    fill: { ...caseFill, ...given.fill },
    markets: [{ rules: instrument.rules, series: [seriesOf(instrument, given.rows)] }],
    balances: { [settlement]: plainText(given.cash, instrument.moneyScale) },
    positions: [],
    strategy: { definition, params: {} },
    runner: defaultRunnerSettings,
    steps: [],
    configuration: {},
  });
  return { record, instrument, trades: tradesOf(record.rows.fills, instrument) };
}

function tradesOf(fills: readonly FillDetail[], instrument: Instrument): readonly ClosedTrade[] {
  const book = new TradeBook(instrument);
  for (const { time, side, price, quantity, fee } of fills) {
    book.apply({
      time,
      side,
      price: parseUnits(price, instrument.priceScale) as Price,
      quantity: parseUnits(quantity, instrument.quantityScale) as Quantity,
      fee: parseUnits(fee, instrument.moneyScale) as Money,
    });
  }
  return book.closed;
}

/** What every strategy of the cases is beside its decisions: stateless for the runner, never refusing. */
export const plainStrategy = {
  name: "case",
  policy: { ...defaultExecutionPolicy, families: { tp: { orderType: "limit", postOnly: false }, entry: { postOnly: false } } },
  canSubmit: () => allowed,
  canClose: () => allowed,
  snapshot: () => null,
  restore: () => {},
} satisfies Partial<Strategy>;

/** A position opened at market after one bar and closed after another. */
export function oneTrade(trade: { side: "LONG" | "SHORT"; quantity: number; enterAfter: number; leaveAfter: number }): Strategy {
  const { side, quantity, enterAfter, leaveAfter } = trade;
  return {
    ...plainStrategy,
    onBar(ctx: Context): void {
      if (ctx.bar === enterAfter) ctx.open({ side, quantity });
      if (ctx.bar === leaveAfter) ctx.close({ side, quantity });
    },
  };
}
