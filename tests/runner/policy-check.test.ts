// Policies that a runner does not start with: a setting that would have no effect is named, never passed over.

import { describe, expect, it } from "vitest";

import { Harness, TestStrategy } from "./harness.ts";

describe("a policy that cannot be worked by", () => {
  const refusal = (policy: object): string => {
    try {
      new Harness({ strategy: new TestStrategy({ policy }) });
      return "taken";
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code ?? ""}: ${message}`;
    }
  };

  it.each<[object, string]>([
    [{ route: "twap" }, "taken"],
    [{ route: "iceberg" }, "policy.route is no route: iceberg"],
    [{ families: { close: { route: "plain" } } }, "taken"],
    [{ families: { tp: {}, close: { route: "vwap" } } }, "policy.route is no route: vwap"],
    [{ routing: { slices: 3, jitter: 0.5 } }, "taken"],
    [{ routing: { slices: 3, patience: 5 } }, "policy.routing.patience is no setting of a route"],
    [{ routing: { jitter: 1 } }, "policy.routing.jitter must be a share from 0 to below 1"],
    [{ families: { tp: { protection: "venue" } } }, "taken"],
    [{ families: { tp: { protection: "venue" }, sl: { protection: "runner" } } }, 'policy.families.sl.protection is "runner"'],
  ])("%o: %s", (policy, said) => {
    expect(refusal(policy)).toContain(said);
  });
});
