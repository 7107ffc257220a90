// What a comparison makes of our own orders and trades: those that the venue lists, those that it does not, and those that the book
// has heard the end of. Intent 1 is a limit entry of 1 at 95, sent at 60 s.

import { describe, expect, it } from "vitest";

import type { ForeignFill, Quantity } from "../../../src/domain/index.ts";
import { minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";
import { wake } from "./going-on.ts";
import { listed, Restarted } from "./restarted.ts";

function sent(options: HarnessOptions = {}, count = 1): Restarted {
  const harness = new Restarted({ strategy: new TestStrategy({ policy: { dcaOrderType: "limit", maxPendingAdds: 9 } }), ...options });
  harness.strategy.at[0] = (ctx) => {
    ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    for (let n = 1; n < count; n += 1) ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
  };
  harness.bar(0);
  return harness;
}

const resumed = (harness: Restarted, since = 50_000, epoch = 2) =>
  harness.handle(harness.fact("session_resumed", { epoch, since, changed: null } as never));
const rest = (harness: Restarted) => {
  harness.trades();
  harness.account();
};
const cancels = (harness: Restarted) => harness.of("cancel_order").map(({ order, reason }) => `${order} ${reason}`);

describe("an order that the venue lists", () => {
  it("as the book has it is left as it is, and not asked about", () => {
    const harness = sent();
    resumed(harness);
    harness.orders([listed(orderOf(1))]);
    rest(harness);
    harness.positions(0);
    expect(harness.phases.at(-1)).toBe("done restarted");
    expect([harness.settled(orderOf(1)), cancels(harness), harness.of("query_order")]).toEqual([[], [], []]);
  });

  it("and that was in doubt is open", () => {
    const harness = sent();
    harness.unknown(orderOf(1));
    resumed(harness);
    harness.orders([listed(orderOf(1))]);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "SUBMITTED signal"]);
  });

  it("with more filled than the book has is asked about; the newest list counts", () => {
    const [more, less] = [sent(), sent()];
    for (const harness of [more, less]) resumed(harness);
    more.orders([listed(orderOf(1))], false);
    more.orders([listed(orderOf(1), { filled: 400 as Quantity })]);
    less.orders([listed(orderOf(1), { filled: 400 as Quantity })], false);
    less.orders([listed(orderOf(1))]);
    for (const harness of [more, less]) rest(harness);
    expect([more, less].map((harness) => harness.settled(orderOf(1)))).toEqual([["UNKNOWN restarted"], []]);
  });

  it("beside another one is told apart from it when both are told again", () => {
    const harness = sent({}, 2);
    expect(harness.sent).toHaveLength(2);
    resumed(harness);
    const second = listed(orderOf(2), { side: "sell", leg: "SHORT", price: 10_500 as never });
    harness.orders([listed(orderOf(1)), second], false);
    harness.orders([second, listed(orderOf(1), { filled: 400 as Quantity })]);
    rest(harness);
    expect([harness.settled(orderOf(1)), harness.settled(orderOf(2))]).toEqual([["UNKNOWN restarted"], []]);
  });

  it("and that has ended is cancelled: nobody counts on it any more; of one that has filled the list is only late", () => {
    const [canceled, filled] = [sent(), sent()];
    canceled.canceled(orderOf(1));
    filled.fill(orderOf(1), 95, 1);
    for (const harness of [canceled, filled]) {
      resumed(harness);
      harness.orders([listed(orderOf(1))]);
    }
    expect([cancels(canceled), cancels(filled)]).toEqual([[`${orderOf(1)} late_acceptance`], []]);
    expect([canceled, filled].flatMap((harness) => harness.of("order_adopted"))).toEqual([]);
  });

  it("and that was to be cancelled is cancelled again, although the venue takes no orders", () => {
    const harness = sent();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    const limit = { status: 429, until: 10 * minute, banned: false } as never;
    harness.handle(harness.fact("order_rejected", refusal(orderOf(7), "rate_limited", "-1015", limit)));
    resumed(harness);
    harness.orders([listed(orderOf(1))]);
    expect(cancels(harness)).toEqual([`${orderOf(1)} strategy_cancel`, `${orderOf(1)} cancel_unconfirmed`]);
    // Its answer is waited for from now on.
    harness.bar(2);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });

  it("of an intent beyond the journal is known once a fill of it has made it so", () => {
    const harness = new Restarted({ strategy: new TestStrategy({ policy: { lateAcceptance: "adopt" } }) });
    harness.fill(orderOf(9), 95, 0.4);
    harness.orders([listed(orderOf(9), { filled: 400 as Quantity })]);
    expect(harness.of("order_adopted")).toHaveLength(1);
    resumed(harness);
    harness.orders([listed(orderOf(9), { filled: 400 as Quantity })]);
    expect(harness.phases).toEqual(["begun restarted"]);
    expect(harness.of("order_adopted")).toHaveLength(1);
  });
});

