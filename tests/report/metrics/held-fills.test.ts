// Executions that are more than their order can have, in the figures: none counts before the runner has counted it. Worked out by
// hand: bought 1 at 100, told of another 1 at 102 on the same order, sold what there is at 105.

import { describe, expect, it } from "vitest";

import { JournalReader } from "../../../src/report/metrics/journal-reader.ts";
import { instrument } from "../../domain/rules.ts";

// Prices have 2 decimals, quantities 3, money 6.
const record = (type: string, fields: object): string => JSON.stringify({ bar: 0, time: 0, type, market: 0, ...fields });
const sent = (order: number, side: "buy" | "sell", family: string, quantity: number): string =>
  record("submit_order", { request: { order, market: 0, side, leg: "NET", family, quantity, terms: null }, reason: "signal" });
const filled = (order: number, trade: number | string, price: number, quantity: number, cumulative: number): string =>
  record("order_filled", { order, trade, price, quantity, cumulative, sequence: trade, fee: 0, feeCurrency: "USDC" });
const synced = (quantity: number, reason: string): string => record("position_synced", { leg: "NET", quantity, reason });
const realized = (quantity: number, gross: number): string => record("ledger_entry", { leg: "NET", quantity, gross, entryFee: 0, exitFee: 0 });

function readerOf(...lines: readonly string[]): JournalReader {
  const reader = new JournalReader([instrument()], [], 0);
  for (const line of lines) reader.take(line);
  return reader;
}

const bought = [sent(256, "buy", "entry", 1_000), filled(256, 1, 10_000, 1_000, 1_000)];

describe("an execution beyond its order", () => {
  it("counts for nothing while it is in question", () => {
    const reader = readerOf(...bought, filled(256, 2, 10_200, 1_000, 1_000));
    expect([reader.fills, reader.legs[0]?.held]).toEqual([1, 1_000]);
  });

  it("that was told twice never counts: the trade is of 1", () => {
    const reader = readerOf(
      ...bought,
      filled(256, 2, 10_200, 1_000, 1_000),
      synced(1_000, "fill_told_twice"),
      sent(512, "sell", "close", 1_000),
      filled(512, 3, 10_500, 1_000, 1_000),
      realized(1_000, 5_000_000),
    );
    expect(reader.fills).toBe(2);
    expect(reader.legs[0]?.trades).toMatchObject([{ quantity: 1_000, entryPrice: 100, exitPrice: 105, gross: 5_000_000, complete: true }]);
  });

  it("that the position has counts at its own price: 2 at 101 on average", () => {
    const reader = readerOf(
      ...bought,
      filled(256, 2, 10_200, 1_000, 1_000),
      synced(2_000, "fill_beyond_order"),
      sent(512, "sell", "close", 2_000),
      filled(512, 3, 10_500, 2_000, 2_000),
      realized(2_000, 8_000_000),
    );
    expect(reader.fills).toBe(3);
    expect(reader.legs[0]?.trades).toMatchObject([{ quantity: 2_000, entryPrice: 101, exitPrice: 105, gross: 8_000_000, complete: true }]);
  });

  it("of two in question the position names the one that it has", () => {
    const reader = readerOf(
      ...bought,
      filled(256, 2, 10_200, 400, 1_000),
      filled(256, 4, 10_300, 700, 1_000),
      synced(1_700, "fill_beyond_order"),
      synced(1_700, "fill_told_twice"),
    );
    expect([reader.fills, reader.legs[0]?.held]).toEqual([2, 1_700]);
  });

  it("that an amendment made room for is none", () => {
    const reader = readerOf(...bought, record("amend_order", { order: 256, quantity: 2_000 }), filled(256, 2, 10_200, 1_000, 2_000));
    expect([reader.fills, reader.legs[0]?.held]).toEqual([2, 2_000]);
  });

  it("whose venue leaves out trade ids is told from the next one by what had filled", () => {
    const reader = readerOf(sent(256, "buy", "entry", 1_000), filled(256, "", 10_000, 400, 400), filled(256, "", 10_000, 600, 1_000));
    expect([reader.fills, reader.legs[0]?.held]).toEqual([2, 1_000]);
  });
});
