// Scenarios in threads of their own: the same words in the same order however many run at once, one that dies alone, and nothing
// left behind by an interruption.

import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { captureIo } from "./capture.ts";
import { idle } from "./idle-scenario.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));
const shipped = fileURLToPath(new URL("../../scenarios/", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-jobs-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(argv, io);
  return { code, ...text };
}

async function scenarioOf(name: string, change: object = {}): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ ...idle, name, ...change }));
  return file;
}

async function strategyOf(name: string, code: string): Promise<object> {
  await writeFile(join(folder, `${name}.ts`), `${code}\nexport default {};\n`);
  return { strategy: { use: `./${name}.ts`, params: {} } };
}

describe("simulate --jobs", () => {
  it("gives the same bytes and the same run hashes in the same order, whatever the number", async () => {
    // A long one first: with two threads the others end before it.
    const files = ["hype-dual-dca", "worked-example", "backoff-and-release", "worked-example"].map((name) => join(shipped, `${name}.json`));
    await writeFile(join(folder, "broken.json"), "{");
    const args = [...files, join(folder, "broken.json"), "--json", "--no-report"];
    const [one, two, three] = [
      await run("simulate", ...args),
      await run("simulate", ...args, "--jobs", "2"),
      await run("simulate", ...args, "--jobs", "auto"),
    ];
    const results = JSON.parse(one?.stdout ?? "") as { scenario: string; runHash: string | null; status: string }[];
    expect(results.map(({ scenario }) => scenario)).toEqual(["hype-dual-dca", "worked-example", "backoff-and-release", "broken"]);
    expect(results.map(({ runHash }) => runHash === null)).toEqual([false, false, false, true]);
    expect([one?.code, two?.code, three?.code]).toEqual([3, 3, 3]);
    expect(two?.stdout).toBe(one?.stdout);
    expect(three?.stdout).toBe(one?.stdout);
  });

  it.each(["1", "2"])("a thread that a strategy ends is an error of its scenario alone (%s at once)", async (jobs) => {
    const files = [
      await scenarioOf("before"),
      await scenarioOf("leaves", await strategyOf("leaves", "process.exit(0);")),
      await scenarioOf("behind"),
      await scenarioOf("last"),
    ];
    const { code, stdout } = await run("simulate", ...files, "--json", "--no-report", "--jobs", jobs);
    const results = JSON.parse(stdout) as { scenario: string; status: string; error?: { code: string } }[];
    expect(results.map(({ scenario, status }) => `${scenario} ${status}`)).toEqual(["before passed", "leaves error", "behind passed", "last passed"]);
    expect([code, results[1]?.error?.code]).toEqual([2, "simulation_ended_early"]);
  });

  it("says what an error of another thread says, with its place, and its stack where that is wanted", async () => {
    const files = [await scenarioOf("good"), await scenarioOf("throws", await strategyOf("throws", 'throw new TypeError("no such thing");'))];
    const { io, text } = captureIo({ SEATRIAL_DEBUG: "1" });
    expect(await main(["simulate", ...files, "--no-report", "--json"], io)).toBe(3);
    const [, failed] = JSON.parse(text.stdout) as { error?: object }[];
    expect(failed?.error).toMatchObject({ code: "strategy_load_failed", file: join(folder, "throws.ts"), line: 1 });
    expect(text.stderr).toContain("caused by TypeError: no such thing");
  });

  it.each([["one.json"], [""]])("a thread that fills its heap is told as such, alone or among others (%s)", async (target) => {
    const greedy = await strategyOf("greedy", "const all = [];\nfor (;;) all.push(new Array(1_000).fill(Math.random()));");
    await scenarioOf("one", greedy);
    if (target === "") await scenarioOf("two");
    // Sizes belong to the process, and its threads have the same. A young generation of the usual size can jump over the limit in
    // one collection, and V8 then ends the process itself.
    const flags = ["--max-old-space-size=128", "--max-semi-space-size=1", launcher, "simulate", join(folder, target), "--no-report"];
    const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stdout + stderr).toContain("the simulation needs more memory than its thread may have");
    if (target === "") expect(stdout).toContain("1 passed, 0 failed, 1 in error, not run: 0");
  });

  it("ends at once on Ctrl-C while every thread spins, and leaves nothing half-written", async () => {
    await mkdir(join(folder, "all"));
    const spins = await strategyOf("spins", 'import { writeSync } from "node:fs";\nwriteSync(2, "spinning\\n");\nfor (;;);');
    for (const name of ["a", "b", "c"]) {
      await writeFile(join(folder, "all", `${name}.json`), JSON.stringify({ ...idle, name, ...spins, strategy: { use: "../spins.ts", params: {} } }));
    }
    const out = join(folder, "out");
    const child = spawn(process.execPath, [launcher, "simulate", join(folder, "all"), "--jobs", "2", "--out", out], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    let heard = "";
    child.stderr.on("data", (data: Buffer) => {
      heard += data.toString();
      // Two of three: no more run at once.
      if (heard === "spinning\nspinning\n") child.kill("SIGINT");
    });
    expect(await ended).toBe(130);
    expect(heard).toBe("spinning\nspinning\n");
    expect((await readdir(folder)).sort()).toEqual(["all", "spins.ts"]);
  });
});
