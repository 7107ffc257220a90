// What a strategy did wrong, as an error that names it, its hook, its market and the bar; and what is no doing of the strategy's.

import { describe, expect, it } from "vitest";

import { InvariantError, SeatrialError, type MarketIndex } from "../../src/domain/index.ts";
import { DecisionTimedOut, StrategyError, strategyError, tampered } from "../../src/runner/strategy-error.ts";

const scene = () => ({
  market: 3 as MarketIndex,
  strategy: { name: "grid" },
  instrument: { symbol: "TEST/USDC:USDC" },
  bars: { index: 17 },
});

function facts(error: SeatrialError): unknown[] {
  const { name, code, reason, hint, exitCode, market, verdict } = error as StrategyError;
  return [name, code, reason, hint, exitCode, market, verdict];
}

describe("an error of a strategy", () => {
  const where = "on TEST/USDC:USDC, bar 17";

  it("says what was thrown, be it an error or anything else", () => {
    const thrown = new TypeError("x is not a function");
    const error = strategyError(scene(), "onBar", thrown);
    const hint = "fix the strategy; its orders so far are in the journal";
    const reason = `strategy grid threw in onBar ${where}: TypeError: x is not a function`;
    expect(facts(error)).toEqual(["StrategyError", "strategy_threw", reason, hint, 2, 3, "threw"]);
    expect(error.cause).toBe(thrown);
    expect(strategyError(scene(), "rank", 42).reason).toBe(`strategy grid threw in rank ${where}: 42`);
  });

  it("keeps the code and the hint of one that knew more", () => {
    const known = (hint?: string) => new SeatrialError({ code: "bad_intent", reason: "a quantity of NaN", ...(hint === undefined ? {} : { hint }) });
    const reason = `a quantity of NaN (grid.onFill ${where})`;
    expect(facts(strategyError(scene(), "onFill", known("give a number")))).toEqual([
      "StrategyError",
      "bad_intent",
      reason,
      "give a number",
      2,
      3,
      "threw",
    ]);
    expect(facts(strategyError(scene(), "onFill", known()))[3]).toBe("fix the strategy");
  });

  it("is another one where the hook never came back", () => {
    const reason = `strategy grid did not come back from onBar ${where}`;
    const late = facts(strategyError(scene(), "onBar", new DecisionTimedOut()));
    expect(late).toEqual(["StrategyError", "strategy_timed_out", reason, "look for a loop without an end in it", 2, 3, "timed_out"]);
  });

  it("is told once: what names a strategy already, or is a broken promise of ours, stays as it is", () => {
    const named = new StrategyError(scene(), "bad_intent", "said", "hint");
    const broken = new InvariantError("I-07", "a fill of nothing");
    expect([strategyError(scene(), "onBar", named), strategyError(scene(), "onBar", broken)]).toEqual([named, broken]);
    expect(strategyError(scene(), "onBar", named)).toBe(named);
    expect(strategyError(scene(), "onBar", broken)).toBe(broken);
  });

  it("turns the view of the bars back", () => {
    const desk = scene();
    const error = tampered(desk, 12);
    expect([desk.bars.index, error.code, error.exitCode]).toEqual([12, "strategy_tampered", 2]);
    expect(error.reason).toBe("strategy grid moved its view of the bars of TEST/USDC:USDC away from bar 12");
  });
});
