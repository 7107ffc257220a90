// Each order from the wish to its end, out of the journal's records, and each intent that a gate refused. Reads what was
// recorded and what the strategies asked for; it must never infer what nobody told without saying so.

import {
  attemptOf,
  intentOf,
  isOpenStatus,
  printUnits,
  tradeKey,
  type ListedOrder,
  type OrderFilled,
  type OrderRequest,
  type OrderSettled,
  type OrderType,
  type Price,
  type Reason,
  type RowStatus,
} from "../../domain/index.ts";
import type { FillDetail, OrderRow, SkipRow, TapeRecord } from "../../journal/index.ts";
import type { IntentNote, SimulationPlan, StopPoint } from "../../session/index.ts";
import type { Json, LifeStage, OrderLife, SkippedIntent } from "./run-view.ts";
import { gatesPassed, gatesUntil, intentText, type Asked } from "./gates.ts";
import type { RunNames } from "./names.ts";
import { fieldsOf, orderOf, sentenceOf, type Fields, type JournalRecord } from "./records.ts";
import type { Silence } from "./silences.ts";

/** What the lives are made of, beside the records. */
export interface LifeSources {
  readonly plan: SimulationPlan;
  readonly names: RunNames;
  readonly rows: readonly OrderRow[];
  readonly skipped: readonly SkipRow[];
  /** Executions that count: one that was told twice under two ids is among them once. */
  readonly fills: readonly FillDetail[];
  readonly notes: ReadonlyMap<number, IntentNote>;
  /** Where trailing stops stood, in the order of time. */
  readonly stops: readonly StopPoint[];
  /** Step of the player for a record, by its place among all of them; null where it has none. */
  readonly stepOf: (record: number) => number | null;
}

/** An order while its records are being read. */
interface Draft {
  readonly row: OrderRow;
  readonly stages: LifeStage[];
  readonly prices: { readonly time: number; readonly price: string }[];
  /** Where it stands in its route: told before its request. */
  routed: { readonly text: string; readonly fields: Fields } | null;
  /** As it was sent, or last changed by the venue. */
  request: OrderRequest | null;
  from: number | null;
  until: number | null;
  /** Place of the record that made the last stage. */
  last: number;
  readonly trades: Set<number | string>;
}

type Stage = LifeStage["stage"];

/** Which stage a record is in the life of its order; records that are absent here are told by others. */
const stages: Partial<Readonly<Record<JournalRecord["type"], Stage>>> = {
  order_held: "request",
  submit_order: "request",
  order_acknowledged: "acknowledged",
  order_adopted: "acknowledged",
  order_rejected: "rejected",
  order_unknown: "unknown",
  query_order: "unknown",
  query_answered: "unknown",
  amend_order: "amended",
  order_amended: "amended",
  amend_rejected: "amended",
  cancel_order: "cancel_requested",
  cancel_rejected: "cancel_refused",
  ledger_entry: "ledger",
  fill_voided: "voided",
};

/** Verdicts that are no end. */
const verdicts: Partial<Readonly<Record<RowStatus, Stage>>> = {
  UNKNOWN: "unknown",
  QUARANTINED: "unknown",
  SUBMITTED: "acknowledged",
  PARTIAL: "acknowledged",
};

/** Records by which it is known that an order is at the venue. */
const evidence: ReadonlySet<JournalRecord["type"]> = new Set(["order_acknowledged", "order_adopted", "order_filled", "order_amended"]);

export class Lives {
  declare private readonly sources: LifeSources;
  declare private readonly drafts: readonly Draft[];
  private readonly skips: SkippedIntent[] = [];
  private at = -1;
  /** When the record that is being read was heard: a process that slept, or was gone, hears late. */
  private now = Number.NEGATIVE_INFINITY;
  /** Executions that have not been told yet, by what they are. */
  private readonly counted = new Map<string, number>();

