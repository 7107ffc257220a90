// The runner's own book of one market: legs, wallet effect and the P&L ledger. Built from what is told of trades; a report of
// the venue is taken over only until the trades behind it are told, and none is ever counted twice.

import {
  isBefore,
  mulDiv,
  opposite,
  Position,
  wideZero,
  type Instrument,
  type LedgerEntry,
  type Leg,
  type Liquidated,
  type MarketIndex,
  type Moment,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type PositionState,
  type Price,
  type Quantity,
} from "../domain/index.ts";
import { PositionAdoption, signedValue, type PositionAdoptionState } from "./positions/position-adoption.ts";
import { SideView } from "./side-view.ts";

/** What of an order, or of a close without one, the book goes by. */
type Trader = Pick<OrderRequest, "leg" | "side">;
type Trade = Pick<OrderFilled, "time" | "sequence" | "order" | "price" | "quantity" | "fee" | "feeCurrency">;

/** Reports of a leg that trades are looked up in; one told after so many newer ones explains the oldest of these. */
const adoptionsMax = 8;

export interface BookState {
  readonly result: Money;
  /** By leg. */
  readonly entryFees: readonly number[];
  readonly legs: readonly PositionState[];
  /** By leg: reports that were taken over, oldest first. */
  readonly adoptions: readonly (readonly PositionAdoptionState[])[];
}

export class Book {
  declare readonly legs: readonly Position[];
  /** The two sides as a strategy sees them. */
  declare readonly long: SideView;
  declare readonly short: SideView;
  /** Realised P&L - fees in the settlement currency, of everything so far. */
  result = wideZero as Money;
  declare private readonly instrument: Instrument;
  /** Currency of the results. */
  declare private readonly settle: string;
  declare private readonly market: MarketIndex;
  /** Fees paid for what is open, by leg: they belong to the P&L of the close. */
  declare private readonly entryFees: number[];
  /** By leg: the reports that were taken over, oldest first. */
  declare private readonly adoptions: readonly PositionAdoption[][];
  /** Time of the newest of them: what is told of later times is news. */
  private adoptedTime = Number.NEGATIVE_INFINITY;

  constructor(instrument: Instrument, market: MarketIndex, hedge: boolean) {
    this.instrument = instrument;
    this.market = market;
    this.legs = hedge ? [new Position(instrument, "LONG"), new Position(instrument, "SHORT")] : [new Position(instrument, "NET")];
    this.settle = instrument.rules.settle;
    this.entryFees = this.legs.map(() => wideZero);
    this.adoptions = this.legs.map(() => []);
    this.long = new SideView(this.leg("LONG"), "LONG");
    this.short = new SideView(this.leg(hedge ? "SHORT" : "NET"), "SHORT");
  }

  leg(leg: Leg): Position {
    return (leg === "SHORT" ? this.legs[1] : this.legs[0]) as Position;
  }

  /** What a side holds: in one-way mode the net position if it points that way, else 0. */
  quantityOf(side: "LONG" | "SHORT"): Quantity {
    return (side === "LONG" ? this.long : this.short).units;
  }

  /** Signed quantity of a leg. Of one of the other position mode, into which the account was switched outside, the book holds nothing. */
  signedOf(leg: Leg): Quantity {
    const { legs } = this;
    for (let at = 0; at < legs.length; at += 1) if (legs[at]?.leg === leg) return (legs[at] as Position).quantity;
    return 0 as Quantity;
  }

  /** Results and what is open at a price, in the settlement currency. */
  worth(price: Price): number {
    const { legs } = this;
    let sum: number = this.result;
    for (let at = 0; at < legs.length; at += 1) sum += (legs[at] as Position).unrealized(price);
    return sum;
  }

  /** What is open has cost. */
  get costs(): number {
    return this.legs.reduce((sum, { cost }) => sum + cost, 0);
  }

  /** A position was taken over from a report, and no trade has told its price. */
  get hasGuess(): boolean {
    return this.adoptions.some((reports) => reports.some(({ isOpen }) => isOpen));
  }

