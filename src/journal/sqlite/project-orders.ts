// Orders of a journal with all that becomes of them: pending entries with the state that their strategy had, fills, each applied
// once, what they lost against the price that was asked for, and what was decided at all.

import {
  canonicalJson,
  intentOf,
  isOpenStatus,
  isRiskIncrease,
  printVenueOrderId,
  tradeKey,
  type Effect,
  type Family,
  type FillVoided,
  type Leg,
  type OrderAmended,
  type OrderFilled,
  type OrderNumber,
  type OrderRejected,
  type OrderRequest,
  type OrderSettled,
  type PositionSynced,
  type Price,
  type Quantity,
  type RowStatus,
  type Side,
  type VenueOrderId,
} from "../../domain/index.ts";
import { changeOf, exceeds, HeldFills, type HeldFill } from "../held-fills.ts";
import type { At } from "./at.ts";
import type { PositionProjection } from "./project-positions.ts";
import { textOf, type Row, type Tables } from "./tables.ts";
import { utc, type Words } from "./words.ts";

interface HeldRow extends HeldFill {
  readonly id: number;
  readonly fill: OrderFilled;
}

export class OrderProjection {
  declare private readonly tables: Tables;
  declare private readonly words: Words;
  declare private readonly positions: PositionProjection;

  constructor(tables: Tables, words: Words, positions: PositionProjection) {
    this.tables = tables;
    this.words = words;
    this.positions = positions;
  }

  /** What of an effect makes an order, or says that there is to be none. */
  made(effect: Effect, at: At): void {
    switch (effect.type) {
      case "submit_order":
        this.decision(at, effect.request.market, "submit", effect.request, effect.reason);
        return this.open(effect.request, "SUBMITTED", effect.reason, at);
      case "order_held":
        this.decision(at, effect.request.market, "hold", effect.request, effect.reason);
        return this.open(effect.request, "NEW", effect.reason, at);
      case "order_adopted":
        return this.open(effect.request, effect.filled > 0 ? "PARTIAL" : "SUBMITTED", effect.reason, at);
      case "order_routed":
        this.tables.run("UPDATE orders SET predicted_slippage = ? WHERE order_number = ?", effect.predictedSlippage, effect.order);
        return;
      case "intent_skipped": {
        const { market, family, reason, intent } = effect;
        return this.decide(at, market, { decision: "skip", family, reason, intent, order_id: null });
      }
      case "cancel_order":
        return this.decide(at, effect.market, { decision: "cancel", family: null, reason: effect.reason, ...this.nameOf(effect.order) });
      case "amend_order":
        this.enlarge(effect.order, effect.quantity);
        return this.decide(at, effect.market, { decision: "amend", family: null, reason: null, ...this.nameOf(effect.order) });
      default:
        return;
    }
  }

  /** Client order id; null for the order that a close by the venue does not have. */
  idOf(order: OrderNumber): string | null {
    return order === 0 ? null : ((this.find(order)?.["order_id"] as string | undefined) ?? null);
  }

  identified(order: OrderNumber, id: VenueOrderId, at: At): void {
    this.tables.run("UPDATE orders SET venue_order_id = ? WHERE order_number = ?", printVenueOrderId(id), order);
    this.tables.run(
      "UPDATE pending_entry_orders SET exchange_order_id = ?, updated_utc = ? WHERE order_number = ?",
      printVenueOrderId(id),
      utc(at.time),
      order,
    );
  }

  refused({ order, code, message, ccxtClass }: OrderRejected): void {
    const row = this.find(order);
    if (row === undefined) return;
    const extra = { ...(JSON.parse(textOf(row, "extra")) as object), rejection: { code, text: message, ccxtClass } };
    this.tables.run("UPDATE orders SET extra = ? WHERE order_number = ?", canonicalJson(extra), order);
  }

  amended({ order, market, price, trigger, quantity }: OrderAmended, at: At): void {
    const { words } = this;
    this.enlarge(order, quantity);
    this.tables.run(
      "UPDATE orders SET price = ?, trigger_price = ?, qty = ?, price_units = ?, quantity_units = ? WHERE order_number = ?",
      words.price(market, price),
      words.price(market, trigger),
      words.quantity(market, quantity),
      price,
      quantity,
      order,
    );
    this.tables.run(
      "UPDATE pending_entry_orders SET limit_price = ?, delta_qty = ?, updated_utc = ? WHERE order_number = ?",
      words.price(market, price),
      words.quantity(market, quantity),
      utc(at.time),
      order,
    );
  }

