// What is written and printed of all scenarios together: the index page and the coverage of order states. Loaded when there is
// something of the kind to do.

import type { SeatrialError } from "../domain/errors.ts";
import { writeIndex } from "../report/index-page/write.ts";
import { coverageText } from "../report/terminal/lifecycle-text.ts";
import { lifecycleCoverage, type LifecycleCoverage } from "../report/lifecycle/lifecycle.ts";
import { seatrialErrorOf } from "../report/outcome.ts";
import { screenOf, type ReportedFile, type SimulateRequest } from "./simulate-request.ts";

export interface Together {
  /** Path of the index page; null where none was written. */
  readonly index: string | null;
  /** That the index cannot be written must not hide what the runs came to. */
  readonly error: SeatrialError | null;
  /** null: not asked for. */
  readonly coverage: string | null;
}

/** @param out where the index goes; null writes none */
export async function together(reported: readonly ReportedFile[], out: string | null, request: SimulateRequest): Promise<Together> {
  const coverage = coverageOf(reported);
  const traits = request.json ? request.stderr : request.stdout;
  const told = request.coverage ? coverageText(coverage, screenOf(traits)) : null;
  const { tag, version } = request;
  if (out === null) return { index: null, error: null, coverage: told };
  try {
    const index = await writeIndex({ out, tag, files: reported, coverage, time: new Date(), version });
    return { index, error: null, coverage: told };
  } catch (error) {
    return { index: null, error: seatrialErrorOf(error), coverage: told };
  }
}

/** Of the runs that came to an end. */
function coverageOf(reported: readonly ReportedFile[]): LifecycleCoverage {
  const ran = reported.filter(({ outcome }) => outcome.record !== null);
  return lifecycleCoverage(ran.map(({ outcome }) => ({ scenario: outcome.scenario, steps: outcome.lifecycle })));
}
