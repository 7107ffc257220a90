// The view of a run against figures worked out by hand, and against what must hold of every view.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RunView } from "../../../src/report/view/run-view.ts";
import { load, shippedFiles } from "../../scenarios/shipped-files.ts";
import { crowded, crowdedPlan } from "../../session/crowded-sessions.ts";
import { planOf, quiet, workedPlan, type Row } from "../../session/plans.ts";
import { expectFolds, expectSteps, expectWhole } from "./view-checks.ts";
import { viewOfPlan } from "./view-facts.ts";

const files = (await shippedFiles()).filter((file) => !file.startsWith("recorded"));

const told = ({ orders }: RunView, at: number) => orders[at]?.stages.map(({ stage, time, text }) => [stage, time, text]);
const gate = (time: number) => (name: string) => ["gate", time, `${name}: passed`];

describe("the worked example", () => {
  // Bar 0 closes at 60 s with the wish to open 1; bar 1 opens with the fill at 100, fee 100 × 0.0005 = 0.05. The target is asked for in that
  // moment and live with bar 2 at 120 s. Its high of 102.01 is 1.01 from the open of 101, the low 0.2: the low comes first, the high second,
  // half-way through the bar at 150 s. Fee 102 × 0.0002 = 0.0204; 2 - 0.05 - 0.0204 = 1.9296.
  const { view } = viewOfPlan(workedPlan());

  it("tells the entry from the wish to the end", () => {
    const at = gate(60_000);
    expect(told(view, 0)).toEqual([
      ["intent", 60_000, "onBar asked to open LONG 1: scripted, “in”"],
      ...["session", "contract", "size", "position and pending", "operator's stop", "open outcomes", "the venue's request limits"].map(at),
      ...["the strategy's own permission", "backoff", "quantity"].map(at),
      ["normalised", 60_000, "type market by the policy of family entry"],
      ["request", 60_000, "sent it: buy 1 at market"],
      ["acknowledged", 60_000, "the venue took it under the id vex-00000001"],
      ["fill", 60_000, "buy 1 at 100 filled as taker, fee 0.05 USDC"],
      ["ended", 60_000, "FILLED: filled"],
    ]);
    expect(view.orders[0]).toMatchObject({ live: { from: 60_000, until: 60_000 }, prices: [] });
  });

  it("tells the target from the fill that it answers to the line of the ledger", () => {
    const at = gate(60_000);
    expect(told(view, 1)).toEqual([
      ["intent", 60_000, "onFill asked to reduce LONG by 1, limit at 102, family tp: scripted"],
      ...["session", "contract", "size", "position and pending", "the strategy's own permission", "price", "quantity"].map(at),
      ["normalised", 60_000, "post-only by the policy"],
      ["request", 60_000, "sent it: sell 1 at 102 or better, post-only, reduce-only"],
      ["acknowledged", 120_000, "the venue took it under the id vex-00000002"],
      ["fill", 150_000, "sell 1 at 102 filled as maker, fee 0.0204 USDC"],
      ["ledger", 150_000, "closed 1 NET: gross 2, fees 0.05 in and 0.0204 out, net 1.9296; 1.9296 so far"],
      ["ended", 150_000, "FILLED: filled"],
    ]);
    expect(view.orders[1]).toMatchObject({ live: { from: 120_000, until: 150_000 }, prices: [{ time: 120_000, price: "102" }] });
  });

  it("shows the state before and after the fill of the entry", () => {
    const at = view.player.steps.findIndex(({ type }) => type === "order_filled");
    const told = view.player.steps.slice(at, at + 3).map(({ type, order, changes }) => ({
      type,
      order,
      changes: changes.map(({ path, before, after }) => [path, before, after]),
    }));
    expect(view.player.steps[at]).toMatchObject({ bar: 1, time: 60_000, text: "entry#1: 1 at 100 filled as taker, fee 0.05 USDC" });
    // The fill, its verdict and the order that answers it are one act: what each record tells stands there.
    expect(told).toMatchObject([
      {
        type: "order_filled",
        order: 0,
        changes: [
          ["runner.intents", 1, 2],
          ["runner.positions.0.quantity", "0", "1"],
          ["runner.positions.0.entryPrice", null, "100"],
          ["runner.positions.0.entryFees", "0", "0.05"],
          ["runner.positions.0.lots.0", null, "1 at 100"],
          ["runner.markets.TEST/USDC:USDC.result", "0", "-0.05"],
          ["strategy.acted.0", null, 1],
        ],
      },
      {
        type: "order_settled",
        order: 0,
        changes: [["runner.orders.entry#1", { intent: 1, orderType: "market", side: "buy", quantity: "1", status: "SUBMITTED", filled: "0" }, null]],
      },
      {
        type: "submit_order",
        order: 1,
        changes: [["runner.orders.tp#1", null, { intent: 2, orderType: "limit", side: "sell", quantity: "1", price: "102", timeInForce: "PO" }]],
      },
    ]);
  });

  it("has candles, positions, equity and drawdown as by hand", () => {
    const [market] = view.markets;
    expect(market).toMatchObject({
      timeframe: "1m",
      barsPerCandle: 1,
      time: [0, 60_000, 120_000],
      high: [101, 100.5, 102.01],
      volume: [1_000, 1_000, 1_000],
    });
    expect(market?.positions).toEqual([{ leg: "NET", time: [60_000, 150_000], quantity: [1, 0], entryPrice: [100, 0] }]);
    expect(view.equity.value).toEqual([1_000, 999.95, 1_001.9296]);
    expect(view.equity.drawdown.map((fall) => Math.round(fall * 1e6) / 1e6)).toEqual([0, -0.05, 0]);
    expect(view).toMatchObject({ currency: "USDC", omitted: [], player: { omitted: null }, ambiguous: { bars: [] } });
  });
});