  settled({ order, status, reason }: OrderSettled, at: At): void {
    this.tables.run("UPDATE orders SET status = ?, reason = ?, settled_seq = ? WHERE order_number = ?", status, reason, at.seq, order);
    if (isOpenStatus(status)) {
      this.tables.run("UPDATE pending_entry_orders SET status = ?, updated_utc = ? WHERE order_number = ?", status, utc(at.time), order);
      return;
    }
    this.tables.run(
      `UPDATE pending_entry_orders SET status = ?, updated_utc = ?, removed_utc = ?, remove_reason = ?
       WHERE order_number = ? AND removed_utc IS NULL`,
      status,
      utc(at.time),
      utc(at.time),
      reason,
      order,
    );
  }

  /** A fill, the first time that it is told. */
  filled(fill: OrderFilled, at: At): void {
    const row = this.find(fill.order);
    // Of an order that this session never sent: the runner's alert names it.
    if (row === undefined) return;
    if (this.tables.insert("dedup_keys", { key: fillKey(fill), seq: at.seq }, "IGNORE") === 0) return;
    if (this.words.header.format === 1) return this.count(fill, row, 0, at);
    const asked = row["asked_units"] === null ? Number.POSITIVE_INFINITY : Number(row["asked_units"]);
    const bounds = { filled: Number(row["filled_units"]), named: Number(row["named_units"]), asked };
    if (exceeds(bounds, fill)) this.hold(fill, row, bounds.named, at);
    else this.count(fill, row, bounds.named, at);
  }

  /** The runner counts a fill in question, or drops all that are left of a leg. */
  judged(synced: PositionSynced, at: At): void {
    const { market, leg, reason } = synced;
    if (this.words.header.format === 1 || (reason !== "fill_beyond_order" && reason !== "fill_told_twice")) return;
    const held = new HeldFills<HeldRow>();
    for (const row of this.tables.all("SELECT * FROM held_fills WHERE market = ? AND leg = ? ORDER BY id", market, leg))
      held.hold({ market, leg, change: Number(row["change_units"]), id: Number(row["id"]), fill: JSON.parse(textOf(row, "fill")) as OrderFilled });
    const real = held.judge(synced, this.positions.heldOn(market, leg));
    const order = real === null ? undefined : this.find(real.fill.order);
    if (real === null) this.tables.run("DELETE FROM held_fills WHERE market = ? AND leg = ?", market, leg);
    else this.tables.run("DELETE FROM held_fills WHERE id = ?", real.id);
    if (real !== null && order !== undefined) this.count(real.fill, order, Number(order["named_units"]), at);
  }

  private hold(fill: OrderFilled, row: Row, named: number, { seq }: At): void {
    const { market } = fill;
    this.tables.run("UPDATE orders SET named_units = ? WHERE order_number = ?", named, fill.order);
    const { spot, rules } = this.words.instrument(market);
    const change = changeOf(fill, row["side"] as Side, spot ? rules.base : null);
    this.tables.insert("held_fills", { seq, market, leg: row["leg"] ?? null, change_units: change, fill: canonicalJson(fill) });
  }

  /** @param named the most that a fill of the order has named as filled */
  private count(fill: OrderFilled, row: Row, named: number, at: At): void {
    const done = Number(row["filled_units"]) + fill.quantity;
    const open = isOpenStatus(row["status"] as RowStatus) && row["status"] !== "UNKNOWN";
    const status = open && done < Number(row["quantity_units"]) ? "PARTIAL" : textOf(row, "status");
    const text = this.words.quantity(fill.market, done as Quantity);
    const changed = [done, text, status] as const;
    if (this.words.header.format === 1)
      this.tables.run("UPDATE orders SET filled_units = ?, filled_qty = ?, status = ? WHERE order_number = ?", ...changed, fill.order);
    else
      this.tables.run(
        "UPDATE orders SET filled_units = ?, filled_qty = ?, status = ?, named_units = ? WHERE order_number = ?",
        ...changed,
        named,
        fill.order,
      );
    this.tables.run(
      `UPDATE pending_entry_orders SET applied_filled_qty = ?, status = ?, last_order = ?, updated_utc = ? WHERE order_number = ?`,
      text,
      status,
      canonicalJson({ filled: text, fill_price: this.words.price(fill.market, fill.price), trade: fill.trade, ts_utc: utc(fill.time) }),
      utc(at.time),
      fill.order,
    );
    this.positions.traded(fill, row["side"] as Side, row["leg"] as Leg, at.time);
    this.record(fill, row, at);
  }

