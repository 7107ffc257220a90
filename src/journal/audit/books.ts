// The runner's books worked out a second time from the trades that it was told of: positions, P&L ledger, fees and funding,
// record by record. A leg that was changed outside follows the house's rule for that (docs/audit.md).

import type {
  AutoDeleveraged,
  CashSynced,
  FillVoided,
  ForeignFill,
  FundingPaid,
  Leg,
  LedgerEntry,
  Liquidated,
  OrderFilled,
  OrderRequest,
  PositionSynced,
} from "../../domain/index.ts";
import { nearest, quotientOf, size, tenTo } from "./arithmetic.ts";
import { add, FeeTerms, nothingDone, type Done } from "./fees.ts";
import type { Fates } from "./fates.ts";
import type { Findings } from "./findings.ts";
import { legNames, type AuditFrame, type MarketFrame } from "./frame.ts";
import { LegSum, type Closing } from "./leg.ts";
import type { AdoptedReport, BookedTrade, EarlyWord, Expected, LegBook } from "./leg-book.ts";
import type { AuditRecord } from "./records.ts";

/** Reports of a leg that late trades are looked up in. */
const reportsMost = 8;
/** Fills that may have overtaken the word of a close without an order. */
const recentMost = 32;

export class Books {
  /** P&L and fees in the settlement currency, of everything so far. */
  result = 0n;
  /** Σ net of the ledger. */
  cumulative = 0n;
  gross = 0n;
  funding = 0n;
  ledgerLines = 0;
  /** Lines whose amounts were taken as told. */
  unverified = 0;
  /** A leg changed at a price that the venue need not share. */
  unpriced = false;
  readonly fees = new Map<string, bigint>();
  declare readonly legs: readonly (readonly LegBook[])[];
  declare private readonly markets: readonly MarketFrame[];
  declare private readonly terms: readonly FeeTerms[] | null;
  declare private readonly settlement: string;
  declare private readonly findings: Findings;
  declare private readonly fates: Fates;
  private readonly expected: Expected[] = [];
  private readonly early: EarlyWord[] = [];
  private readonly done = new Map<number, Done>();

  constructor(frame: AuditFrame, markets: readonly MarketFrame[], fates: Fates, findings: Findings) {
    this.markets = markets;
    this.settlement = frame.settlement;
    this.findings = findings;
    this.fates = fates;
    const { fees } = frame;
    this.terms = fees === null ? null : markets.map((market) => new FeeTerms(fees, market));
    this.legs = markets.map(({ valuation }) =>
      legNames(frame.mode).map((leg) => ({
        leg,
        sum: new LegSum(valuation),
        told: false,
        reported: null,
        foreign: [],
        adopted: [],
        recent: [],
        settlements: 0,
        closed: 0,
        synced: 0,
      })),
    );
    for (const { symbol, leg, quantity, entryPrice } of frame.positions) {
      const at = markets.findIndex((market) => market.symbol === symbol);
      const { scales } = markets[at] as MarketFrame;
      const held = quotientOf(quantity);
      const price = quotientOf(entryPrice);
      const signed = (held.numerator * tenTo(scales.quantity)) / held.denominator;
      this.legOf(at, leg)?.sum.become(signed, (price.numerator * tenTo(scales.price)) / price.denominator);
    }
  }

  legOf(market: number, leg: Leg): LegBook | undefined {
    for (const book of this.legs[market] ?? []) if (book.leg === leg) return book;
    return undefined;
  }

  /** @param fresh the trades that it tells of for the first time */
  take({ record, bar, time }: AuditRecord, at: number, fresh: readonly OrderFilled[]): void {
    for (const fill of fresh) this.filled(fill, at);
    switch (record.type) {
      case "ledger_entry":
        return this.line(record, at);
      case "funding_paid":
        return this.funded(record, at);
      case "liquidated":
        return this.closedByVenue(record, record.fee + record.insurance, at);
      case "auto_deleveraged":
        return this.closedByVenue(record, record.fee, at);
      case "position_reported": {
        const book = this.legOf(record.market, record.leg);
        if (book !== undefined) book.reported = record;
        return;
      }
      case "position_synced":
        return this.synced(record, bar, time, at);
      case "cash_synced":
        return this.explainedMoney(record, at);
      case "fills_reported":
        for (const fill of record.foreign) this.foreign(record.market, fill);
        return;
      case "fill_voided":
        return this.voided(record, at);
      default:
        return;
    }
  }

