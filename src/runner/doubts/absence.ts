// When it is proven that an order never came to the venue, or is not there any more (failures 1.1): a time after which the
// request can no longer be taken, reads that do not find it, no trade that could be its own, and a position that needs none.
// It keeps what has been read and says what that amounts to; it asks nothing and settles nothing.

import type { FillsReported, PositionReported } from "../../domain/index.ts";
import type { RunnerOrder } from "../order.ts";
import type { RunnerSettings } from "../settings.ts";

/** What has been read about one order since the venue did not know it first. */
interface Proof {
  /** Time of the first read behind the fence that did not find it. */
  readonly firstTime: number;
  /** Of the read that agreed with it. */
  secondTime: number;
  /** Trades and position have been asked for; an answer from before does not count. */
  asked: boolean;
  /** No trade since it was sent can be its own; null: not told yet. */
  tradeless: boolean | null;
  /** The leg is what the book holds without it; null: not told yet. */
  unmoved: boolean | null;
}

/** By order number. */
export type ProofsState = readonly (readonly [order: number, Readonly<Proof>])[];

/** What a read that did not find the order amounts to. `enough`: there are two that agree, and the rest may be asked for. */
export type AbsentRead = "early" | "first" | "same" | "enough";

export class AbsenceProofs {
  declare private readonly settings: RunnerSettings;
  private readonly proofs = new Map<number, Proof>();

  constructor(settings: RunnerSettings) {
    this.settings = settings;
  }

  /** The last instant at which the venue may still take a request; null: at this venue there is none. */
  fenceOf({ sentTime }: RunnerOrder): number | null {
    const { absence } = this.settings;
    return absence === null ? null : sentTime + absence.validityWindowMs + absence.engineTimeoutMs + absence.lagMarginMs;
  }

  /** Reads that are to agree lie so far apart. */
  get spacing(): number {
    return Math.max(this.settings.queryIntervalMs, this.settings.absence?.lagMarginMs ?? 0);
  }

  /** A read at a venue's time did not find the order. The same answer told twice is one read. */
  read(order: RunnerOrder, time: number): AbsentRead {
    const fence = this.fenceOf(order);
    if (fence !== null && time <= fence) return "early";
    const proof = this.proofs.get(order.order);
    if (proof === undefined) {
      this.proofs.set(order.order, { firstTime: time, secondTime: 0, asked: false, tradeless: null, unmoved: null });
      return "first";
    }
    if (time < proof.firstTime + this.spacing) return "same";
    proof.secondTime = time;
    return "enough";
  }

  /** Trades and position are being asked for. */
  asked(order: RunnerOrder): void {
    const proof = this.proofs.get(order.order);
    if (proof !== undefined) Object.assign(proof, { asked: true, tradeless: null, unmoved: null });
  }

  /** Trades that were told: one of ours has been applied by now, a foreign one on its side may be this order's under another name. */
  takeTrades(order: RunnerOrder, { market, time, foreign, complete }: FillsReported): void {
    const proof = this.proofs.get(order.order);
    // Of a list with pages missing nothing follows; nor of one that is older than the reads.
    if (proof === undefined || !proof.asked || market !== order.market || !complete || time < proof.secondTime) return;
    // The venue's own closes it names itself: they are no order's.
    const unnamed = foreign.filter(({ cause }) => cause === "trade");
    proof.tradeless = !unnamed.some((fill) => fill.time >= order.sentTime && fill.side === order.side && fill.leg === order.leg);
  }

  takePosition(order: RunnerOrder, { market, leg, quantity, time }: PositionReported): void {
    const proof = this.proofs.get(order.order);
    if (proof === undefined || !proof.asked || market !== order.market || leg !== order.leg || time < proof.secondTime) return;
    proof.unmoved = quantity === order.desk.book.signedOf(leg);
  }

  /** Two reads, trades and position together: true = it is not there, false = they contradict each other, null = not all told yet. */
  verdict({ order }: RunnerOrder): boolean | null {
    const proof = this.proofs.get(order);
    if (proof === undefined || proof.tradeless === null || proof.unmoved === null) return null;
    return proof.tradeless && proof.unmoved;
  }

  /** In words, for the record. */
  evidenceOf(order: RunnerOrder): string {
    const proof = this.proofs.get(order.order);
    const { instrument, book } = order.desk;
    const held = instrument.quantityNumber(book.signedOf(order.leg));
    if (proof === undefined) return "nothing has been read";
    const reads = `not found at ${proof.firstTime} and ${proof.secondTime}`;
    const trades = proof.tradeless === false ? "a trade that may be its own" : "no trade of it";
    const position = proof.unmoved === false ? `a position that is not the book's ${held}` : `the position is the book's ${held}`;
    return `sent at ${order.sentTime}, could be taken until ${this.fenceOf(order) ?? "any time"}, ${reads}, ${trades}, ${position}`;
  }

  /** It has shown itself, or its doubt is over: what was read before proves nothing any more. */
  forget({ order }: RunnerOrder): void {
    if (this.proofs.size > 0) this.proofs.delete(order);
  }

  snapshot(): ProofsState {
    return [...this.proofs].map(([order, proof]) => [order, { ...proof }] as const).sort((a, b) => a[0] - b[0]);
  }

  restore(saved: ProofsState): void {
    this.proofs.clear();
    for (const [order, proof] of saved) this.proofs.set(order, { ...proof });
  }
}
