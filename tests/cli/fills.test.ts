// `seatrial fills` as a user meets it, on runs that are made here: what is listed, what a reconciliation says, and whether the model
// that it offers is the one that the run was made with.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import type { ListedFill, Reconciliation } from "../../src/report/fills/index.ts";
import { captureIo } from "./capture.ts";

let folder = "";
let run = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-fills-"));
  run = await simulated("known", { halfSpreadBp: "2", slippage: { kind: "bps", bps: "3" } });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function seatrial(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(argv, io);
  return { code, ...text };
}

async function jsonOf<T>(...argv: string[]): Promise<T> {
  const { stdout } = await seatrial(...argv, "--json");
  return JSON.parse(stdout) as T;
}

/** A crossing of two averages on an hour's bars a day long, at market, some fills larger than others; prices near 40,000, where the tick is 0.0025 bp. */
function scenario(name: string, fill: unknown): string {
  const synthetic = { seed: 5, count: 1_500, startPrice: "40000", volatility: 0.004, volume: 1000 };
  return JSON.stringify({
    name,
    seed: 3,
    positionMode: "hedge",
    markets: [
      { symbol: "BTC/USDC:USDC", market: { tick: "0.01", step: "0.001" }, bars: { timeframe: "1m", start: "2025-01-01T00:00:00Z", synthetic } },
    ],
    boot: { balances: { USDC: "100000000" } },
    strategy: { use: "ema-cross", params: { quantity: 40 } },
    fill,
  });
}

/** @returns the run folder */
async function simulated(name: string, fill: unknown): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, scenario(name, fill));
  const { code, stderr } = await seatrial("simulate", file, "--out", join(folder, "reports"), "--quiet");
  if (code !== 0) throw new Error(stderr);
  const runs = join(folder, "reports", name);
  return join(runs, (await readdir(runs)).sort().at(-1) ?? "");
}

describe("a list of fills", () => {
  it("has the newest twenty first, and says how many there are", async () => {
    const { code, stdout } = await seatrial("fills", run);
    expect(code).toBe(0);
    const times = [...stdout.matchAll(/│ (2025-\S+Z) │/g)].map(([, time]) => time ?? "");
    expect(times).toHaveLength(20);
    expect(times).toEqual([...times].sort().reverse());
    expect(stdout).toMatch(/the newest 20 of \d+ fills; --limit all shows every one\n$/);
  });

  it("is chosen by side, family, leg, time and number", async () => {
    const { total, fills } = await jsonOf<{ total: number; fills: ListedFill[] }>("fills", run, "--limit", "all");
    expect(fills).toHaveLength(total);
    const since = fills[50]?.time ?? 0;
    const chosen = fills.filter((fill) => fill.side === "sell" && fill.family === "close" && fill.leg === "LONG" && fill.time >= since);
    const filters = ["--side", "sell", "--family", "close", "--leg", "LONG", "--since", String(since)];
    expect((await jsonOf<{ fills: ListedFill[] }>("fills", run, ...filters, "--limit", "all")).fills).toEqual(chosen);
    expect((await jsonOf<{ total: number; fills: ListedFill[] }>("fills", run, ...filters, "--limit", "2")).fills).toEqual(chosen.slice(0, 2));
    expect((await jsonOf<{ total: number }>("fills", run, "--until", String(since))).total).toBe(fills.filter(({ time }) => time < since).length);
    expect(await jsonOf("fills", run, "--symbol", "ETH/USDC:USDC")).toMatchObject({ total: 0, fills: [] });
  });

  it("is CSV with a line a fill, as fill-report too, and friendly when there is none", async () => {
    const { stdout } = await seatrial("fill-report", "--journal-path", join(run, "journal.ndjson"), "--format", "csv", "--limit", "3");
    const lines = stdout.trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^time,symbol,side,leg,family,type,quantity,price,requested,slippage,slippageBp,/);
    expect(lines).toHaveLength(4);
    const none = await seatrial("fills", run, "--symbol", "ETH/USDC:USDC");
    expect([none.code, none.stdout]).toEqual([0, "no fills\n"]);
  });
});

