// Faults that a scenario injects into the virtual exchange. Each stays armed until it has hit `next` matching requests.

import type { Family } from "../../domain/index.ts";

interface Armed {
  /** How many matching requests it hits, counted from its bar on. */
  readonly next: number;
  /** Only orders of this family; null = any. */
  readonly family: Family | null;
  /** Only this market; null = any. */
  readonly symbol: string | null;
}

export type Fault =
  /** Arriving orders are rejected with a venue code. */
  | (Armed & { readonly do: "reject"; readonly code: string | null })
  /** The order is accepted, the reply is lost: the runner hears `order_unknown`, then the stream. */
  | (Armed & { readonly do: "lose_reply" })
  /** The order never arrives and the runner hears `order_unknown`. */
  | (Armed & { readonly do: "lose_request" })
  /** A cancel is answered with an error and the order stays. */
  | (Armed & { readonly do: "reject_cancel"; readonly code: string | null })
  /** A cancel's answer is lost; the cancel happens (`applied`) or not. */
  | (Armed & { readonly do: "lose_cancel_reply"; readonly applied: boolean })
  /** The order fills completely just before its cancel arrives. */
  | (Armed & { readonly do: "fill_during_cancel" })
  /** The next fill of an order takes only this share of what is left (decimal text), once an order. */
  | (Armed & { readonly do: "partial_fill"; readonly share: string })
  /** Each arriving order is rejected with this probability, from the exchange's seed. */
  | { readonly do: "reject_probability"; readonly probability: number; readonly code: string | null };
