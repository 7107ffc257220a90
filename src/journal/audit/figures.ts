// What a run's result says, against what the records say (I-42): counts, sums, rows, balances and the end. A figure that the
// records do not give is a finding, however plausible it is.

import type { OrderFilled } from "../../domain/index.ts";
import type { FillDetail, FinalState, LedgerRow, OrderRow, RunMetrics } from "../rows.ts";
import { textOf } from "./arithmetic.ts";
import type { Books } from "./books.ts";
import type { Fate } from "./fate.ts";
import type { Fates } from "./fates.ts";
import type { Findings } from "./findings.ts";
import type { AuditFrame, MarketFrame } from "./frame.ts";
import type { VenueSums } from "./venue-sums.ts";

/** Of a result, what can be derived. Rows that a result does not keep, or that nobody is told, are null. */
export interface AuditedResult {
  readonly orders: readonly OrderRow[] | null;
  readonly fills: readonly Pick<FillDetail, "quantity" | "price" | "fee" | "feeCurrency" | "symbol" | "side">[] | null;
  readonly skipped: number;
  readonly ledger: readonly LedgerRow[] | null;
  readonly final: FinalState;
  readonly metrics: RunMetrics;
}

const openWords: ReadonlySet<string> = new Set(["SUBMITTED", "PARTIAL", "UNKNOWN", "QUARANTINED"]);

export class Figures {
  declare private readonly result: AuditedResult;
  declare private readonly frame: AuditFrame;
  declare private readonly markets: readonly MarketFrame[];
  declare private readonly findings: Findings;

  constructor(result: AuditedResult, frame: AuditFrame, markets: readonly MarketFrame[], findings: Findings) {
    this.result = result;
    this.frame = frame;
    this.markets = markets;
    this.findings = findings;
  }

  private same(name: string, expected: string | number, found: string | number): void {
    if (this.findings.differ(expected, found)) this.wrong(name, expected, found);
  }

  private wrong(name: string, expected: string | number, found: string | number): void {
    this.findings.add("result", "I-42", null, name, expected, found);
  }

  /** @param sent the orders in the order of their sending */
  counts({ orders }: Fates, sent: readonly Fate[], skipped: number, fills: number): void {
    const { metrics } = this.result;
    const count = (status: string) => sent.reduce((sum, fate) => sum + (fate.status === status ? 1 : 0), 0);
    this.same("orders", orders.size, metrics.orders);
    this.same("fills", fills, metrics.fills);
    this.same("skipped intents", skipped, metrics.skipped);
    for (const [name, status] of [
      ["rejected", "REJECTED"],
      ["canceled", "CANCELED"],
      ["unknown", "UNKNOWN"],
    ] as const)
      this.same(`${name} orders`, count(status), metrics[name]);
    const rows = this.result.orders;
    if (rows === null) return this.openOnes(sent);
    this.same("rows of orders", orders.size, rows.length);
    rows.forEach((row, at) => this.orderRow(row, sent[at]));
  }

  /** Of orders that have no rows: those that are open at the end stand in the final state. */
  private openOnes(sent: readonly Fate[]): void {
    const listed = new Set(this.result.final.openOrders.map(({ clientOrderId }) => numberOf(clientOrderId)));
    for (const { request, status } of sent)
      if (isOpen(status) && this.findings.fails(listed.has(request.order))) this.notListed(request.order, status);
  }

  private notListed(order: number, status: string): void {
    this.findings.add("result", "I-12", null, `order ${order} is ${status} and not among the open ones at the end`);
  }

  private orderRow(row: OrderRow, fate: Fate | undefined): void {
    if (fate === undefined) return;
    const { request, status, reason, quantity } = fate;
    const number = numberOf(row.clientOrderId);
    const { scales, symbol } = this.markets[request.market] as MarketFrame;
    const size = textOf(quantity, scales.quantity);
    const { findings } = this;
    if (findings.differ(request.order, number)) this.wrong("order of a row", request.order, number);
    if (findings.differ(status, row.status)) this.wrong(`status of order ${request.order}`, status, row.status);
    if (findings.differ(reason, row.reason)) this.wrong(`reason of order ${request.order}`, reason, row.reason);
    if (findings.differ(size, row.quantity)) this.wrong(`quantity of order ${request.order}`, size, row.quantity);
    if (findings.differ(symbol, row.symbol)) this.wrong(`market of order ${request.order}`, symbol, row.symbol);
    if (!isOpen(status)) return;
    const listed = this.result.final.openOrders.some(({ clientOrderId }) => clientOrderId === row.clientOrderId);
    if (findings.fails(listed)) this.notListed(request.order, status);
  }

