// What a scenario file becomes: the plan, key by key, and when it is not run.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { defaultFillModel, optimisticFillModel } from "../../src/exchange/virtual/index.ts";
import { syntheticBars, syntheticSource, writeArrow } from "../../src/market/index.ts";
import { defaultRunnerSettings } from "../../src/runner/settings.ts";
import { loadScenario, runContextOf, type LoadOptions, type Scenario } from "../../src/scenario/index.ts";
import { rulesOfFile } from "../../src/scenario/plan-rules.ts";
import { base, edited, problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();
const data = process.env["SEATRIAL_DATA"];
const script = '"script": [["100", "101", "99", "100", "1000"], "flat"]';

async function load(text: string, options: LoadOptions = {}, env: Record<string, string> = {}): Promise<Scenario> {
  return loadScenario(write("scenario.json", text), env, options);
}

async function plan(text: string, options: LoadOptions = {}) {
  const scenario = await load(text, options);
  if (scenario.plan === null) throw new Error(scenario.notRun?.reason ?? "no plan");
  return scenario.plan;
}

describe("a small scenario", () => {
  it("becomes a plan with every default spelt out", async () => {
    const made = await plan(base);
    expect(made).toMatchObject({
      name: "base",
      seed: 1,
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "1000" },
      positions: [],
      steps: [],
      fill: defaultFillModel,
      runner: defaultRunnerSettings,
      profile: { name: "generic" },
      strategy: { definition: { name: "scripted" } },
    });
    expect(made.markets[0]?.rules).toEqual({
      symbol: "HYPE/USDC:USDC",
      base: "HYPE",
      quote: "USDC",
      settle: "USDC",
      kind: "swap",
      inverse: false,
      contractSize: "1",
      tick: "0.01",
      significantDigits: null,
      step: "0.01",
      minQuantity: null,
      maxQuantity: null,
      maxMarketQuantity: null,
      minPrice: null,
      maxPrice: null,
      minNotional: null,
      maxLeverage: null,
    });
  });

  it("has its bars as columns at the scales of its rules", async () => {
    const series = (await plan(base)).markets[0]?.series[0];
    expect(series).toMatchObject({ timeframe: "1m", interval: 60_000, priceScale: 2, quantityScale: 2, length: 2 });
    // 2025-01-01T00:00:00Z = 20089 days × 86,400,000 ms
    expect([...(series?.time ?? [])]).toEqual([20_089 * 86_400_000, 20_089 * 86_400_000 + 60_000]);
    expect([...(series?.high ?? [])]).toEqual([10_100, 10_000]);
    expect([...(series?.volume ?? [])]).toEqual([100_000, 100_000]);
  });

  it("means the same in YAML, comments and all", async () => {
    const yaml = write(
      "same.yaml",
      [
        "# the base scenario",
        "name: base",
        "markets:",
        "  - symbol: HYPE/USDC:USDC",
        "    market: {tick: 0.01, step: '0.010'}",
        "    bars:",
        "      script:",
        "        - [100, 101, 99, 100.0, 1000]",
        "        - flat",
        "boot:",
        "  balances: {USDC: 1000}",
        "strategy:",
        "  use: scripted",
        "  params:",
        "    actions: []",
        "",
      ].join("\n"),
    );
    const fromYaml = await loadScenario(yaml, {});
    expect(fromYaml.plan?.configuration).toEqual((await plan(base)).configuration);
    expect([...(fromYaml.plan?.markets[0]?.series[0]?.close ?? [])]).toEqual([10_000, 10_000]);
  });

  it("takes from the venue what absence is proven by, unless it says so itself, and counts in its hash only what it says", async () => {
    const at = (venue: string, runner = "") => plan(base.replace('"markets"', `"venue": "${venue}",${runner} "markets"`));
    const [generic, hyperliquid, own] = [await at("generic"), await at("hyperliquid"), await at("hyperliquid", '"runner": { "absence": null },')];
    expect(generic.runner.absence).toEqual({ validityWindowMs: 5_000, engineTimeoutMs: 10_000, lagMarginMs: 2_000 });
    expect(hyperliquid.runner.absence).toEqual({ validityWindowMs: 5_000, engineTimeoutMs: 0, lagMarginMs: 2_000 });
    expect(own.runner.absence).toBeNull();
    const counted = ({ configuration }: typeof own) => (configuration as { readonly runner: object }).runner;
    expect(counted(hyperliquid)).toEqual(counted(generic));
    expect(counted(own)).toEqual({ ...counted(generic), absence: null });
  });

  it("has a configuration that is plain JSON without the file's path or its expectations", async () => {
    const one = await plan(base);
    const other = await plan(edited('"expect": []', '"why": "another reason", "expect": [{ "never": "halt" }]'));
    expect(other.configuration).toEqual(one.configuration);
    const text = JSON.stringify(one.configuration);
    expect(JSON.parse(text)).toEqual(one.configuration);
    expect(text).not.toContain(folder);
  });
});

