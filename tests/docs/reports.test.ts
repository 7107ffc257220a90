// The guide to reports against what the program does: the table of costs is a run's own.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { viewLimits } from "../../src/report/view/view-of.ts";
import { modestInstants } from "../../src/report/view/run-page.ts";
import { assumptionCosts, simulate } from "../../src/session/index.ts";
import { planOf } from "../scenarios/shipped-files.ts";

const text = readFileSync(join(resolve(import.meta.dirname, "../.."), "docs/reports.md"), "utf8");
const printed = (limit: number): string => limit.toLocaleString("en-US");

describe("docs/reports.md", () => {
  it("shows the costs of the run that it names", async () => {
    const plan = await planOf("envelope-tp-and-sl-in-one-bar.json");
    const costs = assumptionCosts(plan, simulate(plan), { instantsMax: null });
    const section = text.slice(text.indexOf("| assumption | "), text.indexOf("Only what can matter"));
    const rows = section
      .split("\n")
      .slice(2)
      .filter((line) => line.startsWith("|"))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(rows).toEqual(
      costs.map(({ assumption, here, instead, difference, equity }) => [
        assumption,
        here,
        instead,
        difference === "0" || difference?.startsWith("-") === true ? difference : `+${difference}`,
        equity,
      ]),
    );
  });

  it("names the limits of a page", () => {
    const { candles, lives, rows, steps, everyBar } = viewLimits;
    for (const limit of [candles, lives, rows, steps, everyBar, modestInstants]) expect(text).toContain(printed(limit));
  });
});
