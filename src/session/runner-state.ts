// The runner's state for whoever looks over its shoulder. A strategy's snapshot is the strategy's own code and may throw: that
// is told as what it is, and it ends the looking, not the run.

import { ExitCode, SeatrialError } from "../domain/index.ts";
import type { Runner } from "../runner/index.ts";

/** @throws SeatrialError `state_unreadable` */
export function stateOf(runner: Runner): unknown {
  try {
    return runner.outline();
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new SeatrialError({
      code: "state_unreadable",
      reason: `a strategy's snapshot threw: ${told}`,
      hint: "snapshot() returns plain data at any time",
      exitCode: ExitCode.run,
      cause: error,
    });
  }
}
