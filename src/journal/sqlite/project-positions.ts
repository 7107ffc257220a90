// Positions, the P&L ledger, funding and equity of a journal, as its commits say. Averages come of the same exact arithmetic as the
// book's; the ledger's figures are the runner's own.

import {
  Position,
  type FundingPaid,
  type FundsMoved,
  type LedgerEntry,
  type Leg,
  type Millis,
  type Money,
  type OrderFilled,
  type PositionSynced,
  type Price,
  type Quantity,
  type Side,
} from "../../domain/index.ts";
import type { Cause } from "../commits.ts";
import type { At } from "./at.ts";
import { textOrNull, type Tables } from "./tables.ts";
import { utc, type Words } from "./words.ts";

/** A leg, and its average as far as it is known. */
interface Held {
  readonly market: number;
  readonly position: Position;
  /** The venue's own word for an average that no fill explains; "" where nobody has said it. */
  told: string | null;
}

export class PositionProjection {
  declare private readonly tables: Tables;
  declare private readonly words: Words;
  private readonly held = new Map<string, Held>();
  /** Settlement money without what is unrealised; null from a change that no fill explains until everything is flat. */
  private cash: number | null = 0;
  private ledger = 0;

  constructor(tables: Tables, words: Words) {
    this.tables = tables;
    this.words = words;
  }

  get sums(): { cash: number | null; ledger: number } {
    return { cash: this.cash, ledger: this.ledger };
  }

  begin(time: Millis): void {
    const { header } = this.words;
    this.cash = header.balance.units;
    for (const { market, leg, quantity, price } of header.positions) {
      const held = this.find(market, leg);
      const value = this.words.instrument(market).notional(price as Price, Math.abs(quantity) as Quantity);
      held.position.apply(quantity as Quantity, price as Price, value);
      this.write(held, time);
    }
  }

  load(): void {
    this.held.clear();
    for (const row of this.tables.all("SELECT * FROM open_positions")) {
      const held = this.find(Number(row["market"]), row["leg"] as Leg);
      const { position } = held;
      position.quantity = Number(row["quantity_units"]) as Quantity;
      position.cost = Number(row["cost_units"]) as Money;
      // Which lots they were tells nothing of the average.
      position.lots.push(Math.abs(position.quantity) as Quantity, 0 as Price);
      const told = textOrNull(row, "entry_price");
      if (told !== position.entryText()) held.told = told ?? "";
    }
    const beat = this.tables.get("SELECT cash_units, ledger_units FROM heartbeat WHERE id = 1") ?? {};
    this.cash = beat["cash_units"] === null ? null : Number(beat["cash_units"]);
    this.ledger = Number(beat["ledger_units"]);
  }

  /** Signed. */
  heldOn(market: number, leg: Leg): Quantity {
    return this.find(market, leg).position.quantity;
  }

  traded(fill: OrderFilled, side: Side, leg: Leg, time: Millis): void {
    const instrument = this.words.instrument(fill.market);
    const held = this.find(fill.market, leg);
    const signed = (side === "buy" ? fill.quantity : -fill.quantity) as Quantity;
    held.position.apply(signed, fill.price, instrument.notional(fill.price, fill.quantity));
    if (fill.feeCurrency === instrument.rules.settle) this.pay(fill.fee);
    else if (instrument.spot && fill.feeCurrency === instrument.rules.base && fill.fee !== 0)
      held.position.takeBaseFee(fill.fee as number as Quantity);
    if (held.position.quantity === 0) held.told = null;
    this.write(held, time);
  }

  /** A trade that never was: the quantity is as before it. What it did to the average and to the cash nothing says exactly. */
  untraded(market: number, quantity: Quantity, side: Side, leg: Leg, time: Millis): void {
    const held = this.find(market, leg);
    this.bring(held, (held.position.quantity + (side === "buy" ? -quantity : quantity)) as Quantity, "");
    this.write(held, time);
  }

  synced({ market, leg, status, quantity, reason }: PositionSynced, cause: Cause, at: At): void {
    const held = this.find(market, leg);
    const told = cause.type === "position_reported" && cause.entryPrice !== null ? cause.entryPrice : "";
    if (held.position.quantity !== quantity) {
      this.bring(held, quantity, told);
      this.write(held, at.time);
    }
    const { words } = this;
    const row = { seq: at.seq, ts_utc: utc(at.time), symbol: words.symbol(market), leg, status, qty: words.quantity(market, quantity), reason };
    this.tables.insert("position_syncs", row);
  }

