// The runner's timers: it asks the shell to wake it, and remembers why. Numbers only; the shell owns the clock.

import type { OrderNumber } from "../domain/index.ts";

export type TimerPurpose =
  | { readonly kind: "time_to_live"; readonly order: OrderNumber }
  | { readonly kind: "query"; readonly order: OrderNumber }
  /** A cancel of an order that had not been sent yet. */
  | { readonly kind: "never_sent"; readonly order: OrderNumber }
  | { readonly kind: "venue_reopens" }
  /** Questions of a comparison with the venue that may have gone unanswered. */
  | { readonly kind: "reconcile" }
  | { readonly kind: "route_stage"; readonly order: OrderNumber }
  | { readonly kind: "route_slice"; readonly market: number; readonly intent: number }
  | { readonly kind: "position_recheck"; readonly market: number; readonly leg: "LONG" | "SHORT" | "NET" };

export class Timers {
  private readonly purposes = new Map<number, TimerPurpose>();
  private last = 0;

  arm(purpose: TimerPurpose): number {
    this.last += 1;
    this.purposes.set(this.last, purpose);
    return this.last;
  }

  /** What a timer was for; each fires once. */
  take(timer: number): TimerPurpose | undefined {
    const purpose = this.purposes.get(timer);
    this.purposes.delete(timer);
    return purpose;
  }

  snapshot(): unknown {
    return { last: this.last, open: [...this.purposes].sort((a, b) => a[0] - b[0]) };
  }
}
