// Actions of a scripted strategy against the bars that they wait for: one whose bar never comes, or whose market is none of the
// scenario's, would be passed over without a word. Only looks; what an action may say is checked by the strategy.

import type { MarketPlan } from "../session/plan.ts";
import { scripted, type ScriptedAction } from "../strategy/index.ts";
import type { SourceDocument } from "./document.ts";
import { checkSymbol } from "./plan-venue.ts";
import { valueError } from "./problems.ts";

/** @param params of the strategy that will run, checked. @throws SeatrialError `unknown_symbol`, `action_beyond_bars` */
export function checkActions(
  document: SourceDocument,
  strategy: { readonly definition: { readonly name: string }; readonly params: Readonly<Record<string, unknown>> },
  markets: readonly MarketPlan[],
): void {
  // In the older form the steps are not these actions.
  if (strategy.definition.name !== scripted.name || document.valueAt(["strategy", "params", "actions"]) === undefined) return;
  const symbols = markets.map(({ rules }) => rules.symbol);
  const actions = strategy.params["actions"] as readonly ScriptedAction[];
  actions.forEach(({ bar, symbol }, at) => {
    const path = ["strategy", "params", "actions", at];
    checkSymbol(document, [...path, "symbol"], symbol, symbols);
    const reach = markets.filter(({ rules }) => symbol === undefined || rules.symbol === symbol).map(({ series }) => series[0]?.length ?? 0);
    const last = Math.max(...reach) - 1;
    if (bar === undefined || bar <= last) return;
    const whose = symbol ?? (symbols.length === 1 ? symbols[0] : undefined);
    const reason = whose === undefined ? `no market has a bar ${bar}` : `${whose} has no bar ${bar}`;
    throw valueError(document, [...path, "bar"], { code: "action_beyond_bars", reason, hint: `the last bar is ${last}` });
  });
}