  /** @param most orders that get a life: the first ones */
  constructor(sources: LifeSources, most: number) {
    this.sources = sources;
    for (const { clientOrderId, quantity, price, time } of sources.fills) {
      const key = `${clientOrderId} ${quantity} ${price} ${time}`;
      this.counted.set(key, (this.counted.get(key) ?? 0) + 1);
    }
    this.drafts = sources.rows.slice(0, most).map((row) => {
      return { row, stages: [], prices: [], routed: null, request: null, from: null, until: null, last: -1, trades: new Set() };
    });
  }

  /** The journal's next record. */
  take({ bar, time, record }: TapeRecord): void {
    this.at += 1;
    this.now = Math.max(this.now, time);
    if (record.type === "intent_skipped") return this.skip(record);
    // The venue's lists are about many orders.
    if (record.type === "fills_reported") return record.fills.forEach((fill) => this.late(this.draftOf(fill.order), fill, bar));
    if (record.type === "open_orders_reported") return record.orders.forEach((order) => this.listed(order, record.market, bar, time));
    const number = orderOf(record);
    const draft = number === null ? undefined : this.draftOf(number);
    if (draft === undefined) return;
    if (record.type === "order_adopted") this.adopted(draft, record.request, bar);
    const fields = fieldsOf(record, this.sources.names);
    if (record.type === "submit_order" || record.type === "order_held") this.sent(draft, record.request, record.reason, bar);
    if (record.type === "order_routed") {
      draft.routed = { text: sentenceOf(record.type, fields, "it"), fields };
      return;
    }
    if (record.type === "order_settled") return this.settled(draft, record, fields, bar, time);
    this.noteVenue(draft, record, time);
    const stage = stages[record.type];
    if (stage !== undefined) this.add(draft, stage, sentenceOf(record.type, fields, "it"), fields, bar);
    if (record.type === "order_filled") this.filled(draft, record, bar);
    if (record.type === "query_answered") for (const fill of record.fills) this.late(draft, fill, bar);
  }

  /** A silence is over, with the record that was taken last: orders that were out stood at the venue meanwhile. */
  heardAgain({ market, text }: Silence, bar: number): void {
    for (const draft of this.drafts) {
      const { request, until } = draft;
      if (request === null || until !== null || (market !== null && market !== request.market)) continue;
      this.add(draft, "silence", text, null, bar);
    }
  }

  list(): OrderLife[] {
    for (const { order, time, price } of this.sources.stops) {
      const draft = this.drafts[this.sources.names.place(order) ?? -1];
      if (draft?.request !== null && draft?.request !== undefined) this.pushPrice(draft, draft.request, price, time);
    }
    return this.drafts.map(({ row, stages: told, prices, from, until }) => {
      const live = from === null ? null : { from, until: isOpenStatus(row.status) ? null : until };
      return { row, live, prices: live === null ? [] : prices, stages: told };
    });
  }

  get skipped(): readonly SkippedIntent[] {
    return this.skips;
  }

  // ---- the way to the venue -------------------------------------------------------------------------------------

  private sent(draft: Draft, request: OrderRequest, reason: Reason, bar: number): void {
    draft.request = request;
    if (draft.stages.length > 0) return;
    const { names, notes } = this.sources;
    const note = notes.get(intentOf(request.order));
    const again = request.replaces !== null || attemptOf(request.order) > 0;
    const text = note === undefined ? withoutNote(request, reason) : intentText(note, reason);
    const stand = request.replaces === null ? "" : `, in the place of ${names.label(request.replaces)}`;
    this.add(draft, "intent", `${text}${stand}`, note === undefined ? { reason } : intentFields(note, reason), bar);
    for (const gate of note === undefined ? [] : gatesPassed(this.askedOf(note, request.type), again)) {
      this.add(draft, "gate", `${gate}: passed`, null, bar);
    }
    if (draft.routed !== null) this.add(draft, "normalised", draft.routed.text, draft.routed.fields, bar);
    else if (note !== undefined && !again) this.add(draft, "normalised", normalised(note, request, this.sources), null, bar);
  }

