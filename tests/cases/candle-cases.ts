// Kind candle_strategy: a peer's candle rules as a strategy on the real runner. Where the peer's candles know more than a
// close does, a stop that is raised and hit inside one candle, or exits on the candle of the entry, the answers differ.

import { asObject, flagAt, listAt, NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, textAt, type Case, type Json } from "./case.ts";
import { CandleStrategy, type CandleRules, type Signal } from "./candle-strategy.ts";
import { Comparison } from "./compare.ts";
import { rowsOf } from "./market.ts";
import { runSession } from "./session-run.ts";

/** Minutes that the peer's own tests give a limit order where a case names none. */
const defaultTimeout = 10;

const known = [
  "stop_loss",
  "roi",
  "trailing_stop",
  "trailing_only_offset_is_reached",
  "trailing_stop_positive",
  "trailing_stop_positive_offset",
  "use_exit_signal",
  "use_custom_stoploss",
  "custom_entry_price",
  "custom_exit_price",
  "leverage",
  "timeout",
  "adjust_entry_price",
];

function rulesOf(params: Json, signals: ReadonlyMap<number, Signal>, last: number): CandleRules {
  onlyKeys(params, known, "params");
  if (flagAt(params, "use_custom_stoploss")) throw new NotApplicable("the case does not say what its own stop-loss function does");
  if ((optionalNumber(params, "leverage") ?? 1) !== 1) throw new NotApplicable("stops here are shares of the price, not of the margin");
  const roi = objectAt(params, "roi");
  return {
    stopLoss: numberAt(params, "stop_loss"),
    returns: Object.keys(roi)
      .map((minutes) => ({ minutes: Number(minutes), share: numberAt(roi, minutes) }))
      .sort((a, b) => a.minutes - b.minutes),
    trailing: flagAt(params, "trailing_stop")
      ? {
          positive: optionalNumber(params, "trailing_stop_positive"),
          offset: optionalNumber(params, "trailing_stop_positive_offset") ?? 0,
          onlyBeyondOffset: flagAt(params, "trailing_only_offset_is_reached"),
        }
      : null,
    useExitSignal: flagAt(params, "use_exit_signal"),
    entryPrice: optionalNumber(params, "custom_entry_price"),
    exitPrice: optionalNumber(params, "custom_exit_price"),
    adjustedEntry: optionalNumber(params, "adjust_entry_price"),
    timeout: optionalNumber(params, "timeout") ?? defaultTimeout,
    last,
    signals,
  };
}

function signalsOf(values: readonly unknown[]): ReadonlyMap<number, Signal> {
  return new Map(
    values.map((value) => {
      const signal = asObject(value, "a signal");
      onlyKeys(signal, ["bar", "enterLong", "exitLong", "enterShort", "exitShort", "tag"], "a signal");
      const is = (key: string) => optionalNumber(signal, key) === 1;
      const enter = is("enterLong") ? "LONG" : is("enterShort") ? "SHORT" : null;
      const tag = signal["tag"] === undefined || signal["tag"] === null ? null : textAt(signal, "tag");
      return [numberAt(signal, "bar"), { enter, exit: { long: is("exitLong"), short: is("exitShort") }, tag }] as const;
    }),
  );
}

export function candleStrategy(given: Case): Comparison {
  const rows = rowsOf(listAt(given.body, "bars"));
  const signals = signalsOf(listAt(given.body, "signals"));
  const strategy = new CandleStrategy(rulesOf(objectAt(given.body, "params"), signals, rows.length - 1));
  const cash = Math.max(...rows.map((row) => row[2])) * 4;
  // Stops and targets are shares of prices: four more decimals than any price of the bars.
  const { trades, instrument, record } = runSession({ rows, quantities: [1], prices: [1e-4], cash, feeRate: 0, strategy });
  const expected = objectAt(given.body, "expected");
  const bars = new Map(rows.map((row, at) => [row[0], at]));
  const barAt = (time: number) => [...bars].findLast(([open]) => open <= time)?.[1] ?? null;
  const result = new Comparison(given.body);
  const wanted = listAt(expected, "trades").map((value) => asObject(value, "a trade"));
  result.same("number of trades", trades.length, wanted.length);
  result.same("positions at the end", record.final.positions.length, 0);
  wanted.forEach((theirs, at) => {
    const own = trades[at];
    if (own === undefined) return;
    const opened = barAt(own.entryTime);
    const facts: Json = {
      exit_reason: strategy.exits[at] ?? null,
      open_tick: opened,
      close_tick: barAt(own.exitTime),
      enter_tag: opened === null ? null : (signals.get(opened - 1)?.tag ?? null),
      is_short: own.side === "SHORT",
    };
    onlyKeys(theirs, Object.keys(facts), "a trade");
    for (const [name, value] of Object.entries(theirs))
      result.same(`${name} of trade ${at + 1}`, facts[name] as string | number | boolean | null, value);
  });
  const ratio = trades.reduce(
    (sum, trade) => sum + instrument.moneyNumber(trade.gross) / (trade.entryPrice * instrument.quantityNumber(trade.quantity)),
    0,
  );
  if (expected["profitRatioSum"] !== undefined) result.number("profitRatioSum", Number(ratio.toFixed(3)), expected["profitRatioSum"]);
  return result;
}
