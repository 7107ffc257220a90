// The page of one run, from what the run left to the text of its file. What it shows is view-of's, how it looks the page's.

import { assumptionCosts } from "../../session/index.ts";
import type { ViewFacts } from "./view-of.ts";

/**
 * Whether the assumptions of a run are priced for its page, each by another run: never, where the run is modest, or always.
 */
export type CostWish = "none" | "modest" | "all";

/** Instants of a run up to which its other runs are a matter of a second or two. */
export const modestInstants = 20_000;

/** @returns HTML. @throws SeatrialError as `viewOf` and `renderRunPage` do */
export async function runPage(facts: Omit<ViewFacts, "costs">, wish: CostWish): Promise<string> {
  // What draws is heavy, and a command without pages never loads it.
  const [{ viewOf }, { renderRunPage }] = await Promise.all([import("./view-of.ts"), import("../page/index.ts")]);
  const { plan, record } = facts;
  const costs = wish === "none" ? [] : assumptionCosts(plan, record, { instantsMax: wish === "all" ? null : modestInstants });
  return renderRunPage(viewOf({ ...facts, costs }));
}
