// Fills out of journals and tables that were written by hand, and what is said of those that cannot be read.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { SeatrialError } from "../../../src/domain/index.ts";
import type { FillFacts } from "../../../src/report/fills/facts.ts";
import { readFills } from "../../../src/report/fills/source.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-fills-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Prices have 2 decimals, quantities 1, USDC 4. */
const manifest = {
  scenario: "by-hand",
  fill: { path: "adaptive", halfSpreadBp: null, slippage: { kind: "bps", bps: "3" } },
  scales: { money: { USDC: 4 }, price: { "HYPE/USDC:USDC": 2 }, quantity: { "HYPE/USDC:USDC": 1 } },
  configuration: { profile: { halfSpreadBp: "2" }, rules: [{ symbol: "HYPE/USDC:USDC", tick: "0.01", significantDigits: null }] },
};

const line = (bar: number, time: number, type: string, rest: object): string => JSON.stringify({ bar, time, type, ...rest });
const submit = (order: number, time: number, request: object, rest: object = {}): string =>
  line(0, time, "submit_order", {
    request: { order, market: 0, side: "buy", leg: "LONG", family: "entry", type: "market", quantity: 10, price: null, trigger: null, ...request },
    reason: "signal",
    ...rest,
  });
const fill = (order: number, time: number, rest: object = {}) => ({
  market: 0,
  time,
  sequence: 1,
  order,
  trade: order,
  price: 10_005,
  quantity: 10,
  fee: 500,
  feeCurrency: "USDC",
  liquidity: "taker",
  cumulative: 10,
  ...rest,
});
const filled = (order: number, time: number, rest: object = {}): string => line(1, time, "order_filled", fill(order, time, rest));

async function writeRun(lines: readonly string[], text: unknown = manifest): Promise<string> {
  await writeFile(join(folder, "journal.ndjson"), lines.map((each) => `${each}\n`).join(""));
  await writeFile(join(folder, "manifest.json"), typeof text === "string" ? text : JSON.stringify(text));
  return folder;
}

async function problemOf(path: string): Promise<string> {
  const error: unknown = await readFills(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof SeatrialError)) throw new Error("there is no typed error");
  return `${error.code} ${error.place.line ?? ""} ${error.exitCode}: ${error.message.replaceAll(folder, "…")}`;
}

async function fillsOf(lines: readonly string[]): Promise<readonly FillFacts[]> {
  return (await readFills(await writeRun(lines))).fills;
}

describe("a run folder", () => {
  it("has fills in decimals, with their order, the way there, and what the market said", async () => {
    const lines = [
      submit(256, 60_000, {}, { lastClose: 10_000 }),
      filled(256, 60_250, { arrival: 10_001, barLow: 9_900, barHigh: 10_005, barVolume: 1_000 }),
      line(1, 60_000, "order_acknowledged", { market: 0, order: 256, venueOrderId: 17 }),
    ];
    expect(await fillsOf(lines)).toEqual([
      {
        time: 60_250,
        bar: 1,
        symbol: "HYPE/USDC:USDC",
        side: "buy",
        leg: "LONG",
        family: "entry",
        type: "market",
        quantity: "1",
        price: "100.05",
        requested: "100",
        arrival: "100.01",
        capped: true,
        volume: "100",
        predicted: null,
        liquidity: "taker",
        fee: "0.05",
        feeCurrency: "USDC",
        latencyMs: 250,
        orderId: "vex-00000017",
      },
    ]);
  });

  it("says what its own model predicts: the venue's half spread where the scenario has none", async () => {
    const { assumption, scenario } = await readFills(await writeRun([]));
    expect(scenario).toBe("by-hand");
    expect(assumption).toEqual({
      halfSpreadBp: "2",
      slippage: { kind: "bps", bps: "3" },
      ticks: { "HYPE/USDC:USDC": { tick: "0.01", significantDigits: null } },
    });
  });

  it("is read by the name of its journal, too; without a record it has no fills", async () => {
    await writeRun([submit(256, 0, {}), filled(256, 60_000)]);
    expect((await readFills(join(folder, "journal.ndjson"))).fills).toHaveLength(1);
    expect(await fillsOf([])).toEqual([]);
  });
});

