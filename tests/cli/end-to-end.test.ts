// The program as a user meets it: a process of its own, real files, real exit codes.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { captureIo } from "./capture.ts";
import { idle } from "./idle-scenario.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));

/** 2025-01-01T00:00:00Z. */
const start = 1_735_689_600_000;

/** Minutes 0, 1, 3, 4 and 5 of 2025. */
const csv = [
  "timestamp,open,high,low,close,volume",
  `${start},1,2,1,1.5,3`,
  `${start + 60_000},1.5,2,1,1.25,0`,
  `${start + 180_000},1.5,2.5,1,1.25,2`,
  `${start + 240_000},1.5,2,1,1.25,2.5`,
  `${start + 300_000},2,2,2,2,1`,
  "",
].join("\n");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-e2e-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(argv, io);
  return { code, ...text };
}

describe("seatrial simulate, with everything real", () => {
  it("passes a scenario, prints one object and writes its report", async () => {
    const file = await fileOf("idle.json", idle);
    const out = join(folder, "out");
    const { code, stdout } = await run("simulate", file, "--json", "--out", out);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect([code, result["status"], result["passed"], result["seed"]]).toEqual([0, "passed", true, 1]);
    expect(Object.keys(result)).toEqual([
      "scenario",
      "status",
      "passed",
      "seed",
      "runHash",
      "expectations",
      "orders",
      "fills",
      "skipped",
      "final",
      "metrics",
      "invariants",
      "audit",
    ]);
    const [time = ""] = await readdir(join(out, "idle"));
    const written = JSON.parse(await readFile(join(out, "idle", time, "result.json"), "utf8")) as Record<string, unknown>;
    expect(written).toEqual(result);
    const manifest = JSON.parse(await readFile(join(out, "idle", time, "manifest.json"), "utf8")) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      scenario: "idle",
      hashes: { run: result["runHash"] },
      versions: { ccxt: null },
      scales: { money: { USDC: 8 } },
    });
  });

  it("gives the same run hash again, and with the seed of the command line another seed", async () => {
    const file = await fileOf("idle.json", idle);
    const once = JSON.parse((await run("simulate", file, "--json", "--no-report")).stdout) as Record<string, unknown>;
    const again = JSON.parse((await run("simulate", file, "--json", "--no-report")).stdout) as Record<string, unknown>;
    expect(again["runHash"]).toBe(once["runHash"]);
    const seeded = JSON.parse((await run("simulate", file, "--json", "--no-report", "--seed", "0")).stdout) as Record<string, unknown>;
    expect(seeded["seed"]).toBe(0);
  });

  it("lays parameters of the command line over the strategy's, given as JSON or as a file of it", async () => {
    const file = await fileOf("crossing.json", { ...idle, strategy: { use: "ema-cross" } });
    const hashOf = async (...flags: string[]): Promise<unknown> =>
      (JSON.parse((await run("simulate", file, "--json", "--no-report", ...flags)).stdout) as Record<string, unknown>)["runHash"];
    const params = await fileOf("params.json", { fast: 3 });
    const inline = await hashOf("--params", '{"fast": 3}');
    expect(await hashOf("--params", params)).toBe(inline);
    expect(await hashOf()).not.toBe(inline);
    const refused = await run("simulate", file, "--no-report", "--params", "[1]");
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("the parameters cannot be read") as string]);
  });

  it("runs a folder to its end, the bad file too, and reports data that is absent", async () => {
    await mkdir(join(folder, "all"));
    await fileOf("all/1-idle.json", idle);
    await fileOf("all/2-bad.json", { ...idle, sead: 1 });
    const bars = { timeframe: "1m", file: "${SEATRIAL_DATA}/nothing.csv" };
    await fileOf("all/3-absent.json", { ...idle, name: "absent", markets: [{ ...idle.markets[0], bars }] });
    const { code, stdout } = await run("simulate", join(folder, "all"), "--json", "--no-report");
    const elements = JSON.parse(stdout) as { readonly scenario: string; readonly status: string; readonly error?: object }[];
    expect(elements.map(({ scenario, status }) => `${scenario} ${status}`)).toEqual(["idle passed", "2-bad error", "absent not_run"]);
    expect(elements[1]?.error).toMatchObject({ code: "unknown_key" });
    expect(code).toBe(3);
  });

  it("fails absent data only when it is required", async () => {
    const bars = { timeframe: "1m", file: "${SEATRIAL_DATA}/nothing.csv" };
    const file = await fileOf("absent.json", { ...idle, markets: [{ ...idle.markets[0], bars }] });
    const codes = [await run("simulate", file, "--no-report"), await run("simulate", file, "--no-report", "--strict")].map(({ code }) => code);
    expect(codes).toEqual([0, 1]);
  });

  it("names the scenario beside the file that it could not read", async () => {
    const file = await fileOf("lost.json", { ...idle, strategy: { use: "./nowhere.ts" } });
    const { code, stdout } = await run("scenario", "check", file);
    expect(code).toBe(3);
    expect(stdout).toBe(
      `✖ error ${file}: ${join(folder, "nowhere.ts")}: the strategy file cannot be read (paths are relative to the scenario file)\n`,
    );
  });

  it("lists files with the first thought of their why, and names those that are none", async () => {
    const file = await fileOf("idle.json", { ...idle, why: "nothing is asked for, so nothing happens. By hand: 0." });
    await fileOf("bad.json", "{");
    const { code, stdout } = await run("scenario", "list", folder);
    expect(code).toBe(3);
    expect(stdout).toMatch(/│ idle +│ script +│ nothing is asked for, so nothing happens +│/);
    expect(stdout).toContain("\n1 scenario\n✖ error ");
    expect(JSON.parse((await run("scenario", "list", file, "--json")).stdout)).toEqual([
      {
        file,
        name: "idle",
        why: "nothing is asked for, so nothing happens. By hand: 0.",
        venue: "generic",
        strategy: "scripted",
        symbols: ["HYPE/USDC:USDC"],
        bars: ["script"],
      },
    ]);
  });

  it("lists the scenarios that come along when no folder is named, without their data", async () => {
    const { code, stdout } = await run("scenario", "list", "--json");
    const listed = JSON.parse(stdout) as { readonly name: string; readonly bars: readonly string[] }[];
    expect(code).toBe(0);
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(["worked-example", "om-5m-liquidation"]));
    // These bars have no source of their own: they are made of the trades inside them.
    expect(listed.find(({ name }) => name === "trades-inside-the-bar")?.bars).toEqual(["script"]);
  });

  it("checks files without running them", async () => {
    const file = await fileOf("idle.json", idle);
    const bad = await fileOf("bad.json", "{");
    expect(await run("scenario", "check", file)).toEqual({ code: 0, stdout: `✔ valid ${file}\n`, stderr: "" });
    const { code, stdout } = await run("scenario", "check", bad, "--json");
    expect([code, Object.keys(JSON.parse(stdout) as object)]).toEqual([3, ["error"]]);
    const both = JSON.parse((await run("scenario", "check", file, bad, "--json")).stdout) as { readonly valid: boolean }[];
    expect(both.map(({ valid }) => valid)).toEqual([true, false]);
  });
});

