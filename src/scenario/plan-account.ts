// The account before the first bar: balances that the session's ledgers can hold exactly, positions that fit the
// position mode and the markets.

import { moneyScaleOf, parseUnits, SeatrialError, type MarketRules, type PositionMode } from "../domain/index.ts";
import type { BootPosition, MarketPlan } from "../session/plan.ts";
import type { SourceDocument } from "./document.ts";
import { valueError } from "./problems.ts";
import { checkSymbol, legOfInput } from "./plan-venue.ts";
import type { ScenarioInput } from "./schema.ts";

/** Refuses balances that exact money cannot hold, and markets that nothing can be traded on. */
export function checkBalances(document: SourceDocument, balances: Readonly<Record<string, string>>, markets: readonly MarketRules[]): void {
  for (const [currency, amount] of Object.entries(balances)) {
    try {
      parseUnits(amount, moneyScaleOf(balances, currency));
    } catch (error) {
      if (!(error instanceof SeatrialError)) throw error;
      const hint = error.hint === null ? {} : { hint: error.hint };
      throw valueError(document, ["boot", "balances", currency], { code: error.code, reason: error.reason, ...hint });
    }
  }
  markets.forEach((rules) => {
    const usable = rules.kind === "spot" ? [rules.quote, rules.base] : [rules.settle];
    if (usable.some((currency) => Object.hasOwn(balances, currency))) return;
    const reason = `no balance in ${usable.join(" or ")}, which ${rules.symbol} is traded with`;
    throw valueError(document, ["boot", "balances"], { code: "no_balance", reason, hint: `add "${usable[0]}"` });
  });
}

export function bootPositionsOf(document: SourceDocument, input: ScenarioInput, markets: readonly MarketPlan[], mode: PositionMode): BootPosition[] {
  const taken = new Set<string>();
  return input.boot.positions.map((position, at) => {
    const path = ["boot", "positions", at];
    checkSymbol(
      document,
      [...path, "symbol"],
      position.symbol,
      markets.map((market) => market.rules.symbol),
    );
    const market = markets.find((one) => one.rules.symbol === position.symbol) as MarketPlan;
    if (market.rules.kind === "spot") {
      const hint = `give ${market.rules.base} as a balance`;
      throw valueError(document, path, { code: "bad_position", reason: `${position.symbol} is a spot market and has no positions`, hint });
    }
    const leg = legOfInput(document, path, position.leg, mode);
    const negative = position.quantity.startsWith("-");
    if ((leg === "LONG" && negative) || (leg === "SHORT" && !negative)) {
      const reason = `${position.quantity} is no ${leg} quantity`;
      throw valueError(document, [...path, "quantity"], { code: "bad_position", reason, hint: "quantities are signed: negative on a SHORT leg" });
    }
    if (taken.size === taken.add(`${position.symbol} ${leg}`).size) {
      throw valueError(document, path, { code: "bad_position", reason: `a second position of ${position.symbol} ${leg}`, hint: "one entry a leg" });
    }
    checkScales(document, path, position, market);
    return { symbol: position.symbol, leg, quantity: position.quantity, entryPrice: position.entryPrice };
  });
}

function checkScales(
  document: SourceDocument,
  path: readonly PropertyKey[],
  position: { quantity: string; entryPrice: string },
  market: MarketPlan,
): void {
  const series = market.series[0];
  if (series === undefined) return;
  const check = (key: "quantity" | "entryPrice", scale: number) => {
    try {
      parseUnits(position[key], scale);
    } catch (error) {
      if (!(error instanceof SeatrialError)) throw error;
      throw valueError(document, [...path, key], { code: error.code, reason: error.reason, ...(error.hint === null ? {} : { hint: error.hint }) });
    }
  };
  check("quantity", series.quantityScale);
  check("entryPrice", series.priceScale);
}
