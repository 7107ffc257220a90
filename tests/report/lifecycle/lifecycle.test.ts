// The coverage of the order state machine: what is counted, what counts as possible, and why the rest does not.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { orderTransitions, type RowStatus } from "../../../src/domain/index.ts";
import { venueProfiles } from "../../../src/exchange/virtual/index.ts";
import { lifecycleCoverage, type CoveragePair, type LifecycleCoverage } from "../../../src/report/lifecycle/lifecycle.ts";
import { coverageText } from "../../../src/report/terminal/lifecycle-text.ts";
import { refusalClasses } from "../../../src/report/lifecycle/refusal-classes.ts";
import { paintOf } from "../../../src/report/terminal/paint.ts";
import { simulate } from "../../../src/session/index.ts";
import { crowded, crowdedPlan } from "../../session/crowded-sessions.ts";
import { planFor, sessions } from "../../session/random-sessions.ts";

const none = lifecycleCoverage([]);

function pairOf({ pairs }: LifecycleCoverage, from: RowStatus, to: RowStatus, error: CoveragePair["error"]): CoveragePair | undefined {
  return pairs.find((pair) => pair.from === from && pair.to === to && pair.error === error);
}

describe("the coverage of the order state machine", () => {
  it("has each step of the domain's table under each error once, and its counts add up", () => {
    const steps = Object.values(orderTransitions).reduce((sum, targets) => sum + targets.length, 0);
    expect(none.pairs).toHaveLength(steps * none.errors.length);
    expect(new Set(none.pairs.map(({ from, to, error }) => `${from} ${to} ${error}`)).size).toBe(none.pairs.length);
    expect(none.exercised).toBe(0);
    expect(none.notExercised + none.impossible).toBe(none.pairs.length);
  });

  it("counts a step for every scenario that took it, each scenario once", () => {
    const step = { from: "SUBMITTED", to: "FILLED", error: "none", count: 2 } as const;
    const coverage = lifecycleCoverage([
      { scenario: "a", steps: [step] },
      { scenario: "b", steps: [{ ...step, count: 5 }] },
      { scenario: "a", steps: [step] },
      { scenario: "c", steps: [] },
    ]);
    expect(pairOf(coverage, "SUBMITTED", "FILLED", "none")).toEqual({
      from: "SUBMITTED",
      to: "FILLED",
      error: "none",
      state: "exercised",
      count: 9,
      scenarios: ["a", "b"],
      reason: null,
    });
    expect([coverage.runs, coverage.exercised]).toEqual([4, 1]);
  });

  it("gives a reason for everything that it calls impossible, and none for what scenarios can do but have not", () => {
    expect(none.pairs.filter(({ state, reason }) => state === "impossible" && reason === null)).toEqual([]);
    const waiting = none.pairs.filter(({ state, reason }) => state === "not_exercised" && reason !== null);
    // An order that was planned and whose sending nobody recorded: five ends, all after a restart.
    expect(waiting.map(({ from, to, error }) => `${from} ${to} ${error}`)).toEqual([
      "NEW PARTIAL none",
      "NEW FILLED none",
      "NEW REJECTED none",
      "NEW UNKNOWN none",
      "NEW EXPIRED none",
    ]);
  });

  it.each([
    ["SUBMITTED", "REJECTED", "InsufficientFunds", "not_exercised"],
    ["SUBMITTED", "REJECTED", "none", "impossible"],
    // A cancel of what is not there; an order is never refused for that.
    ["SUBMITTED", "REJECTED", "OrderNotFound", "impossible"],
    ["SUBMITTED", "UNKNOWN", "OrderNotFound", "not_exercised"],
    // A cancel that came too often is asked again: no doubt begins with it.
    ["SUBMITTED", "UNKNOWN", "RateLimitExceeded", "impossible"],
    // Our own id is taken: the order exists, and is asked for (failures A5).
    ["SUBMITTED", "UNKNOWN", "DuplicateOrderId", "not_exercised"],
    ["NEW", "SUBMITTED", "DDoSProtection", "not_exercised"],
    ["NEW", "SUBMITTED", "InvalidOrder", "impossible"],
    ["UNKNOWN", "QUARANTINED", "submit_reply_lost", "not_exercised"],
    ["UNKNOWN", "NEVER_ARRIVED", "submit_reply_lost", "not_exercised"],
    // Evidence that contradicted itself may be explained later.
    ["QUARANTINED", "NEVER_ARRIVED", "submit_reply_lost", "not_exercised"],
    ["CANCELED", "FILLED", "none", "not_exercised"],
    ["CANCELED", "PARTIAL", "none", "impossible"],
    ["FILLED", "REVERTED", "none", "not_exercised"],
  ] as const)("%s → %s under %s is %s as long as nothing ran", (from, to, error, state) => {
    expect(pairOf(none, from, to, error)?.state).toBe(state);
  });

  it("calls what was done exercised although the table holds it for impossible, and says so", () => {
    const steps = [{ from: "SUBMITTED", to: "REJECTED", error: "OrderNotFound", count: 1 } as const];
    const coverage = lifecycleCoverage([{ scenario: "injected", steps }]);
    const reason = "a rejection is the venue's answer to the order itself, in its own class";
    expect(pairOf(coverage, "SUBMITTED", "REJECTED", "OrderNotFound")).toMatchObject({ state: "exercised", count: 1, reason });
    const text = coverageText(coverage, { width: 200, paint: paintOf(false) });
    expect(text).toContain(`unforeseen SUBMITTED → REJECTED under OrderNotFound (injected); held to be impossible: ${reason}\n`);
  });

  it("holds nothing for impossible that random sessions do", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(sessions.map(planFor), crowded.map(crowdedPlan)), (plan) => {
        const { pairs } = lifecycleCoverage([{ scenario: "drawn", steps: simulate(plan).lifecycle() }]);
        for (const { from, to, error, state } of pairs) if (state === "exercised") seen.add(`${from} ${to} ${error}`);
        expect(pairs.filter(({ state, reason }) => state === "exercised" && reason !== null)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(seen.size).toBeGreaterThan(30);
  });

  it("prints a row a step: how often it was taken, and the first of what is left", () => {
    const text = coverageText(
      lifecycleCoverage([{ scenario: "a", steps: [{ from: "SUBMITTED", to: "UNKNOWN", error: "submit_reply_lost", count: 3 }] }]),
      { width: 120, paint: paintOf(false) },
    );
    expect(text).toMatch(/│ SUBMITTED → UNKNOWN +│ submit_reply_lost 3 +│ none, InvalidOrder, DuplicateOrderId and 7 more +│/);
    expect(text).toMatch(/│ FILLED → REVERTED +│ never +│ none +│/);
    expect(text).not.toContain("CANCELED → PARTIAL");
    expect(text).toMatch(/\norder states: 1 of \d+ steps under an error were taken by 1 run; \d+ are impossible\n$/);
  });
});

describe("the classes of refusals", () => {
  it("are those of the venues' tables, by what they refuse", () => {
    const profile = venueProfiles["binance-usdm"];
    if (profile === undefined) throw new Error("there is no profile of Binance's perpetuals");
    const { of, limited } = refusalClasses([profile]);
    // In ccxt's table of Binance -1003 and -1015 are DDoSProtection, -2011 is OrderNotFound, -5027 OperationRejected.
    expect([...limited]).toEqual(["DDoSProtection"]);
    expect(of.cancel).toEqual(new Set(["AuthenticationError", "DDoSProtection", "ExchangeError", "OnMaintenance", "OrderNotFound"]));
    expect(of.amend.has("OperationRejected")).toBe(true);
    expect(of.query).toEqual(new Set(["AuthenticationError", "DDoSProtection", "ExchangeNotAvailable"]));
    expect(of.submit.has("OrderNotFound")).toBe(false);
  });
});
