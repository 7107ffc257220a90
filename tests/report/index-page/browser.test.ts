// The index page in a real browser: filter, sort, keyboard, light and dark, phone; and that it asks for nothing and runs nothing but
// itself.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { renderIndexPage } from "../../../src/report/index-page/index.ts";
import { hasBrowser, PageBrowser, type Look, type OpenedPage } from "../page/chromium.ts";
import { hostile, view } from "./entries.ts";

const html = renderIndexPage(view);

/** Names of the rows that are shown, from top to bottom. */
const shownNames = (page: Page): Promise<string[]> => page.locator("#results tbody tr:visible td:nth-child(2)").allInnerTexts();

describe.runIf(hasBrowser)("the index page (needs Chromium)", () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(async () => browser.stop());

  async function look(check: (opened: OpenedPage) => Promise<void>, options: Look = {}): Promise<void> {
    const opened = await browser.open(html, options);
    try {
      await check(opened);
      expect(opened.problems).toEqual([]);
    } finally {
      await opened.page.close();
    }
  }

  it("shows every scenario with its figures, links to reports, and what went wrong with the line of the file", () =>
    look(async ({ page }) => {
      expect(await page.locator("h1").innerText()).toBe("2 of 7 scenarios failed");
      expect(await shownNames(page)).toEqual(["bad", hostile, "nine", "hundred", "minus", "btc", "sol"]);
      const cells = await page.locator("#results tbody tr", { hasText: "hundred" }).locator("td").allInnerTexts();
      expect(cells).toEqual(["✔ passed", "hundred", "2", "2", "0", "100.5", "0.05", "1001.9296", "1 of 1", "12 hold", "2.0 s", "synthetic bars"]);
      expect(await page.locator("#results a").first().getAttribute("href")).toBe(`${encodeURIComponent(hostile)}/t/report.html`);
      expect(await page.locator("#problems pre").innerText()).toBe('  2 │   "a" 1\n    │       ^');
      expect(await page.locator("#problems dd").first().innerText()).toBe("final position is 1");
    }));

  it("filters by text and by status, counts what is shown, and Escape shows all again", () =>
    look(async ({ page }) => {
      await page.keyboard.press("/");
      await page.keyboard.type("NIN");
      expect(await shownNames(page)).toEqual(["nine"]);
      expect(await page.locator("#shown").innerText()).toBe("1 of 7 scenarios");
      await page.keyboard.press("Escape");
      expect(await page.locator("#shown").innerText()).toBe("7 scenarios");
      await page.getByRole("button", { name: "○ not run" }).click();
      expect(await shownNames(page)).toEqual(["btc", "sol"]);
      await page.keyboard.press("f");
      expect(await shownNames(page)).toEqual(["bad", hostile]);
      await page.keyboard.press("f");
      expect(await shownNames(page)).toHaveLength(7);
    }));

  it("sorts by a column's head, numbers by their value, with what has none at the end", () =>
    look(async ({ page }) => {
      const head = page.locator("#results th", { hasText: "Realized" });
      await head.getByRole("button").focus();
      await page.keyboard.press("Enter");
      expect(await head.getAttribute("aria-sort")).toBe("descending");
      // 100.5, 9, 1.9296 of the failed one, -12.25; the three that did not run keep their order.
      expect(await shownNames(page)).toEqual(["hundred", "nine", hostile, "minus", "bad", "btc", "sol"]);
      await page.keyboard.press("Enter");
      expect(await shownNames(page)).toEqual(["minus", hostile, "nine", "hundred", "bad", "btc", "sol"]);
      await page.locator("#results th", { hasText: "Scenario" }).getByRole("button").click();
      expect(await head.getAttribute("aria-sort")).toBeNull();
      expect((await shownNames(page)).slice(0, 3)).toEqual([hostile, "bad", "btc"]);
    }));

  it("moves between the shown scenarios by j and k", () =>
    look(async ({ page }) => {
      const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      expect(await focused()).toBe(hostile);
      await page.keyboard.press("k");
      expect(await focused()).toBe("bad");
      await page.keyboard.press("/");
      await page.keyboard.type("hundred");
      await page.keyboard.press("Enter");
      expect(await focused()).toBe("hundred");
    }));

  it("names its keys, and has a name for everything that Tab reaches", () =>
    look(async ({ page }) => {
      await page.keyboard.press("?");
      expect(await page.locator("dialog").innerText()).toContain("filter by text");
      await page.keyboard.press("Escape");
      expect(await page.locator("dialog").isVisible()).toBe(false);
      const nameless = await page.evaluate(`[...document.querySelectorAll("a, button, input, summary, [tabindex='0']")]
        .filter((one) => (one.textContent.trim() || one.getAttribute("aria-label") || "") === "").length`);
      expect(nameless).toBe(0);
    }));

  it("shows the matrix with words for every sign, and who took which step", () =>
    look(async ({ page }) => {
      const row = page.locator("#matrix tbody tr", { has: page.getByRole("rowheader", { name: "SUBMITTED → FILLED", exact: true }) });
      // none, RateLimitExceeded …: taken three times, then what was left.
      expect((await row.locator("td").allTextContents()).slice(0, 2)).toEqual(["3 times", "○not taken"]);
      await page.locator("summary", { hasText: "Taken, by whom" }).click();
      const taken = await page.locator("#coverage details[open] tbody tr").allInnerTexts();
      expect(taken.map((text) => text.replaceAll("\t", " | "))).toEqual([
        "SUBMITTED → FILLED | none | 3 | nine",
        "SUBMITTED → REJECTED | OrderNotFound | 1 | nine (held to be impossible: a rejection is the venue's answer to the order itself, in its own class)",
      ]);
    }));

  it.each([360, 768])("never scrolls sideways as a whole at %d px", (width) =>
    look(
      async ({ page }) => {
        for (const summary of await page.locator("summary").all()) await summary.click();
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      },
      { width, height: 740 },
    ),
  );

  it("is dark where the system is, and turns by t", () =>
    look(
      async ({ page }) => {
        const paper = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
        const dark = await paper();
        await page.keyboard.press("t");
        expect(await paper()).not.toBe(dark);
      },
      { scheme: "dark" },
    ));
});
