// Command: npm run mutants -- <room> [file …] [--force]. Changes the code of a room in small ways, one at a time, and counts which changes the
// room's tests notice. What it found stays in reports/mutants, and the next run adds to it. It must never be part of a check.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Stryker } from "@stryker-mutator/core";

import { rooms, roomVariable } from "./rooms.ts";
import { printTable, type MutationReport } from "./table.ts";

type Options = ConstructorParameters<typeof Stryker>[0];

/**
 * @param mutate files, or files with `:<line>-<line>`, from the project's root
 * @param force tries all of them again, whatever is known of them
 */
function optionsOf(folder: string, mutate: string[], force: boolean): Options {
  return {
    mutate,
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner", new URL("prose.ts", import.meta.url).href],
    // Not Stryker's own `testFiles`: with it a change of what runs when a module is loaded is never switched on, and survives.
    vitest: { configFile: "tests/mutation/vitest.config.ts", related: false, pool: "threads" },
    coverageAnalysis: "perTest",
    // An emptied word of a closed list, or an emptied object, does not compile: the type check finds it without a test. Texts for
    // people are not under test.
    mutator: { excludedMutations: ["StringLiteral", "ObjectLiteral"] },
    ignorers: ["prose"],
    // Stryker would read it by TypeScript's JavaScript interface, which version 7 no longer has; a file that is not there is let be.
    tsconfigFile: "none.json",
    checkers: [],
    concurrency: 1,
    // An endless loop ends by its count of rounds long before; a slow machine must not count as one.
    timeoutMS: 5_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 20,
    incremental: true,
    force,
    incrementalFile: join(folder, "incremental.json"),
    tempDirName: join(folder, "sandbox"),
    cleanTempDir: "always",
    ignorePatterns: ["reports", "coverage", "dist"],
    reporters: ["progress-append-only", "json", "html"],
    jsonReporter: { fileName: join(folder, "mutation.json") },
    htmlReporter: { fileName: join(folder, "mutation.html") },
    warnings: { unknownOptions: true, preprocessorErrors: true, unserializableOptions: true, slow: false },
    allowConsoleColors: false,
    logLevel: "warn" as NonNullable<Options["logLevel"]>,
  };
}

const [name = "", ...words] = process.argv.slice(2);
const force = words.includes("--force");
const files = words.filter((word) => word !== "--force");
const room = rooms[name];
const missing = room === undefined ? [] : files.filter((file) => !existsSync(join(room.source, file.replace(/:[\d-]+$/, ""))));
if (room === undefined || missing.length > 0) {
  if (missing.length > 0) process.stderr.write(`not in ${room?.source}: ${missing.join(", ")}\n`);
  process.stderr.write(`usage: npm run mutants -- <${Object.keys(rooms).join(" | ")}> [file[:line-line] …] [--force]\n`);
  process.exitCode = 3;
} else {
  const folder = join("reports", "mutants", name.replace("/", "-"));
  process.env[roomVariable] = name;
  const mutate = files.length === 0 ? [`${room.source}/**/*.ts`] : files.map((file) => `${room.source}/${file}`);
  await new Stryker(optionsOf(folder, mutate, force)).runMutationTest();
  process.stdout.write(printTable(JSON.parse(readFileSync(join(folder, "mutation.json"), "utf8")) as MutationReport));
}
