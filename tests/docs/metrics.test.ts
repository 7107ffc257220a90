// docs/metrics.md, docs/report-command.md and docs/conformance.md against the code: every figure, every option, printed output, and
// every case that does not simply agree.

import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { figureGroups } from "../../src/report/metrics/definitions.ts";
import { runCases } from "../cases/run.ts";
import type { CasesReport } from "../cases/report.ts";
import { captureIo } from "../cli/capture.ts";
import { simulateTo } from "../report/stored.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const textOf = (name: string): string => readFileSync(join(root, "docs", name), "utf8");

/** Rows of tables without their padding. */
const plain = (text: string): string => text.replaceAll(/ +/g, " ");

describe("docs/metrics.md", () => {
  const text = plain(textOf("metrics.md"));

  it("has every figure with its unit and meaning, in order, and no other", () => {
    for (const { title, figures } of figureGroups) {
      const section = text.slice(text.indexOf(`\n### ${title}\n`)).split(/\n##+ /, 2)[1] ?? "";
      const rows = [...section.matchAll(/^\| `([a-z0-9_]+)` \| ([a-z]+) \| (.*) \|$/gm)].map(([, key, unit, meaning]) => ({
        key,
        unit,
        meaning: meaning?.replaceAll("\\|", "|"),
      }));
      expect(rows).toEqual(figures.map(({ key, unit, meaning }) => ({ key, unit, meaning })));
    }
  });
});

describe("docs/report-command.md", () => {
  const text = textOf("report-command.md");
  let reports = "";
  beforeAll(async () => {
    reports = await mkdtemp(join(tmpdir(), "seatrial-docs-report-"));
    await simulateTo(reports, join(root, "scenarios", "hype-dual-dca.json"));
  });
  afterAll(async () => {
    await rm(reports, { recursive: true, force: true });
  });

  async function printed(...words: readonly string[]): Promise<string> {
    const { io, text: streams } = captureIo();
    await main(["report", ...words, "--reports", reports], io);
    return streams.stdout.replaceAll("\r\n", "\n").trimEnd();
  }

  /** Each line of a block that is shown, but the command itself and what is left out, is printed. */
  function shownLines(command: string): string[] {
    const [, block = ""] = text.split(`\n$ npx --no-install seatrial ${command}\n`);
    return block
      .split("\n```", 1)
      .join()
      .split("\n")
      .filter((line) => line !== "…" && line !== "");
  }

  it.each([
    ["report hype-dual-dca", ["hype-dual-dca"]],
    ["report hype-dual-dca --format csv --table leg", ["hype-dual-dca", "--format", "csv", "--table", "leg"]],
    ["report daily hype-dual-dca --date 2025-01-01", ["daily", "hype-dual-dca", "--date", "2025-01-01", "--out"]],
  ])("shows what `%s` prints", async (command, words) => {
    const lines = (await printed(...words, ...(words.at(-1) === "--out" ? [join(reports, "daily")] : []))).split("\n");
    const shown = shownLines(command);
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it("names only options that there are", async () => {
    const { io, text: streams } = captureIo();
    for (const command of ["show", "compare", "daily"]) await main(["report", command, "--help"], io);
    await main(["simulate", "--help"], io);
    const known = new Set(streams.stdout.match(/--[a-z-]+/g));
    const named = [...new Set(text.match(/(?<=[\s`(])--[a-z][a-z-]+/g))].filter((option) => option !== "--no-install");
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((option) => !known.has(option))).toEqual([]);
  });
});

const recorded = process.env["SEATRIAL_CASES"] ?? "";

describe.runIf(recorded !== "")("docs/conformance.md", () => {
  const text = textOf("conformance.md");
  const report = (): CasesReport => JSON.parse(runCases([recorded, "--json"], recorded).stdout) as CasesReport;

  /** Ids that a page names, ranges filled. */
  function named(page: string): Set<string> {
    const ids = new Set(page.match(/\b[A-Z]{3,4}-\d{4}\b/g));
    for (const [, prefix = "", from = "", to = ""] of page.matchAll(/\b([A-Z]{3,4})-(\d{4}) … \1-(\d{4})\b/g)) {
      for (let number = Number(from); number <= Number(to); number += 1) ids.add(`${prefix}-${String(number).padStart(4, "0")}`);
    }
    return ids;
  }

  it("counts every kind, and names every case that differs or is not applicable", () => {
    const { byKind, differ, notApplicable, total, agree } = report();
    const rows = [...plain(text).matchAll(/^\| `([a-z0-9_]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)].map(([, kind, ...counts]) => [
      kind,
      ...counts.map(Number),
    ]);
    expect(rows).toEqual(Object.entries(byKind).map(([kind, count]) => [kind, count.total, count.agree, count.differ, count.notApplicable]));
    expect(plain(text)).toContain(`| all | ${total} | ${agree} | ${differ.length} | ${notApplicable.length} |`);
    const here = named(text);
    expect(notApplicable.filter(({ id }) => !here.has(id))).toEqual([]);
    const there = named(textOf("fill-model.md"));
    expect(differ.filter(({ id }) => !here.has(id) && !there.has(id))).toEqual([]);
    // Nothing is excused that agrees.
    const excused = new Set([...differ, ...notApplicable].map(({ id }) => id));
    expect([...here].filter((id) => !excused.has(id))).toEqual([]);
  });
});
