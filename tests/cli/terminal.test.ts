// The program on a terminal of its own: colours where they are taken, progress lines that leave no trace, Ctrl-C while it watches.
// The terminal is made by `script`; without that program these tests are told as skipped.

import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { idle } from "./idle-scenario.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));
const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-terminal-"));
  await writeFile(join(folder, "a.json"), JSON.stringify(idle));
  await writeFile(join(folder, "b.json"), JSON.stringify({ ...idle, name: "other", sead: 1 }));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function environment(change: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, NODE_DISABLE_COLORS: _disable, ...rest } = process.env;
  return { ...rest, TERM: "xterm-256color", COLUMNS: "100", ...change };
}

/** What a command writes to a terminal of 100 columns. */
function onTerminal(args: readonly string[], change: Readonly<Record<string, string>> = {}): string {
  const command = `stty cols 100 rows 40; ${[process.execPath, launcher, ...args].join(" ")}`;
  return spawnSync("script", ["--quiet", "--return", "--command", command, "/dev/null"], { env: environment(change), encoding: "utf8" }).stdout;
}

function throughPipe(args: readonly string[], change: Readonly<Record<string, string>> = {}): string {
  return spawnSync(process.execPath, [launcher, ...args], { env: environment(change), encoding: "utf8" }).stdout;
}

const colour = /\u001b\[\d+m/;
const args = (): string[] => ["simulate", folder, "--no-report"];

describe.runIf(hasTerminal)("on a terminal", () => {
  it("takes colours, and leaves nothing of its progress lines behind", () => {
    const text = onTerminal(args());
    expect(text).toMatch(colour);
    expect(text).toContain("\u001b[32mpassed\u001b[39m");
    // Whatever was drawn before the table has been wiped: nothing stands between the last wipe and the table.
    const before = text.slice(0, text.indexOf("┌"));
    if (before.includes("scenarios")) expect(before.endsWith("\u001b[J")).toBe(true);
  });

  it("takes none with NO_COLOR, and says the same, underlined place and all", () => {
    const text = onTerminal(args(), { NO_COLOR: "1" });
    expect(text).not.toMatch(colour);
    expect(text).toContain("✖ error b");
    expect(text).toMatch(/"sead": ?1|"sead":1/);
    expect(text).toContain("^^^^^^");
  });
});

describe("through a pipe", () => {
  it("takes no colours, unless FORCE_COLOR asks for them", () => {
    expect(throughPipe(args())).not.toMatch(colour);
    expect(throughPipe(args(), { FORCE_COLOR: "1" })).toMatch(colour);
  });
});

describe("simulate --watch", () => {
  it("runs again after a change and ends with 130 on Ctrl-C, with nothing left behind", async () => {
    const child = spawn(process.execPath, [launcher, "simulate", folder, "--watch", "--out", join(folder, "out")], { env: environment({}) });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    let watching = 0;
    child.stderr.on("data", (data: Buffer) => {
      if (!data.toString().includes("Ctrl-C ends")) return;
      watching += 1;
      if (watching === 1) void writeFile(join(folder, "b.json"), JSON.stringify({ ...idle, name: "other" }));
      else child.kill("SIGINT");
    });
    let printed = "";
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString();
    });
    expect(await ended).toBe(130);
    expect(printed).toContain("1 passed, 0 failed, 1 in error, not run: 0");
    expect(printed).toContain("✔ passed other");
    const left = (await readdir(join(folder, "out"), { recursive: true })).filter((name) => name.includes(".partial"));
    expect([left, (await readdir(join(folder, "out"))).sort()]).toEqual([[], ["coverage.json", "idle", "index.html", "other"]]);
  });

  it("is refused together with --json", () => {
    const { status, stdout } = spawnSync(process.execPath, [launcher, ...args(), "--watch", "--json"], { env: environment({}), encoding: "utf8" });
    expect([status, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([3, "bad_arguments"]);
  });
});
