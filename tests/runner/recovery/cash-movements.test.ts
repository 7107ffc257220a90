// Movements of the account's money: which are known already, which answers the book has overtaken, and what counts as cash. The book
// begins with 1000; unless said otherwise LONG 1 was bought at 100 at 60 s for a fee of 0.05.

import { describe, expect, it } from "vitest";

import type { CashFlow, Money } from "../../../src/domain/index.ts";
import { minute, orderOf, TestStrategy, type HarnessOptions } from "../harness.ts";
import { Restarted } from "./restarted.ts";

const money = (amount: number): Money => Math.round(amount * 1e6) as Money;

function flow(amount: number, fields: Partial<Record<keyof CashFlow, unknown>> = {}): CashFlow {
  const plain = { cause: "transfer", market: null, leg: null, time: 30_000, currency: "USDC", text: "by hand" };
  return { ...plain, ...fields, amount: money(amount) } as CashFlow;
}

const told = (harness: Restarted, balance: number, ...flows: readonly CashFlow[]) =>
  harness.handle(harness.fact("cash_reported", { balance: money(balance), flows }));
const moved = (harness: Restarted, amount: number, time: number) =>
  harness.handle({ ...harness.fact("funds_moved", { currency: "USDC", amount: money(amount), text: "by hand" }), time: time as never } as never);
const account = (harness: Restarted, cash: string, time = harness.clock) =>
  harness.handle({
    ...harness.fact("account_reported", { positionMode: "hedge", leverage: [1], balances: { USDC: cash } }),
    time: time as never,
  } as never);

/** Everything but the money agrees. @param cash what the account has, at `time` */
function compare(harness: Restarted, epoch: number, cash: string | null, time = harness.clock): void {
  harness.resume(epoch);
  for (const market of harness.series.keys()) {
    harness.handle(harness.fact("open_orders_reported", { orders: [], complete: true }, market));
    harness.handle(harness.fact("fills_reported", { fills: [], foreign: [], complete: true }, market));
  }
  if (cash === null) harness.handle(harness.fact("account_reported", { positionMode: "hedge", leverage: [1], balances: {} }));
  else account(harness, cash, time);
  for (const market of harness.series.keys())
    for (const leg of ["LONG", "SHORT"] as const) {
      const quantity = (harness.held(leg, market) * 1_000) as never;
      harness.handle(harness.fact("position_reported", { leg, quantity, entryPrice: null, external: false }, market));
    }
}

function held(options: HarnessOptions = {}): Restarted {
  const harness = new Restarted(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
  harness.bar(0);
  harness.fill(orderOf(1), 100, 1);
  return harness;
}

const two = () => ({
  markets: ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy({ name: symbol }) })),
});
const synced = (harness: Restarted) => harness.of("cash_synced").map(({ amount, reason }) => [amount / 1e6, reason]);
const isDone = (harness: Restarted) => harness.phases.at(-1)?.startsWith("done");

describe("a movement of money", () => {
  it("is known by what moved, when, and for what; a new one among old ones is booked alone", () => {
    const harness = held();
    compare(harness, 2, "1049.95");
    told(harness, 1049.95, flow(250), flow(-200, { time: 40_000 }));
    compare(harness, 3, "1049.95");
    compare(harness, 4, "1050.95");
    told(harness, 1050.95, flow(1, { time: 50_000 }), flow(250), flow(-200, { time: 40_000 }));
    expect(synced(harness).map(([amount]) => amount)).toEqual([250, -200, 1]);
  });

  it("of equal size is another one at another time, on another leg or another market, or for another cause", () => {
    const { markets: pair } = two();
    const third = { market: { symbol: "C/USDC:USDC" }, strategy: new TestStrategy({ name: "C/USDC:USDC" }) };
    const harness = new Restarted({ markets: [...pair, third] });
    harness.bar(0);
    const funding = { cause: "funding", market: 1, leg: "LONG" };
    compare(harness, 2, "1001");
    told(harness, 1001, flow(1, funding));
    const others = [flow(1, { ...funding, leg: "SHORT" }), flow(1, { ...funding, market: 2 }), flow(1), flow(1, { ...funding, time: 30_001 })];
    compare(harness, 3, "1005");
    told(harness, 1005, ...others);
    expect(synced(harness)).toEqual([
      [1, "missed_funding"],
      [1, "missed_funding"],
      [1, "missed_funding"],
      [1, "funds_moved"],
      [1, "missed_funding"],
    ]);
    // Funding is a result of its market, and no transfer is.
    const { funds, markets } = harness.runner.snapshot();
    expect([funds, ...markets.map(({ book }) => book.result)]).toEqual([money(1), 0, money(3), money(1)]);
  });

  it("that happened twice alike is two, of which a stream has told of one", () => {
    const harness = held();
    moved(harness, 5, minute);
    compare(harness, 2, "1009.95");
    told(harness, 1009.95, flow(5, { time: minute }), flow(5, { time: minute }));
    expect(synced(harness)).toEqual([[5, "funds_moved"]]);
    expect(isDone(harness)).toBe(true);
  });

  it("is remembered until 256 others have come", () => {
    const harness = held();
    for (let n = 0; n < 257; n += 1) moved(harness, 1, minute + n);
    const oldest = flow(1, { time: minute });
    const second = flow(1, { time: minute + 1 });
    compare(harness, 2, "1257.95", minute + 300);
    told(harness, 1257.95, oldest, second);
    expect(synced(harness)).toEqual([[1, "funds_moved"]]);
  });

  it("is told with the words of the venue, where it has any", () => {
    const harness = held();
    compare(harness, 2, "1001.95");
    told(harness, 1001.95, flow(1), flow(1, { time: 40_000, text: "" }));
    expect(harness.of("alert").map(({ level, text }) => `${level} ${text}`)).toEqual([
      "info funds_moved: 1 USDC, by hand, heard of after a silence",
      "info funds_moved: 1 USDC, heard of after a silence",
    ]);
  });
});

