// What docs/outcomes.md says of times, limits and printed output, against the code and the scenarios that it shows.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { isReason } from "../../src/domain/index.ts";
import { defaultRunnerSettings } from "../../src/runner/index.ts";
import { strategyStateMax } from "../../src/runner/recovery/snapshot.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "docs", "outcomes.md"), "utf8");

describe("docs/outcomes.md", () => {
  it.each([["scenarios/lost-request.json"], ["scenarios/catalogue/a6-not-found-without-a-fence.json"]])("shows what %s prints", (file) => {
    const words = ["--conditions=seatrial-source", join(root, "bin", "seatrial.mjs"), "simulate", file, "--no-report"];
    const { stdout, status } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
    expect(status).toBe(0);
    expect(text).toContain(`\n$ npx --no-install seatrial simulate ${file} --no-report\n${stdout.trimEnd()}\n\`\`\`\n`);
  });

  it("names the defaults and the limit as they are", () => {
    const { validityWindowMs, engineTimeoutMs, lagMarginMs } = defaultRunnerSettings.absence ?? {
      validityWindowMs: 0,
      engineTimeoutMs: 0,
      lagMarginMs: 0,
    };
    expect(text).toContain(`(${validityWindowMs / 1_000} s, ${engineTimeoutMs / 1_000} s and ${lagMarginMs / 1_000} s unless`);
    expect(text).toContain(`${strategyStateMax.toLocaleString("en-US")} characters`);
  });

  it("names only locks with reasons that there are", () => {
    const section = text.slice(text.indexOf("\n## Locks\n"), text.indexOf("\n## What the venue says of itself\n"));
    const named = [...section.matchAll(/^\| (`[a-z_`, ]+`) +\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([a-z_]+)`/g)].map(([, reason]) => reason),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((reason) => !isReason(reason ?? ""))).toEqual([]);
  });
});
