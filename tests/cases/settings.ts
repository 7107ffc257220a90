// Settings of the fill model that name a peer's convention. A universal case runs under the cases' own settings alone; a
// conventional one agrees when a setting that stands for what it documents says what the peer does.

import type { FillModel, PathName } from "../../src/exchange/virtual/index.ts";
import type { Case, Json } from "./case.ts";
import type { Comparison } from "./compare.ts";

/**
 * @param run replays the case under settings that differ from the cases' own
 * @param conventions the settings that the case's convention may stand for, each by itself
 */
export function underSettings(given: Case, run: (fill: Partial<FillModel>) => Comparison, conventions: readonly Partial<FillModel>[]): Comparison {
  const plain = run({});
  if (plain.why === null || given.class === "universal") return plain;
  for (const convention of conventions) {
    const other = run(convention);
    if (other.why === null) return other;
  }
  return plain;
}

const paths: Readonly<Record<string, PathName>> = { OHLC: "ohlc", OLHC: "olhc", NEAR: "adaptive" };
const touches: Readonly<Record<string, FillModel["limit"]>> = { True: "touch", False: "through" };
const stopLimits: Readonly<Record<string, FillModel["stopLimit"]>> = { path: "rest-of-path", next: "next-bar" };

/**
 * Settings for `reference.names`, each written path/touch/stop-limit/child/trail: those with a path of ours, children at
 * work in the rest of the entry's bar, and trails that follow the path.
 */
export function namedSettings(body: Json): Partial<FillModel>[] {
  const reference = body["reference"] as Json | null | undefined;
  const names = reference?.["names"];
  if (!Array.isArray(names)) return [];
  return (names as unknown[]).flatMap((name) => {
    const [path = "", touch = "", stopLimit = "", child, trail] = String(name).split("/");
    const settings = { path: paths[path], limit: touches[touch], stopLimit: stopLimits[stopLimit] };
    if (settings.path === undefined || settings.limit === undefined || settings.stopLimit === undefined) return [];
    return child === "True" && trail === "path" ? [settings as Partial<FillModel>] : [];
  });
}
