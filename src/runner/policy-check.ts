// What a strategy's policy may not say, checked once before the first bar: a setting that would have no effect is refused
// and never passed over. It must never change a policy.

import { SeatrialError, type ExecutionPolicy } from "../domain/index.ts";
import type { Strategy } from "../strategy/index.ts";

/**
 * @throws SeatrialError `protection_not_available`, exit code 3: no stop is watched by the runner, so a family that relies on it
 * would stand without one
 */
export function checkPolicy({ name, policy }: Pick<Strategy, "name" | "policy">): void {
  const families = Object.entries(policy.families as ExecutionPolicy["families"]);
  const watched = families.filter(([, family]) => family.protection === "runner").map(([family]) => family);
  if (watched.length === 0) return;
  throw new SeatrialError({
    code: "protection_not_available",
    reason: `${name}: policy.families.${watched[0]}.protection is "runner", and the runner watches no orders in this version`,
    hint: 'write "venue": protective orders rest at the venue; a strategy that wants to watch a price does so in onBar and closes at market',
  });
}