describe("every view", () => {
  it.each(files)("%s: lives end as their rows say, steps fold to the last state, stages point at their steps", async (file) => {
    const { plan } = await load(file);
    if (plan === null) throw new Error(`${file} has no plan`);
    const { view, record } = viewOfPlan(plan);
    expect(view.player.omitted).toBeNull();
    expectWhole(view, record.rows.orders);
    expectSteps(view);
    expectFolds(plan, view);
    expect(view.ambiguous.bars).toHaveLength(record.assumptions.ambiguousBars);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });

  it("holds of random sessions with perpetuals, faults, inside data and late answers", () => {
    fc.assert(
      fc.property(crowded, (drawn) => {
        const plan = crowdedPlan(drawn);
        const { view, record } = viewOfPlan(plan);
        expect(view.player.omitted).toBeNull();
        expectWhole(view, record.rows.orders);
        expectSteps(view);
        expectFolds(plan, view);
      }),
      { numRuns: Number(process.env["RUNS"] ?? 60) },
    );
  });
});

const opening = (bar: number, quantity?: number) => ({
  bar,
  do: "open" as const,
  leg: "LONG" as const,
  ...(quantity === undefined ? {} : { quantity }),
});

describe("a refused intent", () => {
  it("names the gates that it passed and the one that refused it", () => {
    const { view } = viewOfPlan(planOf({ rows: [quiet, quiet, quiet, quiet], actions: [opening(0, 1), opening(2, 1)] }));
    expect(view.skipped).toMatchObject([
      {
        reason: "already_positioned",
        gates: ["session", "contract", "size", "position and pending"],
        text: "onBar asked to open LONG 1: scripted; refused at “position and pending”: already_positioned",
      },
    ]);
    expect(view.player.steps[view.skipped[0]?.step ?? -1]).toMatchObject({ type: "intent_skipped", bar: 2 });
  });

  it("at the strategy's own word is refused by its permission", () => {
    const { view } = viewOfPlan(planOf({ actions: [opening(0, 1)], script: { refuse: [{ what: "entries", from: 0, to: 9 }] } }));
    expect(view.skipped[0]?.gates?.at(-1)).toBe("the strategy's own permission");
  });
});

describe("what normalising changed", () => {
  it("quantity down to the step, a price to the passive side of the tick", () => {
    // Step 0.001, tick 0.01: a buy of 1.23456 at 99.129 becomes 1.234 at 99.12.
    const order = { type: "limit" as const, price: 99.129, timeToLive: null };
    const { view } = viewOfPlan(planOf({ actions: [{ ...opening(0, 1.23456), order }] }));
    const normalised = view.orders[0]?.stages.find(({ stage }) => stage === "normalised");
    expect(normalised?.text).toBe(
      "quantity 1.23456 became 1.234, down to the step of 0.001; price 99.129 became 99.12, tick 0.01; post-only by the policy",
    );
  });
});

