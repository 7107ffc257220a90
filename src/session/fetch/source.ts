// Where fetched data comes from, as the fetch sees it: pages of rows, a clock, two kinds of failure. Real exchanges stand behind the
// ccxt adapter, tests bring their own. Holds no policy on waiting.

/** `bars` and `mark`: rows [time, open, high, low, close, volume]; `funding`: rows [time, rate]. Times are epoch ms. */
export type FetchKind = "bars" | "mark" | "funding";

export type FetchRow = readonly number[];

export interface FetchSource {
  /** Name and version of the client, for the manifest. */
  readonly client: { readonly name: string; readonly version: string };
  /** Finds the market. @throws TemporaryFailure, or a SeatrialError that asking again does not mend */
  open(): Promise<FetchMarket>;
  /** The exchange's own time, epoch ms. @throws as `open` */
  time(): Promise<number>;
  /** One page of rows from `since` on, as the exchange answers: perhaps unsorted, with rows from before, or empty. @throws as `open` */
  page(kind: FetchKind, since: number): Promise<readonly FetchRow[]>;
  /** Gives back what the client holds open. */
  close(): Promise<void>;
}

export interface FetchMarket {
  /** The market as the client describes it: what a scenario's `marketFile` reads. */
  readonly structure: unknown;
  /** Rows of a full page; an empty page is taken to be empty for so many rows. */
  readonly pageRows: Readonly<Record<FetchKind, number>>;
  /** Since when the exchange lists the market, epoch ms; null when it does not say. */
  readonly listedAt: number | null;
}

/** A failure that may be over when asked again: the network, a rate limit, maintenance. */
export class TemporaryFailure extends Error {
  /** What the exchange asks to wait, ms; null when it does not say. */
  declare readonly waitMs: number | null;

  constructor(reason: string, waitMs: number | null, cause?: unknown) {
    super(reason, { cause });
    this.name = "TemporaryFailure";
    this.waitMs = waitMs;
  }
}

/** What the fetch needs of the process around it. */
export interface FetchShell {
  /** Aborts the fetch; what is on disk stays resumable. */
  readonly signal: AbortSignal;
  /** Wall clock, epoch ms. */
  now(): number;
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(millis: number): Promise<void>;
  /** @param done ms of `total` that are covered */
  onProgress(kind: FetchKind, done: number, total: number): void;
  /** A failure that is waited out. */
  onWait(reason: string, millis: number): void;
}
