// Runs `seatrial report --format html`: finds the run and has its page made again. Wiring only.

import { ExitCode, SeatrialError } from "../domain/index.ts";
import { findRun } from "../report/find-run.ts";
import { remakePage } from "../report/view/remake-page.ts";
import type { Io } from "./io.ts";
import type { ShowFlags } from "./report-run.ts";
import { simulateRooms } from "./simulate-rooms.ts";

export interface PageFlags {
  readonly format: ShowFlags["format"] | "html";
  readonly scenario?: string;
  /** `--costs` and `--no-costs`; absent: where it takes little time. */
  readonly costs?: boolean;
  readonly out?: string;
  readonly reports: string;
  readonly json?: true;
}

export async function remakeReportPage(wanted: string, { scenario, costs, out, reports, json }: PageFlags, io: Io): Promise<ExitCode> {
  if (out !== undefined) {
    throw new SeatrialError({
      code: "bad_arguments",
      reason: "the page of a run is written into its folder",
      hint: "leave out --out, and copy report.html",
    });
  }
  const rooms = { ...simulateRooms({}, io.env), load: (file: string, seed: number) => simulateRooms({ seed }, io.env).load(file) };
  const wish = costs === undefined ? "modest" : costs ? "all" : "none";
  const file = await remakePage(await findRun(wanted, reports), rooms, { costs: wish, ...(scenario === undefined ? {} : { file: scenario }) });
  io.stdout.write(json === true ? `${JSON.stringify({ file })}\n` : `${file}\n`);
  return ExitCode.ok;
}
