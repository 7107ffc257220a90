// The layer check: reads every source file's imports and reports each that breaks the order of the rooms. Run by itself it prints the
// violations and ends with 1. It must never accept an exception that is not in the table of rooms.
import { existsSync, globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix, resolve } from "node:path";
import { type Import, readImports } from "./imports.ts";
import {
  BLIND,
  CORE_PACKAGES,
  FILE_NAMING_ROOMS,
  INDEPENDENT,
  OPAQUE_IMPORT_ROOMS,
  RESERVED,
  ROOMS,
  type Room,
  roomOf,
  SIDE_DOORS,
} from "./rooms.ts";

export type LayerRule =
  | "room-order"
  | "blind-room"
  | "reserved-room"
  | "front-door"
  | "core-package"
  | "core-builtin"
  | "self-import"
  | "opaque-import"
  | "file-extension"
  | "missing-file"
  | "outside-src"
  | "unknown-room"
  | "independence"
  | "cycle";

/** One broken rule; `line` is 1-based, `detail` says what was imported and what to do. */
export interface Violation {
  readonly rule: LayerRule;
  readonly file: string;
  readonly line: number;
  readonly detail: string;
}

interface SourceFile {
  readonly file: string;
  readonly room: Room;
  readonly imports: readonly Import[];
}

type Graph = ReadonlyMap<string, readonly { readonly target: string; readonly line: number }[]>;

/** Checks every `.ts` file under `<root>/src`; the list is empty where all is well. Throws where a file does not parse. */
export function checkLayers(root: string): Violation[] {
  const violations: Violation[] = [];
  const files: SourceFile[] = [];
  for (const file of listSources(root)) {
    const room = roomOf(file);
    if (room === null) violations.push({ rule: "unknown-room", file, line: 1, detail: "belongs to no room of the architecture" });
    else files.push({ file, room, imports: readImports(file, readFileSync(join(root, file), "utf8")) });
  }
  const graph = new Map<string, { target: string; line: number }[]>();
  for (const source of files) {
    const edges: { target: string; line: number }[] = [];
    graph.set(source.file, edges);
    for (const imported of source.imports) {
      violations.push(...checkImport(root, source, imported));
      const target = targetOf(source.file, imported);
      if (target !== null) edges.push({ target, line: imported.line });
    }
  }
  return [...violations, ...checkIndependence(graph), ...checkCycles(graph)];
}

function listSources(root: string): string[] {
  return globSync("src/**/*.{ts,mts,cts,tsx,js,mjs,cjs}", { cwd: root })
    .map((file) => file.replaceAll("\\", "/"))
    .sort(byName);
}

/** The imported file relative to the root, or null for a package, a built-in and a computed name. */
function targetOf(file: string, imported: Import): string | null {
  if (imported.specifier === null || !imported.specifier.startsWith(".")) return null;
  return posix.join(posix.dirname(file), imported.specifier);
}

function checkImport(root: string, source: SourceFile, imported: Import): Violation[] {
  const broken = (rule: LayerRule, detail: string): Violation[] => [{ rule, file: source.file, line: imported.line, detail }];
  const { specifier } = imported;
  if (specifier === null) {
    if (OPAQUE_IMPORT_ROOMS.includes(source.room)) return [];
    return broken("opaque-import", `imports a name computed at run time; only ${OPAQUE_IMPORT_ROOMS.join(", ")} may`);
  }
  const target = targetOf(source.file, imported);
  if (target === null) return checkPackage(source.room, specifier, broken);
  if (!target.startsWith("src/")) return broken("outside-src", `imports ${target}; the source imports nothing beside itself`);
  if (!target.endsWith(".ts")) return broken("file-extension", `imports ${specifier}; a relative import ends in .ts`);
  if (!existsSync(join(root, target))) return broken("missing-file", `imports ${target}, which does not exist`);
  const room = roomOf(target);
  if (room === null || room === source.room) return [];
  return checkRooms(source.room, room, imported, target, broken);
}

