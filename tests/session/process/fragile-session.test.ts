// A session whose process dies, sleeps, and comes back: what is durable, what is lost, and what the new process is told. By
// hand, on bars that do nothing but what a test needs.

import { describe, expect, it } from "vitest";

import { createHash } from "node:crypto";

import { ExitCode, SeatrialError, type Event } from "../../../src/domain/index.ts";
import { isRefusedOnLowWater, lowWaterCode, MemoryCommits, type Cause, type CommitStore } from "../../../src/journal/index.ts";
import { simulate, type SimulationPlan } from "../../../src/session/index.ts";
import { FragileSession } from "../../../src/session/process/fragile-session.ts";
import { rebuild } from "../../../src/session/process/process-replay.ts";
import { buildSession } from "../../../src/session/build.ts";
import type { CrashPlace, CrashPoint, ProcessStep } from "../../../src/session/process/process-plan.ts";
import { scripted, type ScriptedAction, type StrategyDefinition } from "../../../src/strategy/index.ts";
import { planOf, quiet, workedPlan, type PlanOptions, type Row } from "../plans.ts";

const rows = (count: number): Row[] => Array.from({ length: count }, () => quiet);
const minute = 60_000;

function at(place: CrashPlace, downtimeMs = 0): CrashPoint {
  return { at: place, downtimeMs };
}

function step(bar: number, action: ProcessStep): SimulationPlan["steps"][number] {
  return { bar, symbol: null, action };
}

const restart = (bar: number, downtimeMs: number) => step(bar, { do: "restart", downtimeMs, changed: null });

function run(options: PlanOptions & { crashes?: readonly CrashPoint[] }): FragileSession {
  const { crashes = [], ...rest } = options;
  const session = new FragileSession({ ...planOf({ mode: "one_way", ...rest }), crashes });
  session.run();
  return session;
}

/** What a session's commits say that its runner was told. */
function told(session: FragileSession): string[] {
  return [...session.commits.read(1)].map(({ cause }) => cause.type);
}

function eventsOf<T extends Event["type"]>(session: FragileSession, type: T): Extract<Event, { type: T }>[] {
  return [...session.commits.read(1)].map(({ cause }) => cause).filter((cause) => cause.type === type) as Extract<Event, { type: T }>[];
}

const opens = { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "in" } as const;

