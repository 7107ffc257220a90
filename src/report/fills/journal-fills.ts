// Fills out of a journal as it is printed, one JSON object a line: what was sent, what filled it, and what the market said beside
// both. Reads only the records that it needs; trusts none of them.

import * as z from "zod";

import { printUnits, printVenueOrderId, SeatrialError, tradeKey, type OrderType } from "../../domain/index.ts";
import { changeOf, exceeds, HeldFills, type FillBounds, type HeldFill } from "../../journal/index.ts";
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
  trade: z.union([units, z.string()]),
  time: z.number(),
  price: units,
  quantity: units,
  cumulative: units,
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
const sentRequest = z.object({
  order: units,
  market: units,
  side,
  leg,
  family: z.string(),
  type: z.enum(orderTypes),
  price,
  trigger: price,
  quantity: units,
  terms: z.object({ closePosition: z.boolean().optional() }).nullable().optional(),
});

/** The records that say something of a fill. */
const record = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("submit_order"),
    time: z.number(),
    request: sentRequest,
    lastClose: units.optional(),
  }),
  z.object({ type: z.literal("order_adopted"), time: z.number(), request: sentRequest }),
  z.object({ type: z.literal("order_routed"), order: units, predictedSlippage: z.number() }),
  z.object({ type: z.literal("order_amended"), order: units, sequence: z.number(), price, trigger: price, quantity: units }),
  z.object({ type: z.literal("amend_order"), order: units, quantity: units.nullable() }),
  z.object({ type: z.literal("order_acknowledged"), order: units, venueOrderId }),
  fillRecord.extend({ type: z.literal("order_filled"), bar: units }),
  z.object({ type: z.literal("query_answered"), bar: units, order: units, venueOrderId: venueOrderId.nullable(), fills: z.array(fillRecord) }),
  z.object({ type: z.literal("fills_reported"), bar: units, fills: z.array(fillRecord) }),
  z.object({ type: z.literal("open_orders_reported"), orders: z.array(z.object({ order: units.nullable(), venueOrderId })) }),
  z.object({
    type: z.literal("position_synced"),
    bar: units,
    market: units,
    leg,
    quantity: units,
    reason: z.string(),
    fill: fillRecord.pick({ order: true, trade: true }).optional(),
  }),
]);

type Read = z.output<typeof record>;
type Sent = Omit<Extract<Read, { type: "submit_order" }>, "type">;
type ReadFill = z.output<typeof fillRecord>;

const wanted: ReadonlySet<string> = new Set(record.options.map(({ shape }) => shape.type.value));
/** Before the type stand a bar and a time. */
const typeOfLine = /^\{"bar":-?\d+,"time":-?[\d.]+,"type":"([a-z_]+)"/;

/** An order while its records are being read. */
interface Draft extends FillBounds {
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

interface HeldRow extends HeldFill {
  readonly fill: ReadFill;
  readonly draft: Draft;
  /** In which it was told; the verdict comes later. */
  readonly bar: number;
}

class JournalReader {
  declare private readonly scales: readonly JournalScale[];
  /** Fills that are more than their order can have: none of them counts before the runner has counted it. */
  private readonly held = new HeldFills<HeldRow>();
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
      case "submit_order":
        return this.sent(read);
      case "order_adopted":
        // One that was sent and given up is known already.
        return this.orders.has(read.request.order) ? undefined : this.sent(read);
      case "order_routed":
        this.predictions.set(read.order, read.predictedSlippage);
        return;
      case "amend_order":
        return this.ask(read.order, read.quantity ?? 0);
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
        return;
      case "open_orders_reported":
        for (const { order, venueOrderId: id } of read.orders) if (order !== null) this.identify(order, id);
        return;
      case "position_synced": {
        const real = this.held.judge(read, null);
        if (real !== null) this.count(real);
      }
    }
  }

  private sent(sent: Sent): void {
    const { order, price: limit, trigger, quantity, terms } = sent.request;
    const asked = terms?.closePosition === true ? Number.POSITIVE_INFINITY : quantity;
    this.orders.set(order, { sent, price: limit, trigger, amended: 0, id: null, filled: 0, named: 0, asked });
  }

  private ask(order: number, quantity: number): void {
    const draft = this.orders.get(order);
    if (draft !== undefined) draft.asked = Math.max(draft.asked, quantity);
  }

  private identify(order: number, id: number | string): void {
    const draft = this.orders.get(order);
    if (draft !== undefined) draft.id = id;
  }

  private amend({ order, sequence, price: limit, trigger, quantity }: Extract<Read, { type: "order_amended" }>): void {
    this.ask(order, quantity);
    const draft = this.orders.get(order);
    if (draft === undefined || sequence < draft.amended) return;
    draft.amended = sequence;
    draft.price = limit;
    draft.trigger = trigger;
  }

  /** A fill of an order that this session never sent is none of its fills. */
  private fill(fill: ReadFill, bar: number): void {
    const draft = this.orders.get(fill.order);
    const key = `${fill.market}/${fill.order}/${tradeKey(fill)}`;
    if (draft === undefined || this.trades.has(key)) return;
    this.trades.add(key);
    const { leg: own, side: way } = draft.sent.request;
    const told = { fill, draft, bar };
    if (exceeds(draft, fill)) this.held.hold({ ...told, name: fill, market: fill.market, leg: own, change: changeOf(fill, way, null) });
    else this.count(told);
  }

  private count({ fill, draft, bar }: Pick<HeldRow, "fill" | "draft" | "bar">): void {
    const scale = this.scales[fill.market];
    if (scale === undefined) return;
    draft.filled += fill.quantity;
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
