// What a repeated client order id is at a venue, by its class: another order, or a refusal while the first is open, within a
// window of time, or for ever.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Millis, OrderNumber } from "../../src/domain/index.ts";
import { ClientIdMemory, venueClientId, type Idempotency, type VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
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

  it("of ever keeps more than it had room for, each with its hour, and none in between", () => {
    const memory = new ClientIdMemory("I3", 0);
    for (let n = 1; n <= 300; n += 1) memory.remember(orderOf(2 * n), (n * 10) as Millis);
    memory.remember(orderOf(7), 5_000 as Millis);
    const refused = Array.from({ length: 602 }, (_, n) => n).filter((n) => memory.refuses(orderOf(n), 9_000 as Millis, false));
    expect(refused).toEqual([...Array.from({ length: 300 }, (_, n) => 2 * n + 2), 7].toSorted((a, b) => a - b));
    const { accepted } = memory.snapshot();
    expect([accepted.length, accepted[0], accepted[2], accepted[3], accepted.at(-1)]).toEqual([
      301,
      [512, 10],
      [1_536, 30],
      [1_792, 5_000],
      [153_600, 3_000],
    ]);
  });

  it("of a window lasts up to its end, also for one that came behind a higher number, or came again", () => {
    const memory = new ClientIdMemory("I2", 100);
    const refuses = (number: number, time: number): boolean => memory.refuses(orderOf(number), time as Millis, false);
    memory.remember(orderOf(10), 0 as Millis);
    memory.remember(orderOf(5), 50 as Millis);
    expect([refuses(10, 99), refuses(10, 100), refuses(5, 149), refuses(5, 150), refuses(7, 60)]).toEqual([true, false, true, false, false]);
    memory.remember(orderOf(10), 120 as Millis);
    expect([refuses(10, 219), refuses(10, 220), refuses(5, 130)]).toEqual([true, false, true]);
    memory.remember(orderOf(11), 150 as Millis);
    // What is out of date by then is gone: the 5 of 50, and the first 10.
    expect(memory.snapshot().accepted).toEqual([
      [2_560, 120],
      [2_816, 150],
    ]);
  });

  it("of open orders alone, or of nothing, keeps nothing; what is open is refused but where ids mean nothing", () => {
    for (const idempotency of ["I0", "I1"] as const) {
      const memory = new ClientIdMemory(idempotency, 100);
      memory.remember(orderOf(1), 0 as Millis);
      expect([memory.snapshot().accepted, memory.refuses(orderOf(1), 1 as Millis, false)]).toEqual([[], false]);
      expect(memory.refuses(orderOf(9), 1 as Millis, true)).toBe(idempotency === "I1");
    }
    expect(new ClientIdMemory("I3", 0).refuses(orderOf(9), 1 as Millis, true)).toBe(true);
  });

  it("of a window forgets what is out of date, so that a long session does not grow", () => {
    const memory = new ClientIdMemory("I2", 1_000);
    for (let order = 1; order <= 100_000; order += 1) memory.remember(orderOf(order), (order * 100) as Millis);
    for (let order = 1; order <= 1_000; order += 1) memory.remember((orderOf(order) + 1) as OrderNumber, (10_000_000 + order * 100) as Millis);
    expect(memory.snapshot().accepted.length).toBeLessThanOrEqual(20);
  });
});

describe("an id on the wire", () => {
  it("has the venue's prefix and matches its grammar from end to end, or is none", () => {
    const grammar = { pattern: "0x[0-9a-f]{4}", prefix: "0x" };
    expect(venueClientId(grammar, "12ab")).toBe("0x12ab");
    for (const id of ["12abc", "12a", "x12ab", "12ab "]) expect(() => venueClientId(grammar, id)).toThrow("is no client order id of this venue");
    expect(venueClientId({ pattern: "a|bc", prefix: "" }, "bc")).toBe("bc");
    expect(() => venueClientId({ pattern: "a|bc", prefix: "" }, "ac")).toThrow("is no client order id");
  });
});
