// Fills that are read out of a printed journal against the rows that the run itself has of them: two readers of one tape, in every
// shipped scenario, under both deliveries.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import type { SimulationPlan } from "../../../src/session/index.ts";
import { runPlan } from "../../../src/session/index.ts";
import { loadScenario } from "../../../src/scenario/index.ts";
import { readJournalFills, type JournalScale } from "../../../src/report/fills/journal-fills.ts";

const root = fileURLToPath(new URL("../../../scenarios/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!schema)\.json$/.test(name));
const folder = mkdtempSync(join(tmpdir(), "seatrial-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function compared(plan: SimulationPlan): Promise<number> {
  const { envelope: _without, ...alone } = plan;
  const { record, session } = runPlan(alone);
  const journal = join(folder, "journal.ndjson");
  writeFileSync(journal, [...record.journalLines()].map((line) => `${line}\n`).join(""));
  const { venue } = session;
  const money = Object.fromEntries(venue.account.ledger.currencies.map((currency) => [currency, venue.scaleOf(currency)]));
  const scales: JournalScale[] = plan.markets.map(({ rules, series }) => {
    return { symbol: rules.symbol, price: series[0]?.priceScale ?? 0, quantity: series[0]?.quantityScale ?? 0, money };
  });
  const read = await readJournalFills(journal, scales);
  const key = (fill: { readonly time: number; readonly orderId: string | null; readonly quantity: string; readonly price: string }): string =>
    JSON.stringify([fill.time, fill.orderId, fill.price, fill.quantity]);
  const own = record.rows.fills.map(({ clientOrderId: _id, ...fill }) => fill).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const found = read.map(({ time, bar, symbol, side, leg, family, quantity, price, fee, feeCurrency, liquidity, orderId }) => {
    // An order whose id nobody told has none in the rows either.
    return { orderId: orderId ?? "", symbol, side, leg, quantity, price, fee, feeCurrency, liquidity, time, bar, family };
  });
  expect(found.sort((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual(own);
  return own.length;
}

describe("fills out of a printed journal are the run's own rows", () => {
  it.each(["immediate", "seeded"] as const)(
    "in all scenarios, delivery %s",
    async (delivery) => {
      let fills = 0;
      for (const file of files) {
        const { plan } = await loadScenario(join(root, file), {}, { delivery });
        if (plan !== null) fills += await compared(plan);
      }
      expect(fills).toBeGreaterThan(300);
    },
    30_000,
  );
});
