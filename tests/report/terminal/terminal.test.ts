// What a person sees, at 80 columns and without colour.

import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../../src/domain/index.ts";
import { outcomeNotRun, outcomeOfError, type Outcome } from "../../../src/report/outcome.ts";
import { paintOf } from "../../../src/report/terminal/paint.ts";
import { progressOn, progressText } from "../../../src/report/terminal/progress.ts";
import { resultObject } from "../../../src/report/result.ts";
import { tableText } from "../../../src/report/terminal/table.ts";
import { overviewText, problemsText, scenarioText } from "../../../src/report/terminal/terminal.ts";
import { fails, holds, outcomeOf, record } from "../sample.ts";

const screen = { width: 80, paint: paintOf(false) };
const notRun: Outcome = outcomeNotRun("btc", 1, { reason: "SEATRIAL_DATA is not set", hint: "set SEATRIAL_DATA" }, false);

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

describe("the summary of one scenario", () => {
  it("shows its figures, its labels and where the report is", () => {
    const text = scenarioText({ ...outcomeOf({ labels: ["optimistic"] }), folder: "reports/worked-example/t" }, screen);
    expect(text.endsWith("\nreport: reports/worked-example/t\n")).toBe(true);
    expect(text.split("\n")[0]).toBe("✔ passed worked-example [optimistic]");
    for (const cells of [
      ["orders", "2 \\(0 rejected, 0 canceled, 0 unknown, 1 skipped\\)"],
      ["fills", "2"],
      ["realized P&L", "1.9296"],
      ["fees", "0.0704 USDC"],
      ["max drawdown", "0.05"],
      ["equity", "1001.9296"],
      ["positions", "flat"],
      ["expectations", "1 of 1 hold"],
      ["invariants", "12 checked, 0 violated"],
      ["run hash", "0123456789abcdef"],
      ["seed", "7"],
    ]) {
      expect(text).toMatch(new RegExp(`│ ${cells.join(" +│ ")} +│`));
    }
  });

  it("says how many bars were unprotected and what that cost, where there were any", () => {
    const row = { symbol: "HYPE/USDC:USDC", leg: "NET" as const, exit: "stop" as const, quantity: "1", price: "97", reached: "95", close: "99" };
    const unprotected = [{ ...row, cost: "-2", time: 60_000, bar: 1 }];
    const told = { ...record, rows: { ...record.rows, unprotected }, metrics: { ...record.metrics, unprotectedCost: "-2" } };
    expect(scenarioText(outcomeOf({ record: told }), { ...screen, width: 120 })).toMatch(
      /│ unprotected bars +│ 1: exits were reached before they were live, cost -2 +│/,
    );
    expect(scenarioText(outcomeOf(), screen)).not.toContain("unprotected");
    expect(resultObject(outcomeOf({ record: told }))).toMatchObject({ unprotectedBars: unprotected, metrics: { unprotectedCost: "-2" } });
    expect(Object.keys(resultObject(outcomeOf()))).not.toContain("unprotectedBars");
  });

  it("counts routed intents where there are any: those that came to their end, those that did not, those that are open", () => {
    const worked = {
      symbol: "X",
      side: "buy",
      leg: "NET",
      family: "entry",
      route: "twap",
      quantity: "13",
      slices: 5,
      orders: 5,
      time: 0,
      bar: 0,
    } as const;
    const routes = [
      { ...worked, filled: "13", reason: "filled", endBar: 9 },
      { ...worked, filled: "11", reason: "entry_limit_timeout", endBar: 9 },
      { ...worked, filled: "2", reason: null, endBar: null },
    ] as const;
    const shown = (rows: typeof record.rows) => scenarioText(outcomeOf({ record: { ...record, rows } }), screen);
    expect(shown({ ...record.rows, routes })).toMatch(/│ routes +│ 3 \(1 filled, 1 ended short, 1 open\) +│/);
    expect(shown(record.rows)).not.toContain("routes");
  });

  it("prints each failed expectation with what was found and the records around it", () => {
    const text = scenarioText(outcomeOf({ expectations: [holds, fails] }), screen);
    expect(text).toContain("✖ failed worked-example");
    expect(text.split("\n").slice(-5)).toEqual([
      "  expected final position is 1",
      "  found    0 (bar 2)",
      "    orders: tp sell 1 @ 102",
      "    fill tp sell 1 @ 102",
      "",
    ]);
  });

  it("lists open positions with their entry, and a halt with its bar", () => {
    const position = { symbol: "HYPE/USDC:USDC", leg: "LONG" as const, quantity: "1.5", entryPrice: "25.1", unrealizedPnl: "-0.3" };
    const halt = { reason: "insolvent" as const, text: "equity is below the margin", time: 0, bar: 9 };
    const text = scenarioText(
      outcomeOf({ record: { ...record, final: { ...record.final, positions: [position] }, rows: { ...record.rows, halt } } }),
      screen,
    );
    expect(text).toContain("HYPE/USDC:USDC LONG 1.5 @ 25.1 (unrealized -0.3)");
    expect(text).toContain("insolvent at bar 9");
    expect(text).toContain("insolvent: equity is below the margin (bar 9)");
  });

  it("shows warnings and errors of the run, errors first, each once and no more than three", () => {
    const alert = (level: "info" | "warning" | "error", text: string) => ({ level, text, time: 0, bar: 0 });
    const alerts = [alert("info", "repriced"), ...["a", "b", "a", "c", "d"].map((text) => alert("warning", text)), alert("error", "e")];
    const text = scenarioText(outcomeOf({ record: { ...record, rows: { ...record.rows, alerts } } }), screen);
    // a, b, c, d and e are five texts: three are shown, two are left.
    expect(text).toMatch(/│ alerts +│ error: e +│\n│ +│ warning: a +│\n│ +│ warning: b +│\n│ +│ and 2 more, see the journal +│/);
    expect(text).not.toContain("repriced");
    expect(scenarioText(outcomeOf(), screen)).not.toContain("alerts");
  });

  it("says how often the result rests on an assumption, and nothing where it does not", () => {
    const text = scenarioText(
      outcomeOf({ record: { ...record, assumptions: { ambiguousBars: 3, wholeBarLives: 2, lastPriceStamps: 0, unmarkedBars: 0 } } }),
      screen,
    );
    expect(text).toMatch(/│ ambiguous bars +│ 3: the path decided which orders came first +│/);
    expect(text).toMatch(/│ optimistic fills +│ 2: limits that would have ended inside their bar +│/);
    const none = outcomeOf({ record: { ...record, assumptions: { ambiguousBars: 0, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 } } });
    expect(scenarioText(none, screen)).not.toMatch(/ambiguous|optimistic/);
  });

  it("says why a scenario did not run and what lets it run", () => {
    expect(scenarioText(notRun, screen)).toBe("○ not run btc\n  SEATRIAL_DATA is not set\n  to run it set SEATRIAL_DATA\n");
  });
});

