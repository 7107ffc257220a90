// npm run cases -- <folder> [--json]: conformance cases against this code. JSON alone goes to stdout with --json.
// Exit code 0 when every universal case agrees, 2 when one differs, 3 for a folder that cannot be read.

import { parseArgs } from "node:util";
import { ExitCode, SeatrialError } from "../../src/domain/index.ts";
import { readCases, seriesReader } from "./folder.ts";
import { judge } from "./kinds.ts";
import { isConformant, reportOf, reportText } from "./report.ts";

function main(args: readonly string[]): number {
  const asJson = args.includes("--json");
  try {
    const folder = folderOf(args);
    const series = seriesReader(folder, process.env["SEATRIAL_CASES"]);
    const report = reportOf(readCases(folder).map((given) => ({ given, verdict: judge(given, series) })));
    process.stdout.write(`${asJson ? JSON.stringify(report) : reportText(report)}\n`);
    return isConformant(report) ? ExitCode.ok : ExitCode.run;
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    if (asJson) process.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
    else process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function folderOf(args: readonly string[]): string {
  const usage = "npm run cases -- <folder> [--json]";
  try {
    const { positionals } = parseArgs({ args: [...args], options: { json: { type: "boolean" } }, allowPositionals: true, strict: true });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) throw new SeatrialError({ code: "bad_arguments", reason: "name exactly one folder of cases", hint: usage });
    return folder;
  } catch (error) {
    if (error instanceof SeatrialError) throw error;
    throw new SeatrialError({ code: "bad_arguments", reason: error instanceof Error ? error.message : String(error), hint: usage, cause: error });
  }
}

process.exitCode = main(process.argv.slice(2));
