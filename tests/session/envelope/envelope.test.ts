// The envelope on bars that can be worked out by hand. Fees of `generic`: maker 0.0002, taker 0.0005.

import { describe, expect, it } from "vitest";

import type { Envelope } from "../../../src/journal/index.ts";
import { runPlan, simulate, type SimulationPlan } from "../../../src/session/index.ts";
import { WorldSearch } from "../../../src/session/envelope/world-search.ts";
import type { ScriptedAction } from "../../../src/strategy/index.ts";
import { busyPlan } from "../busy-plan.ts";
import { planOf, quiet, type Row } from "../plans.ts";

/** It reaches 102 and 98; the high is nearer to the open, so the main world has the target first. */
const both: Row = [100, 102.5, 97, 100, 1_000];

/** Opens 1 at market at the close of a bar, with a target at 102 and a stop at 98 that cancel each other. */
function trade(bar: number, name: string): ScriptedAction[] {
  const target: ScriptedAction = {
    onFill: { id: name },
    do: "reduce",
    leg: "LONG",
    quantity: 1,
    id: `${name}-target`,
    order: { type: "limit", price: 102, family: "tp" },
  };
  const stop: ScriptedAction = {
    onFill: { id: name },
    do: "reduce",
    leg: "LONG",
    quantity: 1,
    id: `${name}-stop`,
    order: { type: "stop_market", trigger: 98, family: "sl", oco: `${name}-target` },
  };
  return [{ bar, do: "open", leg: "LONG", quantity: 1, id: name }, target, stop];
}

function envelopeOf(plan: SimulationPlan, budget: number | null = null): Envelope {
  const { envelope } = runPlan({ ...plan, envelope: { budget } }).record;
  if (envelope === undefined) throw new Error("the run has no envelope");
  return envelope;
}

const choice = (bar: number, path: "ohlc" | "olhc") => ({ symbol: "TEST/USDC:USDC", bar, path });

describe("a bar that begins with something left which its open has passed", () => {
  // At the open of bar 1 the stop-limit is triggered, sells 0.1 at 100 (an injected part; fee 0.005), and leaves 0.9 at 99 in a market at 100.
  // Up first, that sells at the open, 100: 0.9 x 100 x 0.0002 = 0.018. Down first, it sells at its 99, on the way up again: 0.9 x 99 x 0.0002 = 0.01782.
  const plan = planOf({
    mode: "one_way",
    rows: [quiet, [100, 101, 98, 100, 1_000], quiet],
    actions: [{ bar: 0, do: "open", leg: "SHORT", quantity: 1, id: "first", order: { type: "stop_limit", trigger: 100, price: 99 } }],
    fill: { gap: "open", crossedTrigger: "fire" },
    steps: [{ bar: 0, symbol: null, action: { do: "partial_fill", next: 1, family: null, symbol: null, share: "0.1" } }],
  });

  it("has two worlds, although every order waits on one side", () => {
    const { best, worst, worlds, bars } = envelopeOf(plan);
    const rests = bars.map(({ bar, paths }) => [bar, ...paths.map(({ fills }) => `${fills[1]?.quantity} at ${fills[1]?.price}`)]);
    expect([worlds, rests]).toEqual([2, [[1, "0.9 at 100", "0.9 at 99"]]]);
    // 1000 - 0.005 - 0.018; and with 0.9 sold one lower: - 0.005 - 0.01782 - 0.9.
    expect([best.equity, worst.equity]).toEqual(["999.977", "999.07718"]);
  });
});

describe("a bar that holds the target and the stop", () => {
  // Bought at 100 for 0.05. Target: + 2 - 0.0204. Stop: - 2 - 98 x 0.0005 = 0.049.
  const plan = planOf({ mode: "one_way", rows: [quiet, quiet, both, quiet], actions: trade(0, "first") });

  it("has two worlds: the best and the worst are theirs, to the last unit", () => {
    const { best, worst, ...rest } = envelopeOf(plan);
    expect(best).toEqual({ equity: "1001.9296", choices: [], confirmed: true, halt: null });
    expect(worst).toEqual({ equity: "997.901", choices: [choice(2, "olhc")], confirmed: true, halt: null });
    expect(rest).toMatchObject({ worlds: 2, unexplored: 0, exact: true });
  });

  it("is told with what each path fills, what it is worth, and when the two are the same again", () => {
    const sell = { side: "sell", leg: "NET", quantity: "1" };
    expect(envelopeOf(plan).bars).toEqual([
      {
        symbol: "TEST/USDC:USDC",
        bar: 2,
        time: 120_000,
        ways: 1,
        within: [],
        paths: [
          { path: "ohlc", equityDelta: "0", fills: [{ family: "tp", ...sell, price: "102", liquidity: "maker" }] },
          { path: "olhc", equityDelta: "-4.0286", fills: [{ family: "sl", ...sell, price: "98", liquidity: "taker" }] },
        ],
        reconvergedAt: 2,
        decisions: [],
        decisionsCut: false,
      },
    ]);
  });

  it("leaves the main world as it is: the same record, the same run hash", () => {
    const plain = simulate(plan);
    const { record } = runPlan({ ...plan, envelope: { budget: null } });
    expect(record.runHash).toBe(plain.runHash);
    expect(record.rows).toEqual(plain.rows);
    expect(record.final).toEqual(plain.final);
    expect([...record.journalLines()]).toEqual([...plain.journalLines()]);
  });
});

