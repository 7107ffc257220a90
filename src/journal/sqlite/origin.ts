// What a session was made of: its configuration, the files of its strategy, the versions of what ran it. Each process notes it when
// it starts, so that a restart can say what has changed. It reads nothing from a disk.

import { basename } from "node:path";

import { canonicalJson } from "../../domain/index.ts";
import { sha256 } from "./format.ts";

/** A file as it was when the process started. */
export interface OriginFile {
  readonly path: string;
  readonly text: string;
  /** When it was changed last, epoch ms; null: it is no file. */
  readonly changed: number | null;
}

export interface SessionOrigin {
  readonly config: OriginFile;
  /** The strategy's file first, then what it imports; empty for a built-in one. */
  readonly code: readonly OriginFile[];
  /** Name of the strategy, or of its class. */
  readonly strategy: string;
  readonly lockfile: OriginFile | null;
  /** By name: `seatrial`, `node`, `ccxt` … */
  readonly versions: Readonly<Record<string, string>>;
  /** The operator's floor of one order's value, settlement currency. @defaultValue it is not known */
  readonly minOrderNotional?: number;
}

/** Row 004-MF-1. */
export interface Artifact {
  readonly path: string;
  readonly basename: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly mtime_utc: string | null;
}

export interface Manifest {
  readonly config: Artifact;
  readonly strategy: string;
  readonly code: readonly Artifact[];
  readonly lockfile: Artifact | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly minOrderNotional?: number;
}

export function manifestOf({ config, code, strategy, lockfile, versions, minOrderNotional }: SessionOrigin): Manifest {
  const files = { config: artifactOf(config), code: code.map(artifactOf), lockfile: lockfile === null ? null : artifactOf(lockfile) };
  return { ...files, strategy, versions, ...(minOrderNotional === undefined ? {} : { minOrderNotional }) };
}

function artifactOf({ path, text, changed }: OriginFile): Artifact {
  const mtime = changed === null ? null : new Date(changed).toISOString();
  return { path, basename: basename(path), sha256: sha256(text), size_bytes: Buffer.byteLength(text), mtime_utc: mtime };
}

/** What is not as it was; contents count, paths and times do not. */
export function changeOf(before: Manifest, now: Manifest): "configuration" | "code" | null {
  const codeOf = ({ strategy, code, lockfile, versions }: Manifest) =>
    canonicalJson([strategy, code.map((file) => [file.basename, file.sha256]), lockfile?.sha256 ?? null, versions]);
  if (codeOf(before) !== codeOf(now)) return "code";
  return before.config.sha256 === now.config.sha256 ? null : "configuration";
}
