// Which steps an order can take under which error, and why not under the others: a table beside the state machine of the
// domain. What is impossible is told apart from what no scenario has done; nothing is left out for being inconvenient.

import { orderTransitions, type RowStatus } from "../../domain/index.ts";
import type { LifecycleError } from "../../journal/index.ts";
import { refusalClasses } from "./refusal-classes.ts";

/** Where an error comes from: nowhere, a refusal of a request, or silence about one. */
type Origin = "none" | "submit" | "duplicate" | "cancel" | "amend" | "query" | "limited" | "submit_lost" | "cancel_lost" | "amend_lost" | "silence";

interface Road {
  readonly to: RowStatus;
  /** Under what it is taken; empty: never. */
  readonly under: readonly Origin[];
  /** Why under nothing else. */
  readonly otherwise: string;
  /** What has to come before a scenario can take it; null: scenarios can. */
  readonly waits: string | null;
}

/** One step under one error, before any run is looked at. */
export interface LifecyclePossibility {
  readonly from: RowStatus;
  readonly to: RowStatus;
  readonly error: LifecycleError;
  readonly possible: boolean;
  /** Why it is impossible, or what a possible one waits for. */
  readonly reason: string | null;
}

/** Every error with what it says, in the order of the columns. */
export const lifecycleErrors: Readonly<Record<LifecycleError, string>> = {
  none: "nothing was wrong",
  RateLimitExceeded: "a request came too often",
  DDoSProtection: "a request came too often, or the venue had banned the client",
  InvalidOrder: "the order, or its change, breaks a rule of the venue",
  OrderImmediatelyFillable: "a post-only order or a trigger would have acted at once",
  OrderNotFillable: "a fill-or-kill order could not fill",
  InsufficientFunds: "the account cannot carry it",
  DuplicateOrderId: "the client order id is taken",
  OrderNotFound: "the venue has no such open order",
  OperationRejected: "the account's mode or its limits do not allow it",
  AuthenticationError: "the venue does not accept the key any more",
  OnMaintenance: "the venue is under maintenance",
  BadRequest: "the request is malformed in the venue's eyes",
  ArgumentsRequired: "the request lacks something",
  BadResponse: "the venue's answer says that it failed, and no more",
  ExchangeError: "a code that ccxt does not know",
  ExchangeNotAvailable: "nobody answered a question",
  told_by_update: "refused by an update of an acknowledged order; ccxt throws nothing",
  submit_reply_lost: "the order was sent and nothing definite came back",
  cancel_reply_lost: "the cancel was sent and nothing definite came back",
  amend_reply_lost: "the amendment was sent and nothing definite came back",
  no_answer: "nobody answered a cancel until the runner's patience ended",
};

/** After these an order stays open: a refused amendment, a cancel or a question that came too often. */
const open: readonly Origin[] = ["none", "amend", "limited"];
/** These lead into doubt; after a silence so does the mere want of news. */
const doubt: readonly Origin[] = ["none", "duplicate", "submit_lost", "cancel_lost", "amend_lost", "cancel", "silence"];
/** What is told of an order in doubt until there is evidence. */
const inDoubt: readonly Origin[] = [...doubt, "amend", "query", "limited"];

const restart = "a restart: sent, and the session ended before the answer was on record";
const staysOpen = "only a refused amendment, or a cancel that came too often, leaves an order as it was";
const beginnings = "doubt begins with a lost answer, a refusal as a duplicate, a refused cancel, no answer to it, or a silence of the venue";
const fromDoubt = "the error of this step is the one that led into doubt, or a refusal told since";
const ended = "what is told of an order that has ended changes nothing";
const keepsItsEnd = "a late fill that leaves a rest does not reopen an order: it stays ended until a fill completes it";

const unsent = (to: RowStatus): Road => ({ to, under: ["none"], otherwise: "nothing is asked about an order before it is sent", waits: restart });
const road = (to: RowStatus, under: readonly Origin[], otherwise: string): Road => ({ to, under, otherwise, waits: null });

