// What a journal costs: a durable commit beside the bare sync of a file, and a runner made again of a million commits, with and
// without a snapshot:
//   node --conditions=seatrial-source bench/journal.ts [durable commits] [bars] [folder]
// Prints one JSON object. A sync takes what the disk and its other users take: only the ratio to the bare one says something of the code.

import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { benchBars } from "../src/bench/generator.ts";
import { benchEmaCross } from "../src/bench/strategies.ts";
import { benchPlan } from "../src/bench/workloads.ts";
import { openForRestart } from "../src/journal/sqlite/open.ts";
import type { SessionOrigin } from "../src/journal/sqlite/origin.ts";
import { createJournal, type JournalSettings } from "../src/journal/sqlite/sqlite-commits.ts";
import { buildSession } from "../src/session/build.ts";
import { keptSession, newJournalOf } from "../src/session/process/kept-session.ts";
import { rebuild } from "../src/session/process/process-replay.ts";

const [durable = 2_000, bars = 1_000_000] = process.argv.slice(2, 4).map(Number);
const folder = mkdtempSync(join(process.argv[4] ?? tmpdir(), "seatrial-journal-bench-"));
const origin: SessionOrigin = { config: { path: "bench", text: "{}", changed: null }, code: [], strategy: "W1", lockfile: null, versions: {} };
const settings: JournalSettings = { now: Date.now };

const fixed = (value: number, digits = 3): number => Number(value.toFixed(digits));
function quantiles(times: readonly number[]): Record<"p50" | "p99" | "max", number> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => fixed(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
function timed<T>(work: () => T): { ms: number; processorMs: number; result: T } {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - start, processorMs: (user + system) / 1_000, result };
}

/** Durable commits of a real session, each beside one sync of four kilobytes that lie there already. */
function commitTimes(): object {
  const plan = benchPlan(benchEmaCross, benchBars(1_000));
  const parts = buildSession(plan);
  const session: { commits: Parameters<typeof store.append>[] } = { commits: [] };
  const store = createJournal(join(folder, "durable"), newJournalOf(plan, parts), origin, settings);
  const source = keptSession(plan, {
    last: 1,
    lowWater: false,
    append: (...commit) => session.commits.push(commit),
    read: () => [],
    keepSnapshot: () => undefined,
    snapshot: () => null,
  });
  source.run();
  const asking = session.commits.filter(([, , effects]) => effects.some(({ type }) => type === "submit_order"));
  const file = openSync(join(folder, "bare"), "w");
  const block = Buffer.alloc(4_096, 1);
  for (let at = 0; at < 64; at += 1) writeSync(file, block);
  const own: number[] = [];
  const bare: number[] = [];
  for (let at = 0; at < Math.min(durable, session.commits.length); at += 1) {
    const commit = session.commits[at] as (typeof session.commits)[number];
    own.push(timed(() => store.append(...commit)).ms);
    bare.push(
      timed(() => {
        writeSync(file, block, 0, block.length, (at % 64) * block.length);
        fdatasyncSync(file);
      }).ms,
    );
  }
  closeSync(file);
  store.close();
  return { commits: own.length, thatAsk: asking.length, ms: quantiles(own), bareSyncMs: quantiles(bare) };
}

/** A journal of so many bars, and the runner made of it again. */
function rebuildTimes(): object {
  const plan = benchPlan(benchEmaCross, benchBars(bars));
  const path = join(folder, "long");
  const parts = buildSession(plan);
  const of = newJournalOf(plan, parts);
  const quick = { ...settings, durable: false, ballastBytes: 0 };
  const store = createJournal(path, of, origin, quick);
  // Without the session's own snapshots, which it takes at every 64th: the first restart is to have none.
  const plain = { last: 1, lowWater: false, snapshot: () => null, keepSnapshot: () => undefined, read: () => [] };
  const written = timed(() => keptSession(plan, { ...plain, append: (...commit) => store.append(...commit) }, parts).run());
  const commits = store.last;
  store.close();
  const restart = () => {
    const again = openForRestart(path, of, origin, quick);
    const runner = rebuild(buildSession(plan).newRunner(), again.store);
    return { again, runner };
  };
  const whole = timed(restart);
  whole.result.again.store.keepSnapshot({ seq: commits, state: whole.result.runner.snapshot() });
  whole.result.again.store.close();
  const short = timed(restart);
  short.result.again.store.close();
  const bytes = statSync(path).size / commits;
  return {
    commits,
    bytesPerCommit: fixed(bytes, 0),
    writeProcessorUs: fixed((written.processorMs * 1_000) / commits, 1),
    rebuildSeconds: fixed(whole.ms / 1_000, 2),
    rebuildProcessorSecondsPerMillion: fixed((whole.processorMs / commits) * 1_000, 2),
    withSnapshotSeconds: fixed(short.ms / 1_000, 3),
  };
}

try {
  const report = { commit: commitTimes(), rebuild: rebuildTimes(), load: fixed(loadavg()[0] ?? 0, 2), node: process.version };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
