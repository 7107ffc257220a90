// The older form of a scenario: strategy_steps become actions of the scripted strategy.
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { loadScenario } from "../../src/scenario/index.ts";
import { problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();

const old = {
  symbol: "HYPE/USDC:USDC",
  backend: "virtual",
  debug: true,
  bars: [[100, 101, 99, 100, 1000], [1_735_689_660_000, 100, 100.5, 99.5, 100, 1000], { open: "101", high: "102.01", low: "100.8", close: "101.5" }],
  strategy_steps: [
    { bar_index: 0, kind: "entry", symbol: "HYPE/USDC:USDC", side: "LONG", qty: 1, tp: 102, sl: null, reason: "signal" },
    { bar_index: 2, kind: "manage", side: "LONG", action: "EXIT" },
  ],
};

const text = (change: object) => JSON.stringify({ ...old, ...change }, null, 1);

describe("a scenario with strategy_steps", () => {
  it("is a scripted scenario in hedge mode, with rules that bind nothing", async () => {
    const { plan, name, expectations } = await loadScenario(write("old-form.json", text({})), {});
    expect(name).toBe("old-form");
    expect(expectations).toEqual([]);
    expect(plan).toMatchObject({ positionMode: "hedge", balances: { USDC: "10000" }, strategy: { definition: { name: "scripted" } } });
    const series = plan?.markets[0]?.series[0];
    // A tick of 10^-8: 102.01 is 10,201,000,000 of them; the third bar names no volume and has 1000 = 100,000,000 × 10^-5.
    expect(series).toMatchObject({ length: 3, priceScale: 8, quantityScale: 5 });
    expect(series?.high[2]).toBe(10_201_000_000);
    expect(series?.volume[2]).toBe(100_000_000);
    const actions = plan?.strategy.params["actions"] as readonly { do: string; bar?: number }[];
    expect(actions.map((action) => [action.do, action.bar])).toEqual([
      ["open", 0],
      ["reduce", undefined],
      ["close", 2],
    ]);
  });

  it("takes rules, balances and a bar file of its own", async () => {
    write("bars.csv", "timestamp,open,high,low,close,volume\n1735689600000,1,2,0.5,1.5,10\n1735689660000,1.5,1.5,1.5,1.5,0\n");
    const more = { bars: undefined, bar_file: "bars.csv", market: { tick: "0.1", step: "1" }, balances: { USDC: 5 } };
    const { plan } = await loadScenario(write("file.json", text(more)), {});
    expect(plan).toMatchObject({ balances: { USDC: "5" }, markets: [{ rules: { tick: "0.1" }, series: [{ length: 2 }] }] });
  });

  it.each([
    [{ strategy_stps: [] }, 'unknown key "strategy_stps"', 'did you mean "strategy_steps"?'],
    [{ bar_file: "x.csv" }, "needs either bars or bar_file", ""],
    [{ backend: "live" }, 'backend: "live" is not known', "virtual"],
    [{ bars: [[1, 2, 3]] }, "bars[0]: this list is neither [open, high, low, close, volume]", ""],
    [{ strategy_steps: [{ bar_index: 0, kind: "entry", side: "UP", qty: 1 }] }, "strategy_steps[0].side must be one of LONG, SHORT", ""],
  ])("names what is wrong with %j", async (change, reason, hint) => {
    const error = await problemOf(loadScenario(write("wrong.json", text(change)), {}));
    expect(error.reason).toContain(reason);
    expect(error.hint ?? "").toContain(hint);
    expect(error.place.file).toBe(join(folder, "wrong.json"));
    expect(error.place.line).toBeGreaterThan(0);
  });

  it("is named by line and column", async () => {
    const bad =
      '{\n  "symbol": "A/B",\n  "bars": [[1, 1, 1, 1, 1]],\n  "strategy_steps": [\n    { "bar_index": 0, "kind": "entry", "side": "UP" }\n  ]\n}';
    const error = await problemOf(loadScenario(write("placed.json", bad), {}));
    expect([error.code, error.place.line, error.place.column]).toEqual(["bad_parameter", 5, 48]);
  });
});
