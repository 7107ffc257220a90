// npm run cases -- <folder> [--json]: conformance cases against this code. JSON alone goes to stdout with --json. The
// work is in run.ts; this file only connects it to the process.

import { runCases } from "./run.ts";

const outcome = runCases(process.argv.slice(2), process.env["SEATRIAL_CASES"]);
process.stdout.write(outcome.stdout);
process.stderr.write(outcome.stderr);
process.exitCode = outcome.exitCode;
