// What a file beside a session is: its name, its form, and how it is made of the journal's tables.

import type { z } from "zod";

import type { JournalHeader } from "./format.ts";
import type { Tables } from "./tables.ts";

export interface LiveFile {
  readonly name: string;
  /** Of the file, or of each of its lines. */
  readonly schema: z.ZodType;
  /** null: it is not made. */
  readonly make?: (of: LiveSource) => unknown;
  /** Of a file of JSON lines. */
  readonly lines?: (of: LiveSource) => readonly unknown[];
}

export interface LiveSource {
  readonly tables: Tables;
  readonly header: JournalHeader;
  /** Path of the journal. */
  readonly path: string;
  /** Venue time of the last commit, ISO. */
  readonly now: string;
  /** Makes a fill model of the session's fills, as row 004-SL-2 has it; null: it is left out. */
  readonly calibrate: (() => unknown) | null;
}
