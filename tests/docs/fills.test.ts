// The page on fills shows what its commands print.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { captureIo } from "../cli/capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs", "fills.md"), "utf8");

/** What a command prints on a terminal of the width that the page was written with. */
async function printed(...argv: string[]): Promise<string> {
  const { io, text } = captureIo();
  const code = await main(argv, { ...io, stdout: { ...io.stdout, columns: 120 } });
  expect([code, text.stderr]).toEqual([0, ""]);
  return text.stdout.trimEnd();
}

describe("the page on fills", () => {
  it("shows the list and the reconciliation of its run", async () => {
    const out = mkdtempSync(join(tmpdir(), "seatrial-page-"));
    try {
      await printed("simulate", join(root, "fixtures", "examples", "known-costs.json"), "--out", out, "--quiet");
      const [time = ""] = readdirSync(join(out, "known-costs"));
      const run = join(out, "known-costs", time);
      expect(page).toContain(`\n${await printed("fills", run, "--side", "buy", "--limit", "5")}\n`);
      const shown = (await printed("fills", "--reconcile", run)).split("\n");
      expect(page).toContain(`\n${shown.slice(1).join("\n")}\n`);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

  it("shows the reconciliation of its table", async () => {
    const file = join(root, "fixtures", "examples", "fills.csv");
    const shown = await printed("fills", "--reconcile", file);
    expect(page).toContain(`\n${shown.replace(file, "fixtures/examples/fills.csv")}\n`);
  });

  it("names every option", async () => {
    const help = await printed("fills", "--help");
    const options = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option ?? "");
    expect(options.length).toBeGreaterThan(10);
    expect(options.filter((option) => !page.includes(`${option}`))).toEqual([]);
  });
});
