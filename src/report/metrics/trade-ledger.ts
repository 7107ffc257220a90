// Trades out of what a journal says, in its order: fills move the position, ledger lines bring the money. It must never work out
// a profit itself: every sum is the ledger's own.

import type { Family, Instrument, Leg, Price, Quantity, Reason, Side } from "../../domain/index.ts";
import type { Asked, Execution, LedgerFacts, OpenTrade, TradeLine } from "./trade-line.ts";

/** Sums of a trade while it is open. */
interface Draft {
  side: "LONG" | "SHORT";
  entryTime: number;
  entryReason: Reason | "boot";
  entryFamily: Family | null;
  entries: number;
  entryQuantity: number;
  entryValue: number;
  exitTime: number;
  exits: number;
  exitQuantity: number;
  exitValue: number;
  gross: number;
  fees: number;
  funding: number;
  complete: boolean;
}

/** Who closed a part, and the order's number; 0 for the venue itself. */
export interface Closer {
  readonly order: number;
  readonly family: Family | null;
  readonly reason: Reason;
}

/** A part of a trade that a report of the venue has closed; what closed it may still be told. */
interface Reported {
  readonly draft: Draft;
  /** Not told yet, > 0; then 0. */
  quantity: number;
  /** All of the trade is known but what waits here. */
  complete: boolean;
  /** The report was the end of the trade. */
  readonly ended: boolean;
  /** Of the report: what is told of later times is none of it. */
  readonly time: number;
  /** Where the trade stands in `trades`; −1 while it is open. */
  place: number;
}

/** Closes by report that wait for a word about them, oldest first; of more the oldest are given up. */
const reportedMax = 8;

/** The trades of one leg of one market. Give it everything in the journal's order; read the lines at any time. */
export class TradeLedger {
  /** From flat to flat, in the order in which they ended. */
  readonly trades: TradeLine[] = [];
  /** What each exit order closed, at the average entry then (row 000-AN-2). Funding is no part of it. */
  readonly exits: TradeLine[] = [];
  declare private readonly instrument: Instrument;
  declare readonly leg: Leg;
  /** Signed. */
  private position = 0;
  private draft: Draft | null = null;
  /** Order of the last line of `exits`, while it may go on; −1 when it may not. */
  private exiting = -1;
  /** What the next ledger line is about. */
  private execution: Execution | null = null;
  /** What that fill opens on the other side. */
  private reversal: Execution | null = null;
  private closer: Closer = { order: 0, family: null, reason: "filled" };
  /** Fees paid that no ledger line has taken in yet: they belong to what is open. */
  private unsettled = 0;
  private reported: Reported[] = [];
  /** Funding of positions that no fill has told of yet. */
  private readonly unplaced: { readonly amount: number; readonly time: number }[] = [];
  /** The next ledger line is about a trade that a report has overtaken. */
  private late = false;
  /** The close by report that it belongs to; null: it closes nothing. */
  private explained: Reported | null = null;

  constructor(instrument: Instrument, leg: Leg) {
    this.instrument = instrument;
    this.leg = leg;
  }

  /** A position that was there before the first bar. @param quantity signed */
  boot(quantity: number, price: number, time: number): void {
    this.position = quantity;
    this.enter({ price, quantity: Math.abs(quantity), time }, "boot", null);
  }

  /** Signed. */
  get held(): number {
    return this.position;
  }

  /** @param coins fee in units of the quantity, taken out of a spot holding @param fee in units of money */
  filled(asked: Closer & Pick<Asked, "side">, fill: Execution, coins: number, fee = 0): void {
    const signed = asked.side === "buy" ? fill.quantity : -fill.quantity;
    const closes = this.position !== 0 && this.position > 0 !== signed > 0;
    const closing = closes ? Math.min(Math.abs(this.position), fill.quantity) : 0;
    this.position += signed;
    if (this.position > 0) this.position -= Math.min(coins, this.position);
    this.unsettled += fee;
    this.closer = asked;
    this.late = false;
    this.execution = closing === 0 ? null : { ...fill, quantity: closing };
    const opening = fill.quantity - closing;
    if (opening === 0) return;
    // A reversal ends one trade with the ledger line that follows, and begins the next with what is left of the fill.
    if (closing === 0) this.enter({ ...fill, quantity: opening }, asked.reason, asked.family);
    else this.reversal = { ...fill, quantity: opening };
  }

  /** The venue closes a part without an order. @param fee all that it costs beside the price, in units of money */
  closedByVenue(side: Side, fill: Execution, reason: Reason, fee: number): void {
    this.filled({ ...venueCloser(reason), side }, fill, 0, fee);
  }

