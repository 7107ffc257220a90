// A parsed file that remembers where each key and value stood, so that any later complaint names line and column.
// It never interprets a value.

import type { Place } from "../domain/index.ts";
import type { DocumentNode } from "./document-node.ts";
import { parseJson } from "./json-document.ts";
import type { SourceText } from "./source-text.ts";

export type DocumentPath = readonly PropertyKey[];

export class SourceDocument {
  readonly source: SourceText;
  readonly root: DocumentNode;

  constructor(source: SourceText, root: DocumentNode) {
    this.source = source;
    this.root = root;
  }

  get value(): unknown {
    return this.root.value;
  }

  /** The value at a path; undefined when the path leaves the document. */
  valueAt(path: DocumentPath): unknown {
    let node: DocumentNode | undefined = this.root;
    for (const step of path) node = node === undefined ? undefined : child(node, step);
    return node?.value;
  }

  /** Place of the value at a path; of the nearest value around it when the path leaves the document. */
  placeOf(path: DocumentPath): Place {
    let node = this.root;
    for (const step of path) {
      const next = child(node, step);
      if (next === undefined) break;
      node = next;
    }
    return this.source.placeAt(node.offset);
  }

  /** Place of a key of the object at a path. */
  placeOfKey(path: DocumentPath, key: string): Place {
    let node: DocumentNode | undefined = this.root;
    for (const step of path) node = node === undefined ? undefined : child(node, step);
    const offset = node?.keys?.get(key);
    return offset === undefined ? this.placeOf(path) : this.source.placeAt(offset);
  }
}

/**
 * Parses by the file's name: `.yaml` and `.yml` as YAML, everything else as JSON.
 * @throws SeatrialError with line and column
 */
export async function parseDocument(source: SourceText): Promise<SourceDocument> {
  if (!/\.ya?ml$/i.test(source.file)) return new SourceDocument(source, parseJson(source));
  // Loaded only when needed: the YAML library costs more start-up time than everything else here.
  const { parseYaml } = await import("./yaml-document.ts");
  return new SourceDocument(source, parseYaml(source));
}

function child(node: DocumentNode, step: PropertyKey): DocumentNode | undefined {
  if (node.children === null) return undefined;
  if (Array.isArray(node.children)) return typeof step === "number" ? (node.children as readonly DocumentNode[])[step] : undefined;
  return (node.children as ReadonlyMap<string, DocumentNode>).get(String(step));
}
