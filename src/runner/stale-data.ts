// What is known of a market may be too old, or in doubt: then nothing increases risk on it. What reduces is never held back,
// and what was decided before is never decided again.

import type { DataChecked } from "../domain/index.ts";
import type { Core } from "./core.ts";

export function takeDataCheck(core: Core, { market, finding, stale, text }: DataChecked): void {
  if (finding !== null) core.alert("warning", `${finding}: ${core.desks[market]?.instrument.symbol ?? market}, ${text}`);
  if (stale) core.lock(market, "stale_data");
  else core.unlock(market, "stale_data");
}
