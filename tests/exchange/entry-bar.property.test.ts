// Exits that come to life inside the bar of their entry, against an oracle that walks the assumed path tick by tick: nothing
// that the price did before the entry may have a part in them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { PathName } from "../../src/exchange/virtual/index.ts";
import { Desk, type Bar, type Ticket } from "./desk.ts";

/** Prices here are whole ticks of 0.5; 200 is 100. */
type Ticks = number;

type Exit =
  | { readonly kind: "stop"; readonly at: Ticks }
  | { readonly kind: "target"; readonly at: Ticks }
  | { readonly kind: "trail"; readonly behind: Ticks; readonly from: Ticks | null };

interface Case {
  /** Open, high, low, close. */
  readonly bar: readonly [Ticks, Ticks, Ticks, Ticks];
  readonly path: PathName;
  readonly touch: boolean;
  readonly entry: { readonly kind: "limit" | "stop"; readonly at: Ticks };
  /** One cancels the other. */
  readonly exits: readonly Exit[];
}

const near = fc.integer({ min: 190, max: 210 });

const exit: fc.Arbitrary<Exit> = fc.oneof(
  near.map((at): Exit => ({ kind: "stop", at })),
  near.map((at): Exit => ({ kind: "target", at })),
  fc.record({ behind: fc.integer({ min: 1, max: 6 }), from: fc.option(near) }).map((trail): Exit => ({ kind: "trail", ...trail })),
);

const anyCase: fc.Arbitrary<Case> = fc.record({
  bar: fc
    .tuple(near, near, near, near)
    .map(([a, b, open, close]) => [open, Math.max(a, b, open, close), Math.min(a, b, open, close), close] as const),
  path: fc.constantFrom("adaptive", "ohlc", "olhc"),
  touch: fc.boolean(),
  // The market stands at 100 before the bar: a bid below rests, a stop above waits.
  entry: fc.oneof(
    fc.integer({ min: 190, max: 199 }).map((at) => ({ kind: "limit" as const, at })),
    fc.integer({ min: 201, max: 210 }).map((at) => ({ kind: "stop" as const, at })),
  ),
  exits: fc.array(exit, { minLength: 1, maxLength: 2 }),
});

// ---- the oracle: every tick of the path, one after the other ------------------------------------------------------

function ticksOf({ bar: [open, high, low, close], path }: Case): Ticks[] {
  const [down, up] = [open - low, high - open];
  const lowFirst = path === "olhc" || (path === "adaptive" && (down < up || (down === up && close >= open)));
  const ticks = [open];
  for (const to of lowFirst ? [low, high, close] : [high, low, close]) {
    for (let at = ticks.at(-1) as Ticks; at !== to;) ticks.push((at += Math.sign(to - at)));
  }
  return ticks;
}

/** What an exit does with the ticks from its entry on: the step at which it fills and its price; null when it does not. */
function outcomeOf(exit: Exit, ticks: readonly Ticks[], touch: boolean): readonly [step: number, price: Ticks] | "refused" | null {
  const [first = 0, ...later] = ticks;
  const reach = (hit: (tick: Ticks) => boolean, price: Ticks): readonly [number, Ticks] | null => {
    const step = later.findIndex(hit);
    return step < 0 ? null : [step + 1, price];
  };
  if (exit.kind === "stop") return first <= exit.at ? "refused" : reach((tick) => tick <= exit.at, exit.at);
  if (exit.kind === "target") return first >= exit.at ? [0, first] : reach((tick) => tick >= exit.at + (touch ? 0 : 1), exit.at);
  let stop = exit.from === null || first >= exit.from ? first - exit.behind : null;
  for (const [at, tick] of later.entries()) {
    if (stop !== null && tick <= stop) return [at + 1, stop];
    if (stop !== null) stop = Math.max(stop, tick - exit.behind);
    else if (tick >= (exit.from as Ticks)) stop = tick - exit.behind;
  }
  return null;
}

function expected(given: Case): string[] {
  const ticks = ticksOf(given);
  const { kind, at } = given.entry;
  const reached = (tick: Ticks): boolean => (kind === "stop" ? tick >= at : tick <= at - (given.touch ? 0 : 1));
  const step = ticks.findIndex(reached);
  if (step < 0) return [];
  const gap = step === 0;
  // A resting bid fills at its own price (gap: limit), a stop at the open that jumped it.
  const told = [`1 at ${(kind === "stop" && gap ? (ticks[0] as Ticks) : at) / 2}`];
  const exits = given.exits.map((exit, n) => ({ number: n + 2, outcome: outcomeOf(exit, ticks.slice(step), given.touch) }));
  // At one step the earlier order goes first, and one cancels the other.
  const fills = exits.flatMap(({ number, outcome }) =>
    outcome === null || outcome === "refused" ? [] : [{ number, step: outcome[0], price: outcome[1] }],
  );
  const [winner] = fills.sort((a, b) => a.step - b.step || a.number - b.number);
  if (winner !== undefined) told.push(`${winner.number} at ${winner.price / 2}`);
  return told;
}

// ---- the exchange -------------------------------------------------------------------------------------------------

function ticketOf(exit: Exit, number: number): Ticket {
  const terms = { parent: 1, ...(number === 3 ? { group: 2 } : {}) };
  const own: Ticket = { side: "sell", quantity: 1, reduceOnly: true, family: "close" };
  if (exit.kind === "stop") return { ...own, type: "stop_market", trigger: exit.at / 2, terms };
  if (exit.kind === "target") return { ...own, type: "limit", price: exit.at / 2, terms };
  const activation = exit.from === null ? {} : { activation: exit.from / 2 };
  return { ...own, type: "trailing_stop", terms: { ...terms, distance: exit.behind / 2, ...activation } };
}

function played(given: Case): string[] {
  const bar = [...given.bar.map((ticks) => ticks / 2), 100] as unknown as Bar;
  const desk = new Desk({
    bars: [[100, 100, 100, 100, 100], bar],
    rules: { tick: "0.5" },
    fill: { path: given.path, limit: given.touch ? "touch" : "through", gap: "limit" },
    balances: { USDC: "10000" },
  });
  const { kind, at } = given.entry;
  desk.send(
    kind === "limit"
      ? { type: "limit", side: "buy", quantity: 1, price: at / 2 }
      : { type: "stop_market", side: "buy", quantity: 1, trigger: at / 2 },
  );
  given.exits.forEach((exit, n) => desk.send(ticketOf(exit, n + 2)));
  desk.next();
  return desk.next().flatMap((told) => {
    const fill = /^fill (\d): 1 at (\S+) /.exec(told);
    return fill === null ? [] : [`${fill[1]} at ${fill[2]}`];
  });
}

describe("an exit that comes to life in the bar of its entry", () => {
  it("uses only what the path does after the entry", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        expect(played(given)).toEqual(expected(given));
      }),
      { numRuns: 3_000 },
    );
  });

  it("is given entries at the open and later, exits of every kind, and bars without either", () => {
    const seen = new Set<string>();
    for (const given of fc.sample(anyCase, { numRuns: 500, seed: 3 })) {
      const told = expected(given);
      const winner = given.exits[Number(told[1]?.[0] ?? 0) - 2];
      seen.add(told.length === 0 ? "no entry" : winner === undefined ? "no exit" : winner.kind);
      if (told.length > 0) seen.add(given.bar[0] === Number(told[0]?.split(" ")[2]) * 2 ? "at the open" : "later");
    }
    expect([...seen].sort()).toEqual(["at the open", "later", "no entry", "no exit", "stop", "target", "trail"]);
  });
});
