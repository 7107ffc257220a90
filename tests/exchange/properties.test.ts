// What must hold for every flow of orders on every series of bars. A failure prints the seed that replays it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assertTransition, type OrderStatus, type VenueEvent } from "../../src/domain/index.ts";
import type { VirtualExchange } from "../../src/exchange/virtual/index.ts";
import { price, priceScale, quantity, quantityScale } from "./desk.ts";
import { bar as anyBar, flow, type Flow } from "./flow.ts";
import { exchangeFor, hear, moneyScale, plenty, play, playBar, type Told } from "./play.ts";

const runs = { numRuns: 300 };
type Filled = Extract<VenueEvent, { type: "order_filled" }>;

const fillsOf = (told: readonly Told[]): { bar: number; event: Filled }[] =>
  told.flatMap(({ bar, event }) => (event.type === "order_filled" ? [{ bar, event }] : []));

function requests(given: Flow): Map<number, Extract<Flow["acts"][number][number], { do: "submit" }>["request"]> {
  return new Map(given.acts.flat().flatMap((act) => (act.do === "submit" ? [[act.request.order, act.request] as const] : [])));
}

function signOf(given: Flow, order: number): 1 | -1 {
  return requests(given).get(order)?.side === "buy" ? 1 : -1;
}

/** Units of price × units of quantity that make one unit of money. */
const perMoney = 10 ** (priceScale + quantityScale - moneyScale);

/** Half away from zero, in units of money. */
function valueOf(at: number, size: number): number {
  return Math.floor((at * size * 2 + perMoney) / (perMoney * 2));
}

function unrealized(exchange: VirtualExchange, at: number): number {
  let sum = 0;
  for (const leg of exchange.account.markets[0]?.legs ?? []) {
    const value = valueOf(at, Math.abs(leg.quantity));
    sum += leg.quantity > 0 ? value - leg.cost : leg.cost - value;
  }
  return sum;
}

describe("money", () => {
  it("is conserved over all parties after every bar, and is what the fills say", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const exchange = exchangeFor(given);
        let cash = plenty;
        given.bars.forEach((_, bar) => {
          for (const { event } of fillsOf(playBar(exchange, given, bar)))
            cash -= signOf(given, event.order) * valueOf(event.price, event.quantity) + event.fee;
          const parties = exchange.account.ledger.snapshot();
          expect(parties.reduce((sum, one) => sum + one, 0)).toBe(0);
          expect(parties[0]).toBe(cash);
        });
      }),
      runs,
    );
  });

  it("as equity is the wallet and what is open at the last close", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const exchange = exchangeFor(given);
        given.bars.forEach(([, , , close], bar) => {
          playBar(exchange, given, bar);
          expect(exchange.equity()).toBe(exchange.account.wallet(0) + unrealized(exchange, price(close)));
        });
      }),
      runs,
    );
  });

  it("is held for open orders only, and exactly what they reserve", () => {
    const poor = { wallet: 20_000, leverage: 3 };
    fc.assert(
      fc.property(flow(), (given) => {
        const exchange = exchangeFor(given, poor);
        given.bars.forEach((_, bar) => {
          playBar(exchange, given, bar);
          const reserved = exchange.markets[0]?.orders.sorted().reduce((sum, order) => sum + order.reserved, 0) ?? 0;
          expect(exchange.account.heldFor(0)).toBe(reserved);
        });
      }),
      runs,
    );
  });

  it("that runs out is told in the very bar, and only then", () => {
    const rate = 20n;
    fc.assert(
      fc.property(flow(), fc.integer({ min: 500, max: 20_000 }), fc.integer({ min: 5, max: 50 }), (given, wallet, leverage) => {
        const exchange = exchangeFor(given, { wallet, leverage, profile: { maintenanceMarginRate: "0.05" } });
        given.bars.forEach(([, high, low], bar) => {
          const told = playBar(exchange, given, bar).some(({ event }) => event.type === "account_insolvent");
          const short = [low, high].some((at) => {
            const legs = exchange.account.markets[0]?.legs ?? [];
            let maintenance = 0n;
            for (const leg of legs) maintenance += (BigInt(valueOf(price(at), Math.abs(leg.quantity))) + rate - 1n) / rate;
            return maintenance > 0n && exchange.account.wallet(0) + unrealized(exchange, price(at)) <= Number(maintenance);
          });
          expect(told).toBe(short);
        });
      }),
      { numRuns: 600 },
    );
  });
});