  /** A trade is told that a report of the venue has overtaken: the position has it already. @param fee in units of money */
  overtaken(closer: Closer, fill: Execution, fee: number): void {
    this.explained = this.reported.find(({ time }) => fill.time <= time) ?? null;
    // Of a trade that has ended nothing is open that could take it in.
    if ((this.explained?.place ?? -1) < 0) this.unsettled += fee;
    this.closer = closer;
    this.late = true;
    this.execution = fill;
  }

  /** The ledger line of what has just been closed. */
  realized(line: LedgerFacts): void {
    if (this.late) return this.realizedLate(line);
    const { draft, execution } = this;
    if (draft === null || execution === null) return;
    this.addUp(draft, line, execution);
    this.unsettled -= line.entryFee + line.exitFee;
    this.execution = null;
    const { reversal, closer } = this;
    if (this.isFlat() || reversal !== null) this.end(closer.reason, closer.family);
    this.reversal = null;
    if (reversal !== null) this.enter(reversal, closer.reason, closer.family);
  }

  /** What a report had closed is told: the trade that it belongs to may have ended since. */
  private realizedLate(line: LedgerFacts): void {
    const { explained, execution, closer } = this;
    this.execution = null;
    if (explained === null || execution === null) return;
    const { draft, place, ended } = explained;
    const exitTime = ended ? execution.time : Math.max(draft.exitTime, execution.time);
    this.addUp(draft, line, execution);
    draft.exitTime = exitTime;
    explained.quantity -= line.quantity;
    if (explained.quantity <= 0) {
      this.reported = this.reported.filter((one) => one !== explained);
      draft.complete = explained.complete && this.reported.every((one) => one.draft !== draft);
    }
    const trade = this.trades[place];
    if (trade === undefined) this.unsettled -= line.entryFee + line.exitFee;
    else this.trades[place] = ended ? this.tradeOf(draft, closer.reason, closer.family) : this.tradeOf(draft, trade.exitReason, trade.exitFamily);
  }

  private addUp(draft: Draft, line: LedgerFacts, { price, time }: Execution): void {
    const value = this.instrument.notional(price as Price, line.quantity as Quantity);
    draft.exits += 1;
    // Of two that were told the wrong way round the earlier one is the entry.
    draft.exitTime = Math.max(draft.entryTime, time);
    draft.entryTime = Math.min(draft.entryTime, time);
    draft.exitQuantity += line.quantity;
    draft.exitValue += value;
    draft.gross += line.gross;
    draft.fees += line.entryFee + line.exitFee;
    this.addExit(draft, line, { value, time });
  }

  /**
   * @param amount positive = received
   * @param time of the stamp: a fill of that instant comes after it. The trade that it was paid for may have ended since, or begin with a
   * fill that is told later
   */
  funded(amount: number, time: number): void {
    const { draft, trades, reported } = this;
    const isOpen = draft !== null && draft.entryTime < time;
    const place = isOpen ? -1 : trades.findLastIndex(({ entryTime, exitTime }) => entryTime < time && time <= exitTime);
    const trade = trades[place];
    if (trade === undefined) {
      if (draft === null) this.unplaced.push({ amount, time });
      else draft.funding += amount;
      return;
    }
    trades[place] = { ...trade, funding: trade.funding + amount, profit: trade.profit + amount };
    for (const one of reported) if (one.place === place) one.draft.funding += amount;
  }

  private placeFunding(): void {
    if (this.unplaced.length === 0) return;
    for (const { amount, time } of this.unplaced.splice(0)) this.funded(amount, time);
  }

  /** The venue's word for a leg that changed without an order of ours. @param quantity signed */
  synced(quantity: number, price: number, time: number, reason: Reason): void {
    const before = this.position;
    if (quantity === before) return;
    this.position = quantity;
    const turned = quantity > 0 !== before > 0;
    const grown = turned || Math.abs(quantity) > Math.abs(before);
    if (this.draft !== null && (turned || !grown)) {
      this.remember(this.draft, turned ? Math.abs(before) : Math.abs(quantity - before), turned || quantity === 0, time);
      this.draft.complete = false;
      this.draft.exitTime = time;
      if (turned || quantity === 0) {
        this.unsettled = 0;
        this.end(reason, null);
      }
    }
    if (grown && quantity !== 0) this.enter({ price, quantity: Math.abs(turned ? quantity : quantity - before), time }, reason, null);
  }

  private remember(draft: Draft, quantity: number, ended: boolean, time: number): void {
    const complete = this.reported.find((one) => one.draft === draft)?.complete ?? draft.complete;
    this.reported.push({ draft, quantity, complete, ended, time, place: -1 });
    if (this.reported.length <= reportedMax) return;
    const gone = this.reported.shift();
    for (const one of this.reported) if (one.draft === gone?.draft) one.complete = false;
  }

