// A run and its folder say the same; what is missing, torn or old is a typed error; which folder a person means.

import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findRun } from "../../src/report/find-run.ts";
import { figureGroups } from "../../src/report/metrics/definitions.ts";
import { runMetricsObject, type RunMetricsObject } from "../../src/report/metrics/run-metrics.ts";
import { readCsv } from "../../src/report/read-csv.ts";
import { readRun } from "../../src/report/read-run.ts";
import { simulateTo, writeScenario } from "./stored.ts";

const scenarios = fileURLToPath(new URL("../../scenarios/", import.meta.url));

let root = "";
let reports = "";
let run = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seatrial-read-run-"));
  reports = join(root, "reports");
  run = await simulateTo(reports, await writeScenario(root));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function storedMetrics(folder: string): Promise<RunMetricsObject> {
  return JSON.parse(await readFile(join(folder, "metrics.json"), "utf8")) as RunMetricsObject;
}

describe("metrics.json", () => {
  it("has every figure of the definitions, each once, in their order", async () => {
    const keys = figureGroups.flatMap(({ figures }) => figures.map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
    const { metrics, notApplicable } = await storedMetrics(run);
    expect(Object.keys(metrics)).toEqual(keys);
    expect(Object.keys(notApplicable)).toEqual(keys.filter((key) => metrics[key] === null));
    expect(Object.values(notApplicable)).not.toContain("not known");
  });

  /*
   * Bought at 100, sold at 110: +10 − 0.05 − 0.055; bought at 110, sold at 100: −10 − 0.055 − 0.05; sold at 100, bought back at 104:
   * −4 − 0.05 − 0.052. Sum −4.312 of 1000 in ten days; value 624; three of ten days with a position; 100 to 104 on the market.
   * Asked for: the closes before, 100, 100, 110, 110, 100, 100 = 620; worse by 0, −10, 0, 10, 0, 4 = 4.
   */
  it("holds the figures of three trades on ten days", async () => {
    const { metrics } = await storedMetrics(run);
    expect(metrics).toMatchObject({
      stake_currency: "USDC",
      starting_balance: "1000",
      final_balance: "995.688",
      backtest_start: "2025-01-01 00:00:00",
      backtest_end: "2025-01-11 00:00:00",
      backtest_days: 10,
      total_volume: "624",
      fees: { USDC: "0.312" },
      profit_realized_abs: "-4.312",
      profit_unrealized_abs: "0",
      total_trades: 3,
      profit_total_abs: "-4.312",
      profit_total_long_abs: "-0.21",
      wins: 1,
      losses: 2,
      holding_avg: "1 day, 0:00:00",
      max_drawdown_abs: "14.207",
      max_drawdown_high: "9.895",
      csum_min: "995.688",
      orders: 6,
      fills: 6,
      taker_fills: 6,
      maker_share: 0,
      slippage_cost_abs: "4",
      left_open_trades: 0,
    });
    const close = (key: string, value: number): void => expect([key, metrics[key]]).toEqual([key, expect.closeTo(value, 10)]);
    close("exposure", 0.3);
    close("market_change", 0.04);
    close("profit_total", -0.004312);
    close("cagr", 0.995688 ** 36.5 - 1);
    close("equity_cagr", 0.995688 ** 36.5 - 1);
    close("slippage_bp", (4 / 620) * 10_000);
    close("slippage_worst_bp", (10 / 110) * 10_000);
    close("profit_factor", 9.895 / 14.207);
    close("max_drawdown_account", 14.207 / 1_009.895);
  });

  it.each([
    "hype-dual-dca",
    "spot-base-fee",
    "inverse-contract",
    "liquidation-cross",
    "funding-overnight",
    "reverse-in-one-way",
    "closed-by-hand-with-resting-target",
    "lost-request",
    "backoff-and-release",
    "two-symbols",
    "envelope-tp-and-sl-in-one-bar",
    "rate-limit-and-ban",
    "auto-deleveraged",
    "route-twap-partial-fills",
    "trailing-take-profit",
    "bybit-hedge",
  ])("of %s is what its folder gives, and its money is the ledger's", async (name) => {
    const folder = await simulateTo(reports, join(scenarios, `${name}.json`));
    const { facts } = await readRun(folder);
    expect(runMetricsObject(facts)).toEqual(await storedMetrics(folder));
    const nets = (await readFile(join(folder, "journal.ndjson"), "utf8"))
      .split("\n")
      .filter((line) => line.includes('"type":"ledger_entry"'))
      .map((line) => (JSON.parse(line) as { readonly net: number }).net);
    expect(facts.exits.reduce((sum, { profit }) => sum + profit, 0)).toBe(nets.reduce((sum, net) => sum + net, 0));
  });

  it("says how the way to the venue went", async () => {
    const of = async (name: string) => (await storedMetrics(await simulateTo(reports, join(scenarios, `${name}.json`)))).metrics;
    expect(await of("lost-request")).toMatchObject({ unknown_outcomes: 1 });
    expect(await of("limit-timeout-market-fallback")).toMatchObject({ timedout_entry_orders: 1, market_fallbacks: 1, retries: 1 });
    expect(await of("rejection")).toMatchObject({ rejects: 1, rejects_by_class: { ExchangeError: 1 }, rejects_by_reason: { injected_rejection: 1 } });
    const envelope = await simulateTo(reports, join(scenarios, "envelope-tp-and-sl-in-one-bar.json"));
    expect((await storedMetrics(envelope)).metrics).toMatchObject({ ambiguous_fills: 1 });
    expect((await of("unprotected-bar"))["unprotected_bars"]).toBe(1);
    // Rejected at 20, 40 and 60 s; refused at 80 and 100 s: from the last failure to the last refusal.
    expect(await of("backoff-and-release")).toMatchObject({ rejects: 3, backoff_skips: 2, backoff_time_s: 40 });
    expect(await of("cancel-not-confirmed")).toMatchObject({ cancel_retries: 1, retries: 1, queries: 1, timedout_entry_orders: 1 });
  });
});

describe("a run folder", () => {
  async function copy(): Promise<string> {
    const folder = join(root, `copy-${Math.random()}`);
    await cp(run, folder, { recursive: true });
    return folder;
  }

  async function edited(file: string, edit: (text: string) => string): Promise<string> {
    const folder = await copy();
    await writeFile(join(folder, file), edit(await readFile(join(folder, file), "utf8")));
    return folder;
  }

  it.each([["manifest.json"], ["result.json"], ["journal.ndjson"], ["equity.arrow"]])("without %s is damaged", async (file) => {
    const folder = await copy();
    await rm(join(folder, file));
    await expect(readRun(folder)).rejects.toMatchObject({
      code: "damaged_run",
      reason: "the file is missing",
      exitCode: 3,
      place: { file: join(folder, file) },
    });
  });

  it("with a torn file is damaged, and the line is named", async () => {
    // Six orders of four records each, and three ledger lines.
    const torn = await edited("journal.ndjson", (text) => text.slice(0, text.length - 30));
    await expect(readRun(torn)).rejects.toMatchObject({ code: "damaged_run", place: { file: join(torn, "journal.ndjson"), line: 27 } });
    const result = await edited("result.json", (text) => text.slice(0, 100));
    await expect(readRun(result)).rejects.toMatchObject({ code: "damaged_run", place: { file: join(result, "result.json") } });
    const arrow = await edited("equity.arrow", () => "no arrow");
    await expect(readRun(arrow)).rejects.toMatchObject({ code: "damaged_run", place: { file: join(arrow, "equity.arrow") } });
    const manifest = await edited("manifest.json", (text) => text.replace('"seed"', '"sed"').replace('"strategy"', '"stratagem"'));
    await expect(readRun(manifest)).rejects.toMatchObject({ code: "damaged_run", reason: expect.stringContaining("strategy") as string });
  });

  it("whose files are of two runs is damaged", async () => {
    const half = await edited("journal.ndjson", (text) => `${text.split("\n").slice(0, 12).join("\n")}\n`);
    await expect(readRun(half)).rejects.toMatchObject({
      code: "damaged_run",
      reason: expect.stringMatching(/^it has \d fills, result\.json 6$/) as string,
    });
    const other = await edited("result.json", (text) => text.replace('"orderId": "vex-00000003"', '"orderId": "vex-00000033"'));
    await expect(readRun(other)).rejects.toMatchObject({ code: "damaged_run", reason: "its fill of vex-00000033 belongs to none of its orders" });
  });

  it("of a version without metrics says so", async () => {
    const old = await edited("manifest.json", (text) => {
      const { account: _account, markets: _markets, ...manifest } = JSON.parse(text) as Record<string, unknown>;
      return JSON.stringify(manifest);
    });
    await expect(readRun(old)).rejects.toMatchObject({ code: "old_run", hint: "simulate the scenario again", exitCode: 3 });
  });

  it("without last closes still knows what limits asked for, and nothing of market orders", async () => {
    const old = await edited("journal.ndjson", (text) => text.replaceAll(/,"lastClose":\d+/g, ""));
    const { facts } = await readRun(old);
    expect(runMetricsObject(facts).notApplicable["slippage_bp"]).toBe("no such fill has a requested price");
  });
});

describe("which run is meant", () => {
  it("is a folder, the newest of a folder, a scenario, a time, or the start of a hash", async () => {
    const second = await simulateTo(reports, await writeScenario(root), Date.UTC(2026, 10, 22));
    expect(await findRun(run, reports)).toBe(run);
    expect(await findRun(join(reports, "three-trades"), "nowhere")).toBe(second);
    expect(await findRun("three-trades", reports)).toBe(second);
    expect(await findRun("2026-11-21T00-00-00-000Z", join(root, "reports"))).toContain("2026-11-21T00-00-00-000Z");
    const { hashes } = (await readRun(run)).manifest;
    // Two runs of one hash: the newer one.
    expect(await findRun(hashes.run.slice(0, 8), reports)).toBe(second);
    await rm(second, { recursive: true });
  });

  it("is none that is still being written", async () => {
    const partial = join(reports, "three-trades", ".partial-1");
    await mkdir(partial);
    await writeFile(join(partial, "manifest.json"), "{}");
    expect(await findRun("three-trades", reports)).toBe(run);
    await rm(partial, { recursive: true });
  });

  it("is a typed error with the nearest name where there is none", async () => {
    await mkdir(join(reports, "three-traders", "2025-01-01"), { recursive: true });
    await expect(findRun("three-trade", reports)).rejects.toMatchObject({ code: "run_not_found", hint: 'did you mean "three-trades"?', exitCode: 3 });
    await expect(findRun("zzzzzzzzzzz", join(root, "none"))).rejects.toMatchObject({ hint: expect.stringContaining("holds no run") as string });
    await mkdir(join(root, "empty"));
    await expect(findRun(join(root, "empty"), reports)).rejects.toMatchObject({ code: "not_a_run", exitCode: 3 });
    await rename(join(root, "empty"), join(root, "emptied"));
  });
});

describe("CSV that is read back", () => {
  it("keeps quotes, commas and line breaks in a cell", () => {
    expect(readCsv('a,b\r\n"x ""y"", z","1\n2"\r\n,\r\n', "f.csv")).toEqual([
      { line: 2, cells: { a: 'x "y", z', b: "1\n2" } },
      { line: 4, cells: { a: "", b: "" } },
    ]);
    expect(readCsv("\uFEFFa\r\n", "f.csv")).toEqual([]);
  });

  it.each([
    ["", "the file is empty", 1],
    ["a,b\r\n1\r\n", "the row has 1 fields, the header 2", 2],
    ['a\r\n"x\r\n', "a quote does not end", 2],
  ])("refuses %j", (text, reason, line) => {
    expect(() => readCsv(text, "f.csv")).toThrow(expect.objectContaining({ code: "bad_csv", reason, place: { file: "f.csv", line, column: null } }));
  });
});
