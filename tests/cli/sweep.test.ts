// The sweep command as a user meets it: what it prints, its exit codes, and Ctrl-C.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { progressLabel } from "../../src/cli/sweep-run.ts";
import { writeSweep } from "../sweep/sample.ts";
import { captureIo } from "./capture.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-sweep-cli-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(["sweep", ...argv, "--out", join(folder, "out"), "--jobs", "1"], io);
  return { code, ...text };
}

describe("seatrial sweep", () => {
  it("prints the best points, what they are worth, and where the results are", async () => {
    const { code, stdout, stderr } = await run(await writeSweep(folder));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("small: 12 of 12 trials, 12 points (grid) × 1 scenario × 1 fill [synthetic bars]");
    expect(stdout).toMatch(/Best of 12 points tried: fast \d, slow \d+, profit /);
    expect(stdout).toContain("All of this is in-sample");
    expect(await readdir(join(folder, "out", "small"))).toEqual(["index.html", "results.arrow", "summary.json", "trials.ndjson"]);
  });

  it("with --json prints the summary alone on stdout, the same as summary.json", async () => {
    const { code, stdout, stderr } = await run(await writeSweep(folder), "--json");
    expect(code).toBe(0);
    const summary: unknown = JSON.parse(stdout);
    expect(JSON.parse(await readFile(join(folder, "out", "small", "summary.json"), "utf8"))).toEqual(summary);
    expect(stderr).toContain("Best of 12 points tried");
  });

  it("lists the jobs as plain data and runs none", async () => {
    const { code, stdout } = await run(await writeSweep(folder, { walkForward: { trainBars: 300, testBars: 300 } }), "--list");
    expect(code).toBe(0);
    const jobs = JSON.parse(stdout) as { trial: number; parameters: unknown; seed: number; split: unknown; bestOf?: unknown }[];
    expect(jobs).toHaveLength(13);
    const start = Date.UTC(2025, 0, 1);
    expect(jobs[0]).toEqual({
      trial: 0,
      scenario: "waves.json",
      parameters: { fast: 2, slow: 5 },
      fill: { name: "as written", settings: {} },
      split: { window: 0, part: "train", warmFrom: start, from: start, to: start + 300 * 60_000 },
      seed: jobs[0]?.seed,
    });
    expect(jobs[12]).toMatchObject({ trial: 12, parameters: null, bestOf: { from: 0, to: 12 } });
    expect(await readdir(folder)).not.toContain("out");
  });

  it("takes another objective and further constraints from the command line", async () => {
    const file = await writeSweep(folder);
    const summaryOf = async (...argv: string[]) =>
      JSON.parse((await run(file, "--json", ...argv)).stdout) as { best: { value: number } | null; points: object[] };
    const least = await summaryOf("--objective", "maxDrawdown:minimise");
    const values = least.points.map((point) => (point as { value: number | null }).value).filter((value) => value !== null);
    expect(least.best?.value).toBe(Math.min(...values));
    expect((await summaryOf("--constraint", "orders<=0")).best).toBeNull();
    expect(await run(file, "--objective", "profits")).toMatchObject({ code: 3, stderr: expect.stringContaining('did you mean "profit"?') as string });
    expect(await run(file, "--constraint", "orders=3")).toMatchObject({ code: 3 });
  });

  it("stops at a limit and says what is left", async () => {
    const file = await writeSweep(folder);
    const first = await run(file, "--limit", "4");
    expect([first.code, first.stdout.includes("8 trials are left: the same command goes on")]).toEqual([0, true]);
    expect((await run(file)).stdout).toContain("12 of 12 trials");
  });

  it("says where the file is wrong, and as JSON too", async () => {
    const file = await writeSweep(folder, { parameters: { fats: [1] } });
    expect(await run(file)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/small\.sweep\.json:8:5: .*"fats".*did you mean "fast"/) as string,
    });
    expect(JSON.parse((await run(file, "--json")).stdout)).toMatchObject({ error: { code: "unknown_parameter", line: 8, column: 5 } });
    expect(await run()).toMatchObject({ code: 3 });
  });

  it("ends with 2 where no trial came to its end", async () => {
    const { code, stderr } = await run(await writeSweep(folder, { parameters: { fast: [50], slow: [10, 20] } }));
    expect([code, stderr]).toEqual([2, expect.stringContaining("no trial came to its end: bad_parameter")]);
  });

  it("interrupted ends with 130, leaves no half-written file, and goes on", async () => {
    const bars = { synthetic: { seed: 9, count: 30_000, startPrice: "40" } };
    const file = await writeSweep(
      folder,
      { parameters: { fast: { min: 2, max: 12, step: 1 }, slow: { min: 15, max: 60, step: 5 } } },
      { markets: [{ symbol: "HYPE/USDC:USDC", market: { tick: "0.001", step: "0.01" }, bars }] },
    );
    const child = spawn(process.execPath, [launcher, "sweep", file, "--jobs", "2", "--out", join(folder, "out")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let told = "";
    child.stderr.on("data", (text: Buffer) => (told += text.toString()));
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
    const log = join(folder, "out", "small", "trials.ndjson");
    while ((await readFile(log, "utf8").catch(() => "")).split("\n").length < 4) await sleep(5);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(told).toMatch(/interrupted: \d+ of 110 trials are kept in .*the same command goes on from there/);
    expect(await readdir(join(folder, "out", "small"))).toEqual(["trials.ndjson"]);
  });
});

describe("the sweeps that are shipped", () => {
  const examples = fileURLToPath(new URL("../../fixtures/examples/sweeps/", import.meta.url));

  it("on synthetic bars can be run", async () => {
    const { code, stdout } = await run(join(examples, "ema-on-synthetic.sweep.json"), "--limit", "3");
    expect([code, stdout.includes("3 of 162 trials")]).toEqual([0, true]);
  });

  it.runIf((process.env["SEATRIAL_DATA"] ?? "") !== "")("on recorded bars can be run (needs SEATRIAL_DATA)", async () => {
    const { io, text } = captureIo({ SEATRIAL_DATA: process.env["SEATRIAL_DATA"] });
    const file = join(examples, "ema-on-hype.sweep.yaml");
    expect(await main(["sweep", file, "--limit", "2", "--jobs", "1", "--out", join(folder, "out")], io)).toBe(0);
    expect(text.stdout).toContain("2 of 574 trials, 40 points (Latin hypercube) × 1 scenario × 1 fill, walk-forward [recorded bars]");
  });
});

describe("the progress line", () => {
  it("has the rate and the time that is left: 20 of 100 in 5 s are 4/s, and 80 take 20 s", () => {
    expect(progressLabel({ done: 20, total: 100, here: 20, left: 80 }, 5_000)).toBe("20 of 100 trials, 4.0/s, 20 s left");
    expect(progressLabel({ done: 60, total: 100, here: 10, left: 40 }, 100_000)).toBe("60 of 100 trials, 0.10/s, 7 min left");
    expect(progressLabel({ done: 60, total: 100, here: 0, left: 40 }, 0)).toBe("60 of 100 trials");
  });
});

it("writes its help and schema without a file", async () => {
  const { io, text } = captureIo();
  expect(await main(["sweep", "--schema"], io)).toBe(0);
  expect(JSON.parse(text.stdout)).toMatchObject({ title: "Seatrial sweep" });
});
