// The report of a day (rows 000-RP-1, 000-AN-1, 000-AN-2): from a run, from fills.csv and from orders.csv alone, in the market's zone,
// on days without a trade.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tradeAnalytics } from "../../src/report/daily/analytics.ts";
import { dailyMarkdown, signed } from "../../src/report/daily/daily-markdown.ts";
import { dailyReport, datesOf } from "../../src/report/daily/daily-report.ts";
import { daySourceOf, type DaySource } from "../../src/report/daily/day-source.ts";
import { daySourceOfFile } from "../../src/report/daily/file-trades.ts";
import { Calendar } from "../../src/report/metrics/time-words.ts";
import { readRun } from "../../src/report/read-run.ts";
import { simulateTo, writeScenario } from "./stored.ts";

const scenarios = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const utc = new Calendar("UTC");
const generated = "2026-11-21T00:00:00.000Z";

let root = "";
let run = "";
let source: DaySource;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seatrial-daily-"));
  run = await simulateTo(join(root, "reports"), await writeScenario(root));
  source = daySourceOf(await readRun(run));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("the report of a day", () => {
  // Sold on day 3: bought at 100, sold at 110, fees 0.05 and 0.055.
  it("has the fields of row 000-RP-1", () => {
    expect(dailyReport(source, "2025-01-03", utc, generated)).toEqual({
      date: "2025-01-03",
      mode: "simulate",
      config: join(root, "three-trades.json"),
      generated_at: generated,
      zone: "UTC",
      currency: "USDC",
      summary: { realized_pnl: "9.895", funding: "0", num_trades: 1, win_rate: 1 },
      strategies: [
        {
          name: "scripted",
          realized_pnl: "9.895",
          fees: "0.105",
          num_trades: 1,
          wins: 1,
          losses: 0,
          win_rate: 1,
          loss_rate: 0,
          avg_win: 9.895,
          avg_loss: null,
          profit_factor: null,
          max_drawdown: "0",
          equity_curve: [{ time: Date.UTC(2025, 0, 3), realized: "9.895" }],
          distribution: { min: 9.895, p25: 9.895, median: 9.895, p75: 9.895, max: 9.895, bins: [{ from: 9, to: 10, count: 1 }] },
          symbols: [expect.objectContaining({ symbol: "TEST/USDC:USDC", realized_pnl: "9.895", num_trades: 1 })],
          trades: [expect.objectContaining({ side: "LONG", quantity: "1", entryPrice: 100, exitPrice: 110, profit: "9.895", family: "close" })],
        },
      ],
      notes: ["scripted bars"],
    });
  });

  it("is the same kind of report on a day without a trade", () => {
    const report = dailyReport(source, "2025-01-02", utc, generated);
    expect(report.summary).toEqual({ realized_pnl: "0", funding: "0", num_trades: 0, win_rate: null });
    expect(report.strategies).toMatchObject([
      {
        num_trades: 0,
        avg_win: null,
        profit_factor: null,
        max_drawdown: "0",
        equity_curve: [],
        symbols: [],
        trades: [],
        distribution: { bins: [], min: null },
      },
    ]);
    const text = dailyMarkdown(report, utc);
    expect(text).toContain("- Realized P&L: 0.00 USDC\n- Trades: 0\n- Win rate: –");
    expect(text).toContain("- Biggest winner: none\n- Biggest loser: none");
  });

  it("as Markdown signs money with two decimals and rates with one", () => {
    const text = dailyMarkdown(dailyReport(source, "2025-01-05", utc, generated), utc);
    expect(text).toContain("# Daily report 2025-01-05");
    expect(text).toContain("- Realized P&L: -10.11 USDC\n- Trades: 1\n- Win rate: 0.0 %");
    expect(text).toContain("- Biggest winner: none\n- Biggest loser: TEST/USDC:USDC LONG -10.11 (close)");
    expect(text).toContain("| scripted |      1 |    0 |      1 |    0.0 % |       – |   -10.11 |          0.00 |   -10.11 |        10.11 |");
    expect(text).toContain("| 00:00:00 | TEST/USDC:USDC | LONG |        1 |   110 |  100 | -10.11 | close  |");
  });

  it("belongs to the market's calendar day, not to the machine's", () => {
    // Midnight in UTC is still the day before in New York.
    const newYork = new Calendar("America/New_York");
    expect(dailyReport(source, "2025-01-02", newYork, generated).summary.realized_pnl).toBe("9.895");
    expect(datesOf(source, newYork)[0]).toBe("2024-12-31");
    expect(datesOf(source, utc)).toHaveLength(10);
    expect(dailyReport(source, "2025-01-03", new Calendar("Asia/Kolkata"), generated).summary.num_trades).toBe(1);
  });

  it("of a date that the run does not have says which it has", () => {
    expect(() => dailyReport(source, "2025-02-01", utc, generated)).toThrow(
      expect.objectContaining({ code: "date_outside_run", hint: "it goes from 2025-01-01 to 2025-01-10" }),
    );
  });

  it("tells funding, liquidations and what is still open", async () => {
    const of = async (name: string) => daySourceOf(await readRun(await simulateTo(join(root, "reports"), join(scenarios, `${name}.json`))));
    const funded = await of("funding-overnight");
    const days = datesOf(funded, utc).map((date) => dailyReport(funded, date, utc, generated));
    const paid = funded.funding.reduce((sum, { amount }) => sum + Number(amount), 0);
    expect(paid).not.toBe(0);
    expect(days.reduce((sum, { summary }) => sum + Number(summary.funding), 0)).toBeCloseTo(paid, 9);
    const liquidated = await of("liquidation-cross");
    expect(dailyReport(liquidated, datesOf(liquidated, utc)[0] ?? "", utc, generated).notes).toContainEqual(
      expect.stringContaining("liquidated: 10 of SOL/USDC:USDC"),
    );
    const open = await of("open-both-legs");
    expect(dailyReport(open, datesOf(open, utc).at(-1) ?? "", utc, generated).notes).toContainEqual(expect.stringContaining("is open since"));
    const closed = await of("closed-by-hand-with-resting-target");
    expect(dailyReport(closed, datesOf(closed, utc)[0] ?? "", utc, generated).notes).toContainEqual(
      expect.stringContaining("closed outside of the session"),
    );
  });
});

