// Modules joined into one script: what comes out runs as the modules would, and every form that is not known is refused.

import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { inlineScript } from "../../../src/report/page/inline-script.ts";
import { stripTypes } from "../../../src/report/page/strip-types.ts";

type Sources = Readonly<Record<string, string>>;

const join = (sources: Sources): string => inlineScript("main", (name) => sources[name] ?? "");

/** What the script leaves in `said`. */
function run(sources: Sources): unknown[] {
  const said: unknown[] = [];
  runInNewContext(join(sources), { say: (value: unknown) => said.push(value) });
  return said;
}

describe("modules joined into one script", () => {
  it("run once each, in the order in which they need each other", () => {
    const said = run({
      main: 'import { a } from "./left.ts";\nimport { b } from "./right.ts";\nsay(a + b());\n',
      left: 'import { base } from "./base.ts";\nsay("left");\nexport const a = base + 1;\n',
      right: 'import { base } from "./base.ts";\nsay("right");\nexport function b() {\n  return base + 2;\n}\n',
      base: 'say("base");\nexport const base = 10;\n',
    });
    expect(said).toEqual(["base", "left", "right", 23]);
  });

  it("keep names of their own that are the same in two of them", () => {
    const said = run({
      main: 'import { left } from "./left.ts";\nconst own = "main";\nsay(left() + own);\n',
      left: 'const own = "left ";\nexport function left() {\n  return own;\n}\n',
    });
    expect(said).toEqual(["left main"]);
  });

  it("may export classes and functions that wait", () => {
    const said = run({
      main: 'import {\n  Box,\n  later,\n} from "./box.ts";\nsay(new Box().size);\nsay(typeof later().then);\n',
      box: "export class Box {\n  size = 3;\n}\nexport async function later() {}\n",
    });
    expect(said).toEqual([3, "function"]);
  });

  it("may be compiled ones, which name each other with .js and say when they export nothing", () => {
    expect(run({ main: 'import { a } from "./a.js";\nimport {} from "./types.js";\nsay(a);\nexport {};\n', a: "export const a = 1;\n" })).toEqual([
      1,
    ]);
  });

  const refused: readonly (readonly [what: string, source: string, reason: string])[] = [
    ["a default import", 'import a from "./a.ts";', "an import of another form"],
    ["a renamed import", 'import { a as b } from "./a.ts";', "another form than a plain name: a as b"],
    ["everything of a module", 'import * as a from "./a.ts";', "an import of another form"],
    ["a module for its effects", 'import "./a.ts";', "an import of another form"],
    ["a package", 'import { a } from "package";', "an import of another form"],
    ["another folder", 'import { a } from "../a.ts";', "an import of another form"],
    ["an import that happens later", 'const a = import("./a.ts");', "a dynamic import"],
    ["import.meta", "const a = import.meta.url;", "a dynamic import or import.meta"],
    ["a default export", "export default 1;", "an export of another form"],
    ["a list of exports", "const a = 1;\nexport { a };", "an export of another form"],
    ["a passed on export", 'export * from "./a.ts";', "an export of another form"],
    ["a variable that may change", "export let a = 1;", "an export of another form"],
    ["taken apart values", "export const { a } = {};", "an export of another form"],
    ["the end of the script element", 'const a = "</script>";', "text that would end a script element"],
    ["the start of an HTML comment", 'const a = "<!--";', "text that would end a script element"],
    ["a name that is not exported", 'import { b } from "./a.ts";', "b is not exported by a"],
    ["itself", 'import { a } from "./main.ts";', "modules need each other: main → main"],
  ];
  for (const [what, source, reason] of refused) {
    it(`may not have ${what}`, () => {
      const made = (): string => join({ main: `${source}\n`, a: "export const a = 1;\n" });
      expect(made).toThrow(reason);
      expect(made).toThrow(expect.objectContaining({ code: "page_script", exitCode: 1 }));
    });
  }
});

describe("types taken out of a source", () => {
  it("leave the code in its lines, and no word on the terminal", () => {
    const warnings: unknown[] = [];
    const hear = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", hear);
    const text = stripTypes('import type { A } from "./a.ts";\nexport const a: number = 1;\nclass B {\n  declare readonly c: string;\n}\n');
    process.off("warning", hear);
    expect(text.split("\n").map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual(["", "export const a = 1;", "class B {", "", "}", ""]);
    expect(warnings).toEqual([]);
  });
});
