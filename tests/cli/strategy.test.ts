// `strategy new` and `strategy check` as a user meets them: a folder outside of the checkout, real processes, real exit codes.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { StrategyCheck } from "../../src/session/index.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.mjs", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-strategy-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function seatrial(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

/** A strategy file whose onBar is the given text. */
async function strategyFile(name: string, onBar: string): Promise<void> {
  const text = `import { defaultExecutionPolicy, defineStrategy, type Context } from "seatrial/strategy";
export default defineStrategy({
  name: "${name}",
  defaults: {},
  create: () => ({ name: "${name}", policy: defaultExecutionPolicy, onBar(ctx: Context) { ${onBar} }, snapshot: () => null, restore() {} }),
});
`;
  await writeFile(join(folder, `${name}.ts`), text);
}

describe("strategy new", () => {
  it.each([["minimal"], ["dca"]])("%s: what it writes passes check without a finding, and simulate", async (template) => {
    const made = seatrial("strategy", "new", "my-first-bot", "--template", template);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain("seatrial strategy check my-first-bot.ts");
    expect((await readdir(folder)).sort()).toEqual(["my-first-bot.json", "my-first-bot.ts"]);
    const checked = seatrial("strategy", "check", "my-first-bot.ts", "--json");
    expect(checked.status).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({ passed: true, strategy: "my-first-bot", findings: [] });
    expect(seatrial("simulate", "my-first-bot.json", "--no-report").status).toBe(0);
    expect(seatrial("simulate", "my-first-bot.json", "--no-report", "--delivery", "seeded").status).toBe(0);
    const text = await readFile(join(folder, "my-first-bot.ts"), "utf8");
    expect(text).toContain("class MyFirstBot implements Strategy");
    expect(text).not.toMatch(/(?:minimal|dca)-bot|(?:Minimal|Dca)Bot/);
  });

  it("writes into a folder that it makes, and says where", async () => {
    const { status, stdout } = seatrial("strategy", "new", "bot", "--out", "bots/new", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ strategy: join("bots", "new", "bot.ts"), scenario: join("bots", "new", "bot.json") });
    expect((await readdir(join(folder, "bots", "new"))).sort()).toEqual(["bot.json", "bot.ts"]);
  });

  it.each([["bot.ts"], ["bot.json"]])("leaves a %s that is there as it is, and writes nothing beside it", async (file) => {
    await writeFile(join(folder, file), "mine");
    const { status, stderr } = seatrial("strategy", "new", "bot");
    expect(status).toBe(3);
    expect(stderr).toContain(`${file}: the file is there already`);
    expect(await readdir(folder)).toEqual([file]);
    expect(await readFile(join(folder, file), "utf8")).toBe("mine");
  });

  it.each([["../bot"], ["Bot"], ["1bot"], ["a--b"], ["bot.ts"]])("refuses the name %s", async (name) => {
    const { status, stderr } = seatrial("strategy", "new", name);
    expect(status).toBe(3);
    expect(stderr).toContain("is no name for a strategy");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("strategy check", () => {
  const check = (...args: string[]) => {
    const { status, stdout } = seatrial("strategy", "check", ...args, "--json");
    return { status, found: JSON.parse(stdout) as StrategyCheck & { readonly passed: boolean } };
  };

  it("exits 2 with an error, and tells it to people and to tools", async () => {
    await strategyFile(
      "peek",
      "const { close } = (ctx.bars as any).series; const held = ctx.position('LONG').quantity; const up = close[ctx.bar + 1] > close[ctx.bar];" +
        "if (up && held === 0) ctx.open({ side: 'LONG', quantity: 1 }); if (!up && held > 0) ctx.close({ side: 'LONG' });",
    );
    const { status, found } = check("peek.ts");
    expect(status).toBe(2);
    expect(found.passed).toBe(false);
    expect(found.runs.map(({ bars }) => bars)).toEqual(["calm", "usual", "wild", "rising", "falling"]);
    expect(found.findings[0]).toMatchObject({ kind: "look_ahead", severity: "error" });
    const { stdout } = seatrial("strategy", "check", "peek.ts");
    expect(stdout).toContain("✖ failed peek: 1 error, 1 warning");
    expect(stdout).toContain("✖ error look_ahead: it sees the future");
  });

  it("a strategy that never returns is ended, with the bar and the hook where it was", async () => {
    await strategyFile("spin", "while (ctx.bar === 700) {}");
    const { status, found } = check("spin.ts", "--timeout", "2");
    expect(status).toBe(2);
    expect(found.findings).toMatchObject([{ kind: "never_returns", severity: "error", bar: 700 }]);
    expect(found.findings[0]?.evidence).toContain("onBar of bar 700");
  });

  it("a file that never ends loading is ended too", async () => {
    await writeFile(join(folder, "loop.mjs"), "for (;;) {}\n");
    const { status, found } = check("loop.mjs", "--timeout", "2");
    expect(status).toBe(2);
    expect(found.findings[0]?.evidence).toContain("loading");
  });

  it("a strategy that ends the process is found out", async () => {
    await strategyFile("quitter", "if (ctx.bar === 9) process.exit(0);");
    const { status, found } = check("quitter.ts");
    expect(status).toBe(2);
    expect(found.findings).toMatchObject([{ kind: "throws", bar: 9 }]);
  });

  it("a number drawn while the file is loaded differs in a fresh process", async () => {
    await writeFile(
      join(folder, "lucky.mjs"),
      `const size = 1 + Math.random();
export default {
  name: "lucky", defaults: {},
  create: () => ({ name: "lucky", policy: { families: {}, fallback: {}, sizing: "explicit", notional: null, dcaOrderType: null, maxPendingAdds: 1, maxEntrySlipBp: 0, route: "plain" },
    onBar(ctx) { if (ctx.bar % 50 === 0 && ctx.position("LONG").quantity === 0) ctx.open({ side: "LONG", quantity: size }); }, snapshot: () => null, restore() {} }),
};
`,
    );
    const { status, found } = check("lucky.mjs");
    expect(status).toBe(2);
    expect(found.findings[0]?.kind).toBe("not_deterministic");
    expect(found.findings[0]?.evidence).toMatch(/^a fresh process asked for: open LONG/);
  });

  it("runs on bars of the user's own, at their price and timeframe", async () => {
    const rows = Array.from({ length: 400 }, (_, bar) => {
      const price = 2_000 + 20 * (bar % 7);
      return `${1_735_689_600_000 + bar * 300_000},${price},${price + 15},${price - 15},${price + 5},12.5`;
    });
    await writeFile(join(folder, "own.csv"), `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const { status, found } = check("grid", "--data", "own.csv", "--params", '{"rangePercent": 3, "quantity": 0.01}', "--symbol", "ETH/USDC");
    expect(status).toBe(0);
    const [own] = found.runs.slice(-1);
    expect(own).toMatchObject({ bars: "own.csv", length: 400 });
    expect(own?.fills).toBeGreaterThan(50);
  });

  it("reads a longer timeframe when it is told of it, and says so when not", async () => {
    await strategyFile(
      "slow",
      "const held = ctx.position('LONG').quantity; if (held === 0 && ctx.series('5m').close > 0) ctx.open({ side: 'LONG', quantity: 1 });",
    );
    expect(check("slow.ts").found.findings[0]).toMatchObject({ kind: "throws" });
    expect(check("slow.ts", "--timeframes", "5m").found.passed).toBe(true);
  });

  it.each([
    [["absent.ts"], "the strategy file cannot be read"],
    [["grdi"], 'did you mean "grid"?'],
    [["grid", "--params", '{"levls": 3}'], 'did you mean "levels"?'],
    [["grid", "--params", "[1]"], "cannot be read"],
    [["grid", "--data", "absent.csv"], "no such file"],
    [["grid", "--symbol", "BTC"], "is no symbol"],
    [["grid", "--price", "-1"], "--price needs a price above 0"],
    [["grid", "--max-orders", "0"], "A whole number from 1"],
    [["grid", "--timeframes", "5x"], "5x"],
  ])("%j exits 3: %s", (args, message) => {
    const { status, stderr } = seatrial("strategy", "check", ...args);
    expect(status).toBe(3);
    expect(stderr).toContain(message);
  });
});
