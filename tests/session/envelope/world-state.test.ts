// When two worlds count as the same: by what they will do, not by how they number it or what they have earned.

import { describe, expect, it } from "vitest";

import { SimulatedSession, type SimulationPlan } from "../../../src/session/index.ts";
import { glance, moneyKey, stateKey } from "../../../src/session/envelope/world-state.ts";
import { scripted, type StrategyDefinition } from "../../../src/strategy/index.ts";
import { ladder, type LadderSettings } from "./ladder.ts";
import { planOf, quiet, type Row } from "../plans.ts";

const settings: LadderSettings = {
  entryOffset: 0.5,
  rungs: [0.5],
  target: 1,
  stop: 2,
  stopType: "stop_market",
  quantity: 1,
  byEquity: false,
  timeToLive: null,
  links: "none",
  goodFor: null,
};

/** The entry of bar 0 rests at 99.5. */
const reached: Row = [100, 100, 99, 100, 1_000];
/** The target of 100.5 and the rungs are left behind, all is closed, and the next entry rests at 99.5 again. */
const sold: Row = [100, 101.5, 100, 100, 1_000];

function sessionOf(rows: readonly Row[], options: Partial<Parameters<typeof planOf>[0]> = {}): SimulatedSession {
  const plan: SimulationPlan = planOf({ mode: "one_way", rows, strategy: ladder(settings), params: {}, ...options });
  const session = new SimulatedSession(plan);
  session.run();
  return session;
}

describe("two worlds", () => {
  it("are the same when only ids and money tell them apart", () => {
    // One has traded in between, so its open entry is a later intent, and it is richer; both bid 1 at 99.5 for the bar after.
    const rich = sessionOf([quiet, reached, sold, quiet, quiet, quiet]);
    const poor = sessionOf([quiet, quiet, quiet, quiet, quiet, quiet]);
    expect(rich.venue.equity()).toBeGreaterThan(poor.venue.equity());
    expect(rich.runner.openOrders).toBe(1);
    expect(glance(rich)).toBe(glance(poor));
    expect(stateKey(rich)).toBe(stateKey(poor));
    expect(moneyKey(rich)).not.toBe(moneyKey(poor));
  });

  it("are not when a position, its cost, or an open order's price differs", () => {
    const held = sessionOf([quiet, reached, quiet]);
    const flat = sessionOf([quiet, quiet, quiet]);
    const dearer = sessionOf([quiet, [99.4, 99.4, 99, 99.4, 1_000], quiet]);
    const higher: Row = [101, 101, 101, 101, 1_000];
    const elsewhere = sessionOf([higher, higher, higher]);
    const keys = [held, flat, dearer, elsewhere].map(stateKey);
    expect(new Set(keys).size).toBe(4);
  });

  it("are not when one has taken over a report of the venue: what is told of the time before it is news to the other alone", () => {
    const closed = { symbol: "TEST/USDC:USDC", action: { do: "close_position", leg: "NET", quantity: null, notify: true } } as const;
    const position = { symbol: "TEST/USDC:USDC", leg: "NET", quantity: "1", entryPrice: "100" } as const;
    const options = { actions: [], strategy: scripted as unknown as StrategyDefinition, params: { actions: [] } };
    const told = sessionOf([quiet, quiet, quiet, quiet], { ...options, positions: [position], steps: [{ ...closed, bar: 1 }] });
    const flat = sessionOf([quiet, quiet, quiet, quiet], options);
    expect(told.runner.positionOf(0, "NET")).toBe(0);
    expect(stateKey(told)).not.toBe(stateKey(flat));
  });

  it("are not when a fault is armed in one of them only", () => {
    const steps = [{ bar: 1, symbol: null, action: { do: "reject", next: 1, family: null, symbol: null, code: null } }] as const;
    expect(stateKey(sessionOf([quiet, quiet, quiet], { steps }))).not.toBe(stateKey(sessionOf([quiet, quiet, quiet])));
  });
});
