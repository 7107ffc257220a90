// Limits on requests as random sessions draw them, and whether a session keeps to what it was told. It must never decide what
// a venue takes.

import fc from "fast-check";

import type { RateLimit } from "../../src/domain/index.ts";
import { refused, type RequestKind, type RequestWindow } from "../../src/exchange/virtual/index.ts";
import type { SimulationPlan } from "../../src/session/index.ts";
import type { Line } from "./random-sessions.ts";

const kinds: readonly RequestKind[] = ["submit", "cancel", "amend", "query_order", "query_positions"];

export const requestWindow: fc.Arbitrary<RequestWindow> = fc.record({
  name: fc.constant("drawn"),
  limit: fc.integer({ min: 1, max: 3 }),
  intervalMs: fc.constantFrom(1_000, 60_000, 300_000, 1_200_000),
  shape: fc.constantFrom("fixed", "rolling"),
  weights: fc
    .oneof(fc.constant([...kinds]), fc.subarray([...kinds], { minLength: 1 }))
    .map((chosen) => Object.fromEntries(chosen.map((kind) => [kind, 1]))),
  answer: fc.constant(refused("-1003", null, "DDoSProtection", 429)),
  ban: fc.option(
    fc.record({
      forgiven: fc.nat(2),
      answer: fc.constant(refused("-1003", null, "DDoSProtection", 418)),
      lengthsMs: fc.constantFrom<[number, ...number[]]>([120_000], [90_000, 240_000], [1]),
    }),
    { nil: null },
  ),
});

export type Answer = Line & { readonly limit?: RateLimit | null };

const answered: Readonly<Record<string, string>> = {
  order_rejected: "submit_order",
  cancel_rejected: "cancel_order",
  amend_rejected: "amend_order",
  query_rejected: "query",
};

/** Requests that left although the session had been told to wait, as `type at time, told until`. */
export function impatient(lines: readonly Answer[], { markets }: SimulationPlan): string[] {
  const until: Record<string, number> = {};
  const found: string[] = [];
  let now = 0;
  for (const { type, time, bar, limit, ...line } of lines) {
    // A late answer has its own time, and so have its effects: the session's is at least the open of the bar that it is in.
    const series = markets[line.request?.market ?? line.market ?? 0]?.series[0];
    now = Math.max(now, time, bar < 0 ? 0 : (series?.timeAt(bar) ?? 0));
    const request = type.startsWith("query_") && type !== "query_answered" && type !== "query_rejected" ? "query" : type;
    // Where the market's next bar is missing, its row stays while the session's time goes on, up to the bar behind the hole.
    const isAtHole = series !== undefined && bar >= 0 && bar + 1 < series.length && series.timeAt(bar + 1) > series.closeTimeAt(bar);
    const latest = isAtHole ? series.timeAt(bar + 1) : now;
    if (latest < (until[request] ?? 0)) found.push(`${type} at ${now}, told until ${until[request]}`);
    if (limit === undefined || limit === null) continue;
    for (const kind of limit.banned ? Object.values(answered) : [answered[type] as string]) until[kind] = Math.max(until[kind] ?? 0, limit.until);
  }
  return found;
}
