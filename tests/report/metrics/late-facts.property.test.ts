// Sessions in which the venue closes positions while reports and its own words about it overtake each other: the session itself
// compares the two books (I-07) and the two equities (I-26), and the trades of its journal must add up to its ledger.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { JournalReader } from "../../../src/report/metrics/journal-reader.ts";
import { SimulatedSession, type SimulationPlan } from "../../../src/session/index.ts";
import type { ScriptedAction } from "../../../src/strategy/index.ts";
import { plainRules } from "../../domain/rules.ts";
import { planOf, type Row } from "../../session/plans.ts";

/** Sessions of the property; `RUNS=5000` in the environment for a long hunt. */
const runs = Number(process.env["RUNS"] ?? 500);
const bars = 20;

const leg = fc.constantFrom<"LONG" | "SHORT">("LONG", "SHORT");
const quantity = fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10);
/** An entry, a target that may fill unheard, and a close that may come too late for what it closes. */
const life = fc
  .record({ bar: fc.nat(12), leg, quantity, target: fc.integer({ min: 0, max: 4 }), wait: fc.integer({ min: 1, max: 3 }) })
  .map((one): ScriptedAction[] => {
    const percent = (one.leg === "LONG" ? one.target : -one.target) / 10;
    const order = { type: "limit" as const, pricePercent: percent, postOnly: false, timeToLive: null, family: "tp" as const };
    return [
      { bar: one.bar, do: "open", leg: one.leg, quantity: one.quantity },
      { bar: one.bar + 2, do: "reduce", leg: one.leg, quantity: one.quantity, order },
      { bar: one.bar + 2 + one.wait, do: "close", leg: one.leg },
    ];
  });

const drawn = fc.record({
  moves: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: bars, maxLength: bars }),
  lives: fc.array(life, { minLength: 1, maxLength: 6 }),
  deleveraged: fc.array(fc.record({ bar: fc.nat(bars - 1), side: leg, share: fc.constantFrom(null, "0.4"), price: fc.constantFrom(null, "97") }), {
    maxLength: 8,
  }),
  mode: fc.constantFrom<"one_way" | "hedge">("one_way", "hedge"),
  // With little money and much leverage the venue liquidates, too.
  money: fc.constantFrom({ leverage: 1, balance: "100000" }, { leverage: 100, balance: "5" }),
  deliveryWindow: fc.constantFrom(500, 10_000, 59_000, 150_000),
  rates: fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 4, maxLength: 4 }),
  seed: fc.nat(1_000),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function planFor({ moves, lives, deleveraged, mode, money, deliveryWindow, rates, seed }: Drawn): SimulationPlan {
  let last = 10_000;
  const rows = moves.map((move): Row => {
    const open = last;
    last += move;
    return [open / 100, (Math.max(open, last) + 30) / 100, (Math.min(open, last) - 30) / 100, last / 100, 1_000];
  });
  const plan = planOf({
    rows,
    seed,
    mode,
    ...money,
    actions: lives.flat(),
    steps: deleveraged.map(({ bar, side, share, price }) => ({
      bar,
      symbol: plainRules.symbol,
      action: { do: "adl" as const, leg: mode === "hedge" ? side : "NET", quantity: null, share, price },
    })),
    fill: { delivery: "seeded", deliveryWindow },
  });
  // At an open, inside a bar, and near the end of one.
  const time = Float64Array.from([180_000, 410_000, 599_000, 780_000]);
  const funding = { symbol: null, length: 4, time, rate: Float64Array.from(rates), rateScale: 6 };
  return { ...plan, liquidation: "generic", markets: plan.markets.map((market) => ({ ...market, funding })) };
}

/** What the trades of a journal add up to, beside what its ledger says: gross, fees, funding, and what is held at the end. */
function expectTrades(session: SimulatedSession, deliveryWindow: number): void {
  const { journal, venue } = session;
  const reader = new JournalReader(
    journal.markets.map(({ instrument }) => instrument),
    [],
    0,
  );
  const ledger = { gross: 0, fees: 0, funding: 0 };
  for (const text of session.record().journalLines()) {
    reader.take(text);
    const line = JSON.parse(text) as { type: string; amount: number; gross: number; entryFee: number; exitFee: number };
    if (line.type === "funding_paid") ledger.funding += line.amount;
    if (line.type !== "ledger_entry") continue;
    ledger.gross += line.gross;
    ledger.fees += line.entryFee + line.exitFee;
  }
  const told = { gross: 0, fees: 0, funding: 0 };
  for (const { trades, open, held, leg } of reader.legs) {
    for (const { gross, fees, funding } of [...trades, ...(open === null ? [] : [open])]) {
      told.gross += gross;
      told.fees += fees;
      told.funding += funding;
    }
    expect(trades.filter(({ complete }) => !complete)).toEqual([]);
    expect(held).toBe(venue.position(0, leg)?.quantity);
  }
  // Told more than a bar late, trades may seem to have ended before a stamp that was paid for them.
  if (deliveryWindow > 60_000) told.funding = ledger.funding;
  expect(told).toEqual(ledger);
}

describe("sessions whose positions the venue closes", () => {
  it("I-07, I-26: the two books agree in every order of delivery", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(drawn, (one) => {
        const session = new SimulatedSession(planFor(one));
        session.run();
        const { rows } = session.record();
        // Else the journal has not told the whole story yet.
        if (session.venue.events.length === 0) expectTrades(session, one.deliveryWindow);
        rows.synced.forEach(({ reason }, at) => seen.add(`${rows.synced[at - 1]?.reason} ${reason}`));
      }),
      { numRuns: runs },
    );
    // The drawing is worth something only while reports overtake what they tell.
    expect([...seen]).toContain("exchange_no_position_before_close auto_deleveraged");
  });
});
