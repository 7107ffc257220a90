// The command of mutation testing, short of running it: what it refuses, what stays untouched, and the table of a report by hand.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { strykerPlugins } from "./prose.ts";
import { printTable, type MutationReport } from "./table.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("npm run mutants", () => {
  it.each([
    [[], "usage:"],
    [["attic"], "usage: npm run mutants -- <domain | runner | exchange/virtual>"],
    [["domain", "no-such-file.ts"], "not in src/domain: no-such-file.ts"],
  ])("refuses %j with exit code 3", (words, said) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ["tests/mutation/main.ts", ...words], { cwd: root, encoding: "utf8" });
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(said);
  });
});

describe("the table", () => {
  const place = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
  const report: MutationReport = {
    files: {
      "src/b.ts": {
        source: "const a = 1;\nif (a < 2) run();\n",
        mutants: [
          { mutatorName: "EqualityOperator", replacement: "a <= 2", status: "Survived", location: place(2, 5, 10) },
          { mutatorName: "ConditionalExpression", replacement: "true", status: "Killed", location: place(2, 5, 10) },
          { mutatorName: "BlockStatement", replacement: "{}", status: "Timeout", location: place(2, 1, 2) },
          { mutatorName: "StringLiteral", replacement: '""', status: "Ignored", location: place(1, 1, 2) },
        ],
      },
      "src/a.ts": {
        source: "call(\n  one,\n);\n",
        mutants: [
          {
            mutatorName: "CallExpression",
            replacement: ";",
            status: "NoCoverage",
            location: { start: { line: 1, column: 1 }, end: { line: 3, column: 2 } },
          },
        ],
      },
    },
  };

  it("counts what was noticed by file and in all, and shows what was not", () => {
    expect(printTable(report).split("\n").slice(2)).toEqual([
      "| src/a.ts | 1 | 0 | 0 | 0 | 1 | 0.0 % |",
      "| src/b.ts | 3 | 1 | 1 | 1 | 0 | 66.7 % |",
      "| all | 4 | 1 | 1 | 1 | 1 | 50.0 % |",
      "",
      "src/a.ts:1:1 CallExpression (no test runs it)",
      "  - call( one, )",
      "  + ;",
      "src/b.ts:2:5 EqualityOperator",
      "  - a < 2",
      "  + a <= 2",
      "",
    ]);
  });
});

describe("what stays untouched", () => {
  const ignored = strykerPlugins[0]?.value.shouldIgnore ?? (() => undefined);
  const condition = { type: "Identifier", name: "holds" };
  const message = { type: "ArrowFunctionExpression" };
  const assertion = { type: "CallExpression", callee: { type: "Identifier", name: "assert" }, arguments: [condition, message] };

  it("is the text of an error and of an assertion, never the condition", () => {
    const thrown = { type: "NewExpression", callee: { type: "Identifier", name: "SeatrialError" } };
    expect(ignored({ node: thrown, parent: null })).toMatch(/^what an error says/);
    expect(ignored({ node: message, parent: assertion })).toBe("the message of an assertion");
    expect(ignored({ node: condition, parent: assertion })).toBeUndefined();
    expect(ignored({ node: { type: "NewExpression", callee: { type: "Identifier", name: "OrderTable" } }, parent: null })).toBeUndefined();
  });
});
