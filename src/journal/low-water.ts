// What a journal whose disk is full keeps no more. The space that was held back for it is there to reduce risk: a commit that would
// have an order leave that increases it is refused, by every store alike, and nothing of it has happened then.

import { isRiskIncrease, type Effect } from "../domain/index.ts";

/** Code of the refusal: the store goes on, and the runner is told before it decides again. */
export const lowWaterCode = "disk_low";

/**
 * @param told the runner knows of it: its own gates hold back what enlarges an order. Before that nobody can say of an amendment
 * of a quantity whose order it enlarges, and what reduces is asked for again.
 */
export function isRefusedOnLowWater(effects: readonly Effect[], told: boolean): boolean {
  return effects.some((effect) => {
    if (effect.type === "submit_order") return isRiskIncrease(effect.request.family);
    return !told && effect.type === "amend_order" && effect.quantity !== null;
  });
}
