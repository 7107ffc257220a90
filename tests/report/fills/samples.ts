// Fills for the tests of this folder: one that says little, to be changed.

import type { FillFacts, SlippageAssumption } from "../../../src/report/fills/facts.ts";
import { slippageOf, type SlippedFill } from "../../../src/report/fills/slippage.ts";

export function fillOf(changes: Partial<FillFacts> = {}): FillFacts {
  return {
    time: 0,
    bar: null,
    symbol: "HYPE/USDC:USDC",
    side: "buy",
    leg: null,
    family: null,
    type: "market",
    quantity: "1",
    price: "100",
    requested: "100",
    arrival: null,
    capped: false,
    volume: null,
    predicted: null,
    liquidity: null,
    fee: null,
    feeCurrency: null,
    latencyMs: null,
    orderId: null,
    ...changes,
  };
}

export const nothingAssumed: SlippageAssumption = { halfSpreadBp: "0", slippage: { kind: "none" }, ticks: {} };

/** @throws when the fill is held against nothing */
export function slipped(changes: Partial<FillFacts>, assumption: SlippageAssumption = nothingAssumed): SlippedFill {
  const found = slippageOf(fillOf(changes), assumption);
  if (typeof found === "string") throw new Error(`left out: ${found}`);
  return found;
}