describe("settings", () => {
  it("lie over their presets", async () => {
    expect((await plan(edited('"steps": []', '"fill": "optimistic", "steps": []'))).fill).toEqual(optimisticFillModel);
    const over =
      '"fill": { "preset": "optimistic", "limit": "through", "volumeCap": "0.2", "slippage": { "kind": "ticks", "ticks": 2 } }, "steps": []';
    expect((await plan(edited('"steps": []', over))).fill).toEqual({
      ...optimisticFillModel,
      limit: "through",
      volumeCap: "0.2",
      slippage: { kind: "ticks", ticks: 2 },
    });
    const runner = '"runner": { "topN": 2, "fallback": { "onTimeout": true }, "limits": { "maxOpenOrders": 5 } }, "steps": []';
    expect((await plan(edited('"steps": []', runner))).runner).toEqual({
      ...defaultRunnerSettings,
      topN: 2,
      fallback: { onReject: false, onTimeout: true },
      limits: { ...defaultRunnerSettings.limits, maxOpenOrders: 5 },
    });
  });

  it("give way to the command line", async () => {
    const text = edited('"steps": []', '"fill": { "path": "ohlc", "limit": "touch" }, "steps": []');
    expect(await plan(text, { seed: 99 })).toMatchObject({ seed: 99, fill: { path: "ohlc" } });
    expect((await plan(text, { path: "olhc", delivery: "seeded" })).fill).toEqual({
      ...defaultFillModel,
      limit: "touch",
      path: "olhc",
      delivery: "seeded",
    });
    expect((await plan(text, { fill: "optimistic", path: "olhc" })).fill).toEqual({ ...optimisticFillModel, path: "olhc" });
    const error = await problemOf(load(text, { fill: "optimist" }));
    expect([error.code, error.hint]).toEqual(["unknown_preset", 'did you mean "optimistic"?']);
  });

  it("take another strategy from the command line, whose parameters must still fit", async () => {
    const text = edited('"params": { "actions": [] }', '"params": {}');
    expect((await plan(text, { strategy: "ema-cross" })).strategy.definition.name).toBe("ema-cross");
    expect((await problemOf(load(base, { strategy: "ema-cross" }))).code).toBe("unknown_parameter");
    expect((await problemOf(load(text, { strategy: "ema-cros" }))).hint).toBe('did you mean "ema-cross"?');
  });

  it("take parameters from the command line one by one, over the file's own; a wrong one is the command line's fault", async () => {
    const text = edited('"params": { "actions": [] }', '"params": { "fast": 5, "quantity": 2 }').replace('"use": "scripted"', '"use": "ema-cross"');
    const { params } = (await plan(text, { params: { fast: 7, slow: 9 } })).strategy;
    expect(params).toMatchObject({ fast: 7, slow: 9, quantity: 2 });
    const given = await problemOf(load(text, { params: { slwo: 9 } }));
    expect([given.code, given.hint, given.place.line]).toEqual(["unknown_parameter", 'did you mean "slow"?', null]);
    const own = await problemOf(load(text.replace('"fast": 5', '"fats": 5'), { params: { slow: 9 } }));
    expect([own.code, own.place.line]).toEqual(["unknown_parameter", expect.any(Number)]);
  });

  it("make another seed mean other synthetic bars, unless the bars have a seed of their own", async () => {
    const synthetic = (more: string) => edited(script, `"synthetic": { "count": 20, "startPrice": "50"${more} }`);
    const closes = async (text: string, seed: number) => [...((await plan(text, { seed })).markets[0]?.series[0]?.close ?? [])].join(" ");
    expect(await closes(synthetic(""), 1)).not.toBe(await closes(synthetic(""), 2));
    expect(await closes(synthetic(', "seed": 5'), 1)).toBe(await closes(synthetic(', "seed": 5'), 2));
  });

  it("make longer timeframes from the bars, shortest first, each once", async () => {
    const text = edited(
      '"bars": { "script": [["100", "101", "99", "100", "1000"], "flat"] }',
      '"timeframes": ["15m", "5m", "5m"], "bars": { "script": [["100", "101", "99", "100", "1000"], "+1% x29"] }',
    );
    const series = (await plan(text)).markets[0]?.series ?? [];
    expect(series.map((one) => [one.timeframe, one.length])).toEqual([
      ["1m", 30],
      ["5m", 6],
      ["15m", 2],
    ]);
  });

  it("give a spot market eight decimals for fees in coins", async () => {
    const text = edited('"HYPE/USDC:USDC"', '"HYPE/USDC"').replace('"name": "base"', '"name": "base", "venue": "binance-spot"');
    expect((await plan(text)).markets[0]?.series[0]).toMatchObject({ priceScale: 2, quantityScale: 8 });
  });
});