  private askedOf({ kind, intent, asksPermission }: IntentNote, type: OrderType): Asked {
    const { topN, limits } = this.sources.plan.runner;
    return { kind, intent, type, asksPermission, topN, capped: Object.values(limits).some((limit) => limit !== null) };
  }

  private skip(record: Extract<JournalRecord, { type: "intent_skipped" }>): void {
    const row = this.sources.skipped[this.skips.length];
    if (row === undefined) return;
    const note = this.sources.notes.get(record.intent);
    const gates = gatesUntil(note === undefined ? null : this.askedOf(note, note.intent.orderType ?? "limit"), record.reason);
    const asked = note === undefined ? `asked to ${record.kind} ${record.side}` : intentText(note, note.intent.reason ?? "signal");
    const text = `${asked}; refused at “${gates.at(-1) ?? ""}”: ${record.reason}`;
    this.skips.push({ ...row, gates, text, step: this.sources.stepOf(this.at) });
  }

  // ---- at the venue ---------------------------------------------------------------------------------------------

  private noteVenue(draft: Draft, record: JournalRecord, time: number): void {
    const { request } = draft;
    if (request === null) return;
    if (evidence.has(record.type)) this.goLive(draft, time);
    if (record.type === "order_amended") {
      draft.request = { ...request, price: record.price, trigger: record.trigger, quantity: record.quantity };
      this.notePrice(draft, time);
    }
  }

  /** An execution, once: a reply and a stream message about one trade are the same fact twice. */
  private filled(draft: Draft, fill: OrderFilled, bar: number): void {
    const trade = tradeKey(fill);
    if (draft.trades.has(trade)) return;
    draft.trades.add(trade);
    // Venues do not tell when a trigger is reached: the first execution is how it is known.
    if (draft.trades.size === 1 && draft.request !== null) this.triggered(draft, draft.request, bar);
    const fields: Fields = { side: draft.row.side, ...fieldsOf(fill, this.sources.names) };
    const [quantity, price] = [fields["quantity"], fields["price"]].map((text) => (typeof text === "string" ? text : ""));
    const key = `${draft.row.clientOrderId} ${quantity} ${price} ${fill.time}`;
    const left = this.counted.get(key) ?? 0;
    this.counted.set(key, left - 1);
    if (left <= 0)
      return this.add(draft, "unknown", `told of one execution more than there was: ${sentenceOf("order_filled", fields, "it")}`, fields, bar);
    const late = fill.time < this.now ? `; that was at ${new Date(fill.time).toISOString()}` : "";
    this.add(draft, "fill", `${sentenceOf("order_filled", fields, "it")}${late}`, fields, bar);
  }

  /** An execution that the venue tells of because it was asked: it happened before. */
  private late(draft: Draft | undefined, fill: OrderFilled, bar: number): void {
    if (draft === undefined || draft.trades.has(tradeKey(fill))) return;
    this.goLive(draft, fill.time);
    this.filled(draft, fill, bar);
  }

  /** The venue has an order whose acknowledgement nobody heard. */
  private listed({ order, filled }: ListedOrder, market: number, bar: number, time: number): void {
    const draft = order === null ? undefined : this.draftOf(order);
    if (draft === undefined || draft.from !== null) return;
    this.goLive(draft, time);
    const done = printUnits(filled, this.sources.names.instrument(market).quantityScale);
    this.add(draft, "acknowledged", `the venue lists it among the open orders, ${done} filled`, { filled: done }, bar);
  }

  private adopted(draft: Draft, request: OrderRequest, bar: number): void {
    draft.request ??= request;
    if (draft.stages.length > 0) return;
    this.add(draft, "intent", "no process that this journal knows asked for it: the venue says that it is ours", null, bar);
  }

  private draftOf(order: number): Draft | undefined {
    return this.drafts[this.sources.names.place(order) ?? -1];
  }

  private goLive(draft: Draft, time: number): void {
    if (draft.from !== null) return;
    draft.from = time;
    this.notePrice(draft, time);
  }

