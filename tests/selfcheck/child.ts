// One of the two processes of the self-check: runs every shipped scenario under both deliveries and 200 random sessions, and prints
// one line for each thing that must be the same bytes everywhere. It must never compare anything.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { seriesDigest } from "../../src/market/index.ts";
import { manifestOf } from "../../src/report/manifest.ts";
import { judgeRun } from "../../src/report/judge-run.ts";
import { writeRunFolder } from "../../src/report/run-folder.ts";
import { paintOf } from "../../src/report/terminal/paint.ts";
import { scenarioText } from "../../src/report/terminal/terminal.ts";
import { runPage } from "../../src/report/view/run-page.ts";
import { evaluateExpectations, expectsHalt, expectsLiquidation, runContextOf, type Scenario } from "../../src/scenario/index.ts";
import { createSha256, runAudited, type SimulationPlan } from "../../src/session/index.ts";
import { load, shippedFiles } from "../scenarios/shipped-files.ts";
import { crowded, crowdedPlan } from "../session/crowded-sessions.ts";

const seeds = 200;
/** Pages are large: one of so many scenarios gets one. */
const pageEach = 12;
const start = new Date(0);

function tell(name: string, bytes: string | Uint8Array): void {
  process.stdout.write(`${name} ${createHash("sha256").update(bytes).digest("hex")}\n`);
}

/** Everything that a run leaves, but for the time of day at which it ran. */
async function tellScenario(name: string, file: string, scenario: Scenario, plan: SimulationPlan, withPage: boolean): Promise<void> {
  const { record, session } = runAudited(plan);
  const { labels, expectations } = scenario;
  const judged = judgeRun({
    scenario: scenario.name,
    seed: plan.seed,
    record,
    expectations: evaluateExpectations(expectations, record, runContextOf(plan)),
    haltExpected: expectsHalt(expectations),
    liquidationExpected: expectsLiquidation(expectations),
    labels,
    elapsedMs: 0,
  });
  const currencies = Object.keys(record.final.balances).sort();
  const manifest = manifestOf(plan, {
    digests: plan.markets.flatMap(({ series }) => series.map((bars) => seriesDigest(bars, createSha256))),
    moneyScales: Object.fromEntries(currencies.map((currency) => [currency, session.venue.scaleOf(currency)])),
    file,
    scenarioFileHash: "",
    runHash: record.runHash,
    assumptions: record.assumptions,
    labels,
    startedAt: start,
    // The Node version is the one thing that may differ.
    versions: { seatrial: "0", node: "0", ccxt: null },
  });
  const page = withPage ? await runPage({ plan, record, outcome: judged, manifest, why: scenario.why }, "none") : null;
  const folder = mkdtempSync(join(tmpdir(), "seatrial-selfcheck-"));
  try {
    const written = await writeRunFolder(judged, record, manifest, { out: folder, now: start, page });
    for (const part of readdirSync(written).sort()) tell(`${name}/${part}`, readFileSync(join(written, part)));
    tell(`${name}/terminal`, scenarioText(judged, { width: 120, paint: paintOf(false) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  record.release();
}

async function tellScenarios(): Promise<void> {
  for (const [at, file] of (await shippedFiles()).entries()) {
    for (const delivery of ["immediate", "seeded"] as const) {
      const scenario = await load(file, { delivery });
      if (scenario.plan === null) continue;
      await tellScenario(`${file} ${delivery}`, file, scenario, scenario.plan, at % pageEach === 0 && delivery === "immediate");
    }
  }
}

function tellSeeds(): void {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const [drawn] = fc.sample(crowded, { numRuns: 1, seed }) as [Parameters<typeof crowdedPlan>[0]];
    const { record } = runAudited(crowdedPlan(drawn));
    const { rows, final, metrics, audit, equity } = record;
    const journal = [...record.journalLines()].join("\n");
    tell(`seed ${seed}`, JSON.stringify([record.runHash, rows, final, metrics, audit, [...equity.value], journal]));
    if ((audit?.count ?? 0) > 0) process.stdout.write(`found by the auditor: seed ${seed}\n`);
    record.release();
  }
}

tellSeeds();
await tellScenarios();
// What the machine calls a number, a date and a capital letter: proof that the two processes do live in other places.
process.stderr.write(`${(1234.5).toLocaleString()} ${new Date(0).toString()} ${"i".toLocaleUpperCase()}\n`);
