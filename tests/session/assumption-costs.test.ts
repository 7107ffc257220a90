// What an assumption is worth, against runs worked out by hand.

import { describe, expect, it } from "vitest";

import { assumptionCosts, simulate, type CostRow, type SimulationPlan } from "../../src/session/index.ts";
import { planOf, quiet, workedPlan, type Row } from "./plans.ts";

function costsOf(plan: SimulationPlan, instantsMax: number | null = null): readonly CostRow[] {
  return assumptionCosts(plan, simulate(plan), { instantsMax });
}

const row = (costs: readonly CostRow[], assumption: string, instead?: string) =>
  costs.find((cost) => cost.assumption === assumption && (instead === undefined || cost.instead === instead));

describe("the worked example: bought at 100 as taker, sold at 102 as maker, equity 1001.9296", () => {
  const costs = costsOf(workedPlan());

  it("fees are worth exactly what was paid", () => {
    // 0.05 + 0.0204.
    expect(row(costs, "fees")).toEqual({
      assumption: "fees",
      here: "maker 0.0002, taker 0.0005",
      instead: "no fees",
      equity: "1002",
      difference: "0.0704",
      fills: 2,
      realizedPnl: "2",
      maxDrawdown: "0",
      note: null,
    });
  });

  it("half a spread of 1 bp makes the entry dearer by 0.01, and its fee by 0.000005", () => {
    // Bought at 100.01, fee 0.050005; the target is a maker's and stays.
    expect(row(costs, "spread")).toMatchObject({ here: "half spread 0 bp", equity: "1001.919595", difference: "-0.010005", realizedPnl: "1.99" });
  });

  it("a usual slippage of 1 bp + 35 bp × 1 ÷ 1000 of the bar's volume makes it dearer by 1.035 bp, on the tick", () => {
    // 100 × 1.035 bp = 0.01035: the worse tick is 100.02, fee 0.05001; 2 - 0.02 - 0.05001 - 0.0204.
    expect(row(costs, "slippage")).toMatchObject({ here: "none", equity: "1001.90959", difference: "-0.02001" });
  });

  it("names only what can matter: no funding, no latency; a limit that was traded through fills on a touch too", () => {
    expect(new Set(costs.map(({ assumption }) => assumption))).toEqual(new Set(["fees", "slippage", "spread", "path", "volume", "limit"]));
    expect(row(costs, "limit")).toMatchObject({ here: "fills when traded through by a tick", instead: "fills on a touch", difference: "0" });
  });

  it("a limit that was touched only is worth its whole fill", () => {
    // With a high of exactly 102 the target stands at the end, equity 1001.45 at the close of 101.5; on a touch it is the run above.
    expect(row(costsOf(workedPlan(102)), "limit")).toMatchObject({ equity: "1001.9296", difference: "0.4796", fills: 2 });
  });
});

describe("a bar that holds target and stop", () => {
  const rows: Row[] = [quiet, quiet, [100, 102.5, 97, 99, 1_000], quiet];
  const actions = [
    { bar: 0, do: "open" as const, leg: "LONG" as const, quantity: 1, id: "in" },
    {
      onFill: { id: "in" },
      do: "reduce" as const,
      leg: "LONG" as const,
      quantity: 1,
      id: "target",
      order: { type: "limit" as const, price: 102, family: "tp" as const },
    },
    {
      onFill: { id: "in" },
      do: "reduce" as const,
      leg: "LONG" as const,
      quantity: 1,
      order: { type: "stop_market" as const, trigger: 98, family: "sl" as const, oco: "target" },
    },
  ];

  it("the path is worth the way from one exit to the other", () => {
    // High first: 1001.9296. Low first: the stop takes 98, fee 0.049: 1000 - 0.05 - 2 - 0.049 = 997.901.
    const costs = costsOf(planOf({ rows, actions }));
    expect(row(costs, "path", "ohlc")).toMatchObject({ here: "adaptive", equity: "1001.9296", difference: "0" });
    expect(row(costs, "path", "olhc")).toMatchObject({ equity: "997.901", difference: "-4.0286", realizedPnl: "-2" });
    expect(row(costs, "path", "worst")).toMatchObject({ equity: "997.901", difference: "-4.0286" });
    expect(row(costs, "path", "best")).toMatchObject({ equity: "1001.9296", difference: "0" });
  });

  it("a plan with an envelope is compared in its main world", () => {
    const costs = costsOf({ ...planOf({ rows, actions }), envelope: { budget: null } });
    expect(row(costs, "path", "olhc")).toMatchObject({ equity: "997.901" });
  });
});

describe("volume", () => {
  it("without the cap the whole order fills", () => {
    // A tenth of 5 is 0.5 of the 1 that is wanted; the rest of a market order expires. Then 10 lower.
    const rows: Row[] = [quiet, [100, 100, 100, 100, 5], [90, 90, 90, 90, 1_000]];
    const costs = costsOf(planOf({ rows, actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 1 }] }));
    // 0.5: 1000 - 5 - 0.025. 1: 1000 - 10 - 0.05.
    expect(row(costs, "volume")).toMatchObject({ here: "at most 0.1 of a bar's volume", instead: "no cap", equity: "989.95", difference: "-5.025" });
  });
});

describe("a run that cannot be had", () => {
  it("that breaks off is a row with a note", () => {
    // 10 bought at 100, leverage 20; the price falls to 90.46, where 0.005 × 904.6 = 4.523 of margin must be there.
    const rows: Row[] = [quiet, [100, 100.5, 100, 100, 1_000], [90.46, 90.46, 90.46, 90.46, 1_000]];
    const plan = planOf({ rows, actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 10 }], balance: "100.45", leverage: 20 });
    const own = simulate(plan);
    expect(own.rows.halt).toBeNull();
    // 100.45 - 0.5 - 95.4 = 4.55 covers it; bought at 100.01 it is 4.44995 and does not.
    expect(own.final.equity).toBe("4.55");
    expect(row(costsOf(plan), "spread")).toMatchObject({ equity: null, difference: null, fills: null });
    expect(row(costsOf(plan), "spread")?.note).toMatch(/^broke off in bar 2: equity no longer covers/);
  });

  it("that is larger than what was asked for is not made, and says so", () => {
    const costs = costsOf(workedPlan(), 2);
    expect(costs.length).toBeGreaterThan(3);
    for (const { equity, note } of costs) expect([equity, note]).toEqual([null, "not run: 3 bars are more than 2; ask for it with --costs"]);
  });
});