describe("an answer that the book has overtaken", () => {
  it("is asked for once more, five times; then the next comparison has to say", () => {
    const harness = held();
    compare(harness, 2, "990", minute - 1);
    for (let n = 1; n < 6; n += 1) {
      expect([harness.of("query_account").length, isDone(harness)]).toEqual([1 + n, false]);
      account(harness, "990", minute - 1);
    }
    expect([harness.of("query_account").length, isDone(harness)]).toEqual([6, true]);
    expect([harness.of("query_cash"), synced(harness)]).toEqual([[], []]);
  });

  it("is one from before the newest movement, whatever was heard in which order", () => {
    const asked = (times: readonly number[], at: number) => {
      const harness = new Restarted();
      for (const time of times) moved(harness, 1, time);
      harness.clock = 200_000;
      compare(harness, 2, "990", at);
      return [harness.of("query_account").length, harness.of("query_cash").length];
    };
    expect(asked([90_000], 89_999)).toEqual([2, 0]);
    expect(asked([90_000], 90_000)).toEqual([1, 1]);
    expect(asked([90_000, 80_000], 85_000)).toEqual([2, 0]);
    expect(asked([80_000, 90_000], 85_000)).toEqual([2, 0]);
    expect(asked([], 1)).toEqual([1, 1]);
  });

  it("is one from before a fill on any market", () => {
    for (const market of [0, 1]) {
      const harness = new Restarted(two());
      (harness.strategies[market] as TestStrategy).at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(0);
      harness.fill(orderOf(1), 100, 1, { market });
      compare(harness, 2, "990", minute - 1);
      expect([harness.of("query_account").length, harness.of("query_cash").length]).toEqual([2, 0]);
    }
  });
});

describe("what counts as the account's money", () => {
  it("is not asked about where the venue does not tell it, or a position was taken over at a guess on any market", () => {
    const [silent, guessed] = [held(), new Restarted(two())];
    compare(silent, 2, null);
    guessed.bar(0);
    guessed.handle(guessed.fact("position_reported", { leg: "LONG", quantity: 1_000 as never, entryPrice: null, external: true }, 1));
    expect(guessed.held("LONG", 1)).toBe(1);
    guessed.bar(1);
    compare(guessed, 2, "990");
    for (const harness of [silent, guessed]) expect([isDone(harness), harness.of("query_cash")]).toEqual([true, []]);
  });

  it("of a spot market is less by what the coins have cost", () => {
    const harness = new Restarted({ hedge: false, market: { symbol: "TEST/USDC", kind: "spot" } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.resume();
    harness.orders([]);
    harness.trades();
    harness.account("one_way", [1], "899.95");
    harness.position("NET", 1);
    expect([isDone(harness), harness.of("query_cash")]).toEqual([true, []]);
  });

  it("is not known of a snapshot that was written before it was compared", () => {
    const harness = held();
    const { cash: _cash, ...older } = harness.runner.snapshot();
    const again = new Restarted();
    again.runner.restore(older as never);
    compare(again, 2, "999.95");
    expect(isDone(again)).toBe(true);
  });
});
