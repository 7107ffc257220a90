// Which error classes of ccxt a venue can answer to which request: gathered from the shipped venues' own tables, so that the
// coverage of a state machine asks for nothing that no venue says. It must never name a class of its own.

import type { CcxtErrorClass } from "../../domain/index.ts";
import { rejectionReasons, venueProfiles, type Rejection, type VenueProfile } from "../../exchange/virtual/index.ts";
import type { LifecycleError } from "../../journal/index.ts";

type RejectionReason = (typeof rejectionReasons)[number];
type RefusedRequest = "submit" | "cancel" | "amend" | "query";

/** Requests that a reason can refuse; those that are not named refuse new orders only. */
const refuses: Readonly<Partial<Record<RejectionReason, readonly RefusedRequest[]>>> = {
  unknown_order_at_venue: ["cancel", "amend"],
  order_already_filled: ["cancel"],
  injected_cancel_failure: ["cancel"],
  amend_rejected: ["amend"],
  rate_limited: ["submit", "cancel", "amend", "query"],
  authentication_lost: ["submit", "cancel", "amend", "query"],
  venue_maintenance: ["submit", "cancel", "amend"],
  venue_cancel_only: ["submit", "amend"],
  position_side_mismatch: ["submit", "amend"],
  price_filter: ["submit", "amend"],
  lot_size_filter: ["submit", "amend"],
  market_lot_size_filter: ["submit", "amend"],
  min_notional_filter: ["submit", "amend"],
  trigger_already_crossed: ["submit", "amend"],
  post_only_would_cross: ["submit", "amend"],
  insufficient_funds: ["submit", "amend"],
  leverage_tier_exceeded: ["submit", "amend"],
};

export interface RefusalClasses {
  /** Refusals of each request, those for too many requests among them. */
  readonly of: Readonly<Record<RefusedRequest, ReadonlySet<LifecycleError>>>;
  /** Refusals for too many requests, whatever was asked. */
  readonly limited: ReadonlySet<LifecycleError>;
}

/** A ban where the profile documents none: what the virtual exchange answers to a step `ban`. */
const undocumentedBan: CcxtErrorClass = "DDoSProtection";
/** What ccxt makes of an answer that is none of the venue's. */
const noReply: CcxtErrorClass = "ExchangeNotAvailable";
/** What ccxt makes of a code that it does not know: a scenario may inject any into an order or a cancel. */
const unknownCode: CcxtErrorClass = "ExchangeError";

/** @param profiles @defaultValue the shipped venues */
export function refusalClasses(profiles: readonly VenueProfile[] = Object.values(venueProfiles)): RefusalClasses {
  const limited = new Set<LifecycleError>([undocumentedBan, ...profiles.flatMap(limitAnswers).map(classOf)]);
  const of: Record<RefusedRequest, Set<LifecycleError>> = {
    submit: new Set([unknownCode, ...limited]),
    cancel: new Set([unknownCode, ...limited]),
    amend: new Set(limited),
    query: new Set<LifecycleError>([noReply, ...limited]),
  };
  for (const { rejections } of profiles) {
    for (const reason of rejectionReasons) {
      for (const request of refuses[reason] ?? ["submit"]) of[request].add(classOf(rejections[reason]));
    }
  }
  return { of, limited };
}

function limitAnswers({ rejections, requests }: VenueProfile): Rejection[] {
  if (requests === null) return [rejections.rate_limited];
  const { windows, budget } = requests;
  const bans = windows.flatMap(({ ban }) => (ban === null ? [] : [ban.answer]));
  return [rejections.rate_limited, ...windows.map(({ answer }) => answer), ...bans, ...(budget === null ? [] : [budget.answer])];
}

function classOf({ ccxtClass }: Rejection): LifecycleError {
  return ccxtClass ?? "told_by_update";
}
