// Every figure of closed trades and of equity by hand, and every one of them without a trade, with one, with wins alone, on one day and
// in debt.

import { describe, expect, it } from "vitest";

import { equityFigures, type EquityFrame } from "../../../src/report/metrics/equity-figures.ts";
import { Missing, type Figure } from "../../../src/report/metrics/figure.ts";
import { Calendar, durationText } from "../../../src/report/metrics/time-words.ts";
import { tradeFigures } from "../../../src/report/metrics/trade-figures.ts";
import type { TradeLine } from "../../../src/report/metrics/trade-line.ts";

const [hour, day] = [3_600_000, 86_400_000];
const start = Date.UTC(2025, 0, 1);
const calendar = new Calendar("UTC");

/** Ten days of an account that starts with 1000.00; money has 2 decimals. */
function frame(change: Partial<EquityFrame> = {}): EquityFrame {
  return {
    moneyScale: 2,
    startingBalance: 100_000,
    startingEquity: 1_000,
    from: start,
    to: start + 10 * day,
    periods: 365,
    riskFree: 0,
    daysMin: 7,
    dayOf: (time) => calendar.dayOf(time),
    monthOf: (time) => calendar.month(time),
    ...change,
  };
}

/** @param value at entry, and profit, in whole money */
function trade(side: "LONG" | "SHORT", value: number, profit: number, exitTime: number, held: number, symbol = "A/B:B"): TradeLine {
  return {
    symbol,
    leg: "NET",
    side,
    quantity: 1,
    entryTime: exitTime - held,
    exitTime,
    entryPrice: 1,
    exitPrice: 1,
    entryValue: value * 100,
    exitValue: value * 100,
    gross: profit * 100,
    fees: 0,
    funding: 0,
    profit: profit * 100,
    complete: true,
    entries: 1,
    exits: 1,
    entryReason: "signal",
    exitReason: "signal",
    entryFamily: "entry",
    exitFamily: "close",
  };
}

const why = (figure: Figure | undefined): string | null => (figure instanceof Missing ? figure.reason : null);

/*
 * Three trades: +10 on 100 (day 2, held 1 h), −4 on 200 (day 2, 30 min), −2 on 50 (day 5, 2 h).
 *   sum 4; shares of 1000: 0.01, −0.004, −0.002; ratios 0.1, −0.02, −0.04
 *   mean 4/3, distances 26/3, −16/3, −10/3: squares (676 + 256 + 100) ÷ 9 = 1032/9; sample variance 516/9 = 172/3, population 344/9
 *   balance 1000 → 1010 → 1006 → 1004: fall 6 from 1010
 */
const three = [
  trade("LONG", 100, 10, start + day + 5 * hour, hour),
  trade("SHORT", 200, -4, start + day + 6 * hour, hour / 2, "C/B:B"),
  trade("LONG", 50, -2, start + 4 * day + hour, 2 * hour),
];