  /** A report that the book has taken over was made later: it knew of this. */
  knew(leg: Leg, moment: Moment): boolean {
    return moment.time <= this.adoptedTime && this.adoptionBehind(leg, moment) !== undefined;
  }

  /** The first report that knew of it. */
  private adoptionBehind(leg: Leg, moment: Moment): PositionAdoption | undefined {
    return this.adoptions[leg === "SHORT" ? 1 : 0]?.find((adoption) => isBefore(moment, adoption.moment));
  }

  /** Applies one fill. @param netBefore the ledger's running sum. @returns a ledger line for the part that closed something; null otherwise */
  apply(request: Trader, fill: Trade, netBefore: Money): LedgerEntry | null {
    if (fill.time <= this.adoptedTime) {
      const adoption = this.adoptionBehind(request.leg, fill);
      if (adoption !== undefined) return this.explain(adoption, request, fill, netBefore);
    }
    const { instrument, entryFees } = this;
    const { price, quantity, feeCurrency } = fill;
    const at = request.leg === "SHORT" ? 1 : 0;
    const position = this.legs[at] as Position;
    const before = position.quantity;
    const buys = request.side === "buy";
    const gross = position.apply((buys ? quantity : -quantity) as Quantity, price, instrument.notional(price, quantity));
    const fee = feeCurrency === this.settle ? fill.fee : 0;
    if (instrument.spot && feeCurrency === instrument.rules.base && fill.fee !== 0) position.takeBaseFee(fill.fee as number as Quantity);
    this.refreshViews();
    this.result = (this.result + gross - fee) as Money;
    const paid = entryFees[at] as number;
    if (buys ? before >= 0 : before <= 0) {
      entryFees[at] = paid + fee;
      return null;
    }
    const open = Math.abs(before);
    const closing = Math.min(open, quantity);
    const entryFee = closing === open ? paid : mulDiv(paid, closing, open);
    const exitFee = closing === quantity ? fee : mulDiv(fee, closing, quantity);
    entryFees[at] = paid - entryFee + (fee - exitFee);
    return this.line(request.leg, fill.order, closing, gross, entryFee, exitFee, netBefore);
  }

  /** A trade of `request` that never was: it is traded back at its own price, and its fee comes back first. */
  takeBack(request: Trader, trade: Trade, netBefore: Money): LedgerEntry | null {
    const { leg, side } = request;
    const inCoins = this.instrument.spot && trade.feeCurrency === this.instrument.rules.base;
    if (inCoins) {
      this.leg(leg).takeBaseFee(-trade.fee as number as Quantity);
      this.refreshViews();
    }
    return this.apply({ leg, side: opposite(side) }, { ...trade, fee: (inCoins ? 0 : -trade.fee) as Money }, netBefore);
  }

  /** A trade that a report knew of: the position has it already, the money gets its own price and fee. */
  private explain(adoption: PositionAdoption, { leg, side }: Trader, trade: Trade, netBefore: Money): LedgerEntry | null {
    const { instrument } = this;
    const { order, price, quantity, fee, feeCurrency } = trade;
    const at = leg === "SHORT" ? 1 : 0;
    const direction = side === "buy" ? 1 : -1;
    const value = instrument.notional(price, quantity);
    const paid = feeCurrency === instrument.rules.settle ? fee : 0;
    const coins = instrument.spot && feeCurrency === instrument.rules.base ? fee : 0;
    this.result = (this.result + adoption.explain(direction * quantity - coins, direction * value) - paid) as Money;
    const closed = adoption.takeClosed(direction * quantity);
    const exitFee = mulDiv(paid, closed.quantity, quantity);
    this.entryFees[at] = (this.entryFees[at] as number) + paid - exitFee;
    if (closed.quantity === 0) return null;
    const got = mulDiv(value, closed.quantity, quantity);
    const gross = adoption.ofLong !== instrument.inverse ? got - closed.cost : closed.cost - got;
    return this.line(leg, order, closed.quantity, gross, closed.entryFees, exitFee, netBefore);
  }

