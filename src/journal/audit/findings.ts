// What the auditor can find, as a closed list, and what it has found. It counts what it has checked, so that silence can be
// told from blindness.

/** Invariants that records alone, or records beside the venue's tape, can prove broken. */
export const auditedInvariants = {
  "I-01": "nothing is sent, or told of, before the record that sends it",
  "I-04": "one live order for an intent: another attempt only when the former has ended",
  "I-05": "each attempt is sent once",
  "I-06": "money is conserved: fees, funding and balances follow from trades",
  "I-07": "positions and P&L follow from fills, at the runner and at the venue",
  "I-08": "each trade counts once, and the filled quantity only grows",
  "I-09": "what reduces a position neither enlarges nor turns it",
  "I-11": "no order is given up while the venue holds or has executed it",
  "I-12": "every intent ends once, with a reason from the list, or is visibly open",
  "I-13": "nothing increases risk while that is locked",
  "I-15": "no request leaves during a ban",
  "I-17": "no order that only reduces can open a position",
  "I-20": "every difference from the venue has a reason",
  "I-21": "nothing increases risk before the book is compared with the venue",
  "I-25": "nothing increases risk while a stream is broken",
  "I-26": "equity = cash + unrealised P&L, at every close",
  "I-27": "every timer fires once, and not before it is due",
  "I-29": "nothing increases risk on an account in another mode",
  "I-31": "nothing increases risk on a market that is closed to it",
  "I-37": "the venue is lawful itself",
  "I-41": "the journal's chain is unbroken",
  "I-42": "every figure of the result follows from the records",
} as const;

export type AuditedInvariant = keyof typeof auditedInvariants;

export interface Finding {
  readonly invariant: AuditedInvariant;
  /** Number of the record that shows it, from 1 on; of the venue's tape for what only that shows. null: no single one does. */
  readonly record: number | null;
  readonly source: "journal" | "venue" | "result";
  readonly text: string;
  /** Exact integers are told in units, decimals as text; null where there is nothing to compare. */
  readonly expected: string | null;
  readonly found: string | null;
}

type Told = bigint | number | string | null;

/** Of each invariant: enough to see what is wrong; the rest is counted. */
const keptMost = 25;

export class Findings {
  /** The first ones. */
  readonly list: Finding[] = [];
  /** All of them. */
  count = 0;
  checks = 0;
  private readonly kept = new Map<AuditedInvariant, number>();

  /** One check that failed, whatever it compared. */
  add(source: Finding["source"], invariant: AuditedInvariant, record: number | null, text: string, expected: Told = null, found: Told = null): void {
    this.count += 1;
    const kept = this.kept.get(invariant) ?? 0;
    this.kept.set(invariant, kept + 1);
    if (kept < keptMost) this.list.push({ invariant, record, source, text, expected: toldText(expected), found: toldText(found) });
  }

  /** A check of two values; what they are is put in words by whoever finds that they differ, and not before. */
  differ(expected: Told, found: Told): boolean {
    this.checks += 1;
    return expected !== found;
  }

  /** A check of a condition. */
  fails(condition: boolean): boolean {
    this.checks += 1;
    return !condition;
  }
}

function toldText(value: Told): string | null {
  return value === null ? null : String(value);
}

/** One line: `I-07 P&L of order 256: expected 200, found 201 (record 12 of the journal)`. */
export function findingText({ invariant, record, source, text, expected, found }: Finding): string {
  const compared = expected === null && found === null ? "" : `: expected ${expected ?? "none"}, found ${found ?? "none"}`;
  const place =
    record === null ? `in the ${sourceNames[source]}` : `${source === "venue" ? "entry" : "record"} ${record} of the ${sourceNames[source]}`;
  return `${invariant} ${text}${compared} (${place})`;
}

const sourceNames: Readonly<Record<Finding["source"], string>> = { journal: "journal", venue: "venue's tape", result: "result" };
