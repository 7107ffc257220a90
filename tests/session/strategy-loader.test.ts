import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { SeatrialError } from "../../src/domain/index.ts";
import { loadStrategy } from "../../src/session/strategy-loader.ts";
import { createStrategy, dualDca, missingHooks } from "../../src/strategy/index.ts";

const fixtures = resolve(import.meta.dirname, "../../fixtures/strategies");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "seatrial-strategies-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function problem(use: string, baseDir = folder): Promise<SeatrialError> {
  try {
    await loadStrategy(use, baseDir);
  } catch (error) {
    return error as SeatrialError;
  }
  throw new Error(`${use} was loaded`);
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return `./${name}`;
}

describe("loadStrategy", () => {
  it("finds a built-in by name, whatever the folder", async () => {
    expect(await loadStrategy("dual-dca", "nowhere")).toBe(dualDca);
  });

  it("loads a user's TypeScript file that imports seatrial/strategy", async () => {
    const definition = await loadStrategy("breakout.ts", fixtures);
    expect(definition).toMatchObject({ name: "breakout", defaults: { period: 20, quantity: 1 } });
    expect(createStrategy(definition, { period: 5 }).name).toBe("breakout");
    expect(() => createStrategy(definition, { period: 1 })).toThrow(/period must be at least 2/);
  });

  it("takes a class with static defaults, and a factory", async () => {
    const plain = await loadStrategy("./plain-class.mjs", fixtures);
    expect(plain).toMatchObject({ name: "PlainClass", defaults: { quantity: 2 } });
    expect(createStrategy(plain, { quantity: 3 })).toMatchObject({ name: "plain-class", params: { quantity: 3 } });
    const factory = await loadStrategy(join(fixtures, "factory.js"), "elsewhere");
    expect(createStrategy(factory, {}).name).toBe("idle");
    expect(() => createStrategy(factory, { speed: 1 })).toThrow(/no parameter "speed"/);
  });

  it("loads the faulty example strategies: their faults are of the run", async () => {
    for (const name of ["thrower", "nonsense", "missing-hooks"]) {
      const strategy = createStrategy(await loadStrategy(`${name}.ts`, fixtures), {});
      expect(missingHooks(strategy)).toContain("canClose");
    }
    const broken = await loadStrategy("no-strategy.ts", fixtures);
    expect(() => createStrategy(broken, {})).toThrow(expect.objectContaining({ code: "bad_strategy", exitCode: 2 }));
  });

  it("an unknown name suggests the nearest one", async () => {
    expect(await problem("dual-dac")).toMatchObject({ code: "unknown_strategy", exitCode: 3, hint: 'did you mean "dual-dca"?' });
    expect(await problem("momentum")).toMatchObject({
      code: "unknown_strategy",
      hint: expect.stringContaining("dual-dca, ema-cross, grid, scripted"),
    });
    expect(await problem("toString")).toMatchObject({ code: "unknown_strategy" });
  });

  it("a missing file, a folder and a file of another kind are typed errors with their place", async () => {
    expect(await problem("./gone.ts")).toMatchObject({ code: "strategy_not_found", exitCode: 3, place: { file: join(folder, "gone.ts") } });
    expect(await problem("./")).toMatchObject({ code: "strategy_load_failed", exitCode: 3 });
    expect(await problem(write("notes.txt", "buy low"))).toMatchObject({
      code: "strategy_load_failed",
      reason: expect.stringContaining(".ts, .js or .mjs"),
    });
  });

  it.each([
    ["no-default.mjs", "export const strategy = {};\n", "it has no default export, only strategy"],
    ["nothing.mjs", "export {};\n", "it exports nothing"],
    ["null.mjs", "export default null;\n", "its default export is null"],
    ["number.mjs", "export default 7;\n", "its default export is a number"],
    ["nameless.mjs", "export default { defaults: {}, create() {} };\n", "its definition has no name"],
    ["no-defaults.mjs", 'export default { name: "x", create() {} };\n', "its definition has no defaults"],
    ["no-create.mjs", 'export default { name: "x", defaults: {} };\n', "its definition has no create(params)"],
    ["bad-check.mjs", 'export default { name: "x", defaults: {}, create() {}, check: 1 };\n', "its definition's check is no function"],
  ])("%s: a wrong export says what is missing", async (name, text, message) => {
    expect(await problem(write(name, text))).toMatchObject({ code: "bad_strategy_export", exitCode: 3, reason: expect.stringContaining(message) });
  });

  it("a file that throws while it is loaded is named, with what it threw", async () => {
    const use = write("throws.mjs", '// line 1\nthrow new RangeError("planted");\n');
    expect(await problem(use)).toMatchObject({ code: "strategy_load_failed", exitCode: 3, place: { file: join(folder, "throws.mjs") } });
    expect((await problem(use)).reason).toContain("RangeError: planted");
  });
});

// The test runner has a module loader of its own; these go through Node alone, as the CLI does.
describe("loadStrategy under plain Node", () => {
  function load(use: string): string {
    const loader = resolve(import.meta.dirname, "../../src/session/strategy-loader.ts");
    const script = `
      const { loadStrategy } = await import(${JSON.stringify(loader)});
      await loadStrategy(${JSON.stringify(use)}, ${JSON.stringify(folder)}).then(
        (definition) => console.log(definition.name),
        (error) => console.log(JSON.stringify(error)),
      );`;
    return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  }

  it("a strategy outside of any project gets this very Seatrial, without the source condition", () => {
    write(
      "own.mts",
      'import { allowed, defineStrategy } from "seatrial/strategy";\nimport { nearestKey } from "seatrial/domain";\nexport default defineStrategy({ name: nearestKey("own", ["own"]) ?? "", defaults: {}, create: () => { throw new Error(String(allowed.allowed)); } });\n',
    );
    expect(load("./own.mts")).toBe("own");
  });

  it("a syntax error has its line, in JavaScript and in TypeScript", () => {
    write("broken.mjs", '// line 1\nexport default {\n  name: "x" defaults: {},\n};\n');
    expect(JSON.parse(load("./broken.mjs"))).toMatchObject({ code: "strategy_load_failed", line: 3 });
    write("broken.mts", "const a: number = 1;\nconst b = = 2;\nexport default {};\n");
    expect(JSON.parse(load("./broken.mts"))).toMatchObject({ code: "strategy_load_failed", line: 2 });
  });

  it("a missing import is named", () => {
    write("lonely.mjs", 'import { x } from "./not-there.mjs";\nexport default x;\n');
    expect(JSON.parse(load("./lonely.mjs"))).toMatchObject({ code: "strategy_load_failed", reason: expect.stringContaining("not-there.mjs") });
  });
});