describe("figures of three trades", () => {
  const figures = tradeFigures(three, frame());
  const root = Math.sqrt(365);

  it.each<[string, Figure]>([
    ["total_trades", 3],
    ["trade_count_long", 2],
    ["trade_count_short", 1],
    ["trades_per_day", 0.3],
    ["profit_total_abs", "4"],
    ["profit_total_long_abs", "8"],
    ["profit_total_short_abs", "-4"],
    ["profit_total", 0.004],
    ["profit_total_long", 0.008],
    ["profit_total_short", -0.004],
    ["profit_mean", 0.04 / 3],
    ["profit_median", -0.02],
    ["avg_stake_amount", 350 / 3],
    ["best_pair", "A/B:B"],
    ["worst_pair", "C/B:B"],
    ["wins", 1],
    ["draws", 0],
    ["losses", 2],
    ["winrate", 1 / 3],
    ["avg_win_abs", 10],
    ["avg_loss_abs", -3],
    ["profit_factor", 10 / 6],
    ["payoff_ratio", 10 / 3],
    ["expectancy", 4 / 3],
    // (1 + 10/3) · 1/3 − 1
    ["expectancy_ratio", 4 / 9],
    ["sqn", (Math.sqrt(3) * (4 / 3)) / Math.sqrt(172 / 3)],
    // 0.004 in 10 days over the deviation of the shares
    ["sharpe", (0.0004 / (Math.sqrt(344 / 9) / 1_000)) * root],
    // −0.004 and −0.002: deviation 0.001
    ["sortino", (0.0004 / 0.001) * root],
    ["calmar", (0.04 / (6 / 1_010)) * root],
    ["holding_avg_s", 4_200],
    ["holding_avg", "1:10:00"],
    ["winner_holding_min_s", 3_600],
    ["winner_holding_max_s", 3_600],
    ["winner_holding_avg_s", 3_600],
    ["winner_holding_avg", "1:00:00"],
    ["loser_holding_min_s", 1_800],
    ["loser_holding_max_s", 7_200],
    ["loser_holding_avg_s", 4_500],
    ["loser_holding_avg", "1:15:00"],
    ["max_consecutive_wins", 1],
    ["max_consecutive_losses", 2],
    ["max_drawdown_abs", "6"],
    ["max_drawdown_account", 6 / 1_010],
    ["max_relative_drawdown", 6 / 1_010],
    ["max_drawdown_high", "10"],
    ["max_drawdown_low", "4"],
    ["drawdown_start", "2025-01-02 05:00:00"],
    ["drawdown_start_ts", start + day + 5 * hour],
    ["drawdown_end", "2025-01-05 01:00:00"],
    ["drawdown_end_ts", start + 4 * day + hour],
    ["drawdown_duration_s", (3 * day - 4 * hour) / 1_000],
    ["csum_min", "1000"],
    ["csum_max", "1010"],
    // Day 2: 0.1 − 0.02 and 10 − 4; days 3 and 4 without a close; day 5: −0.04 and −2.
    ["backtest_best_day", 0.08],
    ["backtest_worst_day", -0.04],
    ["backtest_best_day_abs", "6"],
    ["backtest_worst_day_abs", "-2"],
    ["winning_days", 1],
    ["draw_days", 2],
    ["losing_days", 1],
  ])("%s", (name, expected) => {
    if (typeof expected === "number") expect(figures[name]).toBeCloseTo(expected, 10);
    else expect(figures[name]).toBe(expected);
  });

  it("are all told above", () => {
    expect(Object.keys(figures)).toHaveLength(60);
    expect(Object.values(figures).some((figure) => figure instanceof Missing)).toBe(false);
  });
});

describe("figures of few trades", () => {
  it("without a trade count nothing, sum to nothing and say that there is none", () => {
    const figures = tradeFigures([], frame());
    expect(figures).toMatchObject({
      total_trades: 0,
      wins: 0,
      profit_total_abs: "0",
      profit_total: 0,
      max_drawdown_abs: "0",
      csum_min: "1000",
      draw_days: 0,
    });
    for (const name of [
      "winrate",
      "profit_factor",
      "payoff_ratio",
      "expectancy",
      "expectancy_ratio",
      "sqn",
      "sharpe",
      "sortino",
      "calmar",
      "holding_avg",
    ])
      expect([name, why(figures[name])]).toEqual([name, "no trade was closed"]);
    for (const name of ["winner_holding_avg_s", "backtest_best_day", "drawdown_start", "best_pair", "avg_loss_abs", "profit_mean"])
      expect([name, why(figures[name])]).toEqual([name, "no trade was closed"]);
  });

  it("with one trade have averages and no spread", () => {
    const figures = tradeFigures([trade("LONG", 100, 10, start + day, hour)], frame());
    expect(figures).toMatchObject({ total_trades: 1, winrate: 1, expectancy: 10, max_drawdown_account: 0, winning_days: 1, draw_days: 0 });
    expect([why(figures["sqn"]), why(figures["sharpe"]), why(figures["sortino"]), why(figures["calmar"])]).toEqual([
      "one trade has no spread",
      "the trades do not differ",
      "fewer than two trades lost",
      "the account never fell",
    ]);
  });

  it("with wins alone have no profit factor, and no sentinel in its place", () => {
    const figures = tradeFigures([trade("LONG", 100, 10, start + day, hour), trade("LONG", 100, 10, start + 2 * day, hour)], frame());
    expect([why(figures["profit_factor"]), why(figures["payoff_ratio"]), why(figures["expectancy_ratio"]), why(figures["avg_loss_abs"])]).toEqual(
      Array(4).fill("no trade lost"),
    );
    expect([why(figures["sqn"]), why(figures["drawdown_end"])]).toEqual(["the trades do not differ", "the account never fell"]);
    expect(figures["max_consecutive_wins"]).toBe(2);
  });

  it("with losses alone have a profit factor of 0 and a fall from the start of the run", () => {
    const figures = tradeFigures([trade("LONG", 100, -10, start + day, hour)], frame());
    expect(figures).toMatchObject({ profit_factor: 0, expectancy: -10, drawdown_start_ts: start, max_drawdown_high: "0", max_drawdown_low: "-10" });
    expect([figures["expectancy_ratio"], why(figures["payoff_ratio"]), why(figures["avg_win_abs"])]).toEqual([-1, "no trade won", "no trade won"]);
  });

  it("of a short run are not taken for a year, unless that is asked for", () => {
    const short = { from: start, to: start + 8 * hour };
    const figures = tradeFigures(three, frame(short));
    expect([why(figures["sharpe"]), why(figures["sortino"]), why(figures["calmar"])]).toEqual(Array(3).fill("the run is shorter than 7 days"));
    expect(figures["trades_per_day"]).toBe(3);
    expect(tradeFigures(three, frame({ ...short, daysMin: 0 }))["sharpe"]).toBeCloseTo((0.004 / (Math.sqrt(344 / 9) / 1_000)) * Math.sqrt(365), 10);
  });

  it("of an account without money have no share of it", () => {
    const figures = tradeFigures(three, frame({ startingBalance: 0 }));
    expect([why(figures["profit_total"]), why(figures["sharpe"])]).toEqual(Array(2).fill("the account started with no money"));
    // 10, 6, 4: the balance at the peak is 10.
    expect(figures["max_drawdown_account"]).toBeCloseTo(0.6, 12);
  });
});

