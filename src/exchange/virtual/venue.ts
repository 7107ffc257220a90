// What the markets of one virtual exchange share: the account, the settings and where answers go. It is the engine's, as
// its markets see it; no market may reach another one through it.

import type { Millis, OrderPool, Sequence, VenueEvent } from "../../domain/index.ts";
import type { Account } from "./account.ts";
import type { AccountHistory } from "./account-history.ts";
import type { ClientIdMemory } from "./client-ids.ts";
import type { FaultBox } from "./fault-box.ts";
import type { FillModel } from "./fill-model.ts";
import type { MarkPrices } from "./mark-prices.ts";
import type { Outbox } from "./outbox.ts";
import type { Perpetuals } from "./perpetuals.ts";
import type { VenueProfile } from "./profile.ts";
import type { Trouble } from "./trouble.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { VenueTape } from "./venue-tape.ts";

/** What the markets of one engine share. */
export interface Venue {
  readonly account: Account;
  readonly profile: VenueProfile;
  readonly fill: FillModel;
  /** What everything drawn at the venue follows from. */
  readonly seed: number;
  readonly faults: FaultBox;
  /** null: nothing is wrong beside faults that hit single requests. */
  readonly trouble: Trouble | null;
  /** What can be asked for later; null in sessions that lose nothing. */
  readonly history: AccountHistory | null;
  /** Ids that are remembered beyond the open orders; null where none are. */
  readonly clientIds: ClientIdMemory | null;
  /** Mark prices by market; null where there are none. */
  readonly marks: readonly (MarkPrices | null)[];
  /** Follows the price of each bar where there is funding or margin to judge; null where there is neither. */
  readonly perpetuals: Perpetuals | null;
  emit(event: VenueEvent, time: Millis): void;
  /** To be called after each fill. */
  positionChanged(): void;
  nextSequence(): Sequence;
  nextOrderId(): number;
  nextTrade(): number;
  /** Objects of orders; remembers the closed ones for queries. */
  readonly pool: OrderPool<VenueOrder>;
  /** Where answers go. */
  readonly events: Outbox;
  /** null: nobody audits the session. */
  readonly tape: VenueTape | null;
}
