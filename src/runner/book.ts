// The runner's own book of one market: legs, wallet effect and the P&L ledger. Built from fills alone, never from what
// the venue says a position is.

import {
  mulDiv,
  Position,
  type Instrument,
  type LedgerEntry,
  type Leg,
  type Liquidated,
  type MarketIndex,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type PositionState,
  type Price,
  type Quantity,
} from "../domain/index.ts";
import { SideView } from "./side-view.ts";

export interface BookState {
  readonly result: Money;
  /** By leg. */
  readonly entryFees: readonly number[];
  readonly legs: readonly PositionState[];
}

export class Book {
  declare readonly legs: readonly Position[];
  /** The two sides as a strategy sees them. */
  declare readonly long: SideView;
  declare readonly short: SideView;
  /** Realised P&L - fees in the settlement currency, of everything so far. */
  result = 0 as Money;
  declare private readonly instrument: Instrument;
  declare private readonly market: MarketIndex;
  /** Fees paid for what is open, by leg: they belong to the P&L of the close. */
  declare private readonly entryFees: number[];

  constructor(instrument: Instrument, market: MarketIndex, hedge: boolean) {
    this.instrument = instrument;
    this.market = market;
    this.legs = hedge ? [new Position(instrument, "LONG"), new Position(instrument, "SHORT")] : [new Position(instrument, "NET")];
    this.entryFees = this.legs.map(() => 0);
    this.long = new SideView(this.leg("LONG"), "LONG");
    this.short = new SideView(this.leg(hedge ? "SHORT" : "NET"), "SHORT");
  }

  leg(leg: Leg): Position {
    return (leg === "SHORT" ? this.legs[1] : this.legs[0]) as Position;
  }

  /** Signed quantity wanted by a side: in one-way mode the net position if it points that way, else 0. */
  quantityOf(side: "LONG" | "SHORT"): Quantity {
    const { legs } = this;
    const leg = (side === "SHORT" && legs.length > 1 ? legs[1] : legs[0]) as Position;
    const quantity = side === "LONG" ? leg.quantity : -leg.quantity;
    return (quantity > 0 ? quantity : 0) as Quantity;
  }

  /** Applies one fill. @param netBefore the ledger's running sum. @returns a ledger line for the part that closed something; null otherwise */
  apply(request: OrderRequest, fill: OrderFilled, netBefore: Money): LedgerEntry | null {
    const at = request.leg === "SHORT" ? 1 : 0;
    const position = this.legs[at] as Position;
    const open = Math.abs(position.quantity);
    const signed = (request.side === "buy" ? fill.quantity : -fill.quantity) as Quantity;
    const closing = position.quantity !== 0 && position.quantity > 0 !== signed > 0 ? Math.min(open, fill.quantity) : 0;
    const gross = position.apply(signed, fill.price, this.instrument.notional(fill.price, fill.quantity));
    const fee = fill.feeCurrency === this.instrument.rules.settle ? fill.fee : 0;
    if (this.instrument.spot && fill.feeCurrency === this.instrument.rules.base && fill.fee !== 0)
      position.takeBaseFee(fill.fee as number as Quantity);
    this.refreshViews();
    this.result = (this.result + gross - fee) as Money;
    if (closing === 0) {
      this.entryFees[at] = (this.entryFees[at] as number) + fee;
      return null;
    }
    const entryFee = closing === open ? (this.entryFees[at] as number) : mulDiv(this.entryFees[at] as number, closing, open);
    const exitFee = closing === fill.quantity ? fee : mulDiv(fee, closing, fill.quantity);
    this.entryFees[at] = (this.entryFees[at] as number) - entryFee + (fee - exitFee);
    const net = gross - entryFee - exitFee;
    return {
      type: "ledger_entry",
      order: fill.order,
      market: this.market,
      leg: request.leg,
      quantity: closing as Quantity,
      gross,
      entryFee: entryFee as Money,
      exitFee: exitFee as Money,
      net: net as Money,
      cumulative: (netBefore + net) as Money,
    };
  }

  /** Funding that was paid, or with a positive amount received. */
  fund(amount: Money): void {
    this.result = (this.result + amount) as Money;
  }

  /** The cost of a trade that was not ours. */
  pay(fee: Money): void {
    this.result = (this.result - fee) as Money;
  }

  /**
   * The venue has closed a part of a leg without an order.
   * @param exitFee all that the close has cost beside its price
   * @returns the ledger line, with 0 for the order that there was not
   */
  closedByVenue(event: Pick<Liquidated, "leg" | "side" | "quantity" | "price">, exitFee: Money, netBefore: Money): LedgerEntry {
    const at = event.leg === "SHORT" ? 1 : 0;
    const position = this.legs[at] as Position;
    const open = Math.abs(position.quantity);
    const signed = (event.side === "buy" ? event.quantity : -event.quantity) as Quantity;
    const gross = position.apply(signed, event.price, this.instrument.notional(event.price, event.quantity));
    this.refreshViews();
    const paid = this.entryFees[at] as number;
    const entryFee = (event.quantity >= open ? paid : mulDiv(paid, event.quantity, open)) as Money;
    this.entryFees[at] = paid - entryFee;
    this.result = (this.result + gross - exitFee) as Money;
    const net = (gross - entryFee - exitFee) as Money;
    const { leg, quantity } = event;
    const cumulative = (netBefore + net) as Money;
    return { type: "ledger_entry", order: 0 as OrderNumber, market: this.market, leg, quantity, gross, entryFee, exitFee, net, cumulative };
  }

  /** Takes the venue's word for a leg that changed without an order of ours, as if it had traded at `price` without a fee. */
  adopt(leg: Leg, quantity: Quantity, price: Price): void {
    const position = this.leg(leg);
    const at = position === this.legs[0] ? 0 : 1;
    const change = (quantity - position.quantity) as Quantity;
    if (change === 0) return;
    const before = position.quantity;
    const open = Math.abs(before);
    const gain = position.apply(change, price, this.instrument.notional(price, Math.abs(change) as Quantity));
    this.refreshViews();
    this.result = (this.result + gain) as Money;
    // Of a position that has turned round nothing is left: what was paid for it is no cost of the new one.
    const kept = quantity > 0 === before > 0 ? Math.min(Math.abs(quantity), open) : 0;
    this.entryFees[at] = open === 0 || kept === 0 ? 0 : mulDiv(this.entryFees[at] as number, kept, open);
  }

  private refreshViews(): void {
    this.long.refresh();
    this.short.refresh();
  }

  snapshot(): BookState {
    return { result: this.result, entryFees: [...this.entryFees], legs: this.legs.map((leg) => leg.snapshot()) };
  }

  restore({ result, entryFees, legs }: BookState): void {
    this.result = result;
    for (let at = 0; at < this.legs.length; at += 1) {
      this.entryFees[at] = entryFees[at] as number;
      (this.legs[at] as Position).restore(legs[at] as PositionState);
    }
    this.refreshViews();
  }
}
