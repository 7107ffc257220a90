// The equity curve worked out a second time: what the account is worth at each close, from the venue's tape and the bars alone.
// Exact: where the sums of a stretch fit a float64 as integers they are added as such, and elsewhere as BigInt.

import type { BarSeries, VenueEntry } from "../../domain/index.ts";
import { unitsOf } from "./arithmetic.ts";
import type { Findings } from "./findings.ts";
import type { AuditFrame, MarketFrame } from "./frame.ts";
import type { VenueSums } from "./venue-sums.ts";

export interface CurveColumns {
  /** Close times, epoch ms. */
  readonly time: ArrayLike<number>;
  /** Units of the settlement currency as float64. */
  readonly value: ArrayLike<number>;
}

const withoutMoney: ReadonlySet<VenueEntry["type"]> = new Set<VenueEntry["type"]>(["accepted", "rejected", "ended", "amended", "renumbered"]);
/** What happens before a bar's open without an order of the session. */
const byOthers: ReadonlySet<VenueEntry["type"]> = new Set<VenueEntry["type"]>([
  "traded_outside",
  "deleveraged",
  "liquidated",
  "funded",
  "voided",
  "flowed",
  "renumbered",
]);
const exactMost = 9_007_199_254_740_991;

export class Curve {
  /** Of the curve that the tape gives, in units of the settlement currency. */
  drawdown = 0;
  declare private readonly markets: readonly MarketFrame[];
  declare private readonly sums: VenueSums;
  declare private readonly findings: Findings;
  declare private readonly settlement: string;
  declare private readonly power: number;
  /** Row of each market that closed last. */
  declare private readonly rows: Int32Array;
  /** Prices until a market's first bar: of what was held from before, at its entry. */
  declare private readonly first: readonly number[];
  private base = 0;
  private slopes: readonly number[] = [];
  /** Sums on the line are exact. */
  private straight = false;
  private peak = Number.NEGATIVE_INFINITY;
  /** A mark that differed: the rest of a wrong curve says nothing new. */
  private wrong = false;

  constructor(frame: AuditFrame, markets: readonly MarketFrame[], sums: VenueSums, findings: Findings) {
    const { settlement, positions } = frame;
    const scale = frame.moneyScales[settlement] ?? 8;
    this.markets = markets;
    this.first = markets.map(({ symbol, scales }) => {
      const held = positions.find((position) => position.symbol === symbol);
      return held === undefined ? 0 : Number(unitsOf(held.entryPrice, scales.price));
    });
    this.sums = sums;
    this.settlement = settlement;
    this.findings = findings;
    this.power = Number(10n ** BigInt(scale));
    this.rows = new Int32Array(markets.length).fill(-1);
  }

  /**
   * Takes the whole tape, entry by entry between the marks.
   * @param broken the last mark is no close: the bar in which the session broke off is valued at its end
   */
  follow({ time, value }: CurveColumns, entries: readonly VenueEntry[], broken: boolean): void {
    let next = 0;
    this.draw();
    for (let mark = 0; mark < time.length; mark += 1) {
      const instant = time[mark] as number;
      const isLast = mark === time.length - 1;
      const from = next;
      while (next < entries.length && (isLast || this.isBefore(entries[next] as VenueEntry, instant))) {
        this.sums.take(entries[next] as VenueEntry, next + 1);
        next += 1;
      }
      if (next > from) this.draw();
      this.advance(instant, isLast && broken);
      this.mark(mark, instant, value[mark] as number);
    }
    for (; next < entries.length; next += 1) this.sums.take(entries[next] as VenueEntry, next + 1);
  }

  // What happens at the very instant of a close belongs to the bar that it happened in; what others do comes with the next open.
  private isBefore(entry: VenueEntry, instant: number): boolean {
    // No money moves, and what was turned away at the door is noted when it was asked.
    if (withoutMoney.has(entry.type)) return true;
    if (entry.time !== instant || byOthers.has(entry.type)) return entry.time < instant;
    if (!("market" in entry)) return false;
    const { bars } = this.markets[entry.market] as MarketFrame;
    return bars !== null && entry.bar >= 0 && bars.closeTimeAt(entry.bar) <= instant;
  }

  private advance(instant: number, broken: boolean): void {
    for (let at = 0; at < this.rows.length; at += 1) {
      const series = (this.markets[at] as MarketFrame).walked as BarSeries;
      let row = this.rows[at] as number;
      while (row + 1 < series.length && series.closeTimeAt(row + 1) <= instant) row += 1;
      if (broken && row + 1 < series.length && series.timeAt(row + 1) <= instant) row += 1;
      this.rows[at] = row;
    }
  }

  /** The line that equity moves on until the next entry: cash less what is open has cost, and a slope for each market. */
  private draw(): void {
    const { markets, sums } = this;
    let base = sums.balance(this.settlement);
    let straight = true;
    const slopes = markets.map(({ rules, spot, valuation }, at) => {
      let quantity = spot ? sums.balance(rules.base) : 0n;
      if (!spot) {
        for (const { sum } of sums.legs[at] ?? []) {
          base -= sum.paid;
          quantity += sum.quantity;
        }
      }
      if (quantity !== 0n && valuation.whole === null) straight = false;
      return Number(quantity * (valuation.whole ?? 0n));
    });
    this.base = Number(base);
    this.slopes = slopes;
    this.straight = straight && Math.abs(this.base) <= exactMost;
  }

  private mark(at: number, instant: number, found: number): void {
    const equity = this.straight ? this.onLine() : this.exactly();
    this.findings.checks += 1;
    if (equity > this.peak) this.peak = equity;
    else if (this.peak - equity > this.drawdown) this.drawdown = this.peak - equity;
    if (equity / this.power === found || this.wrong) return;
    this.wrong = true;
    this.findings.add("result", "I-26", null, `equity at ${new Date(instant).toISOString()}, mark ${at + 1}`, equity / this.power, found);
  }

  private onLine(): number {
    const { slopes, base } = this;
    let equity = base;
    for (let at = 0; at < slopes.length; at += 1) {
      const slope = slopes[at] as number;
      if (slope === 0) continue;
      const value = slope * this.priceOf(at);
      equity += value;
      if (value > exactMost || value < -exactMost || equity > exactMost || equity < -exactMost) return this.exactly();
    }
    return equity;
  }

  private exactly(): number {
    const { markets, sums } = this;
    let equity = sums.balance(this.settlement);
    markets.forEach(({ rules, spot, valuation }, at) => {
      const price = BigInt(this.priceOf(at));
      if (spot) {
        const coins = sums.balance(rules.base);
        if (coins !== 0n && price !== 0n) equity += coins > 0n ? valuation.value(price, coins) : -valuation.value(price, -coins);
      } else for (const { sum } of sums.legs[at] ?? []) if (price !== 0n) equity += valuation.unrealised(price, sum.quantity, sum.cost);
    });
    return Number(equity);
  }

  private priceOf(at: number): number {
    const row = this.rows[at] as number;
    return row < 0 ? (this.first[at] as number) : (((this.markets[at] as MarketFrame).walked as BarSeries).close[row] as number);
  }
}
