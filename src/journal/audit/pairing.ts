// The runner's records against the venue's tape, order by order and trade by trade: each explains the other, and no order is
// given up that the venue holds or has executed.

import type { Books } from "./books.ts";
import type { Fate } from "./fate.ts";
import { isEnded, type Fates } from "./fates.ts";
import type { Findings } from "./findings.ts";
import type { MarketFrame } from "./frame.ts";
import type { LegSum } from "./leg.ts";
import { nothing } from "./records.ts";
import type { VenueFate, VenueSums } from "./venue-sums.ts";

/** What the venue has done and the runner could not have heard of when the session ended, as the tape's last line says it. */
export interface Untold {
  readonly trades: ReadonlySet<number | string>;
  readonly legs: ReadonlySet<string>;
}

export class Pairing {
  declare private readonly fates: Fates;
  declare private readonly venue: VenueSums;
  declare private readonly findings: Findings;
  declare private readonly untold: Untold;
  /** Legs of which not everything has been heard: they may differ. */
  private readonly open = new Set<string>();
  private unheard = 0;

  constructor(fates: Fates, venue: VenueSums, findings: Findings, untold: Untold) {
    this.fates = fates;
    this.venue = venue;
    this.findings = findings;
    this.untold = untold;
  }

  compare(books: Books, markets: readonly MarketFrame[], settlement: string, boot: bigint): void {
    const { orders } = this.venue;
    for (const [order, held] of orders) this.explained(order, held);
    for (const fate of this.fates.orders.values()) this.matched(fate, orders.get(fate.request.order) ?? nothing);
    this.positions(books, markets);
    this.wallet(books, markets, settlement, boot);
  }

  private explained(order: number, held: readonly VenueFate[]): void {
    const fate = this.fates.orders.get(order);
    // Another runner's on the account: what it trades is not ours to explain.
    const rival = fate === undefined ? held.find(({ epoch }) => !this.fates.epochs.has(epoch)) : undefined;
    if (rival !== undefined) {
      this.open.add(`${rival.market}/${rival.leg}`);
      return;
    }
    if (fate === undefined) return this.findings.add("venue", "I-01", null, `the venue accepted order ${order}, and no record sends it`);
    let live = 0;
    for (const { status } of held) if (status === "OPEN") live += 1;
    if (this.findings.fails(live <= 1)) this.findings.add("venue", "I-04", null, `order ${order} is open ${live} times at the venue`);
  }

  private matched(fate: Fate, held: readonly VenueFate[]): void {
    const { request, status, fills } = fate;
    const { order, market, leg } = request;
    const { findings, untold } = this;
    const made = held.length === 1 ? (held[0] as VenueFate).fills : held.flatMap((one) => one.fills);
    const [only] = fills;
    const [own] = made;
    // Most orders have one trade, told as it was made.
    if (fills.length === 1 && made.length === 1 && own !== undefined && own.trade === only?.trade) {
      findings.checks += 1;
      this.sameTrade(order, own, only);
      return this.verdict(fate, held);
    }
    // A venue that leaves the id of a trade out has told how much had filled by then.
    const told = new Map(fills.map((fill) => [fill.trade === "" ? `after ${fill.cumulative}` : fill.trade, fill]));
    const doubtful = !isEnded(status);
    findings.checks += 1;
    for (const trade of made) {
      const key = told.has(trade.trade) ? trade.trade : `after ${trade.cumulative}`;
      const heard = told.get(key);
      if (heard === undefined) {
        this.open.add(`${market}/${leg}`);
        this.unheard += 1;
        const held = fate.excess.some((fill) => fill.trade === trade.trade);
        if (!untold.trades.has(trade.trade) && !doubtful && !held)
          findings.add("venue", "I-11", null, `order ${order} is ${status}, and trade ${trade.trade} of it was never heard of`, trade.quantity, 0);
        continue;
      }
      told.delete(key);
      this.sameTrade(order, trade, heard);
    }
    for (const { trade, quantity } of told.values())
      findings.add("venue", "I-08", null, `order ${order} has trade ${trade}, which the venue has not made`, 0, quantity);
    this.verdict(fate, held);
  }

