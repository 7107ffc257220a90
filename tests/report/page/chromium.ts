// One headless Chromium for the tests of the page, and pages opened in it from a file, with everything that must not happen there noted:
// errors, warnings, requests, breaches of the page's own policy.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";

const executable = process.env["SEATRIAL_CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser; without one the tests of the page are told as skipped. */
export const hasBrowser = existsSync(executable);

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly reducedMotion?: "reduce";
}

export interface OpenedPage {
  readonly page: Page;
  /** What must stay empty. */
  readonly problems: string[];
}

export class PageBrowser {
  private readonly browser: Browser;
  private readonly folder: string;
  private files = 0;

  private constructor(browser: Browser) {
    this.browser = browser;
    this.folder = mkdtempSync(join(tmpdir(), "seatrial-page-"));
  }

  static async start(): Promise<PageBrowser> {
    return new PageBrowser(await chromium.launch({ executablePath: executable, args: flags }));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Opens the text as a file, as a user would, and waits until the page says that it is drawn. */
  async open(html: string, look: Look = {}): Promise<OpenedPage> {
    this.files += 1;
    const file = join(this.folder, `${this.files}.html`);
    writeFileSync(file, html);
    const page = await this.browser.newPage({
      viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
      colorScheme: look.scheme ?? "light",
      ...(look.reducedMotion === undefined ? {} : { reducedMotion: look.reducedMotion }),
    });
    const problems: string[] = [];
    const address = pathToFileURL(file).href;
    page.on("console", (message) => problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== address) problems.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    await page.locator("#page:not([aria-busy])").waitFor();
    return { page, problems };
  }
}

/** Two frames: what was asked of the chart is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))");
}

/** The pixels of `canvas`, read from a copy: reading the canvas itself would make the browser warn of it. */
const PIXELS = `(() => {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
})()`;

/** Where on the screen the chart shows a colour, as the middle of the first run of at least four such pixels; null where it shows none. */
export async function placeOfColor(page: Page, red: number, green: number, blue: number): Promise<{ x: number; y: number } | null> {
  return page.evaluate(`(() => {
    for (const canvas of document.querySelectorAll(".canvas canvas")) {
      const { width, height } = canvas;
      if (width === 0 || height === 0) continue;
      const data = ${PIXELS};
      for (let y = 0; y < height; y += 1) {
        for (let x = 0, run = 0; x < width; x += 1) {
          const at = (y * width + x) * 4;
          const hit = data[at] === ${red} && data[at + 1] === ${green} && data[at + 2] === ${blue} && data[at + 3] === 255;
          run = hit ? run + 1 : 0;
          if (run < 4) continue;
          const box = canvas.getBoundingClientRect();
          return { x: box.left + (x - 1.5) * box.width / width, y: box.top + (y + 1) * box.height / height };
        }
      }
    }
    return null;
  })()`);
}

/** How many different colours the chart shows; 1 where nothing is drawn. */
export async function colorsOfChart(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const seen = new Set();
    for (const canvas of document.querySelectorAll(".canvas canvas")) {
      if (canvas.width === 0 || canvas.height === 0) continue;
      const data = ${PIXELS};
      for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]);
    }
    return seen.size;
  })()`);
}
