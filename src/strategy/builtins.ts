// The strategies that come with Seatrial, by the name that a scenario uses. A strategy of the user's own never shadows one.

import { dualDca } from "./builtin/dual-dca.ts";
import { emaCross } from "./builtin/ema-cross.ts";
import { grid } from "./builtin/grid.ts";
import { scripted } from "./builtin/scripted.ts";
import type { StrategyDefinition } from "./contract.ts";

/** Definition by name. */
export const builtinStrategies: Readonly<Record<string, StrategyDefinition>> = {
  [dualDca.name]: dualDca,
  [emaCross.name]: emaCross,
  [grid.name]: grid,
  [scripted.name]: scripted,
};
