// Journals of every format that has ever been released: each is still read, whole, and tells what it told when it was made.

import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { MemoryCommits, type CommitStore } from "../../../src/journal/index.ts";
import { auditJournal } from "../../../src/journal/audit/sqlite-journal.ts";
import { journalFormat } from "../../../src/journal/sqlite/format.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { loadScenario } from "../../../src/scenario/index.ts";
import { buildSession } from "../../../src/session/build.ts";
import { newJournalOf } from "../../../src/session/process/kept-session.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { rebuild } from "../../../src/session/process/process-replay.ts";
import { origin, settings, temporaryFolder } from "./journals.ts";

const root = join(import.meta.dirname, "../../..");
const journals = join(root, "fixtures/journals");
const { folder, remove } = temporaryFolder();
afterAll(() => remove());

const formats = readdirSync(journals).filter((name) => name.startsWith("format-"));
const files = formats.flatMap((format) =>
  readdirSync(join(journals, format))
    .filter((name) => name.endsWith(".sqlite"))
    .map((name) => [format, name] as const),
);

/** Where it may be opened: a reader of SQLite lays files beside it. */
function copied(format: string, name: string): string {
  const path = join(folder, `${format}-${name}`);
  copyFileSync(join(journals, format, name), path);
  copyFileSync(join(journals, format, `${name}-head`), `${path}-head`);
  return path;
}

const sold = {
  market: 0,
  side: "sell",
  leg: "NET",
  family: "close",
  type: "market",
  quantity: 100,
  price: null,
  trigger: null,
  timeInForce: "GTC",
  reduceOnly: true,
  timeToLive: null,
  replaces: null,
  terms: null,
};
const traded = { trade: 5, price: 9_700, quantity: 100, cumulative: 100, fee: 0, feeCurrency: "USDC", liquidity: "taker" };

describe("journals of released formats", () => {
  it("are there for every format up to the newest", () => {
    expect(formats).toEqual(Array.from({ length: journalFormat }, (_, at) => `format-${at + 1}`));
    expect(files.length).toBeGreaterThanOrEqual(3 * journalFormat);
  });

  it.each(files)("%s: %s is whole", (format, name) => {
    expect(verifyJournal(copied(format, name))).toMatchObject({ ok: true, format: Number(format.slice(7)), findings: [] });
  });

  it.each(files)("%s: the auditor finds nothing in %s, and leaves nothing beside it", (format, name) => {
    const stands = readdirSync(join(journals, format));
    const { count, findings, records, checks } = auditJournal(join(journals, format, name), null);
    expect({ count, findings }).toEqual({ count: 0, findings: [] });
    // Acknowledged, filled and settled at the least, twice.
    expect(records).toBeGreaterThanOrEqual(6);
    expect(checks).toBeGreaterThan(40);
    expect(readdirSync(join(journals, format))).toEqual(stands);
  });

  it.each(formats)("%s: the worked example says what its README section says", (format) => {
    const reader = new JournalReader(copied(format, "worked-example.sqlite"));
    const { tables } = reader;
    expect(tables.all("SELECT direction, n_contracts, fill_price, fee FROM fills ORDER BY timestamp").map((row) => ({ ...row }))).toEqual([
      { direction: 1, n_contracts: "1", fill_price: "100", fee: "0.05" },
      { direction: -1, n_contracts: "1", fill_price: "102", fee: "0.0204" },
    ]);
    expect({ ...tables.get("SELECT gross, net, cumulative FROM live_pnl_ledger") }).toEqual({ gross: "2", net: "1.9296", cumulative: "1.9296" });
    expect(tables.all("SELECT status FROM orders").map(({ status }) => status)).toEqual(["FILLED", "FILLED"]);
    reader.close();
  });

  it.each(formats)("%s: a process of today goes on with it, in its own tables", async (format) => {
    const path = copied(format, "dca-ladder-on-close.sqlite");
    const { plan } = await loadScenario(join(root, "scenarios/dca-ladder-on-close.json"), {});
    const of = newJournalOf(plan as SimulationPlan, buildSession(plan as SimulationPlan));
    const { store, epoch } = openForRestart(path, of, origin, { ...settings, durable: false });
    const { last } = store;
    const at = { time: 1_735_690_000_000, sequence: 1, market: 0 };
    const request = { type: "submit_order", reason: "scripted", request: { ...sold, order: 1_280 } };
    store.append(epoch, { type: "timer_fired", timer: 1, ...at } as never, [request] as never);
    store.append(epoch, { type: "order_acknowledged", order: 1_280, venueOrderId: "v-5", ...at } as never, []);
    store.append(epoch, { type: "order_filled", order: 1_280, ...at, ...traded } as never, []);
    store.append(
      epoch,
      { type: "timer_fired", timer: 2, ...at } as never,
      [{ type: "amend_order", order: 1_280, market: 0, price: 1, trigger: null, quantity: 2 }] as never,
    );
    store.close();
    expect(verifyJournal(path)).toMatchObject({ ok: true, format: Number(format.slice(7)), commits: last + 4, processes: 2 });
  });

  it.each(formats.flatMap((format) => ["worked-example", "dca-ladder-on-close"].map((name) => [format, name] as const)))(
    "I-23: %s: a runner of today, told of %s, answers as the one of then",
    async (format, name) => {
      const { plan } = await loadScenario(join(root, "scenarios", `${name}.json`), {});
      const reader = new JournalReader(copied(format, `${name}.sqlite`));
      const { last } = reader;
      const store: CommitStore = Object.assign(new MemoryCommits(), { read: (seq: number) => reader.commits(seq), snapshot: () => null });
      const runner = rebuild(buildSession(plan as SimulationPlan).newRunner(), store);
      expect(runner.now).toBeGreaterThan(0);
      expect(last).toBeGreaterThan(5);
      reader.close();
    },
  );
});
