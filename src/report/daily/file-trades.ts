// Trades out of a file alone, fills.csv or orders.csv (rows 000-AN-2, 000-JR-1): the runner's own book, at average entry. What a
// file does not say is assumed and told: contracts of 1, linear.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import {
  Instrument,
  isReason,
  moneyScaleOf,
  multiplyDecimals,
  parseDecimal,
  parseUnits,
  pow10,
  printDecimal,
  printUnits,
  SeatrialError,
  type Decimal,
  type Family,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
  type Reason,
  type Sequence,
  type Side,
} from "../../domain/index.ts";
import { Book } from "../../runner/index.ts";
import { readCsv, type CsvRow } from "../read-csv.ts";
import { TradeLedger } from "../metrics/trade-ledger.ts";
import type { DaySource } from "./day-source.ts";

/** One execution as a file tells it. */
interface FileFill {
  readonly order: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly reason: Reason;
  readonly quantity: Decimal;
  /** Σ price × quantity. */
  readonly cost: Decimal;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly time: number;
}

type ReadRow = (row: CsvRow, file: string) => FileFill | null;

/** By the columns that only that file has. */
const forms: readonly { readonly columns: readonly string[]; readonly read: ReadRow; readonly once: boolean }[] = [
  { columns: ["orderId", "price", "fee", "liquidity"], read: fillOfRow, once: false },
  { columns: ["clientOrderId", "filled", "cost", "filledTime"], read: fillOfOrder, once: true },
];

/** @throws SeatrialError `no_fills`, `bad_csv`, `file_not_found` */
export async function daySourceOfFile(file: string): Promise<DaySource> {
  const rows = readCsv(await textOf(file), file);
  const columns = Object.keys(rows[0]?.cells ?? {});
  const form = forms.find((each) => each.columns.every((column) => columns.includes(column)));
  if (form === undefined && rows.length > 0) throw noFills(file, "it is neither fills.csv nor an orders.csv that says what was filled");
  const seen = new Set<string>();
  const fills = rows.flatMap((row) => {
    const fill = form?.read(row, file) ?? null;
    if (fill === null) return [];
    // An order that is written twice is one order.
    if (form?.once === true && seen.has(fill.order)) return [];
    seen.add(fill.order);
    return [fill];
  });
  if (fills.length === 0) throw noFills(file, "nothing was filled");
  return sourceOf(
    file,
    fills.sort((a, b) => a.time - b.time),
  );
}

function sourceOf(file: string, fills: readonly FileFill[]): DaySource {
  const currency = settlementOf(fills);
  const symbols = [...new Set(fills.map(({ symbol }) => symbol))];
  const turnover = fills.reduce((sum, { cost }) => sum + Number(printDecimal(cost)), 0);
  const moneyScale = moneyScaleOf({ [currency]: turnover.toFixed(0) }, currency);
  const books = new Map(symbols.map((symbol) => [symbol, new FileBook(instrumentOf(symbol, currency, moneyScale, fills), fills)]));
  for (const fill of fills) books.get(fill.symbol)?.take(fill);
  const exits = [...books.values()].flatMap((book) => book.exits).sort((a, b) => a.exitTime - b.exitTime);
  const open = [...books.values()].flatMap((book) => book.open);
  return {
    mode: "file",
    config: file,
    strategy: basename(file),
    currency,
    moneyScale,
    quantityScales: new Map([...books].map(([symbol, { instrument }]) => [symbol, instrument.quantityScale])),
    from: (fills[0] as FileFill).time,
    to: (fills.at(-1) as FileFill).time + 1,
    exits,
    funding: [],
    notes: [
      { time: null, text: "from a file alone: contracts of 1, linear; funding is not in it" },
      ...open.map((text) => ({ time: null, text: `${text} is open at the end of the file: no price is known for it` })),
    ],
  };
}

/** The runner's book of one symbol and the trades that it makes. */
class FileBook {
  declare readonly instrument: Instrument;
  declare private readonly book: Book;
  private readonly ledgers = new Map<Leg, TradeLedger>();
  private readonly numbers = new Map<string, number>();

  constructor(instrument: Instrument, fills: readonly FileFill[]) {
    this.instrument = instrument;
    const hedge = fills.some(({ symbol, leg }) => symbol === instrument.symbol && leg !== "NET");
    this.book = new Book(instrument, 0 as MarketIndex, hedge);
  }

  get exits(): TradeLedger["exits"] {
    return [...this.ledgers.values()].flatMap(({ exits }) => exits);
  }

  get open(): string[] {
    const open = [...this.ledgers.values()].flatMap((ledger) => ledger.open ?? []);
    return open.map(({ symbol, side, quantity }) => `${side} ${printUnits(quantity, this.instrument.quantityScale)} ${symbol}`);
  }

  take(fill: FileFill): void {
    const { instrument } = this;
    const quantity = unitsOf(fill.quantity, instrument.quantityScale);
    const cost = unitsOf(fill.cost, instrument.priceScale + instrument.quantityScale);
    // A sum of several fills need not be one price: units of quantity at the price below and at the one above it are exactly the sum.
    const price = Math.floor(cost / quantity);
    const above = cost - price * quantity;
    const fee = parseUnits(
      fill.fee,
      instrument.spot && fill.feeCurrency === instrument.rules.base ? instrument.quantityScale : instrument.moneyScale,
    );
    if (above > 0) this.apply(fill, price + 1, above, above === quantity ? fee : 0);
    if (above < quantity) this.apply(fill, price, quantity - above, fee);
  }

