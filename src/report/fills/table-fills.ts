// Fills out of a table that a bot or a venue has kept: CSV, Arrow or Parquet with a row a fill. Decimals are read as they stand;
// what makes no sense is an error with its line.

import { parseDecimal, printDecimal, SeatrialError, type Leg, type Liquidity, type OrderType, type Side } from "../../domain/index.ts";
import { readWordTable, type WordColumn, type WordTable } from "../../market/index.ts";
import type { FillFacts, FillSource } from "./facts.ts";

const timeNames = ["time", "timestamp", "datetime", "date", "ts", "fill_time"];
const columns = [
  { role: "symbol", names: ["symbol", "market", "instrument", "pair"] },
  { role: "side", names: ["side", "direction"] },
  { role: "quantity", names: ["quantity", "amount", "qty", "size", "n_contracts", "filled"] },
  { role: "price", names: ["price", "fill_price", "average"] },
  { role: "requested", names: ["requested", "order_price", "expected_price"], required: false },
  { role: "predicted", names: ["predicted", "predicted_slippage"], required: false },
  { role: "arrival", names: ["arrival", "arrival_price", "mid"], required: false },
  { role: "volume", names: ["volume", "volume_at_fill", "bar_volume"], required: false },
  { role: "family", names: ["family"], required: false },
  { role: "leg", names: ["leg"], required: false },
  { role: "type", names: ["type", "order_type"], required: false },
  { role: "liquidity", names: ["liquidity", "taker_or_maker", "takerormaker"], required: false },
  { role: "order", names: ["order_id", "orderid", "order"], required: false },
] as const satisfies readonly WordColumn[];
type Role = (typeof columns)[number]["role"];

/** Words as bots and venues write them, in lower case. */
const sides = new Map<string, Side>([
  ["buy", "buy"],
  ["sell", "sell"],
  ["b", "buy"],
  ["s", "sell"],
  ["1", "buy"],
  ["+1", "buy"],
  ["-1", "sell"],
]);
const typeNames = [
  "market",
  "limit",
  "stop_market",
  "stop_limit",
  "take_profit_market",
  "take_profit_limit",
  "trailing_stop",
  "market_on_close",
] as const;
const types = new Map<string, OrderType>(typeNames.map((name) => [name, name]));
const liquidities = new Map<string, Liquidity>([
  ["maker", "maker"],
  ["taker", "taker"],
  ["m", "maker"],
  ["t", "taker"],
]);
const legs = new Map<string, Leg>([
  ["long", "LONG"],
  ["short", "SHORT"],
  ["net", "NET"],
  ["both", "NET"],
]);

/** @throws SeatrialError `column_missing`, `bad_fill` and those of the file; exit code 3. A table without a row has no fills */
export async function readTableFills(file: string): Promise<FillSource> {
  const table = await readWordTable(file, timeNames, columns).catch((error: unknown) => {
    if (error instanceof SeatrialError && (error.code === "no_rows" || error.code === "file_empty")) return null;
    throw error;
  });
  const fills = table === null ? [] : new TableReader(file, table).fills();
  return { file, scenario: null, fills, assumption: null };
}

class TableReader {
  declare private readonly file: string;
  declare private readonly table: WordTable;
  declare private readonly words: ReadonlyMap<Role, readonly string[] | null>;

  constructor(file: string, table: WordTable) {
    this.file = file;
    this.table = table;
    this.words = new Map(columns.map(({ role }) => [role, table.words(role)]));
  }

  /** In the order of their times. */
  fills(): FillFacts[] {
    const fills: FillFacts[] = [];
    for (let row = 0; row < this.table.length; row += 1) fills.push(this.fill(row));
    return fills.sort((a, b) => a.time - b.time);
  }

  private fill(row: number): FillFacts {
    const predicted = this.decimal(row, "predicted", "any");
    return {
      time: this.table.time[row] as number,
      bar: null,
      symbol: this.word(row, "symbol") ?? this.fail(row, "symbol", "is empty"),
      side: this.oneOf(row, "side", sides) ?? this.fail(row, "side", "is empty"),
      leg: this.oneOf(row, "leg", legs),
      family: this.word(row, "family"),
      type: this.oneOf(row, "type", types),
      quantity: this.decimal(row, "quantity", "above_zero") ?? this.fail(row, "quantity", "is empty"),
      price: this.decimal(row, "price", "above_zero") ?? this.fail(row, "price", "is empty"),
      requested: this.decimal(row, "requested", "above_zero"),
      arrival: this.decimal(row, "arrival", "above_zero"),
      capped: false,
      volume: this.decimal(row, "volume", "not_negative"),
      predicted: predicted === null ? null : Number(predicted),
      liquidity: this.oneOf(row, "liquidity", liquidities),
      fee: null,
      feeCurrency: null,
      latencyMs: null,
      orderId: this.word(row, "order"),
    };
  }

  /** Null where there is no such column, or nothing in it. */
  private word(row: number, role: Role): string | null {
    const word = this.words.get(role)?.[row]?.trim() ?? "";
    return word === "" ? null : word;
  }

  private oneOf<T>(row: number, role: Role, known: ReadonlyMap<string, T>): T | null {
    const word = this.word(row, role);
    if (word === null) return null;
    return known.get(word.toLowerCase()) ?? this.fail(row, role, `is "${word.slice(0, 40)}", none of ${[...known.keys()].join(", ")}`);
  }

  private decimal(row: number, role: Role, rule: "above_zero" | "not_negative" | "any"): string | null {
    const word = this.word(row, role);
    if (word === null) return null;
    let value: string;
    try {
      value = printDecimal(parseDecimal(word));
    } catch {
      return this.fail(row, role, `is "${word.slice(0, 40)}", no decimal number`);
    }
    const amount = Number(value);
    if (!Number.isFinite(amount)) return this.fail(row, role, `is ${word.slice(0, 40)}, more than a number holds`);
    if (rule === "above_zero" && amount <= 0) return this.fail(row, role, `is ${value}, it has to be above 0`);
    if (rule === "not_negative" && amount < 0) return this.fail(row, role, `is ${value}, it cannot be below 0`);
    return value;
  }

  private fail(row: number, role: Role, what: string): never {
    const { firstLine } = this.table;
    throw new SeatrialError({
      code: "bad_fill",
      reason: `row ${row}: ${role} ${what}`,
      place: { file: this.file, line: firstLine === null ? null : firstLine + row },
    });
  }
}
