// `seatrial journal` and `seatrial simulate --journal` as a user meets them.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { captureIo } from "./capture.ts";

const scenario = join(import.meta.dirname, "../../scenarios/worked-example.json");
let folder = "";
let journal = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "seatrial-journal-cli-"));
  await seatrial("simulate", scenario, "--no-report", "--quiet", "--journal", join(folder, "session"));
  journal = join(folder, "session", "session.sqlite");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function seatrial(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(argv, io);
  return { code, ...text };
}

async function jsonOf(...argv: string[]): Promise<Record<string, never>> {
  return JSON.parse((await seatrial(...argv, "--json")).stdout) as Record<string, never>;
}

describe("seatrial journal", () => {
  it("simulate --journal runs the run that it is without, and says where its journal is", async () => {
    const hash = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { runHash: string }).runHash;
    const without = await seatrial("simulate", scenario, "--no-report", "--json");
    const kept = await seatrial("simulate", scenario, "--no-report", "--json", "--journal", join(folder, "another"));
    expect([kept.code, hash(kept)]).toEqual([0, hash(without)]);
    expect(kept.stderr).toContain("session.sqlite, 8 commits, the last one ");
  });

  it("simulate --journal writes the files of a session beside it, and never over another one's journal", async () => {
    expect(readdirSync(join(folder, "session")).filter((name) => /\.jsonl?$/.test(name))).toEqual([
      "live_dynamic_min_order_floor.json",
      "live_execution_metrics.json",
      "live_heartbeat.json",
      "live_pending_entries.json",
      "live_pnl_summary.json",
      "live_positions.json",
      "live_run_manifest.json",
      "live_slippage_calibration.json",
      "strategy_state_events.jsonl",
    ]);
    const again = await seatrial("simulate", scenario, "--no-report", "--json", "--journal", join(folder, "session"));
    expect(again.code).toBe(3);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "journal_exists" } });
    const several = await seatrial("simulate", join(scenario, ".."), "--no-report", "--journal", folder);
    expect([several.code, several.stderr]).toEqual([3, expect.stringContaining("--journal takes one scenario file")]);
    const worlds = await seatrial("simulate", scenario, "--no-report", "--path", "envelope", "--journal", join(folder, "worlds"));
    expect(worlds.code).toBe(3);
  });

  it("audit takes several journals, those of older formats too, and says of each what it found", async () => {
    const golden = join(import.meta.dirname, "../../fixtures/journals/format-1");
    const files = readdirSync(golden).filter((name) => name.endsWith(".sqlite"));
    const { code, stdout } = await seatrial("audit", ...files.map((name) => join(golden, name)), journal);
    expect([code, stdout.match(/✔ nothing found/g)?.length]).toEqual([0, files.length + 1]);
    expect(await jsonOf("audit", journal)).toMatchObject({ folder: journal, count: 0 });
    expect(await jsonOf("audit", journal, journal)).toMatchObject([{ folder: journal }, { folder: journal }]);
    const tape = await seatrial("audit", journal, journal, "--venue", "venue.ndjson");
    expect([tape.code, tape.stderr]).toEqual([3, expect.stringContaining("a venue's tape is of one run")]);
  });

  it("verify says that it is whole, or what is wrong, and ends with 1", async () => {
    const { code, stdout } = await seatrial("journal", "verify", journal);
    expect([code, stdout]).toEqual([0, expect.stringContaining("session.sqlite: whole")]);
    expect(await jsonOf("journal", "verify", journal)).toMatchObject({ ok: true, commits: 8, processes: 1, findings: [] });
    const broken = join(folder, "broken.sqlite");
    writeFileSync(broken, readFileSync(journal));
    writeFileSync(`${broken}-head`, readFileSync(`${journal}-head`));
    const database = new DatabaseSync(broken);
    database.exec("DELETE FROM commits WHERE seq = 8");
    database.close();
    const found = await seatrial("journal", "verify", broken);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain("NOT WHOLE");
    expect(found.stdout).toContain("commits have been lost: its head file knows 8, the database ends with 7 (1 missing) (journal_behind)");
    expect(found.stdout).toContain("Start nothing on this account");
    const repair = await seatrial("journal", "repair", broken, "--json");
    expect([repair.code, JSON.parse(repair.stdout)]).toEqual([
      1,
      expect.objectContaining({ error: expect.objectContaining({ code: "not_repairable" }) as object }),
    ]);
  });

  it("show chooses by order, kind, number and time", async () => {
    const seqs = async (...argv: string[]) => (await jsonOf("journal", "show", journal, ...argv))["commits"] as unknown as { seq: number }[];
    const of = async (...argv: string[]) => (await seqs(...argv)).map(({ seq }) => seq);
    expect(await of("--order", "256")).toEqual([2, 3, 4]);
    expect(await of("--order", "vex-00000002")).toEqual([4, 6, 7]);
    expect(await of("--kind", "order_filled")).toEqual([4, 7]);
    expect(await of("--kind", "submit_order")).toEqual([2, 4]);
    expect(await of("--from", "3", "--to", "5")).toEqual([3, 4, 5]);
    expect(await of("--since", "2025-01-01T00:02:00Z", "--until", "2025-01-01T00:03:00Z")).toEqual([5, 6, 7]);
    expect(await of("--limit", "2")).toEqual([7, 8]);
    const { stdout } = await seatrial("journal", "show", journal, "--limit", "3");
    expect(stdout).toContain("order 512 FILLED:");
    expect(stdout).toContain("the newest 3 of 8 commits; --limit all shows every one");
    const unknown = await seatrial("journal", "show", journal, "--order", "999");
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining("it has no order 999")]);
  });

  it("show prints the newest rows of a table, and export knows the tables of the journal's own format", async () => {
    const calls = await jsonOf("journal", "show", journal, "--table", "exchange_api_log");
    expect(calls).toMatchObject({
      total: 2,
      rows: [
        { method: "createOrder", status: "ok" },
        { method: "createOrder", status: "ok" },
      ],
    });
    const { stdout } = await seatrial("journal", "show", journal, "--table", "fills", "--limit", "1");
    expect(stdout).toMatch(/^id +0\/512\/2\n {2}seq +7\n[^]*\nthe newest 1 of 2 rows; --limit all shows every one\n$/);
    expect((await seatrial("journal", "show", journal, "--table", "dedup_keys")).stdout).toContain("│ 0/256/1 │   4 │");
    expect((await seatrial("journal", "show", journal, "--table", "held_fills")).stdout).toBe("no rows\n");
    const both = await seatrial("journal", "show", journal, "--table", "fills", "--kind", "order_filled");
    expect([both.code, both.stderr]).toEqual([3, expect.stringContaining("--kind chooses commits")]);
    const older = join(import.meta.dirname, "../../fixtures/journals/format-1/worked-example.sqlite");
    const missing = await seatrial("journal", "export", older, "--format", "csv", "--table", "exchange_api_log");
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("a journal of format 1 has no table exchange_api_log")]);
    expect((await seatrial("journal", "export", older, "--format", "sql")).stdout).not.toContain("exchange_api_log");
  });

  it("what the command printed stands in the journal, and fills lists what it has", async () => {
    const printed = await jsonOf("journal", "show", journal, "--table", "stdio_log");
    expect(printed).toMatchObject({ total: 0 });
    const loud = join(folder, "loud");
    const said = await seatrial("simulate", scenario, "--out", join(folder, "reports"), "--journal", loud);
    const log = (await jsonOf("journal", "show", join(loud, "session.sqlite"), "--table", "stdio_log"))["rows"] as unknown as {
      stream: string;
      text: string;
    }[];
    const of = (stream: string) => log.filter((row) => row.stream === stream).map(({ text }) => text);
    expect([of("stdout").join(""), of("stderr").join("")]).toEqual([said.stdout, said.stderr]);
    const files = (await jsonOf("journal", "show", join(loud, "session.sqlite"), "--table", "attached_artifacts"))["rows"] as unknown as {
      basename: string;
    }[];
    expect(files.map(({ basename }) => basename)).toEqual(expect.arrayContaining(["result.json", "report.html", "venue.ndjson"]));
    expect(await jsonOf("fills", journal)).toMatchObject({ total: 2, scenario: "worked-example", fills: [{ price: "102" }, { price: "100" }] });
  });

  it("004-TE-2: report telemetry counts each table, and names a file that says another thing", async () => {
    const whole = await jsonOf("report", "telemetry", journal);
    expect(whole).toMatchObject({ agrees: true, run: "worked-example", tables: { commits: 8, orders: 2, fills: 2, exchange_api_log: 2 } });
    const odd = join(folder, "odd");
    await seatrial("simulate", scenario, "--no-report", "--quiet", "--journal", odd);
    const file = join(odd, "live_pnl_summary.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"closes": 1', '"closes": 2'));
    const { code, stdout } = await seatrial("report", "telemetry", join(odd, "session.sqlite"));
    expect([code, stdout]).toEqual([2, expect.stringMatching(/live_pnl_summary\.json +│ 2 closes +│ the tables have 1/)]);
    const report = await seatrial("report", journal);
    expect([report.code, report.stderr]).toEqual([3, expect.stringContaining("seatrial report telemetry")]);
  });

  it("export as JSON lines: whoever has only them can check the chain", async () => {
    const { stdout } = await seatrial("journal", "export", journal);
    const [first = "", ...records] = stdout.trim().split("\n");
    const { header } = JSON.parse(first) as { header: unknown };
    // The header is canonical JSON: its own text is what the chain hangs on.
    const of = (text: string) => createHash("sha256").update(text).digest("hex");
    let previous = of(first.slice('{"header":'.length, -1));
    expect(header).toMatchObject({ format: 2, venue: "generic", run: "worked-example" });
    expect(records).toHaveLength(8);
    for (const line of records) {
      const { seq, epoch, time, kind, requests, payload, previous: before, hash } = JSON.parse(line) as Record<string, string>;
      expect(before).toBe(previous);
      previous = of([before, seq, epoch, time, kind, requests, payload].join("\n"));
      expect(hash).toBe(previous);
    }
  });

  it("export as CSV and SQL: a table, and all of them", async () => {
    const csv = await seatrial("journal", "export", journal, "--format", "csv", "--table", "fills");
    const [head = "", ...rows] = csv.stdout.trim().split("\n");
    expect(head.split(",").slice(0, 4)).toEqual(["id", "seq", "timestamp", "symbol"]);
    expect(rows).toHaveLength(2);
    const out = join(folder, "all.sql");
    const sql = await seatrial("journal", "export", journal, "--format", "sql", "--out", out);
    expect(sql.code).toBe(0);
    const database = new DatabaseSync(":memory:");
    database.exec(readFileSync(out, "utf8"));
    expect({ ...database.prepare("SELECT count(*) AS commits FROM commits").get() }).toEqual({ commits: 8 });
    expect({ ...database.prepare("SELECT net FROM live_pnl_ledger").get() }).toEqual({ net: "1.9296" });
    database.close();
    const wrong = await seatrial("journal", "export", journal, "--format", "csv", "--table", "orders; DROP TABLE orders");
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining("a journal of format 2 has no table orders; DROP")]);
  });

  it("repair has nothing to do for a journal that is whole, and a file that is none is named", async () => {
    const whole = await seatrial("journal", "repair", journal);
    expect([whole.code, whole.stderr]).toEqual([0, expect.stringContaining("nothing is wrong with it")]);
    const missing = await seatrial("journal", "verify", join(folder, "no-such.sqlite"));
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("there is no such file")]);
    const foreign = await seatrial("journal", "show", scenario);
    expect([foreign.code, foreign.stderr]).toEqual([3, expect.stringContaining("journal")]);
  });
});
