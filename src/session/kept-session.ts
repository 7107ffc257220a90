// A simulated session whose commits are kept in a store, through the same calls as a live one's. It must never run otherwise than
// the session without a store.

import { parseUnits, type BarSeries, type Millis } from "../domain/index.ts";
import type { CommitStore, JournalMarket } from "../journal/index.ts";
import type { NewJournal } from "../journal/sqlite/format.ts";
import { seriesDigest } from "../market/index.ts";
import { buildSession, type SessionParts } from "./build.ts";
import { CommitJournal } from "./commit-journal.ts";
import { CommitNoting } from "./commit-notes.ts";
import type { SimulationPlan } from "./plan.ts";
import { createSha256 } from "./sha256.ts";
import { SimulatedSession } from "./simulate.ts";
import { TellingRunner } from "./telling-runner.ts";

/** The parts of a session whose runner can tell what it hears. */
export function keptParts(plan: SimulationPlan): SessionParts {
  return buildSession(plan, (options) => new TellingRunner(options));
}

/** @param parts of `keptParts` */
export function keptSession(plan: SimulationPlan, parts: SessionParts, store: CommitStore, epoch: number): SimulatedSession {
  const runner = parts.runner as TellingRunner;
  const noting = new CommitNoting(() => runner);
  const journal = new CommitJournal(parts.journal, store, epoch, noting);
  const first = Math.min(...plan.markets.map(({ series }) => (series[0] as BarSeries).timeAt(0)));
  journal.started(runner.effects, first as Millis);
  runner.journal = journal;
  return new SimulatedSession(plan, { ...parts, journal });
}

/** What a journal of a plan is of. */
export function newJournalOf({ name, markets, positions, balances }: SimulationPlan, { journal, venue }: SessionParts): NewJournal {
  const { tag, session } = journal.ids;
  const instruments = journal.markets.map(({ instrument }) => instrument);
  return {
    run: name,
    mode: "simulate",
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
