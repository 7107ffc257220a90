// A whole sweep: kept as it comes, gone on with after any end, and the same whatever ran side by side.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { tableFromIPC } from "@uwdata/flechette";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { metricNames, runSweep, summaryOf, writeResults, type RunOptions, type Sweep, type SweepResults } from "../../src/sweep/index.ts";
import { loadedSweep, temporaryFolder, writeSweep } from "./sample.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));

let folder = "";
let remove = async (): Promise<void> => undefined;
beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

function run(sweep: Sweep, name: string, options: Partial<RunOptions> = {}): Promise<SweepResults> {
  const signal = new AbortController().signal;
  return runSweep(sweep, { folder: join(folder, name), threads: 1, limit: null, restart: false, signal, ...options });
}

/** The three files of the results, as they would be written. */
async function files(sweep: Sweep, name: string, { results }: SweepResults): Promise<readonly Buffer[]> {
  await writeResults(join(folder, name), sweep, results, summaryOf(sweep, results));
  return Promise.all(["results.arrow", "summary.json", "index.html"].map((file) => readFile(join(folder, name, file))));
}

describe("a sweep", () => {
  it("has a row a trial, the same with one thread and with two, byte for byte", async () => {
    const sweep = await loadedSweep(folder, { fills: { "as written": {}, kind: "optimistic" } });
    const [one, two] = [await run(sweep, "one"), await run(sweep, "two", { threads: 2 })];
    expect([one.results.size, one.ran, one.total]).toEqual([24, 24, 24]);
    expect(await files(sweep, "two", two)).toEqual(await files(sweep, "one", one));
    // What flatters the result is said beside it, by the name of the fill.
    expect(summaryOf(sweep, one.results).labels).toEqual(["synthetic bars", "kind: optimistic fills"]);
  });

  it("runs no trial again that has a result, and goes on where a limit ended it", async () => {
    const sweep = await loadedSweep(folder);
    expect((await run(sweep, "a", { limit: 5 })).ran).toBe(5);
    expect(await run(sweep, "a", { limit: 3 })).toMatchObject({ ran: 3, total: 12 });
    const done = await run(sweep, "a");
    expect([done.ran, done.results.size]).toEqual([4, 12]);
    expect((await run(sweep, "a")).ran).toBe(0);
    expect(await files(sweep, "a", done)).toEqual(await files(sweep, "b", await run(sweep, "b")));
  });

  it("drops a line that was torn off, and runs that trial again", async () => {
    const sweep = await loadedSweep(folder);
    const whole = await files(sweep, "a", await run(sweep, "a"));
    const log = join(folder, "a", "trials.ndjson");
    await truncate(log, (await stat(log)).size - 100);
    const again = await run(sweep, "a");
    expect(again.ran).toBe(1);
    expect(await files(sweep, "a", again)).toEqual(whole);
    const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(13);
    expect(() => lines.map((line) => JSON.parse(line) as unknown)).not.toThrow();
  });

  it("begins anew where not even the first line of its log is whole", async () => {
    const sweep = await loadedSweep(folder);
    await run(sweep, "a", { limit: 1 });
    await writeFile(join(folder, "a", "trials.ndjson"), '{"format":1,"swe');
    expect(await run(sweep, "a")).toMatchObject({ ran: 12 });
  });

  it("refuses a damaged line in the middle, and results of another sweep, until it may restart", async () => {
    const sweep = await loadedSweep(folder);
    await run(sweep, "a", { limit: 2 });
    await appendFile(join(folder, "a", "trials.ndjson"), "nonsense\n");
    await expect(run(sweep, "a")).rejects.toMatchObject({ code: "results_corrupt", exitCode: 3, place: { line: 4 } });
    await run(sweep, "a", { restart: true, limit: 1 });
    await expect(run(await loadedSweep(folder, { seed: 3 }), "a")).rejects.toMatchObject({ code: "sweep_changed", exitCode: 3 });
  });

  it("is refused while another process writes into its folder, and takes the lock of one that is gone", async () => {
    const sweep = await loadedSweep(folder);
    await run(sweep, "a", { limit: 1 });
    const lock = join(folder, "a", "trials.ndjson.lock");
    await writeFile(lock, String(process.ppid));
    await expect(run(sweep, "a", { limit: 1 })).rejects.toMatchObject({ code: "sweep_running", place: { file: lock } });
    const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await new Promise((resolve) => gone.once("exit", resolve));
    await writeFile(lock, String(gone.pid));
    expect(await run(sweep, "a", { limit: 1 })).toMatchObject({ ran: 1 });
    expect(existsSync(lock)).toBe(false);
  });

  it("ends at once when it is told to, keeps what is done, and is whole after the next call", async () => {
    const sweep = await loadedSweep(folder);
    const ending = new AbortController();
    const onProgress = (_done: number, _total: number, here: number): void => {
      if (here === 3) ending.abort();
    };
    const cut = await run(sweep, "a", { threads: 2, signal: ending.signal, onProgress });
    expect(cut.interrupted).toBe(true);
    expect(cut.ran).toBeGreaterThanOrEqual(3);
    expect(cut.ran).toBeLessThan(12);
    const rest = await run(sweep, "a");
    expect(rest.ran).toBe(12 - cut.ran);
    expect(await files(sweep, "a", rest)).toEqual(await files(sweep, "b", await run(sweep, "b")));
  });

  it("killed in the middle and called again gives byte-identical results", async () => {
    // Trials of a fast average from 6 on wait while a file is there: the kill cannot come too late.
    const hold = join(folder, "hold");
    await writeFile(hold, "");
    await writeFile(
      join(folder, "held.mjs"),
      `import { existsSync } from "node:fs";
import { emaCross } from "seatrial/strategy";
const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
export default { ...emaCross, name: "held", create(params) {
  while (params.fast >= 6 && existsSync(${JSON.stringify(hold)})) wait();
  return emaCross.create(params);
} };`,
    );
    const file = await writeSweep(
      folder,
      { parameters: { fast: { min: 2, max: 12, step: 1 }, slow: { min: 15, max: 60, step: 5 } } },
      {
        markets: [
          { symbol: "HYPE/USDC:USDC", market: { tick: "0.001", step: "0.01" }, bars: { synthetic: { seed: 9, count: 2_000, startPrice: "40" } } },
        ],
        strategy: { use: "./held.mjs", params: {} },
      },
    );
    const start = (out: string) =>
      spawn(process.execPath, [launcher, "sweep", file, "--jobs", "2", "--quiet", "--out", join(folder, out)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
    const ended = (child: ReturnType<typeof start>) => new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
    const log = join(folder, "killed", "small", "trials.ndjson");
    const child = start("killed");
    const killed = ended(child);
    const linesOf = async (): Promise<number> => (await readFile(log, "utf8").catch(() => "")).split("\n").length - 1;
    while ((await linesOf()) < 8) await sleep(5);
    child.kill("SIGKILL");
    expect(await killed).toBe("SIGKILL");
    const left = await linesOf();
    expect(left).toBeGreaterThanOrEqual(8);
    expect(left).toBeLessThan(111);
    await rm(hold);
    expect(await ended(start("killed"))).toBe(0);
    expect(await ended(start("whole"))).toBe(0);
    for (const name of ["results.arrow", "summary.json", "index.html"]) {
      const [a, b] = await Promise.all(["killed", "whole"].map((out) => readFile(join(folder, out, "small", name))));
      expect(a?.equals(b as Buffer)).toBe(true);
    }
  });

  it("goes on when trials fail, throw, or end their thread: each is a row", async () => {
    await writeFile(
      join(folder, "wild.mjs"),
      `export default { name: "wild", defaults: { how: "well" }, create: ({ how }) => ({
        name: "wild", policy: { families: {}, fallback: { onReject: false, onTimeout: false }, sizing: "explicit", maxEntrySlipBp: 0, route: "plain" },
        onBar(ctx) { if (ctx.bar !== 5) return; if (how === "throws") throw new Error("no"); if (how === "exits") process.exit(7); },
        snapshot: () => null, restore() {},
      }) };`,
    );
    const changes = { parameters: { how: ["well", "throws", "exits", "fine"] } };
    const sweep = await loadedSweep(folder, changes, { strategy: { use: "./wild.mjs", params: {} } });
    const { results } = await run(sweep, "a", { threads: 2 });
    const rows = [0, 1, 2, 3].map((trial) => results.get(trial));
    expect(rows.map((row) => [row?.status, row?.error?.code ?? null])).toEqual([
      ["finished", null],
      ["halted", "strategy_error"],
      ["error", "trial_died"],
      ["finished", null],
    ]);
    const { errors, trials } = summaryOf(sweep, results);
    expect(trials).toEqual({ total: 4, done: 4, finished: 2, halted: 1, failed: 1 });
    expect(errors.map(({ code, first }) => [code, first])).toEqual([
      ["strategy_error", 1],
      ["trial_died", 2],
    ]);
  });
});

describe("a strategy that no thread can load", () => {
  it("is the error of each trial, and not the end of the program", async () => {
    await writeFile(
      join(folder, "shy.mjs"),
      `import { isMainThread } from "node:worker_threads";
      if (!isMainThread) throw new Error("not in a thread");
      export default { name: "shy", defaults: { how: 1 }, create: () => { throw new Error("never"); } };`,
    );
    const sweep = await loadedSweep(folder, { parameters: { how: [1, 2, 3] } }, { strategy: { use: "./shy.mjs", params: {} } });
    const { results } = await run(sweep, "a", { threads: 2 });
    expect([...results.values()].map(({ status, error }) => [status, error?.code])).toEqual(Array(3).fill(["error", "strategy_load_failed"]));
  });
});

describe("walk-forward", () => {
  it("trains every point on each window and tests the best of it on the bars behind", async () => {
    const walkForward = { mode: "rolling", trainBars: 200, testBars: 100, leadInBars: 20 };
    const sweep = await loadedSweep(folder, { walkForward, parameters: { fast: [2, 4], slow: [8, 16] } });
    const { results, total } = await run(sweep, "a", { threads: 2 });
    // 600 bars: windows at 20, 120 and 220, each 200 + 100; four points in each, and three tests.
    expect([total, results.size]).toEqual([15, 15]);
    const { walkForward: table } = summaryOf(sweep, results);
    expect(table?.rows.map(({ trial, testTrial }) => [Math.floor((trial ?? -1) / 4), testTrial])).toEqual([
      [0, 12],
      [1, 13],
      [2, 14],
    ]);
    for (const [window, row] of (table?.rows ?? []).entries()) {
      const train = [0, 1, 2, 3].map((at) => results.get(window * 4 + at)?.figures?.profit ?? Number.NaN);
      expect(row.inSample).toBe(Math.max(...train));
      expect(row.parameters).toEqual(results.get(row.trial ?? -1)?.parameters);
      expect(row.outOfSample).toBe(results.get(row.testTrial)?.figures?.profit);
      expect(row.test.from).toBe(row.train.to);
    }
    const mean = (values: readonly (number | null)[]) => values.reduce((sum: number, value) => sum + (value ?? 0), 0) / values.length;
    const [inside, outside] = [
      mean(table?.rows.map(({ inSample }) => inSample) ?? []),
      mean(table?.rows.map(({ outOfSample }) => outOfSample) ?? []),
    ];
    expect(table?.efficiency).toEqual(inside > 0 ? expect.closeTo(outside / 100 / (inside / 200), 9) : null);
  });

  it("tests nothing where nothing may be chosen, and says so in the row", async () => {
    const changes = { walkForward: { trainBars: 300, testBars: 300 }, objective: { constraints: [{ metric: "orders", max: -1 }] } };
    const sweep = await loadedSweep(folder, changes);
    const { results, total } = await run(sweep, "a");
    expect(results.size).toBe(total);
    const summary = summaryOf(sweep, results);
    expect(summary.best).toBeNull();
    expect(summary.walkForward?.rows.map(({ trial, outOfSample, refusal }) => [trial, outOfSample, refusal])).toEqual([
      [null, null, "nothing_to_test"],
    ]);
  });
});

describe("results.arrow", () => {
  it("read by another implementation has each trial with its parameters, seed, metrics and hash", async () => {
    const sweep = await loadedSweep(folder, { parameters: { fast: [2, 30], slow: [8, 16], sides: ["both", "long"] } });
    const found = await run(sweep, "a");
    const [arrow] = await files(sweep, "a", found);
    const table = tableFromIPC(new Uint8Array(arrow as Buffer));
    const column = (name: string): unknown[] => [...(table.getChild(name)?.toArray() ?? [])] as unknown[];
    expect(table.numRows).toBe(8);
    expect(column("trial")).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(column("param.fast")).toEqual([2, 2, 2, 2, 30, 30, 30, 30]);
    expect(column("param.sides")).toEqual(["both", "long", "both", "long", "both", "long", "both", "long"]);
    expect(column("seed")).toEqual(sweep.list.jobs.map(({ seed }) => seed));
    const rows = sweep.list.jobs.map(({ trial }) => found.results.get(trial));
    expect(column("run_hash")).toEqual(rows.map((row) => row?.runHash));
    expect(column("profit")).toEqual(rows.map((row) => row?.figures?.profit ?? null));
    expect(column("equity")).toEqual(rows.map((row) => row?.equity));
    // fast 30 is not below slow 8 or 16: refused by the strategy, and a row all the same.
    expect(column("status")).toEqual(["finished", "finished", "finished", "finished", "error", "error", "error", "error"]);
    expect(column("error_code").slice(3, 5)).toEqual([null, "bad_parameter"]);
    for (const name of metricNames) expect(table.getChild(name)?.length).toBe(8);
  });
});
