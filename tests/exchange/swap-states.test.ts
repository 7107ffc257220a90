// Funding and margin beyond one bar of one market: how long a swap market is quiet, what another market's price and a payment
// do to a margin, stamps in a gap, and a restart in between. Worked by hand.
import { describe, expect, it } from "vitest";

import { BarSeries, type FundingSeries, type MarketIndex } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import {
  Desk,
  drain,
  exchangeOf,
  instrumentOf,
  interval,
  line,
  price,
  priceScale,
  quantity,
  quantityScale,
  seriesOf,
  type Bar,
  type DeskSetup,
  type Ticket,
} from "./desk.ts";
import { first, pairOf, second } from "./pair.ts";
import { tradesOf } from "./walk.ts";

const flat: Bar = [100, 100, 100, 100, 1_000];
const market = 0 as MarketIndex;
const minute = 60_000;

function fundingOf(...rows: readonly (readonly [time: number, millionths: number])[]): FundingSeries {
  const [time, rate] = [Float64Array.from(rows, ([at]) => at), Float64Array.from(rows, ([, share]) => share)];
  return { symbol: null, length: rows.length, time, rate, rateScale: 6 };
}

describe("a swap market is quiet", () => {
  /** The first of six bars, from the second on, that has to be opened. */
  const loud = (setup: Partial<DeskSetup>, from = 1, to = 6): number => {
    const exchange = exchangeOf({ bars: [flat, flat, flat, flat, flat, flat], ...setup });
    for (let bar = 0; bar < from; bar += 1) exchange.advanceBar(market, bar);
    return exchange.quietUntil(market, from, to);
  };

  it.each<[what: string, stamp: number, expected: number]>([
    ["in the middle of a bar", 3 * minute + 5_000, 3],
    ["at the last ms of a bar", 3 * minute - 1, 2],
    ["at an open, which is the later bar's", 3 * minute, 3],
    ["in the bar that is asked about first", minute + 1, 1],
    ["at the end of what is asked about", 6 * minute, 6],
    ["behind it", 9 * minute, 6],
  ])("up to a funding stamp %s", (_, stamp, expected) => {
    expect(loud({ funding: [[stamp, 100]] })).toBe(expected);
  });

  it("to the end of what is asked about without another stamp, and where nothing is asked about", () => {
    expect(loud({ funding: [[minute, 100]] }, 2)).toBe(6);
    expect(loud({})).toBe(6);
    expect(loud({ funding: [[5 * minute, 100]] }, 0, 0)).toBe(0);
    expect(loud({ funding: [[5 * minute, 100]] }, 2, 4)).toBe(4);
  });

  it("up to a bar that comes near a liquidation, on either side", () => {
    // Long 10 at 100 with 100: liquidated up to 90.45. Short: from 109.46 on.
    const bars = (low: number, high: number): Bar[] => [flat, flat, [100, 104, 96, 100, 1_000], flat, [100, high, low, 100, 1_000], flat];
    const margined = { liquidation: "generic", leverage: 20, balances: { USDC: "100" } } as const;
    const held = (size: number, low: number, high: number) => loud({ ...margined, bars: bars(low, high), positions: [["NET", size, 100]] });
    expect([held(10, 90.45, 100), held(10, 95, 130), held(-10, 100, 109.46), held(-10, 70, 105)]).toEqual([4, 6, 4, 6]);
    expect(loud({ ...margined, bars: bars(1, 500) })).toBe(6);
  });

  it("never while a position is judged by a mark of its own: the trades do not tell where it goes", () => {
    const marks = Array.from({ length: 6 }, () => [100, 100, 100, 100] as const);
    const margined = { liquidation: "generic", leverage: 20, balances: { USDC: "100" }, marks } as const;
    expect([loud({ ...margined, positions: [["NET", 1, 100]] }), loud(margined)]).toEqual([1, 6]);
  });
});

