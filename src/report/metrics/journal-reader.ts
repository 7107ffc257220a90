// The journal of a run, line by line, as far as figures need it: trades, why orders were sent, and how the way to the venue went.
// It must never need the whole journal in memory, and never decide anything.

import {
  attemptOf,
  isBefore,
  isRiskIncrease,
  parseClientOrderId,
  printUnits,
  tradeKey,
  type Family,
  type Instrument,
  type Leg,
  type Millis,
  type OrderNumber,
  type Reason,
  type Sequence,
  type Side,
} from "../../domain/index.ts";
import { changeOf, exceeds, HeldFills, type FillBounds, type HeldFill } from "../../journal/index.ts";
import { TradeLedger, venueCloser } from "./trade-ledger.ts";
import type { Asked, LedgerFacts } from "./trade-line.ts";

/** How the way to the venue went, in counts and ms. */
export interface WayFacts {
  /** Orders, cancels, amendments and questions that were sent. */
  readonly requests: number;
  /** Questions about orders and positions. */
  readonly queries: number;
  /** Cancels after the first of an order. */
  readonly cancelRetries: number;
  /** Orders that stood in for another: a market order for a limit that was refused or ran out of time. */
  readonly fallbacks: number;
  /** Requests after which nothing definite came back. */
  readonly unknownOutcomes: number;
  /** Orders that had to wait for a venue that takes no more requests. */
  readonly held: number;
  /** From the failure that began a backoff to the last intent that it refused, over all markets. */
  readonly backoffMs: number;
}

/** A record of the journal as a line has it; which fields there are goes by `type`. */
interface Line {
  readonly type: string;
  readonly bar: number;
  /** Of an event, with its sequence: the venue's. */
  readonly time: Millis;
  readonly sequence: Sequence;
  readonly market: number;
  readonly order: number;
  readonly request: {
    readonly order: OrderNumber;
    readonly market: number;
    readonly side: Side;
    readonly leg: Leg;
    readonly family: Family;
    readonly quantity: number;
    readonly terms?: { readonly closePosition?: boolean } | null;
  };
  readonly reason: Reason;
  /** Of an order that is sent; journals of older versions do not have it. */
  readonly lastClose?: number | null;
  readonly trade: number | string;
  readonly price: number;
  readonly quantity: number;
  /** Of a fill: what the order had filled with it, by the venue. */
  readonly cumulative: number;
  readonly fee: number;
  /** Of a liquidation. */
  readonly insurance?: number;
  readonly feeCurrency: string;
  readonly fills: readonly Line[];
  readonly leg: Leg;
  readonly side: Side;
  readonly amount: number;
  readonly status: string;
}

/** An order that was sent. */
interface SentOrder extends Asked, FillBounds {
  readonly market: number;
  readonly lastClose: number | null;
}

interface HeldLine extends HeldFill {
  readonly line: Line;
}

/** A backoff of one market: from a failure on, and whether it has refused anything yet. */
interface Block {
  readonly from: number;
  to: number;
  refused: boolean;
}

/** Positions before the first bar. */
export interface BootUnits {
  readonly market: number;
  readonly leg: Leg;
  readonly quantity: number;
  readonly price: number;
}

const typeAt = '"type":"';

function legKey({ market, leg }: Pick<Line, "market" | "leg">): string {
  return `${market}/${leg}`;
}

export class JournalReader {
  declare private readonly instruments: readonly Instrument[];
  private readonly asked: Map<number, SentOrder> = new Map();
  /** Fills that are more than their order can have: none of them counts before the runner has counted it. */
  private readonly held: HeldFills<HeldLine> = new HeldFills();
  private executions = 0;
  private readonly trades: Set<string> = new Set();
  private readonly ledgers: Map<string, TradeLedger> = new Map();
  private readonly canceled: Set<number> = new Set();
  private readonly blocks: Map<number, Block> = new Map();
  /** What the venue has said of each leg last, and what of it the book has taken over. */
  private readonly reports: Map<string, Line> = new Map();
  private readonly believed: Map<string, Line> = new Map();
  private readonly lastPrices: Map<number, number> = new Map();
  private readonly counts = {
    requests: 0,
    queries: 0,
    cancelRetries: 0,
    fallbacks: 0,
    unknownOutcomes: 0,
    held: 0,
    backoffMs: 0,
  };

