// The saved state: another exchange continues from its JSON with the same bytes (row 004-VX-4).
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis } from "../../src/domain/index.ts";
import { disturb, type VirtualExchange, type VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, line, spotRules, type Bar, type DeskSetup } from "./desk.ts";
import { outcomeOf } from "../domain/outcome.ts";
import { flow, type Flow } from "./flow.ts";
import { exchangeFor, hear, play, playBar } from "./play.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 100, 98, 99, 4];

function copy(exchange: VirtualExchange): VirtualExchangeState {
  return JSON.parse(JSON.stringify(exchange.exportState())) as VirtualExchangeState;
}

describe("a saved exchange", () => {
  it("continues like one that never stopped", () => {
    const cases = flow().chain((given) =>
      fc.tuple(fc.constant(given), fc.nat(given.bars.length - 1), fc.integer(), fc.constantFrom("immediate" as const, "seeded" as const)),
    );
    fc.assert(
      fc.property(cases, ([plain, bars, seed, delivery]) => {
        const given: Flow = { ...plain, fill: { ...plain.fill, delivery, deliveryWindow: 150_000 } };
        const settings = { seed, wallet: 60_000, leverage: 5, profile: { maintenanceMarginRate: "0.01", idempotency: "I3" } } as const;
        const first = exchangeFor(given, settings);
        first.arm({ do: "reject_probability", probability: 0.1, code: null });
        first.arm({ do: "partial_fill", next: 4, family: null, symbol: null, share: "0.4" });
        first.arm({ do: "lose_reply", next: 2, family: null, symbol: null });
        for (let bar = 0; bar < bars; bar += 1) playBar(first, given, bar);
        const second = exchangeFor(given, settings);
        second.importState(copy(first));
        expect(copy(second)).toEqual(copy(first));
        expect(JSON.stringify([play(second, given, bars), hear(second, -1)])).toBe(JSON.stringify([play(first, given, bars), hear(first, -1)]));
        expect(JSON.stringify(second.exportState())).toBe(JSON.stringify(first.exportState()));
        expect([second.equity(), second.invariantChecks]).toEqual([first.equity(), first.invariantChecks]);
      }),
      { numRuns: 400 },
    );
  });

  it("continues with everything that is wrong with it", () => {
    const cases = flow().chain((given) => fc.tuple(fc.constant(given), fc.nat(given.bars.length - 1), fc.integer()));
    const any = { family: null, symbol: null } as const;
    const far = 9_007_199_254_740_991;
    fc.assert(
      fc.property(cases, ([plain, bars, seed]) => {
        const given: Flow = { ...plain, fill: { ...plain.fill, delivery: "seeded", deliveryWindow: 90_000 } };
        const settings = { seed, wallet: 60_000, leverage: 5, profile: { maintenanceMarginRate: "0.01" } } as const;
        const first = exchangeFor(given, settings);
        for (const fault of [
          { do: "late_accept", ...any, next: far, probability: 0.2, delayMs: 120_000 },
          { do: "fill_before_ack", ...any, next: far, probability: 0.3 },
          { do: "late_fill", ...any, next: far, probability: 0.3, share: "0.5", delayMs: 60_000 },
          { do: "fail_amend", ...any, next: far, probability: 0.3, outcome: "half" },
          { do: "reorder_messages", ...any, next: far, probability: 0.5, messages: null, withinMs: 200_000 },
          { do: "duplicate_message", ...any, next: far, probability: 0.3, messages: ["fill"], copies: 2, delayMs: 5, newTradeIds: true },
        ] as const)
          first.arm(fault);
        const market = 0 as MarketIndex;
        disturb(
          first,
          {
            do: "foreign_order",
            leg: given.mode === "hedge" ? "LONG" : "NET",
            side: "buy",
            quantity: "1",
            price: "99",
            trigger: null,
            reduceOnly: false,
            notify: true,
          },
          market,
          0 as Millis,
        );
        disturb(first, { do: "stream_gap", symbol: null, lengthMs: 150_000, notify: false, pings: false }, market, 0 as Millis);
        disturb(first, { do: "freeze_funds", currency: "USDC", amount: "10" }, market, 0 as Millis);
        for (let bar = 0; bar < bars; bar += 1) playBar(first, given, bar);
        const second = exchangeFor(given, settings);
        second.importState(copy(first));
        expect(copy(second)).toEqual(copy(first));
        expect(JSON.stringify([play(second, given, bars), hear(second, -1)])).toBe(JSON.stringify([play(first, given, bars), hear(first, -1)]));
        expect(JSON.stringify(second.exportState())).toBe(JSON.stringify(first.exportState()));
      }),
      { numRuns: 200 },
    );
  });

  it("fills on its next bar what rested when it was saved, and still knows what is gone", () => {
    const setup: DeskSetup = { bars: [calm, calm, [100, 100, 98, 99, 1_000]] };
    const desk = new Desk(setup);
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98.5 });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.next();
    const continued = exchangeOf(setup);
    continued.importState(copy(desk.exchange));
    continued.query(512 as never, 0 as MarketIndex, 120_000 as never);
    expect(drain(continued).map(line)).toEqual(["answer 2 FILLED 1 1 fills"]);
    continued.advanceBar(0 as MarketIndex, 2);
    expect(drain(continued).map(line)).toEqual(["fill 1: 1 at 98.5 maker fee 0.0197 USDC"]);
  });

  it("keeps requests that are on their way, and answers that were not heard", () => {
    const setup: DeskSetup = { bars: [calm, calm, [100, 100, 98, 99, 1_000]] };
    const desk = new Desk(setup);
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 97 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 96 });
    desk.exchange.advanceBar(0 as MarketIndex, 0);
    desk.cancel(2, 60_000);
    desk.amend(1, { price: 98.5 });
    desk.send({ side: "sell", quantity: 1 }, 60_000);
    const continued = exchangeOf(setup);
    continued.importState(copy(desk.exchange));
    expect(drain(continued).map(line)).toEqual(["ack 1", "ack 2"]);
    continued.advanceBar(0 as MarketIndex, 1);
    expect(drain(continued).map(line)).toEqual(["canceled 2 after 0", "amended 1 1 9850", "ack 3", "fill 3: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("keeps answers to questions that were not heard, under the ids that the venue counts", () => {
    const setup: DeskSetup = { bars: [calm, calm] };
    const desk = new Desk(setup);
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 97 });
    desk.next();
    desk.query(1);
    desk.query(9);
    desk.exchange.queryOpenOrders(0 as MarketIndex, 60_000 as Millis);
    const saved = copy(desk.exchange);
    const printed = { venueOrderId: "vex-00000001" };
    expect(saved.outbox.waiting.map(({ event }) => event)).toMatchObject([printed, { venueOrderId: null }, { orders: [printed] }]);
    const continued = exchangeOf(setup);
    continued.importState(saved);
    const counted = { venueOrderId: 1 };
    expect(drain(continued)).toMatchObject([counted, { venueOrderId: null }, { orders: [counted] }]);
  });

  it("opens its next bar for a stop-limit that a sibling has ended, as the one that never stopped does", () => {
    // The path goes up to 105, where the stop-limit is triggered to live from the next open on, then down to 95, where its
    // sibling fills and ends it.
    const bars: Bar[] = [calm, [104, 105, 94, 100, 100], calm];
    const setup: DeskSetup = { bars, fill: { stopLimit: "next-bar", path: "ohlc", volumeCap: "0.1" } };
    const desk = new Desk(setup);
    desk.send({ type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 104, terms: { group: 1 } });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 95, terms: { group: 1 } });
    desk.next();
    expect(desk.next()).toContain("expired 1 after 0 one_cancels_other");
    const continued = exchangeOf(setup);
    continued.importState(copy(desk.exchange));
    expect(copy(continued)).toEqual(copy(desk.exchange));
    for (const exchange of [continued, desk.exchange]) exchange.advanceBar(0 as MarketIndex, 2);
    expect(copy(continued)).toEqual(copy(desk.exchange));
  });

  it("keeps a stop-limit that lives from the next open on, and the life of a limit", () => {
    const bars: Bar[] = [calm, [100, 106, 99, 104.5, 100], [103, 105, 102, 105, 100]];
    const setup: DeskSetup = { bars, fill: { stopLimit: "next-bar" } };
    const desk = new Desk(setup);
    desk.send({ type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 104 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98, timeToLive: 150_000 });
    desk.next();
    desk.next();
    const continued = exchangeOf(setup);
    continued.importState(copy(desk.exchange));
    continued.advanceBar(0 as MarketIndex, 2);
    expect(drain(continued).map(line)).toEqual(["fill 1: 1 at 103 taker fee 0.0515 USDC"]);
    continued.cancel(512 as never, 0 as MarketIndex, 150_000 as never);
    expect(drain(continued).map(line)).toEqual(["canceled 2 after 0"]);
  });

  it("keeps what it has counted, and which ids are taken", () => {
    const setup: DeskSetup = { bars: [calm, dip, dip], fill: { timeToLive: "whole-bar" }, profile: { idempotency: "I1" } };
    const desk = new Desk(setup);
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98.5, timeToLive: 61_000 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 90 });
    desk.next();
    desk.next();
    const continued = new Desk(setup);
    continued.exchange.importState(copy(desk.exchange));
    expect(continued.exchange.markets[0]?.optimisticLives).toBe(1);
    continued.send({ type: "limit", side: "buy", quantity: 1, price: 90, number: 2 });
    continued.exchange.advanceBar(0 as MarketIndex, 2);
    expect(continued.heard()).toEqual(["reject 2 duplicate_client_order_id"]);
  });

  it("knows its past: ids that came before, trades, and the danger that its position is in", () => {
    const setup: DeskSetup = {
      bars: [calm, [100, 100, 85, 90, 10], calm],
      profile: { idempotency: "I3" },
      history: true,
      leverage: 10,
      balances: { USDC: "100" },
    };
    const desk = new Desk(setup);
    desk.send({ side: "buy", quantity: 9 });
    desk.next();
    const continued = new Desk(setup);
    continued.exchange.importState(copy(desk.exchange));
    continued.exchange.queryFills(0 as MarketIndex, 0 as Millis, 60_000 as Millis);
    expect(continued.heard()).toEqual(["trades 1 own 0 foreign"]);
    continued.send({ side: "buy", quantity: 1, number: 1 }, 60_000);
    continued.exchange.advanceBar(0 as MarketIndex, 1);
    // 9 long lose 135 of 99.55 at the low of 85.
    expect(continued.heard().map((told) => told.slice(0, 22))).toEqual(["reject 1 duplicate_cli", "insolvent -35.45 of 3."]);
    expect(continued.exchange.invariantChecks).toBeGreaterThan(0);
  });

  it("counts its ids on: an order that comes later has the next one", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    const continued = new Desk({ bars: [calm, calm] });
    continued.exchange.importState(copy(desk.exchange));
    continued.send({ side: "buy", quantity: 1, number: 7 });
    continued.exchange.advanceBar(0 as MarketIndex, 1);
    expect(drain(continued.exchange)).toMatchObject([
      { type: "order_acknowledged", venueOrderId: 2, sequence: 3 },
      { type: "order_filled", trade: 2, sequence: 4 },
    ]);
  });

  it("is plain JSON with printed ids, and a picture that later bars do not change", () => {
    const desk = new Desk({ bars: [calm, dip, dip], fill: { volumeCap: "0.1" } });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98.5 });
    desk.exchange.advanceBar(0 as MarketIndex, 0);
    desk.exchange.advanceBar(0 as MarketIndex, 1);
    const state = desk.exchange.exportState();
    const text = JSON.stringify(state);
    expect(JSON.parse(text)).toEqual(state);
    expect(state.schema).toBe("virtual_exchange_state_v4");
    expect(state.markets[0]?.orders[0]?.id).toBe("vex-00000001");
    expect(state.outbox.waiting[0]?.event).toMatchObject({ type: "order_acknowledged", venueOrderId: "vex-00000001" });
    desk.exchange.advanceBar(0 as MarketIndex, 2);
    expect(JSON.stringify(state)).toBe(text);
  });
});

