// Threads that may hang: one whose strategy does not come back is ended, and what it did is run again without the strategy from
// there on. It must never wait for a thread that it does not watch.

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { isDispensable, newMarks, Watchdog, type WatchedRun, type Whereabouts } from "../session/watchdog.ts";

/** As often as a strategy may hang in one run, on whatever market. */
const verdictsMax = 64;

/** A thread at work. `end` ends it; `result` is then rejected, or comes to nothing. */
export interface GuardedThread<T> {
  readonly result: Promise<T>;
  end(): void;
}

/**
 * Starts a thread, and once more after each verdict.
 * @param timeoutMs real time that a hook may take. @param start is given what the thread must be given
 * @throws SeatrialError `strategy_timed_out` for a hook without which there is no run; else whatever the thread dies of
 */
export async function guarded<T>(timeoutMs: number, start: (watched: WatchedRun) => GuardedThread<T>): Promise<T> {
  const verdicts: Whereabouts[] = [];
  for (;;) {
    const marks = newMarks();
    const dog = new Watchdog(marks, timeoutMs);
    const thread = start({ marks, verdicts });
    let found: Whereabouts | null = null;
    const look = setInterval(
      () => {
        found ??= dog.look(performance.now());
        if (found !== null) thread.end();
      },
      Math.min(250, Math.max(10, timeoutMs / 4)),
    );
    try {
      return await thread.result;
    } catch (error) {
      const hung = found as Whereabouts | null;
      if (hung === null) throw error;
      if (!isDispensable(hung) || verdicts.length === verdictsMax) throw timedOut(hung, timeoutMs, error);
      verdicts.push(hung);
    } finally {
      clearInterval(look);
    }
  }
}

function timedOut({ hook, bar }: Whereabouts, timeoutMs: number, cause: unknown): SeatrialError {
  return new SeatrialError({
    code: "strategy_timed_out",
    reason: `the strategy did not come back from ${hook} within ${timeoutMs} ms (bar ${bar})`,
    hint: "look for a loop without an end in it",
    exitCode: ExitCode.run,
    cause,
  });
}
