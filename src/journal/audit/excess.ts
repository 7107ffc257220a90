// Fills that are more than their order can have: in question until the records say what the venue's position is. Either it has
// them, or they were told twice; a verdict that no fill makes so is a finding.

import type { OrderFilled, OrderRequest, PositionReported, PositionSynced, RiskLocked } from "../../domain/index.ts";
import type { Findings } from "./findings.ts";
import type { MarketFrame } from "./frame.ts";

/** A fill in question. */
export interface HeldFill {
  readonly fill: OrderFilled;
  readonly request: OrderRequest;
}

/** What an order may have filled. */
interface Limits {
  readonly request: OrderRequest;
  readonly quantity: number;
  readonly asked: readonly number[];
  readonly filled: number;
  /** The most that a fill has named as filled, this one included. */
  readonly named: number;
}

/** More than was asked for, or than the venue itself has named. */
export function isExcess({ request, quantity, asked, filled, named }: Limits, fill: OrderFilled): boolean {
  const sum = filled + fill.quantity;
  if (sum > named) return true;
  if (sum <= quantity || request.terms?.closePosition === true) return false;
  return sum > Math.max(quantity, ...asked);
}

export class Excess {
  /** In the order in which they were told. */
  private held: HeldFill[] = [];
  /** Markets that are locked for them. */
  private readonly locked = new Set<number | null>();
  declare private readonly findings: Findings;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  take(held: HeldFill): void {
    this.held.push(held);
  }

  lock({ market, locked }: RiskLocked): void {
    if (locked) this.locked.add(market);
    else this.locked.delete(market);
  }

  /** What is still in question at the end is so because the runner waits for the venue, and has locked the market. */
  end(): void {
    for (const { fill } of this.held)
      if (this.findings.fails(this.locked.has(fill.market)))
        this.findings.add("journal", "I-08", null, `trade ${fill.trade} is more than order ${fill.order} can have`);
  }

  /** A leg with one of them differs from the venue's by it. */
  isOpen(market: number, leg: string): boolean {
    return this.held.some(({ fill, request }) => fill.market === market && request.leg === leg);
  }

  /**
   * The records decide about a leg: one fill is counted, or all that are left are dropped.
   * @param booked what the leg has without them. @param reported what the venue has said of it
   * @returns the fill that counts from here on; null: none
   */
  judged(record: PositionSynced, booked: bigint, reported: PositionReported | null, frame: MarketFrame, at: number): HeldFill | null {
    const { market, leg, reason, quantity } = record;
    const own = this.held.filter(({ fill, request }) => fill.market === market && request.leg === leg);
    const dropped = reason === "fill_told_twice";
    const real = dropped ? undefined : own.find((one) => booked + changeOf(frame, one) === BigInt(quantity));
    const fits = own.length > 0 && (dropped || real !== undefined);
    if (this.findings.fails(fits)) this.findings.add("journal", "I-07", at, `${leg} after ${reason}, and no fill in question makes it so`);
    if (!fits) return null;
    this.held = this.held.filter((one) => (dropped ? !own.includes(one) : one !== real));
    if (dropped || own.length === 1)
      if (this.findings.differ(reported?.quantity ?? null, quantity))
        this.findings.add("journal", "I-07", at, `${leg} by the venue, after ${reason}`, reported?.quantity ?? null, quantity);
    return real ?? null;
  }
}

/** On a spot market a fee in coins is gone from what is held. */
function changeOf({ rules, spot }: MarketFrame, { fill, request }: HeldFill): bigint {
  const coins = spot && fill.feeCurrency === rules.base && rules.base !== rules.settle ? BigInt(fill.fee) : 0n;
  return (request.side === "buy" ? BigInt(fill.quantity) : -BigInt(fill.quantity)) - coins;
}