/*
 * Equity 1000, then 1100, 990 and 1089 at the ends of three days: returns 0.1, −0.1, 0.1.
 *   mean 1/30, sample deviation √3 ÷ 15, downside deviation 0.1 ÷ √3; depths 0, 0, −0.1, −0.01
 */
const equity = { time: [start + day, start + 2 * day, start + 3 * day], value: [1_100, 990, 1_089] };
const threeDays = { to: start + 3 * day, daysMin: 3 };

describe("figures of three days of equity", () => {
  const figures = equityFigures(equity, frame(threeDays));
  const root = Math.sqrt(365);
  const grown = 1.089 ** (365 / 3) - 1;
  const ulcer = Math.sqrt((0.01 + 0.0001) / 4);

  it.each<[string, Figure]>([
    ["equity_start", 1_000],
    ["equity_final", 1_089],
    ["equity_peak", 1_100],
    ["equity_low", 990],
    ["equity_return", 0.089],
    ["equity_max_drawdown", -0.1],
    ["equity_max_drawdown_abs", 110],
    ["equity_drawdown_start", "2025-01-02 00:00:00"],
    ["equity_drawdown_end", "2025-01-03 00:00:00"],
    // From the peak on day 1 to the end of the run.
    ["equity_longest_drawdown_s", (2 * day) / 1_000],
    ["equity_avg_drawdown", -0.1],
    ["ulcer_index", ulcer],
    ["recovery_factor", 0.89],
    ["equity_cagr", grown],
    ["equity_volatility", (Math.sqrt(3) / 15) * root],
    ["equity_sharpe", (Math.sqrt(3) / 6) * root],
    ["equity_sortino", (Math.sqrt(3) / 3) * root],
    ["equity_calmar", grown / 0.1],
    ["ulcer_performance_index", grown / ulcer],
    ["equity_omega", 2],
    ["equity_day_mean", 1 / 30],
    ["equity_best_day", 0.1],
    ["equity_worst_day", -0.1],
    ["equity_day_loss_share", 1 / 3],
    ["equity_day_profit_factor", 2],
    ["equity_day_payoff", 1],
    // Standardised by √2 ÷ 15: 1/√2, −√2, 1/√2. Cubes 2 ÷ (2√2) − 2√2, a third; fourth powers 1/4 + 4 + 1/4, a third, less 3.
    ["equity_day_skew", (1 / Math.sqrt(2) - 2 * Math.sqrt(2)) / 3],
    ["equity_day_kurtosis", -1.5],
    // 5 % of the way from the first to the last of −0.1, 0.1, 0.1: a tenth of the first step.
    ["equity_var_95", -0.08],
    ["equity_tail_ratio", 1.25],
    ["equity_var_95_gaussian", 1 / 30 - 1.6448536269514722 * (Math.sqrt(2) / 15)],
    ["equity_shortfall_95", -0.1],
    ["equity_best_month", 0.089],
    ["equity_worst_month", 0.089],
  ])("%s", (name, expected) => {
    if (typeof expected === "number") expect(Number(figures[name]) / expected).toBeCloseTo(1, 9);
    else expect(figures[name]).toBe(expected);
  });

  it("say what they do not", () => {
    expect(figures["monthly_returns"]).toEqual({ "2025-01": expect.closeTo(0.089, 12) as number });
    expect(why(figures["equity_drawdown_recovered"])).toBe("equity has not recovered");
    expect(why(figures["gain_to_pain"])).toBe("fewer than two months");
    expect(figures["equity_var_95_modified"]).toBeTypeOf("number");
    expect(Object.keys(figures)).toHaveLength(38);
  });

  it("measure against the risk-free rate that was asked for", () => {
    const rate = 1.05 ** (1 / 365) - 1;
    const free = equityFigures(equity, frame({ ...threeDays, riskFree: 0.05 }));
    expect(free["equity_sharpe"]).toBeCloseTo(((1 / 30 - rate) / (Math.sqrt(3) / 15)) * root, 9);
    expect(free["ulcer_performance_index"]).toBeCloseTo((grown - 0.05) / ulcer, 6);
    expect(equityFigures(equity, frame({ ...threeDays, periods: 252 }))["equity_volatility"]).toBeCloseTo((Math.sqrt(3) / 15) * Math.sqrt(252), 9);
  });

  it("belong to the days of the zone", () => {
    // New York is five hours behind: midnight UTC is still the day before, as before; 04:00 UTC too.
    const zone = new Calendar("America/New_York");
    const late = { time: [start + day + 4 * hour, start + day + 6 * hour], value: [1_100, 990] };
    const inZone = { dayOf: (time: number) => zone.dayOf(time), monthOf: (time: number) => zone.month(time) };
    expect(equityFigures(late, frame(inZone))["equity_best_day"]).toBeCloseTo(0.1, 12);
    expect(why(equityFigures(late, frame())["equity_best_day"])).toBe("fewer than two days");
  });
});