describe("commits", () => {
  it("hold everything that the runner was told, one for each, from its set-up on", () => {
    const session = new FragileSession({ ...workedPlan(), crashes: [] });
    session.run();
    // The entry of bar 0 is acknowledged and filled at the open of bar 1, its target in bar 2.
    expect(told(session)).toEqual([
      "session_started",
      "instant_closed",
      "order_acknowledged",
      "order_filled",
      "instant_closed",
      "order_acknowledged",
      "order_filled",
      "instant_closed",
    ]);
    expect([...session.commits.read(2)].map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it("make a session that ends as the plain one does, to the last row", () => {
    const plan = workedPlan();
    const session = new FragileSession({ ...plan, crashes: [] });
    session.run();
    const [fragile, plain] = [session.record(), simulate(plan)];
    expect(fragile.rows).toEqual(plain.rows);
    expect(fragile.final).toEqual(plain.final);
    expect([...fragile.equity.value]).toEqual([...plain.equity.value]);
  });

  it("give the same state again from any of them on, by a snapshot or from the first", () => {
    const plan = planOf({ mode: "one_way", rows: rows(1_100), actions: [opens, { bar: 1_000, do: "close", leg: "LONG" }] });
    const session = new FragileSession({ ...plan, crashes: [] });
    session.run();
    expect(session.commits.snapshot()?.seq).toBe(1_024);
    const fromSnapshot = rebuild(buildSession(plan).runner, session.commits);
    const digest = (state: unknown) => createHash("sha256").update(JSON.stringify(state)).digest("hex");
    const { equity: _marked, ...state } = session.runner.snapshot();
    const { equity: _read, ...again } = fromSnapshot.snapshot();
    expect(digest(again)).toBe(digest(state));
  });
});

describe("a restart", () => {
  it("tells the new process its epoch, since when nobody listened, and the bars that were missed", () => {
    const session = run({ rows: rows(8), steps: [restart(2, 3 * minute)] });
    // Dead from the open of bar 2 on; back at the close of bar 4, which it hears of as it closes.
    expect(eventsOf(session, "session_resumed")).toEqual([
      { type: "session_resumed", time: 5 * minute, sequence: 0, epoch: 2, since: 2 * minute, changed: null },
    ]);
    expect(eventsOf(session, "bars_missed").map(({ market, series, from, to }) => [market, series, from, to])).toEqual([[0, 0, 2, 4]]);
    expect(session.runner.barOf(0)).toBe(7);
    expect(session.record().rows.restarts).toMatchObject([{ epoch: 2, missedBars: 2, since: 2 * minute, time: 5 * minute, reconciled: "done" }]);
  });

  it("gives its epoch to the ids of its orders", () => {
    const session = run({ rows: rows(9), actions: [opens, { bar: 6, do: "close", leg: "LONG" }], steps: [restart(3, minute)] });
    // 4 magic, 6 tag, 4 epoch.
    expect(session.record().rows.orders.map(({ clientOrderId }) => clientOrderId.slice(10, 14))).toEqual(["0001", "0002"]);
  });

  it("in the middle of a bar hears of that bar's close", () => {
    const session = run({ rows: rows(6), steps: [restart(2, 90_000)] });
    expect(eventsOf(session, "session_resumed").map(({ time }) => time)).toEqual([210_000]);
    expect(eventsOf(session, "bars_missed").map(({ from, to }) => [from, to])).toEqual([[2, 3]]);
  });

  it("that does not end before the bars do leaves the session as the venue has it", () => {
    const session = run({ rows: rows(5), actions: [opens], steps: [restart(1, 60 * minute)] });
    const { rows: told, final } = session.record();
    expect(told.restarts).toEqual([]);
    expect(final.positions.map(({ quantity }) => quantity)).toEqual(["1"]);
  });

  it("fires what fell due meanwhile once, in the order in which it was due, at the time of the return", () => {
    const life = (price: number, timeToLive: number, leg: "LONG" | "SHORT") =>
      ({ bar: 0, do: "open", leg, quantity: 1, order: { type: "limit", price, timeToLive } }) as const;
    const session = run({
      mode: "hedge",
      rows: rows(10),
      actions: [life(90, 240_000, "LONG"), life(110, 180_000, "SHORT")],
      steps: [restart(2, 5 * minute)],
    });
    const fired = eventsOf(session, "timer_fired").filter(({ timer }) => timer <= 2);
    // The second one was due a minute before the first.
    expect(fired.map(({ timer, time }) => [timer, time])).toEqual([
      [2, 7 * minute],
      [1, 7 * minute],
    ]);
    expect(session.record().rows.orders.map(({ status, reason }) => [status, reason])).toEqual([
      ["CANCELED", "entry_limit_timeout"],
      ["CANCELED", "entry_limit_timeout"],
    ]);
  });

  it("never lets the runner's time go back", () => {
    const session = run({ rows: rows(8), actions: [opens], steps: [restart(2, 90_000)], fill: { delivery: "seeded" }, seed: 5 });
    let latest = 0;
    const late: string[] = [];
    for (const { cause } of session.commits.read(1)) {
      const own = cause.type === "timer_fired" || cause.type === "session_resumed" || cause.type === "bars_missed";
      if (own && cause.time < latest) late.push(cause.type);
      latest = Math.max(latest, cause.time);
    }
    expect(late).toEqual([]);
  });

  it("hands over a command that the operator gave while nobody was there", () => {
    const stop = { bar: 3, symbol: null, action: { do: "stop_new_orders", text: "dinner" } } as const;
    const session = run({ rows: rows(9), actions: [{ ...opens, bar: 7 }], steps: [restart(2, 3 * minute), stop] });
    expect(eventsOf(session, "operator_command").map(({ time }) => time)).toEqual([5 * minute]);
    expect(session.record().rows.skipped.map(({ reason }) => reason)).toEqual(["stop_new_orders"]);
  });

  it("leaves a plain session's run hash alone", () => {
    const plan = workedPlan();
    expect(simulate({ ...plan }).runHash).toBe(simulate(plan).runHash);
    expect(simulate({ ...plan, crashes: [] }).final).toEqual(simulate(plan).final);
  });
});

describe("a strategy that was edited over a restart", () => {
  const picky: StrategyDefinition = {
    ...(scripted as unknown as StrategyDefinition),
    name: "picky",
    defaults: { size: 1 },
    check: () => null,
    create: ({ size }) => ({
      name: "picky",
      policy: scripted.create({ actions: [], policy: {}, backoff: {}, refuse: [], warmup: 0 } as never).policy,
      snapshot: () => size,
      restore: (saved: unknown) => {
        if (saved !== size) throw new Error(`${String(saved)} is not ${String(size)}`);
      },
      onBar: () => undefined,
    }),
  };

  it("is not started where it cannot go on from the state of before", () => {
    const steps = [step(2, { do: "restart", downtimeMs: 0, changed: { what: "configuration", params: { size: 2 } } })];
    expect(() => run({ rows: rows(6), strategy: picky, params: { size: 1 }, steps })).toThrow(
      expect.objectContaining({ code: "restart_refused", exitCode: 2, reason: expect.stringContaining("1 is not 2") as string }) as Error,
    );
  });

  it("goes on with what is new, also after the next restart", () => {
    const actions = [{ bar: 0, do: "open", leg: "LONG", quantity: 1 } as const];
    const later = [...actions, { bar: 3, do: "close", leg: "LONG" } as const, { bar: 6, do: "open", leg: "LONG", quantity: 2 } as const];
    const params = { ...planOf({ actions }).strategy.params, actions: later };
    const steps = [step(2, { do: "restart", downtimeMs: 0, changed: { what: "configuration", params } }), restart(5, 0)];
    const session = run({ rows: rows(9), actions, steps });
    expect(session.record().rows.restarts.map(({ epoch, changed }) => [epoch, changed])).toEqual([
      [2, "configuration"],
      [3, null],
    ]);
    expect(session.record().final.positions.map(({ quantity }) => quantity)).toEqual(["2"]);
  });
});

describe("a frozen process", () => {
  it("hears first that it slept, then of the bars that are over, then what it was told meanwhile", () => {
    const session = run({
      rows: [quiet, quiet, quiet, [100, 100, 98.9, 99, 1_000], ...rows(6)],
      actions: [{ bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 99 }, id: "in" }],
      steps: [step(2, { do: "freeze", lengthMs: 4 * minute })],
    });
    const causes = [...session.commits.read(1)].map(({ cause }) => cause);
    const woken = causes.findIndex(({ type }) => type === "clock_checked");
    expect(causes[woken]).toMatchObject({ time: 6 * minute, slept: 4 * minute, offset: 0 });
    expect(causes.slice(woken + 1, woken + 3).map(({ type }) => type)).toEqual(["bars_missed", "order_filled"]);
    expect(session.record().final.positions.map(({ quantity }) => quantity)).toEqual(["1"]);
  });
});

/** In memory, on a disk that is full from the first commit of a kind on that would increase risk. */
class FullAt extends MemoryCommits {
  declare private readonly kind: Cause["type"];
  private met = false;

  constructor(kind: Cause["type"]) {
    super();
    this.kind = kind;
  }

  override get lowWater(): boolean {
    return this.met;
  }

  override append(...[epoch, cause, effects, notes]: Parameters<MemoryCommits["append"]>): number {
    const meets = this.met || cause.type === this.kind;
    if (meets && isRefusedOnLowWater(effects, this.met)) {
      this.met = true;
      throw new SeatrialError({ code: lowWaterCode, reason: "the disk is full", exitCode: ExitCode.run });
    }
    return super.append(epoch, cause, effects, notes);
  }
}

describe("a journal that fails", () => {
  const fault = (bar: number, kind: "disk_full" | "io_error") => step(bar, { do: "journal_fault", fault: kind });

  it("with a full disk refuses what increases risk and keeps what reduces it", () => {
    const actions = [
      opens,
      { bar: 3, do: "add", leg: "LONG", quantity: 1, order: { type: "market" } } as const,
      { bar: 4, do: "close", leg: "LONG" } as const,
    ];
    const session = run({ rows: rows(7), actions, steps: [fault(2, "disk_full")] });
    const { rows: told, final } = session.record();
    expect(told.skipped.map(({ reason, bar }) => [reason, bar])).toEqual([["dca_stop_new_orders", 3]]);
    expect(final.positions).toEqual([]);
  });

  /** Bought 1; its fill asks for another 1 below, and for a stop. The disk is full from that very commit on. */
  function fullAtTheFill(store: CommitStore): { plan: SimulationPlan; session: FragileSession } {
    const actions: readonly ScriptedAction[] = [
      opens,
      { onFill: { id: "in" }, do: "add", leg: "LONG", quantity: 1, order: { type: "limit", price: 90, timeToLive: null } },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "stop_market", trigger: 80, family: "sl" } },
    ];
    const plan = planOf({ mode: "one_way", rows: rows(6), actions });
    const session = new FragileSession({ ...plan, crashes: [] }, undefined, store);
    session.run();
    return { plan, session };
  }

  it("D6: in the commit of a fill, which its answer would increase risk: the fill is told once more, the add is refused and the stop goes", () => {
    const { plan, session } = fullAtTheFill(new FullAt("order_filled"));
    const { rows: kept, final } = session.record();
    expect(kept.orders.map(({ family, status }) => [family, status])).toEqual([
      ["entry", "FILLED"],
      ["sl", "SUBMITTED"],
    ]);
    expect(kept.skipped.map(({ family, reason }) => [family, reason])).toEqual([["dca", "dca_stop_new_orders"]]);
    expect(kept.fills).toHaveLength(1);
    expect(final.positions).toMatchObject([{ quantity: "1" }]);
    const around = told(session);
    expect(around.slice(around.indexOf("operator_command"), around.indexOf("operator_command") + 2)).toEqual(["operator_command", "order_filled"]);
    expect(around.filter((type) => type === "order_filled")).toHaveLength(1);
    // What is durable is what lives.
    const again = rebuild(buildSession(plan).newRunner(), session.commits).snapshot();
    expect({ ...again, equity: null }).toEqual({ ...session.runner.snapshot(), equity: null });
  });

  it("D6: whoever lets new orders go again while the disk is full is told at once that they do not", () => {
    const steps = [fault(2, "disk_full"), step(3, { do: "resume", text: "go on" } as never)];
    const actions = [opens, { bar: 3, do: "add", leg: "LONG", quantity: 1, order: { type: "market" } } as const];
    const { skipped, alerts } = run({ rows: rows(7), actions, steps }).record().rows;
    expect(skipped.map(({ reason, bar }) => [reason, bar])).toEqual([["dca_stop_new_orders", 3]]);
    expect(alerts.map(({ text }) => text.slice(0, 30))).toEqual([
      "stop_new_orders: disk_full: th",
      "new orders are allowed again",
      "stop_new_orders: disk_full: th",
    ]);
  });

  it("when a write fails sends nothing of what was not kept, and ends the session", () => {
    const session = run({ rows: rows(7), actions: [{ ...opens, bar: 2 }], steps: [fault(2, "io_error")] });
    const { rows: told, final } = session.record();
    expect(told.halt).toMatchObject({ reason: "journal_failed", bar: 2 });
    expect(told.orders).toEqual([]);
    expect(final.positions).toEqual([]);
    expect(session.commits.last).toBe(3);
  });
});