  voided({ market, order, trade }: FillVoided, at: At): void {
    const key = fillName(market, order, trade);
    const row = this.find(order);
    const fill = this.tables.get("SELECT n_contracts, voided FROM fills WHERE id = ?", key);
    if (row === undefined || fill === undefined || fill["voided"] === 1) return;
    const instrument = this.words.instrument(market);
    const quantity = Math.round(Number(fill["n_contracts"]) * instrument.quantityPower) as Quantity;
    const done = (Number(row["filled_units"]) - quantity) as Quantity;
    this.tables.run("UPDATE fills SET voided = 1 WHERE id = ?", key);
    this.tables.run("UPDATE orders SET filled_units = ?, filled_qty = ? WHERE order_number = ?", done, this.words.quantity(market, done), order);
    this.positions.untraded(market, quantity, row["side"] as Side, row["leg"] as Leg, at.time);
  }

  /** The most that was ever asked for bounds what may fill. @param quantity null: as it was */
  private enlarge(order: OrderNumber, quantity: Quantity | null): void {
    if (quantity === null || this.words.header.format === 1) return;
    this.tables.run("UPDATE orders SET asked_units = ? WHERE order_number = ? AND asked_units < ?", quantity, order, quantity);
  }

  private find(order: OrderNumber): Row | undefined {
    return this.tables.get("SELECT * FROM orders WHERE order_number = ?", order);
  }

  private nameOf(order: OrderNumber): { intent: number; order_id: string | null } {
    return { intent: intentOf(order), order_id: this.idOf(order) };
  }

  private open(request: OrderRequest, status: RowStatus, reason: string, at: At): void {
    const { words } = this;
    const { order, market, side, leg, family, type, quantity, price, trigger, timeInForce, timeToLive, replaces, terms } = request;
    const known = this.find(order);
    if (known !== undefined) {
      // It has waited, and goes now.
      this.tables.run(
        "UPDATE orders SET status = ?, reason = ?, sent_ms = ?, reference_units = ? WHERE order_number = ?",
        status,
        reason,
        at.time,
        referenceOf(request, at),
        order,
      );
      return;
    }
    this.tables.insert("orders", {
      order_number: order,
      order_id: words.clientId(order, at.epoch, leg),
      venue_order_id: null,
      intent: intentOf(order),
      run_id: words.header.run,
      mode: words.header.mode,
      ts_utc: utc(at.time),
      bar_time_utc: at.barTime(market),
      market,
      symbol: words.symbol(market),
      side,
      leg,
      family,
      type,
      time_in_force: timeInForce,
      reduce_only: request.reduceOnly ? 1 : 0,
      price: words.price(market, price),
      trigger_price: words.price(market, trigger),
      qty: words.quantity(market, quantity),
      filled_qty: "0",
      status,
      reason,
      epoch: at.epoch,
      seq: at.seq,
      settled_seq: null,
      sent_ms: status === "NEW" ? null : at.time,
      reference_units: referenceOf(request, at),
      predicted_slippage: null,
      price_units: price,
      quantity_units: quantity,
      filled_units: 0,
      ...(words.header.format === 1 ? {} : { named_units: 0, asked_units: terms?.closePosition === true ? null : quantity }),
      extra: canonicalJson({ timeToLive, replaces, terms }),
    });
    if (isRiskIncrease(family)) this.pending(request, status, at);
  }

