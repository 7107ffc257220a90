// What the market said when an order left and when one filled, and what became of the strategies' states: from what stands beside
// the commits for readers. Prices and states that nobody noted it does not make up.

import { canonicalJson } from "../../domain/index.ts";
import type { Cause, CommitNotes } from "../commits.ts";
import { patchOf, type StateChange } from "../state-diff.ts";
import type { At } from "./at.ts";
import { fillName } from "./project-orders.ts";
import { textOrNull, type Tables } from "./tables.ts";
import { utc, type Words } from "./words.ts";

export class MarketProjection {
  declare private readonly tables: Tables;
  declare private readonly words: Words;

  constructor(tables: Tables, words: Words) {
    this.tables = tables;
    this.words = words;
  }

  noted({ market = [], states = [] }: CommitNotes, cause: Cause, at: At): void {
    for (const facts of market) this.facts(facts, at);
    for (const { market: of, changes } of states) this.state(of, changes, cause.type, at);
  }

  private facts(facts: NonNullable<CommitNotes["market"]>[number], at: At): void {
    const { words } = this;
    const { order, trade, lastClose, arrival, barLow, barHigh, barVolume } = facts;
    const row = this.tables.get("SELECT market, order_id FROM orders WHERE order_number = ?", order);
    if (row === undefined) return;
    const market = Number(row["market"]);
    const price = (units: number | undefined) => (units === undefined ? null : words.price(market, units as never));
    this.tables.insert("market_microstructure", {
      seq: at.seq,
      ts_utc: utc(at.time),
      bar_time_utc: at.barTime(market),
      market,
      symbol: words.symbol(market),
      event: trade === undefined ? "sent" : "filled",
      order_id: textOrNull(row, "order_id"),
      fill_id: trade === undefined ? null : fillName(market, order, trade),
      // Bars have no book.
      bid: null,
      ask: null,
      spread: null,
      last_close: price(lastClose),
      arrival_price: price(arrival),
      bar_low: price(barLow),
      bar_high: price(barHigh),
      bar_volume: barVolume === undefined ? null : words.quantity(market, Math.round(barVolume) as never),
      run_id: words.header.run,
    });
  }

  private state(market: number, changes: readonly StateChange[], event: string, at: At): void {
    const side = (which: "before" | "after"): string =>
      canonicalJson(Object.fromEntries(changes.filter((change) => which in change).map((change) => [change.path, change[which]])));
    const [before, after, diff] = [side("before"), side("after"), canonicalJson(patchOf(changes))];
    const head = { seq: at.seq, ts_utc: utc(at.time), bar_time_utc: at.barTime(market), symbol: this.words.symbol(market), event };
    this.tables.insert("strategy_state_events", { ...head, before, after, diff, run_id: this.words.header.run });
  }
}
