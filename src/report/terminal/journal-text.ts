// What `seatrial journal` prints for people. It lays out what it is given and looks nothing up.

import { printUnits, type Effect } from "../../domain/index.ts";
import type { Cause } from "../../journal/index.ts";
import type { JournalHeader } from "../../journal/sqlite/format.ts";
import type { Repair } from "../../journal/sqlite/repair.ts";
import type { ShownCommit } from "../../journal/sqlite/select.ts";
import type { Telemetry } from "../../journal/sqlite/telemetry.ts";
import type { JournalFacts } from "../../journal/sqlite/verify.ts";
import { tableText, type Column } from "./table.ts";

export function factsText(facts: JournalFacts): string {
  const { file, ok, journal, run, mode, format, commits, processes, hash, head, snapshots, findings } = facts;
  const lines = [
    `${file}: ${ok ? "whole" : "NOT WHOLE"}`,
    ...(journal === null ? [] : [`  journal    ${journal}, format ${format}`, `  session    ${run} (${mode})`]),
    `  commits    ${commits}${hash === null || commits === 0 ? "" : `, the last one ${hash.slice(0, 16)}…`}`,
    `  processes  ${processes}`,
    `  head       ${head === null ? "none" : `commit ${head.seq} of process ${head.epoch}`}`,
    `  snapshots  ${snapshots.length === 0 ? "none" : `behind commit ${snapshots.join(" and ")}`}`,
    ...findings.map(({ part, code, text }) => `  ${part}: ${text} (${code})`),
  ];
  if (!ok) lines.push("Start nothing on this account. Keep a copy of all its files; docs/journal.md, Quarantine, says what can be done.");
  return `${lines.join("\n")}\n`;
}

export function repairText({ file, mended, copy, commits }: Repair): string {
  const lines = mended.map((text) => `  mended: ${text}`);
  return `${file}: mended, with all its ${commits} commits\n${lines.join("\n")}\n  as it was: ${copy}\n`;
}

const columns: readonly Column[] = [
  { title: "seq", align: "right" },
  { title: "process", align: "right", dispensable: true },
  { title: "time" },
  { title: "told", flexible: true },
  { title: "answered", flexible: true },
];

/** @param total how many there are, shown or not */
export function commitsText(commits: readonly ShownCommit[], total: number, header: JournalHeader, width: number): string {
  if (total === 0) return "no commits\n";
  const rows = commits.map(({ seq, epoch, time, cause, effects }) => [
    String(seq),
    String(epoch),
    new Date(time).toISOString().replace(".000Z", "Z"),
    causeText(cause, header),
    effects.map((effect) => effectText(effect, header)).join("; "),
  ]);
  const rest = total > commits.length ? `the newest ${commits.length} of ${total} commits; --limit all shows every one\n` : "";
  return `${tableText(columns, rows, width)}\n${rest}`;
}

export function telemetryText({ file, run, format, tables, files }: Telemetry, width: number): string {
  const counts = Object.entries(tables).map(([table, count]) => [table, String(count)]);
  const said = files.map(({ file: name, what, counted, expected, agrees }) => {
    const found = counted === null ? "not written" : `${counted} ${what}`;
    return [name, found, agrees ? "" : `the tables have ${expected}`];
  });
  const head = `${file}: session ${run}, format ${format}\n`;
  const tableRows = tableText([{ title: "table" }, { title: "rows", align: "right" }], counts, width);
  return `${head}${tableRows}\n${tableText([{ title: "file" }, { title: "says" }, { title: "differs" }], said, width)}\n`;
}

/** Rows of a table as they stand, without what is NULL in all of them: as a table where it fits, else one below the other. */
export function rowsText(rows: readonly Readonly<Record<string, unknown>>[], total: number, width: number): string {
  if (rows.length === 0) return "no rows\n";
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== null));
  const cell = (value: unknown): string => (value === null ? "" : String(value as string | number));
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => cell(row[name]).length)));
  const fits = widths.reduce((sum, one) => sum + one + 3, 1) <= width;
  const shown = names.map((title): Column => {
    const isNumber = rows.every((row) => row[title] === null || typeof row[title] === "number");
    return { title, ...(isNumber ? { align: "right" as const } : {}) };
  });
  const longest = Math.max(...names.map(({ length }) => length));
  const block = (row: Readonly<Record<string, unknown>>): string => {
    const [first = "", ...others] = names.filter((name) => row[name] !== null).map((name) => `${name.padEnd(longest)}  ${cell(row[name])}`);
    return [first, ...others.map((line) => `  ${line}`)].join("\n");
  };
  const cells = rows.map((row) => names.map((name) => cell(row[name])));
  const text = fits ? tableText(shown, cells, width) : rows.map(block).join("\n");
  const rest = total > rows.length ? `the newest ${rows.length} of ${total} rows; --limit all shows every one\n` : "";
  return `${text}\n${rest}`;
}

function causeText(cause: Cause, header: JournalHeader): string {
  const market = "market" in cause && cause.market !== null ? header.markets[cause.market] : undefined;
  switch (cause.type) {
    case "instant_closed":
      return cause.closings
        .map(({ market: at, series, bar }) => `bar ${bar}${series === 0 ? "" : ` of series ${series}`} of ${symbolOf(header, at)}`)
        .join(", ");
    case "order_filled":
      return `order_filled ${cause.order}: ${printUnits(cause.quantity, market?.quantityScale ?? 0)} at ${printUnits(cause.price, market?.priceScale ?? 0)}`;
    case "timer_fired":
      return `timer_fired ${cause.timer}`;
    case "operator_command":
      return `${cause.command}: ${cause.text}`;
    default: {
      const of = "order" in cause && cause.order !== null ? ` ${cause.order}` : market === undefined ? "" : ` ${market.rules.symbol}`;
      return `${cause.type}${of}`;
    }
  }
}

function effectText(effect: Effect, header: JournalHeader): string {
  switch (effect.type) {
    case "submit_order":
    case "order_held":
    case "order_adopted": {
      const { order, market, side, family, type, quantity, price, trigger } = effect.request;
      const { priceScale = 0, quantityScale = 0 } = header.markets[market] ?? {};
      const at = price === null ? "" : ` at ${printUnits(price, priceScale)}`;
      const when = trigger === null ? "" : ` when ${printUnits(trigger, priceScale)}`;
      return `${effect.type} ${order}: ${side} ${printUnits(quantity, quantityScale)} ${symbolOf(header, market)} ${type}${at}${when}, ${family}`;
    }
    case "order_settled":
      return `order ${effect.order} ${effect.status}: ${effect.reason}`;
    case "alert":
      return `${effect.level}: ${effect.text}`;
    case "halt":
      return `halt: ${effect.text}`;
    case "set_timer":
      return `timer ${effect.timer} at ${new Date(effect.due).toISOString()}`;
    case "ledger_entry":
      return `net ${printUnits(effect.net, header.markets[effect.market]?.moneyScale ?? 0)}`;
    default:
      return `${effect.type}${"order" in effect ? ` ${effect.order}` : ""}${"reason" in effect ? `: ${effect.reason}` : ""}`;
  }
}

function symbolOf(header: JournalHeader, market: number): string {
  return header.markets[market]?.rules.symbol ?? `market ${market}`;
}