  private filled(fill: OrderFilled, at: number): void {
    const { market, order } = fill;
    const { request } = this.fates.orders.get(order) as { request: OrderRequest };
    const book = this.legOf(market, request.leg);
    if (book === undefined) return;
    const { valuation, rules, spot } = this.markets[market] as MarketFrame;
    const price = BigInt(fill.price);
    const quantity = BigInt(fill.quantity);
    this.checkFee(fill, request, { quantity, value: valuation.value(price, quantity) }, at);
    const fee = BigInt(fill.fee);
    this.fees.set(fill.feeCurrency, (this.fees.get(fill.feeCurrency) ?? 0n) + fee);
    this.heard(book, fill.sequence, request.side === "buy" ? quantity : -quantity);
    const inMoney = fill.feeCurrency === rules.settle ? fee : 0n;
    const moved = this.trade(book, { ...fill, side: request.side, fee: inMoney, order }, at);
    if (moved && spot && fill.feeCurrency === rules.base && rules.base !== rules.settle) book.sum.payInCoins(fee);
    if (book.sum.quantity === 0n) book.told = false;
  }

  /** @returns false for a trade that a report knew of which the leg has taken over: it moves nothing any more */
  private trade(book: LegBook, { side, price, quantity, fee, order, market, time, sequence }: BookedTrade, at: number): boolean {
    const { leg } = book;
    this.result -= fee;
    const report = book.adopted.findIndex((one) => time < one.time || (time === one.time && sequence < one.sequence));
    let closing: Closing | null;
    if (report >= 0) {
      const adopted = book.adopted[report] as AdoptedReport;
      const explained = book.sum.explain(adopted.taken, side, BigInt(quantity), BigInt(price), fee);
      book.adopted[report] = { ...adopted, taken: explained.rest };
      ({ closing } = explained);
    } else closing = book.sum.trade(side, BigInt(quantity), BigInt(price), fee);
    if (closing !== null) {
      this.result += closing.gross;
      this.expected.push({ ...closing, order, market, leg, at });
    }
    return report < 0;
  }

  private checkFee(fill: OrderFilled, { side }: OrderRequest, done: Done, at: number): void {
    const terms = this.terms?.[fill.market];
    if (terms === undefined) return;
    const { findings } = this;
    if (findings.differ(terms.currency(side), fill.feeCurrency))
      findings.add("journal", "I-06", at, `fee currency of trade ${fill.trade}`, terms.currency(side), fill.feeCurrency);
    const before = this.done.get(fill.order) ?? nothingDone;
    // Told out of turn: what came before it is not known yet.
    const inTurn = before.quantity + done.quantity === BigInt(fill.cumulative);
    if (inTurn) {
      const cost = terms.cost({ ...done, side, liquidity: fill.liquidity }, before);
      if (findings.differ(cost, BigInt(fill.fee)))
        findings.add("journal", "I-06", at, `fee of trade ${fill.trade} of order ${fill.order}`, cost, BigInt(fill.fee));
    }
    this.done.set(fill.order, add(before, done));
  }

  private line(entry: LedgerEntry, at: number): void {
    const { findings } = this;
    this.ledgerLines += 1;
    const net = BigInt(entry.gross) - BigInt(entry.entryFee) - BigInt(entry.exitFee);
    if (findings.differ(net, BigInt(entry.net)))
      findings.add("journal", "I-26", at, `net of the ledger's line of ${nameOf(entry)}`, net, BigInt(entry.net));
    this.cumulative += net;
    if (findings.differ(this.cumulative, BigInt(entry.cumulative)))
      findings.add("journal", "I-26", at, `running sum of the ledger's line of ${nameOf(entry)}`, this.cumulative, BigInt(entry.cumulative));
    this.gross += BigInt(entry.gross);
    const found = this.expected.findIndex(({ order, market, leg }) => order === entry.order && market === entry.market && leg === entry.leg);
    if (found < 0) return findings.add("journal", "I-07", at, `the ledger has a line of ${nameOf(entry)}, and nothing was closed`);
    const [closing] = this.expected.splice(found, 1) as [Expected];
    if (findings.differ(closing.quantity, BigInt(entry.quantity)))
      findings.add("journal", "I-07", at, `quantity that ${nameOf(entry)} closed`, closing.quantity, BigInt(entry.quantity));
    if (this.legOf(entry.market, entry.leg)?.told === true) {
      this.unverified += 1;
      return;
    }
    if (findings.differ(closing.gross, BigInt(entry.gross)))
      findings.add("journal", "I-07", at, `P&L of ${nameOf(entry)}`, closing.gross, BigInt(entry.gross));
    if (findings.differ(closing.entryFee, BigInt(entry.entryFee)))
      findings.add("journal", "I-07", at, `entry fees that ${nameOf(entry)} closed`, closing.entryFee, BigInt(entry.entryFee));
    if (findings.differ(closing.exitFee, BigInt(entry.exitFee)))
      findings.add("journal", "I-07", at, `exit fee of ${nameOf(entry)}`, closing.exitFee, BigInt(entry.exitFee));
  }