describe("seatrial bars, with real files", () => {
  it("says what is in a file", async () => {
    const file = await fileOf("bars.csv", csv);
    const { code, stdout } = await run("bars", "info", file, "--json");
    // Minutes 0, 1, 3, 4, 5: one gap of one bar; prices need 2 decimals (1.25), volumes 1 (2.5); the last bar closes at minute 6.
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        file,
        rows: 5,
        from: start,
        to: start + 360_000,
        timeframe: "1m",
        gaps: 1,
        missing: 1,
        longestGap: 1,
        zeroVolume: 1,
        priceDecimals: 2,
        volumeDecimals: 1,
        priceRepaired: 0,
        volumeRounded: 0,
        source: null,
      },
    ]);
    expect((await run("bars", "info", file)).stdout).toMatch(/│ to +│ 2025-01-01T00:06:00\.000Z +│/);
  });

  it("converts to Arrow and back to the same facts", async () => {
    const file = await fileOf("bars.csv", csv);
    const arrow = join(folder, "bars.arrow");
    const facts = (await run("bars", "info", file, "--json")).stdout;
    expect((await run("bars", "convert", file, arrow, "--json")).stdout).toBe(facts.replace(JSON.stringify(file), JSON.stringify(arrow)));
    expect((await run("bars", "info", arrow, "--json")).stdout).toBe(facts.replace(JSON.stringify(file), JSON.stringify(arrow)));
  });

  it("resamples into complete bars", async () => {
    const file = await fileOf("bars.csv", csv);
    const { code, stdout } = await run("bars", "resample", file, "2m", join(folder, "two.arrow"), "--json");
    // [0, 2) of minutes 0 and 1, [2, 4) of minute 3 alone, [4, 6) of minutes 4 and 5: three bars, no gap.
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { rows: 3, timeframe: "2m", gaps: 0, zeroVolume: 0, from: start, to: start + 360_000 }]);
  });

  it("names a file that is not there, and refuses a timeframe that is none", async () => {
    expect((await run("bars", "info", join(folder, "nothing.csv"))).code).toBe(3);
    const { code, stderr } = await run("bars", "resample", "a.csv", "soon", "b.arrow");
    expect([code, stderr]).toEqual([3, expect.stringContaining("A timeframe is 1m, 5m, 1h, 1d")]);
  });
});

describe("the strategies and the schema", () => {
  it("are listed with their parameters", async () => {
    const listed = JSON.parse((await run("strategy", "list", "--json")).stdout) as { readonly name: string; readonly defaults: object }[];
    expect(listed.map(({ name }) => name)).toEqual(["dual-dca", "ema-cross", "grid", "scripted"]);
    expect((await run("strategy", "list")).stdout).toMatch(/│ scripted +│ actions/);
  });

  it("is printed as JSON", async () => {
    const { code, stdout } = await run("scenario", "schema");
    expect([code, Object.keys((JSON.parse(stdout) as { readonly properties: object }).properties).includes("expect")]).toEqual([0, true]);
  });
});

describe("the process", () => {
  it("ends with 130 on Ctrl-C, even when a strategy never returns, and leaves no report", async () => {
    const strategy = await fileOf("spins.ts", 'import { writeSync } from "node:fs";\nwriteSync(2, "spinning\\n");\nfor (;;);\nexport default {};\n');
    const file = await fileOf("spins.json", { ...idle, strategy: { use: `./${strategy.slice(folder.length + 1)}`, params: {} } });
    const out = join(folder, "out");
    const child = spawn(process.execPath, [launcher, "simulate", file, "--out", out], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    child.stderr.on("data", (data: Buffer) => {
      if (data.toString().includes("spinning")) child.kill("SIGINT");
    });
    expect(await ended).toBe(130);
    expect(await readdir(folder)).toEqual(["spins.json", "spins.ts"]);
  });
});