  private sameTrade(order: number, made: VenueFate["fills"][number], heard: Fate["fills"][number]): void {
    const { findings } = this;
    if (made.price === heard.price && made.quantity === heard.quantity && made.fee === heard.fee) return void (findings.checks += 3);
    const name = `of trade ${made.trade} of order ${order}, as it was told`;
    if (findings.differ(made.price, heard.price)) findings.add("venue", "I-08", null, `price ${name}`, made.price, heard.price);
    if (findings.differ(made.quantity, heard.quantity)) findings.add("venue", "I-08", null, `quantity ${name}`, made.quantity, heard.quantity);
    if (findings.differ(made.fee, heard.fee)) findings.add("venue", "I-08", null, `fee ${name}`, made.fee, heard.fee);
  }

  private verdict({ request, status, fills }: Fate, held: readonly VenueFate[]): void {
    const { order } = request;
    const { findings, untold } = this;
    const live = held.find((one) => one.status === "OPEN");
    const made = held.reduce((sum, one) => sum + one.filled, 0);
    // Where a request was repeated, one of several may have been refused.
    if (status === "REJECTED" && this.venue.refused.has(order) && made === 0 && live === undefined) return;
    const last = held.at(-1);
    switch (status) {
      case "NEVER_ARRIVED":
      case "REJECTED":
        if (findings.fails(last === undefined))
          findings.add("venue", "I-11", null, `order ${order} is ${status}, and the venue accepted it: ${last?.status}`);
        return;
      case "CANCELED":
      case "EXPIRED": {
        const gone = live === undefined;
        if (findings.fails(gone)) findings.add("venue", "I-11", null, `order ${order} is ${status}, and still open at the venue`);
        return;
      }
      case "FILLED":
      case "REVERTED": {
        const late = fills.some(({ trade }) => untold.trades.has(trade));
        if (findings.fails(live === undefined || late)) findings.add("venue", "I-11", null, `order ${order} is ${status}, and open at the venue`);
        return;
      }
      default:
        return;
    }
  }

  private positions(books: Books, markets: readonly MarketFrame[]): void {
    markets.forEach(({ symbol }, market) => {
      for (const { leg, sum } of this.venue.legs[market] ?? []) {
        const key = `${market}/${leg}`;
        const booked = books.legOf(market, leg);
        const settled = this.venue.settlements.get(key);
        // A process that was not there never hears of funding, nor of a close but by the position that it finds.
        const missed = (settled?.count ?? 0) > (booked?.settlements ?? 0);
        if (missed) this.unheard += 1;
        const outside = missed ? Math.max(this.venue.outside.get(key) ?? 0, settled?.closed ?? 0) : this.venue.outside.get(key);
        const unnoticed = outside !== undefined && (booked?.synced ?? 0) <= outside && booked?.sum.quantity !== sum.quantity;
        if (this.open.has(key) || this.fates.excess.isOpen(market, leg) || this.untold.legs.has(key) || unnoticed) {
          this.unheard += 1;
          continue;
        }
        const found = booked?.sum.quantity ?? 0n;
        if (this.findings.differ(sum.quantity, found))
          this.findings.add("venue", "I-07", null, `${symbol} ${leg} at the end, by the venue and by the records`, sum.quantity, found);
      }
    });
  }

  // With coins, or a trade outside, the book has no price that the venue must share.
  private wallet(books: Books, markets: readonly MarketFrame[], settlement: string, boot: bigint): void {
    if (this.unheard > 0 || this.venue.outside.size > 0 || this.venue.flows || books.unpriced || markets.some(({ spot }) => spot)) return;
    // Fills that were told out of turn share P&L and cost another way; the cash that changed hands is the same.
    const cash = (legs: readonly (readonly { readonly sum: LegSum }[])[], balance: bigint) =>
      legs.flat().reduce((left, { sum }) => left - sum.paid, balance);
    const expected = cash(this.venue.legs, this.venue.balance(settlement));
    const found = cash(books.legs, boot + books.result);
    if (this.findings.differ(expected, found))
      this.findings.add("venue", "I-26", null, `${settlement} less the cost of what is open, by the venue and by the records`, expected, found);
  }
}
