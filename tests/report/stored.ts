// Runs in a folder of their own, simulated from scenario files as the command does it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { simulateRooms } from "../../src/cli/simulate-rooms.ts";
import { runFile } from "../../src/report/run-file.ts";

/** @returns the run folder */
export async function simulateTo(out: string, file: string, now = Date.UTC(2026, 10, 21)): Promise<string> {
  const versions = { seatrial: "0.1.0", node: "26.10.0", ccxt: null };
  const options = { out, tag: "test", page: null, strict: false, versions, now: () => now };
  const outcome = await runFile(file, options, simulateRooms({}, process.env));
  if (outcome.folder === null) throw outcome.error ?? new Error(`${file} left no run`);
  return outcome.folder;
}

/**
 * A scenario of three trades on daily bars, worked out by hand in docs/metrics.md's example: closes and opens are 100, 110, 105 …;
 * fills at the next open, fee 0.05 % for takers.
 */
export async function writeScenario(folder: string, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const file = join(folder, "three-trades.json");
  const flat = (price: string): string[] => [price, price, price, price, "1000"];
  await writeFile(
    file,
    JSON.stringify({
      name: "three-trades",
      why: "three trades whose figures are worked out by hand",
      seed: 1,
      venue: "generic",
      positionMode: "one_way",
      markets: [
        {
          symbol: "TEST/USDC:USDC",
          market: { tick: "0.01", step: "0.01", minNotional: "1" },
          bars: {
            timeframe: "1d",
            start: "2025-01-01T00:00:00Z",
            script: ["100", "100", "110", "110", "100", "100", "100", "104", "104", "104"].map(flat),
          },
        },
      ],
      boot: { balances: { USDC: "1000" } },
      strategy: {
        use: "scripted",
        params: {
          actions: [
            { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } },
            { bar: 1, do: "close", leg: "LONG", order: { type: "market" } },
            { bar: 2, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } },
            { bar: 3, do: "close", leg: "LONG", order: { type: "market" } },
            { bar: 5, do: "open", leg: "SHORT", quantity: 1, order: { type: "market" } },
            { bar: 6, do: "close", leg: "SHORT", order: { type: "market" } },
          ],
        },
      },
      expect: [{ never: "duplicate-order" }],
      ...change,
    }),
  );
  return file;
}