describe("figures of an account in debt, and of no marks at all", () => {
  it("have no return where equity was below 0, and no NaN anywhere", () => {
    const figures = equityFigures({ time: [start + day, start + 2 * day], value: [-10, 5] }, frame({ to: start + 2 * day, daysMin: 0 }));
    expect(figures).toMatchObject({ equity_low: -10, equity_return: -0.995 });
    expect(figures["equity_max_drawdown"]).toBeCloseTo(-1.01, 12);
    expect([why(figures["equity_sharpe"]), why(figures["equity_best_day"])]).toEqual(Array(2).fill("equity was not above 0"));
    for (const figure of Object.values(figures)) if (typeof figure === "number") expect(Number.isFinite(figure)).toBe(true);
  });

  it("end with what they began with", () => {
    const figures = equityFigures({ time: [], value: [] }, frame());
    expect(figures).toMatchObject({ equity_start: 1_000, equity_final: 1_000, equity_return: 0, equity_max_drawdown: 0 });
    expect([why(figures["equity_calmar"]), why(figures["equity_drawdown_start"]), why(figures["equity_best_month"])]).toEqual([
      "equity never fell",
      "equity never fell",
      "there is no month",
    ]);
  });

  it("do not call 1 % in a day a growth of the year", () => {
    const figures = equityFigures({ time: [start + day], value: [1_010] }, frame({ to: start + day }));
    expect([why(figures["equity_cagr"]), why(figures["equity_volatility"]), why(figures["equity_day_mean"])]).toEqual([
      "the run is shorter than 7 days",
      "the run is shorter than 7 days",
      "fewer than two days",
    ]);
  });
});

describe("durations", () => {
  it.each([
    [0, "0:00:00"],
    [59_500, "0:01:00"],
    [day - 1_000, "23:59:59"],
    [day + hour, "1 day, 1:00:00"],
    [2 * day + 61_000, "2 days, 0:01:01"],
    [-90_000, "-0:01:30"],
  ])("of %i ms are told as %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
