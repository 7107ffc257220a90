// Fills out of a journal as it is printed, one JSON object a line: what was sent, what filled it, and what the market said beside
// both. Reads only the records that it needs; trusts none of them.

import * as z from "zod";

import { printUnits, printVenueOrderId, SeatrialError, type OrderType } from "../../domain/index.ts";
import { readLines } from "../../market/index.ts";
import { oneLine } from "../outcome.ts";
import type { FillFacts } from "./facts.ts";

/** What the numbers of a journal are, by market: its place in the scenario's list. */
export interface JournalScale {
  readonly symbol: string;
  readonly price: number;
  readonly quantity: number;
  /** Decimals of each currency that fees may be in. */
  readonly money: Readonly<Record<string, number>>;
}

const units = z.int();
const price = units.nullable();
const side = z.enum(["buy", "sell"]);
const leg = z.enum(["LONG", "SHORT", "NET"]);
const orderTypes = [
  ...(["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"] as const),
  "market_on_close",
] as const satisfies readonly OrderType[];

const fillRecord = z.object({
  order: units,
  market: units,
  trade: units,
  time: z.number(),
  price: units,
  quantity: units,
  fee: units,
  feeCurrency: z.string(),
  liquidity: z.enum(["maker", "taker"]),
  filledBar: units.optional(),
  arrival: units.optional(),
  barLow: units.optional(),
  barHigh: units.optional(),
  barVolume: units.optional(),
});

const venueOrderId = z.union([units, z.string()]);

/** The records that say something of a fill. */
const record = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("submit_order"),
    time: z.number(),
    request: z.object({ order: units, market: units, side, leg, family: z.string(), type: z.enum(orderTypes), price, trigger: price }),
    lastClose: units.optional(),
  }),
  z.object({ type: z.literal("order_routed"), order: units, predictedSlippage: z.number() }),
  z.object({ type: z.literal("order_amended"), order: units, sequence: z.number(), price, trigger: price }),
  z.object({ type: z.literal("order_acknowledged"), order: units, venueOrderId }),
  fillRecord.extend({ type: z.literal("order_filled"), bar: units }),
  z.object({ type: z.literal("query_answered"), bar: units, order: units, venueOrderId: venueOrderId.nullable(), fills: z.array(fillRecord) }),
  z.object({ type: z.literal("fills_reported"), bar: units, fills: z.array(fillRecord) }),
]);

type Read = z.output<typeof record>;
type Sent = Extract<Read, { type: "submit_order" }>;