describe("a reconciliation", () => {
  it("is told in words, with the model to paste", async () => {
    const { code, stdout } = await seatrial("fills", "--reconcile", run);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^known: (\d+) fills of .*, \1 held against what was said\n/);
    expect(stdout).toContain("\nslippage in basis points of the requested price, adverse positive\n");
    expect(stdout).toContain("\ncalibration: the newest ");
    expect(stdout).toMatch(/\n {2}"fill": \{ "halfSpreadBp": "2", "slippage": \{ "kind": "bps", "bps": "(?:2\.9\d|3|3\.0\d)" \} \}\n$/);
  });

  it("of a few fills is none, and says so", async () => {
    const { code, stdout } = await seatrial("fills", "--reconcile", run, "--limit", "9");
    expect(code).toBe(0);
    expect(stdout).toContain("○ no verdict: insufficient data: 9 of at least 10 fills\n");
    expect(stdout).toContain("no fill model: 9 of at least 30 fills within 72 h of the newest\n");
  });

  it("of nothing is none", async () => {
    const { code, stdout } = await seatrial("fills", "--reconcile", run, "--symbol", "ETH/USDC:USDC");
    expect([code, stdout.split("\n")[0]]).toEqual([0, `known: 0 fills of ${run}, 0 held against what was said`]);
  });

  it("tells predictions that hold from those that do not", async () => {
    // Said 1, 2, 3 bp by turns of prices of 10,000; lost exactly that, and then a whole basis point more.
    const rows = (more: number) =>
      Array.from({ length: 30 }, (_, at) => `${1_767_225_600_000 + at * 60_000},X/USDT,sell,1,${10_000 - 1 - (at % 3) - more},10000,${1 + (at % 3)}`);
    const file = join(folder, "real.csv");
    const head = "time,symbol,side,quantity,price,requested,predicted";
    await writeFile(file, [head, ...rows(0), ""].join("\n"));
    expect(await jsonOf<Reconciliation>("fills", "--reconcile", file)).toMatchObject({
      verdict: { calibrated: true, level: "green", warning: null },
    });
    await writeFile(file, [head, ...rows(1), ""].join("\n"));
    const found = await jsonOf<Reconciliation>("fills", "--reconcile", file);
    // Bias 1; (2 + 3 + 4) ÷ (1 + 2 + 3) = 1.5, which is not above 1.5.
    expect(found.verdict).toMatchObject({ calibrated: false, reasons: ["the bias 1 is beyond ±0.5"], level: "red", warning: "watch" });
    expect(found.all.bp?.bias).toBeCloseTo(1, 9);
    expect(found.all.price?.meanActual).toBeCloseTo(3, 9);
    expect((await seatrial("fills", "--reconcile", file)).stdout).toContain("! watch it: more than 1.2 times of what was said is lost\n");
  });

  it("judges several markets in basis points, and one by its prices when that is asked for", async () => {
    const file = join(folder, "two.csv");
    const rows = Array.from({ length: 24 }, (_, at) => `${1_767_225_600_000 + at},${at % 2 === 0 ? "A" : "B"}/USDT,buy,1,${100 + at},100,${at}`);
    await writeFile(file, ["time,symbol,side,quantity,price,requested,predicted", ...rows, ""].join("\n"));
    const found = await jsonOf<Reconciliation>("fills", "--reconcile", file, "--unit", "price");
    expect(found).toMatchObject({ verdict: null, insufficient: expect.stringContaining("no unit in common") as unknown });
    expect(found.bySymbol.map(({ symbol, fills, price }) => [symbol, fills, price?.bias])).toEqual([
      ["A/USDT", 12, 0],
      ["B/USDT", 12, 0],
    ]);
    expect(await jsonOf("fills", "--reconcile", file, "--unit", "price", "--symbol", "A/USDT")).toMatchObject({ verdict: { calibrated: true } });
  });
});

