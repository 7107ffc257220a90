// `seatrial report` as a person types it: what goes to which stream, which files appear, which misuse is told how.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { readCsv } from "../../src/report/read-csv.ts";
import { simulateTo, writeScenario } from "../report/stored.ts";
import { captureIo } from "./capture.ts";

let root = "";
let reports = "";
let run = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seatrial-report-cli-"));
  reports = join(root, "reports");
  run = await simulateTo(reports, await writeScenario(root));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function report(...words: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(["report", ...words], io);
  return { code, ...text };
}

interface Everything {
  readonly run: { readonly scenario: string };
  readonly options: object;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

async function everything(...words: readonly string[]): Promise<Everything> {
  const { code, stdout, stderr } = await report("three-trades", "--reports", reports, "--json", ...words);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Everything;
}

describe("seatrial report", () => {
  it("prints Markdown of the newest run of a scenario", async () => {
    const { code, stdout, stderr } = await report("three-trades", "--reports", reports);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("# three-trades: passed");
    for (const title of [
      "## The run",
      "## Closed trades",
      "## Equity",
      "## Execution",
      "## P&L per symbol",
      "## By exit reason",
      "## By month of the exit",
    ])
      expect(stdout).toContain(`\n${title}\n`);
    expect(stdout).not.toContain("## By day");
    expect(stdout).toMatch(/\| profit_total_abs +\| +-4\.312 \|/);
    expect(stdout).toMatch(/\| winrate +\| +33\.33 % \|/);
    expect(stdout).toContain("- only a run with --path envelope knows them: ambiguous_fills");
  });

  it("prints everything as JSON with --json", async () => {
    const { run: told, options, metrics, tables } = await everything();
    expect(told).toMatchObject({ scenario: "three-trades", status: "passed", seed: 1, folder: run });
    expect(options).toEqual({ periods: 365, riskFree: 0, daysMin: 7, zone: "UTC", trades: "flat" });
    expect(metrics).toMatchObject({ total_trades: 3, profit_total_abs: "-4.312" });
    expect(tables["symbol"]?.map(({ symbol, trades, profit_total_abs: profit }) => [symbol, trades, profit])).toEqual([
      ["TEST/USDC:USDC", 3, "-4.312"],
      ["TOTAL", 3, "-4.312"],
    ]);
    // The long ones: 9.895 − 10.105.
    expect(tables["leg"]?.map(({ leg, wins, losses, profit_total_abs: profit }) => [leg, wins, losses, profit])).toEqual([
      ["LONG", 1, 1, "-0.21"],
      ["SHORT", 0, 1, "-4.102"],
      ["TOTAL", 1, 2, "-4.312"],
    ]);
    expect(tables["day"]?.map(({ day }) => day)).toEqual(["2025-01-03", "2025-01-05", "2025-01-08", "TOTAL"]);
    expect(tables["pnl"]).toEqual([
      {
        symbol: "TEST/USDC:USDC",
        realized: "-4.312",
        unrealized: "0",
        total: "-4.312",
        quantity: "0",
        averageEntry: "",
        price: "104",
        notional: "0",
        status: "closed",
      },
    ]);
    expect(tables["orders"]?.[0]).toMatchObject({ side: "buy", filled: "1", fees: "0.05", purpose: "scripted", status: "FILLED" });
    expect(tables["fills"]?.[1]).toMatchObject({ price: "110", requestedPrice: "100" });
  });

  it("takes yearly figures and days as they are asked for", async () => {
    const { metrics } = await everything("--periods", "252", "--risk-free", "0.04", "--zone", "America/New_York");
    const plain = (await everything()).metrics;
    expect(Number(metrics["equity_volatility"]) / Number(plain["equity_volatility"])).toBeCloseTo(Math.sqrt(252 / 365), 9);
    expect((await everything("--min-days", "11")).metrics["sharpe"]).toBeNull();
    expect((await everything("--zone", "America/New_York")).tables["day"]?.[0]?.["day"]).toBe("2025-01-02");
  });

  it("shows the groupings that are asked for", async () => {
    const { stdout } = await report(run, "--by", "day, tag", "--trades", "exit");
    expect(stdout).toContain("## By day of the exit");
    expect(stdout).toContain("## By entry reason");
    expect(stdout).not.toContain("## By month");
  });

  it("writes one table a file as CSV, or prints one", async () => {
    const { stdout } = await report(run, "--format", "csv", "--table", "leg");
    expect(readCsv(stdout, "leg").map(({ cells }) => [cells["leg"], cells["profit_total_abs"]])).toEqual([
      ["LONG", "-0.21"],
      ["SHORT", "-4.102"],
      ["TOTAL", "-4.312"],
    ]);
    const out = join(root, "tables");
    const written = await report(run, "--format", "csv", "--out", out);
    expect([written.code, written.stdout]).toEqual([0, ""]);
    const files = (await readdir(out)).sort();
    expect(files).toEqual(
      [
        "day",
        "exits",
        "family",
        "fills",
        "funding",
        "leg",
        "liquidations",
        "metrics",
        "month",
        "open",
        "orders",
        "pnl",
        "reason",
        "skipped",
        "symbol",
        "tag",
        "trades",
      ].map((name) => `${name}.csv`),
    );
    expect(written.stderr.trimEnd().split("\n")).toHaveLength(files.length);
    expect(readCsv(await readFile(join(out, "metrics.csv"), "utf8"), "metrics.csv")).toContainEqual(
      expect.objectContaining({ cells: { group: "trades", figure: "total_trades", value: "3", note: "" } }),
    );
  });

  it("has the page of the run made again, into its folder", async () => {
    const { code, stdout } = await report(run, "--format", "html", "--no-costs");
    expect([code, stdout]).toEqual([0, `${join(run, "report.html")}\n`]);
    expect((await readFile(join(run, "report.html"), "utf8")).slice(0, 15).toLowerCase()).toBe("<!doctype html>");
    const machine = await report(run, "--format", "html", "--no-costs", "--json");
    expect(JSON.parse(machine.stdout)).toEqual({ file: join(run, "report.html") });
    const elsewhere = await report(run, "--format", "html", "--scenario", join(root, "none.json"));
    expect([elsewhere.code, elsewhere.stdout]).toEqual([3, ""]);
    expect((await report(run, "--format", "html", "--out", join(root, "x.html"))).code).toBe(3);
  });

  it("writes a file in place of stdout", async () => {
    const out = join(root, "report.md");
    const { code, stdout, stderr } = await report(run, "--out", out);
    expect([code, stdout, stderr]).toEqual([0, "", `${out}\n`]);
    expect(await readFile(out, "utf8")).toContain("# three-trades: passed");
  });

  it.each<[readonly string[], string]>([
    [["nowhere"], "run_not_found"],
    [["three-trades", "--by", "days"], "bad_arguments"],
    [["three-trades", "--format", "csv"], "bad_arguments"],
    [["three-trades", "--format", "csv", "--table", "trade"], "unknown_table"],
    [["three-trades", "--format", "pdf"], "bad_arguments"],
    [["three-trades", "--zone", "Mars/Phobos"], "bad_zone"],
    [["three-trades", "--periods", "0"], "bad_arguments"],
    [["three-trades", "--risk-free", "4%"], "bad_arguments"],
    [["daily", "three-trades", "--date", "yesterday"], "bad_arguments"],
    [["daily", "three-trades", "--date", "2024-01-01"], "date_outside_run"],
    [["compare", "three-trades", "nowhere"], "run_not_found"],
  ])("refuses %j with exit code 3", async (words, code) => {
    const { code: exit, stdout, stderr } = await report(...words, "--reports", reports);
    expect([exit, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^seatrial: .+\n$/);
    // JSON has all tables: what is wrong about one of them is nothing to it.
    if (words.includes("csv")) return;
    const machine = await report(...words, "--reports", reports, "--json");
    expect([machine.code, JSON.parse(machine.stdout)]).toMatchObject([3, { error: { code } }]);
  });
});

describe("seatrial report compare", () => {
  it("ends with 0 whether or not the runs differ, and with 2 when that is asked for", async () => {
    const other = await simulateTo(join(root, "others"), await writeScenario(root, { seed: 2, venue: "bybit-linear" }));
    const same = await report("compare", run, run, "--exit-code");
    expect([same.code, same.stdout.startsWith("# The runs are the same\n")]).toEqual([0, true]);
    const differ = await report("compare", run, other);
    expect([differ.code, differ.stdout.startsWith("# The runs differ\n")]).toEqual([0, true]);
    const asked = await report("compare", run, other, "--exit-code", "--json");
    expect(asked.code).toBe(2);
    expect(JSON.parse(asked.stdout)).toMatchObject({ format: 1, same: false, a: { folder: run }, b: { folder: other } });
  });
});

describe("seatrial report daily", () => {
  it("writes JSON and Markdown under the date and prints the Markdown", async () => {
    const out = join(root, "daily");
    const { code, stdout, stderr } = await report("daily", "three-trades", "--reports", reports, "--date", "2025-01-03", "--out", out);
    expect(code).toBe(0);
    expect(stdout).toContain("# Daily report 2025-01-03");
    expect(stderr).toBe(`${join(out, "2025-01-03", "daily.json")}\n${join(out, "2025-01-03", "daily.md")}\n`);
    const json = JSON.parse(await readFile(join(out, "2025-01-03", "daily.json"), "utf8")) as { readonly summary: object };
    expect(json.summary).toEqual({ realized_pnl: "9.895", funding: "0", num_trades: 1, win_rate: 1 });
  });

  it("takes the last day unless told otherwise, or all", async () => {
    const out = join(root, "all");
    const last = await report("daily", run, "--out", out, "--json");
    expect(JSON.parse(last.stdout)).toMatchObject({ date: "2025-01-10" });
    const all = await report("daily", run, "--out", out, "--json", "--date", "all");
    expect((JSON.parse(all.stdout) as readonly object[]).length).toBe(10);
    expect((await readdir(out)).length).toBe(10);
  });

  it("takes a file of fills alone", async () => {
    const { stdout } = await report("daily", join(run, "fills.csv"), "--date", "2025-01-05", "--out", join(root, "file"), "--json");
    expect(JSON.parse(stdout)).toMatchObject({ mode: "file", summary: { realized_pnl: "-10.105" } });
  });
});
