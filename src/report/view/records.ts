// The journal's records as people read them: their own fields with exact decimals and names, and a sentence for each type.
// It must never leave out a field that says something, nor round one.

import { printUnits, type Instrument, type OrderRequest } from "../../domain/index.ts";
import type { TapeRecord } from "../../journal/index.ts";
import type { Json } from "./run-view.ts";
import type { RunNames } from "./names.ts";

export type JournalRecord = TapeRecord["record"];
/** The fields of a record, printed; what is null in the journal is absent. */
export type Fields = Readonly<Record<string, Json>>;

const prices: ReadonlySet<string> = new Set(["price", "trigger", "mark", "distance", "activation", "reference"]);
const quantities: ReadonlySet<string> = new Set(["quantity", "filled", "left", "cumulative", "done", "told"]);
const sums: ReadonlySet<string> = new Set(["gross", "entryFee", "exitFee", "net", "amount", "insurance", "equity", "maintenance"]);
const orders: ReadonlySet<string> = new Set(["order", "replaces", "parent", "group"]);
/** Said elsewhere, or of no interest to people. */
const left: ReadonlySet<string> = new Set(["type", "time", "rateScale"]);

/** A record's own fields: prices, quantities and money as exact decimals, orders and markets by name. */
export function fieldsOf(record: JournalRecord, names: RunNames): Fields {
  const market = "market" in record ? record.market : "request" in record && typeof record.request === "object" ? record.request.market : null;
  return printed(record, names, market === null ? null : names.instrument(market));
}

/** The same of a request alone; its type is not the type of its record. */
export function requestFields(request: OrderRequest, names: RunNames): Fields {
  const { type: _type, ...own } = request;
  return { orderType: request.type, ...printed(own, names, names.instrument(request.market)) };
}

function printed(record: object, names: RunNames, instrument: Instrument | null): Fields {
  const fields: Record<string, Json> = {};
  for (const [key, value] of Object.entries(record) as [string, unknown][]) {
    if (value === null || value === undefined || left.has(key) || (key === "order" && value === 0)) continue;
    if (key === "market") fields["symbol"] = names.symbol(value as number);
    else if (key === "request" && typeof value === "object") Object.assign(fields, requestFields(value as OrderRequest, names));
    else fields[key] = fieldOf(key, value, record as Readonly<Record<string, unknown>>, names, instrument);
  }
  return fields;
}

function fieldOf(key: string, value: unknown, record: Readonly<Record<string, unknown>>, names: RunNames, instrument: Instrument | null): Json {
  if (typeof value === "number") return orders.has(key) ? names.label(value) : numberOf(key, value, record, names, instrument);
  if (Array.isArray(value)) return value.map((item: Json) => (typeof item === "object" && item !== null ? printed(item, names, instrument) : item));
  if (typeof value !== "object" || value === null) return value as Json;
  return "numerator" in value ? ratioText(value as { numerator: number; denominator: number }) : printed(value, names, instrument);
}

function numberOf(key: string, value: number, record: Readonly<Record<string, unknown>>, names: RunNames, instrument: Instrument | null): Json {
  if (key === "rate") return printUnits(value, record["rateScale"] as number);
  if (instrument === null) return value;
  const { priceScale, quantityScale, moneyScale } = instrument;
  if (key === "fee") return names.fee(instrument, value, (record["feeCurrency"] as string | undefined) ?? instrument.rules.settle);
  if (sums.has(key) || (key === "cumulative" && record["type"] === "ledger_entry")) return printUnits(value, moneyScale);
  if (prices.has(key)) return printUnits(value, priceScale);
  return quantities.has(key) ? printUnits(value, quantityScale) : value;
}

function ratioText({ numerator, denominator }: { readonly numerator: number; readonly denominator: number }): string {
  return `${numerator}/${denominator}`;
}

// ---- sentences ----------------------------------------------------------------------------------------------------