const wanted: ReadonlySet<string> = new Set([
  "submit_order",
  "order_routed",
  "order_amended",
  "order_acknowledged",
  "order_filled",
  "query_answered",
  "fills_reported",
]);
/** Before the type stand a bar and a time. */
const typeOfLine = /^\{"bar":-?\d+,"time":-?[\d.]+,"type":"([a-z_]+)"/;

/** An order while its records are being read. */
interface Draft {
  readonly sent: Sent;
  price: number | null;
  trigger: number | null;
  /** Venue sequence of the last amendment. */
  amended: number;
  id: number | string | null;
}

/** @throws SeatrialError `bad_journal` with file and line; of the file itself as `readLines`, but an empty journal has no fills */
export async function readJournalFills(file: string, scales: readonly JournalScale[]): Promise<FillFacts[]> {
  const journal = new JournalReader(scales);
  try {
    await readLines(file, (text, line) => {
      const found = recordOf(text, file, line);
      if (found !== null) journal.take(found);
    });
  } catch (error) {
    if (!(error instanceof SeatrialError && error.code === "file_empty")) throw error;
  }
  // Stable: fills of one instant keep the journal's order.
  return journal.fills.map((fill) => fill()).sort((a, b) => a.time - b.time);
}

function recordOf(text: string, file: string, line: number): Read | null {
  const type = typeOfLine.exec(text)?.[1];
  if (type === undefined) throw bad("this line is no record of a journal", file, line);
  if (!wanted.has(type)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`this ${type} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, file, line);
  }
  const parsed = record.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(`this ${type} is not understood: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`, file, line);
}

function bad(reason: string, file: string, line: number): SeatrialError {
  const hint = "a journal is written as journal.ndjson of a run; this one may be torn";
  return new SeatrialError({ code: "bad_journal", reason: oneLine(reason), hint, place: { file, line } });
}

class JournalReader {
  declare private readonly scales: readonly JournalScale[];
  private readonly orders = new Map<number, Draft>();
  private readonly predictions = new Map<number, number>();
  private readonly trades = new Set<string>();
  /** To be asked when all is read: an order's id may come behind its fill. */
  readonly fills: (() => FillFacts)[] = [];

  constructor(scales: readonly JournalScale[]) {
    this.scales = scales;
  }

  take(read: Read): void {
    switch (read.type) {
      case "submit_order": {
        const { order, price: limit, trigger } = read.request;
        this.orders.set(order, { sent: read, price: limit, trigger, amended: 0, id: null });
        return;
      }
      case "order_routed":
        this.predictions.set(read.order, read.predictedSlippage);
        return;
      case "order_amended":
        return this.amend(read);
      case "order_acknowledged":
        return this.identify(read.order, read.venueOrderId);
      case "order_filled":
        return this.fill(read, read.bar);
      case "query_answered":
        if (read.venueOrderId !== null) this.identify(read.order, read.venueOrderId);
        for (const fill of read.fills) this.fill(fill, read.bar);
        return;
      case "fills_reported":
        for (const fill of read.fills) this.fill(fill, read.bar);
    }
  }

  private identify(order: number, id: number | string): void {
    const draft = this.orders.get(order);
    if (draft !== undefined) draft.id = id;
  }

  private amend({ order, sequence, price: limit, trigger }: Extract<Read, { type: "order_amended" }>): void {
    const draft = this.orders.get(order);
    if (draft === undefined || sequence < draft.amended) return;
    draft.amended = sequence;
    draft.price = limit;
    draft.trigger = trigger;
  }

  /** A fill of an order that this session never sent is none of its fills. */
  private fill(fill: z.output<typeof fillRecord>, bar: number): void {
    const draft = this.orders.get(fill.order);
    const scale = this.scales[fill.market];
    const key = `${fill.market}/${fill.order}/${fill.trade}`;
    if (draft === undefined || scale === undefined || this.trades.has(key)) return;
    this.trades.add(key);
    const predicted = this.predictions.get(fill.order) ?? null;
    const requested = requestedOf(draft, predicted !== null);
    const { request, time } = draft.sent;
    const priceText = (value: number | null | undefined): string | null =>
      value === null || value === undefined ? null : printUnits(value, scale.price);
    const facts: Omit<FillFacts, "orderId"> = {
      time: fill.time,
      bar: fill.filledBar ?? bar,
      symbol: scale.symbol,
      side: request.side,
      leg: request.leg,
      family: request.family,
      type: request.type,
      quantity: printUnits(fill.quantity, scale.quantity),
      price: printUnits(fill.price, scale.price),
      requested: priceText(requested),
      arrival: priceText(fill.arrival),
      capped: fill.price === (request.side === "buy" ? fill.barHigh : fill.barLow),
      volume: fill.barVolume === undefined ? null : printUnits(fill.barVolume, scale.quantity),
      predicted,
      liquidity: fill.liquidity,
      fee: fill.feeCurrency in scale.money ? printUnits(fill.fee, scale.money[fill.feeCurrency] as number) : null,
      feeCurrency: fill.feeCurrency,
      latencyMs: fill.time - time,
    };
    this.fills.push(() => ({ ...facts, orderId: draft.id === null ? null : printVenueOrderId(draft.id) }));
  }
}

/**
 * The price that the decision was made at. A route's orders are judged by the last close that its prediction was made from; what
 * the venue moves (a trail) or the hour decides (the close) was asked for at no price.
 */
function requestedOf({ sent, price: limit, trigger }: Draft, routed: boolean): number | null {
  const { type } = sent.request;
  if (routed || type === "market") return sent.lastClose ?? null;
  if (type === "trailing_stop" || type === "market_on_close") return null;
  return trigger ?? limit;
}
