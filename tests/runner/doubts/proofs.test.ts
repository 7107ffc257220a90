// The borders of what proves an order absent: which read counts, which trade and which position speak of it. Intent 1 is a limit of
// 1 at 95 that was sent at 60 s without a reply: the venue may take it until 77 s, and reads that count lie 2 s apart.

import { describe, expect, it } from "vitest";

import type { ForeignFill, Leg, Quantity } from "../../../src/domain/index.ts";
import { Harness, minute, orderOf, TestStrategy, type HarnessOptions } from "../harness.ts";

function lost(options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: 30 * minute });
  harness.bar(0);
  harness.unknown(orderOf(1));
  return harness;
}

/** The venue does not find it, at so many ms. */
function unfound(harness: Harness, ...times: readonly number[]): void {
  for (const time of times) {
    harness.clock = time;
    harness.answer(orderOf(1), null);
  }
}

const asked = (harness: Harness) => harness.of("query_fills").map(({ since }) => since);
const status = (harness: Harness, intent = 1) => harness.settled(orderOf(intent)).at(-1)?.split(" ")[0];
const evidence = (harness: Harness) =>
  harness
    .of("alert")
    .filter(({ text }) => text.includes("not found at"))
    .map(({ text }) => text.split("not found at ")[1]);

function trades(harness: Harness, foreign: readonly Partial<ForeignFill>[] = [], at: { time?: number; market?: number } = {}): void {
  const plain = { trade: 900, time: 70_000, side: "buy", leg: "LONG", price: 9_500, quantity: 1_000, cause: "trade", fee: 0 };
  const list = foreign.map((one) => ({ ...plain, ...one }) as ForeignFill);
  const event = harness.fact("fills_reported", { fills: [], foreign: list, complete: true }, at.market ?? 0);
  harness.handle({ ...event, time: (at.time ?? harness.clock) as never } as never);
}

function positioned(harness: Harness, quantity: number, at: { time?: number; market?: number; leg?: Leg } = {}): void {
  const units = (quantity * 1_000) as Quantity;
  const event = harness.fact("position_reported", { leg: at.leg ?? "LONG", quantity: units, entryPrice: null, external: false }, at.market ?? 0);
  harness.handle({ ...event, time: (at.time ?? harness.clock) as never } as never);
}

describe("a read that does not find the order", () => {
  it("counts from the millisecond on at which the venue can no longer take the request, and two seconds behind the first", () => {
    const harness = lost();
    unfound(harness, 77_000, 79_000);
    // The first of them was too early; this is the second that counts, a millisecond too soon.
    unfound(harness, 80_999);
    expect(asked(harness)).toEqual([]);
    unfound(harness, 81_000);
    // From the sending on, with the margin of 2 s.
    expect(asked(harness)).toEqual([58_000]);
    const exact = lost();
    unfound(exact, 77_001, 79_001);
    expect(asked(exact)).toEqual([58_000]);
  });

  it("too early is followed by one when the request can no longer be taken, or two seconds later", () => {
    const due = (time: number) => {
      const harness = lost();
      unfound(harness, time);
      return harness.of("set_timer").at(-1)?.due;
    };
    expect([due(61_000), due(75_000), due(75_002), due(77_000)]).toEqual([77_001, 77_001, 77_002, 79_000]);
  });

  it("that counts is followed by the next one two seconds later, however often it is told", () => {
    const harness = lost();
    unfound(harness, 80_000, 80_500, 81_000);
    expect(harness.of("set_timer").slice(2)).toMatchObject([{ due: 82_000 }]);
  });

  it("agrees with another one only behind the time by which the venue's answers lag", () => {
    const absence = { validityWindowMs: 5_000, engineTimeoutMs: 10_000, lagMarginMs: 7_000 };
    const harness = lost({ settings: { absence } });
    unfound(harness, 83_000, 90_000);
    expect(asked(harness)).toEqual([53_000]);
    const early = lost({ settings: { absence } });
    unfound(early, 83_000, 89_999);
    expect(asked(early)).toEqual([]);
  });

  it("proves nothing more once the order has been found", () => {
    const harness = lost();
    unfound(harness, 80_000);
    harness.clock = 81_000;
    harness.answer(orderOf(1), "FILLED");
    unfound(harness, 82_000);
    expect(asked(harness)).toEqual([]);
    unfound(harness, 84_000);
    expect(asked(harness)).toEqual([58_000]);
    trades(harness);
    positioned(harness, 0);
    // It was there once, by the venue's word: it is gone, and no request that never came.
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED unknown_order_at_venue");
  });

  it("proves nothing of a later doubt", () => {
    const harness = lost();
    unfound(harness, 80_000);
    harness.clock = 81_000;
    harness.ack(orderOf(1));
    harness.unknown(orderOf(1));
    unfound(harness, 82_000);
    expect(asked(harness)).toEqual([]);
  });

  it("nor of an order that has gone into quarantine meanwhile: two more are needed", () => {
    const harness = lost();
    unfound(harness, 80_000, 82_000);
    trades(harness, [{}]);
    positioned(harness, 0);
    expect(status(harness)).toBe("QUARANTINED");
    unfound(harness, 90_000);
    expect(asked(harness)).toHaveLength(1);
    unfound(harness, 92_000);
    expect(asked(harness)).toHaveLength(2);
  });
});