describe("the report of a file alone", () => {
  it.each(["hype-dual-dca", "sub-sell-lifo", "two-symbols", "reverse-in-one-way", "partial-fill-then-cancel", "spot-base-fee"])(
    "of %s gives the exits of the run from fills.csv and from orders.csv",
    async (name) => {
      const folder = await simulateTo(join(root, "reports"), join(scenarios, `${name}.json`));
      const { facts } = await readRun(folder);
      // A position that was there before is in no file.
      const known = facts.boot.length === 0;
      for (const file of ["fills.csv", "orders.csv"]) {
        const alone = await daySourceOfFile(join(folder, file));
        if (!known) continue;
        expect([file, alone.exits.length]).toEqual([file, facts.exits.length]);
        alone.exits.forEach((exit, at) => {
          const own = facts.exits[at];
          expect([exit.symbol, exit.side, exit.profit / 10 ** alone.moneyScale, exit.entryPrice]).toEqual([
            own?.symbol,
            own?.side,
            expect.closeTo((own?.profit ?? 0) / 10 ** facts.moneyScale, 7),
            expect.closeTo(own?.entryPrice ?? 0, 7),
          ]);
        });
      }
    },
  );

  async function fileOf(name: string, text: string): Promise<string> {
    const file = join(root, name);
    await writeFile(file, text);
    return file;
  }

  const header =
    "id,clientOrderId,symbol,side,leg,family,type,quantity,price,trigger,timeInForce,reduceOnly,status,reason,time,bar,rejectionCode,rejectionText,rejectionClass,filled,cost,fees,feeCurrency,filledTime,purpose";
  const order = (id: string, side: string, filled: string, cost: string, fees: string, time: number): string =>
    `v,${id},A/B:B,${side},NET,entry,market,1,,,GTC,false,FILLED,filled,0,0,,,,${filled},${cost},${fees},B,${time},signal`;

  /*
   * By hand: 1 at 10 and 2 at 13 (average 12); 1 out at 15: +3; turned round at 11 with 4: −2 on two, and 2 sold at 11; bought back at 10: +2.
   * Fees 0.3 of 3 bought: 0.1 each; the turn's 0.4 is half of the close and half of the new entry.
   */
  it("is worked out from orders.csv by hand: flat close, add, partial and reversal (golden)", async () => {
    const rows = [
      header,
      order("1", "buy", "1", "10", "0.1", 1_000),
      order("2", "buy", "2", "26", "0.2", 2_000),
      order("3", "sell", "1", "15", "0.05", 3_000),
      // The same order twice is one (row 000-JR-1).
      order("3", "sell", "1", "15", "0.05", 3_000),
      order("4", "sell", "4", "44", "0.4", 4_000),
      order("5", "buy", "2", "20", "0.1", 5_000),
    ];
    const alone = await daySourceOfFile(await fileOf("orders.csv", `${rows.join("\r\n")}\r\n`));
    const report = dailyReport(alone, "1970-01-01", utc, generated);
    expect(report).toMatchObject({ mode: "file", currency: "B", summary: { realized_pnl: "2.15", num_trades: 3, win_rate: 2 / 3 } });
    expect(report.strategies).toMatchObject([
      {
        name: "orders.csv",
        wins: 2,
        losses: 1,
        avg_win: expect.closeTo(2.275, 9) as number,
        avg_loss: -2.4,
        profit_factor: expect.closeTo(4.55 / 2.4, 9) as number,
        max_drawdown: "2.4",
        equity_curve: [
          { time: 3_000, realized: "2.85" },
          { time: 4_000, realized: "0.45" },
          { time: 5_000, realized: "2.15" },
        ],
        trades: [
          { side: "LONG", quantity: "1", entryPrice: 12, exitPrice: 15, gross: "3", fees: "0.15", profit: "2.85" },
          { side: "LONG", quantity: "2", entryPrice: 12, exitPrice: 11, gross: "-2", fees: "0.4", profit: "-2.4" },
          { side: "SHORT", quantity: "2", entryPrice: 11, exitPrice: 10, gross: "2", fees: "0.3", profit: "1.7" },
        ],
      },
    ]);
  });

  it("keeps an average that is no price exact", async () => {
    // 3 for 100.01 in all: 33.336666…; sold for 100.01: nothing gained.
    const rows = [header, order("1", "buy", "3", "100.01", "0", 1), order("2", "sell", "3", "100.01", "0", 2)];
    const alone = await daySourceOfFile(await fileOf("even.csv", rows.join("\r\n")));
    expect(alone.exits).toMatchObject([{ gross: 0, profit: 0, quantity: 3 }]);
  });

  it.each([
    ["symbol,side\r\nA,buy\r\n", "no_fills", "it is neither fills.csv nor an orders.csv that says what was filled"],
    [`${header}\r\n`, "no_fills", "nothing was filled"],
    [`${header}\r\n${order("1", "buy", "", "", "", 1)}\r\n`, "no_fills", "nothing was filled"],
    [`${header}\r\n${order("1", "purchase", "1", "1", "0", 1)}\r\n`, "bad_csv", "its side or leg is no word"],
    [`${header}\r\n${order("1", "buy", "1", "1e5", "0", 1)}\r\n`, "bad_csv", 'cost "1e5" is no number'],
    [`${header}\r\n${order("1", "buy", "1", "1", "0", 1.5)}\r\n`, "bad_csv", "filledTime is not epoch ms"],
  ])("refuses %j", async (text, code, reason) => {
    await expect(daySourceOfFile(await fileOf("bad.csv", text))).rejects.toMatchObject({ code, reason, exitCode: 3 });
  });

  it("refuses a file that is not there", async () => {
    await expect(daySourceOfFile(join(root, "none.csv"))).rejects.toMatchObject({ code: "file_not_found", exitCode: 3 });
    expect((await readFile(join(run, "orders.csv"), "utf8")).startsWith(header)).toBe(true);
  });
});