  private line(leg: Leg, order: OrderNumber, quantity: number, gross: number, entryFee: number, exitFee: number, netBefore: Money): LedgerEntry {
    const net = gross - entryFee - exitFee;
    return {
      type: "ledger_entry",
      order,
      market: this.market,
      leg,
      quantity: quantity as Quantity,
      gross: gross as Money,
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

  /**
   * The venue has closed a part of a leg without an order.
   * @param exitFee all that the close has cost beside its price
   * @returns the ledger line, with 0 for the order that there was not; null where the book had nothing to close yet
   */
  closedByVenue(
    event: Pick<Liquidated, "time" | "sequence" | "leg" | "side" | "quantity" | "price">,
    exitFee: Money,
    netBefore: Money,
  ): LedgerEntry | null {
    const { time, sequence, price, quantity } = event;
    const feeCurrency = this.instrument.rules.settle;
    return this.apply(event, { time, sequence, order: 0 as OrderNumber, price, quantity, fee: exitFee, feeCurrency }, netBefore);
  }

  /** A position from before the session, as if it had traded at `price` without a fee. */
  boot(leg: Leg, quantity: Quantity, price: Price): void {
    this.leg(leg).apply(quantity, price, this.instrument.notional(price, Math.abs(quantity) as Quantity));
    this.refreshViews();
  }

  /**
   * Takes the venue's word for a leg that has changed, as if it had traded at `price`, until the trade itself is told.
   * @param report when the venue knew of the change. @param fee that is known to have been paid for it
   */
  adopt(report: Moment & { readonly leg: Leg }, quantity: Quantity, price: Price, fee: Money): void {
    const position = this.leg(report.leg);
    const at = position === this.legs[0] ? 0 : 1;
    const { quantity: before, cost } = position;
    const change = (quantity - before) as Quantity;
    if (change === 0) return;
    const open = Math.abs(before);
    const fees = this.entryFees[at] as number;
    const gain = position.apply(change, price, this.instrument.notional(price, Math.abs(change) as Quantity));
    this.refreshViews();
    this.result = (this.result + gain - fee) as Money;
    // Of a position that has turned round nothing is left: what was paid for it is no cost of the new one.
    const kept = quantity > 0 === before > 0 ? Math.min(Math.abs(quantity), open) : 0;
    const keptFees = open === 0 || kept === 0 ? 0 : mulDiv(fees, kept, open);
    this.entryFees[at] = keptFees;
    const keptCost = kept === 0 ? 0 : kept === open ? cost : position.cost;
    const closed = { quantity: open - kept, cost: cost - keptCost, entryFees: fees - keptFees };
    const { time, sequence } = report;
    const value = signedValue(this.instrument, price, change);
    this.remember(at, { time, sequence, price, open: change, value, fee, ofLong: before > 0, closed });
  }

  private remember(at: number, state: PositionAdoptionState): void {
    const adoptions = this.adoptions[at] as PositionAdoption[];
    adoptions.push(new PositionAdoption(this.instrument, state));
    if (adoptions.length > adoptionsMax) adoptions.shift();
    this.adoptedTime = Math.max(this.adoptedTime, state.time);
  }

  private refreshViews(): void {
    this.long.refresh();
    this.short.refresh();
  }

  snapshot(): BookState {
    return {
      result: this.result,
      entryFees: [...this.entryFees],
      legs: this.legs.map((leg) => leg.snapshot()),
      adoptions: this.adoptions.map((reports) => reports.map((adoption) => adoption.snapshot())),
    };
  }

  restore({ result, entryFees, legs, adoptions }: BookState): void {
    this.result = result;
    this.adoptedTime = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < this.legs.length; at += 1) {
      this.entryFees[at] = entryFees[at] as number;
      (this.legs[at] as Position).restore(legs[at] as PositionState);
      this.adoptions[at]?.splice(0);
      for (const state of adoptions[at] ?? []) this.remember(at, state);
    }
    this.refreshViews();
  }
}