describe("the price that was asked for", () => {
  const requested = async (request: object, ...more: readonly string[]): Promise<string | null | undefined> => {
    const [only] = await fillsOf([submit(256, 0, request, { lastClose: 9_900 }), ...more, filled(256, 60_000)]);
    return only?.requested;
  };

  it.each([
    ["the last close of a market order", {}, "99"],
    ["the limit of a limit order", { type: "limit", price: 9_800 }, "98"],
    ["the trigger of a stop", { type: "stop_market", trigger: 9_700 }, "97"],
    ["the trigger of a stop with a limit", { type: "stop_limit", trigger: 9_700, price: 9_600 }, "97"],
    ["none of a stop that trails", { type: "trailing_stop", trigger: 9_700 }, null],
    ["none of an order for the close", { type: "market_on_close" }, null],
  ])("is %s", async (_, request, price) => {
    expect(await requested(request)).toBe(price);
  });

  it("is the amended one, by the venue's order of amendments", async () => {
    const amended = (sequence: number, price: number) =>
      line(1, 1, "order_amended", { market: 0, order: 256, sequence, price, trigger: null, quantity: 10 });
    expect(await requested({ type: "limit", price: 9_800 }, amended(7, 9_850), amended(5, 9_825))).toBe("98.5");
  });

  it("is the last close for the limits of a route, beside its prediction", async () => {
    const routed = line(0, 0, "order_routed", { order: 256, market: 0, slice: 1, stage: 1, predictedSlippage: 0.0125 });
    const [only] = await fillsOf([routed, submit(256, 0, { type: "limit", price: 9_800 }, { lastClose: 9_900 }), filled(256, 60_000)]);
    expect(only).toMatchObject({ requested: "99", predicted: 0.0125 });
  });

  it("is unknown in a journal that does not say what the market said", async () => {
    expect((await fillsOf([submit(256, 0, {}), filled(256, 60_000)]))[0]).toMatchObject({
      requested: null,
      arrival: null,
      volume: null,
      capped: false,
    });
  });
});

describe("each fill counts once", () => {
  it("when a query tells it again, and when it is told twice", async () => {
    const told = line(2, 70_000, "query_answered", {
      market: 0,
      order: 256,
      venueOrderId: 1,
      cumulative: 10,
      status: "FILLED",
      fills: [fill(256, 60_000)],
    });
    expect(await fillsOf([submit(256, 0, {}), filled(256, 60_000), filled(256, 60_000), told])).toHaveLength(1);
    expect(await fillsOf([submit(256, 0, {}), told])).toHaveLength(1);
  });

  it("and one of an order that this session never sent is none of its fills", async () => {
    expect(await fillsOf([filled(999, 60_000)])).toEqual([]);
  });

  it("in the order of time, whatever the order of the records", async () => {
    const fills = await fillsOf([submit(256, 0, {}), submit(512, 0, {}), filled(512, 90_000), filled(256, 60_000)]);
    expect(fills.map(({ time }) => time)).toEqual([60_000, 90_000]);
  });
});

