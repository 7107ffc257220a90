// The page on restarts against the program: what its commands print, the steps and phases that it lists.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { scenarioJsonSchema } from "../../src/scenario/index.ts";
import { captureIo } from "../cli/capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs", "restart.md"), "utf8");
const file = join(root, "scenarios/catalogue/d2-restart-with-a-lost-acknowledgement.json");

async function printed(...args: string[]): Promise<string> {
  const { io, text } = captureIo();
  const wide = { ...io, stdout: { ...io.stdout, columns: 120 } };
  expect(await main(["simulate", ...args, "--no-report"], wide)).toBe(0);
  return text.stdout.trimEnd();
}

describe("the page on restarts", () => {
  it("shows what its first command prints", async () => {
    expect(page).toContain(`\n${await printed(file)}\n\`\`\``);
  });

  it("shows what another strategy leaves of the same scenario", async () => {
    expect(page).toContain(`\n${await printed("--scenarios", file, "--strategy", "ema-cross")}\n\`\`\``);
  });

  it("names every phase that the schema knows", () => {
    const text = JSON.stringify(scenarioJsonSchema());
    const phases = /"enum":(\["planned"[^\]]*\])/.exec(text)?.[1] ?? "[]";
    expect((JSON.parse(phases) as string[]).filter((phase) => !page.includes(`\`${phase}\``))).toEqual([]);
  });
});