describe("two markets on one wallet", () => {
  const cross = {
    leverage: 20,
    liquidation: "generic",
    balances: { USDC: "200" },
    holding: [
      [0, 10, 100],
      [1, 10, 100],
    ],
  } as const;

  it("are judged where the other one stands: its fall brings the liquidation nearer", () => {
    // BBB falls to 95 and 50 are gone: 200 - 50 + 10 (p - 100) ≤ 0.5 % × (10 p + 950) from 854.75 ÷ 9.95 = 85.904… down.
    const falls = (low: number) => {
      const exchange = pairOf({ ...cross, bars: [[[100, 100, low, 95, 1_000]], [[100, 100, 95, 95, 1_000]]] });
      exchange.advanceBar(second, 0);
      exchange.advanceBar(first, 0);
      return drain(exchange).map(line);
    };
    expect(falls(85.91)).toEqual([]);
    expect(falls(80)).toEqual(["liquidated NET 10 at 85.9 fee 0 insurance 0"]);
  });

  it("take the loss of one, by its mark, into account for the other in the same minute", () => {
    // AAA trades at 100 still, its mark has gone to 86: 140 of 200 are gone. BBB: 60 + 10 (p - 100) ≤ 0.5 % × (860 + 10 p), from
    // 944.3 ÷ 9.95 = 94.904… down. AAA has lost more, and goes first, at its trade price of 100.
    const marks = seriesOf("AAA/USDC:USDC", [[100, 100, 86, 86, 0]]);
    const exchange = pairOf({ ...cross, bars: [[flat], [[100, 100, 94.9, 95, 1_000]]], parts: [{ marks }, {}] });
    exchange.advanceBar(first, 0);
    expect(drain(exchange).map(line)).toEqual([]);
    exchange.advanceBar(second, 0);
    expect(drain(exchange).map(line)[0]).toBe("liquidated NET 10 at 100 fee 0 insurance 0");
  });

  it("go on with the rest: what one liquidation left is judged at the next price", () => {
    // AAA at 80 has lost all 200: AAA goes, then BBB has 0 against 5 and goes as well, at its last price.
    const exchange = pairOf({
      ...cross,
      bars: [
        [[100, 100, 70, 75, 1_000], flat],
        [flat, flat],
      ],
    });
    exchange.advanceBar(second, 0);
    exchange.advanceBar(first, 0);
    // 200 + 10 (p - 100) ≤ 0.5 % × (10 p + 1000) from 805 ÷ 9.95 = 80.904… down: 9 are left, and 9 > 5.
    expect(drain(exchange).map(line)).toEqual(["liquidated NET 10 at 80.9 fee 0 insurance 0"]);
    expect(exchange.position(1, "NET")?.quantity).toBe(1_000);
    // BBB: 9 + 10 (p - 100) ≤ 0.05 p from 991 ÷ 9.95 = 99.597… down.
    expect([
      exchange.perpetuals?.book?.endangered(1, price(99.59), price(100)),
      exchange.perpetuals?.book?.endangered(1, price(99.9), price(200)),
    ]).toEqual([true, false]);
  });
});

describe("a liquidation behind a gap", () => {
  it("comes before a stop that the same open passes: the position is the venue's by then", () => {
    const gap: Bar = [80, 85, 79, 84, 1_000];
    const desk = new Desk({
      bars: [flat, flat, gap],
      liquidation: "generic",
      leverage: 20,
      balances: { USDC: "100" },
      positions: [["NET", 10, 100]],
    });
    desk.next();
    desk.send({ type: "stop_market", side: "sell", quantity: 10, trigger: 95, reduceOnly: true });
    desk.next();
    expect(desk.next()).toEqual(["expired 1 after 0 liquidated", "liquidated NET 10 at 80 fee 0 insurance -100"]);
  });
});

describe("a position that a bar itself opens", () => {
  it("is judged from where it was opened on, not from where the leg of the path began", () => {
    // The low comes first: at 85 nothing is open. Bought at 105 on the way up, it is never below 104, and 95.53 is far. A short
    // is sold at 95 on the way down from 115.
    const after = (bar: Bar, path: "olhc" | "ohlc", ticket: Omit<Ticket, "quantity">) => {
      const desk = new Desk({ bars: [flat, bar], fill: { path }, liquidation: "generic", leverage: 20, balances: { USDC: "100" } });
      desk.send({ type: "stop_market", quantity: 10, ...ticket });
      desk.next();
      return desk.next();
    };
    expect(after([100, 106, 85, 104, 1_000], "olhc", { side: "buy", trigger: 105 })).toEqual(["fill 1: 10 at 105 taker fee 0.525 USDC"]);
    expect(after([100, 115, 94, 96, 1_000], "ohlc", { side: "sell", trigger: 95 })).toEqual(["fill 1: 10 at 95 taker fee 0.475 USDC"]);
  });

  it("is watched from then on, to the tick, though where its leg began it would have been lost", () => {
    const next = (low: number) => {
      const bars: Bar[] = [flat, [100, 106, 85, 104, 1_000], [104, 104, low, 100, 1_000]];
      const desk = new Desk({ bars, fill: { path: "olhc" }, liquidation: "generic", leverage: 20, balances: { USDC: "100" } });
      desk.send({ type: "stop_market", side: "buy", quantity: 10, trigger: 105 });
      desk.next();
      desk.next();
      return desk.next();
    };
    // 99.475 + 10 (p - 105) ≤ 0.05 p from 950.525 ÷ 9.95 = 95.530… down.
    expect([next(95.54), next(95.53), next(95.5)]).toEqual([
      [],
      ["liquidated NET 10 at 95.53 fee 0 insurance 0"],
      ["liquidated NET 10 at 95.53 fee 0 insurance 0"],
    ]);
  });

  it("is liquidated on the worst path of that bar, and not on the best", () => {
    // A buy stop at 105. High first: bought at 105, 99.475 + 10 (p - 105) ≤ 0.05 p from 95.530… down; low first: it is never down.
    const end = (path: "worst" | "best", low = 85) => {
      const desk = new Desk({
        bars: [flat, [100, 106, low, 104, 1_000]],
        fill: { path },
        liquidation: "generic",
        leverage: 20,
        balances: { USDC: "100" },
      });
      desk.send({ type: "stop_market", side: "buy", quantity: 10, trigger: 105 });
      desk.next();
      return [desk.next(), desk.exchange.markets[0]?.choice.turnedBars.size];
    };
    const [worst, turnedToWorst] = end("worst");
    const [best, turnedToBest] = end("best");
    expect(worst).toEqual(["fill 1: 10 at 105 taker fee 0.525 USDC", "liquidated NET 10 at 95.53 fee 0 insurance 0"]);
    expect(best).toEqual(["fill 1: 10 at 105 taker fee 0.525 USDC"]);
    // The high is nearer to the open: the adaptive path is the worst one.
    expect([turnedToWorst, turnedToBest]).toEqual([0, 1]);
    // With a low of 95 it is the nearer one, and the best: the worst is found beside it.
    expect([end("worst", 95), end("best", 95)]).toEqual([
      [worst, 1],
      [best, 0],
    ]);
  });
});

