// What a strategy's policy may not say, checked once before the first bar: a setting that would have no effect is refused
// and never passed over. It must never change a policy.

import { isRoute, routePolicyChecks, SeatrialError, type ExecutionPolicy, type RoutePolicy } from "../domain/index.ts";
import type { Strategy } from "../strategy/index.ts";

/**
 * @throws SeatrialError `protection_not_available`, exit code 3: no stop is watched by the runner, so a family that relies on it
 * would stand without one; `bad_route`, exit code 3, for a route that there is not, or a value that none can be worked by
 */
export function checkPolicy({ name, policy }: Pick<Strategy, "name" | "policy">): void {
  const families = Object.entries(policy.families as ExecutionPolicy["families"]);
  checkRoutes(name, policy);
  const watched = families.filter(([, family]) => family.protection === "runner").map(([family]) => family);
  if (watched.length === 0) return;
  throw new SeatrialError({
    code: "protection_not_available",
    reason: `${name}: policy.families.${watched[0]}.protection is "runner", and the runner watches no orders in this version`,
    hint: 'write "venue": protective orders rest at the venue; a strategy that wants to watch a price does so in onBar and closes at market',
  });
}

function checkRoutes(name: string, { route, routing = {}, families }: ExecutionPolicy): void {
  const bad = (key: string, problem: string) =>
    new SeatrialError({ code: "bad_route", reason: `${name}: policy.${key} ${problem}`, hint: "see Routes in docs/strategies.md" });
  for (const word of [route, ...Object.values(families).map((family) => family.route)])
    if (word !== undefined && !isRoute(word)) throw bad("route", `is no route: ${String(word)}`);
  for (const key of Object.keys(routing) as (keyof RoutePolicy)[]) {
    const problem = Object.hasOwn(routePolicyChecks, key) ? routePolicyChecks[key](routing[key]) : "is no setting of a route";
    if (problem !== null) throw bad(`routing.${key}`, problem);
  }
}
