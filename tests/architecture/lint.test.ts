// Proves each lint rule by a violation that it must report, and each neighbour of a violation that it must leave alone. The texts are
// linted in one go, in a folder that looks like the repository; expected are the exact rules and no others.
import { beforeAll, describe, expect, it } from "vitest";
import { lintTexts } from "./lint-fixture.ts";

interface Probe {
  readonly what: string;
  readonly text: string;
  readonly rules: readonly string[];
}

const forbid = (rule: string, ...texts: readonly string[]): Probe[] =>
  texts.map((text) => ({ what: `${rule}: ${text}`, text, rules: [`determinism(${rule})`] }));
const allow = (...texts: readonly string[]): Probe[] => texts.map((text) => ({ what: text.replaceAll("\n", " "), text, rules: [] }));
/** The type-aware linter knows arrays and says it once more. */
const andCompare = (probe: Probe): Probe => ({ ...probe, rules: [...probe.rules, "typescript(require-array-sort-compare)"] });

const VIOLATIONS: readonly Probe[] = [
  ...forbid(
    "no-clock",
    "export const now = Date.now();",
    "export const day = new Date(0);",
    "export const tick = performance.now();",
    "export type When = Date;",
    "export const Clock = Date;",
  ),
  ...forbid(
    "no-timer",
    "setTimeout(() => {}, 1);",
    "export const stop = setInterval(() => {}, 1);",
    "setImmediate(() => {});",
    "queueMicrotask(() => {});",
    "export const wait = setTimeout;",
  ),
  ...forbid(
    "no-async",
    "export async function load(): Promise<number> { return 1; }",
    "export const load = async () => 1;",
    "export class Feed { async next() { return 1; } }",
    "export const one = await Promise.resolve(1);",
    "export const soon = Promise.resolve(1);",
    "export type Later = Promise<number>;",
    'export const room = import("./room.ts");',
    "export async function* bars() { yield 1; }",
    "export async function all(list: AsyncIterable<number>) { for await (const one of list) if (one) return one; return 0; }",
  ),
  ...forbid(
    "no-randomness",
    "export const dice = Math.random();",
    'export const dice = Math["random"]();',
    "export const id = crypto.randomUUID();",
    "export const bytes = crypto.getRandomValues(new Uint8Array(8));",
  ),
  ...forbid(
    "no-environment",
    "export const zone = process.env;",
    "export const clock = globalThis;",
    'export const hidden = globalThis["Date"];',
    "export const cache = new WeakRef({});",
    "export const ends = new FinalizationRegistry(() => {});",
    "export const trace = (error: Error) => error.stack;",
    'export const trace = (error: Error) => error["stack"];',
    "export const here = import.meta.url;",
    'export const page = fetch("x");',
    'export const shared = new Worker("x");',
  ),
  ...forbid(
    "no-locale",
    "export const money = new Intl.NumberFormat();",
    "export const text = (1.5).toLocaleString();",
    'export const order = "a".localeCompare("b");',
    'export const upper = "i".toLocaleUpperCase();',
    'export const form = "a".normalize();',
    'export const form = "a".normalize("NFC");',
  ),
  ...forbid(
    "no-transcendental",
    "export const big = Math.pow(2, 0.5);",
    "export const rate = Math.exp(1);",
    "export const ln = Math.log(2);",
    "export const wave = Math.sin(1);",
    'export const wave = Math["cos"](1);',
    "export const { tan } = Math;",
    "export const maths = Math;",
    "export const scale = (digits: number) => 10 ** digits;",
    "export function grow(value: number) { value **= 2; return value; }",
  ),
  ...forbid(
    "no-implicit-order",
    "export const sorted = [3, 1].sort();",
    "export const sorted = [3, 1].toSorted();",
    'export const sorted = [3, 1]["sort"]();',
  ).map(andCompare),
  ...forbid("no-implicit-order", "export function keys(record: object) { const list = []; for (const key in record) list.push(key); return list; }"),
];

const NEIGHBOURS: readonly Probe[] = allow(
  "export const root = Math.sqrt(2) + Math.floor(1.5) + Math.max(1, 2) + Math.abs(-1);",
  "export const scale = (digits: number) => 10n ** BigInt(digits);",
  "export const square = (value: bigint) => value ** 2n;",
  "export const sorted = [3, 1].sort((a, b) => a - b);",
  "export function run(process: (bar: number) => number, performance: number) { return process(performance); }",
  "export const report = { performance: 1, process: 2, Date: 3 }; export const sum = report.performance + report.process + report.Date;",
  "export interface Order { normalize(order: { id: number }): number }\nexport const tidy = (by: Order) => by.normalize({ id: 1 });",
  "export function* bars() { yield 1; }",
  "export const seen = new Map<number, string>(); export const text = `${1}`.toUpperCase();",
);