describe("the overview of several scenarios", () => {
  const longName = "fill-during-cancel-with-a-permitted-market-fallback";
  const outcomes = [outcomeOf({ scenario: longName, elapsedMs: 1_240 }), outcomeOf({ expectations: [fails, holds] }), notRun];

  it("has one row a scenario and ends with the totals", () => {
    const text = overviewText(outcomes, { ...screen, width: 120 });
    expect(text).toMatch(/│ passed +│ +2 │ +2 │ +1\.9296 │ +0\.05 │ +1\/1 │ +1\.2 s │/);
    expect(text).toMatch(/│ failed +│ +2 │ +2 │ +1\.9296 │ +0\.05 │ +1\/2 │ +12 ms │/);
    expect(text).toMatch(/│ btc +│ not run │ +- │ +- │ +- │ +- │ +- │ +- │/);
    expect(text.endsWith("\n1 passed, 1 failed, 0 in error, not run: 1\n")).toBe(true);
  });

  it("leaves out its least needed columns where the names would become too narrow to read", () => {
    // 51 characters of name. Status 9, orders 8, fills 7, realized 10, max dd 8, expect 8, time 7, 9 borders: 66, so 80 columns leave 14 for
    // the name. Without the time and its border 22, which is enough.
    const text = overviewText(outcomes, screen);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatch(/│ passed +│ +2 │ +2 │ +1\.9296 │ +0\.05 │ +1\/1 │$/m);
    // 60 columns: without max dd (9) too there are 11, without realized (11) there are 22.
    const narrow = overviewText(outcomes, { ...screen, width: 60 });
    expect(widest(narrow)).toBeLessThanOrEqual(60);
    expect(narrow).toMatch(/│ passed +│ +2 │ +2 │ +1\/1 │$/m);
  });

  it("tells once why several scenarios did not run", () => {
    const text = problemsText([notRun, { ...notRun, scenario: "sol" }], screen);
    expect(text).toBe("○ not run 2 scenarios: btc, sol\n  SEATRIAL_DATA is not set\n  to run them set SEATRIAL_DATA\n");
  });

  it("prints the problems below the table, and nothing but them when quiet", () => {
    const error = outcomeOfError(
      "bad",
      null,
      new SeatrialError({ code: "bad_json", reason: "a comma is missing", place: { file: "bad.json", line: 2 } }),
    );
    const text = problemsText([...outcomes, error], screen);
    expect(text.split("\n").map((line) => line.trimEnd())).toEqual([
      "✖ failed worked-example",
      "  expected final position is 1",
      "  found    0 (bar 2)",
      "    orders: tp sell 1 @ 102",
      "    fill tp sell 1 @ 102",
      "○ not run btc",
      "  SEATRIAL_DATA is not set",
      "  to run it set SEATRIAL_DATA",
      "✖ error bad",
      "  bad_json: bad.json:2: a comma is missing",
      "",
    ]);
    expect(problemsText([outcomeOf()], screen)).toBe("");
  });
});

