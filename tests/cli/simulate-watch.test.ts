// Watching: what runs again after which change, that a broken file does not end it, and that Ctrl-C does, with real files and a
// run of the test's own.

import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { watchedFiles, watchSimulate } from "../../src/cli/simulate-watch.ts";
import type { SimulateRequest } from "../../src/cli/simulate-request.ts";
import { SeatrialError } from "../../src/domain/index.ts";
import { captureIo } from "./capture.ts";
import { idle } from "./idle-scenario.ts";

const base: SimulateRequest = {
  targets: [],
  single: false,
  overrides: {},
  json: false,
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

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-watch-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, content: string | object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const withStrategy = (use: string): object => ({ ...idle, strategy: { use, params: {} } });
const withBars = (file: string): object => ({ ...idle, markets: [{ ...idle.markets[0], bars: { timeframe: "1m", file } }] });

/** A watch under the test's hand: each run is told, and goes on when the test says so. */
class Watch {
  readonly signals = new EventEmitter();
  readonly captured = captureIo({ SEATRIAL_DATA: join(folder, "data") });
  readonly over: Promise<number>;
  private readonly runs: SimulateRequest[] = [];
  private told: () => void = () => undefined;

  constructor(targets: readonly string[], run: () => Promise<number> = async () => 0) {
    const request = { ...base, targets };
    this.over = watchSimulate(request, this.captured.io, {
      run: async (asked) => {
        this.runs.push(asked);
        this.told();
        return (await run()) as 0;
      },
      filesOf: (scenario) => watchedFiles(scenario, request, this.captured.io.env),
      signals: this.signals,
      now: Date.now,
    });
  }

  /** The next run: its scenarios, without the test's folder. */
  async next(): Promise<string[]> {
    while (this.runs.length === 0) await new Promise<void>((resolve) => (this.told = resolve));
    return (this.runs.shift()?.targets ?? []).map((target) => target.replace(`${folder}/`, ""));
  }

  async interrupt(): Promise<number> {
    this.signals.emit("SIGINT");
    return this.over;
  }
}

describe("simulate --watch", () => {
  it("runs everything once, then what is made of a changed scenario, strategy, import of a strategy, or data file", async () => {
    await mkdir(join(folder, "all"));
    await mkdir(join(folder, "data"));
    await put("helper.ts", "export const x = 1;\n");
    const bot = await put("bot.ts", 'import { x } from "./helper.ts";\nexport default x;\n');
    await put("data/bars.csv", "1");
    await put("all/a.json", withStrategy("../bot.ts"));
    await put("all/b.json", withBars("${SEATRIAL_DATA}/bars.csv"));
    await put("all/c.yaml", JSON.stringify(withStrategy("../bot.ts")));
    const watch = new Watch([join(folder, "all")]);
    expect(await watch.next()).toEqual(["all"]);
    await put("all/b.json", { ...withBars("${SEATRIAL_DATA}/bars.csv"), seed: 2 });
    expect(await watch.next()).toEqual(["all/b.json"]);
    await put("helper.ts", "export const x = 2;\n");
    expect(await watch.next()).toEqual(["all/a.json", "all/c.yaml"]);
    await rm(bot);
    expect(await watch.next()).toEqual(["all/a.json", "all/c.yaml"]);
    await put("data/bars.csv", "22");
    expect(await watch.next()).toEqual(["all/b.json"]);
    await put("all/d.json", idle);
    expect(await watch.next()).toEqual(["all/d.json"]);
    expect(await watch.interrupt()).toBe(130);
    expect(watch.captured.text.stderr).toContain("watching 3 scenarios made of 6 files; Ctrl-C ends\n");
    expect(watch.captured.text.stderr).toContain(`changed: ${join(folder, "helper.ts")}\n`);
    expect(watch.signals.eventNames()).toEqual([]);
  });

  it("goes on after a file that cannot be read, and runs it again when it is mended", async () => {
    const file = await put("a.json", "{");
    const errors = [new SeatrialError({ code: "simulation_ended_early", reason: "the simulation ended without a result", exitCode: 2 })];
    const watch = new Watch([file], async () => {
      const error = errors.pop();
      if (error !== undefined) throw error;
      return 3;
    });
    expect(await watch.next()).toEqual(["a.json"]);
    await put("a.json", idle);
    expect(await watch.next()).toEqual(["a.json"]);
    expect(await watch.interrupt()).toBe(130);
    expect(watch.captured.text.stderr).toContain("seatrial: the simulation ended without a result\n");
  });

  it("takes a change that is made while it runs, once it stands still", async () => {
    const file = await put("a.json", idle);
    let turns = 0;
    const watch = new Watch([file], async () => {
      turns += 1;
      if (turns === 1) for (const seed of [2, 3, 4]) await put("a.json", { ...idle, seed });
      return 0;
    });
    expect([await watch.next(), await watch.next()]).toEqual([["a.json"], ["a.json"]]);
    expect(await watch.interrupt()).toBe(130);
    expect(turns).toBe(2);
  });

  it("ends when a run is interrupted", async () => {
    const watch = new Watch([await put("a.json", idle)], async () => 130);
    expect(await watch.over).toBe(130);
  });
});

describe("the files of a scenario", () => {
  it("are all that its markets name, its strategy's, and one in its place", async () => {
    const market = {
      ...idle.markets[0],
      marketFile: "m.json",
      bars: { timeframe: "1m", file: "b.csv" },
      funding: { file: "f.csv" },
      mark: { file: "k.csv" },
    };
    const { market: _rules, ...rest } = market as typeof market & { market: object };
    const file = await put("a.json", { ...idle, markets: [rest] });
    const other = await put("other.ts", "");
    const files = await watchedFiles(file, { ...base, overrides: { strategy: other } }, {});
    const names = ["a.json", "m.json", "b.csv", "f.csv", "k.csv", "other.ts"];
    expect(new Set(files)).toEqual(new Set(names.map((name) => join(folder, name))));
  });

  it("are the scenario alone while it is broken, and leave out what no variable leads to", async () => {
    expect(await watchedFiles(await put("a.json", "{"), base, {})).toEqual([join(folder, "a.json")]);
    expect(await watchedFiles(await put("b.json", withBars("${SEATRIAL_DATA}/x.csv")), base, {})).toEqual([join(folder, "b.json")]);
  });
});
