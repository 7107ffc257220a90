// Fills that are more than their order can have, as readers of the records hold them: in question until the runner has counted or
// dropped them. Which of the two it was is never guessed here.

import type { Leg } from "../domain/index.ts";

/** What bounds the fills of an order, in units of its quantity. */
export interface FillBounds {
  filled: number;
  /** The most that a fill has named as filled. */
  named: number;
  /** The most that was ever asked for; Infinity for an order that closes what is there. */
  asked: number;
}

/** Notes what a fill names. @returns it is more than its order can have */
export function exceeds(bounds: FillBounds, { quantity, cumulative }: Pick<TradedFill, "quantity" | "cumulative">): boolean {
  bounds.named = Math.max(bounds.named, cumulative);
  return bounds.filled + quantity > Math.min(bounds.named, bounds.asked);
}

/** Of a `position_synced`. */
interface Verdict {
  readonly market: number;
  readonly leg: Leg;
  readonly reason: string;
  readonly quantity: number;
  /** Which of them counts; absent in journals of earlier versions. */
  readonly fill?: TradeName | undefined;
}

/** By which a record names a trade. */
interface TradeName {
  readonly order: number;
  readonly trade: number | string;
}

/** What is read of a fill. */
interface TradedFill {
  readonly quantity: number;
  readonly cumulative: number;
  readonly fee: number;
  readonly feeCurrency: string;
}

/** A fill in question. */
export interface HeldFill {
  readonly market: number;
  readonly leg: Leg;
  /** What it would change the position by: signed, less a fee in coins. */
  readonly change: number;
  /** null: the reader does not know. */
  readonly name: TradeName | null;
}

export class HeldFills<Held extends HeldFill> {
  /** In the order in which they were told. */
  private held: Held[] = [];

  hold(fill: Held): void {
    this.held.push(fill);
  }

  /**
   * A position is brought in line: by one of them, by dropping all that are left of its leg, or by something else.
   * @param booked what the leg holds without them; null: the reader keeps no positions, and takes the one that the record names, else the first
   * @returns the one that counts from here on; null: none
   */
  judge({ market, leg, reason, quantity, fill }: Verdict, booked: number | null): Held | null {
    if (reason !== "fill_beyond_order" && reason !== "fill_told_twice") return null;
    const own = this.held.filter((one) => one.market === market && one.leg === leg);
    const dropped = reason === "fill_told_twice";
    const named = own.find(({ name }) => name !== null && name.order === fill?.order && name.trade === fill.trade);
    const fitting = own.find(({ change }) => booked !== null && booked + change === quantity);
    const real = dropped ? undefined : (named ?? fitting ?? own[0]);
    this.held = this.held.filter((one) => (dropped ? !own.includes(one) : one !== real));
    return real ?? null;
  }
}

/** What a fill changes its leg by. @param coins the currency in which fees are taken out of what is held; null: none is */
export function changeOf({ quantity, fee, feeCurrency }: Omit<TradedFill, "cumulative">, side: "buy" | "sell", coins: string | null): number {
  return (side === "buy" ? quantity : -quantity) - (feeCurrency === coins ? fee : 0);
}
