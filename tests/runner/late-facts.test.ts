// Facts that a report of the position has overtaken: whichever comes first, the book ends as it would in the venue's own order. The
// bars stand at 100 throughout, so that the price of a fact is never the one at which a report is adopted.

import { describe, expect, it } from "vitest";

import type { Event, Leg, Millis, Money, Price, Quantity, Sequence, Side } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned } from "./harness.ts";

const interval = 2_000;

interface BookState {
  readonly result: number;
  readonly entryFees: readonly number[];
  readonly legs: readonly { readonly quantity: number; readonly cost: number; readonly lots: unknown }[];
}

function bookOf(harness: Harness): BookState {
  const { markets } = harness.runner.snapshot() as { readonly markets: readonly { readonly book: BookState }[] };
  const { result, entryFees, legs } = (markets[0] as { readonly book: BookState }).book;
  return { result, entryFees, legs: legs.map(({ quantity, cost, lots }) => ({ quantity, cost, lots })) };
}

/** Ledger lines without the running sum. */
function ledgerOf(harness: Harness): unknown[] {
  return harness.of("ledger_entry").map(({ quantity, gross, entryFee, exitFee, net }) => ({ quantity, gross, entryFee, exitFee, net }));
}

interface Close {
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly left: number;
  readonly leg?: Leg;
}

function deleveraged(harness: Harness, { side, quantity, price, fee, left, leg = "LONG" }: Close): Event {
  return harness.fact("auto_deleveraged", {
    leg,
    side,
    quantity: Math.round(quantity * 1_000) as Quantity,
    price: Math.round(price * 100) as Price,
    fee: Math.round(fee * 1_000_000) as Money,
    left: Math.round(left * 1_000) as Quantity,
  });
}

function liquidated(harness: Harness, close: Close): Event {
  const standing = { insurance: 500_000 as Money, equity: 0 as Money, maintenance: 0 as Money, takeover: false };
  return { ...deleveraged(harness, close), type: "liquidated", ...standing } as Event;
}

function reported(harness: Harness, leg: Leg, quantity: number, entryPrice: string | null = null): Event {
  return harness.fact("position_reported", { leg, quantity: Math.round(quantity * 1_000) as Quantity, entryPrice, external: false });
}

/** LONG 2 at 100 with an entry fee of 0.1, an interval and more ago. */
function quiet(): Harness {
  const harness = positioned({}, 2);
  harness.bars(1, 2);
  return harness;
}

/** The facts of `tell`, numbered in the venue's order, and heard in the given one. */
function heard(harness: Harness, order: readonly number[], tell: (harness: Harness) => readonly Event[]): Harness {
  const facts = tell(harness);
  for (const at of order) harness.handle(facts[at] as Event);
  return harness;
}

function permutations(size: number): number[][] {
  if (size === 0) return [[]];
  return permutations(size - 1).flatMap((rest) => Array.from({ length: size }, (_, at) => [...rest.slice(0, at), size - 1, ...rest.slice(at)]));
}