describe("a table", () => {
  it("counts no escape codes as width", () => {
    const paint = paintOf(true);
    const rows = [[paint("red", "x".repeat(20)), "y"]];
    expect(tableText([{ title: "a", flexible: true }, { title: "b" }], rows, 80)).toContain("x".repeat(20));
  });

  it("wraps a flexible column that does not fit", () => {
    const text = tableText([{ title: "a", flexible: true }, { title: "b" }], [["x".repeat(100), "y"]], 40);
    expect(widest(text)).toBeLessThanOrEqual(40);
    expect(text.replaceAll(/[^x]/g, "")).toHaveLength(100);
  });
});

describe("the progress bar", () => {
  it("is silent where there is no terminal, and on one without a width", () => {
    for (const stream of [{ isTTY: false, columns: 80 }, { isTTY: true, columns: 0 }, { isTTY: true }]) {
      const written: string[] = [];
      const progress = progressOn({ ...stream, write: (text) => written.push(text) }, () => 0);
      progress.update("a", 1, 2);
      progress.clear();
      expect(written).toEqual([]);
    }
  });

  it("redraws at most once in 80 ms, always at the end, and wipes itself", () => {
    const written: string[] = [];
    let now = 0;
    const progress = progressOn({ isTTY: true, columns: 80, write: (text) => written.push(text) }, () => now);
    for (now = 0; now < 160; now += 20) progress.update("a", now, 200); // drawn at 0 and 80
    progress.update("a", 200, 200);
    progress.clear();
    progress.clear();
    expect(written.map((text) => /\d+ %/.exec(text)?.[0] ?? "wiped")).toEqual(["0 %", "40 %", "100 %", "wiped"]);
  });

  it("never is wider than its terminal", () => {
    for (let width = 0; width < 120; width += 1) expect(progressText("a-long-scenario-name", 1, 3, width).length).toBeLessThanOrEqual(width);
    // 40 columns − " 50 %" − 2 spaces leave 33; half of it, 16, is the bar, and half of that is full.
    expect(progressText("hype", 1, 2, 40)).toBe(`hype ${"█".repeat(8)}${"░".repeat(8)}  50 %`);
  });
});
