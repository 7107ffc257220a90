// The journal's format on a disk: its number, its files, its header and how its records are chained. A journal of an older format
// stays readable: a rule here is never changed, a new one gets a new number.

import { hash } from "node:crypto";

import { assert, canonicalJson, type Effect, type IdSpace, type Leg, type MarketRules } from "../../domain/index.ts";
import type { Cause, CommitNotes } from "../commits.ts";

/** Of the tables, the payloads and the chain together. */
export const journalFormat = 2;
/** `PRAGMA application_id`: "Seatrial journal" for whoever asks what the file is. */
export const applicationId = 0x5e_a7_10_01;

/** The files of a journal, all beside its database. */
export const journalFiles = {
  head: (path: string) => `${path}-head`,
  lock: (path: string) => `${path}-lock`,
  ballast: (path: string) => `${path}-ballast`,
  wal: (path: string) => `${path}-wal`,
  shm: (path: string) => `${path}-shm`,
} as const;

/** A market, as far as its records need words. */
export interface HeaderMarket {
  readonly rules: MarketRules;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly moneyScale: number;
}

/** What a journal is of. It never changes, and the chain hangs on it. */
export interface JournalHeader {
  readonly format: number;
  /** 32 hex digits that no other journal has. */
  readonly journal: string;
  /** Name of the run: `LIVE_DUAL_20250131_093000`, or the scenario's. */
  readonly run: string;
  readonly mode: "simulate" | "paper" | "live";
  /** When it was made, ISO 8601 UTC. */
  readonly created: string;
  /** Name of the venue's profile, or ccxt's id of it; format 1 does not say. */
  readonly venue?: string;
  readonly ids: Pick<IdSpace, "tag" | "session">;
  readonly markets: readonly HeaderMarket[];
  /** The series whose rows the records name, by market, finest first. */
  readonly bars: readonly (readonly SeriesIdentity[])[];
  /** Of the settlement currency at the start, in its units. */
  readonly balance: { readonly currency: string; readonly units: number };
  /** Positions from before the session, signed units. */
  readonly positions: readonly { readonly market: number; readonly leg: Leg; readonly quantity: number; readonly price: number }[];
}

/** What a new journal is of; the rest of its header it gives itself. */
export type NewJournal = Omit<JournalHeader, "format" | "journal" | "created" | "venue"> & { readonly venue: string };

export interface SeriesIdentity {
  readonly timeframe: string;
  /** Of one bar, ms. */
  readonly interval: number;
  /** null: it is still being written, as live bars are. */
  readonly length: number | null;
  /** sha-256 of the columns; null as above. */
  readonly digest: string | null;
}

export function sha256(text: string | Uint8Array): string {
  return hash("sha256", text);
}

/** What the first record's hash stands on. */
export function genesisHash(header: JournalHeader): string {
  return sha256(canonicalJson(header));
}

export interface ChainedRecord {
  readonly seq: number;
  readonly epoch: number;
  readonly time: number;
  readonly kind: string;
  /** Effects that leave for the venue. */
  readonly requests: number;
  readonly payload: string;
}

/** sha-256 of the previous hash and the record's fields, one a line, the payload as it is stored. */
export function recordHash(previous: string, { seq, epoch, time, kind, requests, payload }: ChainedRecord): string {
  return sha256(`${previous}\n${seq}\n${epoch}\n${time}\n${kind}\n${requests}\n${payload}`);
}

/** What a record holds beside its place. */
export interface Payload {
  readonly cause: Cause;
  readonly effects: readonly Effect[];
  readonly notes?: CommitNotes;
}

/** Canonical JSON: keys sorted, no whitespace. @throws InvariantError I-30 for a number that JSON does not have */
export function encodePayload(payload: Payload): string {
  assertFinite(payload, "commit");
  return canonicalJson(payload);
}

export function decodePayload(text: string): Payload {
  return JSON.parse(text) as Payload;
}

function assertFinite(value: unknown, place: string): void {
  if (typeof value === "number") assert(Number.isFinite(value), "I-30", () => `${place} is ${value}: no journal holds that`);
  else if (typeof value === "object" && value !== null) for (const [key, member] of Object.entries(value)) assertFinite(member, `${place}.${key}`);
}
