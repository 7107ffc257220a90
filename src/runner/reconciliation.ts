// After a silence the book is compared with the venue: open orders, trades, positions, the account. Until that is done
// nothing increases risk. It never trades, and it touches no order that is not ours.

import type { Event } from "../domain/index.ts";
import type { Core } from "./core.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Positions } from "./positions.ts";

type SilenceType =
  | "session_resumed"
  | "bars_missed"
  | "clock_checked"
  | "open_orders_reported"
  | "fills_reported"
  | "account_reported"
  | "snapshot_failed"
  | "venue_status_changed"
  | "rules_reported"
  | "fill_voided"
  | "funds_moved"
  | "stream_gap"
  | "stream_resynced";
/** What a session learns after a silence, and about the venue's own state. */
export type SilenceEvent = Extract<Event, { type: SilenceType }>;

export class Reconciliation {
  declare private readonly core: Core;
  declare private readonly outcomes: Outcomes;
  declare private readonly positions: Positions;

  constructor(core: Core, outcomes: Outcomes, positions: Positions) {
    this.core = core;
    this.outcomes = outcomes;
    this.positions = positions;
  }

  told(event: SilenceEvent): void {
    if (event.type === "fills_reported") for (const fill of event.fills) this.outcomes.filled(fill);
    else this.core.alert("info", `${event.type}: ${this.positions.verifying ? "verifying" : "settled"}`);
  }
}