  /** @param heard in the order in which they were heard */
  fills(heard: readonly OrderFilled[], { orders }: Fates): void {
    const rows = this.result.fills;
    if (rows === null) return;
    heard.forEach((fill, at) => {
      const { request } = orders.get(fill.order) as Fate;
      const row = rows[at];
      if (row !== undefined) this.fillRow(at, row, fill, this.markets[fill.market]?.symbol ?? "", request.side);
    });
  }

  private fillRow(at: number, row: NonNullable<AuditedResult["fills"]>[number], fill: OrderFilled, symbol: string, side: string): void {
    const { scales } = this.markets[fill.market] as MarketFrame;
    const { findings } = this;
    const quantity = textOf(fill.quantity, scales.quantity);
    const price = textOf(fill.price, scales.price);
    const fee = textOf(fill.fee, this.scaleOf(fill.feeCurrency));
    if (findings.differ(symbol, row.symbol)) this.wrong(`market of fill ${at + 1}`, symbol, row.symbol);
    if (findings.differ(side, row.side)) this.wrong(`side of fill ${at + 1}`, side, row.side);
    if (findings.differ(quantity, row.quantity)) this.wrong(`quantity of fill ${at + 1}`, quantity, row.quantity);
    if (findings.differ(price, row.price)) this.wrong(`price of fill ${at + 1}`, price, row.price);
    if (findings.differ(fee, row.fee)) this.wrong(`fee of fill ${at + 1}`, fee, row.fee);
  }

  sums(books: Books): void {
    const { metrics, ledger } = this.result;
    const { settlement } = this.frame;
    const money = this.scaleOf(settlement);
    this.same("realised P&L", textOf(books.gross, money), metrics.realizedPnl);
    if (metrics.funding !== undefined || books.funding !== 0n) this.same("funding", textOf(books.funding, money), metrics.funding ?? "0");
    const currencies = new Set([...books.fees.keys(), ...Object.keys(metrics.feesByCurrency)]);
    for (const currency of currencies)
      this.same(`fees in ${currency}`, textOf(books.fees.get(currency) ?? 0n, this.scaleOf(currency)), metrics.feesByCurrency[currency] ?? "0");
    if (ledger === null) return;
    this.same("lines of the ledger", books.ledgerLines, ledger.length);
    const last = ledger.at(-1);
    if (last !== undefined) this.same("sum of the ledger", textOf(books.cumulative, money), last.cumulative);
  }

  /** @param drawdown null: the curve was not followed. @param equity the last mark, units of the settlement currency; null: there is none */
  end(venue: VenueSums, drawdown: number | null, equity: number | null): void {
    const { final, metrics } = this.result;
    const money = this.scaleOf(this.frame.settlement);
    if (drawdown !== null) this.same("largest drawdown", textOf(drawdown, money), metrics.maxDrawdown);
    if (equity !== null) this.same("equity at the end", equity, Number(final.equity));
    for (const [currency, units] of venue.balances)
      this.same(`balance of ${currency} at the end`, textOf(units, this.scaleOf(currency)), final.balances[currency]?.total ?? "0");
    this.markets.forEach(({ symbol, scales }, at) => {
      for (const { leg, sum } of venue.legs[at] ?? []) {
        const row = final.positions.find((position) => position.symbol === symbol && position.leg === leg);
        this.same(`${symbol} ${leg} at the end`, textOf(sum.quantity, scales.quantity), row?.quantity ?? "0");
      }
    });
  }

  private scaleOf(currency: string): number {
    return this.frame.moneyScales[currency] ?? 8;
  }
}

/** What waits to be sent is not at the venue. */
function isOpen(status: string): boolean {
  return openWords.has(status);
}

/** Bytes 7 to 10 of a client's id are the intent, byte 12 the attempt. */
function numberOf(clientOrderId: string): number {
  return Number.parseInt(clientOrderId.slice(14, 22), 16) * 256 + Number.parseInt(clientOrderId.slice(24, 26), 16);
}