function checkPackage(room: Room, specifier: string, broken: (rule: LayerRule, detail: string) => Violation[]): Violation[] {
  if (specifier === "seatrial" || specifier.startsWith("seatrial/")) {
    return broken("self-import", `imports ${specifier}; inside the package import by relative path`);
  }
  const allowed = CORE_PACKAGES[room];
  if (allowed === undefined) return [];
  if (isBuiltin(specifier)) return broken("core-builtin", `imports ${specifier}; the core does no input or output`);
  if (allowed.includes(specifier)) return [];
  return broken("core-package", `imports the package ${specifier}; allowed here: ${allowed.join(", ") || "none"}`);
}

function checkRooms(from: Room, to: Room, imported: Import, target: string, broken: (rule: LayerRule, detail: string) => Violation[]): Violation[] {
  const found: Violation[] = [];
  if (ROOMS.indexOf(to) > ROOMS.indexOf(from)) found.push(...broken("room-order", `${from} imports ${to}, a higher room`));
  if (BLIND[from]?.includes(to) === true) found.push(...broken("blind-room", `${from} must not know ${to}`));
  if (RESERVED[to]?.includes(from) === false) found.push(...broken("reserved-room", `only ${RESERVED[to].join(", ")} may import ${to}`));
  // A type costs nothing at run time and a lazy import names one file on purpose, so that a command loads only what it uses.
  const isDoor = target === `src/${to}/index.ts` || to === "index" || SIDE_DOORS.includes(target);
  const throughDoor = imported.form !== "value" || isDoor || FILE_NAMING_ROOMS.includes(from);
  if (!throughDoor) found.push(...broken("front-door", `imports ${target}; import values of ${to} from src/${to}/index.ts`));
  return found;
}

function checkIndependence(graph: Graph): Violation[] {
  const violations: Violation[] = [];
  for (const { files, never } of INDEPENDENT) {
    for (const file of graph.keys()) {
      if (!files.test(file)) continue;
      for (const { target, via } of reachable(graph, file)) {
        const room = roomOf(target);
        if (room === null || !never.includes(room)) continue;
        violations.push({ rule: "independence", file, line: 1, detail: `reaches ${target} (${via.join(" → ")}); it must not know ${room}` });
      }
    }
  }
  return violations;
}

/** Every file reached from `start`, with the way to it. */
function reachable(graph: Graph, start: string): { target: string; via: string[] }[] {
  const seen = new Map<string, string[]>([[start, [start]]]);
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { target } of graph.get(file) ?? []) {
      if (seen.has(target)) continue;
      seen.set(target, [...(seen.get(file) ?? []), target]);
      queue.push(target);
    }
  }
  seen.delete(start);
  return [...seen].map(([target, via]) => ({ target, via }));
}

/** One violation a cycle, told from its first file by name; imports of types count, for a circle of ideas is one too. */
function checkCycles(graph: Graph): Violation[] {
  const violations: Violation[] = [];
  const told = new Set<string>();
  for (const file of [...graph.keys()].sort(byName)) {
    if (told.has(file)) continue;
    for (const { target, line } of graph.get(file) ?? []) {
      const back = target === file ? [file] : reachable(graph, target).find((step) => step.target === file)?.via;
      if (back === undefined) continue;
      for (const member of back) told.add(member);
      const way = target === file ? [file, file] : [file, ...back];
      violations.push({ rule: "cycle", file, line, detail: way.join(" → ") });
      break;
    }
  }
  return violations;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

if (import.meta.main) {
  const violations = checkLayers(resolve(process.argv[2] ?? "."));
  for (const { rule, file, line, detail } of violations) process.stderr.write(`${file}:${line} ${rule}: ${detail}\n`);
  process.stdout.write(`layers: ${violations.length} violation${violations.length === 1 ? "" : "s"}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
