// What a runner was told in a whole session, call by call, so that a test can tell it again to another one. It only writes
// down and repeats: it must never answer for a venue.

import type { BarIndex, Effect, Event, EventPlace, MarketIndex } from "../../src/domain/index.ts";
import type { Runner } from "../../src/runner/index.ts";
import { buildSession } from "../../src/session/build.ts";
import { SimulatedSession, type SimulationPlan } from "../../src/session/index.ts";

type Call = (runner: Runner) => void;

/** Calls of a session in their order, as they can be repeated. */
export function tapeOf(plan: SimulationPlan): Call[] {
  const parts = buildSession(plan);
  const calls: Call[] = [];
  listen(parts.runner, calls);
  new SimulatedSession(plan, parts).run();
  return calls;
}

/** A runner at its first breath, as the session built it. */
export function freshRunner(plan: SimulationPlan): Runner {
  const { runner } = buildSession(plan);
  runner.effects.clear();
  return runner;
}

/** Tells a runner one call. @returns what it answered */
export function repeat(runner: Runner, call: Call): Effect[] {
  call(runner);
  const effects: Effect[] = [];
  for (let effect = runner.effects.shift(); effect !== undefined; effect = runner.effects.shift()) effects.push(effect);
  return effects;
}

function listen(runner: Runner, calls: Call[]): void {
  const handle = runner.handle.bind(runner);
  const handleAnswer = runner.handleAnswer.bind(runner);
  const handleBar = runner.handleBar.bind(runner);
  const handleBars = runner.handleBars.bind(runner);
  const markEquity = runner.markEquity.bind(runner);
  // A call inside of a call is a part of it.
  let depth = 0;
  const told = <T>(call: Call, run: () => T): T => {
    if (depth === 0) calls.push(call);
    depth += 1;
    try {
      return run();
    } finally {
      depth -= 1;
    }
  };
  runner.handle = (event: Event) => {
    const copy = structuredClone(event);
    told(
      (other) => other.handle(copy),
      () => handle(event),
    );
  };
  runner.handleAnswer = (answer: EventPlace) => {
    const copy = structuredClone(answer.plain());
    told(
      (other) => other.handle(copy),
      () => handleAnswer(answer),
    );
  };
  runner.handleBar = (market: MarketIndex, series: number, bar: BarIndex, decide: boolean) =>
    told(
      (other) => other.handleBar(market, series, bar, decide),
      () => handleBar(market, series, bar, decide),
    );
  runner.handleBars = (from, to, base, slope, power) =>
    told(
      (other) => void other.handleBars(from, to, base, slope, power),
      () => handleBars(from, to, base, slope, power),
    );
  runner.markEquity = (equity) =>
    told(
      (other) => other.markEquity(equity),
      () => markEquity(equity),
    );
}
