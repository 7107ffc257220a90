// Every kind of bad scenario file: a typed error of exit code 3 with file, line, column, reason and the nearest known key.
import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ExitCode, SeatrialError } from "../../src/domain/index.ts";
import { loadScenario } from "../../src/scenario/index.ts";
import { base, edited, problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();

async function load(text: string | Uint8Array, name = "bad.json") {
  return loadScenario(write(name, text), {});
}

describe("a file that is no scenario at all", () => {
  it.each<[string, string, () => string]>([
    ["missing", "file_missing", () => join(folder, "nowhere.json")],
    ["inside a file", "file_missing", () => join(write("plain.json", base), "x.json")],
    ["a name with NUL", "file_missing", () => join(folder, "a\0b.json")],
    ["a folder", "not_a_file", () => folder],
    ["empty", "file_empty", () => write("empty.json", "")],
    ["white space", "file_empty", () => write("blank.yaml", " \n\t\n")],
    ["binary", "file_not_text", () => write("binary.json", Uint8Array.of(0x7b, 0x00, 0xff, 0x01))],
    ["not UTF-8", "file_not_text", () => write("latin.json", Uint8Array.of(0x7b, 0x22, 0xe4, 0x22, 0x7d))],
    ["UTF-16", "file_not_text", () => write("wide.json", Buffer.from(`\ufeff${base}`, "utf16le"))],
    ["JSON of another kind", "wrong_type", () => write("list.json", "[]")],
    ["a bare word of YAML", "wrong_type", () => write("word.yaml", "hello")],
    ["a truncated scenario", "bad_json", () => write("half.json", base.slice(0, 150))],
  ])("is refused: %s", async (_, code, file) => {
    const error = await problemOf(loadScenario(file(), {}));
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(ExitCode.input);
    expect(error.place.file).not.toBeNull();
    expect(error.hint ?? "no hint").not.toBe("");
  });

  it("is refused by its size before a byte is read: one line of 100 MB", async () => {
    const file = join(folder, "long.json");
    const handle = openSync(file, "w");
    ftruncateSync(handle, 100_000_000);
    closeSync(handle);
    const error = await problemOf(loadScenario(file, {}));
    expect(error.code).toBe("file_too_large");
    expect(error.reason).toBe("the file has 100000000 bytes, at most 1048576 are read");
  });

  it("is read with a byte order mark", async () => {
    expect((await load(`\ufeff${base}`)).name).toBe("base");
  });
});

// [what, passage, replacement, "line:column code", reason, hint]: lines and columns are counted by hand in workspace.ts.
const cases: readonly (readonly [string, string, string, string, string, string | null])[] = [
  ["a misspelt key", '"name": "base"', '"nam": "base"', "2:3 unknown_key", 'the file: unknown key "nam"', 'did you mean "name"?'],
  ["a misspelt key of a market", '"symbol"', '"symbl"', "5:7 unknown_key", 'markets[0]: unknown key "symbl"', 'did you mean "symbol"?'],
  ["a misspelt key of the rules", '"tick"', '"tik"', "6:19 unknown_key", 'markets[0].market: unknown key "tik"', 'did you mean "tick"?'],
  ["a key like no other", '"name"', '"zzzzzzzz": 1, "name"', "2:3 unknown_key", 'the file: unknown key "zzzzzzzz"',
    "known here: $schema, name, why, seed, venue, positionMode, leverage, markets, boot, strategy, fill, runner, steps, expect"],
  ["a missing key", '  "boot": { "balances": { "USDC": "1000" } },\n', "", "1:1 missing_key", "boot is missing", null],
  ["a missing key of the rules", '"tick": "0.01", ', "", "6:17 missing_key", "markets[0].market.tick is missing", null],
  ["a wrong type", '"name": "base"', '"name": 5', "2:11 wrong_type", "name is the number 5, expected a text", null],
  ["a list for an object", '"boot": { "balances": { "USDC": "1000" } }', '"boot": []', "10:11 wrong_type", "boot is a list, expected an object {…}", null],
  ["a text for a list", '"steps": []', '"steps": "none"', "12:12 wrong_type", 'steps is the text "none", expected a list […]', null],
  ["a number that is none", '"tick": "0.01"', '"tick": "abc"', "6:27 bad_value", 'markets[0].market.tick: "abc" is not a decimal number: write it as "12.34"', null],
  ["an exponent in a text", '"tick": "0.01"', '"tick": "1e400"', "6:27 bad_value", 'markets[0].market.tick: "1e400" is not a decimal number', null],
  ["Infinity", '"tick": "0.01"', '"tick": "Infinity"', "6:27 bad_value", 'markets[0].market.tick: "Infinity" is not a decimal number', null],
  ["null for a number", '"tick": "0.01"', '"tick": null', "6:27 wrong_type", "markets[0].market.tick: null is not a decimal number", null],
  ["a tick of zero", '"tick": "0.01"', '"tick": 0', "6:27 bad_value", "markets[0].market.tick: 0 must be greater than zero", null],
  ["a negative balance", '"USDC": "1000"', '"USDC": -1', "10:35 bad_value", "boot.balances.USDC: -1 must not be negative", null],
  ["no balance at all", '{ "USDC": "1000" }', "{}", "10:25 bad_value", "boot.balances: this object is empty", null],
  ["a symbol of another notation", '"HYPE/USDC:USDC"', '"HYPEUSDC"', "5:17 bad_value", 'markets[0].symbol: "HYPEUSDC" is not a symbol: write "BTC/USDT" or "BTC/USDT:USDT"', null],
  ["a name that no folder can have", '"name": "base"', '"name": "../x"', "2:11 bad_value", 'name: "../x" is no name', null],
  ["a fraction for a count", '"name": "base"', '"name": "base", "seed": 1.5', "2:27 wrong_type", "seed is the number 1.5, expected a whole number", null],
  ["a negative seed", '"name": "base"', '"name": "base", "seed": -1', "2:27 bad_value", "seed: -1 is too small", "at least 0"],
  ["an unknown venue", '"name": "base"', '"name": "base", "venue": "binanse-spot"', "2:28 unknown_venue", 'venue: "binanse-spot" is not known', 'did you mean "binance-spot"?'],
  ["a position mode that the venue lacks", '"name": "base"', '"venue": "binance-spot", "positionMode": "hedge", "name": "base"', "2:44 bad_position_mode",
    "positionMode: binance-spot has no hedge mode", "possible there: one_way"],
  ["a misspelt choice", '"name": "base"', '"name": "base", "positionMode": "hedg"', "2:35 bad_value", 'positionMode: "hedg" is not known', 'did you mean "hedge"?'],
  ["a swap on a spot venue", '"name": "base"', '"name": "base", "venue": "binance-spot"', "5:17 wrong_market_kind",
    "markets[0].symbol: HYPE/USDC:USDC is a swap market, binance-spot has spot markets", "a spot symbol has no colon"],
  ["more leverage than the venue has", '"name": "base"', '"name": "base", "leverage": 126', "2:31 bad_leverage", "leverage: 126 is more than HYPE/USDC:USDC allows on generic", "at most 125"],
  ["no bars", '"script": [["100", "101", "99", "100", "1000"], "flat"]', "", "7:15 bad_value", "markets[0].bars: this object needs exactly one of script, file and synthetic, here: none", null],
  ["bars of two sources", '"bars": {', '"bars": { "file": "x.csv",', "7:25 bad_value", 'markets[0].bars.file: "x.csv" needs exactly one of script, file and synthetic, here: script, file', null],
  ["a range for scripted bars", '"bars": {', '"bars": { "from": 5,', "7:25 bad_value", "markets[0].bars.from: 5 belongs to file bars, these come from script", null],
  ["a start that is no time", '"bars": {', '"bars": { "start": "2025-02-30",', "7:26 bad_value", 'markets[0].bars.start: "2025-02-30" is not a time', null],
  ["a timeframe that is none", '"bars": {', '"bars": { "timeframe": "1 minute",', "7:30 bad_value", 'markets[0].bars.timeframe: "1 minute" is not a timeframe', null],
  ["a high below the low", '["100", "101", "99", "100", "1000"]', '["100", "98", "99", "100", "1000"]', "7:28 bad_bar", "the high 98 is below the low 99", "a bar is [open, high, low, close, volume]"],
  ["a bar of four numbers", '["100", "101", "99", "100", "1000"]', '["100", "101", "99", "100"]', "7:28 bad_value", "markets[0].bars.script[0]: this list is too short", "at least 5"],
  ["a negative price in a bar", '"99", "100", "1000"', '"-99", "100", "1000"', "7:43 bad_value", 'markets[0].bars.script[0][2]: "-99" must be greater than zero', null],
  ["a move that is none", '"flat"', '"sideways"', "7:65 bad_move", 'the move "sideways": "sideways" is no percentage', 'write "+0.5%", "flat"'],
  ["rules from nowhere", '"market": { "tick": "0.01", "step": "0.01" },\n      ', "", "4:5 bad_value", "markets[0]: this object needs either market or marketFile", null],
  ["an unknown strategy", '"use": "scripted"', '"use": "scriptd"', "11:24 unknown_strategy", 'there is no strategy "scriptd"', 'did you mean "scripted"?'],
  ["an unknown parameter", '"actions": []', '"action": []', "11:48 unknown_parameter", 'scripted has no parameter "action"', 'did you mean "actions"?'],
  ["a bad parameter inside a list", '"actions": []', '"actions": [{ "bar": 0, "do": "opn" }]', "11:78 bad_parameter", "actions[0].do must be one of", null],
  ["a step after the last bar", '"steps": []', '"steps": [{ "at": { "bar": 9 }, "do": "kill" }]', "12:30 step_beyond_bars", "steps[0].at.bar: HYPE/USDC:USDC has no bar 9", "its last bar is 1"],
  ["an unknown step", '"steps": []', '"steps": [{ "at": { "bar": 0 }, "do": "kil" }]', "12:41 bad_value", 'steps[0].do: "kil" is not known', 'did you mean "kill"?'],
  ["a step that does nothing", '"steps": []', '"steps": [{ "at": { "bar": 0 } }]', "12:13 missing_key", "steps[0].do is missing", "known here: reject, lose_reply"],
  ["a key of another step", '"steps": []', '"steps": [{ "at": { "bar": 0 }, "do": "kill", "next": 2 }]', "12:49 unknown_key", 'steps[0]: unknown key "next"', 'did you mean "text"?'],
  ["a step on another market", '"steps": []', '"steps": [{ "at": { "bar": 0, "symbol": "HYPE/USDT:USDT" }, "do": "kill" }]', "12:43 unknown_symbol",
    "steps[0].at.symbol: HYPE/USDT:USDT is no market of this scenario", 'did you mean "HYPE/USDC:USDC"?'],
  ["a leg in one-way mode", '"steps": []', '"steps": [{ "at": { "bar": 0 }, "do": "close_position", "leg": "LONG" }]', "12:66 bad_leg", "has a leg LONG, one-way mode has only NET", null],
  ["an unknown expectation", '"expect": []', '"expect": [{ "ordr": {} }]', "13:16 unknown_key", 'expect[0]: unknown key "ordr"', 'did you mean "order"?'],
  ["two expectations in one", '"expect": []', '"expect": [{ "order": {}, "fill": {} }]', "13:37 bad_value", "needs exactly one of order, fill", null],
  ["an empty expectation", '"expect": []', '"expect": [{}]', "13:14 bad_value", "expect[0]: this object needs exactly one of order, fill", null],
  ["an unknown reason", '"expect": []', '"expect": [{ "skipped": { "reason": "strategy_execution_backof" } }]', "13:39 bad_value",
    'expect[0].skipped.reason: "strategy_execution_backof" is not known', 'did you mean "strategy_execution_backoff"?'],
  ["an unknown never", '"expect": []', '"expect": [{ "never": "duplicate-orders" }]', "13:25 bad_value", 'expect[0].never: "duplicate-orders" is not known', 'did you mean "duplicate-order"?'],
  ["bounds without a bound", '"expect": []', '"expect": [{ "order": { "count": {} } }]', "13:36 bad_value", "expect[0].order.count: this object needs min, max or both", null],
  ["a misspelt bound", '"expect": []', '"expect": [{ "order": { "count": { "mn": 1 } } }]', "13:38 unknown_key", 'expect[0].order.count: unknown key "mn"', 'did you mean "min"?'],
  ["a bound that is no number", '"expect": []', '"expect": [{ "final": { "equity": { "min": true } } }]', "13:46 wrong_type", "expect[0].final.equity.min: true is not a decimal number", null],
  ["an expectation on another market", '"expect": []', '"expect": [{ "fill": { "symbol": "BTC/USDT" } }]', "13:36 unknown_symbol",
    "expect[0].fill.symbol: BTC/USDT is no market of this scenario", "its markets: HYPE/USDC:USDC"],
  ["fees without a currency", '"expect": []', '"expect": [{ "metric": { "name": "fees", "equals": "0" } }]', "13:26 bad_value", "expect[0].metric: this object needs the currency of the fees", null],
  ["no balance in the market's currency", '"USDC": "1000"', '"USDT": "1000"', "10:25 no_balance", "boot.balances: no balance in USDC, which HYPE/USDC:USDC is traded with", 'add "USDC"'],
  ["a balance that exact money cannot hold", '"USDC": "1000"', '"USDC": "1000000000000000"', "10:35 balance_too_large", "boot.balances.USDC: a balance of 1000000000000000 USDC", null],
  ["a balance finer than money", '"USDC": "1000"', '"USDC": "0.000000001"', "10:35 too_many_decimals", "boot.balances.USDC: 0.000000001 has 9 decimals, 8 are possible here", null],
  ["orders before the first bar", '"boot": {', '"boot": { "openOrders": [1],', "10:27 bad_value", "boot.openOrders: this list is too long", "at most 0"],
  ["a boot position without a leg in hedge mode", '"boot": {', '"positionMode": "hedge", "boot": { "positions": [{ "symbol": "HYPE/USDC:USDC", "quantity": 1, "entryPrice": 100 }],',
    "10:52 bad_leg", "boot.positions[0]: needs the leg LONG or SHORT in hedge mode", null],
  ["a short of the wrong sign", '"boot": {', '"positionMode": "hedge", "boot": { "positions": [{ "symbol": "HYPE/USDC:USDC", "leg": "SHORT", "quantity": 1, "entryPrice": 100 }],',
    "10:110 bad_position", "1 is no SHORT quantity", "quantities are signed"],
  ["an unknown fill preset", '"steps": []', '"fill": "optimist", "steps": []', "12:11 bad_value", 'fill: "optimist" is not known', 'did you mean "optimistic"?'],
  ["an unknown fill setting", '"steps": []', '"fill": { "pth": "ohlc" }, "steps": []', "12:13 unknown_key", 'fill: unknown key "pth"', 'did you mean "path"?'],
  ["a slippage of no kind", '"steps": []', '"fill": { "slippage": { "kind": "bp" } }, "steps": []', "12:35 bad_value", 'fill.slippage.kind: "bp" is not known', 'did you mean "bps"?'],
  ["another variable in a path", '"script": [["100", "101", "99", "100", "1000"], "flat"]', '"file": "${HOME}/x.csv"', "7:25 bad_path",
    'markets[0].bars.file: "${HOME}/x.csv" has a variable that is not expanded', "SEATRIAL_DATA"],
  ["a longer timeframe that is none", '"bars":', '"timeframes": ["90s"], "bars":', "7:22 bad_timeframe", "markets[0].timeframes[0]: 90s cannot be made from 1m bars", "multiple"],
  ["an absolute strategy path", '"use": "scripted"', '"use": "/x/y.ts"', "11:24 bad_path", "strategy.use: an absolute path belongs to one machine", null],
];

describe("a mistake in a scenario", () => {
  it.each(cases)("is told by line and column: %s", async (_, from, to, where, reason, hint) => {
    const error = await problemOf(load(edited(from, to)));
    expect(`${error.place.line}:${error.place.column} ${error.code}`).toBe(where);
    expect(error.reason).toContain(reason);
    if (hint !== null) expect(error.hint).toContain(hint);
    expect(error.place.file).toBe(join(folder, "bad.json"));
    expect(error.exitCode).toBe(ExitCode.input);
  });

  it("is told for YAML in the YAML's own lines", async () => {
    const text = [
      "name: base", "markets:", "  - symbol: HYPE/USDC:USDC", "    market: {tick: '0.01', step: '0.01'}", "    bars:", "      skript: [flat]", "boot:",
      "  balances: {USDC: 1000}", "strategy: {use: scripted}", "",
    ].join("\n");
    const error = await problemOf(load(text, "bad.yaml"));
    expect(error.toJSON()).toEqual({
      code: "unknown_key", file: join(folder, "bad.yaml"), line: 6, column: 7, reason: 'markets[0].bars: unknown key "skript"', hint: 'did you mean "script"?',
    });
  });

  it("is told once for a market that is there twice", async () => {
    const document = JSON.parse(base) as { markets: unknown[] };
    document.markets.push(document.markets[0]);
    const error = await problemOf(load(JSON.stringify(document)));
    expect(error.code).toBe("duplicate_market");
    expect(error.reason).toBe("markets[1].symbol: HYPE/USDC:USDC is here twice");
  });
});

describe("a scenario's other files", () => {
  it("are an error when they are missing and not recorded data", async () => {
    const error = await problemOf(load(edited('"script": [["100", "101", "99", "100", "1000"], "flat"]', '"file": "nowhere.csv"')));
    expect(error.exitCode).toBe(ExitCode.input);
    expect(error.code).toBe("file_missing");
    expect(error.place.file).toBe(join(folder, "nowhere.csv"));
  });

  it("may be market rules with mistakes of their own", async () => {
    const rules = write("rules.json", '{\n  "tick": "0.01",\n  "stp": "0.01"\n}');
    const error = await problemOf(load(edited('"market": { "tick": "0.01", "step": "0.01" }', '"marketFile": "rules.json"')));
    expect(error.toJSON()).toMatchObject({ code: "unknown_key", file: rules, line: 3, column: 3, hint: 'did you mean "step"?' });
  });

  it.each([
    ["another market's rules", '{"symbol": "BTC/USDT", "tick": "1", "step": "1"}', "unknown_symbol"],
    ["structures without the market", '{"BTC/USDT": {"symbol": "BTC/USDT"}}', "unknown_symbol"],
    ["a list without the market", '[{"symbol": "BTC/USDT"}]', "unknown_symbol"],
    ["a text", '"x"', "unknown_symbol"],
    ["half a file", '{"tick": ', "bad_json"],
    ["nothing", "", "file_empty"],
  ])("may be no rules: %s", async (_, text, code) => {
    write("other.json", text);
    const error = await problemOf(load(edited('"market": { "tick": "0.01", "step": "0.01" }', '"marketFile": "other.json"')));
    expect(error.code).toBe(code);
    expect(error.place.file).toBe(join(folder, "other.json"));
  });

  it("may be a strategy that does not load", async () => {
    write("broken.ts", "export default {");
    const error = await problemOf(load(edited('"use": "scripted"', '"use": "./broken.ts"')));
    expect(error.exitCode).toBe(ExitCode.input);
  });
});

describe("any JSON", () => {
  it("is a scenario or a typed error of exit code 3", async () => {
    mkdirSync(join(folder, "fuzz"), { recursive: true });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        const error = await problemOf(load(`${JSON.stringify(value)} `, join("fuzz", "random.json")));
        expect(error.exitCode).toBe(ExitCode.input);
      }),
      { numRuns: 60 },
    );
  });

  it("in place of any value of a scenario is a scenario or a typed error of exit code 3", async () => {
    const paths = pathsOf(JSON.parse(withEverything()) as unknown);
    const strange = fc.oneof(
      fc.constantFrom(null, true, -1, 0, 1e21, 1e-9, "", "x", "NaN", "-0", "1e5", [], {}, [[]], { min: 1 }, "__proto__", "${SEATRIAL_DATA}/x", "flat x3"),
      fc.jsonValue({ maxDepth: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), strange, async (path, value) => {
        const document = JSON.parse(withEverything()) as unknown;
        replace(document, path, value);
        try {
          await load(JSON.stringify(document), join("fuzz", "replaced.json"));
        } catch (error) {
          expect(error).toBeInstanceOf(SeatrialError);
          expect((error as SeatrialError).exitCode).toBe(ExitCode.input);
        }
      }),
      { numRuns: 200 },
    );
  });
});

type Path = readonly (string | number)[];

function withEverything(): string {
  const everything = {
    $schema: "x", name: "all", why: "all", seed: 3, venue: "generic", positionMode: "hedge", leverage: 2,
    markets: [
      {
        symbol: "HYPE/USDC:USDC", market: { tick: "0.01", step: "0.01", minNotional: "10", significantDigits: 5 },
        bars: { timeframe: "1m", start: 0, script: [["100", "101", "99", "100", "1"], "+1%", "flat x5"], volume: "5" }, timeframes: ["5m"],
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
      { order: { family: "entry", count: { min: 1 } } }, { final: { position: [{ symbol: "HYPE/USDC:USDC", position: "0" }], equity: { min: 1 } } },
      { metric: { name: "fees", currency: "USDC", max: "1" } }, { never: "halt" },
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