const CORE_ROOMS = ["domain", "exchange/virtual", "strategy", "risk", "runner"];
const OTHER_ROOMS = ["market", "journal", "exchange/ccxt", "exchange/wire", "session", "scenario", "report", "gate", "cli"];
const CLOCK_AND_WAIT = "export const now = async () => Date.now();";

/** Built from pieces, so that a search of the tree for switched-off tests finds none here. */
const focused = (word: string): string => `import { expect, it } from "vitest";\nit.${word}("adds", () => { expect(1 + 1).toBe(2); });`;
const comment = (word: string): string => `// @ts-${word}\nexport const one: number = 1;`;

const EVERYWHERE: readonly (Probe & { readonly file: string })[] = [
  { file: "src/session/any.ts", what: "any", text: "export const one: any = 1;", rules: ["typescript(no-explicit-any)"] },
  { file: "src/session/ignore.ts", what: "ts-ignore", text: comment("ignore"), rules: ["typescript(ban-ts-comment)"] },
  { file: "src/session/nocheck.ts", what: "ts-nocheck", text: comment("nocheck"), rules: ["typescript(ban-ts-comment)"] },
  { file: "src/session/default.ts", what: "a default export", text: "export default 1;", rules: ["import(no-default-export)"] },
  {
    file: "src/session/floating.ts",
    what: "a promise that nobody awaits",
    text: "async function save(): Promise<void> {}\nexport function stop(): void { save(); }",
    rules: ["typescript(no-floating-promises)"],
  },
  {
    file: "src/session/missing-case.ts",
    what: "a switch that forgets a case",
    text: 'export function sign(side: "buy" | "sell"): number { switch (side) { case "buy": return 1; } return 0; }',
    rules: ["typescript(switch-exhaustiveness-check)"],
  },
  { file: "src/report/console.ts", what: "console", text: 'console.log("x");', rules: ["eslint(no-console)"] },
  {
    file: "src/report/long.ts",
    what: "a file of 401 lines",
    text: "export const one = 1;\n" + "// a line\n".repeat(400),
    rules: ["eslint(max-lines)"],
  },
  { file: "tests/focused.test.ts", what: "a focused test", text: focused("only"), rules: ["vitest(no-focused-tests)"] },
  { file: "tests/disabled.test.ts", what: "a disabled test", text: focused("skip"), rules: ["vitest(no-disabled-tests)"] },
];

let reported: ReadonlyMap<string, readonly string[]> = new Map();

beforeAll(() => {
  const texts: Record<string, string> = {};
  VIOLATIONS.forEach((probe, index) => (texts[`src/domain/violation-${index}.ts`] = `${probe.text}\n`));
  NEIGHBOURS.forEach((probe, index) => (texts[`src/domain/neighbour-${index}.ts`] = `${probe.text}\n`));
  for (const room of [...CORE_ROOMS, ...OTHER_ROOMS]) texts[`src/${room}/clock.ts`] = `${CLOCK_AND_WAIT}\n`;
  for (const probe of EVERYWHERE) texts[probe.file] = probe.text;
  reported = lintTexts(texts);
});

describe("the determinism rules report in a core room", () => {
  VIOLATIONS.forEach(({ what, rules }, index) => {
    it(`${what}`, () => {
      expect(reported.get(`src/domain/violation-${index}.ts`)).toEqual(rules);
    });
  });
});

describe("the determinism rules leave alone", () => {
  NEIGHBOURS.forEach(({ what }, index) => {
    it(`${what}`, () => {
      expect(reported.get(`src/domain/neighbour-${index}.ts`)).toEqual([]);
    });
  });
});

describe("the determinism rules cover the core rooms and no other", () => {
  it.each(CORE_ROOMS)("src/%s must not read a clock or wait", (room) => {
    expect(reported.get(`src/${room}/clock.ts`)).toEqual(["determinism(no-async)", "determinism(no-clock)"]);
  });
  it.each(OTHER_ROOMS)("src/%s may", (room) => {
    expect(reported.get(`src/${room}/clock.ts`)).toEqual([]);
  });
});

describe("the linter reports everywhere", () => {
  it.each(EVERYWHERE)("$what", ({ file, rules }) => {
    expect(reported.get(file)).toEqual(rules);
  });
});