describe("several such bars", () => {
  it("two in a row have four worlds, and the differences of each add up", () => {
    const rows = [quiet, quiet, both, quiet, both, quiet];
    const envelope = envelopeOf(planOf({ mode: "one_way", rows, actions: [...trade(0, "first"), ...trade(2, "second")] }));
    // Twice + 1.9296, twice - 2.099.
    expect(envelope.best).toMatchObject({ equity: "1003.8592", choices: [] });
    expect(envelope.worst).toMatchObject({ equity: "995.802", choices: [choice(2, "olhc"), choice(4, "olhc")], confirmed: true });
    expect(envelope).toMatchObject({ worlds: 4, unexplored: 0, exact: true });
    // Bar 4 matters whichever way bar 2 went.
    expect(envelope.bars.map(({ bar, ways, within }) => ({ bar, ways, within }))).toEqual([
      { bar: 2, ways: 1, within: [] },
      { bar: 4, ways: 2, within: [] },
    ]);
  });

  it("one that only the stop's world meets is found there: three worlds, and the way to it", () => {
    // The stop buys again at the open of bar 3, with a target and a stop of its own; bar 4 holds both.
    const again = trade(0, "second").map((action) => (action.id === "second" ? { ...action, bar: undefined, onFill: { id: "first-stop" } } : action));
    const actions = [...trade(0, "first"), ...again.map((action) => JSON.parse(JSON.stringify(action)) as ScriptedAction)];
    const envelope = envelopeOf(planOf({ mode: "one_way", rows: [quiet, quiet, both, quiet, both, quiet], actions }));
    expect(envelope.best).toMatchObject({ equity: "1001.9296", choices: [] });
    expect(envelope.worst).toMatchObject({ equity: "995.802", choices: [choice(2, "olhc"), choice(4, "olhc")] });
    expect(envelope).toMatchObject({ worlds: 3, exact: true });
    const [first, second] = envelope.bars;
    expect(second).toMatchObject({ bar: 4, within: [choice(2, "olhc")], paths: [{ equityDelta: "0" }, { equityDelta: "-4.0286" }] });
    // - 4.0286 for the first stop, + 1.9296 for the target of the second trade.
    expect(first).toMatchObject({ bar: 2, paths: [{ equityDelta: "0" }, { equityDelta: "-2.099" }] });
    const entry = { path: "olhc", symbol: "TEST/USDC:USDC", bar: 2, family: "entry", side: "buy", type: "market", quantity: "1" };
    expect(first?.decisions[0]).toMatchObject(entry);
    expect(first?.decisions.map(({ path }) => path)).toEqual(["olhc", "olhc", "olhc"]);
  });
});

describe("where money decides", () => {
  // 102: enough for 1 at 100. After the target 103.9296, after the stop 99.901, which does not pay for another 1 at 100.
  const rows: Row[] = [quiet, quiet, both, quiet, [100, 110, 100, 110, 1_000], [110, 110, 110, 110, 1_000]];
  const actions = [...trade(0, "first"), { bar: 2, do: "open", leg: "LONG", quantity: 1 } as const];
  const plan = planOf({ mode: "one_way", rows, actions, balance: "102" });

  it("the poorer world stays apart, and does without the second trade", () => {
    const envelope = envelopeOf(plan);
    // 103.9296 - 0.05 + 10.
    expect(envelope.best).toMatchObject({ equity: "113.8796", confirmed: true });
    expect(envelope.worst).toMatchObject({ equity: "99.901", confirmed: true });
    expect(envelope.exact).toBe(true);
  });

  it("a budget too small for every world adds up, and the confirming run tells what the sum did not know", () => {
    // The sum alone would be 113.8796 - 4.0286 = 109.851.
    const envelope = envelopeOf(plan, 16);
    expect(envelope).toMatchObject({ exact: false, moneyDecides: true, worst: { equity: "99.901", confirmed: true } });
    const alone = envelopeOf(plan, 8);
    expect(alone.worst).toMatchObject({ equity: "109.851", confirmed: false });
  });
});

