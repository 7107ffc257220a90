// The simulate command with rooms of the test's own: which scenarios run, what goes to which stream, which exit code.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runOne } from "../../src/cli/simulate-file.ts";
import type { SimulateMessage, SimulateRequest } from "../../src/cli/simulate-request.ts";
import { reportOf, runSimulate } from "../../src/cli/simulate-run.ts";
import { SeatrialError } from "../../src/domain/index.ts";
import type { BatchRooms, BatchScenario } from "../../src/report/run-file.ts";
import { fails, holds, record } from "../report/sample.ts";
import { samplePlan } from "../report/sample-plan.ts";

const request: SimulateRequest = {
  targets: ["pass.json"],
  single: true,
  overrides: {},
  json: true,
  quiet: false,
  coverage: false,
  strict: false,
  stacks: false,
  out: null,
  journal: null,
  tag: "a1b2",
  page: null,
  jobs: 1,
  memory: null,
  progress: false,
  stdout: { width: 80, colours: false },
  stderr: { width: 80, colours: false },
  version: "0.1.0",
};

const passing: BatchScenario = {
  name: "worked-example",
  why: null,
  seed: 7,
  plan: samplePlan(),
  notRun: null,
  labels: [],
  expectsHalt: () => false,
  expectsLiquidation: () => false,
  expectsRows: false,
  evaluate: () => [holds],
};

const files: Readonly<Record<string, () => BatchScenario>> = {
  "pass.json": () => passing,
  "fail.json": () => ({ ...passing, name: "failing", evaluate: () => [holds, fails] }),
  "absent.json": () => ({ ...passing, name: "btc", plan: null, notRun: { reason: "no data", hint: "set SEATRIAL_DATA" } }),
  "bad.json": () => {
    throw new SeatrialError({ code: "bad_json", reason: "a comma is missing", place: { file: "bad.json", line: 2, column: 1 } });
  },
};

const rooms: BatchRooms = {
  list: async (argument) => {
    if (argument === "folder") return Object.keys(files);
    if (argument in files) return [argument];
    throw new SeatrialError({ code: "file_missing", reason: "there is no such file", place: { file: argument } });
  },
  load: async (file) => {
    const scenario = files[file];
    if (scenario === undefined) throw new Error(`the test has no ${file}`);
    return scenario();
  },
  simulate: (_plan, hooks) => {
    hooks.onProgress(1, 2);
    return { record, moneyScales: { USDC: 8 } };
  },
  digests: () => ["cd"],
};

async function run(
  change: Partial<SimulateRequest>,
  withRooms = rooms,
): Promise<{ code: number; stdout: string; stderr: string; other: SimulateMessage[] }> {
  const streams = { stdout: "", stderr: "" };
  const other: SimulateMessage[] = [];
  const send = (message: SimulateMessage): void => {
    if (message.kind === "printed") streams[message.stream] += message.text;
    else other.push(message);
  };
  const asked = { ...request, ...change };
  const runHere = (file: string) => runOne(file, asked, send, withRooms);
  const openPool = async () => ({ run: async (file: string) => reportOf(await runHere(file), asked), close: async () => {} });
  const code = await runSimulate(asked, { list: (target) => withRooms.list(target), run: runHere, openPool }, send);
  return { code, ...streams, other };
}

