// A small scenario and sweeps over it, as files in a temporary folder.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadSweep, type Sweep } from "../../src/sweep/index.ts";

export const scenario = {
  name: "waves",
  seed: 5,
  markets: [
    {
      symbol: "HYPE/USDC:USDC",
      market: { tick: "0.001", step: "0.01", minNotional: "10" },
      bars: { timeframe: "1m", start: "2025-01-01T00:00:00Z", synthetic: { seed: 9, count: 600, startPrice: "40" } },
    },
  ],
  boot: { balances: { USDC: "1000" } },
  strategy: { use: "ema-cross", params: { fast: 3, slow: 9, quantity: 2 } },
};

export const sweep = {
  name: "small",
  seed: 2,
  scenarios: ["waves.json"],
  parameters: { fast: [2, 4, 6], slow: { min: 5, max: 20, step: 5 } },
};

export async function temporaryFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "seatrial-sweep-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes a scenario `waves.json` and a sweep beside it. @returns the sweep's path */
export async function writeSweep(folder: string, changes: object = {}, scenarioChanges: object = {}): Promise<string> {
  await writeFile(join(folder, "waves.json"), JSON.stringify({ ...scenario, ...scenarioChanges }));
  const file = join(folder, "small.sweep.json");
  await writeFile(file, JSON.stringify({ ...sweep, ...changes }, null, 2));
  return file;
}

export async function loadedSweep(folder: string, changes: object = {}, scenarioChanges: object = {}): Promise<Sweep> {
  return loadSweep(await writeSweep(folder, changes, scenarioChanges), {}, { version: "test" });
}
