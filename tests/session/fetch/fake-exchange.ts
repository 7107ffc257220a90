// An exchange that a test can make misbehave: pages of rows it knows, failures on demand, a clock of its own. Holds no expectation.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SeatrialError } from "../../../src/domain/index.ts";
import { readBars } from "../../../src/market/index.ts";

import {
  TemporaryFailure,
  type FetchKind,
  type FetchMarket,
  type FetchRow,
  type FetchShell,
  type FetchSource,
} from "../../../src/session/fetch/source.ts";
import type { FetchRequest } from "../../../src/session/fetch/fetch.ts";

/** 2025-01-01T00:00:00Z. */
export const newYear = 1_735_689_600_000;
export const minute = 60_000;

/** Bars of the minutes 0 … count-1 of the year but for some; prices and volume tell which minute it is. */
export const barsOf = (count: number, except: readonly number[] = []): number[][] =>
  Array.from({ length: count }, (_, k) => k)
    .filter((k) => !except.includes(k))
    .map((k) => [newYear + k * minute, 100 + k, 102 + k, 99 + k, 100.5 + k, k + 0.25]);

export interface FakeHabits {
  readonly pageRows?: number;
  /** Answers only rows of [since, since + pageRows bars): an empty page does not mean that nothing follows. */
  readonly windowed?: boolean;
  /** Rows from before `since` that it answers too. */
  readonly overlap?: number;
  readonly reversed?: boolean;
  readonly listedAt?: number | null;
  /** Its clock, ms ahead of ours. */
  readonly ahead?: number;
  /** Called before the n-th page (from 0) is answered: throws to fail it. */
  readonly before?: (request: number) => void;
}

export class FakeExchange implements FetchSource {
  readonly client: { readonly name: string; readonly version: string } = { name: "fake", version: "1.0.0" };
  /** What was asked, in order. */
  readonly asked: (readonly [kind: FetchKind, since: number])[] = [];
  declare private readonly rows: Readonly<Partial<Record<FetchKind, readonly FetchRow[]>>>;
  declare private readonly habits: FakeHabits;
  closed = false;

  constructor(rows: Readonly<Partial<Record<FetchKind, readonly FetchRow[]>>>, habits: FakeHabits = {}) {
    this.rows = rows;
    this.habits = habits;
  }

  async open(): Promise<FetchMarket> {
    const rows = this.habits.pageRows ?? 100;
    return {
      structure: { symbol: "BTC/USDT:USDT", limits: {} },
      pageRows: { bars: rows, mark: rows, funding: rows },
      listedAt: this.habits.listedAt ?? null,
    };
  }

  async time(): Promise<number> {
    return clock.now + (this.habits.ahead ?? 0);
  }

  async page(kind: FetchKind, since: number): Promise<readonly FetchRow[]> {
    this.asked.push([kind, since]);
    this.habits.before?.(this.asked.length - 1);
    const { pageRows = 100, windowed = false, overlap = 0, reversed = false } = this.habits;
    const end = windowed ? since + pageRows * (kind === "funding" ? 3_600_000 : minute) : Infinity;
    const all = this.rows[kind] ?? [];
    const first = all.findIndex((row) => (row[0] ?? 0) >= since);
    const following = first < 0 ? [] : all.slice(first).filter((row) => (row[0] ?? 0) < end);
    const behind = first < 0 ? all.slice(-overlap || all.length) : all.slice(Math.max(0, first - overlap), first);
    const page = [...(overlap === 0 ? [] : behind), ...following.slice(0, pageRows)];
    return reversed ? page.reverse() : page;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** The clock of all tests of a file, and what was slept. */
export const clock = { now: newYear + 1_000 * minute };

export function shellOf(more: Partial<FetchShell> = {}): FetchShell & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    signal: new AbortController().signal,
    now: () => clock.now,
    sleep: async (millis) => {
      slept.push(millis);
    },
    onProgress: () => undefined,
    onWait: () => undefined,
    ...more,
  };
}

export function requestOf(folder: string, more: Partial<FetchRequest> = {}): FetchRequest {
  return {
    exchange: "fake",
    symbol: "BTC/USDT:USDT",
    timeframe: "1m",
    from: newYear,
    to: newYear + 250 * minute,
    also: [],
    folder,
    force: false,
    version: "0.0.0",
    ...more,
  };
}

export const overloaded = (waitMs: number | null = null): TemporaryFailure => new TemporaryFailure("too many requests", waitMs);

export async function withFolders(run: (folder: string, other: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "fetch-"));
  try {
    await run(join(root, "a"), join(root, "b"));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Every file of a folder by name, byte for byte. */
export async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const entries = await Promise.all(
    names.map(
      async ({ parentPath, name }) =>
        [join(parentPath, name).slice(folder.length + 1), (await readFile(join(parentPath, name))).toString("base64")] as const,
    ),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rows of a fetched file. */
export async function rowsIn(folder: string, name = "bars.arrow"): Promise<number[][]> {
  const { time, open, high, low, close, volume } = await readBars(join(folder, name));
  return Array.from(time, (at, row) => [at, open[row], high[row], low[row], close[row], volume[row]] as number[]);
}

/** The typed error that the work ends with; anything else fails the test. */
export async function errorOf(work: Promise<unknown>): Promise<SeatrialError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SeatrialError) return error;
  throw new Error(`no SeatrialError: ${String(error)}`);
}