  private funded({ market, leg, quantity, mark, rate, rateScale, amount }: FundingPaid, at: number): void {
    const { valuation } = this.markets[market] as MarketFrame;
    const book = this.legOf(market, leg);
    if (book !== undefined) book.settlements += 1;
    const due = valuation.payment(BigInt(mark), BigInt(quantity), BigInt(rate), rateScale);
    if (this.findings.differ(due, BigInt(amount)))
      this.findings.add("journal", "I-06", at, `funding of ${leg} at ${rate} × 10^-${rateScale}`, due, BigInt(amount));
    this.funding += BigInt(amount);
    this.result += BigInt(amount);
  }

  private closedByVenue(
    { market, leg, side, quantity, price, fee, left, time, sequence }: Liquidated | AutoDeleveraged,
    exitFee: number,
    at: number,
  ): void {
    const book = this.legOf(market, leg);
    if (book === undefined) return;
    book.settlements += 1;
    this.fees.set(this.settlement, (this.fees.get(this.settlement) ?? 0n) + BigInt(fee));
    const moved = this.trade(book, { market, side, quantity, price, time, sequence, fee: BigInt(exitFee), order: 0 }, at);
    // What was taken over knew of it, or of more.
    if (!moved) return;
    book.closed = sequence;
    this.heard(book, sequence, side === "buy" ? BigInt(quantity) : -BigInt(quantity));
    this.inTurn(book, at, `${leg} after the venue's close of ${quantity}`, BigInt(left));
  }

  /** The venue's word for a leg holds at once, or as soon as what happened before it has been told. */
  private inTurn(book: LegBook, at: number, text: string, told: bigint): void {
    this.findings.checks += 1;
    const since = book.recent.reduce((sum, { sequence, signed }) => (sequence > book.closed ? sum + signed : sum), 0n);
    if (book.sum.quantity !== told + since) this.early.push({ book, at, text, told, found: book.sum.quantity, sequence: book.closed });
  }

  private explainedMoney({ reason, currency }: CashSynced, at: number): void {
    if (this.findings.fails(reason !== "unexplained_divergence"))
      this.findings.add("journal", "I-20", at, `${currency} came or went, and nothing explains it`);
  }

  private synced(record: PositionSynced, bar: number, time: number, at: number): void {
    const { market, leg, reason } = record;
    const { findings } = this;
    if (findings.fails(reason !== "unexplained_divergence"))
      findings.add("journal", "I-20", at, `${leg} differed from the venue, and nothing explains it`);
    const book = this.legOf(market, leg);
    const quantity = BigInt(record.quantity);
    if (book === undefined) return;
    if (reason === "fill_beyond_order" || reason === "fill_told_twice") {
      const counted = this.fates.excess.judged(record, book.sum.quantity, book.reported, this.markets[market] as MarketFrame, at);
      if (counted === null) return;
      this.fates.count(counted);
      return this.filled(counted.fill, at);
    }
    if (book.sum.quantity === quantity) return;
    const traded = book.foreign.findIndex((fill) => book.sum.quantity + change(fill) === quantity);
    if (traded >= 0) {
      book.synced = book.reported?.time ?? time;
      const [fill] = book.foreign.splice(traded, 1) as [ForeignFill];
      this.unpriced = true;
      this.result -= BigInt(fill.fee);
      return this.adopt(book, quantity, BigInt(fill.price));
    }
    if (reason === "liquidated" || reason === "auto_deleveraged")
      return findings.add("journal", "I-07", at, `${leg} after ${reason}`, book.sum.quantity, quantity);
    book.synced = book.reported?.time ?? time;
    this.excuse(book, Number.NEGATIVE_INFINITY);
    const price = this.explained(market, book, quantity) ?? this.lastClose(market, bar, time);
    this.unpriced = true;
    if (price === null) book.told = quantity !== 0n;
    this.adopt(book, quantity, price ?? 1n);
  }

