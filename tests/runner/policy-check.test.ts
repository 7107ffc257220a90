// What a runner starts with: policies that it refuses, because a setting would have no effect, and what needs the operator's word besides.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, TestStrategy } from "./harness.ts";

describe("a market order in the place of a limit", () => {
  it("needs the operator's word beside the policy's and the intent's: without it none is sent, refused or run out", () => {
    const [refused, over] = [0, 1].map(() => {
      const harness = new Harness({ strategy: new TestStrategy({ policy: { fallback: { onReject: true, onTimeout: true } } }) });
      const permissions = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: minute, ...permissions });
      harness.bar(0);
      return harness;
    }) as [Harness, Harness];
    refused.reject(orderOf(1));
    over.timer(over.of("set_timer")[0]?.timer ?? 0, 2 * minute);
    over.canceled(orderOf(1));
    expect([refused.sent.length, over.sent.length]).toEqual([1, 1]);
    expect([refused.settled(orderOf(1)), over.settled(orderOf(1))]).toEqual([["REJECTED injected_rejection"], ["CANCELED entry_limit_timeout"]]);
  });
});

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
