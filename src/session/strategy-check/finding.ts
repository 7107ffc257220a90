// What a strategy check can find: the closed list of kinds, how bad each is, and how to mend it. It must never look for
// anything itself.

export type Severity = "error" | "warning";

interface Kind {
  readonly severity: Severity;
  /** The fault in a few words. */
  readonly title: string;
  readonly mend: string;
}

/** An error gives other results live than in a simulation, or none; a warning is a risk that the author should know. */
export const findingKinds = {
  throws: { severity: "error", title: "it throws", mend: "fix the hook; a session ends at the first throw" },
  never_returns: { severity: "error", title: "it never returns", mend: "bound the loop; a live session would have to be killed" },
  look_ahead: { severity: "error", title: "it sees the future", mend: "read bars through ctx.bars alone, and no file or module that knows them" },
  not_deterministic: {
    severity: "error",
    title: "equal bars give other orders",
    mend: "take time from ctx.now and chance from ctx.random; keep state in the instance, not in the module",
  },
  clock_or_chance: { severity: "warning", title: "it reads a clock or Math.random", mend: "use ctx.now and ctx.random, which a replay repeats" },
  not_a_number: {
    severity: "error",
    title: "it asks for sizes or prices that are no numbers",
    mend: "ask only when the numbers are finite; until then wait",
  },
  indicator_not_ready: {
    severity: "warning",
    title: "an indicator is not ready when decisions begin",
    mend: "set warmup to the bars that it needs, or check its ready; comparisons with NaN are false",
  },
  warm_up: { severity: "warning", title: "decisions depend on when it was started", mend: "raise warmup until they do not" },
  history: {
    severity: "error",
    title: "decisions never cease to depend on when it was started",
    mend: "forget the distant past (a rolling or an exponential measure), or keep the measure in snapshot()",
  },
  snapshot_not_plain: {
    severity: "error",
    title: "its snapshot is no plain JSON",
    mend: "return numbers, strings, booleans, null, lists and plain objects",
  },
  snapshot_shared: {
    severity: "error",
    title: "its snapshot changes afterwards",
    mend: "return a copy, or replace the object in place of changing it",
  },
  restart: {
    severity: "error",
    title: "after a restart it goes on differently",
    mend: "put everything that decisions depend on into snapshot() and restore(); measures of bars into ctx.indicators",
  },
  too_many_orders: {
    severity: "error",
    title: "it asks for too many orders",
    mend: "ask once and wait for the answer; or raise --max-orders if that is meant",
  },
  churn: {
    severity: "warning",
    title: "it cancels and replaces more than it trades",
    mend: "leave a resting order where it is while the change is small",
  },
  refused: {
    severity: "warning",
    title: "it asks again and again for what is refused",
    mend: "listen to onRejected, and look at ctx.position and ctx.orders() first",
  },
  missing_hooks: {
    severity: "warning",
    title: "it lacks hooks that a live session requires",
    mend: "add them; docs/strategies.md says what each is told",
  },
  idle: {
    severity: "warning",
    title: "it asked for nothing, so little was checked",
    mend: "give parameters, bars or a position mode in which it trades",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type FindingKind = keyof typeof findingKinds;

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly title: string;
  /** Name of the bars that showed it; null where no bars are needed. */
  readonly bars: string | null;
  /** Row of the first sign of it; null where it has none. */
  readonly bar: number | null;
  readonly evidence: string;
  readonly mend: string;
  /** How often it was seen, on all bars together. */
  readonly count: number;
}

/** Findings of one check: one of a kind, with the first evidence and the number of times. */
export class Findings {
  private readonly found = new Map<FindingKind, Finding>();

  add(kind: FindingKind, sign: { readonly bars?: string; readonly bar?: number; readonly evidence: string }): void {
    const first = this.found.get(kind);
    const { severity, title, mend } = findingKinds[kind];
    const { bars = null, bar = null, evidence } = sign;
    this.found.set(kind, first === undefined ? { kind, severity, title, bars, bar, evidence, mend, count: 1 } : { ...first, count: first.count + 1 });
  }

  has(kind: FindingKind): boolean {
    return this.found.has(kind);
  }

  /** Errors first, each group in the order of the table above. */
  list(): Finding[] {
    const all = (Object.keys(findingKinds) as FindingKind[]).flatMap((kind) => this.found.get(kind) ?? []);
    return [...all.filter(({ severity }) => severity === "error"), ...all.filter(({ severity }) => severity === "warning")];
  }
}
