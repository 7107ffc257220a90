// Trades that no order of ours made, told after a silence: which of them explain a position that differs, at what price, and what is
// left as it is. Each market holds LONG 3 at 100 from before the session.

import { describe, expect, it } from "vitest";

import type { ForeignFill, Leg, Reason } from "../../../src/domain/index.ts";
import type { Context } from "../../../src/strategy/index.ts";
import { minute, orderOf, TestStrategy, type HarnessOptions } from "../harness.ts";
import { Restarted } from "./restarted.ts";

type Sold = readonly [trade: string, quantity: number, price: number, more?: Partial<Record<keyof ForeignFill, unknown>>];

/** Sales of LONG by hand. */
const sales = (...sold: readonly Sold[]): ForeignFill[] =>
  sold.map(([trade, quantity, price, more]) => {
    const plain = { trade, cause: "trade", time: 5 * minute, side: "sell", leg: "LONG", fee: 0 };
    return { ...plain, quantity: Math.round(quantity * 1_000), price: Math.round(price * 100), ...more } as unknown as ForeignFill;
  });

function compared(count = 1, options: HarnessOptions = {}): Restarted {
  const markets = Array.from({ length: count }, (_, at) => ({
    market: { symbol: `M${at}/USDC:USDC` },
    strategy: options.strategy ?? new TestStrategy({ name: `s${at}` }),
  }));
  const positions = markets.map((_, market) => ({ market, leg: "LONG" as const, quantity: 3, price: 100 }));
  const harness = new Restarted({ markets, positions, ...options });
  harness.bar(0);
  harness.resume();
  return harness;
}

const trades = (harness: Restarted, market: number, foreign: readonly ForeignFill[], complete = true) =>
  harness.handle(harness.fact("fills_reported", { fills: [], foreign, complete }, market));
const position = (harness: Restarted, market: number, leg: Leg, quantity: number) =>
  harness.handle(
    harness.fact("position_reported", { leg, quantity: Math.round(quantity * 1_000) as never, entryPrice: null, external: false }, market),
  );
const synced = (harness: Restarted) =>
  harness.of("position_synced").map(({ market, leg, quantity, reason }): [number, Leg, number, Reason] => [market, leg, quantity / 1_000, reason]);
const seen = (harness: Restarted) => harness.of("foreign_seen").map(({ market, what, id, reason }) => `${market} ${what} ${id} ${reason}`);

