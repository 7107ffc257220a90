// How the tests run against mutants: the project's own configuration in one worker without isolation, since each mutant starts
// that worker anew, and with properties that draw the same few cases each time. It must never change what a test expects.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

import project from "../../vitest.config.ts";
import { rooms, roomVariable, slowTests } from "./rooms.ts";

const seeded = fileURLToPath(new URL("fast-check.ts", import.meta.url));
const real = fileURLToPath(import.meta.resolve("fast-check"));

const room = rooms[process.env[roomVariable] ?? ""];
if (room === undefined) throw new Error(`${roomVariable} names no room`);

const isProperty = ({ moduleId }: TestSpecification): boolean => readFileSync(moduleId, "utf8").includes('from "fast-check"');

/** The first test that notices a change ends its run: the quick ones come first. Vitest's own order is the longest first. */
class PropertiesLast extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => Number(isProperty(a)) - Number(isProperty(b))));
  }
}

// Vitest's merge would add the lists of tests to each other; only the room's are meant.
export default mergeConfig(
  { ...project, test: { ...project.test, include: [...room.tests], exclude: [...slowTests] } },
  defineConfig({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    plugins: [
      {
        name: "seeded-fast-check",
        enforce: "pre",
        resolveId: (id, importer) => (id === "fast-check" ? (importer === seeded ? real : seeded) : null),
      },
    ],
    test: { isolate: false, maxWorkers: 1, fileParallelism: false, sequence: { sequencer: PropertiesLast } },
  }),
);
