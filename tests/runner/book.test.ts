// What a strategy sees of its position, and what the account is worth by the runner's book, whoever has changed it.

import { describe, expect, it } from "vitest";

import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, type HarnessOptions } from "./harness.ts";
import { Restarted } from "./recovery/restarted.ts";

/** Both sides at the close of a bar, as `quantity at entry price`. */
function seenAt(harness: Harness, bar: number): string[] {
  let seen: string[] = [];
  const show = (ctx: Context, side: "LONG" | "SHORT") => `${ctx.position(side).quantity} at ${ctx.position(side).entryPrice}`;
  harness.strategy.at[bar] = (ctx) => {
    seen = [show(ctx, "LONG"), show(ctx, "SHORT")];
  };
  harness.bar(bar);
  return seen;
}

const boot = (hedge: boolean, leg: "LONG" | "SHORT" | "NET", quantity: number): HarnessOptions => ({
  hedge,
  positions: [{ market: 0, leg, quantity, price: 90 }],
});

describe("a strategy's view of its position", () => {
  it("has what it held before the session", () => {
    expect(seenAt(new Harness(boot(true, "LONG", 2)), 0)).toEqual(["2 at 90", "0 at 0"]);
    expect(seenAt(new Harness(boot(true, "SHORT", -2)), 0)).toEqual(["0 at 0", "2 at 90"]);
    expect(seenAt(new Harness(boot(false, "NET", -2)), 0)).toEqual(["0 at 0", "2 at 90"]);
  });

  it("has each fill", () => {
    const harness = positioned({}, 1);
    expect(seenAt(harness, 1)).toEqual(["1 at 100", "0 at 0"]);
    harness.strategy.at[2] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(2);
    harness.fill(orderOf(2), 102, 1);
    expect(seenAt(harness, 3)).toEqual(["2 at 101", "0 at 0"]);
  });

  it("has what the venue says of it", () => {
    const harness = positioned({}, 2);
    harness.bar(1);
    harness.position("LONG", 0.5, true);
    expect(seenAt(harness, 2)).toEqual(["0.5 at 100", "0 at 0"]);
  });

  it("has it after a restart, too", () => {
    const after = new Harness({ hedge: false });
    after.runner.restore(positioned({ hedge: false }, 2).runner.snapshot());
    expect(seenAt(after, 1)).toEqual(["2 at 100", "0 at 0"]);
  });
});

describe("equity", () => {
  it("is the balance and what both legs have gained at the last close; before the first one nothing has", () => {
    const positions = [
      { market: 0, leg: "LONG", quantity: 2, price: 90 },
      { market: 0, leg: "SHORT", quantity: -1, price: 120 },
    ] as const;
    const harness = new Harness({ positions, closes: [100, 110] });
    expect(harness.runner.equity()).toBe(1_000_000_000);
    harness.bar(0);
    // 2 × 10 and 1 × 20.
    expect(harness.runner.equity()).toBe(1_040_000_000);
    harness.bar(1);
    // 2 × 20 and 1 × 10.
    expect(harness.runner.equity()).toBe(1_050_000_000);
  });

  it("of several markets is that of all of them", () => {
    const markets = ["A", "B"].map((name) => ({ market: { symbol: `${name}/USDC:USDC` }, closes: [100, 100] }));
    const positions = [0, 1].map((market) => ({ market, leg: "LONG" as const, quantity: 1 + market, price: 90 }));
    const harness = new Harness({ markets, positions });
    harness.bar(0, [1]);
    // The first market has no price yet.
    expect(harness.runner.equity()).toBe(1_020_000_000);
    harness.bar(0, [0]);
    expect(harness.runner.equity()).toBe(1_030_000_000);
  });
});

describe("the book's legs", () => {
  it("are those of its position mode: of another it holds nothing", () => {
    const [hedged, netted] = [new Harness(boot(true, "SHORT", -2)), new Harness(boot(false, "NET", -2))];
    expect((["LONG", "SHORT", "NET"] as const).map((leg) => hedged.held(leg))).toEqual([0, -2, 0]);
    expect((["LONG", "SHORT", "NET"] as const).map((leg) => netted.held(leg))).toEqual([0, 0, -2]);
  });

  it("stay in a snapshot as they were", () => {
    const harness = positioned({}, 1);
    const { markets } = harness.runner.snapshot();
    const fees = () => markets[0]?.book.entryFees;
    expect(fees()).toEqual([50_000, 0]);
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    harness.fill(orderOf(2), 100, 1);
    expect(fees()).toEqual([50_000, 0]);
  });
});

describe("the account's money, compared after a silence", () => {
  it.each(["spot", "swap"] as const)("is what it was at the start, whatever coins were held then: %s", (kind) => {
    const position = { market: 0, leg: kind === "spot" ? "NET" : "LONG", quantity: 2, price: 90 } as const;
    const harness = new Restarted({ hedge: kind === "swap", market: { kind }, positions: [position] });
    harness.bar(0);
    harness.resume();
    harness.orders([]);
    harness.trades();
    harness.account(kind === "spot" ? "one_way" : "hedge", [1], "1000");
    if (kind === "spot") harness.position("NET", 2);
    else harness.positions(2);
    expect(harness.of("query_cash")).toEqual([]);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });
});

describe("reports that a leg has taken over", () => {
  it("are kept to the eighth, and the oldest goes first", () => {
    const harness = positioned({}, 2);
    harness.bars(1, 2);
    for (let n = 1; n <= 10; n += 1) harness.position("LONG", 2 + n / 10, true);
    const kept = harness.runner.snapshot().markets[0]?.book.adoptions[0] ?? [];
    expect(kept.map(({ sequence }) => sequence - (kept[0]?.sequence ?? 0))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([kept.length, harness.held("LONG")]).toEqual([8, 3]);
  });
});

describe("coins that were bought for a fee in coins", () => {
  const spot = () => {
    const harness = new Harness({ hedge: false, market: { symbol: "TEST/USDC", kind: "spot" } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    return harness;
  };
  const inCoins = (harness: Harness, feeCurrency = "TEST") => ({ ...harness.fillEvent(orderOf(1), 100, 1), fee: 1 as never, feeCurrency });

  it("are all gone again when the venue takes the trade back", () => {
    const harness = spot();
    const fill = inCoins(harness);
    harness.handle(fill);
    expect(harness.held("NET")).toBe(0.999);
    const { order, trade, price, quantity, fee, feeCurrency, time } = fill;
    harness.handle({ ...harness.fact("fill_voided", { order, trade, price, quantity, fee, feeCurrency }), time });
    expect([harness.held("NET"), harness.runner.equity()]).toEqual([0, 1_000_000_000]);
  });

  it.each([
    ["TEST", 0.999],
    ["BNB", 1],
  ])("are explained to the last one by a report that knew of a fee in %s", (feeCurrency, stated) => {
    const harness = spot();
    const fill = inCoins(harness, feeCurrency);
    harness.bars(1, 2);
    harness.position("NET", stated);
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 3 * minute + 2_000);
    harness.position("NET", stated);
    expect(harness.held("NET")).toBe(stated);
    harness.handle(fill);
    expect(harness.held("NET")).toBe(stated);
    // Paid 100 for what is worth as much as is held, whatever the fee was paid in.
    expect(harness.runner.equity()).toBe(Math.round(1_000_000_000 - 100_000_000 + stated * 100_000_000));
    expect(harness.runner.snapshot().markets[0]?.book.adoptions[0]).toMatchObject([{ open: 0 }]);
  });
});
