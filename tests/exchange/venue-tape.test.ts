// The venue's tape: what it did, in its own order and numbers, whatever became of the telling. All figures by hand.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, VenueEntry } from "../../src/domain/index.ts";
import { disturb, venueTapeLines, type Disturbance } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const market = 0 as MarketIndex;
const any = { next: 1, family: null, symbol: null } as const;

const taped = (setup: Partial<DeskSetup> = {}): Desk => new Desk({ bars: [calm, dip, calm, calm], tape: true, ...setup });
const entries = (desk: Desk): readonly VenueEntry[] => desk.exchange.tape?.entries ?? [];
const kinds = (desk: Desk): string[] => entries(desk).map(({ type }) => type);
const last = (desk: Desk): VenueEntry | undefined => entries(desk).at(-1);

describe("the head of a tape", () => {
  it("says what stood at the account before the first bar, and the scales of all that follows", () => {
    const { tape } = exchangeOf({
      bars: [calm],
      tape: true,
      mode: "hedge",
      positions: [["SHORT", -2, 101]],
      profile: { feeCurrency: "third", thirdCurrency: { currency: "XYZ", price: "600", factor: "1" } },
    });
    expect(tape?.head).toEqual({
      schema: "venue_tape_v1",
      mode: "hedge",
      settlement: "USDC",
      scales: { USDC: 6, XYZ: 8 },
      markets: [{ symbol: "ABC/USDC:USDC", priceScale: 2, quantityScale: 2 }],
      balances: { USDC: 1_000_000_000, XYZ: 0 },
      // 2 × 101, at six decimals; the flat LONG leg is not named.
      positions: [{ market: 0, leg: "SHORT", quantity: -200, cost: expect.any(Number) as number }],
    });
    expect(Math.abs(tape?.head.positions[0]?.cost ?? 0)).toBe(202_000_000);
  });

  it("is kept only where somebody audits", () => {
    expect(exchangeOf({ bars: [calm] }).tape).toBe(null);
    expect(exchangeOf({ bars: [calm], tape: false }).tape).toBe(null);
  });
});