describe("funding", () => {
  it("of an isolated leg that the free balance cannot pay comes out of its margin, and brings its liquidation nearer", () => {
    // Margin 1000 ÷ 10 of a wallet of 104: at 1 % 10 are due, 4 of them from the balance, 6 from the margin.
    // 94 + 10 (p - 100) ≤ 0.05 p from 906 ÷ 9.95 = 91.055… down; with all of its margin from 90.45 down.
    const setup: DeskSetup = {
      bars: [flat, [100, 100, 91, 95, 1_000]],
      marginMode: "isolated",
      liquidation: "generic",
      leverage: 10,
      balances: { USDC: "104" },
      positions: [["NET", 10, 100]],
    };
    const told = (rate: number) => {
      const desk = new Desk({ ...setup, funding: [[minute, rate]] });
      desk.next();
      return desk.next();
    };
    expect(told(10_000)).toEqual(["funding NET -10 at 100 (last)", "liquidated NET 10 at 91.05 fee 0 insurance 0"]);
    // What is received goes to the wallet and leaves the margin as it is, as does what the balance can pay.
    expect(told(-10_000)).toEqual(["funding NET 10 at 100 (last)"]);
    expect(told(4_000)).toEqual(["funding NET -4 at 100 (last)"]);
  });

  it("at the last price for want of a mark is counted, payment by payment", () => {
    const hedged = {
      mode: "hedge",
      positions: [
        ["LONG", 1, 100],
        ["SHORT", -1, 100],
      ],
    } as const;
    const counted = (setup: Partial<DeskSetup>) => {
      const exchange = exchangeOf({
        bars: [flat, flat, flat],
        funding: [
          [minute, 100],
          [2 * minute, 100],
        ],
        ...setup,
      });
      for (let bar = 0; bar < 3; bar += 1) exchange.advanceBar(market, bar);
      return exchange.perpetuals?.lastPriceStamps;
    };
    expect([counted({ positions: [["NET", 1, 100]] }), counted(hedged), counted({})]).toEqual([2, 4, 0]);
    const mark = [100, 100, 100, 100] as const;
    // The marks end with the first minute: the second stamp is a minute behind their end, the third of 121 s beyond that.
    expect(counted({ positions: [["NET", 1, 100]], marks: [mark, mark, mark] })).toBe(0);
    expect(
      counted({
        positions: [["NET", 1, 100]],
        marks: [mark],
        funding: [
          [minute, 100],
          [2 * minute, 100],
          [2 * minute + 1, 100],
        ],
      }),
    ).toBe(1);
  });

  it("that is due between two bars is paid at the last close, each stamp for itself", () => {
    const instrument = instrumentOf();
    const { open, high, low, close, volume } = seriesOf(instrument.symbol, [
      [100, 105, 100, 105, 1_000],
      [120, 121, 119, 120, 1_000],
    ]);
    const time = Float64Array.from([0, 10 * interval]);
    const series = new BarSeries(
      { symbol: instrument.symbol, timeframe: "1m", interval, priceScale, quantityScale },
      { time, open, high, low, close, volume },
    );
    const exchange = new VirtualExchange({
      markets: [{ instrument, series, funding: fundingOf([5 * minute, 100], [9 * minute, 200]) }],
      profile: venueProfiles["generic"] as VenueProfile,
      fill: defaultFillModel,
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "1000" },
      positions: [{ market: 0, leg: "NET", quantity: quantity(2), price: price(100) }],
      seed: 1,
    });
    exchange.advanceBar(market, 0);
    exchange.advanceBar(market, 1);
    // 2 × 105 × 0.01 %, and twice that.
    expect(drain(exchange).map(line)).toEqual(["funding NET -0.021 at 105 (last)", "funding NET -0.042 at 105 (last)"]);
  });

  it("that is due before the first trade of all is paid at that trade", () => {
    const instrument = instrumentOf();
    const exchange = new VirtualExchange({
      markets: [
        {
          instrument,
          series: seriesOf(instrument.symbol, [flat]),
          inside: tradesOf([
            [5_000, 100, 5],
            [6_000, 101, 5],
          ]),
          funding: fundingOf([1_000, 100]),
        },
      ],
      profile: venueProfiles["generic"] as VenueProfile,
      fill: defaultFillModel,
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "1000" },
      seed: 1,
    });
    exchange.outside.apply({ do: "trade", leg: "NET", side: "buy", quantity: "2", price: "90", notify: false }, market, 0 as never);
    exchange.advanceBar(market, 0);
    expect(drain(exchange).map(line)).toEqual(["funding NET -0.02 at 100 (last)"]);
  });
});

