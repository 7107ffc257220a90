// A look at the venue's positions every so often: what it finds, and what it leaves alone.

import { describe, expect, it } from "vitest";

import { minute, orderOf } from "../harness.ts";
import { Restarted } from "../recovery/restarted.ts";

describe("a look at the positions every so often", () => {
  const looking = () => {
    const harness = new Restarted({ settings: { positionCheckMs: 5 * minute } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    return harness;
  };
  const look = (harness: Restarted) => {
    const due = harness.of("set_timer").at(-1);
    harness.timer(due?.timer ?? 0, due?.due ?? 0);
  };

  it("finds the fill whose message was lost, by two reads that agree", () => {
    const harness = looking();
    look(harness);
    harness.positions(1);
    expect(harness.phases).toEqual([]);
    look(harness);
    harness.positions(1);
    expect(harness.phases).toEqual(["begun position_mismatch"]);
    harness.orders([]);
    harness.trades([harness.fillEvent(orderOf(1), 95, 1)]);
    harness.account();
    harness.positions(1);
    expect(harness.phases.at(-1)).toBe("done position_mismatch");
    expect(harness.held("LONG")).toBe(1);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("FILLED filled");
  });

  it("lets a fill that is on its way come", () => {
    const harness = looking();
    look(harness);
    harness.positions(1);
    harness.fill(orderOf(1), 95, 1);
    look(harness);
    harness.positions(1);
    expect(harness.phases).toEqual([]);
    expect(harness.of("position_synced")).toEqual([]);
  });

  it("is one chain of timers, and nothing where the settings say nothing", () => {
    const harness = looking();
    for (let n = 0; n < 4; n += 1) {
      look(harness);
      harness.positions(0);
    }
    expect(harness.of("set_timer")).toHaveLength(5);
    expect(new Restarted().of("set_timer")).toEqual([]);
  });
});
