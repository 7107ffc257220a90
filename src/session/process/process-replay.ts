// A runner from what is durable: the newest snapshot, and behind it every cause told once more. What it answers is sent to
// nobody; it must be what the journal says that it answered then.

import { assert, canonicalJson, ExitCode, SeatrialError, type Effect, type MarketIndex, type Millis } from "../../domain/index.ts";
import type { Cause, Commit, CommitStore } from "../../journal/index.ts";
import { StrategyError, type Runner, type RunnerSnapshot } from "../../runner/index.ts";
import { plainEffects } from "./commit-journal.ts";
import { Decisions, type DecisionDifference } from "./decisions.ts";
import type { ProcessChange } from "./process-plan.ts";
import { takeTold } from "../told-effects.ts";

/** A runner that was made of what is durable, and what its strategies have decided in it. */
export interface Revived {
  readonly runner: Runner;
  readonly decisions: Decisions;
}

/**
 * @param make a runner at its first breath, whose strategies speak through these decisions
 * @throws SeatrialError `replay_diverged`, exit code 2
 */
export function revive(make: (decisions: Decisions) => Runner, commits: CommitStore): Revived {
  const decisions = new Decisions();
  const first = firstOf(commits);
  const isKept = first?.notes?.decisions !== undefined;
  // What their set-up asked for is in a snapshot already.
  if (first !== undefined && isKept && commits.snapshot() === null) decisions.again(first);
  const runner = rebuild(make(decisions), commits, isKept ? decisions : null);
  decisions.live();
  return { runner, decisions };
}

function firstOf(commits: CommitStore): Commit | undefined {
  for (const commit of commits.read(1)) return commit;
  return undefined;
}

/**
 * @param fresh a runner at its first breath, its set-up's effects still in its queue
 * @param decisions what was decided then is to stand; null: the strategies decide anew
 * @throws SeatrialError `replay_diverged`, exit code 2: the same causes do not lead to the journaled effects any more
 */
export function rebuild(fresh: Runner, commits: CommitStore, decisions: Decisions | null = null): Runner {
  const saved = commits.snapshot();
  if (saved !== null) fresh.restore(saved.state as RunnerSnapshot);
  for (const commit of commits.read((saved?.seq ?? 0) + 1)) {
    if (commit.cause.type !== "session_started") decisions?.again(commit);
    compare(commit, tell(fresh, commit.cause, commit.notes?.equity ?? null), decisions !== null);
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

function compare({ seq, cause, effects }: Commit, answered: readonly Effect[], isDecided: boolean): void {
  const length = Math.max(effects.length, answered.length);
  for (let at = 0; at < length; at += 1) {
    const [then, now] = [textOf(effects[at]), textOf(answered[at])];
    if (then === now) continue;
    throw new SeatrialError({
      code: "replay_diverged",
      reason: `told again of commit ${seq} (${cause.type}), the runner does not answer as it did: effect ${at + 1} was ${then} and is ${now}`,
      hint: isDecided
        ? "what the strategy decided was taken from the journal: run it with the version of seatrial that wrote it, or look at it with 'seatrial journal verify'"
        : "the strategy decides by something that is not in its state, its parameters or the bars, or its code has changed",
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
  /** What it had handled and not made durable, and what was decided on it; null: nothing. */
  readonly uncommitted: Pick<Commit, "cause" | "notes"> | null;
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
 * I-23: what is durable gives the state that the process had at its last commit. What a strategy keeps for itself is its own
 * affair: where it differs, and nothing else does, its strategy is one that answers otherwise.
 * @param probe made of the commits, and of no further use: what was not committed is told to it alone
 * @returns how the strategies' states part; null: they do not
 * @throws InvariantError I-23
 */
export function assertSameState({ state, uncommitted, marked }: LastWords, { runner, decisions }: Revived): string | null {
  runner.markEquity(marked);
  if (uncommitted !== null) {
    if (uncommitted.notes?.decisions !== undefined) decisions.again({ seq: 0, epoch: 0, effects: [], ...uncommitted });
    tell(runner, uncommitted.cause, null);
  }
  const rebuilt = canonicalJson(runner.snapshot());
  if (rebuilt === state) return null;
  const [then, now] = [withoutStrategies(state), withoutStrategies(rebuilt)];
  assert(now === then, "I-23", () => `the rebuilt state parts from the one that died: ${partingOf(then, now)}`);
  return partingOf(state, rebuilt);
}

/** A runner's state but for what its strategies keep and draw. */
function withoutStrategies(state: string): string {
  const { markets, orders, ended, givenUp, ...rest } = JSON.parse(state) as RunnerSnapshot;
  const own = (list: readonly { readonly snapshot?: unknown }[]) => list.map(({ snapshot: _snapshot, ...order }) => order);
  const plain = markets.map(({ strategy: _strategy, random: _random, ...market }) => market);
  return canonicalJson({ ...rest, markets: plain, orders: own(orders), ended: own(ended), givenUp: own(givenUp) });
}

/**
 * What is to be told of strategies that answered otherwise than they had: one verdict a market.
 * @param parting how the states of all of them part; null: they do not
 */
export function verdictsOn({ differences }: Decisions, parting: string | null): { readonly market: MarketIndex; readonly text: string }[] {
  const markets = [...new Set(differences.map(({ market }) => market))];
  if (markets.length === 0 && parting !== null)
    return [{ market: 0 as MarketIndex, text: `told again of what is over, the strategy has another state than it had: ${parting}` }];
  return markets.map((market) => {
    const own = differences.filter((difference) => difference.market === market);
    const { commit, bar, hook, wanted, got } = own[0] as DecisionDifference;
    const rest = own.length === 1 ? "" : `, and ${own.length - 1} more`;
    return { market, text: `told again of commit ${commit}, ${hook} of bar ${bar} said ${got}; it had said ${wanted}, and that stands${rest}` };
  });
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
 * @param make as for `revive`, of the strategy as it is now
 * @throws SeatrialError `restart_refused`, exit code 2: the edited strategy cannot go on from it
 */
export function takeOver(make: (decisions: Decisions) => Runner, before: Runner): Revived {
  const decisions = new Decisions();
  const runner = make(decisions);
  try {
    runner.restore(before.snapshot());
    decisions.live();
    return { runner, decisions };
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
