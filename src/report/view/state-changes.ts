// What differs between two states that are JSON: paths in the order of the keys, each with its value before and after. It
// knows nothing of what the states mean.

import type { Json, StateChange } from "./run-view.ts";

/** All changes that turn `before` into `after`. @param root first part of every path */
export function changesBetween(before: Json, after: Json, root: string): StateChange[] {
  const found: StateChange[] = [];
  compare(before, after, root, found);
  return found;
}

function compare(before: Json, after: Json, path: string, found: StateChange[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, found);
  if (isRecord(before) && isRecord(after)) return compareRecords(before, after, path, found);
  found.push({ path, before, after, kind: "changed" });
}

function compareRecords(before: Readonly<Record<string, Json>>, after: Readonly<Record<string, Json>>, path: string, found: StateChange[]): void {
  for (const key of Object.keys(before)) {
    const own = partOf(path, key);
    if (Object.hasOwn(after, key)) compare(before[key] as Json, after[key] as Json, own, found);
    else found.push({ path: own, before: before[key] as Json, after: null, kind: "removed" });
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) found.push({ path: partOf(path, key), before: null, after: after[key] as Json, kind: "added" });
  }
}

// A list grows and shrinks at its end, and loses its last item first: whoever applies the changes one by one never meets a hole.
function compareLists(before: readonly Json[], after: readonly Json[], path: string, found: StateChange[]): void {
  const shared = Math.min(before.length, after.length);
  for (let at = 0; at < shared; at += 1) compare(before[at] as Json, after[at] as Json, `${path}.${at}`, found);
  for (let at = before.length - 1; at >= shared; at -= 1) {
    found.push({ path: `${path}.${at}`, before: before[at] as Json, after: null, kind: "removed" });
  }
  for (let at = shared; at < after.length; at += 1) found.push({ path: `${path}.${at}`, before: null, after: after[at] as Json, kind: "added" });
}

function partOf(path: string, key: string): string {
  return `${path}.${key.replaceAll(".", "\\.")}`;
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
