// Several small modules as one script that can stand in a page: each module becomes a function that is called once, in the order in
// which they need each other. There is no bundler: the few forms below are all that a module of a page may use, and every other one is refused.

import { ExitCode, SeatrialError } from "../../domain/index.ts";

/** Reads a module's JavaScript by its name without ending: "chart". */
export type ModuleReader = (name: string) => string;

const IMPORT = /^import \{([^}]*)\} from "\.\/([a-z-]+)\.(?:ts|js)";$/gm;
const EXPORT = /^export (?=(?:async function|function|class|const) ([A-Za-z][A-Za-z0-9]*)\b)/gm;
/** What the compiler writes at the end of a module that has types only. */
const NO_EXPORTS = /^export \{\};$/gm;
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
/** What must not be left once the known forms are gone: other imports and exports, and what would end the script element. */
const REFUSED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\s*import\b.*/m, "an import of another form than names in braces of a module beside it"],
  [/^\s*export\b.*/m, "an export of another form than `export function|async function|class|const name`"],
  [/\bimport\s*[(.].*/, "a dynamic import or import.meta"],
  [/<\/script|<!--/i, "text that would end a script element"],
];

interface Module {
  readonly name: string;
  /** Names taken from each other module. */
  readonly imports: readonly { readonly from: string; readonly names: readonly string[] }[];
  readonly exports: readonly string[];
  /** Without its imports and without the word `export`. */
  readonly body: string;
}

/** @throws SeatrialError `page_script` for a form that is not known, a name that is not exported, or modules that need each other */
export function inlineScript(entry: string, read: ModuleReader): string {
  const modules = new Map<string, Module>();
  collect(entry, read, modules, []);
  const parts = [...modules.values()].map((module) => moduleText(module, modules));
  return `"use strict";\n(() => {\n${parts.join("\n")}\n})();\n`;
}

/** Depth first: a module is entered into the map after everything that it needs. */
function collect(name: string, read: ModuleReader, modules: Map<string, Module>, way: readonly string[]): void {
  if (modules.has(name)) return;
  if (way.includes(name)) throw refusal(name, `modules need each other: ${[...way, name].join(" → ")}`);
  const module = readModule(name, read(name));
  for (const { from } of module.imports) collect(from, read, modules, [...way, name]);
  modules.set(name, module);
}

function readModule(name: string, source: string): Module {
  const imports = [...source.matchAll(IMPORT)].map(([, list = "", from = ""]) => ({ from, names: namesOf(name, list) }));
  const exports = [...source.matchAll(EXPORT)].map(([, exported = ""]) => exported);
  const body = source.replaceAll(IMPORT, "").replaceAll(EXPORT, "").replaceAll(NO_EXPORTS, "");
  for (const [pattern, what] of REFUSED) {
    const [found] = pattern.exec(body) ?? [];
    if (found !== undefined) throw refusal(name, `${what}: ${found.trim()}`);
  }
  // An import of types alone has lost its names: there is nothing to wait for.
  return { name, imports: imports.filter(({ names }) => names.length > 0), exports, body: body.trim() };
}

function namesOf(module: string, list: string): string[] {
  const names = list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const odd = names.find((part) => !NAME.test(part));
  if (odd !== undefined) throw refusal(module, `an import of another form than a plain name: ${odd}`);
  return names;
}

function moduleText(module: Module, modules: ReadonlyMap<string, Module>): string {
  for (const { from, names } of module.imports) {
    const missing = names.find((name) => modules.get(from)?.exports.includes(name) !== true);
    if (missing !== undefined) throw refusal(module.name, `${missing} is not exported by ${from}`);
  }
  const taken = module.imports.map(({ from, names }) => `const { ${names.join(", ")} } = ${variable(from)};\n`).join("");
  return `// ${module.name}\nconst ${variable(module.name)} = (() => {\n${taken}${module.body}\nreturn { ${module.exports.join(", ")} };\n})();`;
}

/** A name that no module can have declared: theirs hold no dollar sign at the front. */
function variable(module: string): string {
  return `$${module.replaceAll("-", "_")}`;
}

function refusal(module: string, reason: string): SeatrialError {
  return new SeatrialError({
    code: "page_script",
    reason: `the page's module ${module} cannot be put into a page: ${reason}`,
    hint: "this copy of Seatrial is damaged: install it again",
    exitCode: ExitCode.dependency,
  });
}
