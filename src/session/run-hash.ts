// The run hash: sha-256 over the digests of the bar columns, the configuration, then every non-bar event and every
// effect with its bar index. Equal input gives an equal hash in any process, time zone and locale.

import { canonicalJson, type BarSeries } from "../domain/index.ts";
import type { Journal } from "../journal/index.ts";
import { seriesDigest, type Sha256 } from "../market/index.ts";
import type { SimulationPlan } from "./plan.ts";

export { canonicalJson };

/** Digests of series that are still in use: a series never changes, and many runs of one are hashed once. */
const digests = new WeakMap<BarSeries, string>();

export function runHash(plan: SimulationPlan, journal: Journal, sha256: () => Sha256): string {
  const hash = sha256();
  const text = new TextEncoder();
  for (const market of plan.markets) for (const series of market.series) hash.update(text.encode(digestOf(series, sha256)));
  hash.update(text.encode(canonicalJson(plan.configuration)));
  journal.tape.digest(hash);
  return hash.digest();
}

function digestOf(series: BarSeries, sha256: () => Sha256): string {
  const known = digests.get(series);
  if (known !== undefined) return known;
  const digest = seriesDigest(series, sha256);
  digests.set(series, digest);
  return digest;
}
