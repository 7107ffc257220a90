// Nominal types for look-alike numbers. They cost nothing at run time: a Price is a plain number that the
// compiler refuses to mix with a Quantity. Never add behaviour here.

declare const brand: unique symbol;

/** `T` that only functions returning `Brand<T, Name>` (or an explicit cast at a checked border) can produce. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Integer of 10^-priceScale of the instrument. The tick is a filter, never the unit. */
export type Price = Brand<number, "Price">;
/** Integer of 10^-quantityScale of the instrument. The step is a filter, never the unit. */
export type Quantity = Brand<number, "Quantity">;
/** Integer of 10^-scale of one currency, within ±2^53. */
export type Money = Brand<number, "Money">;
/** Epoch milliseconds, UTC. Bar time is the OPEN of the bar. */
export type Millis = Brand<number, "Millis">;
/** 0-based row of a series; -1 is "before the first bar". */
export type BarIndex = Brand<number, "BarIndex">;
/** Position of a market in the session's fixed market list. */
export type MarketIndex = Brand<number, "MarketIndex">;
/** Order of a venue event among all events of one venue; strictly increasing. */
export type Sequence = Brand<number, "Sequence">;
/** One intent of a session, 1-based, in the order in which the runner received it. */
export type IntentNumber = Brand<number, "IntentNumber">;
/** One attempt to place an intent: `intent * 256 + attempt`. Its printed form is the client order id. */
export type OrderNumber = Brand<number, "OrderNumber">;
/** The venue's own order id. The virtual exchange uses the integer n, printed as `vex-00000001`. */
export type VenueOrderId = number | string;
