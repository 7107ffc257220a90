// A market's desk by itself: which of its orders are out and in which order, what counts as pending, and what is old news.

import { describe, expect, it } from "vitest";

import type { Millis, Sequence } from "../../src/domain/index.ts";
import type { RunnerDesk } from "../../src/runner/order.ts";
import { Harness, minute, orderOf, TestStrategy } from "./harness.ts";

const deskOf = (harness: Harness): RunnerDesk => harness.runner.inside.core.desks[0] as RunnerDesk;
const at = (time: number, sequence: number) => ({ time: time as Millis, sequence: sequence as Sequence });

describe("what a desk has heard of", () => {
  const stale = (desk: RunnerDesk) =>
    ["99/9", "100/4", "100/5", "100/6", "101/1"].filter((moment) => {
      const [time, sequence] = moment.split("/").map(Number);
      return desk.isStale("LONG", at(time as number, sequence as number));
    });

  it("makes old news of what was so before: by its time, and at one instant by its number", () => {
    const desk = deskOf(new Harness());
    expect(stale(desk)).toEqual([]);
    desk.filled(at(100, 5));
    expect(stale(desk)).toEqual(["99/9", "100/4"]);
  });

  it("counts from the newest on, in whatever order it was told", () => {
    const desk = deskOf(new Harness());
    for (const [time, sequence] of [
      [100, 5],
      [100, 3],
      [99, 9],
    ])
      desk.filled(at(time as number, sequence as number));
    expect(stale(desk)).toEqual(["99/9", "100/4"]);
    desk.filled(at(101, 1));
    expect(stale(desk)).toEqual(["99/9", "100/4", "100/5", "100/6"]);
  });
});

describe("orders that are out", () => {
  function three(): Harness {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { dcaOrderType: "limit", maxPendingAdds: 9 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.strategy.at[1] = (ctx) => {
      for (const price of [97, 96, 95]) ctx.add({ side: "LONG", quantity: 1, price });
    };
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.bar(1);
    return harness;
  }

  it.each([
    [
      [2, 3, 4],
      ["3 4", "4", ""],
    ],
    [
      [4, 3, 2],
      ["2 3", "2", ""],
    ],
    [
      [3, 2, 4],
      ["2 4", "4", ""],
    ],
    [
      [3, 4, 2],
      ["2 4", "2", ""],
    ],
  ])("stay in the order in which they were sent when %j end", (ends, left) => {
    const harness = three();
    const desk = deskOf(harness);
    const seen = ends.map((intent) => {
      harness.reject(orderOf(intent));
      const forward = desk.list().map((order) => order.intent);
      const backward: number[] = [];
      for (let order = desk.last; order !== null; order = order.earlier) backward.unshift(order.intent);
      expect(backward).toEqual(forward);
      return forward.join(" ");
    });
    expect(seen).toEqual(left);
    expect([desk.first, desk.last]).toEqual([null, null]);
  });

  it("count as pending until their cancel is asked for, each on its own side", () => {
    const harness = three();
    const desk = deskOf(harness);
    const pending = () => (["LONG", "SHORT"] as const).flatMap((side) => [desk.pendingOf(side, "entry"), desk.pendingOf(side, "dca")]);
    expect(pending()).toEqual([0, 3, 0, 0]);
    harness.strategy.at[2] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
      ctx.cancel(3);
    };
    harness.bar(2);
    expect(pending()).toEqual([0, 2, 1, 0]);
    // Its end is no second one.
    harness.canceled(orderOf(3));
    harness.fill(orderOf(5), 110, 1);
    expect(pending()).toEqual([0, 2, 0, 0]);
    harness.strategy.at[3] = (ctx) => ctx.add({ side: "SHORT", quantity: 1, price: 111 });
    harness.bar(3);
    expect(pending()).toEqual([0, 2, 0, 1]);
  });

  it("that reduce are pending for nobody", () => {
    const harness = three();
    harness.strategy.at[2] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(2);
    expect(deskOf(harness).snapshot().pending).toEqual([0, 0, 3, 0]);
  });

  it("hold risk back while one of them is in doubt, and no longer", () => {
    const harness = three();
    const desk = deskOf(harness);
    harness.unknown(orderOf(2));
    harness.unknown(orderOf(2));
    harness.unknown(orderOf(3));
    expect(desk.unresolved).toBe(2);
    harness.ack(orderOf(2));
    expect(desk.unresolved).toBe(1);
    // In doubt to its end.
    harness.answer(orderOf(3), "CANCELED");
    expect([desk.unresolved, harness.runner.divergent]).toEqual([0, false]);
  });

  it("are watched for an answer to their cancels until the last of these is there", () => {
    const harness = three();
    const desk = deskOf(harness);
    harness.strategy.at[2] = (ctx) => {
      ctx.cancel(2);
      ctx.cancel(3);
    };
    harness.bar(2);
    expect(desk.cancelWatch).toBe(3 * minute + 2_000);
    harness.canceled(orderOf(2));
    expect(desk.cancelWatch).toBe(3 * minute + 2_000);
    harness.canceled(orderOf(3));
    expect(desk.cancelWatch).toBe(0);
  });
});

describe("a desk's policies", () => {
  it("are those of each family, resolved", () => {
    const families = {
      entry: { timeToLiveMs: 1 },
      dca: { timeToLiveMs: 2 },
      tp: { timeToLiveMs: 3 },
      sl: { timeToLiveMs: 4 },
      close: { timeToLiveMs: 5 },
    };
    const desk = deskOf(new Harness({ strategy: new TestStrategy({ policy: { families } as never }) }));
    const lives = (["entry", "dca", "tp", "sl", "close"] as const).map((family) => desk.policy(family).timeToLiveMs);
    expect(lives).toEqual([1, 2, 3, 4, 5]);
  });
});
