// The folder of a run that has been judged: its manifest, its page, its files. Loaded only where one is written, because what
// writes it is as large as what runs a scenario.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { RunRecord } from "../journal/index.ts";
import type { SimulationPlan } from "../session/index.ts";
import { manifestOf, type ManifestFacts, type Versions } from "./manifest.ts";
import type { Outcome } from "./outcome.ts";
import { writeRunFolder } from "./run-folder.ts";
import { runPage, type CostWish } from "./view/run-page.ts";

/** A run that came to an end, and what it was made of. */
export interface JudgedRun extends Pick<ManifestFacts, "digests" | "moneyScales" | "file" | "labels"> {
  readonly plan: SimulationPlan;
  readonly record: RunRecord;
  readonly outcome: Outcome;
  /** Why the scenario exists. */
  readonly why: string | null;
  /** Wall clock in ms. */
  readonly startedAt: number;
}

export interface KeepOptions {
  readonly out: string;
  readonly tag: string;
  readonly page: CostWish | null;
  readonly versions: Versions;
}

/** @returns the folder's path. @throws SeatrialError as `runPage` and `writeRunFolder` do */
export async function keepRun(run: JudgedRun, { out, tag, page: wish, versions }: KeepOptions): Promise<string> {
  const { plan, record, outcome, why, digests, moneyScales, file, labels } = run;
  const startedAt = new Date(run.startedAt);
  const { runHash, assumptions } = record;
  const scenarioFileHash = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const manifest = manifestOf(plan, { digests, moneyScales, file, scenarioFileHash, runHash, assumptions, labels, startedAt, versions });
  const page = wish === null ? null : await runPage({ plan, record, outcome, manifest, why }, wish);
  return writeRunFolder(outcome, record, manifest, { out, tag, now: startedAt, page });
}