describe("who asked", () => {
  it("is the hook that did, also behind one in which a permission was asked for", () => {
    const limits = [98, 97].map((price) => ({
      bar: 0,
      do: "open" as const,
      leg: "LONG" as const,
      quantity: 1,
      order: { type: "limit" as const, price },
    }));
    const other = { bar: 0, do: "open" as const, leg: "SHORT" as const, quantity: 1 };
    const { view } = viewOfPlan(planOf({ actions: [...limits, other] }));
    expect(view.orders.map(({ stages }) => stages[0]?.text)).toEqual([
      "onBar asked to open LONG 1, limit at 98: scripted",
      "onBar asked to open SHORT 1: scripted",
    ]);
    expect(view.skipped[0]?.text).toContain("onBar asked to open LONG 1, limit at 97");
  });
});

describe("a bar that held both exits", () => {
  // Bought at 100; bar 2 reaches 102 and 97 from its open of 100.
  const rows: Row[] = [quiet, quiet, [100, 102.5, 97, 99, 1_000], quiet];
  const plan = planOf({
    rows,
    actions: [
      { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "in" },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, id: "target", order: { type: "limit", price: 102, family: "tp" } },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "stop_market", trigger: 98, family: "sl", oco: "target" } },
    ],
  });

  it("is named with both orders and the way that was taken", () => {
    const { view } = viewOfPlan(plan);
    // The high is 2.5 away, the low 3: the nearer first.
    expect(view.ambiguous.bars).toEqual([
      {
        symbol: "TEST/USDC:USDC",
        bar: 2,
        time: 120_000,
        path: "open, high, low, close",
        why: "sl#1 (sell at 98) below and tp#1 (sell at 102) above the open of 100 were both in reach: which came first, the path decided",
      },
    ]);
  });

  it("names the way that the worst path took, which is the other one", () => {
    const { view } = viewOfPlan({ ...plan, fill: { ...plan.fill, path: "worst" } });
    expect(view.ambiguous.bars).toMatchObject([{ bar: 2, path: "open, low, high, close" }]);
    expect(view.final.equity).toBe("997.901");
  });

  it("tells a stop's trigger from its execution, and says so", () => {
    const { view } = viewOfPlan({ ...plan, fill: { ...plan.fill, path: "olhc" } });
    const stop = view.orders.find(({ row }) => row.family === "sl");
    expect(stop?.stages.slice(-4).map(({ stage, text }) => [stage, text])).toEqual([
      ["triggered", "98 was reached: known from the execution, a venue does not tell it"],
      ["fill", "sell 1 at 98 filled as taker, fee 0.049 USDC"],
      ["ledger", "closed 1 LONG: gross -2, fees 0.05 in and 0.049 out, net -2.099; -2.099 so far"],
      ["ended", "FILLED: filled"],
    ]);
  });
});

describe("a stop that trails", () => {
  it("has its way as prices from bar to bar, as far as closes tell", () => {
    // 2 % behind: arrives with bar 1 at 100 with its stop at 98, moved to 98.98 by the high of 101. In bar 2 it is moved by 110 and reached in one.
    const rows: Row[] = [quiet, [100, 101, 99.5, 100.8, 1_000], [100.8, 110, 100.5, 104, 1_000], quiet];
    const order = { type: "trailing_stop" as const, callbackRate: 0.02, family: "sl" as const };
    const position = { symbol: "TEST/USDC:USDC", leg: "LONG" as const, quantity: "1", entryPrice: "100" };
    const plan = planOf({ rows, positions: [position], actions: [{ bar: 0, do: "reduce", leg: "LONG", quantity: 1, order }] });
    const { view } = viewOfPlan(plan);
    expect(view.orders[0]?.prices).toEqual([{ time: 120_000, price: "98.98" }]);
    const triggered = view.orders[0]?.stages.find(({ stage }) => stage === "triggered");
    expect(triggered?.text).toBe("the price turned back: known from the execution, a venue does not tell it");
    expect(view.orders[0]?.stages.find(({ stage }) => stage === "fill")?.text).toBe("sell 1 at 107.8 filled as taker, fee 0.0539 USDC");
  });
});
