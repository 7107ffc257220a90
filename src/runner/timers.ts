// The runner's timers: it asks the shell to wake it, and remembers why. Numbers only; the shell owns the clock.

import { assertBounded, InvariantError, type Leg, type Millis, type OrderNumber } from "../domain/index.ts";

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
  /** Until when later ones have to wait for it: it may have been armed for a time that was over. */
  readonly turn: Millis;
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
  /** When the one was due that this process has seen fire last. */
  private fired = 0;

  arm(purpose: TimerPurpose, due: Millis, now: Millis): number {
    this.last += 1;
    assertBounded("timers", this.open.size);
    this.open.set(this.last, { purpose, due, turn: due < now ? now : due });
    return this.last;
  }

  /** Whether the outcome of an order will be asked for at some time. */
  awaitsQuery(order: OrderNumber): boolean {
    for (const { purpose } of this.open.values()) if (purpose.kind === "query" && purpose.order === order) return true;
    return false;
  }

  /**
   * What a timer was for.
   * @throws InvariantError I-27 for one that is not armed (any more), is not due yet, or should have fired before another one
   */
  fire(timer: number, now: Millis): TimerPurpose {
    const open = this.open.get(timer);
    if (open === undefined) throw new InvariantError("I-27", `timer ${timer} fires and is not armed`);
    const { purpose, due, turn } = open;
    if (due > now) throw new InvariantError("I-27", `timer ${timer} fires at ${now}, before it is due at ${due}`);
    if (turn < this.fired) throw new InvariantError("I-27", `timer ${timer} was due at ${due} and fires behind one that was due at ${this.fired}`);
    if (due > this.fired) this.fired = due;
    this.open.delete(timer);
    return purpose;
  }

  /** Forgets a timer that nobody was told of. */
  disarm(timer: number): void {
    this.open.delete(timer);
  }

  /** Timers that have not fired. */
  get length(): number {
    return this.open.size;
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
    for (const [timer, purpose, due] of open) this.open.set(timer, { purpose: { ...purpose }, due, turn: due });
  }
}
