// What the schema complains about → one SeatrialError with line, column, reason and hint. The first problem in the
// file is the one told; a misspelt key is told before the key that is missing because of it.

import type * as z from "zod";

import { SeatrialError, type Place } from "../domain/index.ts";
import { shorten } from "./document-node.ts";
import type { DocumentPath, SourceDocument } from "./document.ts";
import { keyHint } from "./schema-values.ts";

type Issue = z.core.$ZodIssue;

interface Problem {
  readonly code: "unknown_key" | "missing_key" | "wrong_type" | "bad_value";
  readonly reason: string;
  readonly hint: string | null;
  readonly place: Place;
  readonly path: string;
}

/** @param issues as zod reports them, at least one */
export function schemaError(document: SourceDocument, issues: readonly Issue[]): SeatrialError {
  const problems = issues.map((issue) => problemOf(document, deepest(issue, []))).sort(byPlace);
  const earliest = problems.find((problem) => problem.code !== "missing_key") ?? problems[0];
  // What else is wrong with an object is often only the consequence of its misspelt key.
  const first = problems.find((problem) => problem.code === "unknown_key" && problem.path === earliest?.path) ?? earliest;
  if (first === undefined)
    return new SeatrialError({ code: "bad_value", reason: "the file does not fit its schema", place: { file: document.source.file } });
  const { code, reason, hint, place } = first;
  return new SeatrialError({ code, reason, place, ...(hint === null ? {} : { hint }) });
}

/** An error of the loader's own about one value of the document. */
export function valueError(document: SourceDocument, path: DocumentPath, details: { code: string; reason: string; hint?: string }): SeatrialError {
  return new SeatrialError({ ...details, reason: `${printPath(path)}: ${details.reason}`, place: document.placeOf(path) });
}

/** `markets[0].bars.start`; "the file" for the root. */
export function printPath(path: DocumentPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += (text === "" ? "" : ".") + shorten(String(step));
  }
  return text === "" ? "the file" : text;
}

/**
 * Of a union that nothing fits, the branch that was meant: the only one whose kind of value it is, or the one that got
 * furthest. Paths inside a union are relative to it.
 */
function deepest(issue: Issue, base: readonly PropertyKey[]): Issue {
  const path = [...base, ...issue.path];
  const here = { ...issue, path } as Issue;
  if (issue.code !== "invalid_union") return here;
  const right = issue.errors.filter((branch) => branch.every((one) => one.path.length > 0 || one.code !== "invalid_type"));
  const meant = right.length === 1 ? right[0]?.[0] : undefined;
  const inner = issue.errors.flat().filter((one) => one.path.length > 0);
  const furthest = inner.reduce<Issue | null>((found, next) => (found === null || next.path.length > found.path.length ? next : found), null);
  const best = meant ?? furthest;
  return best === null ? here : deepest(best, path);
}

function problemOf(document: SourceDocument, issue: Issue): Problem {
  const path = printPath(issue.path);
  return { path, place: document.placeOf(issue.path), ...complaintOf(document, issue, path) };
}

function complaintOf(document: SourceDocument, issue: Issue, where: string): Pick<Problem, "code" | "reason" | "hint"> & { place?: Place } {
  const value = document.valueAt(issue.path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return {
      code: "unknown_key",
      reason: `${where}: unknown key "${shorten(key)}"`,
      hint: issue.message,
      place: document.placeOfKey(issue.path, key),
    };
  }
  if (value === undefined) return { code: "missing_key", reason: `${where} is missing`, hint: optionsHint(issue, "") };
  switch (issue.code) {
    case "invalid_type":
      return { code: "wrong_type", reason: `${where} is ${nameOf(value)}, expected ${expected(issue.expected)}`, hint: null };
    case "invalid_value":
      return { code: "bad_value", reason: `${where}: ${print(value)} is not known`, hint: optionsHint(issue, wordOf(value)) };
    case "invalid_union":
      if (issue.discriminator !== undefined) {
        return { code: "bad_value", reason: `${where}: ${print(value)} is not known`, hint: optionsHint(issue, wordOf(value)) };
      }
      return { code: "wrong_type", reason: `${where}: ${print(value)} ${issue.message}`, hint: null };
    case "too_small":
      return {
        code: "bad_value",
        reason: `${where}: ${print(value)} is too ${sized(issue.origin) ? "short" : "small"}`,
        hint: `at least ${issue.minimum}`,
      };
    case "too_big":
      return {
        code: "bad_value",
        reason: `${where}: ${print(value)} is too ${sized(issue.origin) ? "long" : "large"}`,
        hint: `at most ${issue.maximum}`,
      };
    default:
      return { code: "bad_value", reason: `${where}: ${print(value)} ${issue.message}`, hint: null };
  }
}

/** Whether a limit is one of length. */
function sized(origin: string): boolean {
  return origin === "array" || origin === "string";
}

function optionsHint(issue: Issue, word: string): string | null {
  if (issue.code === "invalid_value") return keyHint(word, issue.values.map(String));
  // The library sets `options` on a failed discriminator, its types do not say so.
  const options = (issue as { options?: unknown }).options;
  if (issue.code === "invalid_union" && Array.isArray(options)) return keyHint(word, options.map(String));
  return null;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `the text ${print(value)}` : `the ${typeof value} ${JSON.stringify(value)}`;
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function expected(type: string): string {
  const names: Readonly<Record<string, string>> = {
    object: "an object {…}",
    record: "an object {…}",
    array: "a list […]",
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    tuple: "a list […]",
  };
  return names[type] ?? type;
}

function print(value: unknown): string {
  if (typeof value === "string") return `"${shorten(value)}"`;
  if (Array.isArray(value)) return "this list";
  return typeof value === "object" && value !== null ? "this object" : String(value);
}

function byPlace(a: Problem, b: Problem): number {
  return (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0);
}
