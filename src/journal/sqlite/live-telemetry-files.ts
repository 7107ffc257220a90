// Files beside a session that say what the market allows and what the strategies went through: the venue's floor, the states of the
// strategies one a line, and a fill model of what was seen. Made of the tables; what they do not hold is null.

import { z } from "zod";

import { minimumNotional, printUnits, type Price } from "../../domain/index.ts";
import type { LiveFile, LiveSource } from "./live-source.ts";
import type { Manifest } from "./origin.ts";
import { textOf, textOrNull, type Row } from "./tables.ts";
import { Words } from "./words.ts";

const time = z.iso.datetime();
const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/);

/** Row 004-MO-1: `floor` = max(configured, min_cost × 1.1, min_quantity × price × 1.1), null before any price was noted. */
const orderFloor = z.strictObject({
  schema: z.literal("live_dynamic_min_order_floor_v1"),
  run_id: z.string(),
  ts_utc: time,
  /** The operator's, settlement currency; null: the journal does not say. */
  configured: z.number().nullable(),
  floors: z.record(
    z.string(),
    z.strictObject({
      min_cost: decimal,
      min_quantity: decimal,
      price: decimal.nullable(),
      price_utc: time.nullable(),
      floor: z.number().nullable(),
    }),
  ),
});

/** A line. */
const stateEvent = z.strictObject({
  seq: z.int(),
  run_id: z.string(),
  ts_utc: time,
  bar_time_utc: time.nullable(),
  symbol: z.string(),
  event: z.string(),
  /** Of what has changed, by JSON pointer. */
  before: z.record(z.string(), z.json()),
  after: z.record(z.string(), z.json()),
  /** A JSON patch (RFC 6902). */
  diff: z.array(z.strictObject({ op: z.enum(["add", "remove", "replace"]), path: z.string(), value: z.json().optional() })),
});

const calibration = z.looseObject({
  schema: z.literal("live_slippage_calibration_v1"),
  run_id: z.string(),
  ts_utc: time,
  fills: z.int().min(0),
  p90Bp: z.number().nullable(),
  p95Bp: z.number().nullable(),
  volumeRatio: z.number().nullable(),
  refusal: z.string().nullable(),
});

export const telemetryFiles: readonly LiveFile[] = [
  { name: "live_slippage_calibration.json", schema: calibration, make: makeCalibration },
  { name: "live_dynamic_min_order_floor.json", schema: orderFloor, make: makeFloor },
  { name: "strategy_state_events.jsonl", schema: stateEvent, lines: makeStates },
];

/** null: nobody here can work one out. */
function makeCalibration({ calibrate, header, now }: LiveSource): unknown {
  return calibrate === null ? null : { schema: "live_slippage_calibration_v1", run_id: header.run, ts_utc: now, ...(calibrate() as object) };
}

function makeFloor({ tables, header, now }: LiveSource): unknown {
  const { minOrderNotional: configured = null } = JSON.parse(
    textOf(tables.get("SELECT manifest FROM epochs ORDER BY epoch DESC LIMIT 1"), "manifest"),
  ) as Manifest;
  const { instruments } = new Words(header);
  const floors = instruments.map((instrument, market) => {
    const { symbol, priceScale, minNotional, moneyScale, minQuantity, quantityScale } = instrument;
    // The newest price that is noted: of an order that left, or of a fill.
    const row = tables.get(
      `SELECT reference_units AS units, ts_utc FROM orders WHERE market = ? AND reference_units IS NOT NULL ORDER BY seq DESC, order_number DESC LIMIT 1`,
      market,
    );
    const price = row === undefined ? null : (Number(row["units"]) as Price);
    const told = {
      min_cost: printUnits(minNotional, moneyScale),
      min_quantity: printUnits(minQuantity, quantityScale),
      price: price === null ? null : printUnits(price, priceScale),
      price_utc: textOrNull(row, "ts_utc"),
      floor: price === null ? null : minimumNotional(instrument, price, configured ?? 0),
    };
    return [symbol, told] as const;
  });
  return { schema: "live_dynamic_min_order_floor_v1", run_id: header.run, ts_utc: now, configured, floors: Object.fromEntries(floors) };
}

function makeStates({ tables, header }: LiveSource): unknown[] {
  if (header.format === 1) return [];
  const parsed = (row: Row, column: string): unknown => JSON.parse(textOf(row, column));
  return tables.all("SELECT * FROM strategy_state_events ORDER BY id").map((row) => ({
    seq: row["seq"],
    run_id: row["run_id"],
    ts_utc: row["ts_utc"],
    bar_time_utc: row["bar_time_utc"],
    symbol: row["symbol"],
    event: row["event"],
    before: parsed(row, "before"),
    after: parsed(row, "after"),
    diff: parsed(row, "diff"),
  }));
}
