// The page of a sweep in a real browser: it asks for nothing, breaks no rule of its own, sorts, and shows the same without a script.

import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runSweep, summaryOf, type SweepSummary } from "../../src/sweep/index.ts";
import { heatMapsOf } from "../../src/sweep/heat.ts";
import { renderSweepPage } from "../../src/sweep/page/index.ts";
import { loadedSweep } from "./sample.ts";

const executablePath = process.env["SEATRIAL_CHROMIUM"] ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const hostile = `<img src="x" onerror="document.title='run'"> & </script>`;

let folder = "";
let browser: Browser | null = null;
let summary: SweepSummary | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-sweep-page-"));
  const changes = { why: hostile, parameters: { fast: [2, 4, 6], slow: [5, 10, 15, 20], sides: ["both", "long"] } };
  const sweep = await loadedSweep(folder, changes);
  const { results } = await runSweep(sweep, { folder, threads: 1, limit: null, restart: true, signal: new AbortController().signal });
  summary = summaryOf(sweep, results);
  await writeFile(join(folder, "page.html"), renderSweepPage(summary));
  if (existsSync(executablePath)) browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

async function withPage(options: BrowserContextOptions, use: (opened: Opened) => Promise<void>): Promise<void> {
  const context = await (browser as Browser).newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const opened: Opened = { page, complaints: [], requests: [] };
  page.on("console", (message) => opened.complaints.push(message.text()));
  page.on("pageerror", (error) => opened.complaints.push(error.message));
  page.on("request", (request) => opened.requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, "page.html")).href);
  await use(opened);
  await context.close();
}

const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents();

describe.runIf(existsSync(executablePath))("the page of a sweep (needs Chromium)", () => {
  it("asks for nothing, breaks no rule of its policy, and shows hostile text as text", async () => {
    await withPage({}, async ({ page, complaints, requests }) => {
      expect(await page.locator(".why").textContent()).toBe(hostile);
      expect(await page.title()).toBe("small, a sweep · Seatrial");
      expect(await page.locator("img").count()).toBe(0);
      expect([complaints, requests]).toEqual([[], [pathToFileURL(join(folder, "page.html")).href]]);
    });
  });

  it("lists the points best first, and sorts by a heading, what has no value last", async () => {
    const points = summary?.points ?? [];
    const value = (at: string): number | null => points[Number(at)]?.value ?? null;
    await withPage({}, async ({ page }) => {
      const first = "#points tbody td:first-child";
      const known = points.filter((point) => point.value !== null).length;
      const shown = await texts(page, first);
      expect(shown).toHaveLength(24);
      expect(shown[0]).toBe(String(summary?.best?.point));
      const heading = page.getByRole("button", { name: "profit" });
      await heading.click();
      expect(await page.locator("#points th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
      await heading.press("Enter");
      expect(await page.locator("#points th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
      const ascending = (await texts(page, first)).map(value);
      expect(ascending.slice(known).every((one) => one === null)).toBe(true);
      expect(ascending.slice(0, known)).toEqual(points.flatMap((point) => point.value ?? []).sort((a, b) => a - b));
    });
  });

  it("draws a map a pair of parameters, with the mean of its points and a frame where the best is", async () => {
    const [map] = heatMapsOf(summary as SweepSummary);
    await withPage({}, async ({ page }) => {
      expect(await texts(page, ".heat caption")).toEqual(["fast and slow", "fast and sides", "slow and sides"]);
      const cells = page.locator(".heat").first().locator("td");
      expect(await cells.count()).toBe(12);
      const best = summary?.best?.parameters;
      const at = [2, 4, 6].indexOf(best?.["fast"] as number) * 4 + [5, 10, 15, 20].indexOf(best?.["slow"] as number);
      expect(await cells.nth(at).getAttribute("class")).toContain("best");
      expect(Number(await cells.nth(at).textContent())).toBeCloseTo(map?.cells.flat()[at]?.mean ?? Number.NaN, 2);
      // fast 6 and slow 5: the strategy refuses both points.
      expect(await cells.nth(8).textContent()).toBe("×");
    });
  });

  it("is readable on a phone, in the dark, and has colours of its own for each", async () => {
    const colour = (page: Page): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    let light = "";
    await withPage({ viewport: { width: 360, height: 740 }, colorScheme: "light" }, async ({ page }) => {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      light = await colour(page);
    });
    await withPage({ viewport: { width: 360, height: 740 }, colorScheme: "dark" }, async ({ page }) => {
      const dark = await colour(page);
      expect(dark).not.toBe(light);
      await page.getByRole("button", { name: "Light or dark" }).click();
      expect(await colour(page)).toBe(light);
    });
  });

  it("shows everything without a script", async () => {
    await withPage({ javaScriptEnabled: false }, async ({ page, complaints }) => {
      expect(await page.locator("#points tbody tr").count()).toBe(24);
      expect(await page.getByRole("button").count()).toBe(0);
      expect(complaints).toEqual([]);
    });
  });
});

describe("heat maps as data", () => {
  const of = (parameters: SweepSummary["parameters"], points: readonly (readonly [object, number | null])[]): SweepSummary =>
    ({
      parameters,
      objective: { metric: "profit", goal: "maximise", across: "mean", constraints: [] },
      points: points.map(([values, value], point) => ({ point, parameters: values, value, refusal: null, neighbours: null })),
    }) as unknown as SweepSummary;

  it("hold the mean over all other parameters: 1 and 3 are 2, a refused point is left out, and an empty place has none", () => {
    const parameters = ["a", "b", "c"].map((path) => ({ path, values: [1, 2], ordered: true }));
    const [ab] = heatMapsOf(
      of(parameters, [
        [{ a: 1, b: 1, c: 1 }, 1],
        [{ a: 1, b: 1, c: 2 }, 3],
        [{ a: 1, b: 2, c: 1 }, 6],
        [{ a: 1, b: 2, c: 2 }, null],
        [{ a: 2, b: 1, c: 1 }, null],
      ]),
    );
    expect(ab?.cells).toEqual([
      [
        { mean: 2, level: 0, points: 2, refused: 0 },
        { mean: 6, level: 1, points: 2, refused: 1 },
      ],
      [
        { mean: null, level: null, points: 1, refused: 1 },
        { mean: null, level: null, points: 0, refused: 0 },
      ],
    ]);
  });

  it("cut a range without steps into four equal parts where the points are few", () => {
    const points = [0, 1, 2.4, 4].map((a) => [{ a }, a] as const);
    const [map] = heatMapsOf(of([{ path: "a", values: null, ordered: true }], points));
    expect(map?.across.labels).toEqual(["0 – 1", "1 – 2", "2 – 3", "3 – 4"]);
    expect(map?.cells[0]?.map(({ mean }) => mean)).toEqual([0, 1, 2.4, 4]);
  });
});
