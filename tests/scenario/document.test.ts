// The two readers: the same value from JSON and YAML, and every mistake with its line and column.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import { parseDocument } from "../../src/scenario/document.ts";
import { sourceOf } from "../../src/scenario/source-text.ts";
import { problemOf, settled } from "./workspace.ts";

async function parse(text: string, name = "s.json") {
  return parseDocument(sourceOf(name, text));
}

async function problem(text: string, name = "s.json"): Promise<SeatrialError> {
  return problemOf(parse(text, name));
}

async function summary(text: string, name = "s.json"): Promise<string> {
  const { code, place, reason } = await problem(text, name);
  return `${place.line}:${place.column} ${code} ${reason}`;
}

describe("JSON", () => {
  it("gives plain data", async () => {
    const { value } = await parse('{"a": [1, -0.5, 2e3], "b": {"c": null, "d": true, "e": false}, "f": "x\\n\\u00e9"}');
    expect(value).toEqual({ a: [1, -0.5, 2000], b: { c: null, d: true, e: false }, f: "x\né" });
  });

  it("remembers where values and keys stand", async () => {
    const document = await parse('{\n  "a": 1,\n  "list": [10,\n    20]\n}');
    expect(document.placeOf(["list", 1])).toEqual({ file: "s.json", line: 4, column: 5 });
    expect(document.placeOfKey([], "list")).toEqual({ file: "s.json", line: 3, column: 3 });
    expect(document.placeOf(["list", 7])).toEqual({ file: "s.json", line: 3, column: 11 });
  });

  it.each([
    ['{"a": 1,}', '1:9 bad_json expected a key in double quotes, found "}"'],
    ['{"a" 1}', '1:6 bad_json expected ":" after the key "a", found "1"'],
    ['{"a": 1 "b": 2}', '1:9 bad_json expected "," or "}", found a text'],
    ["[1 2]", '1:4 bad_json expected "," or "]", found "2"'],
    ["{a: 1}", '1:2 bad_json expected a key in double quotes, found "a"'],
    ['{\n  "a": tru\n}', '2:8 bad_json expected a value, found "t"'],
    ['{\n  // no\n  "a": 1}', "2:3 bad_json expected a key in double quotes, found a comment (JSON has none)"],
    ['{"a": "x', "1:7 bad_json this text has no closing quote on its line"],
    ['{"a": "x\n"}', "1:7 bad_json this text has no closing quote on its line"],
    ['{"a": "\\q"}', '1:7 bad_json the text "\\q" has a bad escape or a control character'],
    ['{"a": "\t"}', '1:7 bad_json the text "\t" has a bad escape or a control character'],
    ['{"a": 01}', "1:7 bad_json 01 is not a JSON number"],
    ['{"a": 1.2.3}', "1:7 bad_json 1.2.3 is not a JSON number"],
    ['{"a": .5}', '1:7 bad_json expected a value, found "."'],
    ['{"a": -}', '1:7 bad_json "-" starts no number'],
    ['{"a": NaN}', '1:7 bad_json expected a value, found "N"'],
    ['{"a": 1e400}', "1:7 number_not_exact the number 1e400 cannot be kept exactly"],
    ['{"a": 1e-400}', "1:7 number_not_exact the number 1e-400 cannot be kept exactly"],
    ['{"a": 0.12345678901234567890}', "1:7 number_not_exact the number 0.12345678901234567890 cannot be kept exactly"],
    ['{"a": 9007199254740993}', "1:7 number_not_exact the number 9007199254740993 cannot be kept exactly"],
    ['{"a": 1}\n{"b": 2}', '2:1 bad_json "{" after the end of the JSON value'],
    ['{\n  "a": 1,\n  "a": 2\n}', '3:3 duplicate_key the key "a" is here twice, first in line 2'],
    ['{"__proto__": {}}', '1:2 forbidden_key the key "__proto__" is not allowed'],
    ['{"a": {"constructor": 1}}', '1:8 forbidden_key the key "constructor" is not allowed'],
    ['{"\\u005f_proto__": 1}', '1:2 forbidden_key the key "__proto__" is not allowed'],
  ])("refuses %j", async (text, expected) => {
    expect(await summary(text)).toBe(expected);
  });

  it("says where a truncated file was opened", async () => {
    const error = await problem('{\n  "markets": [\n    {"symbol": "A/B"');
    expect(error.place).toEqual({ file: "s.json", line: 3, column: 21 });
    expect(error.hint).toBe('the "{" of line 3 is not closed: the file looks truncated');
  });

  it("refuses nesting deeper than 32 levels where it begins", async () => {
    const document = await parse(`${"[".repeat(32)}${"]".repeat(32)}`);
    expect(Array.isArray(document.value)).toBe(true);
    expect(await summary("[".repeat(100_000))).toBe("1:33 too_deep nested deeper than 32 levels");
  });

  it("takes 0.1, 1e-7 and -0 as the numbers they are", async () => {
    expect((await parse("[0.1, 1e-7, -0, 100.50]")).value).toEqual([0.1, 1e-7, 0, 100.5]);
  });

  it("reads what JSON.parse reads, as JSON.parse reads it", async () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        const result = await settled(parse(text));
        const wanted = JSON.parse(text) as unknown;
        // The one thing that is allowed there and not here: keys of prototypes.
        expect(result instanceof SeatrialError ? result.code : result.value).toEqual(result instanceof SeatrialError ? "forbidden_key" : wanted);
      }),
      { numRuns: 100 },
    );
  });

  it("answers any text with a value or a typed error that has a line", async () => {
    const piece = fc.oneof(
      fc.constantFrom('{"', '":', "[", "]", "{", "}", ",", "1", "-", "e5", '"', "\\", "\n", "null", " "),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const result = await settled(parse(pieces.join("")));
        expect(result instanceof SeatrialError ? result.place.line : 1).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe("YAML", () => {
  it("means the same as the JSON it stands for", async () => {
    const text = [
      "name: x # a comment",
      "empty:",
      "tilde: ~",
      "yes: true",
      "no: False",
      "n: 1.50",
      "neg: -3",
      "exp: 1e3",
      "date: 2025-01-01T00:00:00Z",
      "move: -1%",
      "quoted: '1'",
      'escape: "a\\tb"',
      "list: [1, {a: b}]",
      "nested:",
      "  - k: v",
      "    l: 2",
      "  - - 1",
      "    - 2",
      "text: |",
      "  two",
      "  lines",
      "",
    ].join("\n");
    expect((await parse(text, "s.yaml")).value).toEqual({
      name: "x",
      empty: null,
      tilde: null,
      yes: true,
      no: false,
      n: 1.5,
      neg: -3,
      exp: 1000,
      date: "2025-01-01T00:00:00Z",
      move: "-1%",
      quoted: "1",
      escape: "a\tb",
      list: [1, { a: "b" }],
      nested: [{ k: "v", l: 2 }, [1, 2]],
      text: "two\nlines\n",
    });
  });

  it("remembers where values and keys stand", async () => {
    const document = await parse("a: 1\nb:\n  - c: 2\n    d: 3\n", "s.yml");
    expect(document.placeOf(["b", 0, "d"])).toEqual({ file: "s.yml", line: 4, column: 8 });
    expect(document.placeOfKey(["b", 0], "d")).toEqual({ file: "s.yml", line: 4, column: 5 });
  });

  it.each([
    ["a: &x 1\nb: *x", "1:7 yaml_feature the anchor &x is not allowed"],
    ["a: 1\nb: *x", "2:4 yaml_feature"],
    ["a: !!str 1", "1:10 yaml_feature"],
    ["a: !custom {b: 1}", "1:12 yaml_feature"],
    ["<<: {a: 1}", '1:1 yaml_feature the merge key "<<" is not allowed'],
    ["a: 1\na: 2", '2:1 duplicate_key the key "a" is here twice, first in line 1'],
    ["constructor: 1", '1:1 forbidden_key the key "constructor" is not allowed'],
    ["? [a]\n: 1", "1:3 bad_yaml a key must be a plain text"],
    ["a: 1e400", "1:4 number_not_exact the number 1e400 cannot be kept exactly"],
    ["a: [1, 2", "1:9 bad_yaml"],
    ["a: 'x", "1:6 bad_yaml"],
    ["a: b: c", "1:4 bad_yaml"],
    ["a: 1\n\tb: 2", "2:1 bad_yaml"],
    ["a: 1\n---\nb: 2", "2:1 bad_yaml a second document begins here"],
  ])("refuses %j", async (text, expected) => {
    expect(await summary(text, "s.yaml")).toContain(expected);
  });

  it("refuses deep nesting before the library parses it", async () => {
    expect(await summary("[".repeat(500_000), "s.yaml")).toBe("1:33 too_deep nested deeper than 32 levels");
    expect(await summary("- ".repeat(500_000), "s.yaml")).toContain("1:65 too_deep");
    const stairs = Array.from({ length: 40 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
    expect(await summary(stairs, "s.yaml")).toBe("33:33 too_deep nested deeper than 32 levels");
  });

  it("is not slowed down by many keys, brackets or errors", async () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: ${at}`).join("\n");
    expect(Object.keys((await parse(keys, "s.yaml")).value as object)).toHaveLength(20_000);
    expect((await problem("}\n".repeat(20_000), "s.yaml")).code).toBe("bad_yaml");
    expect((await problem("a: 'b\n".repeat(10_000), "s.yaml")).code).toBe("bad_yaml");
  });

  it("answers any text with a value or a typed error that has a line", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "a: ",
        "- ",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        "? ",
        ": ",
        "&a ",
        "*a",
        "!t ",
        "|",
        ">",
        "'",
        '"',
        "#",
        "---\n",
        "%YAML 1.2\n",
        "<<: ",
      ),
      fc.string({ maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const result = await settled(parse(pieces.join(""), "s.yaml"));
        expect(result instanceof SeatrialError ? result.place.line : 1).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
