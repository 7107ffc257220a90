// Every kind of bad scenario file: a typed error of exit code 3 with file, line, column, reason and the nearest known key.
import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { ExitCode } from "../../src/domain/index.ts";
import { loadScenario } from "../../src/scenario/index.ts";
import { badInside } from "./bad-inside.ts";
import { badJudgements } from "./bad-judgements.ts";
import { badProcess } from "./bad-process.ts";
import { badPlans } from "./bad-plans.ts";
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

describe("a mistake in a scenario", () => {
  it.each([...badPlans, ...badInside, ...badJudgements, ...badProcess])(
    "is told by line and column: %s",
    async (_, from, to, where, reason, hint) => {
      const error = await problemOf(load(edited(from, to)));
      expect(`${error.place.line}:${error.place.column} ${error.code}`).toBe(where);
      expect(error.reason).toContain(reason);
      expect(error.hint ?? "").toContain(hint ?? "");
      expect(error.place.file).toBe(join(folder, "bad.json"));
      expect(error.exitCode).toBe(ExitCode.input);
    },
  );

  it("is told for YAML in the YAML's own lines", async () => {
    const text = [
      "name: base",
      "markets:",
      "  - symbol: HYPE/USDC:USDC",
      "    market: {tick: '0.01', step: '0.01'}",
      "    bars:",
      "      skript: [flat]",
      "boot:",
      "  balances: {USDC: 1000}",
      "strategy: {use: scripted}",
      "",
    ].join("\n");
    const error = await problemOf(load(text, "bad.yaml"));
    expect(error.toJSON()).toEqual({
      code: "unknown_key",
      file: join(folder, "bad.yaml"),
      line: 6,
      column: 7,
      reason: 'markets[0].bars: unknown key "skript"',
      hint: 'did you mean "script"?',
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
