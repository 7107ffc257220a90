// What a venue's questions-and-answers side gets wrong: replicas that lag behind, lists with pages missing, reads that fail.
// Each endpoint by itself, for a time. It never changes what is asked about.

import type { Millis } from "../../domain/index.ts";

export const endpoints = ["order", "open_orders", "fills", "positions", "account", "rules"] as const;
export type Endpoint = (typeof endpoints)[number];

export type ReadFault =
  /** Answers are of the venue as it stood `lagMs` before. */
  | { readonly do: "stale_reads"; readonly endpoint: Endpoint; readonly lagMs: number }
  /** A list holds its first `keep` rows; whether it admits that there are more. */
  | { readonly do: "truncate_reads"; readonly endpoint: "open_orders" | "fills"; readonly keep: number; readonly admitted: boolean }
  | { readonly do: "fail_reads"; readonly endpoint: Endpoint };

interface Holding {
  readonly fault: ReadFault;
  /** Exclusive. */
  readonly until: number;
}

/** What the account looked like. */
export interface AccountPast {
  readonly time: number;
  readonly balances: Readonly<Record<string, string>>;
}

export interface ReadsState {
  readonly holding: readonly Holding[];
  readonly past: readonly AccountPast[];
}

export class Reads {
  private holding: Holding[] = [];
  /** Of the time in which the account is read late, oldest first. */
  private past: AccountPast[] = [];

  begin(fault: ReadFault, until: number): void {
    this.holding.push({ fault, until });
  }

  /** The moment that an answer at `time` speaks of. */
  seenAt(endpoint: Endpoint, time: Millis): Millis {
    return (time - this.lagOf(endpoint, time)) as Millis;
  }

  private lagOf(endpoint: Endpoint, time: number): number {
    const stale = this.holding.findLast(({ fault, until }) => fault.do === "stale_reads" && fault.endpoint === endpoint && time < until);
    return stale?.fault.do === "stale_reads" ? stale.fault.lagMs : 0;
  }

  fails(endpoint: Endpoint, time: Millis): boolean {
    return this.holding.some(({ fault, until }) => fault.do === "fail_reads" && fault.endpoint === endpoint && time < until);
  }

  /** A list as it is told, and whether it says that it is whole. */
  list<T>(endpoint: Endpoint, rows: readonly T[], time: Millis): { readonly rows: readonly T[]; readonly complete: boolean } {
    const short = this.holding.findLast(({ fault, until }) => fault.do === "truncate_reads" && fault.endpoint === endpoint && time < until);
    if (short?.fault.do !== "truncate_reads" || rows.length <= short.fault.keep) return { rows, complete: true };
    return { rows: rows.slice(0, short.fault.keep), complete: !short.fault.admitted };
  }

  /** Keeps what the account holds, where it will be read late. */
  remember(time: Millis, balances: () => AccountPast["balances"]): void {
    const kept = this.holding.some(({ fault, until }) => fault.do === "stale_reads" && fault.endpoint === "account" && time < until);
    if (kept && this.past.at(-1)?.time !== time) this.past.push({ time, balances: balances() });
  }

  /** The newest account that was kept by an instant, or the oldest; null: none was kept. */
  accountAt(time: Millis): AccountPast["balances"] | null {
    return (this.past.findLast((one) => one.time <= time) ?? this.past[0])?.balances ?? null;
  }

  snapshot(): ReadsState {
    return { holding: [...this.holding], past: [...this.past] };
  }

  restore({ holding, past }: ReadsState): void {
    this.holding = [...holding];
    this.past = [...past];
  }
}
