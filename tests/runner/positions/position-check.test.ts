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

  const sinces = (harness: Restarted) => harness.of("query_fills").map(({ since }) => since);
  const told = (harness: Restarted, leg: "LONG" | "SHORT", quantity: number, time: number) =>
    harness.handle({
      ...harness.fact("position_reported", { leg, quantity: (quantity * 1_000) as never, entryPrice: null, external: false }),
      time: time as never,
    } as never);

  it("asks for the trades since all legs agreed last", () => {
    const harness = looking();
    look(harness);
    told(harness, "LONG", 0, 300_100);
    told(harness, "SHORT", 0, 300_200);
    look(harness);
    told(harness, "LONG", 1, 600_100);
    // The other leg agrees, and the account as a whole does not.
    told(harness, "SHORT", 0, 600_200);
    look(harness);
    told(harness, "LONG", 1, 900_100);
    // 2 s before 300.2 s.
    expect([harness.phases, sinces(harness)]).toEqual([["begun position_mismatch"], [298_200]]);
  });

  it("needs the same quantity twice in a row: another one, or agreement between, begins anew", () => {
    const harness = looking();
    for (const quantity of [1, 0.5, 0, 0.5, 0.25]) {
      look(harness);
      harness.positions(quantity);
      expect([quantity, harness.runner.divergent]).toEqual([quantity, quantity !== 0]);
    }
    expect(harness.phases).toEqual([]);
    look(harness);
    harness.positions(0.25);
    expect(harness.phases).toEqual(["begun position_mismatch"]);
    expect(harness.runner.inside.positionCheck.verifying).toBe(false);
  });

  it("tells one leg from another", () => {
    const harness = looking();
    look(harness);
    harness.positions(1, 0);
    look(harness);
    harness.positions(0, -1);
    expect(harness.phases).toEqual([]);
    look(harness);
    harness.position("SHORT", -1);
    expect(harness.phases).toEqual(["begun position_mismatch"]);
  });

  it("judges what it has asked for, once, and nothing from before a fill", () => {
    const harness = looking();
    // Not asked for: judged as any other report.
    harness.position("SHORT", -1);
    expect(harness.of("position_synced")).toMatchObject([{ leg: "SHORT", quantity: -1_000 }]);
    look(harness);
    const early = harness.fact("position_reported", { leg: "LONG", quantity: 500 as never, entryPrice: null, external: false });
    harness.fill(orderOf(1), 95, 1);
    harness.handle(early);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT", "LONG"]);
    expect(harness.runner.inside.positionCheck.verifying).toBe(false);
  });

  it("rests while a comparison is at work, and begins anew behind it; a halted session looks no more", () => {
    const harness = looking();
    look(harness);
    harness.positions(1);
    harness.resume();
    const next = harness.of("set_timer").findLast(({ due }) => due === 10 * minute);
    harness.timer(harness.runner.openTimers().find(({ due }) => due < 10 * minute)?.timer ?? 0, 302_000);
    harness.timer(next?.timer ?? 0, 10 * minute);
    expect(harness.of("query_position")).toHaveLength(2);
    expect(harness.runner.divergent).toBe(false);
    expect(harness.of("set_timer").at(-1)?.due).toBe(15 * minute);
    harness.command("halt");
    const timers = harness.of("set_timer").length;
    const last = harness.of("set_timer").at(-1);
    harness.timer(last?.timer ?? 0, 15 * minute);
    expect([harness.of("query_position").length, harness.of("set_timer").length]).toEqual([2, timers]);
  });

  it("that was asked for before a comparison began is left to that", () => {
    const harness = looking();
    look(harness);
    harness.resume();
    harness.position("SHORT", -1);
    expect(harness.runner.inside.positionCheck.verifying).toBe(false);
    expect(harness.of("position_synced")).toMatchObject([{ leg: "SHORT", quantity: -1_000 }]);
  });

  it("that agrees is the end of a difference that was read before", () => {
    const harness = looking();
    harness.position("LONG", 0.5);
    expect(harness.runner.divergent).toBe(true);
    const due = harness.of("set_timer").find((timer) => timer.due === 5 * minute);
    const recheck = harness.of("set_timer").at(-1);
    harness.timer(recheck?.timer ?? 0, recheck?.due ?? 0);
    harness.timer(due?.timer ?? 0, 5 * minute);
    harness.positions(0);
    expect(harness.runner.divergent).toBe(false);
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
