// Proves the layer check: every rule by a small tree that breaks it and nothing else, and its silence on a tree that is right.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readImports } from "./imports.ts";
import { checkLayers, type LayerRule } from "./layers.ts";
import { inFolder } from "./lint-fixture.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** A tree whose rooms all exist and import only downwards, through the front doors. */
const SOUND: Readonly<Record<string, string>> = {
  "src/domain/index.ts": 'import seedrandom from "seedrandom";\nexport const draw = seedrandom;\n',
  "src/market/index.ts": 'import { readFileSync } from "node:fs";\nimport { draw } from "../domain/index.ts";\nexport { draw, readFileSync };\n',
  "src/exchange/virtual/index.ts": 'export * from "../../domain/index.ts";\nexport const venue = 1;\n',
  "src/exchange/ccxt/index.ts": "export const live = 1;\n",
  "src/exchange/wire/index.ts": 'export { venue } from "../virtual/index.ts";\n',
  "src/strategy/index.ts": 'import { draw } from "../domain/index.ts";\nexport const luck = draw;\n',
  "src/risk/index.ts": "export const limit = 1;\n",
  "src/runner/index.ts": 'export { limit } from "../risk/index.ts";\nexport { luck } from "../strategy/index.ts";\n',
  "src/runner/settings.ts": "export interface Settings { retries: number }\n",
  "src/journal/index.ts": 'export type { Settings } from "../runner/settings.ts";\n',
  "src/journal/auditor.ts": 'import { draw } from "../domain/index.ts";\nexport const audit = draw;\n',
  "src/session/index.ts": 'export { live } from "../exchange/ccxt/index.ts";\nexport const load = (file: string) => import(file);\n',
  "src/cli/main.ts": 'export const main = () => import("../session/index.ts");\n',
  "src/index.ts": 'export * from "./session/index.ts";\nexport { limit } from "./risk/index.ts";\n',
};

/** `file line rule` of every violation of the sound tree with these files added or replaced. */
function broken(changes: Readonly<Record<string, string>>): string[] {
  return inFolder({ ...SOUND, ...changes }, (folder) => checkLayers(folder).map(({ rule, file, line }) => `${file}:${line} ${rule}`));
}

describe("the layer check", () => {
  it("is silent on a tree that keeps the order", () => {
    expect(broken({})).toEqual([]);
  });

  it("accepts the project's own tree", () => {
    expect(checkLayers(ROOT)).toEqual([]);
  });

  it("ends with 1 and names file, line and rule when it is run on a broken tree", () => {
    inFolder({ ...SOUND, "src/domain/up.ts": '\nimport "../market/index.ts";\n' }, (folder) => {
      const result = spawnSync(process.execPath, [join(ROOT, "tests/architecture/layers.ts"), folder], { encoding: "utf8" });
      expect(result.status).toBe(1);
      expect(result.stdout).toBe("layers: 1 violation\n");
      expect(result.stderr).toBe("src/domain/up.ts:2 room-order: domain imports market, a higher room\n");
    });
  });
});