describe("analytics", () => {
  it("spread results over bins of 1, 2 or 5 times a power of ten", () => {
    const exits = source.exits.map((exit, at) => ({ ...exit, profit: [-1_000_000, 0, 2_500_000][at] as number, fees: 0 }));
    const { distribution } = tradeAnalytics(exits, 6);
    // −1 … 2.5 in at most ten bins: width 0.5.
    expect(distribution).toMatchObject({ min: -1, p25: -0.5, median: 0, p75: 1.25, max: 2.5 });
    expect(distribution.bins).toHaveLength(8);
    expect(distribution.bins[0]).toEqual({ from: -1, to: -0.5, count: 1 });
    expect(distribution.bins.at(-1)).toEqual({ from: 2.5, to: 3, count: 1 });
    expect(distribution.bins.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it("of equal results, and of nothing at all, have bins too", () => {
    const same = source.exits.map((exit) => ({ ...exit, profit: 0 }));
    expect(tradeAnalytics(same, 6).distribution.bins).toEqual([{ from: 0, to: 1, count: 3 }]);
    expect(tradeAnalytics([], 6)).toMatchObject({ realized_pnl: "0", win_rate: null, distribution: { bins: [] } });
  });

  it.each([
    ["1234.565", "+1234.57"],
    ["-0.005", "-0.01"],
    ["0.004", "0.00"],
    ["-3", "-3.00"],
    ["0", "0.00"],
  ])("signs %s as %s", (money, text) => {
    expect(signed(money)).toBe(text);
  });
});