/** A field as text; "?" for one that is not there. */
function t(fields: Fields, key: string): string {
  const value = fields[key];
  return value === undefined || value === null ? "?" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Text around a field, nothing without it. */
function maybe(fields: Fields, key: string, before: string, after = ""): string {
  return fields[key] === undefined ? "" : `${before}${t(fields, key)}${after}`;
}

/** How an order of each type is worded, by its request's fields. */
const wordings: Readonly<Record<string, (f: Fields) => string>> = {
  market: () => "at market",
  limit: (f) => `at ${t(f, "price")} or better`,
  stop_market: (f) => `at market once ${t(f, "trigger")} is reached (stop)`,
  stop_limit: (f) => `at ${t(f, "price")} or better once ${t(f, "trigger")} is reached (stop)`,
  take_profit_market: (f) => `at market once ${t(f, "trigger")} is reached (take-profit)`,
  take_profit_limit: (f) => `at ${t(f, "price")} or better once ${t(f, "trigger")} is reached (take-profit)`,
  trailing_stop: (f) => `at market when the price turns back (trailing stop${maybe(f, "trigger", ", first at ")})`,
  market_on_close: () => "at the day's last close",
};

/** A request in words: "sell 1 at 102 or better, reduce-only". */
export function requestText(f: Fields): string {
  const lives = f["timeInForce"] === "GTC" ? "" : f["timeInForce"] === "PO" ? ", post-only" : `, ${t(f, "timeInForce")}`;
  const life = typeof f["timeToLive"] === "number" ? `, for ${f["timeToLive"] / 1_000} s` : "";
  const wording = wordings[t(f, "orderType")]?.(f) ?? t(f, "orderType");
  return `${t(f, "side")} ${t(f, "quantity")} ${wording}${lives}${life}${f["reduceOnly"] === true ? ", reduce-only" : ""}`;
}

/** What a refusal says, in the venue's words where they are known. */
function refusalText(f: Fields): string {
  const words = [maybe(f, "code", ""), maybe(f, "message", "“", "”")].filter((part) => part !== "").join(" ");
  return `${t(f, "reason")}${words === "" ? "" : `: ${words}`}${maybe(f, "ccxtClass", " (", ")")}`;
}

/** `who`: the order's name, or "it" where the order is what the page speaks of. */
type Sentence = (f: Fields, who: string) => string;

const changesOf = (f: Fields): string =>
  [maybe(f, "price", "price "), maybe(f, "trigger", "trigger "), maybe(f, "quantity", "quantity ")].filter((part) => part !== "").join(", ");

/** @param to the one behind the last */
export function missedText(from: number, to: number): string {
  return to - from === 1 ? `bar ${from}` : `bars ${from} to ${to - 1}`;
}

/** Items of a list in one sentence at most. */
const listedMax = 4;

function listText(f: Fields, key: string, itemText: (item: Fields) => string): string {
  const items = f[key] as readonly Fields[];
  const named = items.slice(0, listedMax).map(itemText);
  const more = items.length > listedMax ? [`${items.length - listedMax} more`] : [];
  return `${items.length === 0 ? "none" : [...named, ...more].join(", ")}${f["complete"] === false ? ", but not all of them" : ""}`;
}

const openText = (f: Fields): string => `${f["order"] === undefined ? "one that is not ours" : t(f, "order")}, ${t(f, "side")} ${t(f, "quantity")}`;
const tradeText = (f: Fields): string => `${t(f, "quantity")} at ${t(f, "price")} of ${t(f, "order")}`;

function foreignText(f: Fields): string {
  const { length } = f["foreign"] as readonly Json[];
  return length === 0 ? "" : `; ${length} of no order of ours`;
}

const sentences: Readonly<Record<JournalRecord["type"], Sentence>> = {
  // events
  order_acknowledged: (f, who) =>
    `the venue took ${who} under the id ${typeof f["venueOrderId"] === "number" ? `vex-${String(f["venueOrderId"]).padStart(8, "0")}` : t(f, "venueOrderId")}`,
  order_rejected: (f, who) => `the venue refused ${who}, ${refusalText(f)}`,
  order_unknown: (f, who) => `nothing definite came back on the ${t(f, "request")} of ${who}: its outcome is open`,
  order_filled: (f) =>
    `${maybe(f, "side", "", " ")}${t(f, "quantity")} at ${t(f, "price")} filled as ${t(f, "liquidity")}, fee ${t(f, "fee")} ${t(f, "feeCurrency")}`,
  order_canceled: (f, who) => `the venue cancelled ${who}; ${t(f, "cumulative")} had filled`,
  order_expired: (f, who) => `${who} expired at the venue, ${t(f, "reason")}; ${t(f, "cumulative")} had filled`,
  cancel_rejected: (f, who) => `the venue refused to cancel ${who}, ${refusalText(f)}`,
  order_amended: (f, who) => `the venue changed ${who}: ${changesOf(f)}`,
  amend_rejected: (f, who) => `the venue refused to change ${who}, ${refusalText(f)}`,
  query_rejected: (f) => `the venue turned a question away, ${refusalText(f)}`,
  query_answered: (f, who) =>
    f["status"] === undefined ? `the venue does not know ${who}` : `the venue says that ${who} is ${t(f, "status")}, ${t(f, "cumulative")} filled`,
  position_reported: (f) =>
    `the venue reports the ${t(f, "leg")} position: ${t(f, "quantity")}${maybe(f, "entryPrice", " at ")}${f["external"] === true ? ", changed from outside" : ""}`,
  account_insolvent: (f) => `the account's equity of ${t(f, "equity")} no longer covers its maintenance margin of ${t(f, "maintenance")}`,
  funding_paid: (f) => `funding of ${t(f, "amount")} on ${t(f, "quantity")} ${t(f, "leg")}, rate ${t(f, "rate")} at ${t(f, "mark")}`,
  liquidated: (f) =>
    `the venue liquidated ${t(f, "quantity")} of the ${t(f, "leg")} position at ${t(f, "price")}, fee ${t(f, "fee")}; ${t(f, "left")} is left`,
  auto_deleveraged: (f) => `the venue deleveraged ${t(f, "quantity")} of the ${t(f, "leg")} position at ${t(f, "price")}; ${t(f, "left")} is left`,
  timer_fired: (f) => `timer ${t(f, "timer")} went off`,
  operator_command: (f) => `the operator: ${t(f, "command")}, ${t(f, "text")}`,
  strategy_verdict: (f) => `the strategy ${f["verdict"] === "differed" ? "answers otherwise than it did" : "broke"}: ${t(f, "text")}`,
  session_resumed: (f) => `the process came back as epoch ${t(f, "epoch")}${maybe(f, "changed", ", with another ")}`,
  bars_missed: (f) => `${missedText(Number(f["from"]), Number(f["to"]))} closed while nobody listened`,
  stream_gap: () => "the venue's stream broke off",
  stream_resynced: () => "the venue's stream is back",
  clock_checked: (f) => `the clock is ${t(f, "offset")} ms off the venue's; asleep for ${t(f, "slept")} ms`,
  open_orders_reported: (f) => `the venue listed the open orders: ${listText(f, "orders", openText)}`,
  fills_reported: (f) => `the venue listed the trades: ${listText(f, "fills", tradeText)}${foreignText(f)}`,
  cash_reported: (f) => `the account has ${t(f, "balance")}, and the venue told what moved it`,
  account_reported: (f) => `the account stands in ${t(f, "positionMode")} mode`,
  snapshot_failed: (f) => `the question for ${t(f, "question")} was not answered, ${refusalText(f)}`,
  venue_status_changed: (f) => `the venue's status: ${t(f, "status")}`,
  rules_reported: () => "the venue told its filters",
  fill_voided: (f, who) => `the venue took trade ${t(f, "trade")} of ${who} back`,
  funds_moved: (f) => `${t(f, "amount")} ${t(f, "currency")} moved without a trade: ${t(f, "text")}`,
  data_checked: (f) => `${f["stale"] === true ? "the data is stale" : "the data is fresh"}${maybe(f, "finding", ", ")}: ${t(f, "text")}`,
  // effects
  submit_order: (f, who) => `sent ${who}: ${requestText(f)}`,
  cancel_order: (f, who) => `asked the venue to cancel ${who}, ${t(f, "reason")}`,
  amend_order: (f, who) => `asked the venue to change ${who}: ${changesOf(f)}`,
  query_order: (_, who) => `asked the venue what became of ${who}`,
  query_position: (f) => `asked the venue for the ${t(f, "leg")} position`,
  set_timer: (f) => `set timer ${t(f, "timer")}`,
  alert: (f) => `${t(f, "level")}: ${t(f, "text")}`,
  order_held: (f, who) => `${who} waits until the venue takes requests again: ${requestText(f)}`,
  halt: (f) => `the session ends, ${t(f, "reason")}: ${t(f, "text")}`,
  intent_skipped: (f) => `refused to ${t(f, "kind").toLowerCase().replace("_", " ")} ${t(f, "side")} (${t(f, "family")}), ${t(f, "reason")}`,
  order_settled: (f, who) => `${who} is ${t(f, "status")}, ${t(f, "reason")}`,
  ledger_entry: (f) =>
    `closed ${t(f, "quantity")} ${t(f, "leg")}: gross ${t(f, "gross")}, fees ${t(f, "entryFee")} in and ${t(f, "exitFee")} out, net ${t(f, "net")}; ${t(f, "cumulative")} so far`,
  position_synced: (f) => `the book follows the venue: ${t(f, "leg")} is ${t(f, "quantity")}, ${t(f, "reason")}`,
  route_planned: (f) => `${t(f, "quantity")} will be worked by ${t(f, "route")} in ${t(f, "slices")} ${f["slices"] === 1 ? "slice" : "slices"}`,
  order_routed: (f, who) =>
    `${who} works slice ${t(f, "slice")} of its route, stage ${t(f, "stage")}; expected to lose ${t(f, "predictedSlippage")} to the market`,
  route_ended: (f) => `the route has ended with ${t(f, "filled")} filled, ${t(f, "reason")}`,
  query_open_orders: () => "asked the venue for all open orders",
  query_fills: () => "asked the venue for the trades since then",
  query_cash: () => "asked the venue what has moved the account's money",
  cash_synced: (f) => `${t(f, "amount")} ${t(f, "currency")} is in the book now: ${t(f, "reason")}`,
  query_account: () => "asked the venue how the account stands",
  query_rules: () => "asked the venue for its filters",
  order_adopted: (f, who) => `${who} is in the book from here on, ${t(f, "reason")}; ${t(f, "filled")} had filled`,
  foreign_seen: (f) => `${t(f, "what")} ${t(f, "id")} is not ours and is left alone, ${t(f, "reason")}`,
  strategy_failed: (f) => `${t(f, "hook")} failed and what it asked for is dropped: ${t(f, "text")}`,
  risk_locked: (f) => `${f["locked"] === true ? "no order that increases risk" : "orders may increase risk again"}, ${t(f, "reason")}`,
  reconciled: (f) =>
    `the comparison with the venue is ${t(f, "phase")}, ${t(f, "reason")}: ${t(f, "adopted")} orders adopted, ${t(f, "fills")} new fills, ${t(f, "synced")} positions brought in line, ${t(f, "foreign")} foreign`,
};

/** @param fields of this record, as `fieldsOf` gives them. @param who what the order is called, where it is about one */
export function sentenceOf(type: JournalRecord["type"], fields: Fields, who: string): string {
  return sentences[type](fields, who);
}

/** Number of the order that a record is about; null where it is about none. */
export function orderOf(record: JournalRecord): number | null {
  if ("order" in record) return record.order === 0 ? null : record.order;
  return "request" in record && typeof record.request === "object" ? record.request.order : null;
}

/** Numbers of all orders of ours that a record tells of: most are about one, the venue's lists are about many. */
export function ordersOf(record: JournalRecord): readonly number[] {
  if (record.type === "fills_reported") return [...new Set(record.fills.map(({ order }) => order))];
  if (record.type === "open_orders_reported") return record.orders.flatMap(({ order }) => (order === null ? [] : [order]));
  const order = orderOf(record);
  return order === null ? [] : [order];
}

/** Market that a record is about; null where it is about none. */
export function marketOf(record: JournalRecord): number | null {
  if ("market" in record) return record.market;
  return "request" in record && typeof record.request === "object" ? record.request.market : null;
}
