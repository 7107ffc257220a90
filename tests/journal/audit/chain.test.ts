// The journal of a session under the auditor's own eyes: whole, with a record changed, with one taken out, with another's chain.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";

import { main } from "../../../src/cli/main.ts";
import { auditJournal } from "../../../src/journal/audit/sqlite-journal.ts";
import { captureIo } from "../../cli/capture.ts";

const folder = mkdtempSync(join(tmpdir(), "seatrial-chain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = join(folder, "whole", "session.sqlite");
let made: Promise<number> | null = null;

function journal(): Promise<number> {
  made ??= main(
    ["simulate", "scenarios/funding-overnight.json", "--journal", join(folder, "whole"), "--out", join(folder, "reports"), "--no-html"],
    captureIo().io,
  );
  return made;
}

/** A copy with something done to its commits. */
async function falsified(name: string, sql: string): Promise<string> {
  await journal();
  const path = join(folder, `${name}.sqlite`);
  cpSync(whole, path);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return path;
}

describe("a session's journal", () => {
  it("has nothing to find, and no orders that its venue's tape would not explain", async () => {
    expect(await journal()).toBe(0);
    const { io, text } = captureIo();
    expect(await main(["audit", whole, "--json"], io)).toBe(0);
    expect(JSON.parse(text.stdout)).toMatchObject({ records: 12, count: 0, leftOut: ["result", "venue", "equity"] });
  });

  it.each([
    ["a record that was edited", "UPDATE commits SET payload = replace(payload, '10000000', '10000001') WHERE kind = 'order_filled'"],
    ["a record that was taken out", "DELETE FROM commits WHERE seq = 3"],
    ["a record that was put elsewhere in time", "UPDATE commits SET time = time + 1 WHERE seq = 4"],
    ["a record that says it asked for less", "UPDATE commits SET requests = requests + 1 WHERE seq = 4"],
    ["a record of another epoch", "UPDATE commits SET epoch = 9 WHERE seq = 4"],
    ["another header", "UPDATE run_meta SET value = replace(value, '\"units\":', '\"units\":1') WHERE key = 'header'"],
  ])("shows %s", async (name, sql) => {
    const { findings } = auditJournal(await falsified(name.replaceAll(" ", "-"), sql), null);
    expect(findings.map(({ invariant }) => invariant)).toContain("I-41");
  });

  it("ends the command with 2 where something is found, and with 3 where there is no journal", async () => {
    const path = await falsified("command", "DELETE FROM commits WHERE seq = 3");
    const found = captureIo();
    expect(await main(["audit", path], found.io)).toBe(2);
    expect(found.text.stdout).toContain("I-41 number of the next commit: expected 3, found 4");
    const absent = captureIo();
    expect(await main(["audit", join(folder, "reports", "funding-overnight", "nothing")], absent.io)).toBe(3);
    expect(await main(["audit", "package.json"], absent.io)).toBe(3);
    expect(absent.text.stderr).toContain("package.json");
  });
});

describe("a run's folder", () => {
  it("is audited with its tape and its bars, and names what was changed in it", async () => {
    await journal();
    const good = captureIo();
    expect(await main(["audit", "funding-overnight", "--reports", join(folder, "reports"), "--json"], good.io)).toBe(0);
    expect(JSON.parse(good.text.stdout)).toMatchObject({ records: 12, venue: 7, count: 0, leftOut: [], withoutBars: null });
  });
});
