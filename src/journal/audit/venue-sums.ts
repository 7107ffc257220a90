// The venue's account worked out a second time from its tape: each entry is applied to sums of the auditor's own, and what the
// venue says of positions, balances, fees and funding after it must be the same.

import { isRiskIncrease } from "../../domain/index.ts";
import type { FundingSettled, Leg, LegClosed, Money, OrderTraded, TradedOutside, VenueEntry, VenueTapeHead } from "../../domain/index.ts";
import { size } from "./arithmetic.ts";
import { add, FeeTerms, nothingDone, type Done } from "./fees.ts";
import type { Findings } from "./findings.ts";
import { legNames, type AuditFrame, type MarketFrame } from "./frame.ts";
import { LegSum } from "./leg.ts";
import { appended, nothing } from "./records.ts";

/** An order as the venue treated it. */
export interface VenueFate {
  readonly order: number;
  readonly market: number;
  readonly leg: Leg;
  readonly closing: boolean;
  readonly epoch: number;
  readonly quantity: number;
  /** The venue's id of it, and those that it had before: some venues give a changed order another one. */
  id: number;
  formerIds: readonly number[];
  filled: number;
  done: Done;
  status: "OPEN" | "FILLED" | "CANCELED" | "EXPIRED";
  /** By trade. */
  fills: readonly OrderTraded[];
}

export class VenueSums {
  /** By the client's number, in the order of acceptance: where a request was repeated, a venue may hold several. */
  readonly orders = new Map<number, readonly VenueFate[]>();
  /** Numbers of clients' orders that were refused. */
  readonly refused = new Set<number>();
  readonly legs: readonly (readonly { readonly leg: Leg; readonly sum: LegSum }[])[];
  readonly balances = new Map<string, bigint>();
  /** Legs that somebody else than the session has traded, by `market/leg`: venue time of the last one. */
  readonly outside = new Map<string, number>();
  /** Funding payments and closes without an order, by leg: how many, and venue time of the last close. */
  readonly settlements = new Map<string, { count: number; closed: number }>();
  /** Money came or went without a trade. */
  flows = false;
  declare private readonly head: VenueTapeHead;
  declare private readonly markets: readonly MarketFrame[];
  declare private readonly terms: readonly FeeTerms[] | null;
  declare private readonly findings: Findings;
  private readonly trades = new Set<number>();
  /** Since the venue began to count. */
  private readonly ids = new Set<number>();

  constructor(frame: AuditFrame, head: VenueTapeHead, markets: readonly MarketFrame[], findings: Findings) {
    this.head = head;
    this.markets = markets;
    this.findings = findings;
    const { fees } = frame;
    this.terms = fees === null ? null : markets.map((market) => new FeeTerms(fees, market));
    this.legs = markets.map(({ valuation }) => legNames(head.mode).map((leg) => ({ leg, sum: new LegSum(valuation) })));
    for (const { market, leg, quantity, cost } of head.positions) {
      const sum = this.legOf(market, leg);
      if (sum === undefined) continue;
      sum.quantity = BigInt(quantity);
      sum.cost = BigInt(cost);
    }
    for (const [currency, amount] of Object.entries(head.balances)) this.balances.set(currency, BigInt(amount));
  }

  legOf(market: number, leg: Leg): LegSum | undefined {
    for (const one of this.legs[market] ?? []) if (one.leg === leg) return one.sum;
    return undefined;
  }

  balance(currency: string): bigint {
    return this.balances.get(currency) ?? 0n;
  }

