// Fill settings as a scenario writes them, from the file to the price of a fill. By hand: bought at the open of 100.
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { loadScenario } from "../../src/scenario/index.ts";
import { simulate } from "../../src/session/index.ts";
import { problemOf, workspace } from "./workspace.ts";

const { write } = workspace();

function scenario(fill: unknown, inside?: unknown): string {
  return write(
    "fill.json",
    JSON.stringify({
      name: "fill",
      markets: [
        {
          symbol: "HYPE/USDC:USDC",
          market: { tick: "0.01", step: "0.01" },
          bars: {
            timeframe: "1m",
            script: [
              ["100", "101", "99", "100", "1000"],
              ["100", "101", "99", "100", "1000"],
            ],
          },
          ...(inside === undefined ? {} : { inside }),
        },
      ],
      boot: { balances: { USDC: "10000" } },
      strategy: { use: "scripted", params: { actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 10, order: { type: "market" } }] } },
      fill,
    }),
  );
}

async function fillOf(fill: unknown): Promise<string[]> {
  const { plan } = await loadScenario(scenario(fill), {});
  if (plan === null) throw new Error("there is no plan");
  const { rows } = simulate(plan);
  return [...rows.fills.map(({ price }) => price), ...rows.orders.filter(({ status }) => status === "REJECTED").map(({ reason }) => reason)];
}

describe("the settings of a scenario", () => {
  it.each([
    ["nothing", {}, "100"],
    // 25 bp of 100
    ["half a spread of 25 bp", { halfSpreadBp: "25" }, "100.25"],
    ["no spread", { halfSpreadBp: "0" }, "100"],
    ["slippage in basis points", { slippage: { kind: "bps", bps: "7" } }, "100.07"],
    ["slippage in ticks", { slippage: { kind: "ticks", ticks: 4 } }, "100.04"],
    // 10 of 1000 is 1 %: 3 + 200 × 0.01 = 5 bp
    ["slippage by the share of the volume", { slippage: { kind: "volume_share", baseBps: "3", slopeBps: "200" } }, "100.05"],
    [
      "a share that is too large for it",
      { slippage: { kind: "volume_share", baseBps: "3", slopeBps: "200", limit: "0.009" } },
      "participation_too_high",
    ],
    // 100.25, and then 7 bp of that, 0.070175, up to 0.08
    ["spread and slippage", { halfSpreadBp: "25", slippage: { kind: "bps", bps: "7" } }, "100.33"],
  ])("price a market order: %s", async (_, fill, expected) => {
    expect(await fillOf(fill)).toEqual([expected]);
  });

  it.each([
    ["a chance above 1", { limit: { probability: "1.5" } }, "fill.limit"],
    ["a negative chance", { limit: { probability: "-0.1" } }, "fill.limit"],
    ["a chance of another name", { limit: { chance: "0.1" } }, "fill.limit"],
    ["half a spread of 100 %", { halfSpreadBp: "10000" }, "fill.halfSpreadBp"],
    ["latency in parts of a ms", { latency: { submitMs: 0.5 } }, "fill.latency.submitMs"],
    ["latency to a close that has gone by", { latency: { submitMs: 5 }, market: "same-bar-close" }, "fill.latency: stands beside"],
    ["negative latency", { latency: { dataMs: -1 } }, "fill.latency.dataMs"],
  ])("refuse %s", async (_, fill, path) => {
    const { reason, exitCode } = await problemOf(loadScenario(scenario(fill), {}));
    expect(reason).toContain(path);
    expect(exitCode).toBe(3);
  });

  it("say aloud that marks are coarser than what is inside the bars", async () => {
    const text = JSON.parse(
      readFileSync(
        scenario(
          {},
          {
            trades: [
              ["2025-01-01T00:00:10Z", "100", "1"],
              ["2025-01-01T00:01:10Z", "100", "1"],
            ],
          },
        ),
        "utf8",
      ),
    ) as {
      markets: Record<string, unknown>[];
    };
    (text.markets[0] as Record<string, unknown>)["mark"] = { script: [["100", "100", "100", "100"]] };
    const { labels } = await loadScenario(write("marks.json", JSON.stringify(text)), {});
    expect(labels).toEqual(["scripted bars", "trades inside the bars", "marks too coarse for what is inside: trades stand for them"]);
  });

  it("fill in what a latency does not say with none", async () => {
    const trades = [
      ["2025-01-01T00:00:10Z", "100", "1"],
      ["2025-01-01T00:01:10Z", "100", "1"],
    ];
    const { plan } = await loadScenario(scenario({ latency: { submitMs: 100 } }, { trades }), {});
    expect(plan?.fill.latency).toEqual({ submitMs: 100, cancelMs: 0, dataMs: 0, jitterMs: 0 });
    expect(plan?.markets[0]?.inside?.length).toBe(2);
  });
});

describe("a path that is decided for or against the account", () => {
  it("is the scenario's own; what flatters is told beside the result", async () => {
    const worst = await loadScenario(scenario({ path: "worst" }), {});
    const best = await loadScenario(scenario({ path: "best" }), {});
    expect([worst.plan?.fill.path, worst.labels]).toEqual(["worst", ["scripted bars"]]);
    expect([best.plan?.fill.path, best.labels]).toEqual(["best", ["scripted bars", "optimistic fill settings"]]);
  });
});
