// A runner from what is durable: the newest snapshot, and behind it every cause told once more. What it answers is sent to
// nobody; it must be what the journal says that it answered then.

import { assert, canonicalJson, ExitCode, SeatrialError, type Effect, type Millis } from "../domain/index.ts";
import type { Cause, Commit, CommitStore } from "../journal/index.ts";
import { StrategyError, type Runner, type RunnerSnapshot } from "../runner/index.ts";
import { plainEffects } from "./commit-journal.ts";
import type { ProcessChange } from "./process-plan.ts";
import { takeTold } from "./told-effects.ts";

/**
 * @param fresh a runner at its first breath, its set-up's effects still in its queue
 * @throws SeatrialError `replay_diverged`, exit code 2: the same causes do not lead to the journaled effects any more
 */
export function rebuild(fresh: Runner, commits: CommitStore): Runner {
  const saved = commits.snapshot();
  if (saved !== null) fresh.restore(saved.state as RunnerSnapshot);
  for (const commit of commits.read((saved?.seq ?? 0) + 1)) {
    compare(commit, tell(fresh, commit.cause, commit.notes?.equity ?? null));
  }
  return fresh;
}

/**
 * Hands a cause to a runner as it was handed over the first time.
 * @param marked equity that was marked before it; null: as before
 * @returns what it answers
 */
export function tell(runner: Runner, cause: Cause, marked: number | null): Effect[] {
  if (marked !== null) runner.markEquity(marked);
  try {
    if (cause.type === "instant_closed") {
      const last = cause.closings.length - 1;
      cause.closings.forEach(({ market, series, bar }, at) => runner.handleBar(market, series, bar, at === last));
    } else if (cause.type !== "session_started") runner.handle(cause);
  } catch (error) {
    // It broke then, too: what it had told stayed on the record.
    if (!(error instanceof StrategyError)) throw error;
    return plainEffects(takeTold(runner.effects));
  }
  const effects = plainEffects(runner.effects);
  runner.effects.clear();
  return effects;
}

function compare({ seq, cause, effects }: Commit, answered: readonly Effect[]): void {
  const length = Math.max(effects.length, answered.length);
  for (let at = 0; at < length; at += 1) {
    const [then, now] = [textOf(effects[at]), textOf(answered[at])];
    if (then === now) continue;
    throw new SeatrialError({
      code: "replay_diverged",
      reason: `told again of commit ${seq} (${cause.type}), the runner does not answer as it did: effect ${at + 1} was ${then} and is ${now}`,
      hint: "the strategy decides by something that is not in its state, its parameters or the bars, or its code has changed",
      exitCode: ExitCode.run,
    });
  }
}

// The forms that a store gives back differ from the runner's own in nothing that JSON says.
function textOf(effect: Effect | undefined): string {
  return effect === undefined ? "nothing" : canonicalJson(effect);
}

/** What a process knew when it died. */
export interface LastWords {
  /** Its runner's state, as JSON. */
  readonly state: string;
  /** What it had handled and not made durable; null: nothing. */
  readonly uncommitted: Cause | null;
  /** Equity that was marked last: it may not have come into a commit. */
  readonly marked: number;
}

/** The process is not there. */
export interface Absence {
  readonly since: Millis;
  /** When it handles something again. */
  readonly until: Millis;
  /** What it knew when it died; null: it sleeps, and what it is told waits. */
  readonly died: LastWords | null;
  readonly changed: ProcessChange | null;
}

/**
 * I-23: what is durable gives the state that the process had at its last commit.
 * @param again a second runner made of the same commits: what was not committed is told to it alone
 * @throws InvariantError I-23
 */
export function assertSameState({ state, uncommitted, marked }: LastWords, again: () => Runner): void {
  const probe = again();
  probe.markEquity(marked);
  if (uncommitted !== null) tell(probe, uncommitted, null);
  const rebuilt = canonicalJson(probe.snapshot());
  assert(rebuilt === state, "I-23", () => `the rebuilt state parts from the one that died: ${partingOf(state, rebuilt)}`);
}

function partingOf(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at += 1;
  const from = Math.max(at - 60, 0);
  return `…${before.slice(from, at + 60)}… is …${after.slice(from, at + 60)}…`;
}

/** Timers that a process which comes back arms again: in the order in which they were due, none before `time`. */
export function timersOf(runner: Runner, time: Millis): { readonly timer: number; readonly due: number }[] {
  return runner
    .openTimers()
    .sort((a, b) => a.due - b.due || a.timer - b.timer)
    .map(({ timer, due }) => ({ timer, due: Math.max(due, time) }));
}

/**
 * The state as it stands goes over to a runner whose strategy has been edited.
 * @throws SeatrialError `restart_refused`, exit code 2: the edited strategy cannot go on from it
 */
export function takeOver(next: Runner, before: Runner): void {
  try {
    next.restore(before.snapshot());
  } catch (error) {
    if (!(error instanceof StrategyError)) throw error;
    throw new SeatrialError({
      code: "restart_refused",
      reason: `the edited strategy cannot go on from the state that the one before has left: ${error.reason}`,
      hint: "bring the account to rest with the strategy of then, or have restore() take its state",
      exitCode: ExitCode.run,
      cause: error,
    });
  }
}