  /** @param at number of the entry */
  take(entry: VenueEntry, at: number): void {
    switch (entry.type) {
      case "accepted": {
        const { order, market, leg, closing, epoch, quantity, venueOrderId } = entry;
        const isNew = !this.ids.has(venueOrderId);
        this.ids.add(venueOrderId);
        if (this.findings.fails(isNew)) this.findings.add("venue", "I-37", at, `the venue gives the id ${venueOrderId} twice`);
        // A spot market has no position to bind an order: its coins do.
        const isBound = closing || isRiskIncrease(entry.family) || this.markets[market]?.spot === true;
        if (this.findings.fails(isBound)) this.findings.add("venue", "I-17", at, `${entry.family} order ${order} is not bound to a position`);
        return this.hold({
          order,
          market,
          leg,
          closing,
          epoch,
          quantity,
          id: venueOrderId,
          formerIds: nothing,
          filled: 0,
          done: nothingDone,
          status: "OPEN",
          fills: nothing,
        });
      }
      case "rejected":
        this.refused.add(entry.order);
        return;
      case "filled":
        return this.filled(entry, at);
      case "ended": {
        const fate = this.heldAs(entry.order, entry.venueOrderId);
        if (this.findings.fails(fate?.status === "OPEN"))
          this.findings.add("venue", "I-37", at, `the venue ends order ${entry.order}, which is not open`);
        if (fate !== undefined) fate.status = entry.status;
        return;
      }
      case "amended": {
        const fate = this.heldAs(entry.order, entry.formerId);
        this.ids.add(entry.venueOrderId);
        if (fate === undefined || fate.id === entry.venueOrderId) return;
        fate.formerIds = appended(fate.formerIds, fate.id);
        fate.id = entry.venueOrderId;
        return;
      }
      case "funded":
        this.settled(entry, 0);
        return this.funded(entry, at);
      case "liquidated":
      case "deleveraged":
        this.settled(entry, entry.time);
        this.traded(entry, BigInt(entry.fee) + BigInt(entry.insurance), at);
        return;
      case "traded_outside":
        this.traded(entry, BigInt(entry.fee), at);
        this.outside.set(`${entry.market}/${entry.leg}`, entry.time);
        return;
      case "voided":
        return this.voided(entry, at);
      case "renumbered":
        return this.ids.clear();
      case "flowed":
        this.flows = true;
        this.move(entry.currency, BigInt(entry.amount));
        return this.compare(entry.balances, at);
    }
  }

  /** An order under an id that it has had already takes the place of that one. */
  private hold(fate: VenueFate): void {
    const known = this.orders.get(fate.order);
    if (known === undefined) return void this.orders.set(fate.order, [fate]);
    const same = known.findIndex(({ id, formerIds }) => id === fate.id || formerIds.includes(fate.id));
    this.orders.set(fate.order, same < 0 ? appended(known, fate) : known.with(same, fate));
  }

  private heldAs(order: number, venueOrderId: number): VenueFate | undefined {
    const held = this.orders.get(order);
    if (held === undefined) return undefined;
    for (const fate of held) if (fate.id === venueOrderId || fate.formerIds.includes(venueOrderId)) return fate;
    return undefined;
  }

  private filled(entry: OrderTraded, at: number): void {
    const { findings } = this;
    const { market, leg, side, order, trade, cumulative } = entry;
    const fate = this.heldAs(order, entry.venueOrderId);
    const own = this.legOf(market, leg);
    if (fate === undefined || own === undefined)
      return findings.add("venue", "I-37", at, `the venue fills order ${order}, which it has not accepted`);
    if (findings.fails(!this.trades.has(trade))) findings.add("venue", "I-37", at, `the venue gives the trade id ${trade} twice`);
    this.trades.add(trade);
    const price = BigInt(entry.price);
    const quantity = BigInt(entry.quantity);
    const { valuation } = this.markets[market] as MarketFrame;
    const done = { quantity, value: valuation.value(price, quantity) };
    const cost = this.terms?.[market]?.cost({ ...done, side, liquidity: entry.liquidity }, fate.done);
    if (cost !== undefined && findings.differ(cost, BigInt(entry.fee)))
      findings.add("venue", "I-06", at, `fee of the venue's trade ${trade}`, cost, BigInt(entry.fee));
    fate.done = add(fate.done, done);
    fate.filled += entry.quantity;
    fate.fills = appended(fate.fills, entry);
    if (findings.differ(fate.filled, cumulative))
      findings.add("venue", "I-08", at, `filled quantity of order ${order} at the venue`, fate.filled, cumulative);
    if (entry.left === 0) fate.status = "FILLED";
    this.checkPrice(entry, at);
    const before = own.quantity;
    this.settleTrade(market, own, entry, price, quantity, BigInt(entry.fee), entry.feeCurrency);
    const turned = before > 0n ? own.quantity < 0n : own.quantity > 0n;
    const enlarged = fate.closing && (turned || size(own.quantity) > size(before));
    if (findings.fails(!enlarged))
      findings.add("venue", "I-09", at, `order ${order} may only reduce ${leg}, and took it from ${before} to ${own.quantity}`);
    if (findings.differ(own.quantity, BigInt(entry.position)))
      findings.add("venue", "I-07", at, `${leg} after the venue's trade ${trade}`, own.quantity, BigInt(entry.position));
    this.compare(entry.balances, at);
  }

  /** A taker trades inside its bar. Makers trade at their own price, which a gap may jump over. */
  private checkPrice({ market, price, liquidity, bar, trade }: OrderTraded, at: number): void {
    const { bars } = this.markets[market] as MarketFrame;
    if (bars === null || bar < 0 || liquidity === "maker") return;
    const inside = price >= bars.lowAt(bar) && price <= bars.highAt(bar);
    if (this.findings.fails(inside)) this.findings.add("venue", "I-37", at, `the venue's trade ${trade} at ${price} lies outside its bar ${bar}`);
  }

