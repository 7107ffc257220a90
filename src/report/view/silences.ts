// When the process did not hear the venue: restarts, sleep, gaps in a stream, data that stood still. Read from the journal's
// records; it must never guess what happened meanwhile.

import type { DataChecked, Reconciled, SessionResumed } from "../../domain/index.ts";
import type { TapeRecord } from "../../journal/index.ts";
import type { SilenceView } from "./run-view.ts";
import type { RunNames } from "./names.ts";
import { missedText } from "./records.ts";

/** One of them, told to whoever has orders out. */
export interface Silence {
  /** null: all markets. */
  readonly market: number | null;
  readonly text: string;
}

interface Draft {
  readonly kind: SilenceView["kind"];
  readonly market: number | null;
  readonly from: number;
  until: number | null;
  time: number;
  bar: number;
  /** Place of the record that ended it, or began it. */
  record: number;
  /** What is known of it, each told once. */
  readonly told: string[];
}

export class Silences {
  declare private readonly names: RunNames;
  private readonly drafts: Draft[] = [];
  private at = -1;

  constructor(names: RunNames) {
    this.names = names;
  }

  /** The journal's next record. @returns the silence that it ends; null where it ends none */
  take({ bar, time, record }: TapeRecord): Silence | null {
    this.at += 1;
    switch (record.type) {
      case "session_resumed":
        return this.ended(this.begin("restart", null, record.since, time, bar), resumedText(record), time, bar);
      case "clock_checked":
        return record.slept === 0 ? null : this.ended(this.begin("sleep", null, time - record.slept, time, bar), "it woke up", time, bar);
      case "stream_gap":
        this.begin("stream_gap", record.market, time, time, bar);
        return null;
      case "stream_resynced":
        return this.ended(this.open("stream_gap", record.market), "the stream came back, and did not repeat what it had said", time, bar);
      case "data_checked":
        return this.checked(record, time, bar);
      case "bars_missed":
        // Of the finest bars: those that are made of them were missed with them.
        if (record.series === 0 && this.isAt(time))
          this.drafts.at(-1)?.told.push(`${missedText(record.from, record.to)} of ${this.names.symbol(record.market)} closed unheard`);
        return null;
      case "reconciled":
        if (record.phase !== "begun") this.drafts.findLast(({ kind }) => kind !== "stale_data")?.told.push(reconciledText(record));
        return null;
      default:
        return null;
    }
  }

  /** @param stepOf step of the player for a record, by its place among all of them */
  list(stepOf: (record: number) => number | null): SilenceView[] {
    return this.drafts.map(({ kind, market, from, until, time, bar, record, told }) => {
      const symbol = market === null ? null : this.names.symbol(market);
      return {
        kind,
        symbol,
        from,
        until,
        time,
        bar,
        text: told.length === 0 ? "it lasted to the end of the run" : told.join("; "),
        step: stepOf(record),
      };
    });
  }

  private checked({ market, stale, text }: DataChecked, time: number, bar: number): Silence | null {
    const open = this.open("stale_data", market);
    if (!stale) return this.ended(open, "the data is fresh again", time, bar);
    if (open === undefined) this.begin("stale_data", market, time, time, bar).told.push(text);
    return null;
  }

  /** Whether the newest silence has just ended, or goes on. */
  private isAt(time: number): boolean {
    const last = this.drafts.at(-1);
    return last !== undefined && (last.until === null || last.until === time);
  }

  private begin(kind: Draft["kind"], market: number | null, from: number, time: number, bar: number): Draft {
    const draft: Draft = { kind, market, from, until: null, time, bar, record: this.at, told: [] };
    this.drafts.push(draft);
    return draft;
  }

  private open(wanted: Draft["kind"], of: number | null): Draft | undefined {
    return this.drafts.findLast(({ kind, market, until }) => kind === wanted && market === of && until === null);
  }

  private ended(draft: Draft | undefined, how: string, time: number, bar: number): Silence | null {
    if (draft === undefined) return null;
    Object.assign(draft, { until: time, time, bar, record: this.at });
    draft.told.push(how);
    const { kind, market, from } = draft;
    return { market, text: `${whats[kind](new Date(from).toISOString(), lengthText(time - from))}: ${how}` };
  }
}

const whats: Readonly<Record<Draft["kind"], (from: string, length: string) => string>> = {
  restart: (from, length) => `the process was gone, and its last commit is of ${from}, ${length} before`,
  sleep: (from, length) => `the process slept from ${from}, for ${length}`,
  stream_gap: (from, length) => `the venue's stream was broken from ${from}, for ${length}`,
  stale_data: (from, length) => `the data stood still from ${from}, for ${length}`,
};

function resumedText({ epoch, changed }: SessionResumed): string {
  return `it came back as epoch ${epoch}${changed === null ? "" : `, with another ${changed}`}`;
}

function reconciledText({ phase, reason, adopted, fills, synced, foreign }: Reconciled): string {
  const found = [
    [adopted, "order", " adopted"],
    [fills, "new fill", ""],
    [synced, "position", " brought in line"],
    [foreign, "foreign order", ""],
  ] as const;
  const named = found.filter(([count]) => count > 0).map(([count, what, how]) => `${count} ${what}${count === 1 ? "" : "s"}${how}`);
  return `compared with the venue: ${phase}, ${reason}${named.length === 0 ? ", nothing was new" : `, ${named.join(", ")}`}`;
}

function lengthText(length: number): string {
  return length < 1_000 ? `${length} ms` : `${length / 1_000} s`;
}
