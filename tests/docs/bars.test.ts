// What docs/data.md says of the bars commands against the commands: kinds of findings with their severities, printed output, options.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { findingKinds } from "../../src/market/index.ts";
import { captureIo } from "../cli/capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "docs", "data.md"), "utf8");
const dataFolder = process.env["SEATRIAL_DATA"] ?? "";

describe("docs/data.md", () => {
  it("explains every kind of finding, in the order in which they are told", () => {
    const section = text.slice(text.indexOf("\n### Check\n"), text.indexOf("\n### Fetch\n"));
    const kinds = [...section.matchAll(/^\| `([a-z_]+)` +\| (?:error|warning|note)/gm)].map(([, kind]) => kind);
    expect(kinds).toEqual(findingKinds);
  });

  it("names only options that there are", async () => {
    const section = text.slice(text.indexOf("\n## Commands\n"), text.indexOf("\n## Other series\n"));
    const { io, text: printed } = captureIo();
    for (const command of ["info", "check", "convert", "resample", "fetch"]) await main(["bars", command, "--help"], io);
    const known = new Set(printed.stdout.match(/--[a-z-]+/g));
    const named = [...new Set(section.match(/(?<=[\s`(])--[a-z][a-z-]+/g))].filter((option) => option !== "--no-install");
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((option) => !known.has(option))).toEqual([]);
  });

  it.runIf(dataFolder !== "")("shows what a check prints", () => {
    const words = ["--conditions=seatrial-source", join(root, "bin", "seatrial.mjs"), "bars", "check", "freqtrade/UNITTEST_BTC-8m.json.gz"];
    const { stdout, status } = spawnSync(process.execPath, words, { cwd: dataFolder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
    expect(status).toBe(0);
    expect(text).toContain(`\n$ npx --no-install seatrial bars check freqtrade/UNITTEST_BTC-8m.json.gz\n${stdout.trimEnd()}\n\`\`\`\n`);
  });
});