describe("the budget", () => {
  const rows = [quiet, quiet, both, quiet, both, quiet];
  const plan = planOf({ mode: "one_way", rows, actions: [...trade(0, "first"), ...trade(2, "second")] });

  it("what it does not pay for is counted, and nothing is claimed about it", () => {
    const envelope = envelopeOf(plan, 0);
    expect(envelope).toMatchObject({ worlds: 1, unexplored: 2, exact: false, bars: [] });
    expect(envelope.best.equity).toBe("1003.8592");
    expect(envelope.worst).toMatchObject({ equity: "1003.8592", choices: [] });
  });

  it("begins nothing that it may not bring to an end", () => {
    // Three bars to turn bar 2, and four that the other world may need to the end.
    expect(envelopeOf(plan, 6)).toMatchObject({ worlds: 1, unexplored: 2, bars: [] });
    // Two differences stand for the four worlds.
    expect(envelopeOf(plan, 7)).toMatchObject({ worlds: 3, unexplored: 0, worst: { equity: "995.802", confirmed: false } });
  });

  it("that ends under way all the same leaves that world unknown", () => {
    // The stop's world buys again and is another one to the end. A search that knows of no bars promises it none.
    const actions: ScriptedAction[] = [...trade(0, "first"), { onFill: { id: "first-stop" }, do: "open", leg: "LONG", quantity: 1 }];
    const search = new WorldSearch(planOf({ mode: "one_way", rows, actions }), { budget: 4, instants: 0, exact: false, lanesMax: 8 });
    search.run();
    expect({ unexplored: search.unexplored, spent: search.spent, ends: search.lines.map((line) => line.final()) }).toEqual({
      unexplored: 1,
      spent: 4,
      ends: [null],
    });
  });

  it("a larger one changes nothing where everything was tried", () => {
    expect(envelopeOf(plan, 10_000)).toEqual(envelopeOf(plan, 1_000_000));
  });
});

describe("what else a bar leaves open", () => {
  it("a life that ends inside it: not filled, or filled at its price", () => {
    // 99 for 2 s: the low of the minute is 98, and nobody knows when. Filled, 1 is worth 101 at the end: + 2 - 99 x 0.0002.
    const rows: Row[] = [quiet, [100, 100.5, 98, 100, 1_000], [100, 101, 100, 101, 1_000]];
    const order = { type: "limit", price: 99, timeToLive: 2_000, postOnly: false } as const;
    const envelope = envelopeOf(planOf({ mode: "one_way", rows, actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 1, order }] }));
    expect(envelope.worst).toMatchObject({ equity: "1000", choices: [] });
    expect(envelope.best).toMatchObject({ equity: "1001.9802", choices: [{ bar: 1, timeToLive: "whole-bar" }], confirmed: true });
  });

  it("but not under the fill setting that gives them the whole bar", () => {
    const rows: Row[] = [quiet, [100, 100.5, 98, 100, 1_000], [100, 101, 100, 101, 1_000]];
    const order = { type: "limit", price: 99, timeToLive: 2_000, postOnly: false } as const;
    const actions = [{ bar: 0, do: "open", leg: "LONG", quantity: 1, order } as const];
    const envelope = envelopeOf(planOf({ mode: "one_way", rows, actions, fill: { timeToLive: "whole-bar" } }));
    expect(envelope).toMatchObject({ worst: { equity: "1001.9802" }, best: { equity: "1001.9802" }, bars: [] });
  });

  it("a world that stops before its last bar says why", () => {
    // The low first fills a stop for a hundredth, and its sibling, the target for all, is gone: 8.99 from 100 are held with
    // less than 100 of money when bar 3 falls to 88.
    const rows: Row[] = [quiet, quiet, [100, 102.5, 97, 100, 100_000], [100, 100, 88, 90, 100_000], [90, 90, 90, 90, 100_000]];
    const actions: ScriptedAction[] = [
      { bar: 0, do: "open", leg: "LONG", quantity: 9, id: "in" },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 9, id: "out", order: { type: "limit", price: 102, family: "tp" } },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 0.01, order: { type: "stop_market", trigger: 98, family: "sl", oco: "out" } },
    ];
    const envelope = envelopeOf(planOf({ mode: "one_way", rows, actions, balance: "100", leverage: 10 }));
    expect(envelope.best).toMatchObject({ halt: null, choices: [] });
    expect(envelope.worst).toMatchObject({ halt: "insolvent", choices: [choice(2, "olhc")], confirmed: true });
  });
});

describe("a run with many fills and answers that overtake each other", () => {
  it("keeps its run hash, and is the same each time", { timeout: 60_000 }, () => {
    const plan = busyPlan();
    const first = runPlan({ ...plan, envelope: { budget: 5_000 } }).record;
    expect(first.runHash).toBe(simulate(plan).runHash);
    const second = runPlan({ ...plan, envelope: { budget: 5_000 } }).record;
    expect(JSON.stringify(second.envelope)).toBe(JSON.stringify(first.envelope));
  });
});

describe("a plan whose bars leave nothing open", () => {
  it("has one world, its own", () => {
    const plan = planOf({ mode: "one_way", rows: [quiet, quiet, quiet], actions: trade(0, "first") });
    const { record } = runPlan({ ...plan, envelope: { budget: null } });
    expect(record.runHash).toBe(simulate(plan).runHash);
    const end = { equity: record.final.equity, choices: [], confirmed: true, halt: null };
    expect(record.envelope).toEqual({ best: end, worst: end, bars: [], worlds: 1, unexplored: 0, moneyDecides: false, exact: true });
  });
});
