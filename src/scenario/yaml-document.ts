// YAML as a friendlier way to write the same JSON: no anchors, aliases, merge keys or tags, one document, and a cheap
// scan for size and depth before the library sees a byte. Scalars are resolved here, by JSON's rules plus bare words.

import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";

import { documentError, exactNumber, leaf, list, maxDepth, ObjectBuilder, shorten, type DocumentNode } from "./document-node.ts";
import type { SourceText } from "./source-text.ts";

const numberScalar = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const nullWords: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const trueWords: ReadonlySet<string> = new Set(["true", "True", "TRUE"]);
const falseWords: ReadonlySet<string> = new Set(["false", "False", "FALSE"]);

/** @throws SeatrialError `bad_yaml`, `yaml_feature`, `duplicate_key`, `forbidden_key`, `number_not_exact`, `too_deep` */
export function parseYaml(source: SourceText): DocumentNode {
  refuseDepth(source);
  // `failsafe` leaves every scalar a string; the library's own check for unique keys is quadratic, ours is not.
  const document = parseDocument(source.text, { schema: "failsafe", version: "1.2", uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const reason = problem.code === "MULTIPLE_DOCS" ? "a second document begins here" : firstLine(problem.message);
    throw documentError(source, problem.pos[0], "bad_yaml", reason, "check indentation, quotes and brackets; a file holds one document");
  }
  return convert(source, document.contents, 0, 0);
}

/**
 * Refuses deep nesting without parsing: open brackets of flow collections, and levels of indentation. It counts
 * brackets inside texts too, so it may refuse an odd text, and never lets a deep file through.
 */
function refuseDepth(source: SourceText): void {
  const { text } = source;
  let brackets = 0;
  let offset = 0;
  const indents: number[] = [];
  for (const line of text.split("\n")) {
    for (const column of blockStarts(line)) {
      while ((indents.at(-1) ?? -1) >= column) indents.pop();
      indents.push(column);
      if (indents.length > maxDepth) throw tooDeep(source, offset + column);
    }
    for (let at = 0; at < line.length; at += 1) {
      const char = line[at];
      if (char === "[" || char === "{") brackets += 1;
      else if ((char === "]" || char === "}") && brackets > 0) brackets -= 1;
      if (brackets > maxDepth) throw tooDeep(source, offset + at);
    }
    offset += line.length + 1;
  }
}

/** Columns at which a line opens block collections: its indentation, and what follows each "- ", "? " or ": ". */
function blockStarts(line: string): number[] {
  const columns: number[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === " ") at += 1;
    const char = line[at];
    if (char === undefined || char === "#" || char === "\r") return columns;
    columns.push(at);
    if (!"-?:".includes(char) || (line[at + 1] !== " " && line[at + 1] !== undefined) || columns.length > maxDepth) return columns;
    at += 1;
  }
}

function convert(source: SourceText, node: unknown, offset: number, depth: number): DocumentNode {
  if (node === null || node === undefined) return leaf(null, offset);
  const start = (node as Node).range?.[0] ?? offset;
  if (depth > maxDepth) throw tooDeep(source, start);
  refuseFeatures(source, node as Node, start);
  if (isMap(node)) return convertMap(source, node, start, depth);
  if (isSeq(node))
    return list(
      (node as YAMLSeq).items.map((item) => convert(source, item, start, depth + 1)),
      start,
    );
  if (isScalar(node)) return leaf(scalarValue(source, node, start), start);
  throw documentError(source, start, "bad_yaml", "this is no YAML value that a scenario can hold");
}

function convertMap(source: SourceText, map: YAMLMap, start: number, depth: number): DocumentNode {
  const builder = new ObjectBuilder(source, start);
  for (const pair of map.items as Pair[]) {
    const at = (pair.key as Node | null)?.range?.[0] ?? start;
    const key = keyText(source, pair.key, at);
    builder.claim(key, at);
    builder.add(key, convert(source, pair.value, at, depth + 1));
  }
  return builder.build();
}

function keyText(source: SourceText, key: unknown, at: number): string {
  if (!isScalar(key)) throw documentError(source, at, "bad_yaml", "a key must be a plain text", "write key: value");
  refuseFeatures(source, key, at);
  if (key.value === "<<" && key.type === "PLAIN") throw feature(source, at, 'the merge key "<<"');
  return String(key.value);
}

function refuseFeatures(source: SourceText, node: Node, at: number): void {
  if (isAlias(node)) throw feature(source, at, `the alias *${shorten(node.source)}`);
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined) throw feature(source, at, `the anchor &${shorten(anchor)}`);
  if (tag !== undefined) throw feature(source, at, `the tag ${shorten(tag)}`);
}

function scalarValue(source: SourceText, scalar: Scalar, at: number): unknown {
  const text = String(scalar.value);
  if (scalar.type !== "PLAIN") return text;
  if (nullWords.has(text)) return null;
  if (trueWords.has(text)) return true;
  if (falseWords.has(text)) return false;
  return numberScalar.test(text) ? exactNumber(source, text, at) : text;
}

function feature(source: SourceText, at: number, what: string) {
  return documentError(
    source,
    at,
    "yaml_feature",
    `${what} is not allowed`,
    "write the value out: anchors, aliases, merge keys and tags are refused",
  );
}

function tooDeep(source: SourceText, at: number) {
  return documentError(source, at, "too_deep", `nested deeper than ${maxDepth} levels`, "flatten it");
}

function firstLine(text: string): string {
  return shorten(text.split("\n", 1)[0] ?? text);
}
