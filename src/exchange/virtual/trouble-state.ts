// What is saved of a venue's troubles: plain data, from which another process continues.

import type { MarketIndex, VenueEvent } from "../../domain/index.ts";
import type { ConditionsState } from "./conditions.ts";
import type { MessageKind } from "./messages.ts";
import type { ReadsState } from "./reads.ts";

/** A stream that says nothing. */
export interface Silence {
  /** null: the streams of all markets, and the account's. */
  readonly market: MarketIndex | null;
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  /** The session has been told. */
  readonly known: boolean;
  /** Pings go on: the silence cannot be heard. */
  readonly pings: boolean;
}

/** What becomes of the messages about one order. */
export interface Fate {
  readonly order: number;
  readonly kinds: readonly MessageKind[];
  readonly what: "drop" | "delay" | "behind_fill";
  readonly delayMs: number;
}

export interface WireState {
  readonly silences: readonly Silence[];
  readonly fates: readonly Fate[];
  readonly held: readonly { readonly event: VenueEvent; readonly due: number }[];
  readonly quiet: readonly number[];
  readonly untold: number;
}

export interface TroubleState {
  readonly wire: WireState;
  readonly conditions: ConditionsState;
  readonly reads: ReadsState;
}

export interface OutsideState {
  readonly orders: number;
  readonly frozen: readonly (readonly [currency: string, units: number])[];
}