const roads: Readonly<Partial<Record<RowStatus, readonly Road[]>>> = {
  NEW: [
    road("SUBMITTED", ["none", "limited"], "an order is planned and sent at once, unless the venue was asked too often"),
    unsent("PARTIAL"),
    unsent("FILLED"),
    unsent("REJECTED"),
    unsent("UNKNOWN"),
    road("CANCELED", ["limited"], "only an order that waits for a venue can end before it is sent"),
    unsent("EXPIRED"),
  ],
  SUBMITTED: [
    road("PARTIAL", open, staysOpen),
    road("FILLED", open, staysOpen),
    road("CANCELED", open, staysOpen),
    road("EXPIRED", open, staysOpen),
    road("REJECTED", ["submit"], "a rejection is the venue's answer to the order itself, in its own class"),
    road("UNKNOWN", doubt, beginnings),
  ],
  PARTIAL: [
    road("PARTIAL", open, staysOpen),
    road("FILLED", open, staysOpen),
    road("CANCELED", open, staysOpen),
    road("EXPIRED", open, staysOpen),
    road("UNKNOWN", doubt, beginnings),
  ],
  UNKNOWN: [
    road("SUBMITTED", inDoubt, fromDoubt),
    road("PARTIAL", inDoubt, fromDoubt),
    road("FILLED", inDoubt, fromDoubt),
    road("CANCELED", inDoubt, fromDoubt),
    road("EXPIRED", inDoubt, fromDoubt),
    road("REJECTED", [...inDoubt, "submit"], fromDoubt),
    road("NEVER_ARRIVED", inDoubt, fromDoubt),
    road("QUARANTINED", inDoubt, fromDoubt),
  ],
  CANCELED: [road("PARTIAL", [], keepsItsEnd), road("FILLED", ["none"], ended)],
  EXPIRED: [road("PARTIAL", [], keepsItsEnd), road("FILLED", ["none"], ended)],
  QUARANTINED: [
    road("SUBMITTED", inDoubt, fromDoubt),
    road("PARTIAL", inDoubt, fromDoubt),
    road("FILLED", inDoubt, fromDoubt),
    road("CANCELED", inDoubt, fromDoubt),
    road("EXPIRED", inDoubt, fromDoubt),
    road("REJECTED", [...inDoubt, "submit"], fromDoubt),
    // Evidence that contradicted itself can be explained later: a position that another hand had closed meanwhile.
    road("NEVER_ARRIVED", inDoubt, fromDoubt),
  ],
  FILLED: [road("REVERTED", ["none"], ended)],
};

/** Every step of the state machine under every error, in the order of the table. */
export function lifecyclePossibilities(): LifecyclePossibility[] {
  const errors = Object.keys(lifecycleErrors) as LifecycleError[];
  const origins = originSets();
  return (Object.keys(orderTransitions) as RowStatus[]).flatMap((from) =>
    orderTransitions[from].flatMap((to) => {
      const { under, otherwise, waits } = roadOf(from, to);
      const allowed = new Set(under.flatMap((origin) => [...origins[origin]]));
      return errors.map((error) => ({ from, to, error, possible: allowed.has(error), reason: allowed.has(error) ? waits : otherwise }));
    }),
  );
}

function roadOf(from: RowStatus, to: RowStatus): Road {
  const found = roads[from]?.find((candidate) => candidate.to === to);
  return found ?? road(to, [], "the state machine allows it, and nothing is known of how it is taken");
}

function originSets(): Readonly<Record<Origin, ReadonlySet<LifecycleError>>> {
  const { of, limited } = refusalClasses();
  return {
    none: new Set(["none"]),
    submit: of.submit,
    // Our own id is taken: the venue has the order.
    duplicate: new Set(["DuplicateOrderId"]),
    // A cancel that came too often is asked again: no doubt begins with it.
    cancel: new Set([...of.cancel].filter((error) => !limited.has(error))),
    amend: of.amend,
    query: of.query,
    limited,
    submit_lost: new Set(["submit_reply_lost"]),
    cancel_lost: new Set(["cancel_reply_lost"]),
    amend_lost: new Set(["amend_reply_lost"]),
    silence: new Set(["no_answer"]),
  };
}
