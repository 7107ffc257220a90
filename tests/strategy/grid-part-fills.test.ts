// The grid where the end of an order is told before its fills: what its cells hold and what it asks for, step by step, in a
// context of the test's own. Quantities are worked out by hand.

import { describe, expect, it } from "vitest";

import { Grid, grid, resolveParams } from "../../src/strategy/index.ts";
import { FakeContext, type Asked } from "./fake-context.ts";

/** Levels 98, 99, 100, 101, 102; laid at 100 the two upper cells are short. */
const params = resolveParams(grid, { lower: 98, upper: 102, levels: 5, direction: "neutral" });

describe("a grid whose answers overtake each other", () => {
  /** Neutral on a one-way account around 100: 101 is sold short, and its counterpart at 100 is out. */
  function short(): { strategy: Grid; context: FakeContext; counterpart: Asked } {
    const strategy = new Grid(params);
    const context = new FakeContext(strategy, { hedge: false, instrument: { tick: 0.01 } });
    const asked = context.close1m([100, 100, 100, 100]);
    const [counterpart] = context.fill(asked.find(({ tag }) => tag === "sell 3") as Asked, 101);
    expect(counterpart).toMatchObject({ family: "tp", side: "SHORT", price: 100, quantity: 1 });
    return { strategy, context, counterpart: counterpart as Asked };
  }
  const held = (strategy: Grid) => strategy.snapshot().cells?.held;
  const at100 = (asked: readonly Asked[]) => asked.filter(({ price }) => price === 100).map(({ tag, quantity }) => [tag, quantity]);

  it("waits for the fills of a counterpart that the venue has ended, and asks for what is left", () => {
    const { strategy, context, counterpart } = short();
    // The venue took it away after 0.4 of 1; the first 0.1 has been told.
    context.fill(counterpart, 100, 0.1);
    context.end(counterpart, "CANCELED", "reduce_only_position_gone", false, 0.4);
    expect(at100(context.close1m([100, 100.5, 100, 100.5]))).toEqual([]);
    context.fill(counterpart, 100, 0.2);
    expect(at100(context.close1m([100.5, 100.5, 100.5, 100.5]))).toEqual([]);
    expect(at100(context.fill(counterpart, 100, 0.1))).toEqual([["buy 2", expect.closeTo(0.6, 12)]]);
    expect(held(strategy)).toEqual([0, 0, expect.closeTo(0.6, 12), 0]);
  });

  it("waits after a rollback and a restart, too, and no longer once the position was set by somebody else", () => {
    const { strategy, context, counterpart } = short();
    const before = strategy.snapshot();
    context.end(counterpart, "CANCELED", "reduce_only_position_gone", false, 0.4);
    strategy.restore(before);
    expect(at100(context.close1m([100, 100.5, 100, 100.5]))).toEqual([]);
    const restarted = new Grid(params);
    restarted.setup(context);
    restarted.restore(JSON.parse(JSON.stringify(strategy.snapshot())) as ReturnType<Grid["snapshot"]>);
    restarted.onBar(context);
    expect(at100(context.asked)).toEqual([["buy 2", 1]]);
    context.changeOutside("NET", -0.6);
    expect(at100(context.close1m([100.5, 100.5, 100.5, 100.5]))).toEqual([["buy 2", 0.6]]);
  });

  /** A counterpart is given up as never arrived, asked for again and filled; then 0.4 of the first one shows up. */
  function overbought(): { strategy: Grid; context: FakeContext } {
    const { strategy, context, counterpart } = short();
    context.end(counterpart, "REJECTED", "never_arrived");
    const [again] = context.close1m([100, 100.5, 100, 100.5]).filter(({ tag }) => tag === "buy 2");
    context.fill(again as Asked, 100);
    context.fill(counterpart, 100, 0.4);
    expect(held(strategy)).toEqual([0, 0, -0.4, 0]);
    return { strategy, context };
  }

  it("keeps in its books what it bought too much, and the next opening order sells it", () => {
    const { context } = overbought();
    // Sold as ever, 1 at 101: of it 0.6 is a holding, and is what the next counterpart buys.
    const [, opening] = context.asked.filter(({ tag }) => tag === "sell 3");
    expect(at100(context.fill(opening as Asked, 101))).toEqual([["buy 2", 0.6]]);
  });

  it("forgets what it bought too much when somebody else sets the position", () => {
    const { strategy, context } = overbought();
    context.changeOutside("NET", 0);
    expect(held(strategy)).toEqual([0, 0, 0, 0]);
  });
});