describe("a position that the venue has closed, and a report that knows of it", () => {
  const half: Close = { side: "sell", quantity: 1, price: 110, fee: 0.02, left: 1 };

  it("is closed once, at the price and the fee that the venue tells, whichever is heard first", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const harness = heard(quiet(), order, (venue) => [deleveraged(venue, half), reported(venue, "LONG", 1)]);
      // Bought at 100 and closed at 110: 10 - 0.02, and half of the entry fee of 0.1; what is left has cost 100.
      expect(ledgerOf(harness)).toEqual([{ quantity: 1_000, gross: 10_000_000, entryFee: 50_000, exitFee: 20_000, net: 9_930_000 }]);
      expect(bookOf(harness)).toEqual({
        result: 9_880_000,
        entryFees: [50_000, 0],
        legs: [
          { quantity: 1_000, cost: 100_000_000, lots: [{ quantity: 1_000, price: 10_000 }] },
          { quantity: 0, cost: 0, lots: [] },
        ],
      });
      expect(harness.runner.equity()).toBe(1_009_880_000);
    }
  });

  it("is told to the strategy once", () => {
    const harness = heard(quiet(), [1, 0], (venue) => [deleveraged(venue, half), reported(venue, "LONG", 1)]);
    expect(harness.strategy.heard.filter(({ what }) => what === "external")).toEqual([{ what: "external", leg: "LONG", quantity: 1 }]);
    // Both stand on the record, with what the book holds.
    expect(harness.of("position_synced").map(({ quantity, reason }) => [quantity, reason])).toEqual([
      [1_000, "external_position_change"],
      [1_000, "auto_deleveraged"],
    ]);
  });

  it("is the same in every order of a deleveraging, a liquidation and two reports", () => {
    const facts = (venue: Harness) => [
      deleveraged(venue, half),
      reported(venue, "LONG", 1),
      liquidated(venue, { side: "sell", quantity: 1, price: 80, fee: 0.4, left: 0 }),
      reported(venue, "LONG", 0),
    ];
    for (const order of permutations(4)) {
      const harness = heard(quiet(), order, facts);
      // 2 × 100 bought, 110 + 80 got, fees 0.1 + 0.02 + 0.4, insurance 0.5.
      expect([order, bookOf(harness).result]).toEqual([order, -11_020_000]);
      expect([order, bookOf(harness).legs[0], bookOf(harness).entryFees]).toEqual([order, { quantity: 0, cost: 0, lots: [] }, [0, 0]]);
      const sum = harness.of("ledger_entry").reduce((total, { net }) => total + net, 0);
      expect([order, sum, harness.of("ledger_entry").at(-1)?.cumulative]).toEqual([order, -11_020_000, -11_020_000]);
    }
  });

  it("of a short leg is the same the other way round", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const short = new Harness({ hedge: false, positions: [{ market: 0, leg: "NET", quantity: -2, price: 100 }] });
      short.bars(0, 2);
      heard(short, order, (venue) => [
        deleveraged(venue, { side: "buy", quantity: 2, price: 97, fee: 0, left: 0, leg: "NET" }),
        reported(venue, "NET", 0),
      ]);
      expect([short.held("NET"), short.runner.equity()]).toEqual([0, 1_006_000_000]);
    }
  });

  it("belongs to the first report that knew of it: what somebody else has closed keeps the price of its own day", () => {
    const harness = positioned({ closes: [100, 100, 100, 120, 120] }, 3);
    harness.bars(1, 2);
    // By hand, at the close of 100; then one more that a deleveraging at 118 explains, adopted at 120.
    harness.handle(reported(harness, "LONG", 2));
    harness.bars(3, 4);
    const fact = deleveraged(harness, { side: "sell", quantity: 1, price: 118, fee: 0, left: 1 });
    harness.handle(reported(harness, "LONG", 1));
    expect(bookOf(harness).result).toBe(19_850_000);
    harness.handle(fact);
    // 100 and 118 got for 200, fees 0.15.
    expect([harness.held("LONG"), bookOf(harness).result]).toEqual([1, 17_850_000]);
  });

  it("of an inverse contract is worth what its coins are", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const market = { inverse: true, contractSize: "100", settle: "TEST", symbol: "TEST/USD:TEST", quote: "USD" };
      const harness = new Harness({ market, hedge: false, positions: [{ market: 0, leg: "NET", quantity: 2, price: 100 }] });
      harness.bars(0, 2);
      heard(harness, order, (venue) => [
        deleveraged(venue, { side: "sell", quantity: 2, price: 125, fee: 0, left: 0, leg: "NET" }),
        reported(venue, "NET", 0),
      ]);
      // 2 × 100 USD were 2 coins at 100 and are 1.6 at 125: the dollars cost 0.4 coins less.
      expect([harness.held("NET"), harness.runner.equity()]).toEqual([0, 1_000_400_000]);
    }
  });

  it("does not swallow what happened after the report", () => {
    const harness = heard(quiet(), [1, 0, 2], (venue) => [
      deleveraged(venue, half),
      reported(venue, "LONG", 1),
      deleveraged(venue, { side: "sell", quantity: 1, price: 90, fee: 0, left: 0 }),
    ]);
    // 110 and 90 got for 200, fees 0.1 + 0.02.
    expect([harness.held("LONG"), bookOf(harness).result]).toEqual([0, -120_000]);
  });

  it("a report of an instant before the fact does not know it, whatever their numbers: a venue may answer for a time that is over", () => {
    const harness = quiet();
    const fact = deleveraged(harness, { side: "sell", quantity: 1, price: 110, fee: 0, left: 1 });
    const report = reported(harness, "LONG", 1.5);
    harness.handle({ ...report, time: (fact.time - 1) as Millis } as Event);
    harness.handle(fact);
    expect(harness.held("LONG")).toBe(0.5);
  });
});

