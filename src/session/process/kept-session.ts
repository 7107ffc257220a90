// A simulated session whose commits are kept in a store, through the same calls as a live one's. It must never run otherwise than
// the session without a store.

import { parseUnits } from "../../domain/index.ts";
import type { CommitStore, JournalMarket } from "../../journal/index.ts";
import type { NewJournal } from "../../journal/sqlite/format.ts";
import { seriesDigest } from "../../market/index.ts";
import { auditedRecord } from "../audit-run.ts";
import { buildSession, type SessionParts } from "../build.ts";
import { CommitNoting } from "./commit-notes.ts";
import { FragileSession } from "./fragile-session.ts";
import type { SimulationPlan } from "../plan.ts";
import type { PlanRun } from "../run-plan.ts";
import { createSha256 } from "../sha256.ts";
import type { SimulationHooks } from "../simulation-hooks.ts";

/** A session that has not begun. @param parts @defaultValue new ones of the plan */
export function keptSession(plan: SimulationPlan, store: CommitStore, parts: SessionParts = buildSession(plan, false, true)): FragileSession {
  // A session that may crash hears of each bar by itself: each is a commit.
  const session = new FragileSession({ ...plan, crashes: plan.crashes ?? [] }, parts, store);
  session.journal.noting = new CommitNoting(() => session.runner);
  return session;
}

/**
 * Runs a plan to its end, every commit in a store, the auditor's word on it in the record.
 * @param open the store for what the plan is of @throws SeatrialError as `runPlan` does, and what the store throws
 */
export function runKept(plan: SimulationPlan, open: (of: NewJournal) => CommitStore, hooks: SimulationHooks = {}): PlanRun {
  const parts = buildSession(plan, true, true);
  const session = keptSession(plan, open(newJournalOf(plan, parts)), parts);
  session.run(hooks);
  return { record: auditedRecord(plan, session, "rows"), session };
}

/** What a journal of a plan is of. */
export function newJournalOf({ name, profile, markets, positions, balances }: SimulationPlan, { journal, venue }: SessionParts): NewJournal {
  const { tag, session } = journal.ids;
  const instruments = journal.markets.map(({ instrument }) => instrument);
  return {
    run: name,
    mode: "simulate",
    venue: profile.name,
    ids: { tag, session },
    markets: instruments.map(({ rules, priceScale, quantityScale, moneyScale }) => ({ rules, priceScale, quantityScale, moneyScale })),
    bars: markets.map(({ series }) =>
      series.map((one) => ({
        timeframe: one.timeframe,
        interval: one.interval,
        length: one.length,
        digest: seriesDigest(one, createSha256),
      })),
    ),
    balance: {
      currency: venue.settlement,
      units: parseUnits(balances[venue.settlement] ?? "0", (instruments[0] as JournalMarket["instrument"]).moneyScale),
    },
    positions: positions.map(({ symbol, leg, quantity, entryPrice }) => {
      const market = instruments.findIndex((instrument) => instrument.symbol === symbol);
      const { quantityScale, priceScale } = instruments[market] as JournalMarket["instrument"];
      return { market, leg, quantity: parseUnits(quantity, quantityScale), price: parseUnits(entryPrice, priceScale) };
    }),
  };
}