  /** @param instruments in the order of the run's markets @param start of the run, epoch ms */
  constructor(instruments: readonly Instrument[], boot: readonly BootUnits[], start: number) {
    this.instruments = instruments;
    for (const { market, leg, quantity, price } of boot) this.ledgerOf(market, leg)?.boot(quantity, price, start);
  }

  /** One line of journal.ndjson. @throws SyntaxError for a line that is no JSON */
  take(line: string): void {
    const from = line.indexOf(typeAt) + typeAt.length;
    const take = this.takers[line.slice(from, line.indexOf('"', from))];
    if (from >= typeAt.length && take !== undefined) take(JSON.parse(line) as Line);
  }

  /** Executions, each once. */
  get fills(): number {
    return this.executions;
  }

  /** Why an order was sent; null for one that the journal does not know. */
  reasonOf(clientOrderId: string): Reason | null {
    return this.find(clientOrderId)?.reason ?? null;
  }

  /** Last close of the market when an order was sent, decimal text; null where the journal does not say. */
  lastCloseOf(clientOrderId: string): string | null {
    const { market, lastClose } = this.find(clientOrderId) ?? { market: -1, lastClose: null };
    const instrument = this.instruments[market];
    return lastClose === null || instrument === undefined ? null : printUnits(lastClose, instrument.priceScale);
  }

  private find(clientOrderId: string): ReturnType<typeof this.asked.get> {
    const number = parseClientOrderId(clientOrderId)?.order;
    return number === undefined ? undefined : this.asked.get(number);
  }

  /** By market in the run's order, legs as they came. */
  get legs(): readonly TradeLedger[] {
    return [...this.ledgers.values()];
  }

  get way(): WayFacts {
    const open = [...this.blocks.values()].reduce((sum, block) => sum + (block.refused ? block.to - block.from : 0), 0);
    return { ...this.counts, backoffMs: this.counts.backoffMs + open };
  }

  private readonly takers: Readonly<Record<string, (line: Line) => void>> = {
    order_held: (line) => {
      this.counts.held += 1;
      this.ask(line);
    },
    submit_order: (line) => {
      this.counts.requests += 1;
      if (line.reason === "market_fallback" && attemptOf(line.request.order) > 0) this.counts.fallbacks += 1;
      this.ask(line);
    },
    cancel_order: ({ order }) => {
      this.counts.requests += 1;
      if (this.canceled.has(order)) this.counts.cancelRetries += 1;
      this.canceled.add(order);
    },
    amend_order: ({ order, quantity }) => {
      this.counts.requests += 1;
      this.enlarge(order, quantity);
    },
    order_amended: ({ order, quantity }) => this.enlarge(order, quantity),
    query_order: () => this.question(),
    query_position: () => this.question(),
    order_unknown: () => {
      this.counts.unknownOutcomes += 1;
    },
    order_filled: (line) => this.fill(line),
    query_answered: (line) => line.fills.forEach((fill) => this.fill(fill)),
    fills_reported: (line) => line.fills.forEach((fill) => this.fill(fill)),
    ledger_entry: (line) => this.ledgerOf(line.market, line.leg)?.realized(line as unknown as LedgerFacts),
    funding_paid: ({ market, leg, amount, time }) => this.ledgerOf(market, leg)?.funded(amount, time),
    liquidated: (line) => this.closedByVenue(line, "liquidated"),
    auto_deleveraged: (line) => this.closedByVenue(line, "auto_deleveraged"),
    position_reported: (line) => {
      this.reports.set(legKey(line), line);
    },
    position_synced: (line) => this.synced(line),
    order_rejected: (line) => this.refusedOrder(line),
    cancel_rejected: (line) => this.limited(line),
    amend_rejected: (line) => this.limited(line),
    query_rejected: (line) => this.limited(line),
    order_settled: (line) => {
      if (line.status === "NEVER_ARRIVED") this.refusedOrder(line);
    },
    intent_skipped: ({ reason, market, time }) => {
      if (reason === "strategy_execution_backoff") this.refused(market, time);
    },
  };

  private question(): void {
    this.counts.requests += 1;
    this.counts.queries += 1;
  }

  private ask({ request, reason, lastClose = null }: Line): void {
    const { order, market, side, leg, family, quantity, terms } = request;
    const most = terms?.closePosition === true ? Number.POSITIVE_INFINITY : quantity;
    this.asked.set(order, { order, market, side, leg, family, reason, lastClose, filled: 0, named: 0, asked: most });
  }