describe("a journal that cannot be read", () => {
  const torn = [submit(256, 0, {}), filled(256, 60_000).slice(0, 80)];

  it.each([
    ["torn inside a record", torn, /^bad_journal 2 3: .*journal.ndjson:2: this order_filled is no JSON/],
    ["torn before its type", [submit(256, 0, {}), '{"bar":1,"ti'], /^bad_journal 2 3: .*this line is no record of a journal/],
    ["with a price that is none", [submit(256, 0, { price: "high" })], /^bad_journal 1 3: .*this submit_order is not understood: request.price/],
  ])("is one %s", async (_, lines, message) => {
    expect(await problemOf(await writeRun(lines))).toMatch(message);
  });

  it("is one without a manifest, or beside one that is none", async () => {
    const path = await writeRun([]);
    await rm(join(folder, "manifest.json"));
    expect(await problemOf(path)).toMatch(/^bad_manifest {2}3: …\/manifest.json: there is no manifest.json beside …\/journal.ndjson/);
    expect(await problemOf(await writeRun([], "{"))).toMatch(/^bad_manifest {2}3: …\/manifest.json: it cannot be read/);
    expect(await problemOf(await writeRun([], { scenario: "x" }))).toMatch(/^bad_manifest {2}3: .*it is no manifest of a run: fill/);
  });

  it("is a folder without one: the newest run below it is named", async () => {
    expect(await problemOf(folder)).toBe(
      "no_run  3: …: there is no journal.ndjson in this folder (a run folder is what simulate writes: reports/<scenario>/<time>)",
    );
    for (const name of ["2026-01-01T00-00-00-000Z", "2026-01-02T00-00-00-000Z", "2026-01-03T00-00-00-000Z"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "2026-01-02T00-00-00-000Z", "journal.ndjson"), "");
    expect(await problemOf(folder)).toContain("(its newest run is …/2026-01-02T00-00-00-000Z)");
  });

  it("is one that is not there", async () => {
    expect(await problemOf(join(folder, "fills.csv"))).toMatch(/^file_missing /);
  });
});

describe("a table of fills", () => {
  const tableOf = async (text: string): Promise<string> => {
    const path = join(folder, "fills.csv");
    await writeFile(path, text);
    return path;
  };
  const head = "time,symbol,side,quantity,price,requested";

  it("has its decimals as they stand, and its columns under the names that bots give them", async () => {
    const text =
      "timestamp,pair,direction,n_contracts,fill_price,order_price,predicted_slippage,takerOrMaker\n2026-01-01T00:00:00Z,BTC/USDT,-1,0.10,97000.50,97001.25,0.5,taker\n";
    const [only] = (await readFills(await tableOf(text))).fills;
    expect(only).toMatchObject({
      time: Date.UTC(2026, 0, 1),
      symbol: "BTC/USDT",
      side: "sell",
      quantity: "0.1",
      price: "97000.5",
      requested: "97001.25",
      predicted: 0.5,
      liquidity: "taker",
      type: null,
    });
  });

  it("may leave a price that was asked for empty, and be in any order of time", async () => {
    const { fills, assumption } = await readFills(await tableOf(`${head}\n1767225660000,X/USDT,Buy,1,10,\n1767225600000,X/USDT,SELL,1,11,12\n`));
    expect(fills.map(({ side, requested }) => [side, requested])).toEqual([
      ["sell", "12"],
      ["buy", null],
    ]);
    expect(assumption).toBeNull();
  });

  it("has no fills without a row", async () => {
    expect((await readFills(await tableOf(`${head}\n`))).fills).toEqual([]);
    expect((await readFills(await tableOf(""))).fills).toEqual([]);
  });

  it.each([
    ["a side that is none", "1767225600000,X/USDT,long,1,10,10", /^bad_fill 2 3: .*fills.csv:2: row 0: side is "long", none of buy, sell, b/],
    ["a price that is no number", "1767225600000,X/USDT,buy,1,ten,10", /^bad_fill 2 3: .*price is "ten", no decimal number/],
    ["a quantity of nothing", "1767225600000,X/USDT,buy,0,10,10", /^bad_fill 2 3: .*quantity is 0, it has to be above 0/],
    ["a price below zero", "1767225600000,X/USDT,buy,1,-10,10", /^bad_fill 2 3: .*price is -10, it has to be above 0/],
    ["no symbol", "1767225600000,,buy,1,10,10", /^bad_fill 2 3: .*symbol is empty/],
    ["a time that is none", "tomorrow,X/USDT,buy,1,10,10", /^bad_time 2 3: /],
    ["a price beyond all numbers", "1767225600000,X/USDT,buy,1,1e999,10", /^bad_fill 2 3: .*more than a number holds/],
  ])("is refused for %s, with its line", async (_, row, message) => {
    expect(await problemOf(await tableOf(`${head}\n${row}\n`))).toMatch(message);
  });

  it("is refused without a price", async () => {
    expect(await problemOf(await tableOf("time,symbol,side,quantity\n1767225600000,X/USDT,buy,1\n"))).toMatch(
      /^column_missing .*no column for price/,
    );
  });
});