describe("a fill of an order of ours that two reports have overtaken", () => {
  /** LONG 2 at 100, and an order to sell 1 at 110 that has filled at the venue; both reads say 1. */
  function sold(): { readonly harness: Harness; readonly fill: Event } {
    const harness = quiet();
    harness.strategy.at[3] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(3);
    const fill = harness.fillEvent(orderOf(2), 110, 1, { fee: 0.022 });
    harness.position("LONG", 1);
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 4 * minute + interval);
    harness.position("LONG", 1);
    return { harness, fill };
  }

  it("is booked once, at its own price", () => {
    const { harness, fill } = sold();
    expect(harness.held("LONG")).toBe(1);
    harness.handle(fill);
    expect(harness.held("LONG")).toBe(1);
    expect(ledgerOf(harness)).toEqual([{ quantity: 1_000, gross: 10_000_000, entryFee: 50_000, exitFee: 22_000, net: 9_928_000 }]);
    expect(bookOf(harness).result).toBe(9_878_000);
    expect(harness.settled(orderOf(2))).toEqual(["FILLED filled"]);
  });

  it("is still told to the strategy as the fill that it is", () => {
    const { harness, fill } = sold();
    harness.handle(fill);
    expect(harness.strategy.heard.filter(({ what }) => what === "fill")).toHaveLength(2);
  });

  it("that opened more leaves its fee with what is open", () => {
    const harness = quiet();
    harness.strategy.at[3] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(3);
    const fill = harness.fillEvent(orderOf(2), 106, 1, { fee: 0.053 });
    // 2 at 100 and 1 at 106 are 3 at 102 on average.
    harness.handle(reported(harness, "LONG", 3, "102"));
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 4 * minute + interval);
    harness.handle(reported(harness, "LONG", 3, "102"));
    harness.handle(fill);
    expect(bookOf(harness)).toMatchObject({ result: -153_000, entryFees: [153_000, 0], legs: [{ quantity: 3_000, cost: 306_000_000 }, {}] });
    expect(harness.of("ledger_entry")).toEqual([]);
  });
});

describe("a runner that was restored between a report and what it knew of", () => {
  it("goes on as the one that was not", () => {
    const [before, after] = [quiet(), new Harness()];
    const fact = deleveraged(before, { side: "sell", quantity: 1, price: 110, fee: 0.02, left: 1 });
    const older = reported(before, "LONG", 1.5);
    const report = reported(before, "LONG", 1);
    before.handle(report);
    after.runner.restore(before.runner.snapshot());
    for (const harness of [before, after]) {
      harness.handle(older);
      harness.handle(fact);
      expect(bookOf(harness)).toMatchObject({ result: 9_880_000, entryFees: [50_000, 0], legs: [{ quantity: 1_000, cost: 100_000_000 }, {}] });
    }
    expect(after.runner.snapshot()).toEqual(before.runner.snapshot());
  });
});

describe("two reports that overtake each other", () => {
  it("leave what the newer one says: for the older one the venue is asked again", () => {
    const harness = heard(quiet(), [1, 0], (venue) => [reported(venue, "LONG", 1.5), reported(venue, "LONG", 1)]);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.of("query_position")).toHaveLength(1);
  });
});

