// The command line itself: help, version, suggestions, and how every misuse leaves the program.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { requestOf } from "../../src/cli/simulate.ts";
import { captureIo } from "./capture.ts";

interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...argv: string[]): Promise<Captured> {
  const { io, text } = captureIo();
  const code = await main(argv, io);
  return { code, ...text };
}

describe("seatrial", () => {
  it("prints its own version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
    expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("prints help with every command on stdout", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of ["simulate", "scenario", "bars", "strategy"]) expect(stdout).toMatch(new RegExp(`^ {2}${command}`, "m"));
  });

  it.each([["simulate"], ["scenario"], ["bars"], ["strategy"]])("prints help for %s", async (command) => {
    const { code, stdout } = await run(command, "--help");
    expect([code, stdout.startsWith(`Usage: seatrial ${command}`)]).toEqual([0, true]);
  });

  it("without a command prints help on stderr and ends with 3", async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("Usage: seatrial");
  });
});

describe("a misuse of the command line", () => {
  it.each([
    [["simulat"], "seatrial: unknown command 'simulat' (Did you mean simulate?)\n"],
    [["simulate", "a.json", "--sed", "1"], "seatrial: unknown option '--sed' (Did you mean --seed?)\n"],
    [["simulate"], "seatrial: there is nothing to simulate (name scenario files or folders, or --scenarios catalogue)\n"],
    [
      ["simulate", "a.json", "--path", "wurst"],
      "seatrial: option '--path <name>' argument 'wurst' is invalid. Allowed choices are adaptive, ohlc, olhc, worst, best, envelope. " +
        "(seatrial --help lists commands and options)\n",
    ],
    [
      ["simulate", "a.json", "--path", "envelope", "--envelope-budget", "1.5"],
      "seatrial: option '--envelope-budget <bars>' argument '1.5' is invalid. A budget is a whole number of bars, 0 or more. " +
        "(seatrial --help lists commands and options)\n",
    ],
    [
      ["simulate", "a.json", "--seed", "1.5"],
      "seatrial: option '--seed <n>' argument '1.5' is invalid. A seed is a whole number from 0 to 9007199254740991. " +
        "(seatrial --help lists commands and options)\n",
    ],
  ])("%j is one clean line with a hint, exit code 3", async (argv, line) => {
    expect(await run(...argv)).toEqual({ code: 3, stdout: "", stderr: line });
  });

  it("is the error object on stdout with --json", async () => {
    expect(await run("simulate", "a.json", "--json", "--sed")).toEqual({
      code: 3,
      stdout:
        '{"error":{"code":"bad_arguments","file":null,"line":null,"column":null,"reason":"unknown option \'--sed\'","hint":"Did you mean --seed?"}}\n',
      stderr: "",
    });
  });
});

describe("--jobs", () => {
  it.each(["0", "257", "1.5", "-1", "many", ""])("refuses %j", async (jobs) => {
    const { code, stderr } = await run("simulate", "a.json", "--jobs", jobs);
    expect([code, stderr]).toEqual([3, expect.stringContaining("Jobs are a whole number from 1 to 256, or auto.")]);
  });
});

describe("the request of a simulate command", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seatrial-cli-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const flags = { report: true, html: true, out: "reports", jobs: 1 };

  it("has the defaults of the options, and no overrides of its own", async () => {
    const { io } = captureIo();
    expect(await requestOf(["a.json"], flags, io)).toMatchObject({
      targets: ["a.json"],
      single: true,
      overrides: {},
      json: false,
      quiet: false,
      strict: false,
      stacks: false,
      out: "reports",
      jobs: 1,
      progress: false,
    });
  });

  it("is single for exactly one argument that is not a folder", async () => {
    const { io } = captureIo();
    const single = async (...targets: string[]): Promise<boolean> => (await requestOf(targets, flags, io)).single;
    expect([await single("a.json"), await single(folder), await single("a.json", "b.json")]).toEqual([true, false, false]);
  });

  it("draws a page with its costs for one file, one without them for several, and none where it is not wanted", async () => {
    const { io } = captureIo();
    const page = async (targets: string[], own: Partial<typeof flags> & { costs?: boolean } = {}) =>
      (await requestOf(targets, { ...flags, ...own }, io)).page;
    expect(await page(["a.json"])).toBe("modest");
    expect(await page(["a.json", "b.json"])).toBe("none");
    expect(await page(["a.json", "b.json"], { costs: true })).toBe("all");
    expect(await page(["a.json"], { costs: false })).toBe("none");
    expect([await page(["a.json"], { html: false, costs: true }), await page(["a.json"], { report: false })]).toEqual([null, null]);
  });

  it("takes strictness and stacks from the environment too", async () => {
    const { io } = captureIo({ SEATRIAL_REQUIRE_DATA: "1", SEATRIAL_DEBUG: "1" });
    expect(await requestOf(["a.json"], flags, io)).toMatchObject({ strict: true, stacks: true });
  });

  it("carries every override, seed 0 included", async () => {
    const { io } = captureIo();
    const overrides = { seed: 0, path: "ohlc", delivery: "seeded", fill: "optimistic", strategy: "scripted" } as const;
    expect((await requestOf(["a.json"], { ...flags, ...overrides }, io)).overrides).toEqual(overrides);
  });

  it("is refused before anything runs when the report cannot be written, and accepted when there is none", async () => {
    const { io } = captureIo();
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(requestOf(["a.json"], { ...flags, out: file }, io)).rejects.toMatchObject({ code: "output_not_writable", exitCode: 3 });
    expect((await requestOf(["a.json"], { ...flags, report: false, out: file }, io)).out).toBeNull();
  });
});