describe("a state that does not fit", () => {
  const state = (): VirtualExchangeState => {
    const desk = new Desk({ bars: [calm] });
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ type: "limit", side: "buy", quantity: 1, price: 98 });
    desk.exchange.advanceBar(0 as MarketIndex, 0);
    return copy(desk.exchange);
  };
  const fresh = (setup: Partial<DeskSetup> = {}): VirtualExchange => exchangeOf({ bars: [calm], ...setup });

  it.each([
    ["another schema", { schema: "virtual_exchange_state_v1" }, {}, "its schema is virtual_exchange_state_v1"],
    ["other markets", {}, { rules: { symbol: "XYZ/USDC:USDC" } }, "it has the markets ABC/USDC:USDC, not XYZ/USDC:USDC"],
    ["other currencies", {}, { rules: { ...spotRules, symbol: "ABC/USDC:USDC" } }, "it has the currencies USDC, not ABC, USDC"],
    ["another delivery", {}, { fill: { delivery: "seeded" } }, "its answers are not delivered by a seed"],
  ] as const)("is refused: %s", (_, change, setup, reason) => {
    const exchange = fresh(setup);
    const refused = () => exchange.importState({ ...state(), ...(change as object) });
    expect(refused).toThrow(reason);
    expect(outcomeOf(refused)).toBe("bad_venue_state");
  });

  it("is refused by an exchange with a history", () => {
    const desk = new Desk({ bars: [calm] });
    desk.next();
    expect(() => desk.exchange.importState(state())).toThrow("history of its own");
  });

  it("is refused by one that has said something, before any bar", () => {
    const exchange = fresh();
    exchange.queryPosition(0 as MarketIndex, "NET", 0 as Millis);
    expect(() => exchange.importState(state())).toThrow("history of its own");
  });

  it("is refused when it names an order that is not there", () => {
    const saved = state();
    const markets = saved.markets.map((market) => ({ ...market, arrivals: [{ do: "activate" as const, order: 9 as never }] }));
    expect(() => fresh().importState({ ...saved, markets })).toThrow("order 9 awaits the open and is not there");
  });

  it("is refused when its money does not add up", () => {
    const saved = state();
    const wallets = saved.account.wallets.map((amount) => amount + 1);
    expect(() => fresh().importState({ ...saved, account: { ...saved.account, wallets } })).toThrow("wallet");
  });

  it("is refused when an id is none of ours", () => {
    const saved = state();
    for (const id of ["1", "vex-1", "a vex-00000001", "vex-00000001a", "vex-0000000000000001"]) {
      const markets = saved.markets.map((market) => ({ ...market, orders: market.orders.map((order) => ({ ...order, id })) }));
      expect(outcomeOf(() => fresh().importState({ ...saved, markets }))).toBe("bad_venue_state");
    }
  });
});
