// Each oracle between runner and venue fails where it must: a good plan, audited, in which one thing is planted, at the runner or
// at the venue, that no session may ever do. Bars are flat at 100 from 1970-01-01, a minute each; the account has 1000 USDC.

import { describe, expect, it } from "vitest";

import { defaultExecutionPolicy, type MarketIndex, type OrderNumber, type Quantity } from "../../../src/domain/index.ts";
import { scripted, type ScriptedAction } from "../../../src/strategy/index.ts";
import { runAudited } from "../../../src/session/index.ts";
import { buildSession } from "../../../src/session/build.ts";
import { openSession } from "../../../src/session/open-session.ts";
import type { SimulatedSession } from "../../../src/session/simulate.ts";
import { planOf, quiet, type PlanOptions } from "../plans.ts";

const rows = Array.from({ length: 40 }, () => quiet);
const market = 0 as MarketIndex;
const entry: ScriptedAction = { bar: 2, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } } as never;
const stop: ScriptedAction = {
  id: "stop",
  bar: 4,
  do: "reduce",
  leg: "LONG",
  quantity: 1,
  order: { type: "stop_market", trigger: 90, family: "sl" },
} as never;

type Plant = (session: SimulatedSession) => void;

/** It changes nothing, and keeps the session off the fast road: each bar is an instant. */
const slowly = { bar: 0, symbol: null, action: { do: "resume", text: "" } } as const;

/** Runs a plan whose session has been tampered with. */
function planted(options: PlanOptions, plant: Plant): SimulatedSession {
  const plan = planOf({ rows, actions: [entry], ...options, steps: [slowly, ...(options.steps ?? [])] });
  const session = openSession(plan, buildSession(plan, true));
  plant(session);
  session.run();
  return session;
}

/** What somebody else would write there comes to nothing. */
const ignored = () => undefined;

const broken = (code: string, reason: RegExp) => expect.objectContaining({ code, reason: expect.stringMatching(reason) as string });

/** Does something at the close of a bar, before the runner hears of it. */
function atBar({ runner }: SimulatedSession, bar: number, act: () => void): void {
  const handle = runner.handleBar.bind(runner);
  runner.handleBar = (at, series, row, decide) => {
    if (row === bar) act();
    handle(at, series, row, decide);
  };
}

describe("I-03: an order that increases risk leaves on fresh news alone", () => {
  it("holds where every bar has been heard", () => {
    expect(() => planted({}, () => undefined)).not.toThrow();
  });

  it("fails where the runner's view of the bars has stopped", () => {
    const plant: Plant = ({ runner, journal }) => {
      const keep = journal.commitEffects.bind(journal);
      journal.commitEffects = (effects, time) => {
        keep(effects, time);
        const desk = runner.inside.core.desks[0];
        if (desk !== undefined) desk.bars.index = 0;
      };
    };
    // Bar 2 is decided on at 180 s; the runner stands at bar 0, and bar 1 closed at 120 s.
    expect(() => planted({}, plant)).toThrow(broken("I-03", /^order 256 increases risk without news of a bar: 60000 ms old, 10000 are allowed$/));
  });

  it("fails where a stream has said nothing for too long and nobody has looked", () => {
    const gap = { bar: 2, symbol: null, action: { do: "stream_gap", symbol: null, lengthMs: 3_600_000, notify: false, pings: false } } as never;
    const late = { ...entry, bar: 8 };
    const plant: Plant = (session) => {
      (session as unknown as { liveness: null }).liveness = null;
    };
    // Silent from 120 s on, asked for at 540 s; 180 s and a bar are allowed.
    expect(() => planted({ actions: [late], steps: [gap] }, plant)).toThrow(
      broken("I-03", /without news of whatever its silent stream has not told: 420000 ms old, 240000 are allowed$/),
    );
  });

  it("fails where a stream is known to be broken", () => {
    const gap = { bar: 2, symbol: null, action: { do: "stream_gap", symbol: null, lengthMs: 3_600_000, notify: true, pings: false } } as never;
    const plant: Plant = ({ runner }) => {
      runner.inside.core.locks.lock = () => undefined;
    };
    expect(() => planted({ actions: [{ ...entry, bar: 3 }], steps: [gap] }, plant)).toThrow(
      broken("I-03", /a stream that has broken off: 120000 ms old/),
    );
  });

  it("fails where a process that slept goes on with old plans", () => {
    const freeze = { bar: 1, symbol: null, action: { do: "freeze", lengthMs: 200_000 } } as never;
    const plant: Plant = ({ runner }) => {
      runner.inside.core.locks.lock = () => undefined;
      runner.inside.reconciliation.begin = () => undefined;
    };
    expect(() => planted({ actions: [{ ...entry, bar: 8 }], steps: [freeze] }, plant)).toThrow(broken("I-03", /has not read what it slept through$/));
  });
});

