// The index page as text: what stands in it without any script, and how it comes to disk.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { renderIndexPage } from "../../../src/report/index-page/index.ts";
import { element } from "../../../src/report/index-page/markup.ts";
import { inOrder } from "../../../src/report/index-page/view.ts";
import { writeIndex } from "../../../src/report/index-page/write.ts";
import { entries, hostile, view } from "./entries.ts";

const html = renderIndexPage(view);

describe("the index page", () => {
  it("puts what needs a look first: errors, failures, what passed, what did not run, and each in the order of the command", () => {
    expect(inOrder(entries).map(({ outcome }) => outcome.scenario)).toEqual(["bad", hostile, "nine", "hundred", "minus", "btc", "sol"]);
    const rows = [...html.matchAll(/<tr data-status="(\w+)"/g)].map(([, status]) => status);
    expect(rows).toEqual(["error", "failed", "passed", "passed", "passed", "not_run", "not_run"]);
    expect(html).toContain("<title>2 of 7 scenarios failed · Seatrial</title>");
  });

  it("puts what went wrong before all else, and where nothing did what has not run behind the scenarios", () => {
    const headings = (text: string): string[] => [...text.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, heading = ""]) => heading);
    expect(headings(html)).toEqual(["What went wrong", "Scenarios", "What happened to orders"]);
    const calm = renderIndexPage({ ...view, entries: entries.filter(({ outcome }) => outcome.status === "passed" || outcome.status === "not_run") });
    expect(headings(calm)).toEqual(["Scenarios", "What did not run", "What happened to orders"]);
    expect(headings(renderIndexPage({ ...view, entries: [] }))).toEqual(["Scenarios", "What happened to orders"]);
  });

  it("holds no markup of a scenario's name", () => {
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(element("p", { title: '"><script>' }, "a < b & c").html).toBe('<p title="&quot;&gt;&lt;script&gt;">a &lt; b &amp; c</p>');
  });

  it("allows by its policy the one script and the one style that it holds, and nothing else", () => {
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]+='; style-src 'sha256-[\w+/]+='; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html).not.toMatch(/\s(?:style|on[a-z]+)="/);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it("tells a reason for not running once for all that share it", () => {
    expect(html.match(/SEATRIAL_DATA is not set/g)).toHaveLength(1);
    expect(html).toContain("<strong>2 scenarios</strong>");
    expect(html).toContain(">btc, sol</p>");
  });
});

describe("the index beside the folders of runs", () => {
  let out = "";
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "seatrial-index-"));
  });
  afterEach(async () => {
    await rm(out, { recursive: true, force: true });
  });

  const written = (folder: string | null): Promise<string> => {
    const [first] = entries;
    if (first === undefined) throw new Error("no entry");
    const files = [{ file: first.file, outcome: { ...first.outcome, folder } }];
    return writeIndex({ out, tag: "a1b2", files, coverage: view.coverage, time: view.time, version: "0.1.0" });
  };

  it("is index.html and coverage.json, and nothing half-written", async () => {
    expect(await written(null)).toBe(join(out, "index.html"));
    expect(await readdir(out)).toEqual(["coverage.json", "index.html"]);
    const coverage = JSON.parse(await readFile(join(out, "coverage.json"), "utf8")) as Record<string, unknown>;
    expect(Object.keys(coverage)).toEqual(["format", "runs", "exercised", "notExercised", "impossible", "errors", "pairs"]);
    expect(coverage["pairs"]).toContainEqual({
      from: "SUBMITTED",
      to: "FILLED",
      error: "none",
      state: "exercised",
      count: 3,
      scenarios: ["nine"],
      reason: null,
    });
  });

  it("links to the page of a run where there is one, else to its results", async () => {
    const folder = join(out, "a b", "2026-11-21T02-38-12-345Z");
    await mkdir(folder, { recursive: true });
    await written(folder);
    expect(await readFile(join(out, "index.html"), "utf8")).toContain('href="a%20b/2026-11-21T02-38-12-345Z/result.json"');
    await writeFile(join(folder, "report.html"), "");
    await written(folder);
    expect(await readFile(join(out, "index.html"), "utf8")).toContain('href="a%20b/2026-11-21T02-38-12-345Z/report.html"');
  });

  it("is a typed error where it cannot be written", async () => {
    await mkdir(join(out, "index.html"));
    await writeFile(join(out, "index.html", "in-the-way"), "");
    await expect(written(null)).rejects.toMatchObject({ code: "output_not_writable", exitCode: 3 });
  });
});
