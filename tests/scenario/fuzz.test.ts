// Random files: whatever stands in one, the loader answers with a scenario or a typed error.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ExitCode, SeatrialError } from "../../src/domain/index.ts";
import { loadScenario } from "../../src/scenario/index.ts";
import { problemOf, settled, workspace } from "./workspace.ts";

const { write } = workspace();

async function load(text: string) {
  return loadScenario(write("random.json", text), {});
}

describe("any JSON", () => {
  it("is a scenario or a typed error of exit code 3", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        const error = await problemOf(load(`${JSON.stringify(value)} `));
        expect(error.exitCode).toBe(ExitCode.input);
      }),
      { numRuns: 60 },
    );
  });

  it("is not what the scenario of the next property is: that one loads", async () => {
    expect((await load(withEverything())).plan).not.toBeNull();
  });

  it("in place of any value of a scenario is a scenario or a typed error of exit code 3", async () => {
    const paths = pathsOf(JSON.parse(withEverything()) as unknown);
    const strange = fc.oneof(
      fc.constantFrom(
        null,
        true,
        -1,
        0,
        1e21,
        1e-9,
        "",
        "x",
        "NaN",
        "-0",
        "1e5",
        [],
        {},
        [[]],
        { min: 1 },
        "__proto__",
        "${SEATRIAL_DATA}/x",
        "flat x3",
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), strange, async (path, value) => {
        const document = JSON.parse(withEverything()) as unknown;
        replace(document, path, value);
        const result = await settled(load(JSON.stringify(document)));
        expect(result instanceof SeatrialError ? result.exitCode : ExitCode.input).toBe(ExitCode.input);
      }),
      { numRuns: 200 },
    );
  });
});

type Path = readonly (string | number)[];

function withEverything(): string {
  const everything = {
    $schema: "x",
    name: "all",
    why: "all",
    seed: 3,
    venue: "generic",
    positionMode: "hedge",
    leverage: 2,
    markets: [
      {
        symbol: "HYPE/USDC:USDC",
        market: { tick: "0.01", step: "0.01", minNotional: "10", significantDigits: 5 },
        bars: { timeframe: "1m", start: 0, script: [["100", "101", "99", "100", "1"], "+1%", "flat x5"], volume: "5" },
        timeframes: ["5m"],
      },
      { symbol: "BTC/USDC:USDC", market: { tick: "1", step: "0.1" }, bars: { synthetic: { count: 10, startPrice: "30000", volatility: 0.01 } } },
    ],
    boot: { balances: { USDC: "1000" }, positions: [{ symbol: "HYPE/USDC:USDC", leg: "SHORT", quantity: "-1", entryPrice: "100" }], openOrders: [] },
    strategy: { use: "scripted", params: { actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 1 }] } },
    fill: { preset: "bench", slippage: { kind: "bps", bps: "1" }, volumeCap: null },
    runner: { topN: 1, fallback: { onReject: true }, limits: { maxOpenOrders: 3 }, minOrderNotional: 1 },
    steps: [
      { at: { bar: 0 }, do: "reject", next: 2, code: "-2010", family: "entry" },
      { at: { bar: 1, symbol: "BTC/USDC:USDC" }, do: "partial_fill", share: "0.5" },
      { at: { bar: 1 }, do: "close_position", leg: "SHORT" },
    ],
    expect: [
      { order: { family: "entry", count: { min: 1 } } },
      { final: { position: [{ symbol: "HYPE/USDC:USDC", position: "0" }], equity: { min: 1 } } },
      { metric: { name: "fees", currency: "USDC", max: "1" } },
      { never: "halt" },
    ],
  };
  return JSON.stringify(everything);
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one, at) => pathsOf(one, [...path, at]))];
  if (typeof value === "object" && value !== null) return [path, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
  return [path];
}

function replace(document: unknown, path: Path, value: unknown): void {
  let here = document as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) here = here[step] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last !== undefined) here[last] = value;
}
