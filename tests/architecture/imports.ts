// Reads what a TypeScript file imports, in every form the language has. It must never resolve or judge what it finds.
import { parseSync } from "oxc-parser";

/** One import. `specifier` is null where it is computed at run time; `line` is 1-based. */
export interface Import {
  readonly specifier: string | null;
  readonly form: "value" | "type" | "lazy";
  readonly line: number;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** All imports and re-exports of a source text in the order of their appearance. Throws where the text does not parse. */
export function readImports(file: string, text: string): Import[] {
  const result = parseSync(file, text);
  const problem = result.errors[0];
  if (problem !== undefined) throw new Error(`${file} does not parse: ${problem.message}`);
  const found: { specifier: string | null; form: Import["form"]; start: number }[] = [];
  visit(result.program, (node) => {
    const form = formOf(node);
    if (form !== null) found.push({ specifier: specifierOf(node), form, start: node.start });
  });
  found.sort((a, b) => a.start - b.start);
  return found.map(({ specifier, form, start }) => ({ specifier, form, line: text.slice(0, start).split("\n").length }));
}

function formOf(node: SyntaxNode): Import["form"] | null {
  switch (node.type) {
    case "ImportDeclaration":
      return node["importKind"] === "type" || onlyTypes(node, "importKind") ? "type" : "value";
    case "ExportNamedDeclaration":
      if (!isNode(node["source"])) return null;
      return node["exportKind"] === "type" || onlyTypes(node, "exportKind") ? "type" : "value";
    case "ExportAllDeclaration":
      return node["exportKind"] === "type" ? "type" : "value";
    case "ImportExpression":
      return "lazy";
    case "TSImportType":
      return "type";
    case "TSExternalModuleReference":
      return "value";
    default:
      return null;
  }
}

/** True for `import { type A, type B }`; false for a bare `import "x"`, which runs the file. */
function onlyTypes(node: SyntaxNode, kind: "importKind" | "exportKind"): boolean {
  const specifiers = node["specifiers"];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((specifier) => isNode(specifier) && specifier[kind] === "type");
}

function specifierOf(node: SyntaxNode): string | null {
  const source = node["source"] ?? node["argument"] ?? node["expression"];
  if (!isNode(source)) return null;
  if (source.type === "TSLiteralType" && isNode(source["literal"])) return literalOf(source["literal"]);
  return literalOf(source);
}

function literalOf(node: SyntaxNode): string | null {
  return typeof node["value"] === "string" ? node["value"] : null;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) visit(child, see);
  }
}
