// What a user gets: the compiled package works from under node_modules, carries what it names and nothing else, and the two commands of
// the README are the ones that CI runs. Nothing here touches the network.
import { cpSync, existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshFolder, link, removeFolder, ROOT, run, write } from "./stand-in.ts";

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly "seatrial-source": string; readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
const MAIN_COMMAND = "npm ci && npx --no-install seatrial simulate scenarios/hype-dual-dca.json";
const TEST_COMMAND = "npm ci && npm run verify";

describe("the compiled package, installed in a fresh folder,", () => {
  let folder = "";
  let installed = "";

  beforeAll(() => {
    folder = freshFolder();
    installed = join(folder, "node_modules", "seatrial");
    const bundler = join(ROOT, "node_modules", "rolldown", "bin", "cli.mjs");
    const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const out = join(installed, "dist");
    for (const words of [
      [bundler, "-c", join(ROOT, "rolldown.config.ts"), "--dir", out],
      [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", out],
      [compiler, "-p", join(ROOT, "tsconfig.build-page.json"), "--outDir", out],
    ]) {
      const built = run(words, ROOT);
      if (built.status !== 0) throw new Error(`the build fails:\n${built.stdout}${built.stderr}`);
    }
    cpSync(join(ROOT, "bin"), join(installed, "bin"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(installed, "package.json"));
    for (const name of Object.keys(manifest.dependencies)) link(folder, name);
  });
  afterAll(() => removeFolder(folder));

  it("prints its version", () => {
    const result = run([join(installed, "bin", "seatrial.mjs"), "--version"], folder);
    expect([result.stderr, result.stdout, result.status]).toEqual(["", `${manifest.version}\n`, 0]);
  });

  it("can be imported by every name that it exports", () => {
    const names = Object.keys(manifest.exports).filter((name) => name !== "./package.json");
    const lines = names.map((name, index) => `import * as room${index} from "${name.replace(".", "seatrial")}";`);
    const sizes = names.map((_, index) => `Object.keys(room${index}).length > 0`);
    write(folder, { "use.mjs": `${lines.join("\n")}\nprocess.stdout.write(JSON.stringify([${sizes.join(", ")}]));\n` });
    const result = run([join(folder, "use.mjs")], folder);
    expect([result.stderr, result.stdout]).toEqual(["", JSON.stringify(names.map(() => true))]);
  });

  it("gives the virtual exchange alone", () => {
    write(folder, { "venue.mjs": 'import { VirtualExchange } from "seatrial/exchange";\nprocess.stdout.write(typeof VirtualExchange);\n' });
    const result = run([join(folder, "venue.mjs")], folder);
    expect([result.stderr, result.stdout]).toEqual(["", "function"]);
  });

  it("runs a scenario with a strategy of one's own in threads, and makes its page, as a checkout does", () => {
    write(folder, {
      "bot/own.ts": `import { emaCross } from "seatrial/strategy";\nexport default { ...emaCross, name: "own" };\n`,
      "bot/own.json": JSON.stringify({
        name: "own",
        why: "A strategy file beside its scenario.",
        seed: 1,
        markets: [{ symbol: "A/B:B", market: { tick: "0.01", step: "1" }, bars: { synthetic: { count: 200, startPrice: "100" } } }],
        boot: { balances: { B: "1000" } },
        strategy: { use: "./own.ts" },
        expect: [{ never: "overfill" }],
      }),
    });
    const [compiled, source] = [installed, ROOT].map((root, at) => {
      const out = join(folder, `reports-${at}`);
      const command = [join(root, "bin", "seatrial.mjs"), "simulate", "bot/own.json", "bot/own.json", "--jobs", "2", "--json", "--out", out];
      const { stderr, stdout, status } = run(root === ROOT ? ["--conditions=seatrial-source", ...command] : command, folder);
      expect([status, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
      const page = globSync("own/*/report.html", { cwd: out }).map((file) => readFileSync(join(out, file), "utf8"))[0];
      const { runHash, status: passed } = (JSON.parse(stdout) as { runHash: string; status: string }[])[0] ?? {};
      return { runHash, passed, parts: page?.match(/const \$[a-z_]+ = /g) };
    });
    expect(compiled?.passed).toBe("passed");
    expect(compiled?.parts).toContain("const $main = ");
    expect(compiled).toEqual(source);
  });

  it("has every file that a thread or another process starts with", () => {
    const sources = globSync("src/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
    const named = sources.flatMap((text) => [...text.matchAll(/ownModule\("([^"]+)"\)/g)].map(([, name]) => `dist/${name}.js`));
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  });

  it("has every file that its exports and its bin name", () => {
    const named = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [target] : [target.types, target.default]));
    expect([...named, ...Object.values(manifest.bin)].filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  });

  it("imports no TypeScript at run time", () => {
    const compiled = globSync("dist/**/*.js", { cwd: installed });
    expect(compiled.length).toBeGreaterThan(0);
    expect(compiled.filter((file) => /(?:from|import\()\s*"\.[^"]*\.ts"/.test(readFileSync(join(installed, file), "utf8")))).toEqual([]);
  });
});

describe("the manifest", () => {
  it("packs the launcher, the compiled code and the documents, and no source and no test", () => {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const packed = spawnSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT, encoding: "utf8" });
    const [report] = Object.values(JSON.parse(packed.stdout) as Record<string, { files: { path: string }[] }>);
    const tops = new Set(report?.files.map(({ path }) => path.split("/")[0] ?? ""));
    for (const top of ["bin", "package.json", "README.md"]) expect(tops).toContain(top);
    for (const top of tops) expect(["bin", "dist", "docs", "fixtures", "scenarios", "package.json", "README.md", "LICENSE"]).toContain(top);
  });

  it("names a source file for every export, for the condition of a checkout", () => {
    const sources = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : [target["seatrial-source"]]));
    expect(sources.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it("pins every dependency exactly, and one Node for all five platforms", () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(Object.keys(manifest.optionalDependencies)).toHaveLength(5);
    expect(new Set(Object.values(manifest.optionalDependencies)).size).toBe(1);
  });

  it("has a lockfile with a checksum for every package and no address of a registry", () => {
    const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as { packages: Record<string, Record<string, unknown>> };
    const packages = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && entry["inBundle"] !== true);
    expect(packages.filter(([, entry]) => typeof entry["integrity"] !== "string").map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, entry]) => entry["resolved"] !== undefined).map(([path]) => path)).toEqual([]);
  });
});

describe("the README", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");

  it("gives one command for the main job and one for every test", () => {
    expect(readme).toContain(MAIN_COMMAND);
    expect(readme).toContain(TEST_COMMAND);
  });

  it("gives the command that CI runs, and CI runs nothing after it", () => {
    const lines = readFileSync(join(ROOT, ".ci/run"), "utf8").trimEnd().split("\n");
    expect(lines.at(-1)).toBe(TEST_COMMAND);
  });
});