describe("I-10: the cap holds at the venue, whatever the runner believes", () => {
  const limits = { maxOrderNotional: null, maxPositionNotional: 250, maxOpenOrders: null, maxOrdersPerMinute: null };
  const resting = (bar: number, quantity: number) =>
    ({ bar, do: "add", leg: "LONG", quantity, order: { type: "limit", price: 90, timeToLive: null } }) as never as ScriptedAction;
  // 1 held and 1 resting at 100 is 200; the third would make it 300.
  const actions = [entry, resting(4, 1), { bar: 5, do: "open", leg: "SHORT", quantity: 1, order: { type: "market" } } as never];

  it("holds where the gate sees what is out", () => {
    const { journal } = planted({ actions, runner: { limits } }, () => undefined);
    expect(journal.tape.length).toBeGreaterThan(0);
  });

  it("fails where the gate is blind to it", () => {
    const plant: Plant = ({ runner }) => {
      runner.inside.core.risk.check = () => null;
    };
    expect(() => planted({ actions, runner: { limits } }, plant)).toThrow(broken("I-10", /may come to 3 by order \d+, worth 300; 250 are allowed$/));
  });
});

describe("I-16: what protects is never kept back", () => {
  it("holds where a stop is placed, ends and is told", () => {
    const cancel = { bar: 8, do: "cancel", target: "stop" } as never;
    expect(() => planted({ actions: [entry, stop, cancel] }, () => undefined)).not.toThrow();
  });

  it("fails where a gate for entries refuses a stop", () => {
    const plant: Plant = ({ runner }) => {
      const { effects } = runner;
      const submit = effects.submit.bind(effects);
      effects.submit = (request, reason) => {
        if (request.family !== "sl") return submit(request, reason);
        const intent = { intent: request.order / 256, market, kind: "PARTIAL_CLOSE", side: "LONG", family: "sl" } as never;
        return effects.push({ type: "intent_skipped", ...(intent as object), reason: "strategy_execution_backoff" } as never);
      };
    };
    expect(() => planted({ actions: [entry, stop] }, plant)).toThrow(
      broken("I-16", /^intent 2 \(sl\) reduces risk and was refused for strategy_execution_backoff$/),
    );
  });

  it("fails where a stop that waits for the venue is forgotten", () => {
    const ban = { bar: 4, symbol: null, action: { do: "ban", lengthMs: 600_000 } } as never;
    const cancel = { bar: 4, do: "cancel", target: "target" } as never;
    const target = {
      id: "target",
      bar: 3,
      do: "reduce",
      leg: "LONG",
      quantity: 0.5,
      order: { type: "limit", price: 110, family: "tp", timeToLive: null },
    } as never;
    const plant: Plant = ({ runner }) => {
      runner.inside.core.rateLimits.reopened = () => undefined;
    };
    // The cancel finds out about the ban; the stop of the bar behind it waits for its end.
    const actions = [entry, target, cancel, { ...stop, bar: 5 }];
    expect(() => planted({ actions, steps: [ban] }, () => undefined)).not.toThrow();
    expect(() => planted({ actions, steps: [ban] }, plant)).toThrow(
      broken("I-16", /^order \d+ reduces risk and is kept back at \d+; the venue takes it from \d+ on$/),
    );
  });

  it("fails where nobody hears that a stop is gone", () => {
    const plant: Plant = (session) => {
      atBar(session, 8, () => {
        session.venue.cancel((2 * 256) as OrderNumber, market, (9 * 60_000) as never);
        session.runner.inside.outcomes.canceled = () => undefined;
      });
    };
    expect(() => planted({ actions: [entry, stop] }, plant)).toThrow(
      broken("I-16", /^stop 512 has been gone for \d+ ms, and nobody knows; 120000 are allowed$/),
    );
  });
});

