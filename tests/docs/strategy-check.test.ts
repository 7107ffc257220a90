// The strategy commands of docs/strategies.md: what they print is what the document shows, and every finding is in its
// table. It must never write into the repository.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { findingKinds } from "../../src/session/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "docs", "strategies.md"), "utf8");

function seatrial(cwd: string, ...args: string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "bin", "seatrial.mjs"), ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout };
}

describe("docs/strategies.md", () => {
  it("shows what check prints of the faulty example", () => {
    const { status, stdout } = seatrial(root, "strategy", "check", "fixtures/strategies/peeking.ts");
    expect(status).toBe(2);
    expect(text).toContain(`strategy check fixtures/strategies/peeking.ts\n${stdout.trimEnd()}\n\`\`\``);
  });

  it("shows what new prints", () => {
    const folder = mkdtempSync(join(tmpdir(), "seatrial-docs-"));
    try {
      const { stdout } = seatrial(folder, "strategy", "new", "my-bot");
      expect(text).toContain(`strategy new my-bot\n${stdout.trimEnd()}\n\`\`\``);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("lists every finding with its severity", () => {
    for (const [kind, { severity }] of Object.entries(findingKinds)) expect(text).toMatch(new RegExp(`^\\| \`${kind}\`\\s+\\| ${severity} `, "m"));
  });
});
