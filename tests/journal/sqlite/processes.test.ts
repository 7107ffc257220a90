// Processes and a journal: one writes, others look; one that is killed has lost nothing that it has been told was kept.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { refuseNetworkDisk } from "../../../src/journal/sqlite/ownership.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { createJournal } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { allOf, journalOf, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";
import { stormCause } from "./storm.ts";

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => remove());

const of = journalOf(smallPlan());
const main = fileURLToPath(new URL("storm-main.ts", import.meta.url));

interface Storm {
  readonly child: ChildProcess;
  /** [epoch, seq] of the last commit that it has said. */
  said(): readonly [number, number];
  /** Resolves when it has said so many commits. */
  reached(seq: number): Promise<void>;
}

function storm(path: string, how: "create" | "open"): Storm {
  const child = spawn(process.execPath, ["--conditions=seatrial-source", main, path, how], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const said = () => {
    const lines = text.split("\n").slice(0, -1);
    return (lines.at(-1) ?? "0 0").split(" ").map(Number) as unknown as readonly [number, number];
  };
  child.stdout?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  const reached = async (seq: number) => {
    while (said()[1] < seq) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { child, said, reached };
}

async function killed({ child }: Storm): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "close");
}

describe("processes at a journal", () => {
  it("I-01, I-22: killed in a storm, again and again: everything that was said to be kept is there, and each process has a higher number", async () => {
    const path = join(folder, "a.journal");
    for (const round of [1, 2, 3]) {
      const now = storm(path, round === 1 ? "create" : "open");
      await now.reached(round * 30 + 7);
      await killed(now);
      const [epoch, seq] = now.said();
      expect(epoch).toBe(round);
      const { ok, findings, commits, processes } = verifyJournal(path);
      expect(findings).toEqual([]);
      expect(ok).toBe(true);
      expect(processes).toBe(round);
      // What it was told last may not have been said any more; more than that one it cannot be.
      expect([seq, seq + 1]).toContain(commits);
    }
    const again = openForRestart(path, of, origin, settings);
    expect(again.epoch).toBe(4);
    const commits = allOf(again.store);
    expect(commits.map(({ seq }) => seq)).toEqual(commits.map((_, at) => at + 1));
    expect(commits.every(({ cause, seq }) => cause.time === stormCause(seq).time)).toBe(true);
    // From the newest snapshot on there is little to tell again.
    const newest = Math.floor(commits.length / 25) * 25;
    // It may have been killed between a commit and the snapshot behind it.
    expect([newest, newest - 25]).toContain(again.snapshot?.seq);
    expect([...again.commits()].map(({ seq }) => seq)).toEqual(commits.slice(again.snapshot?.seq).map(({ seq }) => seq));
    again.store.close();
  }, 30_000);

  it("I-34: a second writer is refused with the number of the first; readers look meanwhile, and hinder nobody", async () => {
    const path = join(folder, "a.journal");
    const now = storm(path, "create");
    await now.reached(20);
    expect(() => openForRestart(path, of, origin, settings)).toThrow(
      expect.objectContaining({ code: "journal_owned", exitCode: 1, reason: `process ${now.child.pid} is writing it` }),
    );
    expect(() => createJournal(path, of, origin, settings)).toThrow(expect.objectContaining({ code: "journal_owned" }));
    const before = now.said()[1];
    const reader = new JournalReader(path);
    const seen = reader.last;
    expect(seen).toBeGreaterThanOrEqual(before);
    expect(verifyJournal(path).findings).toEqual([]);
    await now.reached(before + 60);
    expect(reader.last).toBeGreaterThan(seen);
    reader.close();
    await killed(now);
    openForRestart(path, of, origin, settings).store.close();
  }, 30_000);

  it("a second writer in the same process is refused too, and the file is free when the first has closed", () => {
    const path = join(folder, "a.journal");
    const store = keptJournal(path);
    expect(() => openForRestart(path, of, origin, settings)).toThrow(expect.objectContaining({ code: "journal_owned" }));
    store.close();
    openForRestart(path, of, origin, settings).store.close();
  });

  it("a journal on a network disk is refused before anything is made there", () => {
    const type = (number: number) => () => refuseNetworkDisk(join(folder, "a.journal"), () => number);
    if (process.platform === "linux") {
      expect(type(0x6969)).toThrow(expect.objectContaining({ code: "journal_network", exitCode: 1, reason: "it stands on NFS" }));
      expect(type(0xff534d42)).toThrow(/CIFS/);
      // The same number as older kernels print it.
      expect(type(0xff534d42 - 2 ** 32)).toThrow(/CIFS/);
    }
    expect(type(0xef53)).not.toThrow();
    expect(spawnSync("ls", [folder]).stdout.toString()).toBe("");
  });

  it("another session's journal is refused, and another configuration or code is told", () => {
    const path = join(folder, "a.journal");
    keptJournal(path).close();
    expect(() => openForRestart(path, { ...of, run: "another" }, origin, settings)).toThrow(
      expect.objectContaining({ code: "journal_other_session", reason: "it is of another session: its run are not these" }),
    );
    const changed = (now: typeof origin) => {
      const { store, changed: told, since } = openForRestart(path, of, now, settings);
      store.close();
      expect(since).toBe(300_000);
      return told;
    };
    expect(changed({ ...origin, config: { ...origin.config, path: "/elsewhere/dca.json", changed: 5 } })).toBeNull();
    expect(changed({ ...origin, config: { ...origin.config, text: "{}" } })).toBe("configuration");
    expect(changed({ ...origin, config: { ...origin.config, text: "{}" }, versions: { seatrial: "0.2.0" } })).toBe("code");
    expect(verifyJournal(path).processes).toBe(4);
  });
});
