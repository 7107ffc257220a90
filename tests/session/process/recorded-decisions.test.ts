// E5: a strategy that answers otherwise when it is told again of what is over. What it had decided stands, it is said so, and the
// session goes on. The strategy of these tests knows which of its instances it is: 1 lives first, 2 is the probe, 3 comes back.

import { describe, expect, it } from "vitest";

import { MemoryCommits, type Commit } from "../../../src/journal/index.ts";
import { buildSession } from "../../../src/session/build.ts";
import { FragileSession } from "../../../src/session/process/fragile-session.ts";
import type { CrashPoint } from "../../../src/session/process/process-plan.ts";
import { revive } from "../../../src/session/process/process-replay.ts";
import type { SimulationPlan, Step } from "../../../src/session/index.ts";
import { defaultExecutionPolicy, type Context, type Strategy, type StrategyDefinition } from "../../../src/strategy/index.ts";
import { planOf, quiet, type PlanOptions, type Row } from "../plans.ts";

const rows: Row[] = Array.from({ length: 9 }, () => quiet);
const restart = (bar: number): Step => ({ bar, symbol: null, action: { do: "restart", downtimeMs: 0, changed: null } });

/** A strategy made of what its n-th instance does. */
function moody(hooks: (instance: number) => Partial<Strategy>): StrategyDefinition {
  let instances = 0;
  return {
    name: "moody",
    defaults: {},
    create: () => {
      instances += 1;
      const own = hooks(instances);
      return { name: "moody", policy: defaultExecutionPolicy, onBar: () => undefined, snapshot: () => null, restore: () => undefined, ...own };
    },
  };
}

function plan(strategy: StrategyDefinition, options: PlanOptions = {}): SimulationPlan {
  return planOf({ mode: "one_way", rows, steps: [restart(4)], ...options, strategy, params: {} });
}

function run(strategy: StrategyDefinition, options: PlanOptions & { crashes?: readonly CrashPoint[] } = {}, store = new MemoryCommits()) {
  const { crashes = [], ...rest } = options;
  const session = new FragileSession({ ...plan(strategy, rest), crashes }, undefined, store);
  session.run();
  return session;
}

function warnings(session: FragileSession): string[] {
  return session
    .record()
    .rows.alerts.filter(({ level }) => level === "warning")
    .map(({ text }) => text)
    .filter((text) => text.startsWith("strategy_differs"));
}

const sizes = moody((instance) => ({
  onBar: (ctx: Context) => {
    if (ctx.bar === 1) ctx.open({ side: "LONG", quantity: instance === 1 ? 1 : 2 });
    if (ctx.bar === 6) ctx.close({ side: "LONG" });
  },
}));

describe("a decision that the strategy would take otherwise now", () => {
  it("stands as it was taken, with a warning that says both, and the session goes on", () => {
    const session = run(sizes);
    const { rows: told, final } = session.record();
    expect(told.halt).toBeNull();
    expect(told.orders.map(({ family, quantity, status }) => [family, quantity, status])).toEqual([
      ["entry", "1", "FILLED"],
      ["close", "1", "FILLED"],
    ]);
    expect(final.positions).toEqual([]);
    expect(warnings(session)).toEqual([
      "strategy_differs: told again of commit 3, onBar of bar 1 said open LONG, quantity 2; it had said open LONG, quantity 1, and that stands",
    ]);
  });

  it("is told of in the journal, behind the return, and no replay finds it again", () => {
    const store = new MemoryCommits();
    const session = run(moodyAgain(), { steps: [restart(4), restart(7)] }, store);
    const causes = [...store.read(1)].map(({ cause }) => cause);
    const resumed = causes.findIndex(({ type }) => type === "session_resumed");
    expect(causes[resumed + 1]).toMatchObject({ type: "strategy_verdict", verdict: "differed", market: 0 });
    expect(causes.filter(({ type }) => type === "strategy_verdict")).toHaveLength(1);
    expect(warnings(session)).toHaveLength(1);
    expect(session.record().rows.restarts.map(({ epoch }) => epoch)).toEqual([2, 3]);
  });

  it("is taken where the strategy asks for nothing now", () => {
    const session = run(
      moody((instance) => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && instance === 1 && ctx.open({ side: "LONG", quantity: 1 })) })),
    );
    expect(session.record().final.positions.map(({ quantity }) => quantity)).toEqual(["1"]);
    expect(warnings(session)).toEqual([expect.stringContaining("onBar of bar 1 said nothing; it had said open LONG, quantity 1") as string]);
  });

  it("to ask for nothing is taken too", () => {
    const session = run(
      moody((instance) => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && instance > 1 && ctx.open({ side: "LONG", quantity: 1 })) })),
    );
    expect(session.record().rows.orders).toEqual([]);
    expect(warnings(session)).toEqual([expect.stringContaining("said open LONG, quantity 1; it had said nothing, and that stands") as string]);
  });

  it("is taken of a permission: what was allowed was sent, what was refused was not", () => {
    const asked = (allows: (instance: number) => boolean) =>
      run(
        moody((instance) => ({
          onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: 1 })),
          canSubmit: () => ({ allowed: allows(instance) }),
        })),
      );
    const [allowed, refused] = [asked((instance) => instance === 1), asked((instance) => instance > 1)];
    expect(allowed.record().rows.orders.map(({ status }) => status)).toEqual(["FILLED"]);
    expect(refused.record().rows.orders).toEqual([]);
    expect(refused.record().rows.skipped.map(({ reason }) => reason)).toEqual(["strategy_cannot_submit"]);
    expect(warnings(allowed)).toEqual([expect.stringContaining('canSubmit of bar 1 said {"allowed":false}; it had said {"allowed":true}') as string]);
    expect(warnings(refused)).toHaveLength(1);
  });

  it("is a throw that does not happen again, or one that comes now", () => {
    const thrown = (throws: (instance: number) => boolean) =>
      run(
        moody((instance) => ({
          onBar: (ctx: Context) => {
            if (ctx.bar === 1) ctx.open({ side: "LONG", quantity: 1 });
            if (ctx.bar === 1 && throws(instance)) throw new RangeError("too far");
          },
        })),
        { runner: { strategyErrors: "lock" } },
      );
    const [then, now] = [thrown((instance) => instance === 1), thrown((instance) => instance > 1)];
    expect(then.record().rows.orders).toEqual([]);
    expect(now.record().rows.orders.map(({ status }) => status)).toEqual(["FILLED"]);
    expect(warnings(then)).toEqual([expect.stringContaining("said nothing; it had said a throw: too far") as string]);
    expect(warnings(now)).toEqual([expect.stringContaining("said a throw: too far; it had said nothing") as string]);
  });

  it("is found in the state where nothing else shows it", () => {
    const session = run(moody((instance) => ({ snapshot: () => ({ instance }) })));
    expect(warnings(session)).toEqual([expect.stringMatching(/has another state than it had: .*"instance":1.* is .*"instance":2/) as string]);
  });

  it("that was not made durable is lost, and no difference", () => {
    const crashes: CrashPoint[] = [{ at: { kind: "commit", number: 3, process: null, phase: "planned", effects: null }, downtimeMs: 0 }];
    const session = run(sizesAnew(), { crashes, steps: [] });
    expect(warnings(session)).toEqual([]);
    expect(session.record().rows.orders).toEqual([]);
  });
});