describe("an order on the tape", () => {
  it("is noted as it is taken and as it fills, with what the leg and the account hold afterwards", () => {
    const desk = taped({ positions: [["NET", 2, 100]] });
    desk.send(rest);
    desk.next();
    desk.next();
    expect(entries(desk)).toEqual([
      {
        type: "accepted",
        time: 0,
        bar: 0,
        market: 0,
        order: 256,
        venueOrderId: 1,
        side: "buy",
        leg: "NET",
        family: "entry",
        orderType: "limit",
        quantity: 100,
        closing: false,
        epoch: 1,
      },
      // Up to 101 in the first quarter, down to 97 in the second: the fall is told at 60 + 30 s. 98 × 0.0002 = 0.0196
      {
        type: "filled",
        time: 90_000,
        bar: 1,
        market: 0,
        order: 256,
        venueOrderId: 1,
        trade: 1,
        side: "buy",
        leg: "NET",
        price: 9_800,
        quantity: 100,
        fee: 19_600,
        feeCurrency: "USDC",
        liquidity: "maker",
        cumulative: 100,
        left: 0,
        position: 300,
        balances: { USDC: 999_980_400 },
      },
    ]);
  });

  it("has its end where that is no fill, with what had filled by then", () => {
    const desk = taped({ bars: [calm, [100, 100, 97.9, 99, 4], calm, calm], fill: { volumeCap: "0.1" } });
    desk.send(rest);
    desk.send({ ...rest, price: 90, timeInForce: "GTD", terms: { goodTill: 60_000 } });
    desk.next();
    desk.next();
    desk.cancel(1);
    desk.next();
    expect(kinds(desk)).toEqual(["accepted", "accepted", "ended", "filled", "ended"]);
    expect(entries(desk)[2]).toEqual({
      type: "ended",
      time: 60_000,
      bar: 0,
      market: 0,
      order: 512,
      venueOrderId: 2,
      status: "EXPIRED",
      cumulative: 0,
    });
    expect(entries(desk)[3]).toMatchObject({ quantity: 40, cumulative: 40, left: 60 });
    expect(last(desk)).toEqual({ type: "ended", time: 120_000, bar: 2, market: 0, order: 256, venueOrderId: 1, status: "CANCELED", cumulative: 40 });
  });

  it("that is refused is noted with the reason, and no second one for a refused cancel or amendment", () => {
    const desk = taped();
    desk.send({ ...rest, quantity: 100 });
    desk.next();
    desk.cancel(1);
    desk.amend(1, { price: 97 });
    desk.next();
    expect(entries(desk)).toEqual([{ type: "rejected", time: 0, bar: 0, market: 0, order: 256, reason: "insufficient_funds" }]);
  });

  it("that is turned away at the door is noted before it could arrive", () => {
    const desk = taped();
    desk.exchange.limitRequests({ do: "ban", lengthMs: 60_000 }, 0 as Millis);
    desk.send(rest);
    expect(entries(desk)).toEqual([{ type: "rejected", time: 0, bar: -1, market: 0, order: 256, reason: "rate_limited" }]);
  });

  it("that is amended goes under both of its ids where the venue replaces it, and under one where it does not", () => {
    for (const [amend, venueOrderId] of [
      ["cancel_replace", 2],
      ["keep_id", 1],
    ] as const) {
      const desk = taped({ profile: { amend } });
      desk.send(rest);
      desk.next();
      desk.amend(1, { quantity: 2 });
      desk.next();
      const changed = entries(desk).find(({ type }) => type === "amended");
      expect(changed).toEqual({ type: "amended", time: 60_000, bar: 1, market: 0, order: 256, venueOrderId, formerId: 1, quantity: 200 });
    }
  });

  it("goes on under another id when its stop fires, where a fault says so", () => {
    const desk = taped({ positions: [["NET", 1, 100]] });
    desk.exchange.arm({ do: "renumber_on_trigger", ...any });
    desk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98, reduceOnly: true });
    desk.next();
    desk.next();
    expect(kinds(desk)).toEqual(["accepted", "amended", "filled"]);
    expect(entries(desk)[1]).toEqual({ type: "amended", time: 90_000, bar: 1, market: 0, order: 256, venueOrderId: 2, formerId: 1, quantity: 100 });
  });

  it("under a repeated id goes by the client's number, each with an id of the venue's", () => {
    const desk = taped({ profile: { idempotency: "I0" } });
    desk.send(rest);
    desk.send({ ...rest, number: 1 });
    desk.next();
    desk.cancel(1);
    desk.next();
    const named = entries(desk).map((entry) => ("venueOrderId" in entry ? [entry.type, entry.order, entry.venueOrderId] : []));
    // The second one fills in the fall to 97; the cancel took the first.
    expect(named).toEqual([
      ["accepted", 256, 1],
      ["accepted", 256, 2],
      ["ended", 256, 1],
      ["filled", 256, 2],
    ]);
  });

  it("carries the epoch of the process that sent it", () => {
    const desk = taped({ history: true });
    const { history } = desk.exchange;
    history?.sent(256 as never);
    history?.signedIn(3);
    history?.sent(512 as never);
    desk.send(rest);
    desk.send(rest);
    desk.next();
    expect(entries(desk).map((entry) => entry.type === "accepted" && entry.epoch)).toEqual([1, 3]);
  });
});

describe("balances on the tape", () => {
  it("are those that the trade moves: money and coins of a spot market, and the currency of the fee", () => {
    const profile = { feeCurrency: "third", thirdCurrency: { currency: "XYZ", price: "50", factor: "1" }, takerFee: "0.001" } as const;
    const desk = taped({ rules: spotRules, profile, balances: { USDC: "1000", XYZ: "1" } });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    // 100 × 0.001 = 0.1 USDC, at 50 each 0.002 XYZ
    expect(last(desk)).toMatchObject({
      type: "filled",
      fee: 200_000,
      feeCurrency: "XYZ",
      balances: { USDC: 900_000_000, ABC: 100, XYZ: 99_800_000 },
    });
    expect(Object.keys((last(desk) as { balances: object }).balances)).toEqual(["USDC", "ABC", "XYZ"]);
    const swap = taped({ profile, balances: { USDC: "1000", XYZ: "1" } });
    swap.send({ side: "buy", quantity: 1 });
    swap.next();
    expect(last(swap)).toMatchObject({ balances: { USDC: 1_000_000_000, XYZ: 99_800_000 } });
    const plain = taped({ rules: spotRules });
    plain.send({ side: "buy", quantity: 1 });
    plain.next();
    expect(Object.keys((last(plain) as { balances: object }).balances)).toEqual(["USDC", "ABC"]);
  });
});