describe("the account and the steps", () => {
  it("carry signed legs, and NET without being told in one-way mode", async () => {
    const position = (more: string) => `"boot": { "positions": [{ "symbol": "HYPE/USDC:USDC", "quantity": "-1.50", "entryPrice": 100${more} }],`;
    expect((await plan(edited('"boot": {', position("")))).positions).toEqual([
      { symbol: "HYPE/USDC:USDC", leg: "NET", quantity: "-1.5", entryPrice: "100" },
    ]);
    const hedge = edited('"boot": {', `"positionMode": "hedge", ${position(', "leg": "SHORT"')}`);
    expect((await plan(hedge)).positions[0]?.leg).toBe("SHORT");
  });

  it("become faults with every key, in the order of time", async () => {
    const steps = [
      '{ "at": { "bar": 1 }, "do": "resume" }',
      '{ "at": { "bar": 0 }, "do": "reject", "code": -2010 }',
      '{ "at": { "bar": 0 }, "do": "partial_fill", "share": 0.5, "next": 2, "family": "dca", "symbol": "HYPE/USDC:USDC" }',
      '{ "at": { "bar": 1 }, "do": "close_position" }',
      '{ "at": { "bar": 1 }, "do": "reject_probability", "probability": "0.25" }',
    ];
    const made = (await plan(edited('"steps": []', `"steps": [${steps.join(", ")}]`))).steps;
    const symbol = "HYPE/USDC:USDC";
    expect(made).toEqual([
      { bar: 0, symbol, action: { do: "reject", next: 1, family: null, symbol: null, code: "-2010" } },
      { bar: 0, symbol, action: { do: "partial_fill", next: 2, family: "dca", symbol, share: "0.5" } },
      { bar: 1, symbol, action: { do: "resume", text: "" } },
      { bar: 1, symbol, action: { do: "close_position", leg: "NET", quantity: null, notify: true } },
      { bar: 1, symbol, action: { do: "reject_probability", probability: 0.25, code: null } },
    ]);
  });
});

