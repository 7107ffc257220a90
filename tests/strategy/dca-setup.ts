// A leg of dual-dca in the situations that its tests start from: flat, entered, and with six lots. It decides nothing itself.

import { DualDca, dualDca, resolveParams, type DcaParams } from "../../src/strategy/index.ts";
import { FakeContext, type Asked } from "./fake-context.ts";

/** One long leg, 1 base unit first, every bar decides, a budget that does not bind, 0.1 % of round-trip fees. */
const plain: Partial<DcaParams> = {
  sides: "long",
  firstQty: 1,
  minOrderQty: 0,
  equityForSizing: 1_000_000,
  hardBreakevenDeleveragePct: 0,
  evenBarsOnly: false,
  feePercent: 0.1,
};

export function trade(
  params: Partial<DcaParams> = {},
  options: ConstructorParameters<typeof FakeContext>[1] = {},
): { context: FakeContext; strategy: DualDca } {
  const strategy = new DualDca(resolveParams(dualDca, { ...plain, ...params }));
  return { context: new FakeContext(strategy, options), strategy };
}

/** A leg that has entered at `price`. */
export function entered(price: number, params: Partial<DcaParams> = {}): { context: FakeContext; strategy: DualDca } {
  const made = trade(params);
  const [entry] = made.context.close1m([price, price, price, price]);
  made.context.fill(entry as Asked, price);
  return made;
}

export const brief = (asked: readonly Asked[]) => asked.map(({ kind, quantity, price, reason }) => ({ kind, quantity, price, reason }));
export const lotsOf = (strategy: DualDca) => (strategy.snapshot().long?.lots ?? []).map(({ quantity, price, rung }) => ({ quantity, price, rung }));

/** Entry at 100 and five ADDs at 97: six lots of 1, 1.5, 1, 2, 3.5, 1. */
export function sixLots(params: Partial<DcaParams> = {}): { context: FakeContext; strategy: DualDca } {
  const made = entered(100, { tpPercent: 0.22, subSellTpPercent: 0.36, ...params });
  for (const add of made.context.close1m([100, 100, 97, 97])) made.context.fill(add, 97);
  return made;
}
