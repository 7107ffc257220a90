// One record of the journal in words: its numbers in the units of people. It must never leave a record untold: an unknown one is
// told by its type.

import { printUnits, type Instrument } from "../../domain/index.ts";

/** What a record may hold; numbers are whole units. */
interface Fields {
  readonly type: string;
  readonly bar: number;
  readonly time: number;
  readonly market?: number;
  readonly reason?: string;
  readonly order?: number;
  readonly [field: string]: unknown;
}

type Words = (fields: Fields, units: Units) => string;

/** Prints whole units of one market. */
class Units {
  declare private readonly instrument: Instrument | undefined;

  constructor(instrument: Instrument | undefined) {
    this.instrument = instrument;
  }

  get symbol(): string {
    return this.instrument?.symbol ?? "";
  }
  price(units: unknown): string {
    return printed(units, this.instrument?.priceScale);
  }
  quantity(units: unknown): string {
    return printed(units, this.instrument?.quantityScale);
  }
  money(units: unknown): string {
    return printed(units, this.instrument?.moneyScale);
  }
}

function printed(units: unknown, scale: number | undefined): string {
  return typeof units === "number" && scale !== undefined ? printUnits(units, scale) : String(units);
}

function requestWords(fields: Fields, units: Units): string {
  const request = fields["request"] as Readonly<Record<string, unknown>>;
  const at = request["price"] === null ? "" : ` at ${units.price(request["price"])}`;
  const from = request["trigger"] === null ? "" : ` triggered at ${units.price(request["trigger"])}`;
  const what = `${String(request["side"])} ${units.quantity(request["quantity"])} ${units.symbol} ${String(request["leg"])}`;
  return `${what} ${String(request["family"])} ${String(request["type"])}${at}${from}, because ${fields.reason ?? "?"}`;
}

const words: Readonly<Record<string, Words>> = {
  submit_order: (fields, units) => `order ${orderOf(fields)} sent: ${requestWords(fields, units)}`,
  order_held: (fields, units) => `order ${orderOf(fields)} waits to be sent: ${requestWords(fields, units)}`,
  cancel_order: ({ order, reason }) => `cancel of order ${order} sent, because ${reason}`,
  amend_order: (fields, units) =>
    `amendment of order ${fields.order} sent: price ${units.price(fields["price"])}, trigger ${units.price(fields["trigger"])}, quantity ${units.quantity(fields["quantity"])}`,
  order_filled: (fields, units) =>
    `order ${fields.order} filled: ${units.quantity(fields["quantity"])} at ${units.price(fields["price"])} as ${String(fields["liquidity"])}, fee ${units.money(fields["fee"])} ${String(fields["feeCurrency"])}`,
  order_settled: (fields) => `order ${fields.order} is ${String(fields["status"])}: ${fields.reason}`,
  order_acknowledged: ({ order }) => `order ${order} acknowledged`,
  order_rejected: (fields) => `order ${fields.order} refused: ${fields.reason}, "${String(fields["message"])}"`,
  order_expired: ({ order, reason }) => `order ${order} ended by the venue: ${reason}`,
  order_canceled: ({ order }) => `order ${order} canceled`,
  intent_skipped: (fields, units) =>
    `${String(fields["kind"])} ${units.symbol} ${String(fields["side"])} (${String(fields["family"])}) not sent: ${fields.reason}`,
  ledger_entry: (fields, units) =>
    `closed ${units.quantity(fields["quantity"])} ${units.symbol} ${String(fields["leg"])}: gross ${units.money(fields["gross"])}, net ${units.money(fields["net"])}`,
  funding_paid: (fields, units) => `funding of ${units.symbol} ${String(fields["leg"])}: ${units.money(fields["amount"])}`,
  liquidated: (fields, units) =>
    `liquidated: ${units.quantity(fields["quantity"])} ${units.symbol} ${String(fields["leg"])} at ${units.price(fields["price"])}`,
  alert: (fields) => `${String(fields["level"])}: ${String(fields["text"])}`,
  halt: (fields) => `halt: ${String(fields["text"])}`,
};

/** @param instruments in the order of the run's markets */
export function recordWords(
  line: string,
  instruments: readonly Instrument[],
): { readonly bar: number; readonly time: number; readonly text: string } {
  const fields = JSON.parse(line) as Fields;
  const request = fields["request"] as { readonly market?: number } | undefined;
  const market = fields.market ?? (typeof request === "object" ? request.market : undefined);
  const told = words[fields.type]?.(fields, new Units(market === undefined ? undefined : instruments[market])) ?? fields.type.replaceAll("_", " ");
  return { bar: fields.bar, time: fields.time, text: told };
}

function orderOf(fields: Fields): string {
  return String((fields["request"] as { readonly order?: number }).order);
}
