// A folder of its own for a test's files, removed afterwards.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";

/** Call at the top level of a test file. */
export function workspace(): { folder: string; write: (name: string, content: string | Uint8Array) => string } {
  const folder = mkdtempSync(join(tmpdir(), "seatrial-scenario-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write: (name, content) => {
      const file = join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** The typed error of a promise that must fail. */
export async function problemOf(promise: Promise<unknown>): Promise<SeatrialError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SeatrialError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

/** What a promise gives, or the typed error that it fails with; any other failure is a defect and is thrown on. */
export async function settled<T>(promise: Promise<T>): Promise<T | SeatrialError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof SeatrialError) return error;
    throw error;
  }
}

/** The smallest whole scenario; the comments of the tests count its lines. */
export const base = `{
  "name": "base",
  "markets": [
    {
      "symbol": "HYPE/USDC:USDC",
      "market": { "tick": "0.01", "step": "0.01" },
      "bars": { "script": [["100", "101", "99", "100", "1000"], "flat"] }
    }
  ],
  "boot": { "balances": { "USDC": "1000" } },
  "strategy": { "use": "scripted", "params": { "actions": [] } },
  "steps": [],
  "expect": []
}
`;

/** The base with one passage replaced; a passage that is not there is a mistake of the test. */
export function edited(from: string, to: string): string {
  if (!base.includes(from)) throw new Error(`the base scenario has no ${from}`);
  return base.replace(from, to);
}
