// The page on sweeps against the program: what its first command prints, its first job, and the lists of keys and metrics.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { loadSweep, metricNames, runJob, sweepJsonSchema } from "../../src/sweep/index.ts";
import { captureIo } from "../cli/capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs", "sweeps.md"), "utf8");
const file = join(root, "fixtures", "examples", "sweeps", "ema-on-synthetic.sweep.json");

describe("the page on sweeps", () => {
  it("shows what its first command prints", async () => {
    const folder = mkdtempSync(join(tmpdir(), "seatrial-docs-sweep-"));
    try {
      const { io, text } = captureIo();
      const wide = { ...io, stdout: { ...io.stdout, columns: 120 } };
      expect(await main(["sweep", file, "--out", folder], wide)).toBe(0);
      expect(page).toContain(`\n${text.stdout.trimEnd().replace(folder, "reports/sweeps")}\n\`\`\``);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("shows the first job as it is, and what it leaves", async () => {
    const { list, scenarios } = await loadSweep(file, {}, { version: "any" });
    const shown = page.split("\n").find((line) => line.includes('"seed": ') && line.includes('"trial": 0'));
    const block = /```json\n(\{\s*"trial": 0,[\s\S]*?)\n```/.exec(page)?.[1] ?? shown ?? "";
    expect(JSON.parse(block)).toEqual(list.jobs[0]);
    const [job] = list.jobs;
    const [scenario] = scenarios;
    if (job === undefined || scenario === undefined) throw new Error("the example has no job");
    expect(page).toContain(`.equity); // ${runJob(job, scenario).equity}`);
  });

  it("lists every metric and every key of the file", () => {
    const metrics = page.slice(page.indexOf("\n## Metrics\n"), page.indexOf("\n## Neighbours\n"));
    expect([...metrics.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name)).toEqual(metricNames);
    const keys = Object.keys(sweepJsonSchema()["properties"] as object).filter((key) => key !== "$schema");
    const table = page.slice(page.indexOf("\n## The file\n"), page.indexOf("\n## Metrics\n"));
    expect(keys.filter((key) => !new RegExp(`^\\| .*\`${key}\``, "m").test(table))).toEqual([]);
  });
});
