// Market data beside bars: funding rates, trades, quotes, book changes. Plain columns of exact integers, one row an event;
// rows of one time keep the order of their file. No reading and no rule of a venue here.

/** What all series of events have: `length` rows, times in epoch ms UTC that never descend (many rows may share one). */
export interface EventColumns {
  /** The venue's name of the market as the file has it; null where the file names none. */
  readonly symbol: string | null;
  readonly length: number;
  readonly time: Float64Array;
}

/** Funding payments: at `time` a long pays rate × notional to a short, a negative rate the other way round. */
export interface FundingSeries extends EventColumns {
  /** Integers of 10^-rateScale, a share of the notional (0.0001 = 1 basis point) for one payment, not a year. */
  readonly rate: Float64Array;
  readonly rateScale: number;
}

/** Public trades. */
export interface TradeSeries extends EventColumns {
  /** Integers of 10^-priceScale. */
  readonly price: Float64Array;
  /** Integers of 10^-quantityScale, above 0. */
  readonly quantity: Float64Array;
  /** Who took liquidity: 1 a buyer, -1 a seller, 0 the file does not say. */
  readonly side: Int8Array;
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** Best bid and offer over time. */
export interface QuoteSeries extends EventColumns {
  /** Prices are integers of 10^-priceScale. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  /** Sizes are integers of 10^-quantityScale. */
  readonly bidSize: Float64Array;
  readonly askSize: Float64Array;
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** Changes of an order book, one row a price level; rows of one venue message share a number in `message`. */
export interface BookSeries extends EventColumns {
  /** 0-based number of the message, ascending. A reader of the book applies all rows of a message before it looks. */
  readonly message: Float64Array;
  /** 1 when the row's message is a snapshot that replaces the whole book, else 0. */
  readonly snapshot: Uint8Array;
  /** 1 bid, -1 ask. */
  readonly side: Int8Array;
  /** Integers of 10^-priceScale. */
  readonly price: Float64Array;
  /** The level's new total, integers of 10^-quantityScale; 0 removes the level. */
  readonly quantity: Float64Array;
  readonly priceScale: number;
  readonly quantityScale: number;
}