describe("bars from a file", () => {
  const csv =
    "timestamp,open,high,low,close,volume\n1735689600000,1,2,0.5,1.5,10\n1735689660000,1.5,1.5,1.5,1.5,0\n1735689720000,1.5,3,1.5,2.125,7.25\n";

  it("take their scales from the data and their timeframe from its times", async () => {
    write("bars.csv", csv);
    const series = (await plan(edited(script, '"file": "bars.csv"'))).markets[0]?.series[0];
    // 2.125 has three decimals, the tick two; 7.25 has two, as has the step
    expect(series).toMatchObject({ timeframe: "1m", length: 3, priceScale: 3, quantityScale: 2 });
    expect([...(series?.close ?? [])]).toEqual([1_500, 1_500, 2_125]);
  });

  it("are cut to [from, to)", async () => {
    write("bars.csv", csv);
    const series = (await plan(edited(script, '"file": "bars.csv", "timeframe": "1m", "from": "2025-01-01T00:01:00Z", "to": 1735689720000')))
      .markets[0]?.series[0];
    expect([...(series?.time ?? [])]).toEqual([1_735_689_660_000]);
    const error = await problemOf(load(edited(script, '"file": "bars.csv", "from": 1735689720001')));
    expect(error.exitCode).toBe(3);
  });

  it("have the timeframe of the whole file, however few of them the range holds", async () => {
    const minutes = [0, 1, 2, 4, 6, 7];
    const rows = minutes.map((minute) => `${1_735_689_600_000 + minute * 60_000},1,1,1,1,1`);
    write("sparse.csv", ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
    const ranged = (from: number, to: number) =>
      plan(edited(script, `"file": "sparse.csv", "from": ${1_735_689_600_000 + from * 60_000}, "to": ${1_735_689_600_000 + to * 60_000}`));
    expect((await ranged(2, 7)).markets[0]?.series[0]).toMatchObject({ timeframe: "1m", length: 3 });
    expect((await ranged(4, 5)).markets[0]?.series[0]).toMatchObject({ timeframe: "1m", length: 1 });
    const named = edited(script, '"file": "sparse.csv", "timeframe": "1m", "from": "2025-01-01T00:02:00Z", "to": "2025-01-01T00:07:00Z"');
    expect((await plan(named)).markets[0]?.series[0]?.length).toBe(3);
    // Of the whole file the wrong name is found out all the same.
    const wrong = edited(script, '"file": "sparse.csv", "timeframe": "30s"');
    expect((await problemOf(load(wrong))).code).toBe("wrong_timeframe");
  });

  const recorded = edited(script, '"file": "${SEATRIAL_DATA}/bars.csv"');

  it("are not run without SEATRIAL_DATA, and the hint says what to do", async () => {
    const scenario = await load(recorded);
    expect(scenario.plan).toBeNull();
    expect(scenario.notRun).toEqual({
      reason: "SEATRIAL_DATA is not set",
      hint: "set SEATRIAL_DATA to a folder with recorded bars (see docs/data.md)",
      failure: false,
    });
    expect((await load(recorded, {}, { SEATRIAL_DATA: "" })).notRun?.reason).toBe("SEATRIAL_DATA is not set");
  });

  it("are not run when the file is absent there, which is a failure when data is required", async () => {
    const env = { SEATRIAL_DATA: join(folder, "absent") };
    expect((await load(recorded, {}, env)).notRun).toMatchObject({ reason: "there is no bars.csv under SEATRIAL_DATA", failure: false });
    expect((await load(recorded, { strict: true }, env)).notRun?.failure).toBe(true);
    expect((await load(recorded, {}, { ...env, SEATRIAL_REQUIRE_DATA: "1" })).notRun?.failure).toBe(true);
  });

  it("are run where the file is", async () => {
    write("bars.csv", csv);
    const scenario = await load(recorded, {}, { SEATRIAL_DATA: folder });
    expect(scenario.plan?.markets[0]?.series[0]?.length).toBe(3);
    expect(scenario.labels).toEqual(["recorded bars"]);
  });

  it("are called synthetic where the file says that they were generated", async () => {
    const made = syntheticBars({
      seed: 3,
      symbol: "HYPE/USDC:USDC",
      start: 1_735_689_600_000,
      count: 10,
      timeframe: "1m",
      startPrice: "40",
      tick: "0.01",
      step: "0.01",
    });
    await writeArrow(made, join(folder, "generated.arrow"), { source: syntheticSource });
    const text = edited(script, '"file": "generated.arrow"').replace('"name": "base"', '"name": "base", "positionMode": "hedge"');
    expect((await load(text)).labels).toEqual(["synthetic bars"]);
    await writeArrow(made, join(folder, "generated.arrow"));
    expect((await load(text)).labels).toEqual(["recorded bars", "hedge mode under generic rules"]);
  });

  it("do not hide mistakes of the file itself while the data is absent", async () => {
    const text = recorded.replace('"actions"', '"action"');
    expect((await problemOf(load(text))).code).toBe("unknown_parameter");
  });

  it.runIf(data !== undefined)("are the recorded HYPE bars when SEATRIAL_DATA has them", async () => {
    const text = edited(script, '"file": "${SEATRIAL_DATA}/hyperliquid/HYPE_USDC_USDC-1m-futures.csv.gz"').replace(
      '"name": "base"',
      '"name": "base", "positionMode": "hedge"',
    );
    const scenario = await load(text, {}, { SEATRIAL_DATA: data ?? "" });
    // 6957 rows from 2025-07-21 09:43, says the data's index
    expect(scenario.plan?.markets[0]?.series[0]).toMatchObject({ length: 6957, timeframe: "1m" });
    expect(scenario.plan?.markets[0]?.series[0]?.time[0]).toBe(Date.UTC(2025, 6, 21, 9, 43));
    expect(scenario.labels).toEqual(["recorded bars", "hedge mode under generic rules"]);
  });
});

describe("market rules from a file", () => {
  it("are the same as written inline", async () => {
    write("rules.json", '{ "symbol": "HYPE/USDC:USDC", "why": "test", "tick": "0.01", "step": "0.01" }');
    const text = edited('"market": { "tick": "0.01", "step": "0.01" }', '"marketFile": "rules.json"');
    expect((await plan(text)).configuration).toEqual((await plan(base)).configuration);
  });

  it("come from a ccxt structure, alone, in a list, or by symbol", async () => {
    const structure = {
      symbol: "HYPE/USDC:USDC",
      base: "HYPE",
      quote: "USDC",
      settle: "USDC",
      type: "swap",
      swap: true,
      linear: true,
      inverse: false,
      contractSize: 1,
      precision: { amount: 0.01, price: 0.01 },
      limits: { amount: {}, price: {}, cost: { min: 10 }, leverage: {} },
    };
    for (const form of [structure, [{ symbol: "A/B" }, structure], { "A/B": {}, "HYPE/USDC:USDC": structure }]) {
      write("ccxt.json", JSON.stringify(form));
      const made = await plan(edited('"market": { "tick": "0.01", "step": "0.01" }', '"marketFile": "ccxt.json", "precision": "tick"'));
      expect(made.markets[0]?.rules).toMatchObject({ tick: "0.01", step: "0.01", minNotional: "10", kind: "swap" });
    }
  });

  it("under SEATRIAL_DATA are not run when they are absent", async () => {
    const text = edited('"market": { "tick": "0.01", "step": "0.01" }', '"marketFile": "${SEATRIAL_DATA}/m.json"');
    expect((await load(text)).notRun?.reason).toBe("SEATRIAL_DATA is not set");
  });

  it.each(readdirSync(new URL("../../fixtures/markets/", import.meta.url)))("are read from the shipped %s", async (name) => {
    const file = new URL(`../../fixtures/markets/${name}`, import.meta.url).pathname;
    const { symbol } = JSON.parse(await import("node:fs/promises").then((fs) => fs.readFile(file, "utf8"))) as { symbol: string };
    expect(await rulesOfFile(file, symbol, undefined)).toMatchObject({ symbol });
  });

  it.runIf(data !== undefined)("are read from recorded structures of a whole venue, gzipped", async () => {
    const file = join(data ?? "", "ccxt_derived/binanceusdm.markets.ccxt-4.5.84.json.gz");
    expect(await rulesOfFile(file, "BTC/USDT:USDT", undefined)).toMatchObject({ kind: "swap", settle: "USDT", inverse: false });
  });
});

describe("what is judged later", () => {
  it("comes along: expectations, labels, the finest series and the steps", async () => {
    const scenario = await load(edited('"expect": []', '"fill": "bench", "expect": [{ "fill": { "price": 100.50 } }]'));
    expect(scenario.expectations).toEqual([{ fill: { price: "100.5" } }]);
    expect(scenario.labels).toEqual(["scripted bars", "bench fills"]);
    if (scenario.plan === null) throw new Error("no plan");
    expect(runContextOf(scenario.plan)).toEqual({ series: [scenario.plan.markets[0]?.series[0]], steps: [] });
  });
});
