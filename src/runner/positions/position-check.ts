// A look at the venue's positions every so often: a fill whose message was lost leaves no other trace. Two reads that agree
// with each other and not with the book call for a comparison; the check itself changes nothing.

import type { MarketIndex, PositionReported } from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk } from "../order.ts";
import type { Reconciliation } from "../recovery/reconciliation.ts";

export interface PositionCheckState {
  readonly asked: readonly string[];
  /** Legs that differed at the last look, with what the venue said. */
  readonly suspects: readonly (readonly [key: string, quantity: number])[];
  readonly agreed: number;
}

export class PositionCheck {
  declare private readonly core: Core;
  declare private readonly reconciliation: Reconciliation;
  /** Legs that this check has asked for and not heard of. */
  private readonly asked = new Set<string>();
  private readonly suspects = new Map<string, number>();
  /** When book and venue agreed last. */
  private agreed = 0;

  constructor(core: Core, reconciliation: Reconciliation) {
    this.core = core;
    this.reconciliation = reconciliation;
    if (core.settings.positionCheckMs !== null) this.arm(core.settings.positionCheckMs);
  }

  /** The book is known to differ, and the next look will settle it. */
  get verifying(): boolean {
    return this.suspects.size > 0;
  }

  due(): void {
    const { core } = this;
    const { positionCheckMs } = core.settings;
    if (core.halted || positionCheckMs === null) return;
    this.arm(positionCheckMs);
    if (this.reconciliation.active) return this.suspects.clear();
    for (const { market, book } of core.desks) {
      for (const { leg } of book.legs) {
        this.asked.add(`${market}/${leg}`);
        core.rateLimits.queryPosition(market, leg);
      }
    }
  }

  /** @returns true: the difference is this check's, and nobody else is to settle it */
  told(event: PositionReported): boolean {
    const { core, reconciliation } = this;
    const { market, leg, quantity, time } = event;
    const key = `${market}/${leg}`;
    if (!this.asked.delete(key) || reconciliation.active) return false;
    const desk = core.desks[market as MarketIndex] as RunnerDesk;
    if (desk.book.signedOf(leg) === quantity) {
      this.suspects.delete(key);
      if (this.suspects.size === 0) this.agreed = time;
      return false;
    }
    if (desk.isStale(leg, event)) return false;
    if (this.suspects.get(key) === quantity) {
      this.suspects.clear();
      reconciliation.begin("position_mismatch", this.agreed);
    } else {
      // A fill may be on its way to the book: the next look will tell.
      this.suspects.set(key, quantity);
    }
    return true;
  }

  private arm(ms: number): void {
    this.core.setTimer({ kind: "position_check" }, this.core.now + ms);
  }

  snapshot(): PositionCheckState {
    return {
      asked: [...this.asked].sort((a, b) => (a < b ? -1 : 1)),
      suspects: [...this.suspects].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
      agreed: this.agreed,
    };
  }

  restore({ asked, suspects, agreed }: PositionCheckState): void {
    this.asked.clear();
    this.suspects.clear();
    for (const key of asked) this.asked.add(key);
    for (const [key, quantity] of suspects) this.suspects.set(key, quantity);
    this.agreed = agreed;
  }
}