describe("an order that the venue does not list", () => {
  it("is doubted once, and holds the end up until its fate is known", () => {
    const harness = sent();
    resumed(harness);
    harness.orders([]);
    rest(harness);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN restarted"]);
    expect([harness.of("query_order").length, harness.of("query_position").length]).toEqual([1, 0]);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN restarted", "SUBMITTED signal"]);
    expect(harness.of("query_position")).toHaveLength(2);
    harness.positions(0);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("and whose fill comes by the stream meanwhile is settled by it: the next look goes on", () => {
    const harness = sent();
    resumed(harness);
    harness.orders([]);
    rest(harness);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.of("query_position")).toEqual([]);
    wake(harness);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
  });

  it("and that was in doubt before is asked about anew", () => {
    const harness = sent();
    harness.unknown(orderOf(1));
    resumed(harness);
    harness.orders([]);
    rest(harness);
    expect(harness.of("query_order")).toHaveLength(2);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost"]);
  });

  it("is asked about again where a second list, later in the same comparison, brings the start to a halt", () => {
    const harness = sent();
    resumed(harness);
    harness.orders([listed(orderOf(1))]);
    rest(harness);
    expect(harness.of("query_position")).toHaveLength(2);
    harness.orders([listed(orderOf(1)), listed(null)]);
    expect(harness.phases.at(-1)).toBe("blocked restart_guard_foreign_orders");
    wake(harness);
    harness.orders([]);
    rest(harness);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN restarted"]);
  });

  it("because this process has sent it meanwhile, or has not sent it yet, is nothing to doubt", () => {
    const harness = new Restarted();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 3 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 3);
    const limit = { status: 429, until: 10 * minute, banned: false } as never;
    harness.handle(harness.fact("order_rejected", refusal(orderOf(7), "rate_limited", "-1015", limit)));
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    expect(harness.of("order_held")).toHaveLength(1);
    resumed(harness);
    harness.strategy.at[10] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 111 });
    harness.bar(10);
    expect(harness.sent.at(-1)?.order).toBe(orderOf(3));
    harness.orders([]);
    rest(harness);
    expect([harness.settled(orderOf(2)), harness.settled(orderOf(3)), harness.of("query_order")]).toEqual([[], [], []]);
    expect(harness.of("query_position")).toHaveLength(2);
  });

  it("and that is in quarantine holds nothing up, beside one in doubt that does", () => {
    const harness = sent({ settings: { absence: null } }, 2);
    for (const intent of [1, 2]) harness.unknown(orderOf(intent));
    harness.answer(orderOf(1), null);
    harness.answer(orderOf(1), null, [], 2_000);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("QUARANTINED quarantined");
    resumed(harness);
    harness.orders([]);
    rest(harness);
    expect(harness.of("query_position")).toEqual([]);
    harness.answer(orderOf(2), "SUBMITTED");
    harness.positions(0);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });
});

describe("trades that are told after a silence", () => {
  const byHand = (fields: Partial<Record<keyof ForeignFill, unknown>>): ForeignFill =>
    ({ trade: "x1", cause: "trade", time: minute, side: "sell", leg: "LONG", price: 10_000, quantity: 250, fee: 0, ...fields }) as ForeignFill;
  const seen = (harness: Restarted) => harness.of("foreign_seen").map(({ id }) => id);

  it("of an order that ended long ago were heard before the silence; since then they are news", () => {
    const harness = new Restarted();
    harness.clock = minute;
    resumed(harness, minute);
    const early = harness.fillEvent(orderOf(8), 95, 0.4);
    harness.trades([{ ...early, time: (minute - 1) as never }]);
    expect(harness.runner.divergent).toBe(false);
    harness.trades([harness.fillEvent(orderOf(9), 95, 0.4)]);
    expect(harness.runner.divergent).toBe(true);
    expect(harness.of("alert").map(({ text }) => text)).toEqual([
      expect.stringMatching(new RegExp(`^missed_fill: a fill names order ${orderOf(9)}, `)) as string,
    ]);
    // An orphan is no fill of the book yet.
    harness.orders([]);
    harness.account();
    harness.position("LONG", 0);
    harness.position("SHORT", 0);
    harness.positions(0);
    expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", fills: 0 });
  });

  it("of one order that is known are counted as found, each once, before the silence or in it", () => {
    const harness = sent();
    resumed(harness, minute);
    const first = { ...harness.fillEvent(orderOf(1), 95, 0.4), time: (minute - 1) as never };
    harness.trades([first], [], false);
    harness.trades([first, harness.fillEvent(orderOf(1), 95, 0.6, { cumulative: 1 })]);
    harness.orders([]);
    harness.account();
    harness.positions(1);
    harness.account();
    expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", fills: 2 });
  });

  it("of somebody else are news in the silence, and before it where the book has heard of nothing as late", () => {
    const [idle, traded] = [sent(), sent()];
    traded.fill(orderOf(1), 95, 1);
    for (const harness of [idle, traded]) {
      harness.clock = 2 * minute;
      resumed(harness, 2 * minute);
      const times = { before: minute - 1, since: 2 * minute, later: 2 * minute + 1 };
      harness.trades(
        [],
        Object.entries(times).map(([trade, time]) => byHand({ trade, time })),
      );
    }
    expect([seen(idle), seen(traded)]).toEqual([
      ["before", "since", "later"],
      ["since", "later"],
    ]);
    // Of the last instant that was heard of it may be known already, or not: the position will tell.
    const instant = sent();
    instant.fill(orderOf(1), 95, 1);
    resumed(instant, minute);
    instant.trades([], [byHand({ trade: "instant" })]);
    expect(seen(instant)).toEqual(["instant"]);
  });
});