  private settleTrade(
    market: number,
    own: LegSum,
    { side }: { readonly side: "buy" | "sell" },
    price: bigint,
    quantity: bigint,
    fee: bigint,
    feeCurrency: string,
  ): void {
    const { rules, spot, valuation } = this.markets[market] as MarketFrame;
    const closing = own.trade(side, quantity, price, 0n);
    if (spot) {
      const value = valuation.value(price, quantity);
      this.move(rules.settle, side === "buy" ? -value : value);
      this.move(rules.base, side === "buy" ? quantity : -quantity);
      if (feeCurrency === rules.base && rules.base !== rules.settle) own.payInCoins(fee);
    } else this.move(rules.settle, closing?.gross ?? 0n);
    this.move(feeCurrency, -fee);
  }

  private settled({ market, leg }: FundingSettled | LegClosed, closed: number): void {
    const key = `${market}/${leg}`;
    const known = this.settlements.get(key) ?? { count: 0, closed: 0 };
    this.settlements.set(key, { count: known.count + 1, closed: Math.max(known.closed, closed) });
  }

  private funded(entry: FundingSettled, at: number): void {
    const { market, leg, mark, rate, rateScale } = entry;
    const { valuation, rules } = this.markets[market] as MarketFrame;
    const own = this.legOf(market, leg)?.quantity ?? 0n;
    if (this.findings.differ(own, BigInt(entry.quantity)))
      this.findings.add("venue", "I-06", at, `${leg} at a funding stamp`, own, BigInt(entry.quantity));
    const due = valuation.payment(BigInt(mark), own, BigInt(rate), rateScale);
    if (this.findings.differ(due, BigInt(entry.amount)))
      this.findings.add("venue", "I-06", at, `the venue's funding of ${leg}`, due, BigInt(entry.amount));
    this.move(rules.settle, due);
    this.compare(entry.balances, at);
  }

  private traded(entry: LegClosed | TradedOutside, cost: bigint, at: number): void {
    const { market, leg } = entry;
    const own = this.legOf(market, leg);
    if (own === undefined) return;
    const { rules } = this.markets[market] as MarketFrame;
    const currency = entry.type === "traded_outside" ? entry.feeCurrency : rules.settle;
    this.settleTrade(market, own, entry, BigInt(entry.price), BigInt(entry.quantity), cost, currency);
    if (this.findings.differ(own.quantity, BigInt(entry.position)))
      this.findings.add("venue", "I-07", at, `${leg} after the venue's ${entry.type}`, own.quantity, BigInt(entry.position));
    // Of several closes of one liquidation the account stands at the last.
    if (entry.type !== "liquidated" || entry.insurance !== 0 || entry.position === 0) this.compare(entry.balances, at);
  }

  /** What the venue says after it is taken over: a trade that never was leaves no sum that follows from trades. */
  private voided(entry: Extract<VenueEntry, { type: "voided" }>, at: number): void {
    const { market, order, trade, position, balances } = entry;
    const fate = this.heldAs(order, entry.venueOrderId);
    const voided = fate?.fills.find((fill) => fill.trade === trade);
    const own = this.legs[market]?.find(({ leg }) => leg === fate?.leg)?.sum;
    if (fate === undefined || voided === undefined || own === undefined)
      return this.findings.add("venue", "I-37", at, `the venue voids trade ${trade} of order ${order}, which it has not made`);
    // As if it were traded back at its own price.
    own.trade(voided.side === "buy" ? "sell" : "buy", BigInt(voided.quantity), BigInt(voided.price), 0n);
    if (this.findings.differ(own.quantity, BigInt(position)))
      this.findings.add("venue", "I-07", at, `position after trade ${trade} was voided`, own.quantity, BigInt(position));
    fate.fills = fate.fills.filter((fill) => fill !== voided);
    for (const [currency, amount] of Object.entries(balances)) this.balances.set(currency, BigInt(amount));
  }

  private move(currency: string, amount: bigint): void {
    this.balances.set(currency, this.balance(currency) + amount);
  }

  private compare(balances: Readonly<Record<string, Money>>, at: number): void {
    for (const currency in balances) {
      const told = BigInt(balances[currency] as Money);
      if (this.findings.differ(this.balance(currency), told))
        this.findings.add("venue", "I-06", at, `balance of ${currency} at the venue`, this.balance(currency), told);
    }
  }
}