describe("seatrial simulate", () => {
  it("prints one object alone on stdout for one file, and its table on stderr", async () => {
    const { code, stdout, stderr } = await run({});
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: "worked-example", status: "passed" });
    expect(stderr).toContain("✔ passed worked-example");
  });

  it("prints tables on stdout without --json", async () => {
    const { stdout, stderr } = await run({ json: false });
    expect(stdout).toContain("✔ passed worked-example");
    expect(stderr).toBe("");
  });

  it("runs every scenario of a folder, also after one that is no scenario, and ends with the worst exit code", async () => {
    const { code, stdout } = await run({ targets: ["folder"], single: false });
    const elements = JSON.parse(stdout) as { readonly scenario: string; readonly status: string }[];
    expect(elements.map(({ scenario, status }) => `${scenario}: ${status}`)).toEqual([
      "worked-example: passed",
      "failing: failed",
      "btc: not_run",
      "bad: error",
    ]);
    expect(code).toBe(3);
  });

  it.each([
    [["pass.json"], false, 0],
    [["fail.json"], false, 2],
    [["absent.json"], false, 0],
    [["absent.json"], true, 1],
    [["bad.json"], false, 3],
    [["nothing.json"], false, 3],
    [["pass.json", "fail.json", "absent.json"], true, 2],
  ])("ends %j (strict: %s) with exit code %i", async (targets, strict, code) => {
    expect((await run({ targets, strict, single: targets.length === 1 })).code).toBe(code);
  });

  it("prints the bare error object for one file that is no scenario", async () => {
    const { stdout } = await run({ targets: ["bad.json"] });
    expect(stdout).toBe('{"error":{"code":"bad_json","file":"bad.json","line":2,"column":1,"reason":"a comma is missing","hint":null}}\n');
  });

  it("runs a file that is named twice once", async () => {
    const { stdout } = await run({ targets: ["pass.json", "folder", "pass.json"], single: false });
    expect(JSON.parse(stdout)).toHaveLength(4);
  });

  it("prints the coverage of order states where it is asked for, beside the tables, of one file and of several", async () => {
    const steps = [{ from: "SUBMITTED", to: "FILLED", error: "none", count: 2 }] as const;
    const told = { ...rooms, simulate: () => ({ record: { ...record, lifecycle: () => steps }, moneyScales: { USDC: 8 } }) };
    const one = await run({ json: false, coverage: true }, told);
    expect(one.stdout).toMatch(/│ SUBMITTED → FILLED +│ none 2 +│/);
    expect(one.stdout).toMatch(/order states: 1 of \d+ steps under an error were taken by 1 run;/);
    const two = await run({ coverage: true, targets: ["pass.json", "fail.json", "absent.json"], single: false }, told);
    expect(two.stderr).toMatch(/order states: 1 of \d+ steps under an error were taken by 2 runs;/);
    expect(JSON.parse(two.stdout)).toHaveLength(3);
  });

  it("prints nothing when quiet and passed, and only the problems when not", async () => {
    expect(await run({ json: false, quiet: true })).toMatchObject({ stdout: "", stderr: "" });
    const { stdout, stderr } = await run({ json: false, quiet: true, targets: ["fail.json"] });
    expect(stdout).toBe("");
    expect(stderr).toContain("expected final position is 1");
  });

  it("tells of progress only when asked", async () => {
    expect((await run({})).other).toEqual([]);
    const step = { kind: "progress", scenario: "worked-example", done: 1, total: 2 };
    expect((await run({ progress: true })).other).toEqual([step]);
    expect((await run({ progress: true, targets: ["pass.json", "nothing.json"], single: false })).other).toEqual([
      { kind: "files", count: 2 },
      { kind: "ended", scenario: "nothing" },
      step,
      { kind: "ended", scenario: "worked-example" },
    ]);
  });

  it("shows where an unexpected error came from only when stacks are wanted", async () => {
    const broken: BatchRooms = {
      ...rooms,
      simulate: () => {
        throw new TypeError("x is undefined");
      },
    };
    const clean = await run({}, broken);
    expect([clean.code, clean.stderr.includes("simulate-run.test")]).toEqual([2, false]);
    expect(JSON.parse(clean.stdout)).toMatchObject({ status: "error", passed: null, error: { code: "unexpected_error", reason: "x is undefined" } });
    expect((await run({ stacks: true }, broken)).stderr).toContain("caused by TypeError: x is undefined");
  });
});

describe("the report of seatrial simulate", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatrial-simulate-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("is written for every scenario that ran, with the hash of its file", async () => {
    const file = join(folder, "scenario.json");
    await writeFile(file, "abc");
    const out = join(folder, "out");
    const own = { ...rooms, list: async () => [file], load: async () => passing };
    const { stderr } = await run({ targets: [file], out }, own);
    const [time = ""] = await readdir(join(out, "worked-example"));
    const manifest = JSON.parse(await readFile(join(out, "worked-example", time, "manifest.json"), "utf8")) as Record<string, unknown>;
    // sha-256 of "abc", from FIPS 180-2, appendix B.1.
    expect(manifest["hashes"]).toMatchObject({ scenarioFile: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" });
    expect(stderr).toContain(time.slice(0, 10));
  });

  it("has an index page for several scenarios, on which a watching command keeps those that did not run again", async () => {
    const out = join(folder, "out");
    const all = { targets: ["folder"], single: false, json: false, out: null, memory: [] };
    const first = await run(all);
    const [reported] = first.other.filter((message) => message.kind === "reported");
    const memory = reported?.kind === "reported" ? reported.files : [];
    expect(memory.map(({ file }) => file)).toEqual(["pass.json", "fail.json", "absent.json", "bad.json"]);
    // Now the absent one alone: the other three stand on the page as they were.
    const second = await run({ ...all, targets: ["absent.json"], single: true, out, memory });
    const page = await readFile(join(out, "index.html"), "utf8");
    expect(page.match(/<tr data-status="\w+"/g)).toHaveLength(4);
    expect(page).toContain("2 of 4 scenarios failed");
    expect(page).toContain("bad.json:2:1: a comma is missing");
    expect(second.code).toBe(0);
    // And one file of a command that does not watch has none.
    await rm(out, { recursive: true });
    await run({ targets: ["absent.json"], out });
    await expect(readdir(out)).rejects.toThrow("ENOENT");
  });

  it("says that the index cannot be written, and shows what the runs came to all the same", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { code, stdout, stderr } = await run({ targets: ["absent.json", "bad.json"], single: false, json: false, out: file });
    expect(code).toBe(3);
    expect(stdout).toContain("0 passed, 0 failed, 1 in error, not run: 1");
    expect(stderr).toContain(`seatrial: the report folder ${file} cannot be written`);
  });

  it("turns an output folder that cannot be written into exit code 3", async () => {
    const file = join(folder, "scenario.json");
    await writeFile(file, "abc");
    const own = { ...rooms, list: async () => [file], load: async () => passing };
    const { code, stdout } = await run({ targets: [file], out: file }, own);
    expect([code, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([3, "output_not_writable"]);
  });
});
