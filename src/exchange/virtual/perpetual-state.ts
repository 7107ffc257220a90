// What a saved exchange keeps of funding and margin: plain JSON, by market in the order of the session.

export interface PerpetualState {
  /** Every funding stamp up to here has been paid; null for a market without a funding series. */
  readonly paidThrough: readonly (number | null)[];
  /** The mark of the last bar; null where trades are the marks. */
  readonly marks: readonly (number | null)[];
  readonly lastPriceStamps: number;
  /** When a share of a position was liquidated last. */
  readonly shareTime: number | null;
  /** null: no liquidation rule. */
  readonly margin: { readonly marks: readonly number[]; readonly isolated: readonly number[] } | null;
}
