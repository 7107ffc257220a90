// The page of a run in a real browser: what it shows, what it does at a click and a key, and that it asks for nothing and runs nothing
// but itself. The worked example's values are those of docs/fill-model.md.

import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderRunPage } from "../../../src/report/page/index.ts";
import type { RunView } from "../../../src/report/view/run-view.ts";
import { colorsOfChart, drawn, hasBrowser, PageBrowser, placeOfColor, type Look, type OpenedPage } from "./chromium.ts";
import { longView } from "./long-view.ts";
import { workedView } from "./worked-view.ts";

/** `--buy` in light. */
const BUY = [15, 98, 181] as const;
/** `--paper`. */
const LIGHT = "rgb(253, 252, 249)";
const DARK = "rgb(21, 24, 29)";
const worked = renderRunPage(workedView);
const long = longView({ bars: 240, orders: 40, quietSteps: 240 });

async function textsOf(rows: Locator): Promise<string[]> {
  return (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
}

const stepPlace = (page: Page): Promise<string> => page.locator(".place").innerText();
const orderTitle = (page: Page): Promise<string> => page.locator("#order-title").innerText();

describe.runIf(hasBrowser)("the page of a run (needs Chromium)", () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(async () => browser.stop());

  /** Opens a page, looks at it, and checks that nothing happened that must not. */
  async function look(html: string, check: (opened: OpenedPage) => Promise<void>, options: Look = {}): Promise<void> {
    const opened = await browser.open(html, options);
    try {
      await check(opened);
      expect(opened.problems).toEqual([]);
    } finally {
      await opened.page.close();
    }
  }

  it("shows what the run was and what it came to, in the decimals that it was given", () =>
    look(worked, async ({ page }) => {
      expect(await page.title()).toBe("worked-example · Seatrial");
      expect(await page.locator("h1").innerText()).toBe("worked-example");
      expect(await textsOf(page.locator(".verdict .badge"))).toEqual(["✔ passed", "synthetic bars"]);
      expect(await page.locator("header .note").innerText()).toBe("seed 1 · run hash a1a1a1a1a1a1a1a1 · Seatrial 0.1.0 · Node 26.10.0");
      const figures = await textsOf(page.locator(".figures > div"));
      expect(figures.slice(0, 4)).toEqual([
        "Final equity 1001.9296 USDC",
        "Realized P&L +2 USDC, before fees",
        "Fees 0.0704 USDC",
        "Max drawdown 0.05 USDC",
      ]);
      expect(await textsOf(page.locator("#ledger tbody td"))).toEqual([
        "2",
        "2025-01-01 00:02:15",
        "HYPE/USDC:USDC",
        "NET",
        "1",
        "+2",
        "0.05",
        "0.0204",
        "+1.9296",
        "+1.9296",
        "st-2-0",
      ]);
    }));

  it("draws candles, and marks of fills in their colour", () =>
    look(worked, async ({ page }) => {
      await drawn(page);
      expect(await page.locator(".canvas canvas").count()).toBeGreaterThan(4);
      expect(await colorsOfChart(page)).toBeGreaterThan(20);
      expect(await placeOfColor(page, ...BUY)).not.toBeNull();
    }));

  it("shows the life of an order whose mark is clicked, and moves the player to it", () =>
    look(worked, async ({ page }) => {
      await page.locator(".canvas").scrollIntoViewIfNeeded();
      await drawn(page);
      const place = await placeOfColor(page, ...BUY);
      await page.mouse.move(place?.x ?? 0, place?.y ?? 0);
      await drawn(page);
      await page.mouse.click(place?.x ?? 0, place?.y ?? 0);
      expect(await orderTitle(page)).toBe("Order 1 of 2");
      expect(await textsOf(page.locator(".life > li strong"))).toEqual(["intent", "gate", "request", "acknowledged", "fill", "ended"]);
      expect(await page.locator(".life > li").nth(4).innerText()).toContain("buy 1 at 100 filled as taker, fee 0.05");
      expect(await stepPlace(page)).toContain("step 4 of 10 · bar 1 · 2025-01-01 00:01:00 UTC");
    }));

  it("shows the life of an order that is chosen in the table, and takes the reader there", () =>
    look(worked, async ({ page }) => {
      await page.locator("#orders td button").nth(1).click();
      expect(await orderTitle(page)).toBe("Order 2 of 2");
      expect(await page.evaluate("document.activeElement.id")).toBe("order-title");
      expect(await page.locator("#orders tr[aria-current]").innerText()).toContain("102");
      expect(await page.locator(".order").innerText()).toContain("closed 1: gross 2, net 1.9296");
    }));

  it("shows the state before and after each step, forwards and backwards", () =>
    look(worked, async ({ page }) => {
      const next = page.getByRole("button", { name: "Next step" });
      for (let step = 0; step < 4; step += 1) await next.click();
      const changes = page.locator(".changes tbody");
      expect((await textsOf(changes)).map((text) => text.replaceAll("\u200b", ""))).toEqual([
        "runner.orders.0 id st-1-0 status SUBMITTED removed",
        "runner.positions.0.entry\\.price absent 100",
        "runner.positions.0.quantity 0 1",
        "strategy.fills 0 1",
      ]);
      await page.locator(".step summary", { hasText: "Full state" }).click();
      await page.locator(".tree summary", { hasText: "positions" }).click();
      await page.locator(".tree summary", { hasText: /^0/ }).click();
      await page.locator(".tree mark").nth(2).waitFor();
      expect(await textsOf(page.locator(".tree mark"))).toEqual(["quantity 1 changed", "entry.price 100 changed", "fills 1 changed"]);
      await page.getByRole("button", { name: "Previous step" }).click();
      expect(await page.locator(".tree").innerText()).toContain("quantity 0");
      expect(await page.locator(".tree").innerText()).not.toContain("entry.price");
      await page.getByRole("button", { name: "To the end" }).click();
      expect(await page.locator(".tree").innerText()).toContain("result 1.9296");
      expect(await next.isDisabled()).toBe(true);
    }));

  it("draws the orders that are open at the player's step, and no others", () =>
    look(worked, async ({ page }) => {
      const note = page.locator(".chart .note");
      const open: string[] = [];
      for (let step = 0; step < 9; step += 1) {
        await page.keyboard.press("ArrowRight");
        open.push((await note.innerText()).slice(0, 1));
      }
      // acknowledged in step 6, filled in step 8
      expect(open).toEqual(["0", "0", "0", "0", "0", "1", "1", "0", "0"]);
    }));

  it("obeys the keyboard: steps, bars, orders, ends, help and letting go", () =>
    look(worked, async ({ page }) => {
      const press = async (...keys: string[]): Promise<string> => {
        for (const key of keys) await page.keyboard.press(key);
        return (await stepPlace(page)).split(" · ")[0] ?? "";
      };
      expect(await press("ArrowRight", "ArrowRight")).toBe("step 2 of 10");
      expect(await press("Shift+ArrowRight")).toBe("step 7 of 10");
      expect(await press("Shift+ArrowLeft")).toBe("step 1 of 10");
      expect(await press("End")).toBe("step 10 of 10");
      expect(await press("Home", "ArrowLeft")).toBe("before the first of 10 steps");
      expect([await press("Escape", "j"), await orderTitle(page)]).toEqual(["step 1 of 10", "Order 1 of 2"]);
      expect([await press("j"), await orderTitle(page)]).toEqual(["step 5 of 10", "Order 2 of 2"]);
      expect([await press("k"), await orderTitle(page)]).toEqual(["step 1 of 10", "Order 1 of 2"]);
      expect([await press("Escape"), await orderTitle(page)]).toEqual(["step 1 of 10", "Order"]);
      await press("?");
      expect(await page.locator("dialog").innerText()).toContain("next step");
      await press("Escape");
      expect(await page.locator("dialog").isVisible()).toBe(false);
    }));

  it("has the keys that docs/reports.md names", () =>
    look(worked, async ({ page }) => {
      await page.keyboard.press("?");
      const shown = (await textsOf(page.locator(".keys > div"))).map((text) => text.replaceAll(" ", ""));
      const section =
        readFileSync(new URL("../../../docs/reports.md", import.meta.url), "utf8")
          .split("### Keyboard")[1]
          ?.split("###")[0] ?? "";
      const told = [...section.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, key = "", does = ""]) => `${key}${does}`.replaceAll(" ", ""));
      expect(told.filter((row) => row !== "keydoes" && !row.startsWith("-"))).toEqual(shown);
    }));

  it("reaches every control with Tab, each with a name and a visible focus", () =>
    look(worked, async ({ page }) => {
      const focused = `(() => { const it = document.activeElement; const style = getComputedStyle(it);
        return [it.tagName, it.getAttribute("aria-label") || it.labels?.[0]?.textContent || it.textContent, style.outlineStyle !== "none"]; })()`;
      const seen = new Set<string>();
      for (let press = 0; press < 60; press += 1) {
        await page.keyboard.press("Tab");
        const [tag, name, isVisible] = await page.evaluate<[string, string, boolean]>(focused);
        if (tag === "BODY") break;
        expect([tag, name.trim() !== "", isVisible]).toEqual([tag, true, true]);
        seen.add(name.trim());
      }
      for (const name of ["Light or dark", "Next step", "Next bar", "Step of the run", "Jump to an order", "Zoom in", "Orders: show 2"])
        expect(seen).toContain(name);
    }));

  it("plays by itself from the start and stops at the end", () =>
    look(worked, async ({ page }) => {
      await page.locator(".player-bar input").fill("7");
      await page.getByRole("button", { name: "Play step by step" }).click();
      await page.locator(".place", { hasText: "step 10 of 10" }).waitFor();
      expect(await page.getByRole("button", { name: "Play step by step" }).innerText()).toBe("Play");
    }));

  it("gives every chart as a table with the same numbers", () =>
    look(renderRunPage(long), async ({ page }) => {
      await page.locator("summary", { hasText: "Candles of HYPE" }).click();
      const [market] = long.markets;
      const rows: string[] = [];
      const table = page.locator(".alternatives details").first();
      await table.locator("tbody tr").first().waitFor();
      for (;;) {
        rows.push(...(await textsOf(table.locator("tbody tr"))));
        const next = table.getByRole("button", { name: /next page/ });
        if (await next.isDisabled()) break;
        await next.click();
      }
      const clock = (time: number): string => new Date(time).toISOString().slice(0, 19).replace("T", " ");
      expect(rows).toEqual(
        market?.time.map((time, at) =>
          [clock(time), ...[market.open, market.high, market.low, market.close].map((column) => column[at]?.toFixed(2)), market.volume[at]].join(" "),
        ),
      );
      await page.locator("summary", { hasText: "Equity and drawdown" }).click();
      const equity = page.locator(".alternatives details").last().locator("tbody tr");
      await equity.first().waitFor();
      const [first] = await textsOf(equity);
      expect(first).toBe(`2025-01-01 00:01:00 ${long.equity.value[0]} ${long.equity.drawdown[0]}`);
    }));

  it("switches markets, and lists what is rare", () =>
    look(renderRunPage(long), async ({ page }) => {
      await page.getByRole("button", { name: "ADA/USDC:USDC" }).click();
      expect(await page.locator(".canvas").getAttribute("aria-label")).toContain("Chart of ADA/USDC:USDC: 240 candles of 1m");
      expect(await page.locator("#funding").innerText()).toContain("-0.0201");
      expect(await page.locator("#liquidations").innerText()).toContain("1.5");
      expect(await page.locator("#ambiguous").innerText()).toContain("a buy limit below and a sell limit above the open were both reached");
      expect(await textsOf(page.locator("#assumptions tbody tr"))).toContain("fees maker 0.0002, taker 0.0005 no fees +40.5704 1042.5 40 +2 0.05");
      expect(await page.locator("header .alarm").last().innerText()).toContain('at the end: position 0 found: {"position":"2.5","leg":"LONG"}');
      await page.locator("#ambiguous td button").nth(1).click();
      expect(await page.locator(".readout").innerText()).toContain("2025-01-01 00:15:00");
      expect(await page.getByRole("button", { name: "HYPE/USDC:USDC", exact: true }).getAttribute("aria-pressed")).toBe("true");
      await page.locator("#liquidations td button").click();
      expect(await page.locator(".readout").innerText()).toContain("2025-01-01 00:30:00");
    }));

  it("filters a long table by its text", () =>
    look(renderRunPage(long), async ({ page }) => {
      await page.getByRole("searchbox", { name: /^Orders/ }).fill("rejected");
      const rows = await textsOf(page.locator("#orders tbody tr"));
      expect(rows).toHaveLength(long.orders.filter((order) => order.row.status === "REJECTED").length);
      await page.getByRole("searchbox", { name: /^Orders/ }).fill("no such text");
      expect(await page.locator("#orders").innerText()).toContain("No row has this text.");
    }));

  it("shows markup in names, reasons and values as text", () => {
    const attack = `<img src=x onerror="alert(1)"></script><script>alert(2)</script>`;
    const [entry, target] = workedView.orders;
    const hostile: RunView = {
      ...workedView,
      scenario: attack,
      why: attack,
      labels: [attack],
      status: "failed",
      error: { code: attack, file: attack, line: 1, column: 2, reason: attack, hint: attack },
      expectations: [{ text: attack, passed: false, actual: { [attack]: attack } }],
      alerts: [{ level: "error", text: attack, time: 0, bar: 0 }],
      silences: [{ kind: "restart", symbol: null, from: 0, until: null, time: 0, bar: 0, text: attack, step: null }],
      orders: [entry, target].flatMap((life) =>
        life === undefined ? [] : [{ ...life, stages: life.stages.map((stage) => ({ ...stage, text: attack, data: attack })) }],
      ),
      player: { ...workedView.player, steps: workedView.player.steps.map((step) => ({ ...step, text: attack, data: attack })), omitted: attack },
    };
    return look(renderRunPage(hostile), async ({ page }) => {
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowRight");
      expect(await page.locator("h1").innerText()).toBe(attack);
      expect(await page.title()).toBe(`${attack} · Seatrial`);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.locator(".life").innerText()).toContain(attack);
    });
  });

  it("shows a time in which the process heard nothing as a row and a mark, and goes there", () => {
    const [, second] = workedView.player.steps;
    const time = second?.time ?? 0;
    const silence = {
      kind: "restart",
      symbol: null,
      from: time - 60_000,
      until: time,
      time,
      bar: 0,
      text: "it came back as epoch 2",
      step: 1,
    } as const;
    return look(renderRunPage({ ...workedView, silences: [silence] }), async ({ page }) => {
      expect(await page.locator(".legend").innerText()).toMatch(/back after a silence\s+1/);
      const [row] = await textsOf(page.locator("#silences tbody tr"));
      expect(row).toContain("restart");
      expect(row).toContain("all it came back as epoch 2");
      await page.locator("#silences td button").click();
      expect(await page.locator(".place").innerText()).toContain("step 2 of");
    });
  });

  it("shows a run of which there is nothing to show", () => {
    const bare: RunView = {
      ...workedView,
      markets: workedView.markets.map((market) => ({ ...market, time: [], open: [], high: [], low: [], close: [], volume: [], positions: [] })),
      equity: { time: [], value: [], drawdown: [] },
      expectations: [],
      orders: [],
      fills: [],
      ledger: [],
      player: { initial: { runner: null, strategy: null }, steps: [], omitted: "the run cannot be walked step by step" },
      omitted: ["fills: the first 3000 of 3250"],
    };
    return look(renderRunPage(bare), async ({ page }) => {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("j");
      expect(await page.locator(".step").innerText()).toContain("This page holds no steps.");
      expect(await page.locator(".step").innerText()).toContain("the run cannot be walked step by step");
      expect(await page.locator(".order").innerText()).toContain("This run sent no order.");
      expect(await page.locator("header").innerText()).toContain("Left out of this page for its size: fills: the first 3000 of 3250.");
    });
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`fits a phone of 360 px in ${scheme}, with every part opened`, () =>
      look(
        renderRunPage(long),
        async ({ page }) => {
          await page.keyboard.press("j");
          await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
          await drawn(page);
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
        },
        { width: 360, height: 740, scheme },
      ));
  }

  it("is light or dark as the system wishes, and as the reader wishes after that", () =>
    look(
      worked,
      async ({ page }) => {
        const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
        const dark = await ground();
        await page.getByRole("button", { name: "Light or dark" }).click();
        await drawn(page);
        expect([dark, await ground()]).toEqual([DARK, LIGHT]);
        expect(await placeOfColor(page, ...BUY)).not.toBeNull();
      },
      { scheme: "dark", reducedMotion: "reduce" },
    ));

  it("prints in light whatever the screen shows, and is as it was afterwards", () =>
    look(
      worked,
      async ({ page }) => {
        const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        await page.emulateMedia({ media: "print" });
        expect([await ground(), await page.locator(".picture").isVisible(), await page.locator("nav").isVisible()]).toEqual([LIGHT, true, false]);
        await page.emulateMedia({ media: "screen" });
        await page.evaluate("dispatchEvent(new Event('afterprint'))");
        expect([await ground(), await page.locator(".picture").count()]).toEqual([DARK, 0]);
      },
      { scheme: "dark" },
    ));

  it("names the chart library, its copyright, its licence and its home, and says what it does not know", () =>
    look(worked, async ({ page }) => {
      const text = await page.locator("footer").innerText();
      expect(text).toMatch(/TradingView Lightweight Charts™ v5\.2\.1 · Copyright \(c\) \d{4} TradingView, Inc\./);
      expect(text).toContain("not in what order they got there");
      expect(await page.locator("footer a").getAttribute("href")).toBe("https://www.tradingview.com/");
      await page.locator("footer summary").click();
      expect(await page.locator("footer pre").innerText()).toContain("Apache License");
    }));

  it("opens a run of 50,000 bars in seconds and answers to a step at once", () =>
    look(renderRunPage(longView({ bars: 50_000, orders: 300, quietSteps: 5000 })), async ({ page }) => {
      await page.keyboard.press("j");
      expect(await orderTitle(page)).toBe("Order 1 of 300");
      await page.keyboard.press("End");
      expect(await stepPlace(page)).toMatch(/^step (\d+) of \1 /);
      await drawn(page);
      expect(await placeOfColor(page, ...BUY)).not.toBeNull();
    }));
});
