// What the command line loads before it knows which command runs: `--help` must not pay for what only a run needs.

import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { readImports } from "./imports.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files of this house, and packages, that are loaded with a file. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.startsWith("src/")) return seen;
  for (const { specifier, form } of readImports(file, readFileSync(join(root, file), "utf8"))) {
    if (form !== "value" || specifier === null || specifier.startsWith("node:")) continue;
    loadedWith(specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier, seen);
  }
  return seen;
}

describe("the start of the command line", () => {
  it("loads commander, its own files, and single files of other rooms, never a room", () => {
    const loaded = [...loadedWith("src/cli/main.ts")];
    expect(loaded.filter((file) => !file.startsWith("src/"))).toEqual(["commander"]);
    expect(loaded.filter((file) => file.endsWith("/index.ts"))).toEqual([]);
    const others = loaded.filter((file) => file.startsWith("src/") && !file.startsWith("src/cli/"));
    // Errors and how they are told, times and timeframes as options are written, colours: each small, each without what stands behind it.
    expect(others.length).toBeLessThanOrEqual(8);
  });

  it("loads no room for the thread that waits for a simulation either", () => {
    expect([...loadedWith("src/cli/simulate-host.ts")].filter((file) => file.endsWith("/index.ts"))).toEqual([]);
  });
});
