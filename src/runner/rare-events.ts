// Events that are not on the hot road of bars and orders, by who handles them.

import type { Event } from "../domain/index.ts";

/** What the venue tells of itself and of the account. */
export type VenueFact = Extract<Event, { type: "venue_status_changed" | "rules_reported" | "fill_voided" | "funds_moved" }>;

/** Events that are not on the hot road of bars and orders. */
export type RareEvent = Extract<
  Event,
  {
    type:
      | "position_reported"
      | "funding_paid"
      | "liquidated"
      | "auto_deleveraged"
      | "query_rejected"
      | "timer_fired"
      | "order_amended"
      | "amend_rejected"
      | "operator_command"
      | "account_insolvent"
      | "strategy_verdict"
      | "bars_missed"
      | "data_checked";
  }
>;
