// What a scenario does to the process that runs a session: where it dies, for how long it is gone, with what it comes back.
// Plain data. The venue and the journal outlive the process; nothing here touches them.

import type { Family, Leg, MarketIndex } from "../../domain/index.ts";
import type { Params } from "../../strategy/index.ts";

/** What of a session may have been edited while its process was down. */
export interface ProcessChange {
  readonly what: "configuration" | "code";
  /** Of the strategy from here on; null: as they were. */
  readonly params: Params | null;
}

/** Something that happens to the process at the open of a bar. */
export type ProcessStep =
  | { readonly do: "restart"; readonly downtimeMs: number; readonly changed: ProcessChange | null }
  /** It is stopped and does not know it (SIGSTOP, a suspended laptop): what it is told waits. */
  | { readonly do: "freeze"; readonly lengthMs: number }
  /** Another process of this strategy signs in on the account, with a higher epoch, and sends an order. */
  | { readonly do: "second_runner"; readonly leg: Leg; readonly quantity: string }
  /** The disk under the journal is full or fails to write; or what is on it is damaged, which the next start finds. */
  | { readonly do: "journal_fault"; readonly fault: JournalFault };

/** What becomes of a journal while nobody looks. */
export const journalDamages = ["damaged", "older_copy", "snapshot_damaged", "snapshot_ahead"] as const;
export type JournalDamage = (typeof journalDamages)[number];

export type JournalFault = "disk_full" | "io_error" | JournalDamage;

const processSteps: ReadonlySet<string> = new Set<ProcessStep["do"]>(["restart", "freeze", "second_runner", "journal_fault"]);

export function isProcessStep(action: { readonly do: string }): action is ProcessStep {
  return processSteps.has(action.do);
}

/**
 * The moment of a commit at which its process dies. `planned`: the runner has answered, nothing is durable. `journaled`: all of
 * it is durable, nothing has been sent. `sent`: a part of it has been sent. Of an order: `answered`: the venue's first answer has
 * been handled and is not durable; `acknowledged`, `filled`: the acknowledgement, the first fill is durable, and nothing that it
 * led to has been sent.
 */
export type CommitPhase = "planned" | "journaled" | "sent";
export type OrderPhase = CommitPhase | "answered" | "acknowledged" | "filled";

/** The n-th order of a family on a market, or on one leg of it; from 1 on. */
export interface OrderPoint {
  readonly family: Family;
  readonly number: number;
  /** null: the first market on which there is one. */
  readonly market: MarketIndex | null;
  /** null: either. */
  readonly leg: Leg | null;
}

export type CrashPlace =
  | { readonly kind: "order"; readonly order: OrderPoint; readonly phase: OrderPhase }
  /** The first cancel of an order. */
  | { readonly kind: "cancel"; readonly order: OrderPoint; readonly phase: CommitPhase }
  /** The n-th timer that goes off. */
  | { readonly kind: "timer"; readonly number: number; readonly phase: CommitPhase }
  /**
   * The n-th commit of the session; `process` n: of its n-th process after the first. `sent`: after so many of its effects; null:
   * after all of them.
   */
  | {
      readonly kind: "commit";
      readonly number: number;
      readonly process: number | null;
      readonly phase: CommitPhase;
      readonly effects: number | null;
    };

/** A place at which the process dies, once. */
export interface CrashPoint {
  readonly at: CrashPlace;
  readonly downtimeMs: number;
}
