// The launcher's promises: the right code under the right Node, the command's exit code, signals passed on, and one copy of the package.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AS_NODE_20, endOf, freshFolder, link, PLATFORM_PACKAGE, removeFolder, ROOT, run, standIn, startUntilReady, write } from "./stand-in.ts";

/** Prints which code runs, under which Node and with which words; ends with 7. */
const told = (kind: string): string => `
  export async function main(argv) {
    process.stdout.write([${JSON.stringify(kind)}, process.versions.node.split(".")[0] >= 24, ...argv].join(" ") + "\\n");
    return 7;
  }`;
/** The real loader of strategies, and around it as little as it needs. `own` is the ending of this copy's files. */
function loads(own: "ts" | "js"): Readonly<Record<string, string>> {
  const root = own === "ts" ? "src" : "dist";
  const real = (name: string): string => {
    const source = readFileSync(join(ROOT, `src/session/${name}.ts`), "utf8");
    return own === "ts" ? source : stripTypeScriptTypes(source).replaceAll(/(from "[^"]+)\.ts"/g, '$1.js"');
  };
  return {
    [`${root}/session/strategy-loader.${own}`]: real("strategy-loader"),
    [`${root}/session/own-files.${own}`]: real("own-files"),
    [`${root}/domain/index.${own}`]: "export class SeatrialError extends Error {}\nexport const nearestKey = () => null;\n",
    [`${root}/strategy/index.${own}`]: "export const mark = {};\nexport const builtinStrategies = {};\n",
    // Prints whether the file named by the first word got the very module that the command line itself has.
    [`${root}/cli/main.${own}`]: `
  import { loadStrategy } from "../session/strategy-loader.${own}";
  import * as strategy from "../strategy/index.${own}";
  export async function main([file]) {
    process.stdout.write(String((await loadStrategy(file, "/")).create() === strategy.mark) + "\\n");
    return 0;
  }`,
  };
}
const waits = `
  export function main() {
    return new Promise((done) => {
      const alive = setInterval(() => {}, 1000);
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        process.on(signal, () => { clearInterval(alive); done(signal === "SIGTERM" ? 40 : signal === "SIGINT" ? 41 : 42); });
      }
      process.stdout.write("ready\\n");
    });
  }`;

let folder = "";
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => removeFolder(folder));

describe("the launcher", () => {
  it("runs the source in a checkout and returns the command's exit code", () => {
    const launcher = standIn(folder, { "src/cli/main.ts": told("source"), "dist/cli/main.js": told("compiled") });
    const result = run([launcher, "one", "--two"], folder);
    expect([result.stderr, result.stdout, result.status]).toEqual(["", "source true one --two\n", 7]);
  });

  it("runs the compiled code where it is installed, even if sources lie beside it", () => {
    const launcher = standIn(join(folder, "node_modules/seatrial"), { "src/cli/main.ts": told("source"), "dist/cli/main.js": told("compiled") });
    const result = run([launcher, "one"], folder);
    expect([result.stderr, result.stdout, result.status]).toEqual(["", "compiled true one\n", 7]);
  });

  it("hands over to the pinned Node when the present one is old, from a checkout and from an installed copy", () => {
    link(folder, PLATFORM_PACKAGE);
    const checkout = standIn(join(folder, "checkout"), { "src/cli/main.ts": told("source") });
    const installed = standIn(join(folder, "node_modules/seatrial"), { "dist/cli/main.js": told("compiled") });
    const results = [checkout, installed].map((launcher) => run([...AS_NODE_20, launcher, "a b"], folder));
    expect(results.map(({ stdout, status }) => [stdout, status])).toEqual([
      ["source true a b\n", 7],
      ["compiled true a b\n", 7],
    ]);
  });

  it("says what to do when the Node is old and no pinned one is there, also as JSON", () => {
    const launcher = standIn(folder, { "dist/cli/main.js": told("compiled") });
    const result = run([...AS_NODE_20, launcher, "simulate", "--json"], folder);
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/^seatrial: Node 20\.20\.2 is too old and .*\n {2}hint: install Node 24\.12 or newer/);
    expect(JSON.parse(result.stdout)).toMatchObject({
      error: { code: "node_too_old", file: null, line: null, column: null, hint: expect.stringContaining("install Node 24.12") },
    });
  });

  it("takes no old Node for the pinned one", () => {
    const old = `node_modules/${PLATFORM_PACKAGE}`;
    write(folder, { [`${old}/package.json`]: '{"version":"22.1.0","bin":{"node":"node"}}', [`${old}/node`]: "" });
    const launcher = standIn(folder, { "dist/cli/main.js": told("compiled") });
    expect(run([...AS_NODE_20, launcher], folder).status).toBe(1);
  });
});

describe.runIf(process.platform !== "win32")("signals, when the old Node stands before the pinned one,", () => {
  // 40, 41 and 42 are the codes with which the command above answers each signal.
  it.each([
    ["SIGTERM", 40],
    ["SIGINT", 41],
    ["SIGHUP", 42],
  ] as const)("%s reaches the command, which ends by its own rule", async (signal, code) => {
    link(folder, PLATFORM_PACKAGE);
    const launcher = standIn(folder, { "dist/cli/main.js": waits });
    const child = await startUntilReady([...AS_NODE_20, launcher], folder);
    child.kill(signal);
    expect(await endOf(child)).toBe(code);
  });

  it("a command killed by a signal makes the launcher die of it too", async () => {
    link(folder, PLATFORM_PACKAGE);
    const dies =
      'export function main() { process.stdout.write("ready\\n", () => process.kill(process.pid, "SIGKILL")); return new Promise(() => {}); }';
    const launcher = standIn(folder, { "dist/cli/main.js": dies });
    expect(await endOf(await startUntilReady([...AS_NODE_20, launcher], folder))).toBe("SIGKILL");
  });
});

describe("a user's strategy file", () => {
  const strategy = 'import { mark } from "seatrial/strategy";\nexport default { name: "own", defaults: {}, create: () => mark };\n';

  it("gets the checkout's own modules, wherever it lies", () => {
    const launcher = standIn(join(folder, "checkout"), loads("ts"));
    write(folder, { "elsewhere/bot.ts": strategy });
    const result = run([launcher, join(folder, "elsewhere/bot.ts")], folder);
    expect([result.stderr, result.stdout]).toEqual(["", "true\n"]);
  });

  it("gets the installed copy's own modules, even if another copy is nearer", () => {
    const launcher = standIn(join(folder, "node_modules/seatrial"), loads("js"));
    standIn(join(folder, "elsewhere/node_modules/seatrial"), loads("js"));
    write(folder, { "elsewhere/bot.mjs": strategy });
    const result = run([launcher, join(folder, "elsewhere/bot.mjs")], folder);
    expect([result.stderr, result.stdout]).toEqual(["", "true\n"]);
  });
});
