// Lints source texts under the project's own configuration, in a folder of their own that looks like the repository. It must never
// write inside the repository, and it changes one thing in the configuration: where the plugin lies.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Writes the texts by relative path under a fresh folder, hands it to `use` and removes it. */
export function inFolder<T>(texts: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "seatrial-architecture-"));
  try {
    for (const [file, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The distinct rules, sorted, that the linter reports for each file. */
export function lintTexts(texts: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const settings = JSON.parse(readFileSync(join(ROOT, ".oxlintrc.json"), "utf8")) as { jsPlugins: string[] };
  settings.jsPlugins = settings.jsPlugins.map((plugin) => resolve(ROOT, plugin));
  const compilerOptions = { target: "es2024", lib: ["es2024", "dom"], module: "esnext", moduleResolution: "bundler", strict: true, types: [] };
  const surroundings = { ".oxlintrc.json": JSON.stringify(settings), "tsconfig.json": JSON.stringify({ compilerOptions, include: ["**/*.ts"] }) };
  return inFolder({ ...texts, ...surroundings }, (folder) => {
    const linter = join(dirname(createRequire(import.meta.url).resolve("oxlint/package.json")), "bin", "oxlint");
    const result = spawnSync(process.execPath, [linter, "--format=json"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: searchPath() },
    });
    const report = JSON.parse(result.stdout) as { diagnostics: { code: string; filename: string }[] };
    const found = new Map(Object.keys(texts).map((file) => [file, new Set<string>()]));
    for (const { code, filename } of report.diagnostics) found.get(filename.replaceAll("\\", "/"))?.add(code);
    return new Map([...found].map(([file, rules]) => [file, [...rules].sort()]));
  });
}

/** The type-aware half of the linter is a program of its own that is looked up on the search path. */
function searchPath(): string {
  return `${join(ROOT, "node_modules", ".bin")}${process.platform === "win32" ? ";" : ":"}${process.env["PATH"] ?? ""}`;
}