describe("a trade that no order of ours made", () => {
  it("is told of once, however often it is heard; the same number on another market is another trade", () => {
    const harness = compared(2);
    trades(harness, 0, sales(["x1", 1, 110]), false);
    trades(harness, 0, sales(["x1", 1, 110], ["x2", 1, 110]));
    trades(harness, 1, sales(["x1", 1, 110]));
    expect(seen(harness)).toEqual(["0 fill x1 foreign_fill", "0 fill x2 foreign_fill", "1 fill x1 foreign_fill"]);
  });

  it("and the next one are put into the book each at its own price, fee and reason", () => {
    const harness = compared();
    trades(harness, 0, sales(["x1", 1, 110, { fee: 50_000 }], ["x2", 1, 120, { cause: "liquidation", fee: 70_000 }]));
    position(harness, 0, "LONG", 1);
    expect(synced(harness)).toEqual([
      [0, "LONG", 2, "manual_trade"],
      [0, "LONG", 1, "liquidated"],
    ]);
    // 1000 + 10 - 0.05 + 20 - 0.07.
    expect(harness.runner.equity()).toBe(1_029_880_000);
    expect(harness.runner.divergent).toBe(false);
  });

  it("that bought makes the position larger", () => {
    const harness = compared();
    trades(harness, 0, sales(["x1", 1, 90, { side: "buy", cause: "deleveraging" }]));
    position(harness, 0, "LONG", 4);
    expect(synced(harness)).toEqual([[0, "LONG", 4, "auto_deleveraged"]]);
    // 1 bought at 90 is worth 100.
    expect(harness.runner.equity()).toBe(1_010_000_000);
  });

  it("of another leg or another market explains nothing here, and waits for its own", () => {
    const harness = compared(2);
    trades(harness, 0, sales(["x1", 1, 110], ["x2", 1, 80, { leg: "SHORT" }]));
    trades(harness, 1, sales(["x3", 2, 120]));
    position(harness, 0, "LONG", 2);
    position(harness, 1, "LONG", 1);
    position(harness, 0, "SHORT", -1);
    expect(synced(harness)).toEqual([
      [0, "LONG", 2, "manual_trade"],
      [1, "LONG", 1, "manual_trade"],
      [0, "SHORT", -1, "manual_trade"],
    ]);
    // 10 on the first, 40 on the second; 1 sold at 80 has lost 20.
    expect(harness.runner.equity()).toBe(1_030_000_000);
  });

  it("explains a position once: told again it is not taken off again", () => {
    const harness = compared();
    trades(harness, 0, sales(["x1", 1, 110]));
    position(harness, 0, "LONG", 2);
    position(harness, 0, "LONG", 1);
    expect(synced(harness).map(([, , , reason]) => reason)).toEqual(["manual_trade", "external_position_change"]);
  });

  it("explains nothing where the position is what the book has, or differs by something else", () => {
    const [same, other] = [compared(), compared()];
    for (const harness of [same, other]) trades(harness, 0, sales(["x1", 1, 110], ["x2", 1, 110, { side: "buy" }]));
    position(same, 0, "LONG", 3);
    position(other, 0, "LONG", 2.5);
    expect([synced(same), synced(other).map(([, , , reason]) => reason)]).toEqual([[], ["external_position_change"]]);
  });

  it("of a leg that the book does not have is left alone", () => {
    const harness = compared();
    trades(harness, 0, sales(["x1", 1, 110, { leg: "NET" }]));
    position(harness, 0, "NET", -1);
    expect(synced(harness)).toEqual([]);
  });

  it("counts with all of what explains the position, not the newest alone", () => {
    const harness = compared();
    trades(harness, 0, sales(["x1", 0.5, 90], ["x2", 1, 110], ["x3", 1, 120]));
    position(harness, 0, "LONG", 1);
    // The newest two come to it; the first was in the book already.
    expect(synced(harness).map(([, , quantity]) => quantity)).toEqual([2, 1]);
    expect(harness.runner.equity()).toBe(1_030_000_000);
  });
});

describe("the strategy", () => {
  it("is told what it holds now, and what it answers with and may not have is told to it at once", () => {
    const strategy = new TestStrategy({ name: "s" });
    const harness = compared(1, {
      strategy: Object.assign(strategy, {
        onExternalChange: (ctx: Context, leg: Leg, quantity: number) => {
          strategy.trace.push(`${leg} ${quantity}`);
          ctx.add({ side: "LONG" });
        },
      }),
    });
    trades(harness, 0, sales(["x1", 1, 110]));
    position(harness, 0, "LONG", 2);
    expect(strategy.trace.at(-1)).toBe("LONG 2");
    expect(strategy.rejections).toEqual(["1 missing_explicit_qty kept"]);
  });

  it("that has no ear for it is not asked, and the book has it all the same", () => {
    const strategy = Object.assign(new TestStrategy({ name: "s" }), { onExternalChange: undefined }) as unknown as TestStrategy;
    const harness = compared(1, { strategy });
    trades(harness, 0, sales(["x1", 1, 110]));
    position(harness, 0, "LONG", 2);
    expect([synced(harness).length, harness.held("LONG")]).toEqual([1, 2]);
    harness.orders([]);
    harness.account();
    for (const [leg, quantity] of [
      ["LONG", 2],
      ["SHORT", 0],
    ] as const)
      position(harness, 0, leg, quantity);
    expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", synced: 1 });
  });

  it("is not put back behind it by an order that fails later", () => {
    const harness = compared();
    const { strategy } = harness;
    harness.orders([]);
    trades(harness, 0, []);
    harness.account();
    harness.positions(3);
    strategy.at[1] = (ctx, state) => {
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
      state.count += 100;
    };
    harness.bar(1);
    harness.resume(3);
    trades(harness, 0, sales(["x1", 1, 110]));
    position(harness, 0, "LONG", 2);
    // A second change leads no further back.
    harness.handle(harness.fact("auto_deleveraged", { leg: "LONG", side: "sell", quantity: 1_000, price: 10_000, fee: 0, left: 1_000 } as never));
    harness.reject(orderOf(1));
    expect([strategy.rejections, strategy.state.count]).toEqual([["1 injected_rejection kept"], 102]);
  });
});
