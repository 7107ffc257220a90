// I-39: how large what grows with a session may become. Each cap is far beyond what an account can use; what reaches it is a leak or
// a flood, and is not answered with more memory.

import { InvariantError } from "./errors.ts";

const bounds = {
  /** Lives that end far in the future keep their timers till then. */
  timers: { most: 1_048_576, words: "timers that have not fired" },
  orders: { most: 65_536, words: "orders that are out" },
  effects: { most: 1_048_576, words: "effects of one event" },
  requests: { most: 65_536, words: "requests that wait for the venue" },
  fills: { most: 1_024, words: "fills in question" },
  absences: { most: 65_536, words: "orders that were proven absent" },
  trades: { most: 65_536, words: "trades of one order" },
} as const;

/** To be called where something has grown. @throws InvariantError I-39 */
export function assertBounded(what: keyof typeof bounds, size: number): void {
  const { most, words } = bounds[what];
  if (size > most) throw new InvariantError("I-39", `${size} ${words}; ${most} are the most`);
}