  private adopt(book: LegBook, quantity: bigint, price: bigint): void {
    const taken = book.sum.become(quantity, price);
    this.result += taken.gain;
    if (book.reported === null) return;
    const { time, sequence } = book.reported;
    book.adopted.push({ time, sequence, taken });
    if (book.adopted.length > reportsMost) book.adopted.shift();
  }

  private foreign(market: number, fill: ForeignFill): void {
    const book = this.legOf(market, fill.leg);
    if (book !== undefined && !book.foreign.some(({ trade }) => trade === fill.trade)) book.foreign.push(fill);
  }

  /** The price that makes the average which the venue states, where that says it. */
  private explained(market: number, { sum, reported }: LegBook, quantity: bigint): bigint | null {
    const { valuation, scales, rules } = this.markets[market] as MarketFrame;
    const entry = reported?.entryPrice ?? null;
    const grown = size(quantity) > size(sum.quantity) || quantity > 0n !== sum.quantity > 0n;
    if (entry === null || quantity === 0n || !grown || valuation.inverse || BigInt(reported?.quantity ?? 0) !== quantity) return null;
    const average = quotientOf(entry);
    const turned = sum.quantity === 0n || quantity > 0n !== sum.quantity > 0n;
    if (turned) return nearest(average.numerator * tenTo(scales.price), average.denominator);
    // value = price × quantity × contract, so what was there is worth its cost.
    const contract = quotientOf(rules.contractSize);
    const unit = tenTo(scales.money);
    const held = { up: sum.cost * contract.denominator * tenTo(scales.quantity), down: unit * contract.numerator };
    const wanted = average.numerator * size(quantity) * held.down;
    const rest = wanted - held.up * average.denominator;
    const change = size(quantity) - size(sum.quantity);
    const price = nearest(rest * tenTo(scales.price), average.denominator * held.down * change);
    return price > 0n ? price : null;
  }

  private lastClose(market: number, bar: number, time: number): bigint | null {
    const { bars } = this.markets[market] as MarketFrame;
    if (bars === null || bar < 0) return null;
    const row = bars.closeTimeAt(Math.min(bar, bars.length - 1)) <= time ? bar : bar - 1;
    return row < 0 ? null : BigInt(bars.closeAt(row));
  }

  /** A trade that never was is as if it were traded back at its own price, and its fee given back. */
  private voided({ market, order, price, quantity, fee, feeCurrency, time, sequence }: FillVoided, at: number): void {
    const request = this.fates.orders.get(order)?.request;
    const book = request === undefined ? undefined : this.legOf(market, request.leg);
    if (request === undefined || book === undefined) return;
    this.unpriced = true;
    const back = feeCurrency === this.settlement ? -BigInt(fee) : 0n;
    this.trade(book, { market, side: request.side === "buy" ? "sell" : "buy", price, quantity, fee: back, order, time, sequence }, at);
  }

  /** A change of a leg is told: what was said of later ones before it was right. */
  private heard(book: LegBook, sequence: number, signed: bigint): void {
    if (this.early.length > 0) this.excuse(book, sequence);
    book.recent.push({ sequence, signed });
    if (book.recent.length > recentMost) book.recent.shift();
  }

  /** What was said of a leg behind a sequence is explained now. */
  private excuse(book: LegBook, sequence: number): void {
    for (let n = this.early.length - 1; n >= 0; n -= 1) {
      const word = this.early[n] as EarlyWord;
      if (word.book === book && sequence < word.sequence) this.early.splice(n, 1);
    }
  }

  /** @param untold legs of which the session has not heard everything */
  end(untold: (market: number, leg: Leg) => boolean): void {
    for (const { book, at, text, told, found } of this.early) {
      const market = this.legs.findIndex((legs) => legs.includes(book));
      if (!untold(market, book.leg)) this.findings.add("journal", "I-07", at, text, found, told);
    }
    for (const { order, at, quantity } of this.expected)
      this.findings.add("journal", "I-07", at, `the ledger has no line for what order ${order} closed`, quantity, null);
  }
}

function nameOf({ order, leg }: LedgerEntry): string {
  return order === 0 ? `the venue's close of ${leg}` : `order ${order}`;
}

function change({ side, quantity }: ForeignFill): bigint {
  return side === "buy" ? BigInt(quantity) : -BigInt(quantity);
}