describe("a close by the venue that overtakes the fill that it closes", () => {
  it("ends in the same book, and closes no more in the ledger than there was", () => {
    const facts = (venue: Harness) => [
      venue.fillEvent(orderOf(2), 104, 1, { fee: 0.052 }),
      deleveraged(venue, { side: "sell", quantity: 3, price: 110, fee: 0.03, left: 0 }),
    ];
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const harness = quiet();
      harness.strategy.at[3] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
      harness.bar(3);
      heard(harness, order, facts);
      // 330 got for 304, fees 0.1 + 0.052 + 0.03.
      expect([harness.held("LONG"), bookOf(harness).result]).toEqual([0, 25_818_000]);
      const lines = harness.of("ledger_entry");
      expect(lines.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(3_000);
      expect(lines.at(-1)?.cumulative).toBe(25_818_000);
      // What the strategy and the record hear is what the book holds.
      expect(harness.of("position_synced").at(-1)?.quantity).toBe(order[0] === 0 ? 0 : -1_000);
    }
  });
});

describe("a number of a fact", () => {
  it("counts among facts of one instant alone", () => {
    const harness = quiet();
    const fact = deleveraged(harness, { side: "sell", quantity: 1, price: 110, fee: 0, left: 1 });
    const report = reported(harness, "LONG", 1);
    harness.handle(report);
    harness.handle({ ...fact, sequence: (report.sequence + 1) as Sequence } as Event);
    expect(harness.held("LONG")).toBe(0);
  });
});

describe("a short position that a report has changed", () => {
  /** SHORT 2 at 100, an interval and more ago, and an order of it that has filled at the venue; both reads say `stated`. */
  function short(act: (harness: Harness) => void, stated: number, tell: (harness: Harness) => Event): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 2 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 2);
    harness.bars(1, 2);
    act(harness);
    harness.bar(3);
    const fill = tell(harness);
    harness.position("SHORT", stated);
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 4 * minute + interval);
    harness.position("SHORT", stated);
    harness.handle(fill);
    return harness;
  }

  it("has what its fill has cost, once, when that is told", () => {
    const harness = short(
      (told) => {
        told.strategy.at[3] = (ctx) => ctx.add({ side: "SHORT", quantity: 1 });
      },
      -3,
      (told) => told.fillEvent(orderOf(2), 106, 1, { fee: 0.053 }),
    );
    // Sold 2 at 100 and 1 at 106, worth 100 each now; 0.1 and 0.053 paid for what is open.
    expect([harness.held("SHORT"), bookOf(harness).entryFees]).toEqual([-3, [0, 153_000]]);
    expect(harness.runner.equity()).toBe(1_000_000_000 + 6_000_000 - 153_000);
  });

  it("has gained what its close has brought, when that is told", () => {
    const harness = short(
      (told) => {
        told.strategy.at[3] = (ctx) => ctx.close({ side: "SHORT" });
      },
      0,
      (told) => told.fillEvent(orderOf(2), 90, 2, { fee: 0.09 }),
    );
    expect(ledgerOf(harness)).toEqual([{ quantity: 2_000, gross: 20_000_000, entryFee: 100_000, exitFee: 90_000, net: 19_810_000 }]);
  });
});

describe("a position that a report has turned round", () => {
  it("has closed what there was at what it had cost, when the fill is told", () => {
    const harness = positioned({ hedge: false }, 2);
    harness.bars(1, 2);
    harness.strategy.at[3] = (ctx) => ctx.open({ side: "SHORT", quantity: 3, reverse: true });
    harness.bar(3);
    const fill = harness.fillEvent(orderOf(2), 110, 3, { fee: 0.15 });
    harness.position("NET", -1);
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 4 * minute + interval);
    harness.position("NET", -1);
    harness.handle(fill);
    // 2 of it close 2 at 100; two thirds of its fee are theirs.
    expect(ledgerOf(harness)).toEqual([{ quantity: 2_000, gross: 20_000_000, entryFee: 100_000, exitFee: 100_000, net: 19_800_000 }]);
    expect(harness.held("NET")).toBe(-1);
  });
});
