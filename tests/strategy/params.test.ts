import { describe, expect, it } from "vitest";

import {
  builtinStrategies,
  createStrategy,
  defaultExecutionPolicy,
  dualDca,
  missingHooks,
  ParameterError,
  resolveParams,
  type Strategy,
  type StrategyDefinition,
} from "../../src/strategy/index.ts";

const definition: StrategyDefinition = {
  name: "sample",
  defaults: { period: 20, name: "x", on: true, list: [1], nested: { inner: 1 }, free: {}, maybe: null },
  check: (params) => ((params["period"] as number) > 1 ? null : { key: "period", problem: "must be above 1" }),
  create: () => ({ name: "sample", policy: defaultExecutionPolicy, onBar() {}, snapshot: () => null, restore() {} }),
};

function problem(params: Record<string, unknown>, of: StrategyDefinition = definition): ParameterError {
  try {
    resolveParams(of, params);
  } catch (error) {
    if (error instanceof ParameterError) return error;
    throw error;
  }
  throw new Error("the parameters were accepted");
}

describe("resolveParams", () => {
  it("lays the user's parameters over the defaults, also in nested objects", () => {
    expect(resolveParams(definition, { period: 5, nested: { inner: 2 }, free: { anything: 1 }, maybe: 3, list: [] })).toEqual({
      period: 5,
      name: "x",
      on: true,
      list: [],
      nested: { inner: 2 },
      free: { anything: 1 },
      maybe: 3,
    });
    expect(definition.defaults["period"]).toBe(20);
  });

  it("names an unknown key, its place and the nearest known one", () => {
    const error = problem({ perriod: 5 });
    expect([error.code, error.exitCode, error.hint, error.path]).toEqual(["unknown_parameter", 3, 'did you mean "period"?', ["perriod"]]);
    expect(problem({ nested: { inrer: 1 } })).toMatchObject({ path: ["nested", "inrer"], hint: 'did you mean "inner"?' });
    expect(problem({ zzzzzz: 1 }).hint).toBe("known: period, name, on, list, nested, free, maybe");
  });

  it("does not take keys of the prototype for known ones", () => {
    expect(problem(JSON.parse('{"__proto__": 1}') as Record<string, unknown>).code).toBe("unknown_parameter");
    expect(problem({ toString: 1 }).code).toBe("unknown_parameter");
  });

  it.each([
    [{ period: "5" }, 'sample: period must be a number, not "5"'],
    [{ period: Number.NaN }, "sample: period must be a finite number, not NaN"],
    [{ period: null }, "sample: period must be a number, not null"],
    [{ on: 1 }, "sample: on must be a boolean, not 1"],
    [{ list: {} }, "sample: list must be a list, not an object"],
    [{ nested: [] }, "sample: nested must be an object, not a list"],
    [{ maybe: {} }, "sample: maybe must be a plain value or null, not an object"],
    [{ period: 1 }, "sample: period must be above 1"],
  ])("refuses %j", (params, message) => {
    const error = problem(params);
    expect([error.code, error.reason]).toEqual(["bad_parameter", message]);
  });

  it("tells how to write a number", () => {
    expect(problem({ period: "5" }).hint).toBe("write 5 without quotes");
  });

  it.each([
    [{ tpPercnt: 1 }, "tpPercnt"],
    [{ sides: "up" }, "sides"],
    [{ maxFillsPerBar: 1.5 }, "maxFillsPerBar"],
    [{ tpPercent: -1 }, "tpPercent"],
    [{ firstSteps: [0.3, "x"] }, "firstSteps"],
    [{ slipLossCompensation: 4 }, "slipLossCompensation"],
    [{ backoff: { maxFailures: 0 } }, "backoff.maxFailures"],
    [{ feePercent: 11 }, "feePercent"],
    [{ trendSizing: { scoreHigh: 1 } }, "trendSizing.scoreHigh"],
    [{ sizing: "fixed" }, "fixedNotional"],
  ])("dual-dca refuses %j", (params, key) => {
    expect(problem(params, dualDca as StrategyDefinition).reason).toContain(key);
  });
});

describe("built-in strategies", () => {
  it("stand under their own names and start with their defaults", () => {
    for (const [name, builtin] of Object.entries(builtinStrategies)) {
      expect(builtin.name).toBe(name);
      const strategy = createStrategy(builtin, {});
      expect(strategy.name).toBe(name);
      expect(missingHooks(strategy)).toEqual([]);
    }
    expect(Object.keys(builtinStrategies).sort()).toEqual(["dual-dca", "ema-cross", "grid", "scripted"]);
  });
});

describe("createStrategy", () => {
  it.each([
    ["nothing", null, "create() returned no strategy object"],
    ["a text", "buy", "create() returned no strategy object"],
    ["no onBar", { policy: {} }, "its strategy has no onBar()"],
    ["no policy", { onBar() {} }, "its strategy has no policy"],
  ])("refuses %s with exit code 2", (_what, made, message) => {
    const broken: StrategyDefinition = { name: "broken", defaults: {}, create: () => made as unknown as Strategy };
    expect(() => createStrategy(broken, {})).toThrow(expect.objectContaining({ code: "bad_strategy", exitCode: 2, reason: `broken: ${message}` }));
  });
});

describe("missingHooks (004-ST-1)", () => {
  it("names what a live session would miss, in the order of the contract", () => {
    expect(missingHooks(createStrategy(definition, {}))).toEqual([
      "canSubmit",
      "canClose",
      "setBrokerMinimum",
      "onRejected",
      "onExternalChange",
      "onWarmup",
    ]);
  });
});