describe("positions", () => {
  it("are the sum of their fills", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const exchange = exchangeFor(given);
        const sums: Record<string, number> = { NET: 0, LONG: 0, SHORT: 0 };
        for (const { event } of fillsOf(play(exchange, given))) {
          const leg = requests(given).get(event.order)?.leg ?? "NET";
          sums[leg] = (sums[leg] ?? 0) + signOf(given, event.order) * event.quantity;
        }
        for (const leg of exchange.account.markets[0]?.legs ?? []) {
          expect(leg.quantity).toBe(sums[leg.leg]);
          expect(leg.lots.total).toBe(Math.abs(leg.quantity));
        }
      }),
      runs,
    );
  });

  it("never grow or turn by an order that may only reduce", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const legs: Record<string, number> = { NET: 0, LONG: 0, SHORT: 0 };
        for (const { event } of fillsOf(play(exchangeFor(given), given))) {
          const request = requests(given).get(event.order);
          if (request === undefined) throw new Error("a fill of an order that nobody sent");
          const before = legs[request.leg] ?? 0;
          const after = before + signOf(given, event.order) * event.quantity;
          legs[request.leg] = after;
          const opening = request.leg === "LONG" ? "buy" : "sell";
          if (!request.reduceOnly && (request.leg === "NET" || request.side === opening)) continue;
          expect(Math.abs(after)).toBeLessThan(Math.abs(before));
          expect(before * after).toBeGreaterThanOrEqual(0);
        }
        expect(legs["LONG"]).toBeGreaterThanOrEqual(0);
        expect(legs["SHORT"]).toBeLessThanOrEqual(0);
      }),
      runs,
    );
  });
});

/** The same flow with nothing but good-till-canceled limits, which share a tenth of the volume. */
function limitsOnly(given: Flow): Flow {
  const acts = given.acts.map((round) =>
    round.flatMap((act) => {
      if (act.do !== "submit") return [];
      const { request } = act;
      const leg = given.mode === "one_way" ? "NET" : request.side === "buy" ? "LONG" : "SHORT";
      const at = request.price ?? request.trigger ?? price(100);
      const limit = { ...request, leg, type: "limit", timeInForce: "GTC", reduceOnly: false, trigger: null, price: at, terms: null } as const;
      return [{ ...act, request: limit }];
    }),
  );
  return { ...given, acts, fill: { ...given.fill, volumeCap: "0.1" } };
}

describe("fills", () => {
  it("lie inside their bar and their limit, and inside the bar's share of volume", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const limits = new Map([...requests(given)].map(([order, request]) => [order as number, request.price as number | null]));
        const taken = new Map<number, number>();
        for (const { bar, event } of play(exchangeFor(given), given)) {
          if (event.type === "order_amended") limits.set(event.order, event.price);
          if (event.type !== "order_filled") continue;
          const [, high, low, , volume] = given.bars[bar] ?? [0, 0, 0, 0, 0];
          const limit = limits.get(event.order) ?? null;
          expect(limit === null ? 0 : (event.price - limit) * signOf(given, event.order)).toBeLessThanOrEqual(0);
          // A venue that keeps a resting limit's price through a gap fills it there, outside of the bar.
          const keptThroughGap = given.fill.gap === "limit" && event.liquidity === "maker" && event.price === limit;
          const inside = event.price >= price(low) && event.price <= price(high);
          expect(inside || keptThroughGap).toBe(true);
          taken.set(bar, (taken.get(bar) ?? 0) + event.quantity);
          const share =
            given.fill.volumeCap === null ? Number.POSITIVE_INFINITY : Math.floor((quantity(volume) * Number(given.fill.volumeCap) * 10) / 10);
          expect(taken.get(bar)).toBeLessThanOrEqual(share);
        }
      }),
      runs,
    );
  });

  it("of resting limits come in price-time priority", () => {
    fc.assert(
      fc.property(flow().map(limitsOnly), (given) => {
        const exchange = exchangeFor(given);
        given.bars.forEach((_, bar) => {
          // At one price a touch may fill the later of two orders: each has a chance of its own.
          const inTurn = typeof given.fill.limit === "string";
          const resting = exchange.markets[0]?.orders.sorted().map((order) => ({ order, limit: order.limit, left: order.remaining })) ?? [];
          for (const { event } of fillsOf(playBar(exchange, given, bar))) {
            const mine = resting.find(({ order }) => order.order === event.order);
            if (mine === undefined) continue;
            const before = resting.filter(({ order, limit }) => {
              const better = (limit - mine.limit) * mine.order.direction;
              return order.direction === mine.order.direction && (better > 0 || (better === 0 && inTurn && order.priority < mine.order.priority));
            });
            expect(before.filter(({ left }) => left > 0)).toEqual([]);
            mine.left = (mine.left - event.quantity) as typeof mine.left;
          }
        });
      }),
      runs,
    );
  });
});

