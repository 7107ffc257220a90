// Trailing stops: where the stop stands, what moves it, and that it never sees a bar's extreme before the path does.
import { describe, expect, it } from "vitest";

import { Desk, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const flat: Bar = [100, 100, 100, 100, 100];
const sell = (terms: Ticket["terms"], rest: Partial<Ticket> = {}): Ticket => ({
  type: "trailing_stop",
  side: "sell",
  quantity: 1,
  terms: terms ?? {},
  ...rest,
});

function bars(ticket: Ticket, given: readonly Bar[], setup: Partial<DeskSetup> = {}): string[][] {
  const desk = new Desk({ bars: given, ...setup });
  desk.send(ticket);
  return given.map(() => desk.next());
}

describe("a trailing stop", () => {
  it("stands its callback behind the open at which it arrives", () => {
    // 2 % of 100: 98, fee 98 × 0.0005 = 0.049
    expect(bars(sell({ rate: "0.02" }), [[100, 100, 98, 99, 100]])).toEqual([["ack 1", "fill 1: 1 at 98 taker fee 0.049 USDC"]]);
    expect(bars(sell({ distance: 3 }), [[100, 100, 97.01, 99, 100]])).toEqual([["ack 1"]]);
  });

  it("follows the price up and never back", () => {
    // Up to 110: 110 - 3 = 107. Down to 108 moves nothing; 107 is reached in the last bar. Fee 0.0535.
    const given: readonly Bar[] = [flat, [100, 110, 100, 110, 100], [110, 110, 108, 108, 100], [108, 109, 106, 107, 100]];
    expect(bars(sell({ distance: 3 }), given)).toEqual([["ack 1"], [], [], ["fill 1: 1 at 107 taker fee 0.0535 USDC"]]);
  });

  it("of a buy is the mirror image", () => {
    const given: readonly Bar[] = [flat, [100, 100, 90, 90, 100], [90, 94, 90, 93, 100]];
    // 90 × 1.04 = 93.6; fee 0.0468
    expect(bars({ ...sell({ rate: "0.04" }), side: "buy" }, given)).toEqual([["ack 1"], [], ["fill 1: 1 at 93.6 taker fee 0.0468 USDC"]]);
  });

  it("is rounded to the far side of the tick", () => {
    // 100.13 × 0.99 = 99.1287 → 99.12, not 99.13
    expect(bars(sell({ rate: "0.01" }), [[100.13, 100.13, 99.13, 99.5, 100]])).toEqual([["ack 1"]]);
    expect(bars(sell({ rate: "0.01" }), [[100.13, 100.13, 99.12, 99.5, 100]])[0]?.[1]).toBe("fill 1: 1 at 99.12 taker fee 0.04956 USDC");
  });

  it("further behind than the price is high stands on the last tick there is", () => {
    const desk = new Desk({ bars: [[100, 100, 99, 100, 100]] });
    desk.send(sell({ distance: 200 }));
    expect(desk.next()).toEqual(["ack 1"]);
    expect(desk.exchange.markets[0]?.orders.sorted()[0]?.stop).toBe(1);
  });

  it("of a buy is rounded up, and takes its first stop too", () => {
    // 100.13 × 1.01 = 101.1313 → 101.14
    const buy: Ticket = { ...sell({ rate: "0.01" }), side: "buy" };
    expect(bars(buy, [[100.13, 101.13, 100.13, 101, 100]])).toEqual([["ack 1"]]);
    expect(bars(buy, [[100.13, 101.14, 100.13, 101, 100]])[0]?.[1]).toBe("fill 1: 1 at 101.14 taker fee 0.05057 USDC");
    expect(bars({ ...sell({ distance: 3 }), side: "buy", trigger: 101 }, [[100, 101, 100, 100.5, 100]])[0]?.[1]).toBe(
      "fill 1: 1 at 101 taker fee 0.0505 USDC",
    );
  });

  it("that the open jumps over fires at the open", () => {
    expect(bars(sell({ distance: 3 }), [flat, [95, 96, 94, 95, 100]])).toEqual([["ack 1"], ["fill 1: 1 at 95 taker fee 0.0475 USDC"]]);
  });

  it("takes the first stop that it is given", () => {
    expect(bars(sell({ distance: 3 }, { trigger: 99 }), [[100, 100, 99, 99.5, 100]])[0]?.[1]).toBe("fill 1: 1 at 99 taker fee 0.0495 USDC");
    expect(bars(sell({ distance: 3 }, { trigger: 100.5 }), [flat])).toEqual([["reject 1 trigger_already_crossed"]]);
  });

  it("that waits for its activation follows from there on", () => {
    const given: readonly Bar[] = [flat, [100, 104, 96, 96, 100], [96, 105.5, 96, 105, 100], [105, 105, 102, 102, 100]];
    // Active at 105, best 105.5: 102.5 is reached in the last bar. Fee 0.05125.
    expect(bars(sell({ distance: 3, activation: 105 }), given)).toEqual([["ack 1"], [], [], ["fill 1: 1 at 102.5 taker fee 0.05125 USDC"]]);
  });

  it("beyond its activation on arrival is active at once", () => {
    expect(bars(sell({ distance: 3, activation: 99 }), [[100, 100, 97, 98, 100]])[0]?.[1]).toBe("fill 1: 1 at 97 taker fee 0.0485 USDC");
  });

  it("does not move in a bar without volume under a volume cap", () => {
    const given: readonly Bar[] = [flat, [110, 110, 110, 110, 0], [100, 100, 98, 98, 100]];
    expect(bars(sell({ distance: 3 }), given, { fill: { volumeCap: "0.1" } })).toEqual([["ack 1"], [], []]);
  });

  it("is given back to its owner by a cancel", () => {
    const desk = new Desk({ bars: [flat, flat, [90, 90, 90, 90, 1]] });
    desk.send(sell({ distance: 3 }));
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    expect(desk.next()).toEqual([]);
  });

  it.each([
    ["neither rate nor distance", {}],
    ["both", { rate: "0.01", distance: 1 }],
    ["a rate of everything", { rate: "1" }],
  ])("is refused with %s", (_, terms) => {
    expect(bars(sell(terms), [flat])).toEqual([["reject 1 bad_order_terms"]]);
  });
});

describe("a trailing stop inside one bar", () => {
  const spike: Bar = [100, 110, 96, 98, 100];

  it("follows the legs of the path, not the bar's high", () => {
    // High first: 100 → 110 moves it to 107, and the fall to 96 fires it there. Low first: 97 is reached before the high.
    expect(bars(sell({ distance: 3 }), [flat, spike], { fill: { path: "ohlc" } })[1]).toEqual(["fill 1: 1 at 107 taker fee 0.0535 USDC"]);
    expect(bars(sell({ distance: 3 }), [flat, spike], { fill: { path: "olhc" } })[1]).toEqual(["fill 1: 1 at 97 taker fee 0.0485 USDC"]);
  });

  it("counts the bar as ambiguous when it moves the stop and reaches the moved one", () => {
    const counted = (bar: Bar): number => {
      const desk = new Desk({ bars: [flat, bar] });
      desk.send(sell({ distance: 3 }));
      desk.next();
      desk.next();
      return desk.exchange.markets[0]?.choice.ambiguousBars ?? -1;
    };
    expect(counted(spike)).toBe(1);
    expect(counted([100, 110, 99, 108, 100])).toBe(1);
    expect(counted([100, 101, 99, 100, 100])).toBe(0);
    expect(counted([100, 100, 96, 98, 100])).toBe(0);
  });
});
