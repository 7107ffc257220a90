// The page of a run that was made before: the same bytes from the same run, and a typed refusal of everything else.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { simulateRooms } from "../../../src/cli/simulate-rooms.ts";
import type { SimulateOverrides } from "../../../src/cli/simulate-request.ts";
import { remakePage, type RemakeRooms } from "../../../src/report/view/remake-page.ts";
import { runFile } from "../../../src/report/run-file.ts";

const rooms: RemakeRooms = {
  ...simulateRooms({}, {}),
  load: (file, seed) => simulateRooms({ seed }, {}).load(file),
};
const costs = "none" as const;

describe("the page of an earlier run", () => {
  let folder: string;
  let file: string;

  const scenario = {
    name: "remade",
    why: "a walk of its own, an entry and an exit, for a page that is drawn twice",
    seed: 1,
    venue: "generic",
    positionMode: "one_way",
    markets: [
      {
        symbol: "HYPE/USDC:USDC",
        market: { tick: "0.01", step: "0.01", minNotional: "10" },
        bars: { timeframe: "1m", file: "bars.csv" },
      },
    ],
    boot: { balances: { USDC: "1000" } },
    strategy: {
      use: "scripted",
      params: {
        actions: [
          { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "market" }, id: "entry" },
          { onFill: { id: "entry" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "limit", price: 102, family: "tp" } },
        ],
      },
    },
    fill: "default",
    expect: [{ final: { position: "0" } }],
  };
  const bars = (last: string) =>
    `time,open,high,low,close,volume\n1735689600000,100,101,99,100,1000\n1735689660000,100,100.5,99.5,100,1000\n1735689720000,${last},1000\n`;

  async function made(overrides: SimulateOverrides = {}): Promise<string> {
    const versions = { seatrial: "0.1.0", node: "24", ccxt: null };
    const options = { out: join(folder, "reports"), tag: "t", page: costs, strict: false, versions, now: () => 1_000 };
    const outcome = await runFile(file, options, simulateRooms(overrides, {}));
    if (outcome.folder === null) throw outcome.error ?? new Error("no folder was written");
    return outcome.folder;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatrial-remake-"));
    file = join(folder, "remade.json");
    await writeFile(file, JSON.stringify(scenario));
    await writeFile(join(folder, "bars.csv"), bars("101,102.01,100.8,101.5"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("is the same page to the last byte, and nothing is left beside it", async () => {
    const run = await made();
    const page = await readFile(join(run, "report.html"), "utf8");
    const files = await readdir(run);
    await rm(join(run, "report.html"));
    expect(await remakePage(run, rooms, { costs })).toBe(join(run, "report.html"));
    expect(await readFile(join(run, "report.html"), "utf8")).toBe(page);
    expect(await readdir(run)).toEqual(files);
  });

  it("is that of the run's own settings, not of the file's", async () => {
    const run = await made({ seed: 5, path: "olhc", delivery: "seeded" });
    const page = await readFile(join(run, "report.html"), "utf8");
    await remakePage(run, rooms, { costs });
    expect(await readFile(join(run, "report.html"), "utf8")).toBe(page);
  });

  it("is refused when the scenario file was changed, with both hashes", async () => {
    const run = await made();
    const before = await readFile(join(run, "report.html"), "utf8");
    await writeFile(file, JSON.stringify({ ...scenario, seed: 2 }));
    await expect(remakePage(run, rooms, { costs })).rejects.toMatchObject({
      code: "scenario_changed",
      exitCode: 3,
      reason: expect.stringMatching(/remade\.json is not the file of this run: its hash is [0-9a-f]{64}, and was [0-9a-f]{64}/) as string,
    });
    expect(await readFile(join(run, "report.html"), "utf8")).toBe(before);
  });

  it("is refused when the bars were changed, and names them", async () => {
    const run = await made();
    await writeFile(join(folder, "bars.csv"), bars("101,102.01,100.8,101.6"));
    await expect(remakePage(run, rooms, { costs })).rejects.toMatchObject({
      code: "bars_changed",
      reason: expect.stringMatching(/^the 1m bars of HYPE\/USDC:USDC are not those of this run: its hash is /) as string,
    });
  });

  it("is refused when the same input runs differently: another version of the code", async () => {
    const run = await made();
    const path = join(run, "manifest.json");
    const manifest = JSON.parse(await readFile(path, "utf8")) as { hashes: object };
    await writeFile(path, JSON.stringify({ ...manifest, hashes: { ...manifest.hashes, run: "0".repeat(64) } }));
    await expect(remakePage(run, rooms, { costs })).rejects.toMatchObject({
      code: "run_differs",
      hint: "that run was made by Seatrial 0.1.0 on Node 24",
    });
  });

  it("is refused where there is no run, where its scenario is gone, and where its manifest is none", async () => {
    await expect(remakePage(folder, rooms, { costs })).rejects.toMatchObject({ code: "no_run" });
    const run = await made();
    await rm(file);
    await expect(remakePage(run, rooms, { costs })).rejects.toMatchObject({ code: "scenario_missing" });
    for (const text of ["{", "[]", "null", "{}"]) {
      await writeFile(join(run, "manifest.json"), text);
      await expect(remakePage(run, rooms, { costs })).rejects.toMatchObject({ code: "run_damaged", exitCode: 3 });
    }
  });

  it("finds a scenario that was moved, when it is told where it is", async () => {
    const run = await made();
    const moved = join(folder, "elsewhere");
    await mkdir(moved);
    await writeFile(join(moved, "scenario.json"), await readFile(file));
    await writeFile(join(moved, "bars.csv"), bars("101,102.01,100.8,101.5"));
    await rm(file);
    expect(await remakePage(run, rooms, { costs, file: join(moved, "scenario.json") })).toBe(join(run, "report.html"));
  });
});