function moodyAgain(): StrategyDefinition {
  return moody((instance) => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: instance })) }));
}

/** Bar 1 is decided once, in the process that dies of it; the probe would take another size. */
function sizesAnew(): StrategyDefinition {
  return moody((instance) => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: instance })) }));
}

describe("a journal that holds no decisions, or other effects than those that follow from them", () => {
  const steady = moody(() => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: 1 })) }));

  /** Commits of a session, each as `change` has it. */
  function changed(change: (commit: Commit) => Commit): MemoryCommits {
    const store = new MemoryCommits();
    run(steady, { steps: [] }, store);
    return Object.assign(new MemoryCommits(), { read: (seq: number) => [...store.read(seq)].map(change), snapshot: () => null });
  }

  const revived = (store: MemoryCommits, strategy = steady) =>
    revive((decisions) => buildSession(plan(strategy)).newRunner(undefined, decisions), store);

  it("is told again as it is", () => {
    const { runner, decisions } = revived(changed((commit) => commit));
    expect(runner.positionOf(0, "NET")).toBe(1_000);
    expect(decisions.differences).toEqual([]);
  });

  it("whose effects do not follow is refused: that is the runner's code, or the journal", () => {
    const store = changed((commit) => ({
      ...commit,
      effects: commit.effects.map((effect) =>
        effect.type === "submit_order" ? { ...effect, request: { ...effect.request, quantity: 2_000 as never } } : effect,
      ),
    }));
    expect(() => revived(store)).toThrow(
      expect.objectContaining({ code: "replay_diverged", hint: expect.stringContaining("taken from the journal") as string }) as Error,
    );
  });

  it("of an older version leaves its strategies to decide anew, and refuses what does not agree", () => {
    const bare = changed(({ notes, ...commit }) => {
      const { decisions: _decisions, ...rest } = notes ?? {};
      return { ...commit, notes: rest };
    });
    expect(revived(bare).runner.positionOf(0, "NET")).toBe(1_000);
    const other = moody(() => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: 3 })) }));
    expect(() => revived(bare, other)).toThrow(expect.objectContaining({ code: "replay_diverged" }) as Error);
  });
});

describe("what no journal can hold as it is", () => {
  it("is said again word for word: a quantity that is no number", () => {
    const session = run(moody(() => ({ onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: Number.NaN })) })));
    expect(session.record().rows.skipped.map(({ reason }) => reason)).toEqual(["missing_explicit_qty"]);
    expect(warnings(session)).toEqual([]);
    const wild = moody((instance) => ({
      onBar: (ctx: Context) => void (ctx.bar === 1 && ctx.open({ side: "LONG", quantity: instance === 1 ? Number.POSITIVE_INFINITY : 1 })),
    }));
    const other = run(wild);
    expect(other.record().rows.orders).toEqual([]);
    expect(warnings(other)).toHaveLength(1);
  });
});
