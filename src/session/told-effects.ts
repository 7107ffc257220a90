// Effects that only say what has happened. When a strategy breaks they stay on the record; what it asked for is dropped.

import { EffectQueue, isRecord } from "../domain/index.ts";

/** Empties a queue. @returns what of it only tells */
export function takeTold(effects: EffectQueue): EffectQueue {
  const told = new EffectQueue();
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) if (isRecord(effect)) told.push(effect);
  return told;
}