describe("places to die", () => {
  it.each([
    ["planned", 0],
    ["journaled", 1],
    ["sent", 1],
  ] as const)("of an order, %s: the decision is%s durable", (phase, kept) => {
    const place: CrashPlace = { kind: "order", order: { family: "entry", number: 1, market: null, leg: null }, phase };
    const session = run({ rows: rows(8), actions: [opens], crashes: [at(place)] });
    expect(session.record().rows.orders.length).toBe(kept);
    expect(session.record().final.positions.length).toBe(phase === "sent" ? 1 : 0);
  });

  it("count the orders of a family on each leg", () => {
    const both = (bar: number, leg: "LONG" | "SHORT") => ({ bar, do: "open", leg, quantity: 1 }) as const;
    const place: CrashPlace = { kind: "order", order: { family: "entry", number: 1, market: null, leg: "SHORT" }, phase: "sent" };
    const session = run({ mode: "hedge", rows: rows(8), actions: [both(0, "LONG"), both(2, "SHORT")], crashes: [at(place)] });
    expect(session.record().rows.restarts.map(({ bar }) => bar)).toEqual([2]);
  });

  it("are used once", () => {
    const session = run({
      rows: rows(8),
      actions: [opens],
      crashes: [at({ kind: "commit", number: 3, process: null, phase: "planned", effects: null })],
    });
    expect(session.record().rows.restarts.length).toBe(1);
  });

  it("after so many effects of a commit leave the others unsent", () => {
    const both = (leg: "LONG" | "SHORT") => ({ bar: 0, do: "open", leg, quantity: 1 }) as const;
    const place: CrashPlace = { kind: "commit", number: 2, process: null, phase: "sent", effects: 1 };
    const session = run({ mode: "hedge", rows: rows(8), actions: [both("LONG"), both("SHORT")], crashes: [at(place)] });
    expect(session.record().rows.orders.map(({ leg, status }) => [leg, status])).toEqual([
      ["LONG", "FILLED"],
      ["SHORT", "NEVER_ARRIVED"],
    ]);
  });
});