describe("a restart in between", () => {
  const copied = (exchange: VirtualExchange, setup: DeskSetup): VirtualExchange => {
    const again = exchangeOf(setup);
    again.importState(JSON.parse(JSON.stringify(exchange.exportState())) as never);
    return again;
  };

  it("keeps the marks, and what was paid at the last price", () => {
    const mark = (at: number) => [at, at, at, at] as const;
    const setup: DeskSetup = {
      bars: [flat, flat, [100, 100, 99, 99, 1_000]],
      marks: [mark(100), mark(92)],
      liquidation: "generic",
      leverage: 20,
      balances: { USDC: "100" },
      positions: [["NET", 10, 100]],
      funding: [[2 * minute + minute + 1, 100]],
    };
    const before = exchangeOf(setup);
    for (const bar of [0, 1]) before.advanceBar(market, bar);
    const after = copied(before, setup);
    // At a mark of 92 there are 20 left against 4.6: a cushion of 15.4 for 10 of them; at the trades' 100 it would be 95.
    const near = (exchange: VirtualExchange) => [price(91), price(89)].map((low) => exchange.perpetuals?.book?.endangered(0, low, price(92)));
    expect([near(before), near(after)]).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(after.perpetuals?.snapshot()).toMatchObject({ marks: [9_200], paidThrough: [-1], lastPriceStamps: 0, shareTime: null });
    for (const exchange of [before, after]) exchange.advanceBar(market, 2);
    expect(drain(after).map(line)).toEqual(drain(before).map(line));
  });

  it("remembers that a share was closed: on Hyperliquid the whole goes within 30 s of it", () => {
    // Long 20 at 10,000 with 5,000: at 9,850 equity is 2,000 ≤ 1.25 % × 197,000 = 2,462.5, and above two thirds of it.
    const bars: Bar[] = [
      [10_000, 10_000, 10_000, 10_000, 1_000],
      [10_000, 10_000, 9_850, 9_850, 1_000],
      [9_850, 9_850, 9_850, 9_850, 1_000],
    ];
    const setup: DeskSetup = {
      bars,
      liquidation: "hyperliquid",
      leverage: 40,
      balances: { USDC: "5000" },
      positions: [["NET", 20, 10_000]],
      profile: { maintenanceMarginRate: "0.0125" },
    };
    const before = exchangeOf(setup);
    for (const bar of [0, 1]) before.advanceBar(market, bar);
    const told = drain(before);
    expect(told.filter(({ type }) => type === "liquidated")).not.toEqual([]);
    const saved = before.exportState().perpetuals?.shareTime ?? null;
    expect(saved).toBe(told.find(({ type }) => type === "liquidated")?.time);
    expect(copied(before, setup).perpetuals?.snapshot().shareTime).toBe(saved);
  });

  it("of a session without a rule has neither margins nor a share", () => {
    const setup: DeskSetup = { bars: [flat, flat], funding: [[minute, 100]], positions: [["NET", 1, 100]] };
    const before = exchangeOf(setup);
    for (const bar of [0, 1]) before.advanceBar(market, bar);
    const after = copied(before, setup);
    expect(after.perpetuals?.snapshot()).toEqual({ paidThrough: [minute], marks: [null], lastPriceStamps: 1, shareTime: null, margin: null });
    expect(after.exportState()).toEqual(before.exportState());
  });
});
