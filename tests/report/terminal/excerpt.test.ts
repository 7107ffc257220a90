// The place of an error, underlined: found in files of all forms, cut to the terminal, true under letters of any width.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { displayWidth } from "../../../src/report/terminal/display-width.ts";
import { excerptLines } from "../../../src/report/terminal/excerpt.ts";
import { excerptOf } from "../../../src/report/terminal/excerpt-read.ts";
import { paintOf } from "../../../src/report/terminal/paint.ts";

const screen = { width: 80, paint: paintOf(false) };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-excerpt-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function meant(name: string, text: string | Uint8Array, line: number, column: number | null): Promise<string | null> {
  const file = join(folder, name);
  await writeFile(file, text);
  const found = await excerptOf({ file, line, column });
  return found === null ? null : found.text.slice(found.from, found.to);
}

describe("the value that an error names", () => {
  it.each([
    ["a.json", '{\n  "seed": 12.5e3,\n}', 2, 11, "12.5e3"],
    ["a.json", '{ "a \\" b": 1 }', 1, 3, '"a \\" b"'],
    ["a.json", '{ "a": [1, 2] }', 1, 8, "["],
    ["a.json", '{ "a": "open', 1, 8, '"open'],
    ["a.yaml", "mode: sideways it is # so\n", 1, 7, "sideways it is"],
    ["a.yml", "list: [one way, two]\n", 1, 8, "one way"],
    ["a.yml", "key: value\n", 1, 1, "key"],
    ["bars.csv", "time,open\n2025-01-01 00:00:00,abc\r\n", 2, 1, "2025-01-01 00:00:00"],
    ["bars.csv", "time,open\n2025-01-01 00:00:00,abc\r\n", 2, 21, "abc"],
    // Two commas: the empty field is the place itself.
    ["bars.csv", "1,,2\n", 1, 3, ","],
    ["bars.csv", "1,2,3\n", 1, null, "1,2,3"],
    ["bot.ts", "  throw new TypeError(1);\n", 1, 9, "new"],
    ["last.json", '{"a":1', 1, 6, "1"],
  ] as const)("in %s (%j, line %d, column %s) is %j", async (name, text, line, column, value) => {
    expect(await meant(name, text, line, column)).toBe(value);
  });

  it("is found on the first line of a file that begins with a byte order mark, whose columns do not count it", async () => {
    expect(await meant("a.json", '\ufeff{"seed": x}', 1, 10)).toBe("x");
  });

  it("is found in a gzipped file, and far behind in a long one", async () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => `${at},1,2`);
    rows[150_000] = "150000,abc,2";
    expect(await meant("bars.csv.gz", gzipSync(rows.join("\n")), 150_001, 8)).toBe("abc");
    expect(await meant("bars.csv", rows.join("\n"), 150_001, 8)).toBe("abc");
  });

  it("is an empty place behind the end of its line", async () => {
    const file = join(folder, "a.csv");
    await writeFile(file, "1,2\n3,4,5\n");
    expect(await excerptOf({ file, line: 1, column: 4 })).toEqual({ line: 1, text: "1,2", from: 3, to: 3 });
  });

  it("is nothing where there is no such line, no text, no file, and where no line is named", async () => {
    expect(await meant("a.json", "{}\n", 7, 1)).toBeNull();
    expect(await meant("a.bin", Uint8Array.of(1, 0, 2), 1, 1)).toBeNull();
    expect(await meant("long.json", "x".repeat(2 << 20), 1, 5)).toBeNull();
    expect(await excerptOf({ file: join(folder, "nothing.json"), line: 1, column: 1 })).toBeNull();
    expect(await excerptOf({ file: join(folder, "a.json"), line: null, column: null })).toBeNull();
    expect(await excerptOf({ file: null, line: 1, column: 1 })).toBeNull();
  });
});

describe("the two lines of an excerpt", () => {
  it("are the file's line and signs below the value", () => {
    expect(excerptLines({ line: 12, text: '  "seed": "x",', from: 10, to: 13 }, screen)).toEqual(['  12 │   "seed": "x",', "     │           ^^^"]);
  });

  it("have one sign behind the end of a line", () => {
    expect(excerptLines({ line: 1, text: "1,2", from: 3, to: 3 }, screen)).toEqual(["  1 │ 1,2", "    │    ^"]);
  });

  it("stand under the right letters where letters are wide or tabs come before", () => {
    expect(excerptLines({ line: 1, text: "\t日本: bad", from: 5, to: 8 }, screen)).toEqual(["  1 │  日本: bad", "    │        ^^^"]);
  });

  it("show control characters as marks, so that a file cannot write to the terminal", () => {
    expect(excerptLines({ line: 1, text: "\u001b[31mred", from: 0, to: 1 }, screen)[0]).toBe("  1 │ \ufffd[31mred");
  });

  it.each([
    [0, 5],
    [3, 8],
    [250, 260],
    [490, 500],
    [500, 500],
    [100, 400],
  ])("fit the terminal and keep the place from %d to %d in view", (from, to) => {
    const text = Array.from({ length: 100 }, (_, at) => `v${String(at).padStart(3, "0")},`).join("");
    const [line = "", under = ""] = excerptLines({ line: 7, text, from, to }, { ...screen, width: 60 });
    expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(under.length).toBeLessThanOrEqual(61);
    const signs = under.indexOf("^");
    const shown = line.slice(signs, under.length);
    const value = text.slice(from, to);
    if (value.length <= 50) expect(shown).toBe(value);
    else expect([shown.endsWith("…"), value.startsWith(shown.slice(0, -1))]).toEqual([true, true]);
    expect(line.includes("…")).toBe(true);
  });

  it("are painted only where colours are taken", () => {
    const lines = excerptLines({ line: 1, text: "ab", from: 0, to: 1 }, { width: 80, paint: paintOf(true) });
    expect(lines.join("")).toContain("\u001b[31m^\u001b[39m");
  });
});

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["│…", 2],
    ["🙂", 2],
  ])("of %j is %d", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