describe("a model that is offered", () => {
  it("is the one that the run was made with, also where it grows with the share of the bar", async () => {
    const made = await simulated("grows", { halfSpreadBp: "1", slippage: { kind: "volume_share", baseBps: "2", slopeBps: "35" } });
    const { fill } = (await jsonOf<Reconciliation>("fills", "--reconcile", made)).calibration;
    if (fill?.slippage.kind !== "volume_share") throw new Error(`it is ${JSON.stringify(fill)}`);
    expect(fill.halfSpreadBp).toBe("1");
    expect(Math.abs(Number(fill.slippage.baseBps) - 2)).toBeLessThan(0.05);
    expect(Math.abs(Number(fill.slippage.slopeBps) - 35)).toBeLessThan(1);
  });

  it("is written as a calibration, which a scenario takes as it is, and which then predicts what was seen", async () => {
    const file = join(folder, "calibration.json");
    expect((await seatrial("fills", "--reconcile", run, "--half-spread-bp", "1.5", "--out", file)).stdout).toContain(`calibration: ${file}\n`);
    const { fill } = JSON.parse(await readFile(file, "utf8")) as { fill: { halfSpreadBp: string; slippage: { bps: string } } };
    expect(fill.halfSpreadBp).toBe("1.5");
    expect(Math.abs(Number(fill.slippage.bps) - 3.5)).toBeLessThan(0.05);
    const pasted = await simulated("pasted", fill);
    // The second run loses on average what the first one did, and is what its own model says.
    const [seen, again] = [await jsonOf<Reconciliation>("fills", "--reconcile", run), await jsonOf<Reconciliation>("fills", "--reconcile", pasted)];
    expect(Math.abs((seen.all.bp?.meanActual ?? 0) - (again.all.bp?.meanActual ?? 1))).toBeLessThan(0.05);
    const assumed = await jsonOf<Reconciliation>("fills", "--reconcile", run, "--assume", file);
    expect(assumed.all.bp?.meanPredicted).toBeCloseTo(again.all.bp?.meanPredicted ?? 0, 6);
  });

  it("is no model where there is none: the error says why, and nothing is written", async () => {
    const file = join(folder, "none.json");
    const { code, stdout, stderr } = await seatrial("fills", "--reconcile", run, "--limit", "12", "--out", file);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("seatrial: no fill model can be offered: 12 of at least 30 fills within 72 h of the newest (leave out --out)\n");
    expect(await readdir(folder)).not.toContain("none.json");
  });
});

describe("what cannot be asked for", () => {
  it.each([
    [["fills"], "nothing is named to read fills from (name one run folder or file)"],
    [["fills", "a.csv", "--journal-path", "b.csv"], "both an argument and --journal-path name where the fills are (name one run folder or file)"],
    [["fills", "a.csv", "--window", "5"], "--window says nothing of a list (add --reconcile)"],
    [["fills", "a.csv", "--reconcile", "--format", "csv"], "a reconciliation is no list: it has no CSV (use --json)"],
    [["fills", "a.csv", "--limit", "0"], "option '--limit <n|all>' argument '0' is invalid. A limit is a whole number above 0, or all."],
  ])("%j", async (argv, message) => {
    const { code, stderr } = await seatrial(...argv);
    expect(code).toBe(3);
    expect(stderr).toContain(message);
  });

  it("a fill model out of a file that has none, or a wrong one", async () => {
    const file = join(folder, "assumed.json");
    await writeFile(file, '{\n  "venue": "generic"\n}');
    expect((await seatrial("fills", "--reconcile", run, "--assume", file)).stderr).toContain("assumed.json:1:1: fill: is missing");
    await writeFile(file, '{\n  "fill": { "slippage": { "kind": "bps", "bps": "-3" } }\n}');
    const { code, stderr } = await seatrial("fills", "--reconcile", run, "--assume", file);
    expect(code).toBe(3);
    expect(stderr).toContain("assumed.json:2:");
  });
});
