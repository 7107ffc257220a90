// The filters of a market that a venue may change while a session runs. Data only; an instrument checks them.

/** Decimal text, as in MarketRules; null where the venue has no such filter. */
export interface InstrumentFilters {
  readonly tick: string;
  readonly step: string;
  readonly minQuantity: string | null;
  readonly maxQuantity: string | null;
  readonly minNotional: string | null;
}

/** The filters among a market's rules. */
export function filtersOf({ tick, step, minQuantity, maxQuantity, minNotional }: InstrumentFilters): InstrumentFilters {
  return { tick, step, minQuantity, maxQuantity, minNotional };
}
