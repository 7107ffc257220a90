// Trades out of fills and ledger lines by hand (row 000-AN-2): flat close, add, partial, reversal, what the venue does.

import { describe, expect, it } from "vitest";

import type { Family, Instrument, Reason, Side } from "../../../src/domain/index.ts";
import { TradeLedger, venueCloser } from "../../../src/report/metrics/trade-ledger.ts";
import type { LedgerFacts } from "../../../src/report/metrics/trade-line.ts";
import { instrument } from "../../domain/rules.ts";

// Prices have 2 decimals, quantities 3, money 6.
const price = (value: number): number => Math.round(value * 100);
const quantity = (value: number): number => Math.round(value * 1_000);
const money = (value: number): number => Math.round(value * 1_000_000);

const asked = (order: number, side: Side, family: Family = "entry", reason: Reason = "signal") => ({
  order,
  side,
  leg: "NET" as const,
  family,
  reason,
});
const fill = (at: number, size: number, time: number) => ({ price: price(at), quantity: quantity(size), time });
const line = (size: number, gross: number, entryFee = 0, exitFee = 0): LedgerFacts => ({
  quantity: quantity(size),
  gross: money(gross),
  entryFee: money(entryFee),
  exitFee: money(exitFee),
});

function ledgerOf(of: Instrument = instrument()): TradeLedger {
  return new TradeLedger(of, "NET");
}