  private apply(fill: FileFill, price: number, quantity: number, fee: number): void {
    const { side, leg, family, reason, time, feeCurrency } = fill;
    const order = this.numberOf(fill.order);
    const request = { order, side, leg, family } as unknown as OrderRequest;
    const filled: OrderFilled = {
      type: "order_filled",
      time: time as Millis,
      sequence: 0 as Sequence,
      market: 0 as MarketIndex,
      order,
      trade: 0,
      price: price as Price,
      quantity: quantity as Quantity,
      fee: fee as Money,
      feeCurrency,
      liquidity: "taker",
      cumulative: quantity as Quantity,
    };
    const ledger = this.ledgers.get(leg) ?? new TradeLedger(this.instrument, leg);
    this.ledgers.set(leg, ledger);
    const coins = this.instrument.spot && feeCurrency === this.instrument.rules.base ? fee : 0;
    ledger.filled({ order, side, family, reason }, { price, quantity, time }, coins);
    const line = this.book.apply(request, filled, 0 as Money);
    if (line !== null) ledger.realized(line);
  }

  private numberOf(order: string): OrderNumber {
    const number = this.numbers.get(order) ?? this.numbers.size + 1;
    this.numbers.set(order, number);
    return number as OrderNumber;
  }
}

function fillOfRow({ line, cells }: CsvRow, file: string): FileFill {
  const quantity = decimalIn(cells, "quantity", file, line);
  return {
    ...namesIn(cells, file, line),
    quantity,
    cost: multiplyDecimals(decimalIn(cells, "price", file, line), quantity),
    time: timeIn(cells, "time", file, line),
  };
}

function fillOfOrder({ line, cells }: CsvRow, file: string): FileFill | null {
  if ((cells["filled"] ?? "") === "") return null;
  return {
    ...namesIn({ ...cells, fee: cells["fees"] ?? "" }, file, line),
    quantity: decimalIn(cells, "filled", file, line),
    cost: decimalIn(cells, "cost", file, line),
    time: timeIn(cells, "filledTime", file, line),
  };
}

type Cells = CsvRow["cells"];
type Names = Omit<FileFill, "quantity" | "cost" | "time">;

function namesIn(cells: Cells, file: string, line: number): Names {
  const { side = "", leg = "NET", purpose = "", fee = "", feeCurrency = "" } = cells;
  if ((side !== "buy" && side !== "sell") || (leg !== "NET" && leg !== "LONG" && leg !== "SHORT"))
    throw badRow(file, line, "its side or leg is no word");
  return {
    order: cells["clientOrderId"] ?? cells["orderId"] ?? "",
    symbol: cells["symbol"] ?? "",
    side,
    leg,
    family: (cells["family"] ?? "close") as Family,
    reason: isReason(purpose) ? purpose : "filled",
    fee: fee === "" ? "0" : fee,
    feeCurrency,
  };
}

function decimalIn(cells: Cells, column: string, file: string, line: number): Decimal {
  const text = cells[column] ?? "";
  if (!/^\d+(\.\d+)?$/.test(text)) throw badRow(file, line, `${column} "${text.slice(0, 40)}" is no number`);
  return parseDecimal(text);
}

function timeIn(cells: Cells, column: string, file: string, line: number): number {
  const time = Number(cells[column]);
  if (!Number.isSafeInteger(time) || cells[column] === "") throw badRow(file, line, `${column} is not epoch ms`);
  return time;
}

/** The currency of most fees that is no coin bought; the quote of the symbol where no fee says it. */
function settlementOf(fills: readonly FileFill[]): string {
  const named = fills.map(({ symbol }) => /[/:]([^/:]+)$/.exec(symbol)?.[1] ?? "");
  return named.find((currency) => currency !== "") ?? fills[0]?.feeCurrency ?? "";
}

/** The smallest scales that hold every number of the symbol. */
function instrumentOf(symbol: string, settle: string, money: number, fills: readonly FileFill[]): Instrument {
  const own = fills.filter((fill) => fill.symbol === symbol);
  const [base = symbol, quote = settle] = (symbol.split(":")[0] ?? symbol).split("/");
  const most = (scales: readonly number[]): number => scales.reduce((largest, scale) => Math.max(largest, scale), 0);
  const baseFees = own.filter(({ feeCurrency }) => feeCurrency === base).map(({ fee }) => parseDecimal(fee).scale);
  const quantity = most([...own.map((fill) => fill.quantity.scale), ...baseFees]);
  const price = most(own.map((fill) => fill.cost.scale - quantity));
  const none = {
    minQuantity: null,
    maxQuantity: null,
    maxMarketQuantity: null,
    minPrice: null,
    maxPrice: null,
    minNotional: null,
    maxLeverage: null,
  };
  return new Instrument(
    {
      symbol,
      base,
      quote,
      settle,
      kind: symbol.includes(":") ? "swap" : "spot",
      inverse: false,
      contractSize: "1",
      tick: printUnits(1, price),
      significantDigits: null,
      step: printUnits(1, quantity),
      ...none,
    },
    { price, quantity, money },
  );
}

function unitsOf(value: Decimal, scale: number): number {
  return parseUnits(printDecimal(value), Math.min(scale, 15)) * pow10(Math.max(0, scale - 15));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new SeatrialError({
      code: "file_not_found",
      reason: "the file cannot be read",
      hint: "name orders.csv or fills.csv of a run",
      place: { file },
      cause,
    });
  }
}

function noFills(file: string, reason: string): SeatrialError {
  return new SeatrialError({ code: "no_fills", reason, hint: "seatrial simulate writes both files into each run folder", place: { file } });
}

function badRow(file: string, line: number, reason: string): SeatrialError {
  return new SeatrialError({ code: "bad_csv", reason, hint: "a file that Seatrial has written needs no editing", place: { file, line } });
}
