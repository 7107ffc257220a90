// How the tests run: sources (never dist), two forked workers, generous time limits for a small busy machine. No test logic here.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const SOURCE_CONDITION = "seatrial-source";
// Vite replaces its defaults when conditions are given, so the ones Node itself would use are named again.
const conditions = [SOURCE_CONDITION, "module", "node", "development|production"];

const manifest = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};
// As under the launcher, the package's name means this copy for every file, a user's strategy in a temporary folder included.
const alias = Object.entries(manifest.exports).flatMap(([name, target]) => {
  const source = typeof target === "string" ? undefined : target[SOURCE_CONDITION];
  if (source === undefined) return [];
  return [{ find: new RegExp(`^${name.replace(".", "seatrial")}$`), replacement: fileURLToPath(new URL(source, import.meta.url)) }];
});

export default defineConfig({
  resolve: { conditions, alias },
  ssr: { resolve: { conditions, externalConditions: [SOURCE_CONDITION, "node"] } },
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/property-seed.ts"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    execArgv: [`--conditions=${SOURCE_CONDITION}`],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A test says what it expects; a file without a test is a mistake, and so is a test left focused.
    passWithNoTests: false,
    // Only `npm run coverage` asks for it. What runs in threads and child processes of the tests is not counted.
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // Code of a browser; its tests run it there.
      exclude: ["src/report/page/browser/**"],
      reporter: ["text-summary", "html", "json-summary"],
      reportsDirectory: "coverage",
      // A failed test is no reason to know nothing of the others.
      reportOnFailure: true,
    },
    allowOnly: false,
  },
});
