// A thread that hangs is ended and its work is done again without what it hung in; the command says so, in text and in JSON.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { spawnSync } from "node:child_process";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { guarded } from "../../src/cli/guard.ts";

const root = resolve(import.meta.dirname, "../..");
const spinner = resolve(root, "fixtures/strategies/spinner.ts");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-guard-"));
  const row = (open: number) => [`${open}`, `${open + 1.5}`, `${open - 0.5}`, `${open + 1}`, "1000"];
  const scenario = {
    name: "hangs",
    markets: [
      {
        symbol: "HYPE/USDC:USDC",
        market: { tick: "0.01", step: "0.01", minNotional: "10" },
        bars: { timeframe: "1m", script: [100, 101, 102, 103, 104, 105, 106].map(row) },
      },
    ],
    boot: { balances: { USDC: "1000" } },
    strategy: { use: "ema-cross" },
    expect: [{ final: { position: "0" } }],
  };
  await writeFile(join(folder, "hangs.json"), JSON.stringify(scenario));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function simulate(...args: readonly string[]) {
  const command = [resolve(root, "bin/seatrial.mjs"), "simulate", join(folder, "hangs.json"), "--strategy", spinner, "--no-report", ...args];
  return spawnSync(process.execPath, command, { encoding: "utf8", timeout: 30_000 });
}

describe("a strategy that does not come back", () => {
  // Bought at the open of bar 2, 102, its target of 106 fills in bar 5 (high 106.5): the run goes on without the strategy from bar 4 on.
  it("is ended, its target fills without it, and the command says exit 2 and why", () => {
    const { status, stdout } = simulate("--decision-timeout", "300", "--json");
    const result = JSON.parse(stdout) as { status: string; error: { code: string; reason: string }; fills: { price: string }[] };
    expect(status).toBe(2);
    expect(result).toMatchObject({ status: "error", error: { code: "strategy_timed_out" } });
    expect(result.error.reason).toContain("did not come back from onBar on HYPE/USDC:USDC, bar 4");
    expect(result.fills.map(({ price }) => price)).toEqual(["102", "106"]);
  });

  it("a timeout that no thread could keep is refused", () => {
    const { status, stderr } = simulate("--decision-timeout", "5");
    expect(status).toBe(3);
    expect(stderr).toContain("100 or more");
  });
});

describe("guarded", () => {
  it("hands on what a thread dies of that has not hung", async () => {
    const dead = guarded(100, () => ({ result: Promise.reject(new Error("gone")), end: () => undefined }));
    await expect(dead).rejects.toThrow("gone");
  });

  it("gives up on a hook without which there is no run", async () => {
    const hung = guarded(100, ({ marks }) => {
      // Inside hook 4, which is setup.
      new Int32Array(marks).set([1, 1, 4, 0, 0, 1]);
      let reject: (reason: Error) => void = () => undefined;
      return { result: new Promise<never>((_, no) => (reject = no)), end: () => reject(new Error("ended")) };
    });
    await expect(hung).rejects.toMatchObject({ code: "strategy_timed_out", exitCode: 2 });
  });

  it("starts again with the verdict, and gives what the second thread gives", async () => {
    const seen: unknown[] = [];
    const result = await guarded(100, ({ marks, verdicts }) => {
      seen.push([...verdicts]);
      if (verdicts.length > 0) return { result: Promise.resolve("done"), end: () => undefined };
      new Int32Array(marks).set([1, 1, 0, 0, 7, 2]);
      let reject: (reason: Error) => void = () => undefined;
      return { result: new Promise<string>((_, no) => (reject = no)), end: () => reject(new Error("ended")) };
    });
    expect(result).toBe("done");
    expect(seen).toEqual([[], [{ market: 0, hook: "onBar", bar: 7, call: 2 }]]);
  });
});