  /** What is open now; null when flat. */
  get open(): OpenTrade | null {
    const { draft, position, instrument, leg, unsettled: entryFees } = this;
    if (draft === null || position === 0) return null;
    const { side, entryTime, entryReason, gross, fees, funding } = draft;
    const profit = gross - fees + funding;
    return { symbol: instrument.symbol, leg, side, quantity: Math.abs(position), entryTime, entryReason, gross, fees, funding, profit, entryFees };
  }

  private enter(fill: Execution, reason: Reason | "boot", family: Family | null): void {
    this.draft ??= {
      side: this.position > 0 ? "LONG" : "SHORT",
      entryTime: fill.time,
      entryReason: reason,
      entryFamily: family,
      entries: 0,
      entryQuantity: 0,
      entryValue: 0,
      exitTime: fill.time,
      exits: 0,
      exitQuantity: 0,
      exitValue: 0,
      gross: 0,
      fees: 0,
      funding: 0,
      complete: true,
    };
    this.draft.entries += 1;
    this.draft.entryQuantity += fill.quantity;
    this.draft.entryValue += this.instrument.notional(fill.price as Price, fill.quantity as Quantity);
    this.exiting = -1;
    this.placeFunding();
  }

  /** What is left of a coin below one step can never be sold: the trade is over. */
  private isFlat(): boolean {
    return this.position === 0 || (this.instrument.spot && this.position > 0 && this.position < this.instrument.step);
  }

  private end(exitReason: Reason, exitFamily: Family | null): void {
    const { draft } = this;
    this.draft = null;
    this.exiting = -1;
    if (draft === null) return;
    for (const one of this.reported) if (one.draft === draft) one.place = this.trades.length;
    this.trades.push(this.tradeOf(draft, exitReason, exitFamily));
    this.placeFunding();
  }

  private tradeOf(draft: Draft, exitReason: Reason, exitFamily: Family | null): TradeLine {
    const { entryQuantity, entryValue, exitQuantity, exitValue, gross, fees, funding, complete } = draft;
    return {
      ...this.named(draft),
      quantity: exitQuantity,
      entryPrice: this.averagePrice(entryValue, entryQuantity),
      exitPrice: this.averagePrice(exitValue, exitQuantity),
      entryValue,
      exitValue,
      gross,
      fees,
      funding,
      profit: gross - fees + funding,
      complete,
      exitReason,
      exitFamily,
    };
  }

  private addExit(draft: Draft, { quantity, gross, entryFee, exitFee }: LedgerFacts, exit: { readonly value: number; readonly time: number }): void {
    const { closer } = this;
    const goesOn = this.exiting === closer.order && closer.order !== 0 ? this.exits.pop() : undefined;
    const closed = quantity + (goesOn?.quantity ?? 0);
    // The ledger's gain is value against cost: the cost is what is left of it.
    const gains = (draft.side === "LONG") !== this.instrument.inverse;
    const cost = (gains ? exit.value - gross : exit.value + gross) + (goesOn?.entryValue ?? 0);
    const value = exit.value + (goesOn?.exitValue ?? 0);
    const total = gross + (goesOn?.gross ?? 0);
    const fees = entryFee + exitFee + (goesOn?.fees ?? 0);
    this.exits.push({
      ...this.named(draft),
      exitTime: exit.time,
      exits: (goesOn?.exits ?? 0) + 1,
      quantity: closed,
      entryPrice: this.averagePrice(cost, closed),
      exitPrice: this.averagePrice(value, closed),
      entryValue: cost,
      exitValue: value,
      gross: total,
      fees,
      funding: 0,
      profit: total - fees,
      complete: true,
      exitReason: closer.reason,
      exitFamily: closer.family,
    });
    this.exiting = closer.order;
  }

  private named({
    side,
    entryTime,
    exitTime,
    entryReason,
    entryFamily,
    entries,
    exits,
  }: Draft): Pick<TradeLine, "symbol" | "leg" | "side" | "entryTime" | "exitTime" | "entryReason" | "entryFamily" | "entries" | "exits"> {
    return { symbol: this.instrument.symbol, leg: this.leg, side, entryTime, exitTime, entryReason, entryFamily, entries, exits };
  }

  private averagePrice(value: number, quantity: number): number {
    const { instrument } = this;
    const size = (quantity / instrument.quantityPower) * instrument.contractSizeNumber;
    const money = value / instrument.moneyPower;
    if (quantity === 0 || value === 0) return 0;
    return instrument.inverse ? size / money : money / size;
  }
}

/** The venue itself, for a close that nobody ordered. */
export function venueCloser(reason: Reason): Closer {
  return { order: 0, family: reason === "liquidated" ? "liquidation" : null, reason };
}
