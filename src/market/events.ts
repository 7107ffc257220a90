// Reads a file of events of one kind whatever its form: a table of columns, a JSON document, a capture of a feed. What a kind's
// columns are called and mean is the kind's own file: trades.ts, quotes.ts, funding.ts, book.ts.

import { SeatrialError } from "../domain/index.ts";
import { readArrowTable } from "./arrow.ts";
import { readCapture, unreadable } from "./capture.ts";
import { formNames, withContent, wholeOf, type Content } from "./content.ts";
import { settleRows, type EventColumn, type EventOptions, type EventRows, type SettledRows } from "./event-rows.ts";
import type { ItemKind, MarketItem } from "./market-item.ts";
import { readParquetTable } from "./parquet.ts";
import { CsvTableReader } from "./table-csv.ts";
import { numbersOf, wordsOf, type Choose, type Pick, type Table, type TableHead } from "./table.ts";
import { documentItems } from "./venue-messages.ts";

/** The rows that one item makes, at one time. */
export interface Made {
  readonly symbol: string | null;
  /** Epoch ms by the clock asked for, NaN for none. */
  readonly time: number;
  readonly rows: readonly (readonly number[])[];
}

export interface TableEvents {
  readonly columns: readonly Float64Array[];
  /** The table's row that each row here came from. @defaultValue one each, in order */
  readonly sourceRows?: Uint32Array;
}

/** What the readers of messages have to know of a kind of event. */
export interface ItemEvents {
  readonly item: ItemKind;
  /** One event in words. */
  readonly noun: string;
  readonly columns: readonly EventColumn[];
  readonly maker: () => Maker;
}

/** A kind of event that tables hold too. */
export interface EventKind extends ItemEvents {
  /** The columns of a table that are read; `time` is the name of the time's role, `symbol` that of the market's. */
  readonly choose: (head: TableHead, file: string, received: boolean) => readonly Pick[];
  /** The kind's columns out of the table's. @throws SeatrialError without a place in rows */
  readonly fromTable: (table: Table, picks: readonly Pick[]) => TableEvents;
}

/** Makes rows of items in their order; may keep some back until a later one, or the end. */
export interface Maker {
  take(item: MarketItem, time: number): readonly Made[];
  finish?(): readonly Made[];
}

/** Names of the venue's time and of the recorder's, best first. */
export const timeNames = {
  exchange: ["timestamp", "time", "transact_time", "transaction_time", "event_time", "trade_time", "ts", "t", "t_ms", "datetime", "date"],
  received: ["local_timestamp", "received", "time_received", "received_at", "recv_time"],
} as const;
export const symbolNames = ["symbol", "instrument", "instrument_id", "coin", "market", "s"] as const;

/** An item as it is. */
export function plainMaker(): Maker {
  return { take: (item, time) => [{ symbol: item.symbol, time, rows: item.rows }] };
}

/** @throws SeatrialError of the form's reader and of `settleRows`, each with file and, where there are any, line and column */
export function readEvents(path: string, kind: EventKind, options: EventOptions): Promise<SettledRows> {
  return withContent(path, async (content) => {
    const rows =
      content.form === "json" || content.form === "capture" ? await readItems(content, kind, options) : await readRows(content, kind, options);
    return settleRows(rows, kind.columns, kind.noun, options);
  });
}

/** The chosen columns of a table in any form. @throws SeatrialError `format_unknown` for JSON and captures */
export async function readTable(content: Content, choose: Choose): Promise<Table> {
  const { file, form, first, rest } = content;
  switch (form) {
    case "parquet":
      return readParquetTable(content.bare ? { path: file } : { whole: await wholeOf(content) }, file, choose);
    case "arrow":
      return readArrowTable(await wholeOf(content), file, choose);
    case "text":
      return new CsvTableReader(file, choose).read(first, rest);
    default:
      throw new SeatrialError({
        code: "format_unknown",
        reason: `${formNames[form]} is no table`,
        hint: "save it as CSV or Parquet",
        place: { file },
      });
  }
}

async function readRows(content: Content, kind: EventKind, options: EventOptions): Promise<EventRows> {
  const { file } = content;
  let picks: readonly Pick[] = [];
  const table = await readTable(content, (head) => {
    picks = kind.choose(head, file, options.clock === "received");
    return picks;
  });
  const symbols = wordsOf(table, picks, "symbol");
  const time = numbersOf(table, picks, "time");
  const { columns, sourceRows } = placed(file, () => kind.fromTable(table, picks));
  if (sourceRows === undefined) return { file, time, columns, symbols, lines: table.firstLine };
  const firstLine = table.firstLine;
  return {
    file,
    time: Float64Array.from(sourceRows, (row) => time[row] as number),
    columns,
    symbols: symbols === null ? null : Array.from(sourceRows, (row) => symbols[row] ?? null),
    lines: firstLine === null ? null : Float64Array.from(sourceRows, (row) => firstLine + row),
  };
}

/** The rows of a capture or a JSON document. */
export async function readItems(content: Content, kind: ItemEvents, options: EventOptions): Promise<EventRows> {
  const { file, first, rest } = content;
  const maker = kind.maker();
  const time: number[] = [];
  const symbols: (string | null)[] = [];
  const lines: number[] = [];
  const columns: number[][] = kind.columns.map(() => []);
  const add = (all: readonly Made[], line: number): void => {
    for (const made of all) {
      for (const row of made.rows) {
        time.push(made.time);
        symbols.push(made.symbol);
        lines.push(line);
        row.forEach((value, at) => columns[at]?.push(value));
      }
    }
  };
  const found: Map<string, number> = new Map();
  const take = (item: MarketItem, received: number, line: number): void => {
    found.set(item.kind, (found.get(item.kind) ?? 0) + 1);
    if (item.kind === kind.item) add(maker.take(item, options.clock === "received" ? received : (item.time ?? Number.NaN)), line);
  };
  const capture = content.form === "capture";
  if (capture) await readCapture(first, rest, file, ({ item, received, line }) => take(item, received, line));
  else for (const item of await readDocument(content)) take(item, Number.NaN, 0);
  add(maker.finish?.() ?? [], 0);
  if (time.length === 0) throw noRows(content, kind, found);
  return {
    file,
    time: Float64Array.from(time),
    columns: columns.map((column) => Float64Array.from(column)),
    symbols,
    lines: capture ? Float64Array.from(lines) : null,
  };
}

/** Says what the file is and what else it holds. */
function noRows({ file, form }: Content, { noun }: ItemEvents, found: ReadonlyMap<string, number>): SeatrialError {
  const others = [...found].map(([kind, count]) => `${count} of ${kind}`);
  return new SeatrialError({
    code: "no_rows",
    reason: `${formNames[form]} without a ${noun}`,
    hint: others.length === 0 ? "it holds no message of a known shape" : `its messages are ${others.join(", ")}`,
    place: { file },
  });
}

/** The market data of a JSON document. @throws SeatrialError `bad_json`, and of the document's messages */
async function readDocument(content: Content): Promise<readonly MarketItem[]> {
  const { file } = content;
  const bytes = await wholeOf(content);
  try {
    return documentItems(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw cause instanceof SeatrialError ? cause.at({ file }) : unreadable(cause, "the file", { file });
  }
}

function placed<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof SeatrialError ? cause.at({ file }) : cause;
  }
}