describe("what happens without an order of the session", () => {
  const byHand = (step: Disturbance, setup: Partial<DeskSetup> = {}): Desk => {
    const desk = taped({ positions: [["NET", 2, 100]], ...setup });
    desk.next();
    desk.disturb(step);
    return desk;
  };

  it("funding is noted with its rate, its mark and what is left", () => {
    const desk = taped({ positions: [["NET", 2, 100]], funding: [[60_000, 1_000]] });
    desk.next();
    desk.next();
    // 2 × 100 × 0.001 = 0.2 is paid at the open of bar 1.
    expect(entries(desk)).toEqual([
      {
        type: "funded",
        time: 60_000,
        bar: 1,
        market: 0,
        leg: "NET",
        quantity: 200,
        rate: 1_000,
        rateScale: 6,
        mark: 10_000,
        amount: -200_000,
        balances: { USDC: 999_800_000 },
      },
    ]);
  });

  it("a liquidation and a deleveraging are told apart", () => {
    const desk = byHand({ do: "liquidate", leg: "NET", share: "0.5", price: "95" });
    // 1 × (95 − 100)
    const leg = { time: 60_000, bar: 0, market: 0, leg: "NET", side: "sell", quantity: 100, fee: 0, insurance: 0 };
    expect(entries(desk)).toEqual([{ type: "liquidated", ...leg, price: 9_500, position: 100, balances: { USDC: 995_000_000 } }]);
    desk.exchange.outside.deleverage(market, { do: "adl", leg: "NET", quantity: null, share: null, price: "90" }, desk.now as Millis);
    expect(last(desk)).toEqual({ type: "deleveraged", ...leg, price: 9_000, position: 0, balances: { USDC: 985_000_000 } });
  });

  it("a trade by hand is noted without a fee", () => {
    const desk = byHand({ do: "trade", leg: "NET", side: "sell", quantity: "3", price: "90", notify: false });
    // 2 × (90 − 100); one short is left.
    const terms = { leg: "NET", side: "sell", quantity: 300, price: 9_000, fee: 0, feeCurrency: "USDC" };
    expect(entries(desk)).toEqual([
      { type: "traded_outside", time: 60_000, bar: 0, market: 0, ...terms, position: -100, balances: { USDC: 980_000_000 } },
    ]);
  });

  it("of another party's order only its trades are noted, as trades outside", () => {
    const foreign = { do: "foreign_order", leg: "NET", side: "buy", trigger: null, reduceOnly: false, notify: false } as const;
    const desk = byHand({ ...foreign, quantity: "1", price: "98" });
    desk.disturb({ ...foreign, quantity: "100", price: "98" });
    desk.next();
    // The second is refused for want of funds: no order of the session. Position 2 + 1.
    expect(entries(desk)).toEqual([
      {
        type: "traded_outside",
        time: 90_000,
        bar: 1,
        market: 0,
        leg: "NET",
        side: "buy",
        quantity: 100,
        price: 9_800,
        fee: 19_600,
        feeCurrency: "USDC",
        position: 300,
        balances: { USDC: 999_980_400 },
      },
    ]);
    desk.disturb({ ...foreign, quantity: "1", price: "90" });
    desk.next();
    desk.disturb({ do: "delist", price: "100", notify: false });
    expect(kinds(desk)).toEqual(["traded_outside", "traded_outside"]);
  });

  it("a trade that is taken back is noted with what is left of the leg", () => {
    const desk = taped();
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.disturb({ do: "void_fill", family: null });
    const named = { order: 256, venueOrderId: 1, trade: 1 };
    expect(last(desk)).toEqual({ type: "voided", time: 60_000, bar: 0, market: 0, ...named, position: 0, balances: { USDC: 1_000_000_000 } });
  });

  it("money that comes or goes is noted by its currency, and ids that begin again", () => {
    const desk = byHand({ do: "move_funds", currency: "USDC", amount: "-50", text: "", notify: false });
    desk.disturb({ do: "venue_restart", orders: "kept", ids: "reset" });
    expect(entries(desk)).toEqual([
      { type: "flowed", time: 60_000, currency: "USDC", amount: -50_000_000, balances: { USDC: 950_000_000 } },
      { type: "renumbered", time: 60_000 },
    ]);
  });
});

describe("a tape as text", () => {
  it("is the head, then an entry a line", () => {
    const exchange = exchangeOf({ bars: [calm], tape: true });
    disturb(exchange, { do: "move_funds", currency: "USDC", amount: "1", text: "", notify: false }, market, 5 as Millis);
    const { tape } = exchange;
    if (tape === null) throw new Error("there is no tape");
    const [head, ...rows] = [...venueTapeLines(tape)].map((text) => JSON.parse(text) as object);
    expect(head).toMatchObject({ schema: "venue_tape_v1", settlement: "USDC" });
    expect(rows).toEqual([{ type: "flowed", time: 5, currency: "USDC", amount: 1_000_000, balances: { USDC: 1_001_000_000 } }]);
  });
});