  private notePrice(draft: Draft, time: number): void {
    const { request } = draft;
    const price = request?.price ?? request?.trigger ?? null;
    if (request !== null && price !== null) this.pushPrice(draft, request, price, time);
  }

  private pushPrice({ prices }: Draft, { market }: OrderRequest, price: Price, time: number): void {
    const text = printUnits(price, this.sources.names.instrument(market).priceScale);
    if (prices.at(-1)?.price !== text) prices.push({ time, price: text });
  }

  private triggered(draft: Draft, { trigger, market, terms }: OrderRequest, bar: number): void {
    if (trigger === null && (terms === null || terms.trail === null)) return;
    const scale = this.sources.names.instrument(market).priceScale;
    const what = trigger === null ? "the price turned back" : `${printUnits(trigger, scale)} was reached`;
    this.add(draft, "triggered", `${what}: known from the execution, a venue does not tell it`, null, bar);
  }

  private settled(draft: Draft, { status, reason }: OrderSettled, fields: Fields, bar: number, time: number): void {
    const stage = verdicts[status] ?? "ended";
    const found = stage === "acknowledged" ? "there is evidence of it, " : "";
    if (stage === "ended") draft.until ??= time;
    this.add(draft, stage, `${found}${status}: ${reason}`, fields, bar);
  }

  private add(draft: Draft, stage: Stage, text: string, data: Json, bar: number): void {
    const told: LifeStage = { stage, time: this.now, bar, text, step: this.sources.stepOf(this.at), data };
    // The ledger's line belongs to the fill, and the verdict on the order stands at its end.
    const behind = stage === "ledger" && draft.last === this.at - 1 && draft.stages.at(-1)?.stage === "ended";
    if (behind) draft.stages.splice(-1, 0, told);
    else draft.stages.push(told);
    draft.last = this.at;
  }
}

function withoutNote({ family }: OrderRequest, reason: Reason): string {
  return family === "revert" ? "the policy takes back an entry that slipped too far: max_entry_slip" : `asked for: ${reason}`;
}

function intentFields({ kind, hook, intent }: IntentNote, reason: Reason): Json {
  const said = Object.entries(intent).filter(([, value]) => value !== undefined);
  return { kind, hook, ...(Object.fromEntries(said) as Fields), reason };
}

/** What became of the strategy's numbers on their way to exact units. */
function normalised({ intent }: IntentNote, request: OrderRequest, { names, plan }: LifeSources): string {
  const { priceScale, quantityScale } = names.instrument(request.market);
  const { tick, step } = (plan.markets[request.market] as SimulationPlan["markets"][number]).rules;
  const changes: string[] = [];
  const quantity = printUnits(request.quantity, quantityScale);
  if (intent.quantity === undefined || intent.fraction !== undefined) changes.push(`the quantity comes to ${quantity}`);
  else if (Number(quantity) !== intent.quantity) {
    const less = intent.quantity - Number(quantity);
    const how = less < 0 ? "raised to the venue's minimum" : less < Number(step) ? `down to the step of ${step}` : "cut to what is there to close";
    changes.push(`quantity ${intent.quantity} became ${quantity}, ${how}`);
  }
  for (const key of ["price", "trigger"] as const) {
    const units = request[key];
    if (units === null) continue;
    const text = printUnits(units, priceScale);
    if (intent[key] === undefined) changes.push(`${key} ${text} from the last close`);
    else if (Number(text) !== intent[key]) changes.push(`${key} ${intent[key]} became ${text}, tick ${tick}`);
  }
  if (intent.orderType === undefined) changes.push(`type ${request.type} by the policy of family ${request.family}`);
  if (intent.timeInForce === undefined && request.timeInForce !== "GTC")
    changes.push(`${request.timeInForce === "PO" ? "post-only" : request.timeInForce} by the policy`);
  if (intent.timeToLive === undefined && request.timeToLive !== null) changes.push(`lives ${request.timeToLive} ms by the policy`);
  return changes.length === 0 ? "on tick and step already: nothing was changed" : changes.join("; ");
}