  /** @param quantity null: as it was */
  private enlarge(order: number, quantity: number | null): void {
    const asked = this.asked.get(order);
    if (asked !== undefined) asked.asked = Math.max(asked.asked, quantity ?? 0);
  }

  // The same fill may come as a reply and in the stream: it counts once.
  private fill(line: Line): void {
    const { market, order } = line;
    const asked = this.asked.get(order);
    const instrument = this.instruments[market];
    const key = `${market}/${order}/${tradeKey(line)}`;
    if (asked === undefined || instrument === undefined || this.trades.has(key)) return;
    this.trades.add(key);
    const { spot, rules } = instrument;
    if (!exceeds(asked, line)) this.count(asked, instrument, line);
    else this.held.hold({ line, market, leg: asked.leg, change: changeOf(line, asked.side, spot ? rules.base : null) });
  }

  private count(asked: SentOrder, instrument: Instrument, { market, price, quantity, time, sequence, fee, feeCurrency }: Line): void {
    this.executions += 1;
    asked.filled += quantity;
    this.lastPrices.set(market, price);
    const coins = instrument.spot && feeCurrency === instrument.rules.base ? fee : 0;
    const money = feeCurrency === instrument.rules.settle ? fee : 0;
    const ledger = this.ledgerOf(market, asked.leg);
    const isLate = this.isOvertaken({ market, leg: asked.leg, time, sequence });
    if (isLate) ledger?.overtaken(asked, { price, quantity, time }, money);
    else ledger?.filled(asked, { price, quantity, time }, coins, money);
    if (isRiskIncrease(asked.family)) this.endBlock(market);
  }

  private closedByVenue(line: Line, reason: Reason): void {
    const ledger = this.ledgerOf(line.market, line.leg);
    // What the insurance fund takes or pays belongs to the exit like the fee.
    const fee = line.fee + (line.insurance ?? 0);
    if (this.isOvertaken(line)) ledger?.overtaken(venueCloser(reason), line, fee);
    else ledger?.closedByVenue(line.side, line, reason, fee);
  }

  /** A report moves the position only where the runner has believed it. */
  private synced(line: Line): void {
    const { market, leg, quantity, time, reason } = line;
    const ledger = this.ledgerOf(market, leg);
    const real = this.held.judge(line, ledger?.held ?? null);
    if (real !== null) this.count(this.asked.get(real.line.order) as SentOrder, this.instruments[market] as Instrument, real.line);
    const key = legKey(line);
    const report = this.reports.get(key);
    if (report?.quantity === quantity && ledger?.held !== quantity) this.believed.set(key, report);
    ledger?.synced(quantity, this.lastPrices.get(market) ?? 0, time, reason);
  }

  /** A report that was believed knew of it: it was told late. */
  private isOvertaken(line: Pick<Line, "market" | "leg" | "time" | "sequence">): boolean {
    const report = this.believed.get(legKey(line));
    return report !== undefined && isBefore(line, report);
  }

  private ledgerOf(market: number, leg: Leg): TradeLedger | undefined {
    const key = legKey({ market, leg });
    const known = this.ledgers.get(key);
    const instrument = this.instruments[market];
    if (known !== undefined || instrument === undefined) return known;
    const ledger = new TradeLedger(instrument, leg);
    this.ledgers.set(key, ledger);
    return ledger;
  }

  // ---- backoff: a block that refused nothing has left no trace, so what is known is a lower bound

  /** Only orders that enlarge exposure count for a backoff. */
  private refusedOrder({ order, market, time }: Line): void {
    const asked = this.asked.get(order);
    if (asked !== undefined && isRiskIncrease(asked.family)) this.failed(market, time);
  }

  private limited({ market, time, reason }: Line): void {
    if (reason === "rate_limited") this.failed(market, time);
  }

  private failed(market: number, time: number): void {
    this.endBlock(market);
    this.blocks.set(market, { from: time, to: time, refused: false });
  }

  private refused(market: number, time: number): void {
    const block = this.blocks.get(market) ?? { from: time, to: time, refused: true };
    block.refused = true;
    block.to = time;
    this.blocks.set(market, block);
  }

  private endBlock(market: number): void {
    const block = this.blocks.get(market);
    if (block === undefined) return;
    if (block.refused) this.counts.backoffMs += block.to - block.from;
    this.blocks.delete(market);
  }
}