  private pending(request: OrderRequest, status: RowStatus, at: At): void {
    const { words } = this;
    const { order, market, side, leg, quantity, price } = request;
    const direction = leg === "NET" ? (side === "buy" ? "LONG" : "SHORT") : leg;
    const key = `${words.symbol(market)}|${direction}`;
    const taken = this.tables.get("SELECT 1 FROM pending_entry_orders WHERE entry_key = ? AND removed_utc IS NULL", key) !== undefined;
    const state = at.notes?.strategies?.find((noted) => noted.order === order)?.state;
    this.tables.insert("pending_entry_orders", {
      // A second entry of a side gets a name of its own: neither may hide the other.
      entry_key: taken ? `${key}#${order}` : key,
      order_number: order,
      run_id: words.header.run,
      symbol: words.symbol(market),
      side: direction,
      exchange_order_id: null,
      created_bar_iso: at.barTime(market),
      limit_price: words.price(market, price),
      delta_qty: words.quantity(market, quantity),
      applied_filled_qty: "0",
      status,
      last_order: "{}",
      strategy_snapshot: state === undefined ? null : canonicalJson(state),
      intent: canonicalJson({ intent: intentOf(order), ...request }),
      created_utc: utc(at.time),
      updated_utc: utc(at.time),
      removed_utc: null,
      remove_reason: null,
    });
  }

  private record(fill: OrderFilled, row: Row, at: At): void {
    const { words } = this;
    const { market, price } = fill;
    const { pricePower } = words.instrument(market);
    const asked = (row["reference_units"] ?? row["price_units"] ?? null) as Price | null;
    const slippage = asked === null ? null : slippageOf(textOf(row, "side"), asked, price);
    const volume = at.notes?.market?.find(({ order, trade = tradeKey(fill) }) => order === fill.order && trade === tradeKey(fill))?.barVolume;
    const id = fillKey(fill);
    const head = { symbol: words.symbol(market), family: row["family"] ?? null };
    this.tables.insert("fills", {
      id,
      seq: at.seq,
      timestamp: utc(fill.time),
      ...head,
      leg: row["leg"] ?? null,
      direction: row["side"] === "buy" ? 1 : -1,
      n_contracts: words.quantity(market, fill.quantity),
      order_price: words.price(market, asked),
      fill_price: words.price(market, price),
      predicted_slippage: row["predicted_slippage"] ?? null,
      actual_slippage: slippage === null ? null : Math.abs(slippage) / pricePower,
      volume_at_fill: volume === undefined ? null : words.quantity(market, Math.round(volume) as Quantity),
      spread_at_fill: null,
      fill_latency_ms: row["sent_ms"] === null ? null : fill.time - Number(row["sent_ms"]),
      order_id: row["order_id"] ?? null,
      order_number: fill.order,
      fee: words.fee(fill),
      fee_currency: fill.feeCurrency,
      liquidity: fill.liquidity,
      voided: 0,
    });
    if (slippage === null || asked === null) return;
    const told = { requested_price: words.price(market, asked), fill_price: words.price(market, price) };
    const lost = { slippage: slippage / pricePower, slippage_bp: (slippage / asked) * 10_000 };
    this.tables.insert("slippage_observations", {
      fill_id: id,
      ts_utc: utc(fill.time),
      ...head,
      side: row["side"] ?? null,
      order_type: row["type"] ?? null,
      ...told,
      ...lost,
    });
  }

  private decision(at: At, market: number, decision: string, { order, family, leg }: OrderRequest, reason: string): void {
    this.decide(at, market, { decision, family, reason, intent: intentOf(order), order_id: this.words.clientId(order, at.epoch, leg) });
  }

  private decide(
    at: At,
    market: number,
    row: { decision: string; family: Family | null; reason: string | null; intent: number; order_id: string | null },
  ): void {
    const symbol = this.words.symbol(market);
    this.tables.insert("decisions", { seq: at.seq, ts_utc: utc(at.time), bar_time_utc: at.barTime(market), symbol, ...row });
  }
}

function fillKey(fill: OrderFilled): string {
  return fillName(fill.market, fill.order, tradeKey(fill));
}

/** Of a fill in the dedup keys and in the fills: trade ids are unique at one market of a venue. @param trade `tradeKey` */
export function fillName(market: number, order: OrderNumber, trade: number | string): string {
  return `${market}/${order}/${trade}`;
}

/** The price that a fill is measured by: what was asked for, and for a market order the last close. */
function referenceOf({ order, price, trigger }: OrderRequest, at: At): number | null {
  return price ?? trigger ?? at.notes?.market?.find((noted) => noted.order === order && noted.trade === undefined)?.lastClose ?? null;
}

/** Slippage of a fill: what it is worse by than the price that was asked for, in price units; negative: better. */
function slippageOf(side: string, asked: Price, filled: Price): number {
  return side === "buy" ? filled - asked : asked - filled;
}