describe("the trades behind the reads", () => {
  const unread = (options: HarnessOptions = {}) => {
    const harness = lost(options);
    unfound(harness, 80_000, 82_000);
    positioned(harness, 0);
    return harness;
  };

  it("contradict it by one of the same side and leg from its sending on, that no close of the venue's made", () => {
    const of = (fill: Partial<ForeignFill>) => {
      const harness = unread();
      trades(harness, [fill]);
      return status(harness);
    };
    expect(of({ time: minute as never })).toBe("QUARANTINED");
    expect(of({ time: (minute - 1) as never })).toBe("NEVER_ARRIVED");
    expect(of({ cause: "liquidation" })).toBe("NEVER_ARRIVED");
    expect(of({ cause: "deleveraging" })).toBe("NEVER_ARRIVED");
    expect(of({ side: "sell" })).toBe("NEVER_ARRIVED");
    expect(of({ leg: "SHORT" })).toBe("NEVER_ARRIVED");
  });

  it("count from the second read on, and of its own market", () => {
    const markets = ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy() }));
    const harness = unread({ markets });
    trades(harness, [], { time: 81_999 });
    trades(harness, [], { market: 1 });
    expect(status(harness)).toBe("UNKNOWN");
    trades(harness, [], { time: 82_000 });
    expect(status(harness)).toBe("NEVER_ARRIVED");
  });

  it("that were told before they were asked for do not count", () => {
    const harness = lost();
    unfound(harness, 80_000);
    trades(harness);
    unfound(harness, 82_000);
    positioned(harness, 0);
    expect(status(harness)).toBe("UNKNOWN");
  });

  it("are asked for anew with each further read, and so is the position", () => {
    const harness = unread();
    unfound(harness, 84_000);
    expect(asked(harness)).toEqual([58_000, 58_000]);
    trades(harness);
    // The position of before counts no more.
    expect(status(harness)).toBe("UNKNOWN");
    positioned(harness, 0);
    expect(status(harness)).toBe("NEVER_ARRIVED");
  });

  it("contradict it no sooner than the position has been told as well", () => {
    const harness = lost();
    unfound(harness, 80_000, 82_000);
    trades(harness, [{}]);
    expect(status(harness)).toBe("UNKNOWN");
    positioned(harness, 0);
    expect(status(harness)).toBe("QUARANTINED");
  });

  it("are named in the record with the position, whichever of them contradicts", () => {
    const [trade, position, neither] = [unread(), lost(), unread()];
    trades(trade, [{}]);
    unfound(position, 80_000, 82_000);
    trades(position);
    positioned(position, 1);
    trades(neither);
    expect([trade, position, neither].map((harness) => evidence(harness)[0])).toEqual([
      "80000 and 82000, a trade that may be its own, the position is the book's 0",
      "80000 and 82000, no trade of it, a position that is not the book's 0",
      "80000 and 82000, no trade of it, the position is the book's 0",
    ]);
  });
});

describe("the position behind the reads", () => {
  it("counts of its own leg and market, and from the second read on", () => {
    const markets = ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy() }));
    const harness = lost({ markets });
    unfound(harness, 80_000, 82_000);
    trades(harness);
    positioned(harness, 0, { leg: "SHORT" });
    positioned(harness, 0, { market: 1 });
    positioned(harness, 0, { time: 81_999 });
    expect(status(harness)).toBe("UNKNOWN");
    positioned(harness, 0, { time: 82_000 });
    expect(status(harness)).toBe("NEVER_ARRIVED");
  });

  it("that was told before it was asked for does not count", () => {
    const harness = lost();
    unfound(harness, 80_000);
    positioned(harness, 0);
    unfound(harness, 82_000);
    trades(harness);
    expect(status(harness)).toBe("UNKNOWN");
  });
});