describe("I-20: a difference between book and venue has a reason", () => {
  it("fails for a leg that a doubt about another one does not explain", () => {
    const lost = { bar: 3, symbol: null, action: { do: "lose_reply", next: 1, family: null, symbol: null } } as never;
    const plant: Plant = (session) => {
      atBar(session, 12, () => {
        const [long] = session.venue.account.markets[0]?.legs ?? [];
        if (long !== undefined) (long as { quantity: Quantity }).quantity = 7 as Quantity;
        session.runner.inside.core.desks[0]?.setUnknown(session.runner.inside.core.desks[0].first as never, true);
        (session as unknown as { touched: boolean }).touched = true;
      });
    };
    const short = { bar: 3, do: "open", leg: "SHORT", quantity: 1, order: { type: "limit", price: 110, timeToLive: null } } as never;
    expect(() => planted({ actions: [entry, short], steps: [lost] }, plant)).toThrow(
      broken("I-20", /LONG: the runner's book holds 1000, the venue 7, and nothing says why$/),
    );
  });
});

it("I-20: what a difference was for is counted", () => {
  const reasonsOf = (session: SimulatedSession) =>
    (session as unknown as { check: { oracle: { reasons: Map<string, number> } } }).check.oracle.reasons;
  // Closed by hand without a word; the fill of the other leg is what makes the two be compared again.
  const hand = { bar: 6, symbol: null, action: { do: "close_position", leg: "LONG", quantity: null, notify: false } } as never;
  const short = { bar: 8, do: "open", leg: "SHORT", quantity: 1, order: { type: "market" } } as never;
  expect([...reasonsOf(planted({ actions: [entry, short], steps: [hand] }, () => undefined)).keys()]).toEqual(["untold"]);
  expect(reasonsOf(planted({ actions: [entry, short] }, () => undefined)).size).toBe(0);
});

describe("I-38: a session comes to rest when the faults are over", () => {
  it("fails where a lock is never lifted", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => session.runner.inside.core.lock(null, "reconciling"));
    };
    // Set at 360 s; an interval between questions is a bar, twenty of them are allowed.
    expect(() => planted({}, plant)).toThrow(broken("I-38", /^the lock reconciling stands, 1260000 ms after the last fault$/));
  });

  it("holds where the lock waits for a person", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => session.runner.inside.core.lock(null, "authentication_lost"));
    };
    expect(() => planted({}, plant)).not.toThrow();
  });

  it("fails for a halt that nobody has foreseen, and holds for the operator's", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => session.runner.inside.core.halt("lockout", "of a kind that does not exist"));
    };
    expect(() => planted({}, plant)).toThrow(broken("I-38", /^the session halts for lockout, of a kind that does not exist$/));
    const halt = { bar: 5, symbol: null, action: { do: "halt", text: "for today" } } as never;
    expect(planted({ steps: [halt] }, () => undefined).halted).toBe(true);
  });

  it("fails where an order stays unknown because nobody asks", () => {
    const lost = { bar: 2, symbol: null, action: { do: "lose_request", next: 1, family: null, symbol: null } } as never;
    const plant: Plant = ({ runner }) => {
      runner.inside.core.rateLimits.query = () => undefined;
    };
    expect(() => planted({ steps: [lost] }, plant)).toThrow(
      broken("I-38", /^it is not known what became of order 256, \d+ ms after the last fault$/),
    );
    expect(() => planted({ steps: [lost] }, () => undefined)).not.toThrow();
  });
});

