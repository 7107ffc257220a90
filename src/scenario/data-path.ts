// Paths that a scenario names. Only ${SEATRIAL_…} at the start is expanded, so that a scenario can neither read the
// environment nor carry a machine's path. Data that is absent is a fact about the machine, not a mistake in the file.

import { access } from "node:fs/promises";
import { resolve } from "node:path";

import type { DocumentPath, SourceDocument } from "./document.ts";
import { valueError } from "./problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Why a scenario could not run, and what makes it run. */
export interface NotRun {
  readonly reason: string;
  readonly hint: string;
}

export type DataPath = { readonly kind: "file"; readonly file: string } | { readonly kind: "absent"; readonly notRun: NotRun };

const variablePath = /^\$\{(SEATRIAL_[A-Z][A-Z0-9_]*)\}[/\\](.+)$/s;

/**
 * The file that `text` at `path` of the document means. Without a variable it is relative to `baseDir`; whether such a
 * file exists is left to its reader. @throws SeatrialError `bad_path`
 */
export async function resolveDataPath(
  document: SourceDocument,
  path: DocumentPath,
  text: string,
  baseDir: string,
  env: Environment,
): Promise<DataPath> {
  if (text.includes("\0")) throw valueError(document, path, { code: "bad_path", reason: "has a NUL character" });
  const match = variablePath.exec(text);
  if (match === null) {
    if (!text.includes("${")) return { kind: "file", file: resolve(baseDir, text) };
    const hint = 'only a variable that begins with SEATRIAL_ may stand there, at the start: "${SEATRIAL_DATA}/…"';
    throw valueError(document, path, { code: "bad_path", reason: `"${text}" has a variable that is not expanded`, hint });
  }
  const [, name = "", rest = ""] = match;
  const folder = env[name];
  const hint = hintFor(name);
  if (folder === undefined || folder === "") return { kind: "absent", notRun: { reason: `${name} is not set`, hint } };
  const file = resolve(folder, rest);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  return exists ? { kind: "file", file } : { kind: "absent", notRun: { reason: `there is no ${rest} under ${name}`, hint } };
}

/** The file that `text` means, whether it is there or not; null where its variable is not set or not allowed. */
export function dataFile(text: string, baseDir: string, env: Environment): string | null {
  const [, name, rest] = variablePath.exec(text) ?? [];
  if (name === undefined || rest === undefined) return text.includes("${") ? null : resolve(baseDir, text);
  const folder = env[name];
  return folder === undefined || folder === "" ? null : resolve(folder, rest);
}

function hintFor(name: string): string {
  if (name === "SEATRIAL_DATA") return "set SEATRIAL_DATA to a folder with recorded bars (see docs/data.md)";
  return `set ${name} to the folder that the scenario reads from`;
}