describe("time", () => {
  it("has no look-ahead: other bars after t leave everything up to t as it was", () => {
    const futures = flow().chain((given) =>
      fc.tuple(fc.constant(given), fc.nat(given.bars.length - 1), fc.array(anyBar, { minLength: given.bars.length, maxLength: given.bars.length })),
    );
    fc.assert(
      fc.property(futures, ([given, last, others]) => {
        const changed: Flow = { ...given, bars: given.bars.map((bar, at) => (at <= last ? bar : (others[at] ?? bar))) };
        const upTo = (one: Flow): string => {
          const exchange = exchangeFor(one);
          const told = one.bars.slice(0, last + 1).flatMap((_, bar) => playBar(exchange, one, bar));
          return JSON.stringify([told, exchange.exportState()]);
        };
        expect(upTo(changed)).toBe(upTo(given));
      }),
      runs,
    );
  });

  it("repeats itself: the same seed gives the same bytes, faults and delays included", () => {
    fc.assert(
      fc.property(flow(), fc.integer(), (given, seed) => {
        const seeded: Flow = { ...given, fill: { ...given.fill, delivery: "seeded", deliveryWindow: 90_000 } };
        const once = (): string => {
          const exchange = exchangeFor(seeded, { seed });
          exchange.arm({ do: "reject_probability", probability: 0.2, code: null });
          exchange.arm({ do: "partial_fill", next: 3, family: null, symbol: null, share: "0.3" });
          return JSON.stringify([play(exchange, seeded), hear(exchange, -1)]);
        };
        expect(once()).toBe(once());
      }),
      runs,
    );
  });

  it("of delivery changes the order of the facts, never the facts", () => {
    fc.assert(
      fc.property(flow(), fc.integer(), (given, seed) => {
        const facts = (delivery: "immediate" | "seeded"): VenueEvent[] => {
          const one: Flow = { ...given, fill: { ...given.fill, delivery, deliveryWindow: 200_000 } };
          const exchange = exchangeFor(one, { seed });
          const told = [...play(exchange, one), ...hear(exchange, -1)];
          return told.map(({ event }) => event).sort((a, b) => a.sequence - b.sequence);
        };
        expect(facts("seeded")).toEqual(facts("immediate"));
      }),
      runs,
    );
  });
});

describe("orders", () => {
  it("go through lawful states, and every accepted one is ended or open", () => {
    fc.assert(
      fc.property(flow(), (given) => {
        const exchange = exchangeFor(given);
        const statuses = new Map<number, OrderStatus>();
        const sizes = new Map([...requests(given)].map(([order, request]) => [order as number, request.quantity as number]));
        const trades = new Set<number | string>();
        let sequence = 0;
        const go = (order: number, to: OrderStatus): void => {
          assertTransition(statuses.get(order) ?? "NEW", to);
          statuses.set(order, to);
        };
        // What ends with the last bar is told at its close.
        for (const { event } of [...play(exchange, given), ...hear(exchange, given.bars.length)]) {
          expect(event.sequence).toBeGreaterThan(sequence);
          sequence = event.sequence;
          if (event.type === "order_acknowledged") go(event.order, "SUBMITTED");
          if (event.type === "order_rejected") go(event.order, "REJECTED");
          if (event.type === "order_canceled") go(event.order, "CANCELED");
          if (event.type === "order_expired") go(event.order, "EXPIRED");
          if (event.type === "order_amended") sizes.set(event.order, event.quantity);
          if (event.type !== "order_filled") continue;
          expect(["SUBMITTED", "PARTIAL"]).toContain(statuses.get(event.order));
          expect(trades.has(event.trade)).toBe(false);
          trades.add(event.trade);
          go(event.order, event.cumulative === sizes.get(event.order) ? "FILLED" : "PARTIAL");
        }
        for (const [order, status] of statuses) {
          const open = exchange.markets[0]?.orders.get(order) !== undefined;
          expect(open).toBe(status === "SUBMITTED" || status === "PARTIAL");
        }
      }),
      runs,
    );
  });
});
