// Returns by calendar day, month or year out of an equity curve. It must never invent a period: one without a mark is not there.

/** Equity at the closes of instants, float64. */
export interface EquityColumns {
  /** Epoch ms, ascending. */
  readonly time: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/** The last mark of each period and what it brought. */
export interface PeriodReturn<Key> {
  readonly key: Key;
  /** Time of its last mark. */
  readonly time: number;
  readonly value: number;
  /** Value ÷ the value before the period − 1; null where that was not above 0. */
  readonly change: number | null;
}

/**
 * @param start equity before the first mark
 * @param keyOf the period of an instant; a mark at the very end of a period belongs to it
 */
export function periodReturns<Key>({ time, value }: EquityColumns, start: number, keyOf: (time: number) => Key): PeriodReturn<Key>[] {
  const periods: PeriodReturn<Key>[] = [];
  let before = start;
  let key = time.length === 0 ? null : keyOf((time[0] as number) - 1);
  for (let at = 0; at < time.length; at += 1) {
    const next = at + 1 < time.length ? keyOf((time[at + 1] as number) - 1) : null;
    if (next === key) continue;
    const last = value[at] as number;
    periods.push({ key: key as Key, time: time[at] as number, value: last, change: before > 0 ? last / before - 1 : null });
    before = last;
    key = next;
  }
  return periods;
}
