// Everything that must hold before a change lands: the static checks, the shipped scenarios, the conformance cases, then every test.
// It runs all of them even when one fails, so that one run tells the whole state. It must never repair what it checks.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Step {
  readonly name: string;
  /** A script of package.json and its arguments. */
  readonly script: readonly string[];
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const CHECKS: readonly Step[] = [
  { name: "type check", script: ["typecheck"] },
  { name: "lint", script: ["lint"] },
  { name: "format", script: ["format:check"] },
  { name: "layers", script: ["layers"] },
  { name: "dead code", script: ["knip"] },
  { name: "scenarios", script: ["scenarios", "--quiet", "--no-report"] },
  { name: "scenarios, answers overtaking each other", script: ["scenarios", "--quiet", "--no-report", "--delivery", "seeded"] },
  { name: "self-check in two time zones and languages", script: ["selfcheck"] },
];
/** For CI alone: it fetches the oldest Node that is supported. */
const CI_CHECKS: readonly Step[] = [{ name: "self-check on the floor Node", script: ["selfcheck:floor"] }];

function runScript(script: readonly string[], output: "inherit" | "pipe"): SpawnSyncReturns<string> {
  const [name, ...args] = script;
  return spawnSync(process.execPath, ["--run", String(name), "--", ...args], {
    encoding: "utf8",
    stdio: ["ignore", output, output],
    maxBuffer: 256 * 1024 * 1024,
  });
}

function runCheck(step: Step, counts: Counts): void {
  const started = performance.now();
  const result = runScript(step.script, "pipe");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (result.status === 0) {
    counts.passed += 1;
    process.stdout.write(`ok      ${step.name} (${seconds} s)\n`);
    return;
  }
  counts.failed += 1;
  const how = result.error?.message ?? (result.signal === null ? `exit ${result.status}` : `signal ${result.signal}`);
  process.stdout.write(`FAILED  ${step.name} (${how}, ${seconds} s): npm run ${step.script.join(" ")}\n`);
  process.stdout.write(`${result.stdout}${result.stderr}\n`);
}

/** The conformance cases lie outside the repository; without them the step is told as not run, or fails where data is required. */
function runCases(counts: Counts): void {
  const folder = process.env["SEATRIAL_CASES"];
  if (folder !== undefined && folder !== "") {
    runCheck({ name: "conformance cases", script: ["cases", folder] }, counts);
    return;
  }
  const required = process.env["SEATRIAL_REQUIRE_DATA"] === "1";
  if (required) counts.failed += 1;
  else counts.skipped += 1;
  process.stdout.write(`${required ? "FAILED " : "not run"} conformance cases: set SEATRIAL_CASES to their folder\n`);
}

/** Runs the tests with their own reporter on the terminal; the numbers come from the machine-readable report beside it. */
function runTests(counts: Counts): void {
  const folder = mkdtempSync(join(tmpdir(), "seatrial-verify-"));
  const report = join(folder, "tests.json");
  try {
    const result = runScript(["test", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`], "inherit");
    const told = countTests(report);
    counts.passed += told.passed;
    counts.skipped += told.skipped;
    // A file that does not even load has no failed test, and neither has an error outside of every test.
    counts.failed += told.failed === 0 && result.status !== 0 ? 1 : told.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countTests(report: string): Counts {
  let text: string;
  try {
    text = readFileSync(report, "utf8");
  } catch (error) {
    process.stdout.write(`FAILED  the test run left no report: ${String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const told = JSON.parse(text) as Record<"numPassedTests" | "numFailedTests" | "numPendingTests" | "numTodoTests", number>;
  return { passed: told.numPassedTests, failed: told.numFailedTests, skipped: told.numPendingTests + told.numTodoTests };
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const step of CHECKS) runCheck(step, counts);
if (process.env["CI"] === "true" && process.platform === "linux" && process.arch === "x64") for (const step of CI_CHECKS) runCheck(step, counts);
runCases(counts);
runTests(counts);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
