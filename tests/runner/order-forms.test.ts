// The forms of a desk's orders: what the words of an intent decide, each combination of them by itself.

import { describe, expect, it } from "vitest";

import { defaultExecutionPolicy, families, familyPolicy, orderTypes, type Family, type TradeKind } from "../../src/domain/index.ts";
import { OrderForms } from "../../src/runner/order-forms.ts";

const kinds: readonly TradeKind[] = ["OPEN", "ADD", "PARTIAL_CLOSE", "CLOSE"];
const policy = { ...defaultExecutionPolicy, families: { dca: { orderType: "limit" }, tp: { orderType: "limit", route: "twap" } } } as const;

function formsOf(kind: TradeKind, change: { hedge?: boolean; spot?: boolean; addType?: "market" | null } = {}) {
  const { hedge = false, spot = false, addType = null } = change;
  const tallies = new Map<string, { count: number }>();
  const tallyOf = (direction: string, family: Family) => {
    const name = `${direction} ${family}`;
    tallies.set(name, tallies.get(name) ?? { count: 0 });
    return tallies.get(name) as { count: number };
  };
  const owner = { hedge, instrument: { spot }, addType, policy: (family: Family) => familyPolicy(policy, family), tallyOf };
  return { forms: new OrderForms(kind, owner), tallyOf };
}

describe("the form of an order", () => {
  it("is one object for each combination of words, of which none is another's", () => {
    const { forms } = formsOf("OPEN");
    const all = () =>
      (["LONG", "SHORT"] as const).flatMap((direction) =>
        [...families, undefined].flatMap((family) => [...orderTypes, undefined].map((type) => forms.of(direction, family, type))),
      );
    const first = all();
    expect(new Set(first).size).toBe(180);
    expect(all().every((form, at) => form === first[at])).toBe(true);
    const words = first.map(({ direction, names }) => `${direction} ${names.family} ${names.type}`);
    expect(words.slice(9, 20)).toEqual([...orderTypes.map((type) => `LONG dca ${type}`), "LONG dca limit", "LONG tp market", "LONG tp limit"]);
    expect(words.slice(-2)).toEqual(["SHORT entry market_on_close", "SHORT entry market"]);
  });

  it("takes the kind's family and the policy's type where none is said, and an ADD the strategy's own type", () => {
    const said = kinds.map((kind) => formsOf(kind, { addType: "market" }).forms.of("LONG", undefined, undefined).names);
    expect(said.map(({ family, type }) => `${family} ${type}`)).toEqual(["entry market", "dca market", "partial market", "close market"]);
    expect(formsOf("PARTIAL_CLOSE").forms.of("LONG", "tp", undefined).names.type).toBe("limit");
  });

  it("trades to the side that grows or reduces, reduce-only where a net position is reduced on margin", () => {
    const names = kinds.flatMap((kind) => (["LONG", "SHORT"] as const).map((side) => formsOf(kind).forms.of(side, undefined, "limit").names));
    expect(names.map(({ side }) => side).join(" ")).toBe("buy sell buy sell sell buy sell buy");
    expect(names.map(({ reduceOnly }) => reduceOnly)).toEqual([false, false, false, false, true, true, true, true]);
    const hedged = formsOf("CLOSE", { hedge: true }).forms.of("SHORT", undefined, "limit").names;
    expect([hedged.leg, hedged.reduceOnly, formsOf("CLOSE", { spot: true }).forms.of("LONG", undefined, "limit").names.reduceOnly]).toEqual([
      "SHORT",
      false,
      false,
    ]);
  });

  it("knows the family's policy, whether that works it by a route, and where it is counted", () => {
    const { forms, tallyOf } = formsOf("PARTIAL_CLOSE");
    const [target, stop] = [forms.of("SHORT", "tp", undefined), forms.of("SHORT", "sl", "stop_market")];
    expect([target.policy.orderType, target.routed, stop.routed]).toEqual(["limit", true, false]);
    expect(target.tally).toBe(tallyOf("SHORT", "tp"));
    expect([target.growth, formsOf("ADD").forms.of("LONG", undefined, "limit").growth]).toEqual([0, 1]);
  });

  it("is flawed by a word that is none of ours, a family that goes the other way, and an ADD whose type nobody has said", () => {
    const flaw = (kind: TradeKind, family?: string, type?: string) => formsOf(kind).forms.of("LONG", family as never, type as never).flaw;
    expect([flaw("OPEN", "hedge"), flaw("OPEN", "entry", "iceberg"), flaw("OPEN", "tp"), flaw("CLOSE", "dca", "limit")]).toEqual([
      "bad_intent",
      "bad_intent",
      "bad_intent",
      "bad_intent",
    ]);
    expect([flaw("ADD"), flaw("ADD", "dca", "limit"), flaw("CLOSE"), flaw("PARTIAL_CLOSE", "sl", "stop_market")]).toEqual([
      "missing_dca_order_style",
      null,
      null,
      null,
    ]);
  });
});
