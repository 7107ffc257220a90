// The runner's timers: it asks the shell to wake it, and remembers why. Numbers only; the shell owns the clock.

import type { Leg, Millis, OrderNumber } from "../domain/index.ts";

export type TimerPurpose =
  | { readonly kind: "time_to_live"; readonly order: OrderNumber }
  | { readonly kind: "query"; readonly order: OrderNumber }
  /** By then a question has its answer, or that was lost. */
  | { readonly kind: "query_lost"; readonly order: OrderNumber }
  /** A cancel of an order that had not been sent yet. */
  | { readonly kind: "never_sent"; readonly order: OrderNumber }
  | { readonly kind: "venue_reopens" }
  /** Questions of a comparison with the venue that may have gone unanswered. */
  | { readonly kind: "reconcile" }
  /** The next look at the venue's positions. */
  | { readonly kind: "position_check" }
  | { readonly kind: "route_stage"; readonly order: OrderNumber }
  | { readonly kind: "route_slice"; readonly market: number; readonly intent: number }
  /** Whether a position has fills that are more than their order can have. */
  | { readonly kind: "excess_fills"; readonly market: number; readonly leg: Leg }
  | { readonly kind: "position_recheck"; readonly market: number; readonly leg: Leg };

interface OpenTimer {
  readonly purpose: TimerPurpose;
  readonly due: Millis;
}

export interface TimersState {
  /** Number of the one that was armed last. */
  readonly last: number;
  /** By number: what for, and when it is due. */
  readonly open: readonly (readonly [timer: number, purpose: TimerPurpose, due: Millis])[];
}

export class Timers {
  private readonly open = new Map<number, OpenTimer>();
  private last = 0;

  arm(purpose: TimerPurpose, due: Millis): number {
    this.last += 1;
    this.open.set(this.last, { purpose, due });
    return this.last;
  }

  /** Whether the outcome of an order will be asked for at some time. */
  awaitsQuery(order: OrderNumber): boolean {
    for (const { purpose } of this.open.values()) if (purpose.kind === "query" && purpose.order === order) return true;
    return false;
  }

  /** What a timer was for; each fires once. */
  take(timer: number): TimerPurpose | undefined {
    const taken = this.open.get(timer);
    this.open.delete(timer);
    return taken?.purpose;
  }

  purposeOf(timer: number): TimerPurpose | undefined {
    return this.open.get(timer)?.purpose;
  }

  snapshot(): TimersState {
    const armed = [...this.open].map(([timer, { purpose, due }]) => [timer, { ...purpose }, due] as const);
    return { last: this.last, open: armed.sort((a, b) => a[0] - b[0]) };
  }

  restore({ last, open }: TimersState): void {
    this.last = last;
    this.open.clear();
    for (const [timer, purpose, due] of open) this.open.set(timer, { purpose: { ...purpose }, due });
  }
}
