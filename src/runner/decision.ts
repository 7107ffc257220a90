// A strategy is asked for its decision on the bar that has just closed, in its warm-up told of it. What it asks for goes through
// its context; what it does wrong is contained.

import { minimumNotional } from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { RunnerDesk } from "./order.ts";
import { tampered } from "./strategy-error.ts";
import { contain, recovered } from "./strategy-failures.ts";

export function askDecision(core: Core, desk: RunnerDesk, ctx: Context): void {
  const { strategy, bars } = desk;
  if (strategy.setBrokerMinimum !== undefined) tellMinimum(core, desk);
  const hook = bars.index >= desk.warmup ? "onBar" : "onWarmup";
  const mark = core.effects.length;
  const { index } = bars;
  try {
    if (hook === "onBar") strategy.onBar(ctx);
    else strategy.onWarmup?.(ctx);
    if (bars.index !== index) throw tampered(desk, index);
    if (desk.failing !== null) recovered(desk, hook);
  } catch (error) {
    contain(core, desk, hook, error, mark);
  }
  if (core.hasRefusals) core.settleRefusals();
}

// The venue's floor moves with the price: it is told before each decision (row 004-MO-1).
function tellMinimum(core: Core, desk: RunnerDesk): void {
  const floor = minimumNotional(desk.instrument, desk.lastClose, core.settings.minOrderNotional);
  core.guard(desk, "setBrokerMinimum", () => desk.strategy.setBrokerMinimum?.(desk.instrument.symbol, floor));
}
