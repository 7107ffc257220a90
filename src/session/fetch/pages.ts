// Walks through the pages of one kind of data, from a start to an end, and hands each page over clean: in order, none double, none
// outside. Ends whatever the exchange answers: every step moves on.

import { ExitCode, SeatrialError } from "../../domain/index.ts";
import { assertGoing, patiently } from "./retry.ts";
import type { FetchKind, FetchMarket, FetchRow, FetchShell, FetchSource } from "./source.ts";

/** One kind of data of a fetch: rows with `from` ≤ time < `to`. */
export interface FetchStream {
  readonly kind: FetchKind;
  readonly from: number;
  readonly to: number;
}

/** Rows of [from, next): nothing more is to be had of that span. */
export interface FetchPage {
  readonly from: number;
  readonly next: number;
  readonly rows: readonly FetchRow[];
}

/** Where a walk begins: at the stream's start, or behind the pages that are on disk. */
export interface WalkStart {
  readonly cursor: number;
  /** Whether a row came before. */
  readonly among: boolean;
}

/** The finest interval at which funding is paid anywhere, so that an empty page never leaps over a payment. */
const fundingSpacing = 3_600_000;
const columns: Readonly<Record<FetchKind, number>> = { bars: 6, mark: 6, funding: 2 };

/**
 * The pages from the start on. An empty page is taken at its word for the span of a full one; before the first row the walk
 * leaps to where the exchange says the market was listed.
 * @param interval length of a bar in ms
 * @throws SeatrialError of `patiently`; `exchange_answer_flawed` for rows that are none
 */
export async function* walkPages(
  stream: FetchStream,
  start: WalkStart,
  interval: number,
  source: FetchSource,
  market: FetchMarket,
  shell: FetchShell,
): AsyncGenerator<FetchPage, void, undefined> {
  const { kind, from, to } = stream;
  let at = start.cursor;
  let among = start.among;
  shell.onProgress(kind, at - from, to - from);
  while (at < to) {
    const since = at;
    const ask = (): Promise<readonly FetchRow[]> => patiently(() => source.page(kind, since), shell);
    let answer = await ask();
    // An empty page among rows is a hole as wide as a page: rare in a market, less so in a server. It has to say so twice.
    if (answer.length === 0 && among) answer = await ask();
    const rows = cleanRows(answer, kind, since, to);
    among ||= rows.length > 0;
    const last = rows.at(-1)?.[0];
    const next = last === undefined ? afterEmpty(answer, stream, since, interval, market) : last + (kind === "funding" ? 1 : interval);
    yield { from: since, next, rows };
    at = next;
    shell.onProgress(kind, Math.min(at, to) - from, to - from);
  }
  assertGoing(shell);
}

function afterEmpty(answer: readonly FetchRow[], stream: FetchStream, since: number, interval: number, market: FetchMarket): number {
  const { kind, to } = stream;
  // An exchange that answers with the next rows there are, all behind the end, has none before it.
  if (answer.some((row) => (row[0] ?? 0) >= to)) return to;
  const spacing = kind === "funding" ? fundingSpacing : interval;
  const next = since + spacing * Math.max(1, market.pageRows[kind]);
  return Math.min(to, Math.max(next, market.listedAt ?? 0));
}

/** Rows of [since, to) by time; of rows with one time the later in the answer counts, which is the newer one. */
function cleanRows(answer: readonly FetchRow[], kind: FetchKind, since: number, to: number): FetchRow[] {
  const byTime = new Map<number, FetchRow>();
  for (const row of answer) {
    const time = row[0];
    if (time === undefined || !Number.isSafeInteger(time)) throw flawed(kind, row);
    if (time < since || time >= to) continue;
    const kept = row.slice(0, columns[kind]);
    if (kept.length < columns[kind] || !kept.every(Number.isFinite)) throw flawed(kind, row);
    byTime.set(time, kept);
  }
  return [...byTime.values()].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

function flawed(kind: FetchKind, row: FetchRow): SeatrialError {
  return new SeatrialError({
    code: "exchange_answer_flawed",
    reason: `the exchange answered a row of ${kind} that is none: ${JSON.stringify(row).slice(0, 120)}`,
    hint: "what was fetched is kept; a later try may do better",
    exitCode: ExitCode.dependency,
  });
}