const VIOLATIONS: readonly { readonly what: string; readonly file: string; readonly text: string; readonly rules: readonly LayerRule[] }[] = [
  { what: "a higher room", file: "src/domain/a.ts", text: 'import "../market/index.ts";', rules: ["room-order"] },
  {
    what: "a higher room, for a type only",
    file: "src/domain/a.ts",
    text: 'import type { Settings } from "../runner/settings.ts";',
    rules: ["room-order"],
  },
  {
    what: "a higher room, in an inline type",
    file: "src/domain/a.ts",
    text: 'export type A = import("../runner/settings.ts").Settings;',
    rules: ["room-order"],
  },
  { what: "a higher room, by a re-export", file: "src/risk/a.ts", text: 'export { luck } from "../runner/index.ts";', rules: ["room-order"] },
  { what: "a higher room, lazily", file: "src/market/a.ts", text: 'export const a = () => import("../cli/main.ts");', rules: ["room-order"] },
  { what: "the runner from the venue", file: "src/exchange/virtual/a.ts", text: 'import "../../runner/index.ts";', rules: ["room-order"] },
  { what: "the runner from the wire", file: "src/exchange/wire/a.ts", text: 'import "../../runner/index.ts";', rules: ["blind-room"] },
  { what: "the venue from the runner", file: "src/runner/a.ts", text: 'import "../exchange/virtual/index.ts";', rules: ["blind-room"] },
  {
    what: "the venue's types from the runner",
    file: "src/runner/a.ts",
    text: 'import type { venue } from "../exchange/virtual/index.ts"; export type A = typeof venue;',
    rules: ["blind-room"],
  },
  { what: "the venue from risk", file: "src/risk/a.ts", text: 'import "../exchange/virtual/index.ts";', rules: ["blind-room"] },
  { what: "the venue from a strategy", file: "src/strategy/a.ts", text: 'import "../exchange/virtual/index.ts";', rules: ["blind-room"] },
  { what: "the bar files from a strategy", file: "src/strategy/a.ts", text: 'import "../market/index.ts";', rules: ["blind-room"] },
  { what: "the live adapter from a report", file: "src/report/a.ts", text: 'import "../exchange/ccxt/index.ts";', rules: ["reserved-room"] },
  { what: "a value past the front door", file: "src/session/a.ts", text: 'import "../runner/settings.ts";', rules: ["front-door"] },
  { what: "a file system in the core", file: "src/runner/a.ts", text: 'import "node:fs";', rules: ["core-builtin"] },
  { what: "a built-in by its old name in the core", file: "src/strategy/a.ts", text: 'import "crypto";', rules: ["core-builtin"] },
  { what: "a package in the domain", file: "src/domain/a.ts", text: 'import "yaml";', rules: ["core-package"] },
  { what: "the domain's package elsewhere in the core", file: "src/runner/a.ts", text: 'import "seedrandom";', rules: ["core-package"] },
  { what: "the package by its own name", file: "src/session/a.ts", text: 'import "seatrial/domain";', rules: ["self-import"] },
  { what: "a computed name", file: "src/report/a.ts", text: "export const a = (b: string) => import(b);", rules: ["opaque-import"] },
  { what: "a relative file without .ts", file: "src/session/a.ts", text: 'import "./index.js";', rules: ["file-extension"] },
  { what: "a file that is not there", file: "src/session/a.ts", text: 'import "./gone.ts";', rules: ["missing-file"] },
  { what: "a test", file: "src/session/a.ts", text: 'import "../../tests/a.test.ts";', rules: ["outside-src"] },
];

describe("the layer check reports an import of", () => {
  for (const { what, file, text, rules } of VIOLATIONS) {
    it(`${what}: ${rules.join(", ")}`, () => {
      expect(broken({ [file]: `// a comment first\n${text}\n` })).toEqual(rules.map((rule) => `${file}:2 ${rule}`));
    });
  }
});

describe("the layer check reports", () => {
  it("a file that lies in no room", () => {
    expect(broken({ "src/utensils/a.ts": "export const one = 1;\n" })).toEqual(["src/utensils/a.ts:1 unknown-room"]);
  });

  it("an auditor that reaches the runner through a third file", () => {
    const changes = {
      "src/journal/auditor.ts": 'import { retries } from "./rows.ts";\nexport const audit = retries;\n',
      "src/journal/rows.ts": 'import { limit } from "../runner/index.ts";\nexport const retries = limit;\n',
    };
    expect(broken(changes)).toEqual(["src/journal/auditor.ts:1 independence"]);
  });

  it("a cycle once, at its first file, imports of types included", () => {
    const changes = {
      "src/session/a.ts": 'import { b } from "./b.ts";\nexport const a = b;\n',
      "src/session/b.ts": 'export { c as b } from "./c.ts";\n',
      "src/session/c.ts": 'import type { a } from "./a.ts";\nexport const c = 1;\nexport type A = typeof a;\n',
    };
    expect(broken(changes)).toEqual(["src/session/a.ts:1 cycle"]);
  });

  it("a file that imports itself", () => {
    expect(broken({ "src/session/a.ts": 'export * as me from "./a.ts";\n' })).toEqual(["src/session/a.ts:1 cycle"]);
  });
});

describe("reading imports", () => {
  it("finds every form and nothing in comments and strings", () => {
    const text = [
      'import a, { type A } from "a";', // 1: a value beside a type is a value
      'import { type B, type C } from "b";', // 2: types only
      'import "c";', // 3: runs the file
      'export * from "d";', // 4
      'export type * from "e";', // 5
      'export { type F } from "f";', // 6
      'const g = import("g");', // 7
      "const h = (name: string) => import(name);", // 8: computed
      'type I = import("i").I;', // 9
      '// import "j";', // 10: a comment
      "const k = 'import \"k\"';", // 11: a string
      "export { a, g, h, k }; export type { A, I };", // 12: no source
    ].join("\n");
    expect(readImports("a.ts", text).map(({ specifier, form, line }) => `${line} ${form} ${specifier ?? "?"}`)).toEqual([
      "1 value a",
      "2 type b",
      "3 value c",
      "4 value d",
      "5 type e",
      "6 type f",
      "7 lazy g",
      "8 lazy ?",
      "9 type i",
    ]);
  });

  it("refuses a text that does not parse", () => {
    expect(() => readImports("bad.ts", "import { from;")).toThrow(/^bad\.ts does not parse: /);
  });
});