describe("I-27: the session's timers are the runner's", () => {
  const waiting = { ...entry, order: { type: "limit", price: 90, timeToLive: 600_000 } } as never;

  it("fails where the session has lost one", () => {
    const plant: Plant = (session) => atBar(session, 5, () => session.timers.take());
    expect(() => planted({ actions: [waiting] }, plant)).toThrow(broken("I-27", /^the runner waits for 1 timers, the session has armed 0$/));
  });

  it("fails where the session has armed one twice", () => {
    const plant: Plant = (session) => atBar(session, 5, () => session.timers.arm(1, session.timers.nextDue));
    expect(() => planted({ actions: [waiting] }, plant)).toThrow(broken("I-27", /^the runner waits for 1 timers, the session has armed 2$/));
  });

  it("fails where the runner's time goes back", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => {
        const { core } = session.runner.inside;
        Object.defineProperty(core, "now", { get: () => 60_000, set: ignored });
      });
    };
    expect(() => planted({}, plant)).toThrow(broken("I-27", /^the runner's time goes back from 300000 to 60000$/));
  });
});

describe("I-33: a strategy acts through its intents alone", () => {
  /** A strategy that does something at bar 5 that it must not; `ctx` is what any strategy is handed. */
  function tampering(act: (ctx: never) => void): PlanOptions {
    const create = () => ({
      name: "tampering",
      policy: defaultExecutionPolicy,
      onBar: (ctx: { bar: number }) => {
        if (ctx.bar === 5) act(ctx as never);
      },
      snapshot: () => null,
      restore: () => undefined,
    });
    return { strategy: { ...scripted, name: "tampering", params: {}, create } as never, params: {}, actions: [] };
  }

  it("fails for a bar that it has rewritten", () => {
    // What a file of JavaScript can reach, whatever the types say.
    const act = (ctx: { bars: { series: { close: Float64Array } } }) => (ctx.bars.series.close[3] = 1);
    const rows = Array.from({ length: 40 }, () => quiet);
    expect(() => planted({ ...tampering(act as never), rows }, () => undefined).record()).toThrow(
      broken("strategy_tampered", /^I-33: the 1m bars of .* are not what they were at first$/),
    );
  });

  it("fails for a position that it shows itself", () => {
    const act = (ctx: { position: (side: string) => { quantity: number } }) => (ctx.position("LONG").quantity = 3);
    expect(() => planted(tampering(act as never), () => undefined)).toThrow(
      broken("strategy_tampered", /^I-33: the view of .* LONG shows 3, the book holds 0$/),
    );
  });

  it("ends the session of one that moves its view of the bars, in whatever hook", () => {
    const { runner, journal } = planted(tampering(((ctx: { bars: { index: number } }) => (ctx.bars.index = 9)) as never), () => undefined);
    expect([runner.halted, journal.tape.length > 0]).toEqual([true, true]);
  });

  it("fails for a view of slower bars that stands in the future", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => {
        const view = session.runner.inside.core.desks[0]?.views[0];
        if (view !== undefined) Object.defineProperty(view, "index", { get: () => 20, set: ignored });
      });
    };
    expect(() => planted({}, plant)).toThrow(broken("strategy_tampered", /^I-33: the 1m view of .* stands at bar 20, which has not closed$/));
  });

  it("fails for an order that no intent has asked for", () => {
    const plant: Plant = (session) => {
      atBar(session, 5, () => {
        const { core } = session.runner.inside;
        const order = core.pool.fresh();
        const [desk] = core.desks;
        order.plan(desk as never, 77 as never, desk?.forms.OPEN.of("LONG", "entry", "market") as never);
        order.quantity = 1_000 as Quantity;
        session.runner.effects.submit(order, "signal");
      });
    };
    expect(() => planted({}, plant)).toThrow(broken("I-33", /^order 19712 leaves, and nobody has asked for it$/));
  });

  it("hands a strategy nothing of the runner's own", () => {
    let reached: unknown[] = [];
    const act = (ctx: object) => {
      const names = ["core", "desk", "intake", "leg", "sign"];
      const position = (ctx as { position: (side: string) => object }).position("LONG");
      reached = names.flatMap((name) => [Reflect.get(ctx, name), Reflect.get(position, name)]);
    };
    planted(tampering(act as never), () => undefined);
    expect(reached).toEqual(Array.from({ length: 10 }, () => undefined));
  });
});

it("an audited run asks its oracle, and says how often", () => {
  const { session } = runAudited(planOf({ rows, actions: [entry] }));
  const { oracle } = (session as unknown as { check: { oracle: { made: number } | null } }).check;
  expect(oracle?.made).toBeGreaterThan(0);
});
