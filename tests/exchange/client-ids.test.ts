// What a repeated client order id is at a venue, by its class: another order, or a refusal while the first is open, within a
// window of time, or for ever.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Millis, OrderNumber } from "../../src/domain/index.ts";
import { ClientIdMemory, type Idempotency, type VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, orderOf, type Bar } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const bars = Array.from({ length: 6 }, () => calm);
const market = { side: "buy", quantity: 1, number: 1 } as const;
const resting = { type: "limit", side: "buy", quantity: 1, price: 95, number: 1 } as const;

function deskOf(idempotency: Idempotency, windowMs: number | null = null): Desk {
  return new Desk({ bars, profile: { idempotency, idempotencyWindowMs: windowMs } });
}

describe("an id that comes again", () => {
  it("is another order where ids are not told apart (I0): both fill", () => {
    const desk = deskOf("I0");
    desk.send(market);
    desk.send(market);
    expect(desk.next().filter((answer) => answer.startsWith("fill"))).toEqual([
      "fill 1: 1 at 100 taker fee 0.05 USDC",
      "fill 1: 1 at 100 taker fee 0.05 USDC",
    ]);
    expect(desk.position()).toBe(2);
  });

  it("stands in the book twice under I0, and a cancel takes the older one first", () => {
    const desk = deskOf("I0");
    desk.send(resting);
    desk.send({ ...resting, price: 96 });
    expect(desk.next()).toEqual(["ack 1", "ack 1"]);
    expect(desk.exchange.markets[0]?.orders.size).toBe(2);
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
    desk.cancel(1);
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0", "cancel rejected 1 unknown_order_at_venue"]);
  });

  it("three times over is three orders, and a query tells of the first", () => {
    const desk = deskOf("I0");
    for (const price of [95, 96, 97]) desk.send({ ...resting, price });
    desk.next();
    desk.query(1);
    expect(desk.heard()).toEqual(["answer 1 SUBMITTED 0 0 fills"]);
    const held = [desk.held()];
    for (let n = 0; n < 3; n += 1) {
      desk.cancel(1);
      expect(desk.next()).toEqual(["canceled 1 after 0"]);
      held.push(desk.held());
    }
    // The oldest goes first: 95, 96, 97.
    expect(held).toEqual(["288", "193", "97", "0"]);
  });

  it("goes on being two orders in another process", () => {
    const desk = deskOf("I0");
    desk.send(resting);
    desk.send(resting);
    desk.next();
    const second = exchangeOf({ bars, profile: { idempotency: "I0" } });
    second.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    expect(second.markets[0]?.orders.size).toBe(2);
    expect(second.exportState()).toEqual(desk.exchange.exportState());
  });

  it.each<[Idempotency, number | null, string[]]>([
    // while it is open, just after its end, 60 s after its acceptance, 120 s after it
    ["I1", null, ["refused", "taken", "taken", "taken"]],
    ["I2", 100_000, ["refused", "refused", "refused", "taken"]],
    ["I3", null, ["refused", "refused", "refused", "refused"]],
  ])("under %s is refused: %s ms, %j", (idempotency, windowMs, expected) => {
    const outcome = (wait: number): string => {
      const desk = deskOf(idempotency, windowMs);
      desk.send(wait < 0 ? resting : market);
      desk.next();
      for (let bar = 0; bar < wait; bar += 1) desk.next();
      desk.send(wait < 0 ? resting : market);
      const answers = desk.next();
      return answers.includes("reject 1 duplicate_client_order_id") ? "refused" : answers.some((answer) => answer === "ack 1") ? "taken" : "?";
    };
    // Accepted at the open of bar 0, it comes again at the opens of the bars 1, 1, 1 and 2.
    expect([outcome(-1), outcome(0), outcome(0), outcome(1)]).toEqual(expected);
  });

  it("is refused with the venue's own code and ccxt's class", () => {
    const desk = new Desk({ bars, venue: "binance-usdm", profile: { halfSpreadBp: "0" } });
    desk.send(resting);
    desk.send(resting);
    desk.exchange.advanceBar(0 as never, 0);
    desk.exchange.events.shift();
    expect(desk.exchange.events.shift()).toMatchObject({
      type: "order_rejected",
      reason: "duplicate_client_order_id",
      code: "-4116",
      message: "ClientOrderId is duplicated.",
      ccxtClass: "InvalidOrder",
      limit: null,
    });
  });
});

describe("the memory of ids", () => {
  it("answers as a plain table of acceptances would, whatever the order of the numbers", () => {
    const asked = fc.array(fc.tuple(fc.nat(60), fc.nat(40)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom<Idempotency[]>("I2", "I3"), asked, fc.nat(200), (idempotency, list, cut) => {
        let memory = new ClientIdMemory(idempotency, 100);
        const table = new Map<number, number>();
        let time = 0;
        for (const [at, [number, pause]] of list.entries()) {
          time += pause;
          const order = orderOf(number);
          const accepted = table.get(order);
          const refused = accepted !== undefined && (idempotency === "I3" || time - accepted < 100);
          expect(memory.refuses(order, time as Millis, false)).toBe(refused);
          if (!refused) {
            memory.remember(order, time as Millis);
            table.set(order, time);
          }
          if (at !== cut) continue;
          const saved = JSON.parse(JSON.stringify(memory.snapshot())) as ReturnType<ClientIdMemory["snapshot"]>;
          memory = new ClientIdMemory(idempotency, 100);
          memory.restore(saved);
        }
      }),
    );
  });

  it("of a window forgets what is out of date, so that a long session does not grow", () => {
    const memory = new ClientIdMemory("I2", 1_000);
    for (let order = 1; order <= 100_000; order += 1) memory.remember(orderOf(order), (order * 100) as Millis);
    for (let order = 1; order <= 1_000; order += 1) memory.remember((orderOf(order) + 1) as OrderNumber, (10_000_000 + order * 100) as Millis);
    expect(memory.snapshot().accepted.length).toBeLessThanOrEqual(20);
  });
});
