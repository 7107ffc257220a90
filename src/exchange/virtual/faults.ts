// Faults that a scenario injects into the virtual exchange. Each stays armed until it has hit `next` matching requests or
// messages.

import type { Family } from "../../domain/index.ts";
import type { MessageKind } from "./messages.ts";

interface Armed {
  /** How many matching requests it hits, counted from its bar on. */
  readonly next: number;
  /** Only orders of this family; null = any. */
  readonly family: Family | null;
  /** Only this market; null = any. */
  readonly symbol: string | null;
  /** Each that matches is hit with this probability, 0 to 1, from the exchange's seed. @defaultValue 1, without a draw */
  readonly probability?: number;
}

interface OnMessages extends Armed {
  /** Only these; null = every kind. */
  readonly messages: readonly MessageKind[] | null;
}

/** What becomes of an arriving order. */
type SubmitFault =
  /** Arriving orders are rejected with a venue code. */
  | (Armed & { readonly do: "reject"; readonly code: string | null })
  /** The order is accepted, the reply is lost: the runner hears `order_unknown`, then the stream. */
  | (Armed & { readonly do: "lose_reply" })
  /** The order never arrives and the runner hears `order_unknown`. */
  | (Armed & { readonly do: "lose_request" })
  /** The reply comes `delayMs` late; a client that waits no longer than `timeoutMs` hears `order_unknown` before it. */
  | (Armed & { readonly do: "delay_reply"; readonly delayMs: number; readonly timeoutMs: number })
  /** `order_unknown` at once, and at the venue the order is taken up `delayMs` later. */
  | (Armed & { readonly do: "late_accept"; readonly delayMs: number })
  /** Accepted, filled whole at once, and the reply is lost; the fill is told on the stream, or lost as well. */
  | (Armed & { readonly do: "accept_fill_lose_reply"; readonly fillTold: boolean })
  /** The acknowledgement is told behind the order's first fill, or its end. */
  | (Armed & { readonly do: "fill_before_ack" })
  /** The request arrives twice: a proxy, or a client library that retries, has sent it again. */
  | (Armed & { readonly do: "repeat_request" });

/** What becomes of a cancel. */
type CancelFault =
  /** A cancel is answered with an error and the order stays. */
  | (Armed & { readonly do: "reject_cancel"; readonly code: string | null })
  /** A cancel's answer is lost; the cancel happens (`applied`) or not. */
  | (Armed & { readonly do: "lose_cancel_reply"; readonly applied: boolean })
  /** The order fills completely just before its cancel arrives; which of the two is told first. @defaultValue the fill */
  | (Armed & { readonly do: "fill_during_cancel"; readonly told?: "fill" | "refusal" })
  /** The cancel is confirmed, and the order stays in the book. */
  | (Armed & { readonly do: "keep_after_cancel" })
  /** The cancel is confirmed as if nothing had been filled; a fill of a share of the rest, just before it, is told `delayMs` later. */
  | (Armed & { readonly do: "late_fill"; readonly share: string; readonly delayMs: number });

export type AmendOutcome = "rejected" | "half" | "lost" | "lost_applied";

type OrderFault =
  | SubmitFault
  | CancelFault
  /** An amendment is refused; or refused after the order was canceled for it; or its answer is lost, unapplied or applied. */
  | (Armed & { readonly do: "fail_amend"; readonly outcome: AmendOutcome })
  /** The next fill of an order takes only this share of what is left (decimal text), once an order. */
  | (Armed & { readonly do: "partial_fill"; readonly share: string })
  /** A stop that is triggered gets another id at the venue. */
  | (Armed & { readonly do: "renumber_on_trigger" });

/** What becomes of a message on its way to the session. */
export type MessageFault =
  | (OnMessages & { readonly do: "drop_message" })
  /** Told `copies` times more, each `delayMs` behind the one before; with an own trade id each, where it is a fill. */
  | (OnMessages & { readonly do: "duplicate_message"; readonly copies: number; readonly delayMs: number; readonly newTradeIds: boolean })
  | (OnMessages & { readonly do: "delay_message"; readonly delayMs: number })
  /** Each is held for up to `withinMs`, from the seed: they overtake each other. */
  | (OnMessages & { readonly do: "reorder_messages"; readonly withinMs: number })
  /** Fills come without a trade id. */
  | (Armed & { readonly do: "blank_trade_id" });

export type Fault =
  | OrderFault
  | MessageFault
  /** Each arriving order is rejected with this probability, from the exchange's seed. */
  | { readonly do: "reject_probability"; readonly probability: number; readonly code: string | null };

/** Faults that are counted as they hit. */
export type CountedFault = Exclude<Fault, { do: "reject_probability" }>;
