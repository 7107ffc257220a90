// Effects that only say what has happened. When a strategy breaks they stay on the record; what it asked for is dropped.

import { EffectQueue, type Effect } from "../domain/index.ts";

function isRecord({ type }: Effect): boolean {
  return (
    type === "order_settled" ||
    type === "ledger_entry" ||
    type === "position_synced" ||
    type === "intent_skipped" ||
    type === "alert" ||
    type === "route_ended"
  );
}

/** Empties a queue. @returns what of it only tells */
export function takeTold(effects: EffectQueue): EffectQueue {
  const told = new EffectQueue();
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) if (isRecord(effect)) told.push(effect);
  return told;
}