describe("a trade", () => {
  it("goes from flat to flat; its money is the ledger's", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 2, 1_000), 0);
    expect(ledger.open).toMatchObject({ side: "LONG", quantity: 2_000, entryTime: 1_000, entryReason: "signal", profit: 0 });
    ledger.funded(money(-0.25), 3_000);
    ledger.filled(asked(2, "sell", "tp", "take_profit"), fill(11, 2, 5_000), 0);
    ledger.realized(line(2, 2, 0.01, 0.02));
    expect(ledger.open).toBeNull();
    expect(ledger.trades).toEqual([
      {
        symbol: "TEST/USDC:USDC",
        leg: "NET",
        side: "LONG",
        quantity: 2_000,
        entryTime: 1_000,
        exitTime: 5_000,
        entryPrice: 10,
        exitPrice: 11,
        entryValue: money(20),
        exitValue: money(22),
        gross: money(2),
        fees: money(0.03),
        funding: money(-0.25),
        profit: money(1.72),
        complete: true,
        entries: 1,
        exits: 1,
        entryReason: "signal",
        exitReason: "take_profit",
        entryFamily: "entry",
        exitFamily: "tp",
      },
    ]);
  });

  it("that is added to enters at the weighted average, and a partial close is at the average of then", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 1, 1), 0);
    ledger.filled(asked(2, "buy", "dca", "dca_level"), fill(13, 2, 2), 0);
    // Average 12. 1 out at 15: +3; then 2 at 9: −6.
    ledger.filled(asked(3, "sell", "partial", "sub_sell"), fill(15, 1, 3), 0);
    ledger.realized(line(1, 3));
    expect(ledger.trades).toEqual([]);
    ledger.filled(asked(4, "sell", "sl", "stop_loss"), fill(9, 2, 4), 0);
    ledger.realized(line(2, -6));
    expect(ledger.exits).toMatchObject([
      { quantity: 1_000, entryPrice: 12, exitPrice: 15, gross: money(3), entryTime: 1, exitTime: 3, exitReason: "sub_sell" },
      { quantity: 2_000, entryPrice: 12, exitPrice: 9, gross: money(-6), entryTime: 1, exitTime: 4, exitReason: "stop_loss" },
    ]);
    // In at (10 + 26) ÷ 3, out at (15 + 18) ÷ 3.
    expect(ledger.trades).toMatchObject([
      { quantity: 3_000, entryPrice: 12, exitPrice: 11, gross: money(-3), entries: 2, exits: 2, entryReason: "signal", exitReason: "stop_loss" },
    ]);
  });

  it("that is turned round ends, and the next one begins with what is left of the fill", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 1, 1), 0);
    ledger.filled(asked(2, "sell", "entry", "reversal"), fill(12, 3, 2), 0);
    ledger.realized(line(1, 2, 0.1, 0.1));
    expect(ledger.trades).toMatchObject([{ side: "LONG", quantity: 1_000, exitValue: money(12), profit: money(1.8), exitReason: "reversal" }]);
    expect(ledger.open).toMatchObject({ side: "SHORT", quantity: 2_000, entryTime: 2, entryReason: "reversal" });
    ledger.filled(asked(3, "buy", "close"), fill(11, 2, 3), 0);
    ledger.realized(line(2, 2));
    expect(ledger.trades[1]).toMatchObject({ side: "SHORT", entryPrice: 12, exitPrice: 11, entryValue: money(24), gross: money(2) });
  });

  it("closed by several fills of one order is one line of exits", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "sell"), fill(10, 3, 1), 0);
    ledger.filled(asked(2, "buy", "tp"), fill(9, 1, 2), 0);
    ledger.realized(line(1, 1, 0.1, 0.2));
    ledger.filled(asked(2, "buy", "tp"), fill(8, 2, 3), 0);
    ledger.realized(line(2, 4, 0.2, 0.3));
    expect(ledger.exits).toMatchObject([
      { side: "SHORT", quantity: 3_000, exits: 2, exitTime: 3, gross: money(5), fees: money(0.8), profit: money(4.2) },
    ]);
    expect(ledger.exits[0]?.entryPrice).toBeCloseTo(10, 9);
    expect(ledger.exits[0]?.exitPrice).toBeCloseTo(25 / 3, 9);
  });

  it("of an inverse contract has its averages by value", () => {
    const inverse = instrument({ symbol: "TEST/USD:TEST", inverse: true, settle: "TEST", step: "1" }, { quantity: 0, money: 8 });
    const ledger = new TradeLedger(inverse, "NET");
    // 100 contracts of 1 at 10 are 10 coins, at 20 they are 5.
    ledger.filled(asked(1, "buy"), { price: 1_000, quantity: 100, time: 1 }, 0);
    ledger.filled(asked(2, "sell", "close"), { price: 2_000, quantity: 100, time: 2 }, 0);
    ledger.realized({ quantity: 100, gross: 5e8, entryFee: 0, exitFee: 0 });
    expect(ledger.trades).toMatchObject([{ entryPrice: 10, exitPrice: 20, entryValue: 10e8, exitValue: 5e8 }]);
    expect(ledger.exits).toMatchObject([{ entryPrice: 10, exitPrice: 20, entryValue: 10e8 }]);
  });

  it("in a coin ends with a rest that no order can sell, and pays a fee in coins", () => {
    const spot = instrument({ symbol: "TEST/USDC", kind: "spot", step: "0.01" });
    const ledger = new TradeLedger(spot, "NET");
    ledger.filled(asked(1, "buy"), fill(10, 1, 1), quantity(0.001));
    expect(ledger.open?.quantity).toBe(999);
    ledger.filled(asked(2, "sell", "close"), fill(11, 0.99, 2), 0);
    ledger.realized(line(0.99, 0.99));
    expect([ledger.trades.length, ledger.open]).toEqual([1, null]);
  });

  it("is ended by the venue's liquidation, with what the insurance took among the fees", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 2, 1), 0);
    ledger.closedByVenue("sell", fill(9, 2, 4), "liquidated", money(0.5));
    ledger.realized(line(2, -2, 0.1, 0.5));
    ledger.synced(0, price(9), 4, "liquidated");
    expect(ledger.trades).toMatchObject([{ exitReason: "liquidated", exitFamily: "liquidation", profit: money(-2.6), complete: true }]);
  });

  it("that somebody else closes is not complete: nobody has told what it brought", () => {
    const ledger = ledgerOf();
    ledger.boot(quantity(2), price(10), 0);
    ledger.filled(asked(1, "sell", "partial"), fill(11, 1, 3), 0);
    ledger.realized(line(1, 1));
    ledger.synced(0, price(11), 7, "externally_closed");
    expect(ledger.trades).toMatchObject([
      {
        entryReason: "boot",
        entryFamily: null,
        entryTime: 0,
        exitTime: 7,
        complete: false,
        gross: money(1),
        exitReason: "externally_closed",
        exitFamily: null,
      },
    ]);
    expect(ledger.open).toBeNull();
  });

  it("that a report has closed becomes whole with the word of what closed it, in whatever trade the leg is then", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 2, 1), 0, money(0.1));
    ledger.synced(0, price(11), 6, "exchange_no_position_before_close");
    ledger.filled(asked(2, "buy"), fill(12, 1, 7), 0, money(0.06));
    ledger.overtaken(venueCloser("auto_deleveraged"), fill(9, 2, 5), money(0.02));
    ledger.realized(line(2, -2, 0.1, 0.02));
    expect(ledger.trades).toMatchObject([
      { quantity: 2_000, exitTime: 5, exitPrice: 9, gross: money(-2), fees: money(0.12), complete: true, exitReason: "auto_deleveraged" },
    ]);
    expect(ledger.exits).toMatchObject([{ quantity: 2_000, exitPrice: 9, exitReason: "auto_deleveraged" }]);
    expect(ledger.open).toMatchObject({ quantity: 1_000, entryTime: 7, gross: 0, entryFees: money(0.06) });
  });

  it("that a report has made smaller is whole when all that did it is told, and not before", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 3, 1), 0, money(0.3));
    ledger.synced(quantity(1), price(11), 4, "external_position_change");
    ledger.overtaken(venueCloser("auto_deleveraged"), fill(11, 1, 2), 0);
    ledger.realized(line(1, 1, 0.1));
    ledger.filled(asked(2, "sell", "close"), fill(12, 1, 9), 0);
    ledger.realized(line(1, 2, 0.1));
    expect(ledger.trades).toMatchObject([{ quantity: 2_000, complete: false, exitTime: 9, exitReason: "signal" }]);
    ledger.overtaken(asked(3, "sell", "tp", "take_profit"), fill(13, 1, 3), 0);
    ledger.realized(line(1, 3, 0.1));
    expect(ledger.trades).toMatchObject([
      { quantity: 3_000, gross: money(6), fees: money(0.3), complete: true, exitTime: 9, exits: 3, exitReason: "signal" },
    ]);
  });

  it("that somebody has closed a part of stays incomplete, whatever is told of the time after", () => {
    const ledger = ledgerOf();
    ledger.filled(asked(1, "buy"), fill(10, 3, 1), 0);
    ledger.synced(quantity(2), price(11), 4, "external_position_change");
    ledger.synced(0, price(11), 8, "exchange_no_position_before_close");
    ledger.overtaken(venueCloser("auto_deleveraged"), fill(11, 2, 6), 0);
    ledger.realized(line(2, 2));
    expect(ledger.trades).toMatchObject([{ quantity: 2_000, gross: money(2), complete: false }]);
  });

  it("gets the funding that was paid for it, told before its entry or after its end", () => {
    const ledger = ledgerOf();
    ledger.funded(money(-0.125), 3);
    ledger.filled(asked(1, "buy"), fill(10, 1, 2), 0);
    ledger.filled(asked(2, "sell", "close"), fill(11, 1, 5), 0);
    ledger.realized(line(1, 1));
    ledger.filled(asked(3, "buy"), fill(11, 1, 5), 0);
    // A stamp of the instant in which one trade ended and the next began was paid for the one before.
    ledger.funded(money(-0.25), 5);
    ledger.funded(money(-0.5), 6);
    expect(ledger.trades).toMatchObject([{ funding: money(-0.375), profit: money(0.625) }]);
    expect(ledger.open).toMatchObject({ funding: money(-0.5) });
  });

  it("that begins with its own close, because that was heard first, is one trade with all its fees", () => {
    const ledger = ledgerOf();
    ledger.closedByVenue("sell", fill(9, 2, 4), "auto_deleveraged", money(0.02));
    expect(ledger.open).toMatchObject({ side: "SHORT", quantity: 2_000, entryFees: money(0.02) });
    ledger.filled(asked(1, "buy"), fill(10, 2, 1), 0, money(0.1));
    ledger.realized(line(2, -2, 0.02, 0.1));
    expect(ledger.trades).toMatchObject([{ gross: money(-2), fees: money(0.12), complete: true }]);
    expect(ledger.open).toBeNull();
  });

  it("follows what the venue states of a position that has grown, shrunk or turned round outside", () => {
    const ledger = ledgerOf();
    ledger.synced(quantity(1), price(10), 1, "external_position_change");
    expect(ledger.open).toMatchObject({ side: "LONG", quantity: 1_000, entryReason: "external_position_change" });
    ledger.synced(quantity(3), price(10), 2, "external_position_change");
    expect(ledger.open).toMatchObject({ quantity: 3_000, entryTime: 1 });
    ledger.synced(quantity(2), price(10), 3, "external_position_change");
    expect([ledger.open?.quantity, ledger.trades.length]).toEqual([2_000, 0]);
    ledger.synced(quantity(-1), price(10), 4, "external_position_change");
    expect(ledger.trades).toMatchObject([{ side: "LONG", complete: false, exitTime: 4 }]);
    expect(ledger.open).toMatchObject({ side: "SHORT", quantity: 1_000, entryTime: 4 });
  });
});
