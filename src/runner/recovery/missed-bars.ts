// Bars that closed while nobody listened. Views and indicators take them; a strategy hears of them as in its warm-up, where
// nothing can be asked for: a decision on a bar that is over would come too late.

import type { BarIndex, BarsMissed } from "../../domain/index.ts";
import type { Context } from "../../strategy/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk } from "../order.ts";

export function takeMissedBars(core: Core, { market, series, from, to }: BarsMissed): void {
  const desk = core.desks[market] as RunnerDesk;
  const view = desk.views[series] as RunnerDesk["bars"];
  const { strategy } = desk;
  const ctx = core.contexts[market] as Context;
  core.behind = true;
  for (let bar = from as number; bar < to; bar += 1) {
    view.index = bar as BarIndex;
    if (series !== 0) continue;
    desk.indicators.update(view);
    if (strategy.onWarmup !== undefined) core.guard(desk, "onWarmup", () => strategy.onWarmup?.(ctx));
  }
  core.behind = false;
  core.settleRefusals();
}
