// The fills of a session out of its journal's tables, each with what was asked for and what the market said: what a fill model is
// made of. A trade that the venue took back is none.

import type { Leg, Liquidity, OrderType, Side } from "../../domain/index.ts";
import type { JournalHeader } from "./format.ts";
import { textOf, textOrNull, type Tables } from "./tables.ts";

/** Prices and quantities decimal text, times epoch ms UTC; null where the records do not say. */
export interface SessionFill {
  readonly time: number;
  readonly bar: null;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: string;
  readonly type: OrderType;
  readonly quantity: string;
  readonly price: string;
  /** The price that the decision was made at. */
  readonly requested: string | null;
  readonly arrival: string | null;
  /** It filled at the far end of its bar. */
  readonly capped: boolean;
  readonly volume: string | null;
  readonly predicted: number | null;
  readonly liquidity: Liquidity;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly latencyMs: number | null;
  readonly orderId: string | null;
}

/** What the venue moves, or the hour decides, was asked for at no price. */
const unpriced: ReadonlySet<string> = new Set(["trailing_stop", "market_on_close"]);

/** In the order of their times. */
export function sessionFills(tables: Tables, { format }: JournalHeader): SessionFill[] {
  const seen =
    format === 1 ? "SELECT NULL AS arrival_price, NULL AS bar_low, NULL AS bar_high, NULL AS fill_id" : "SELECT * FROM market_microstructure";
  const rows = tables.all(
    `SELECT f.*, o.side, o.type, o.venue_order_id, m.arrival_price, m.bar_low, m.bar_high FROM fills f JOIN orders o USING (order_number)
     LEFT JOIN (${seen}) m ON m.fill_id = f.id WHERE f.voided = 0 ORDER BY f.timestamp, f.seq`,
  );
  return rows.map((row) => {
    const [side, type, price] = [textOf(row, "side") as Side, textOf(row, "type") as OrderType, textOf(row, "fill_price")];
    return {
      time: Date.parse(textOf(row, "timestamp")),
      bar: null,
      symbol: textOf(row, "symbol"),
      side,
      leg: textOf(row, "leg") as Leg,
      family: textOf(row, "family"),
      type,
      quantity: textOf(row, "n_contracts"),
      price,
      requested: unpriced.has(type) ? null : textOrNull(row, "order_price"),
      arrival: textOrNull(row, "arrival_price"),
      capped: price === textOrNull(row, side === "buy" ? "bar_high" : "bar_low"),
      volume: textOrNull(row, "volume_at_fill"),
      predicted: row["predicted_slippage"] === null ? null : Number(row["predicted_slippage"]),
      liquidity: textOf(row, "liquidity") as Liquidity,
      fee: textOf(row, "fee"),
      feeCurrency: textOf(row, "fee_currency"),
      latencyMs: row["fill_latency_ms"] === null ? null : Number(row["fill_latency_ms"]),
      orderId: textOrNull(row, "venue_order_id"),
    };
  });
}
