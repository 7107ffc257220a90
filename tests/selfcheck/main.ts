// `npm run selfcheck`: everything that a run leaves must be the same bytes in two processes that live in other time zones and
// languages. It must never look away from a difference: the first one of each kind is named.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const places = [
  { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
  { TZ: "America/St_Johns", LC_ALL: "de_DE.UTF-8", LANG: "de_DE.UTF-8" },
] as const;
const shownMost = 20;

interface Told {
  readonly lines: readonly string[];
  /** How the process writes a number, a date and a capital letter. */
  readonly place: string;
}

function run(environment: Readonly<Record<string, string>>): Promise<Told> {
  const child = spawn(process.execPath, ["--conditions=seatrial-source", fileURLToPath(new URL("child.ts", import.meta.url))], {
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`a process under TZ=${environment["TZ"]} ended with ${code}:\n${err}`));
      else resolve({ lines: out.trimEnd().split("\n"), place: err.trim().split("\n").at(-1) ?? "" });
    });
  });
}

const started = performance.now();
const [one, other] = (await Promise.all(places.map(run))) as [Told, Told];
const differing = one.lines.filter((line, at) => line !== other.lines[at]).map((line) => line.slice(0, line.lastIndexOf(" ")));
const found = one.lines.filter((line) => line.startsWith("found by the auditor"));
const problems = [
  ...(one.place === other.place ? [`both processes live in one place: ${one.place}`] : []),
  ...(one.lines.length === other.lines.length ? [] : [`${one.lines.length} things against ${other.lines.length}`]),
  ...differing.slice(0, shownMost).map((name) => `differs: ${name}`),
  ...found,
];
const digest = createHash("sha256").update(one.lines.join("\n")).digest("hex").slice(0, 16);
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(
  problems.length === 0
    ? `selfcheck: ${one.lines.length} files and sessions are the same bytes in both places, digest ${digest} (${seconds} s)\n`
    : `selfcheck: ${differing.length} of ${one.lines.length} differ (${seconds} s)\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