  realised(entry: LedgerEntry, at: At, orderId: string | null): void {
    const { words } = this;
    const { market, leg, quantity, gross, entryFee, exitFee, net, cumulative } = entry;
    this.ledger = cumulative;
    // Fees of an order come with its fills; a close by the venue has none but this.
    this.pay((entry.order === 0 ? exitFee - gross : -gross) as Money);
    const money = (units: Money) => words.money(market, units);
    this.tables.insert("live_pnl_ledger", {
      seq: at.seq,
      ts_utc: utc(at.time),
      symbol: words.symbol(market),
      leg,
      order_id: orderId,
      qty: words.quantity(market, quantity),
      gross: money(gross),
      entry_fee: money(entryFee),
      exit_fee: money(exitFee),
      net: money(net),
      cumulative: money(cumulative),
      run_id: words.header.run,
    });
  }

  funded({ market, leg, quantity, amount }: FundingPaid, at: At): void {
    const { words } = this;
    this.pay(-amount as Money);
    const row = { symbol: words.symbol(market), leg, qty: words.quantity(market, quantity), amount: words.money(market, amount) };
    this.tables.insert("funding", { seq: at.seq, ts_utc: utc(at.time), ...row });
  }

  moved({ currency, amount }: FundsMoved): void {
    if (currency === this.words.header.balance.currency) this.pay(-amount as Money);
  }

  /** @param equity float64, settlement currency @param time of the instant that it was marked at */
  equity(at: At, equity: number, time: Millis): void {
    const open = [...this.held.values()].filter(({ position }) => position.quantity !== 0);
    const [first] = this.words.instruments;
    if (first === undefined) return;
    if (open.length === 0) this.cash ??= Math.round(equity * first.moneyPower);
    if (this.cash === null) return;
    // Coins are bought with cash; contracts are not.
    const spent = open.reduce((sum, { position }) => sum + (position.instrument.spot ? position.cost : 0), 0);
    const signed = open.reduce((sum, { position }) => sum + (position.quantity > 0 ? position.cost : -position.cost), 0);
    const unrealized = equity - this.cash / first.moneyPower;
    const linear = open.every(({ position }) => !position.instrument.inverse);
    this.tables.insert("equity", {
      seq: at.seq,
      run_id: this.words.header.run,
      ts_utc: utc(time),
      equity,
      cash: (this.cash - spent) / first.moneyPower,
      position_value: linear ? signed / first.moneyPower + unrealized : null,
      realized_pnl_cum: this.ledger / first.moneyPower,
      unrealized,
    });
  }

  private pay(amount: Money): void {
    if (this.cash !== null) this.cash -= amount;
  }

  /** A change that no fill of ours explains. */
  private bring(held: Held, quantity: Quantity, told: string): void {
    const { market, position } = held;
    const change = (quantity - position.quantity) as Quantity;
    const closed = position.quantity !== 0 && position.quantity > 0 !== change > 0;
    const shrinks = closed && Math.abs(change) <= Math.abs(position.quantity);
    const price = told === "" ? null : this.words.priceUnits(market, told);
    position.apply(change, (price ?? 0) as Price, 0 as Money);
    // What is left of a position keeps its average; what is new has the one that the venue states, if it states any.
    if (!shrinks) {
      held.told = told;
      position.cost = price === null ? (0 as Money) : position.instrument.notional(price, Math.abs(quantity) as Quantity);
    }
    if (quantity === 0) held.told = null;
    this.cash = null;
  }

  private find(market: number, leg: Leg): Held {
    const key = `${market}/${leg}`;
    const known = this.held.get(key);
    if (known !== undefined) return known;
    const made: Held = { market, position: new Position(this.words.instrument(market), leg), told: null };
    this.held.set(key, made);
    return made;
  }

  private write({ market, position, told }: Held, time: Millis): void {
    const { leg, quantity, cost } = position;
    if (quantity === 0) {
      this.tables.run("DELETE FROM open_positions WHERE market = ? AND leg = ?", market, leg);
      return;
    }
    const entry = told === null ? position.entryText() : told === "" ? null : told;
    const row = { market, leg, symbol: this.words.symbol(market), qty: this.words.quantity(market, quantity), entry_price: entry };
    this.tables.insert("open_positions", { ...row, quantity_units: quantity, cost_units: cost, updated_utc: utc(time) }, "REPLACE");
  }
}
