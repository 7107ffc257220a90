// The command behind `npm run cases`: arguments in; text and an exit code out. It writes to no stream itself, so that the
// tests can call it.

import { parseArgs } from "node:util";
import { ExitCode, SeatrialError } from "../../src/domain/index.ts";
import { readCases, seriesReader } from "./folder.ts";
import { judge } from "./kinds.ts";
import { isConformant, reportOf, reportText } from "./report.ts";

export interface Outcome {
  /** 0 when every universal case agrees, 2 when one differs, 3 for a folder that cannot be read. */
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param shared the folder of SEATRIAL_CASES, whose data/ is searched after the folder's own */
export function runCases(args: readonly string[], shared: string | undefined): Outcome {
  const asJson = args.includes("--json");
  try {
    const folder = folderOf(args);
    const series = seriesReader(folder, shared);
    const report = reportOf(readCases(folder).map((given) => ({ given, verdict: judge(given, series) })));
    return {
      exitCode: isConformant(report) ? ExitCode.ok : ExitCode.run,
      stdout: `${asJson ? JSON.stringify(report) : reportText(report)}\n`,
      stderr: "",
    };
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    const machine = asJson ? `${JSON.stringify({ error: error.toJSON() })}\n` : "";
    return { exitCode: error.exitCode, stdout: machine, stderr: asJson ? "" : `${error.message}\n` };
  }
}

function folderOf(args: readonly string[]): string {
  const usage = "npm run cases -- <folder> [--json]";
  try {
    const { positionals } = parseArgs({ args: [...args], options: { json: { type: "boolean" } }, allowPositionals: true, strict: true });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0)
      throw new SeatrialError({ code: "bad_arguments", reason: "name exactly one folder of cases", hint: usage });
    return folder;
  } catch (error) {
    if (error instanceof SeatrialError) throw error;
    throw new SeatrialError({ code: "bad_arguments", reason: error instanceof Error ? error.message : String(error), hint: usage, cause: error });
  }
}
