// Objects of hot code keep the layout that they begin with: a field that begins as a small integer and then holds a float64 makes every use of
// its objects dearer (bench/README.md). V8 itself is asked, by a flag that names each such change.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("field-shapes-run.ts", import.meta.url));
const hotRooms = /\/src\/(?:domain|exchange|journal|runner|session|strategy)\//;

/** Fields that went from a small integer (`s`) to a float64 (`d`), as `field at place`. */
function outgrown(): string[] {
  const { status, stdout } = spawnSync(process.execPath, ["--trace-generalization", "--conditions=seatrial-source", program], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  expect(status).toBe(0);
  return stdout
    .split("\n")
    .filter((line) => /:s\{[^}]*\}->d\{/.test(line))
    .map((line) => line.replace(/^\[generalizing\]([^:]*):.*\[(.*)\]$/, "$1 at $2"));
}

describe("fields of objects in hot code", () => {
  it("never outgrow a small integer in a run of both workloads", { timeout: 60_000 }, () => {
    const found = outgrown();
    expect(found.some((field) => field.startsWith("outgrown at "))).toBe(true);
    // What the program loads once, before it runs, is not hot.
    expect(found.filter((field) => hotRooms.test(field) && !field.includes("/strategy-check/"))).toEqual([]);
  });
});
