// The tape back into events and effects, as they were.

import {
  reasons,
  type BarIndex,
  type CcxtErrorClass,
  type Effect,
  type Event,
  type Family,
  type FundingPaid,
  type IntentKind,
  type IntentNumber,
  type LedgerEntry,
  type Leg,
  type Liquidated,
  type Liquidity,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderAcknowledged,
  type OrderFilled,
  type PositionSynced,
  type OrderNumber,
  type OrderRequest,
  type OrderSettled,
  type OrderStatus,
  type OrderTerms,
  type OrderType,
  type Price,
  type Quantity,
  type Reason,
  type Refusal,
  type Sequence,
  type Side,
  type TimeInForce,
  type WorkedRoute,
} from "../domain/index.ts";
import {
  commands,
  directions,
  families,
  intentKinds,
  kinds,
  legs,
  levels,
  liquidities,
  markSources,
  requests,
  routes,
  sides,
  statuses,
  synced,
  timesInForce,
  types,
  verdicts,
  type Kind,
} from "./tape-codes.ts";
import { isEventKind } from "./tape-forms.ts";
import { isSpoken, type SpokenEffect, type SpokenEvent } from "./tape-spoken.ts";
import { markKind, momentKind, type Tape } from "./tape.ts";

/** One record as it was written: an event or an effect, with the bar and time of its handling. */
export interface TapeRecord {
  readonly bar: BarIndex;
  readonly time: Millis;
  readonly record: Exclude<Event, { type: "bar_closed" }> | Effect;
}

/**
 * Reads the tape back, record by record, in order.
 * @param wanted by number, kind and first word of a record: only those are decoded. @defaultValue all
 */
export function readTape(
  tape: Tape,
  visit: (entry: TapeRecord) => void,
  wanted: ((record: number, type: TapeRecord["record"]["type"], first: number) => boolean) | null = null,
): void {
  const rows = new Map<number, number>();
  let time = 0;
  let at = -1;
  const reader = new Reader(tape);
  tape.read((kind, market, values, count) => {
    const first = values[0] as number;
    if (kind === markKind) rows.set(market, first);
    else if (kind === momentKind) time = first;
    else {
      if (isEventKind(kind)) time = first;
      at += 1;
      if (wanted !== null && !wanted(at, kinds[kind] as Kind, first)) return;
      reader.turnTo(market as MarketIndex, values, count);
      const bar = (rows.get(market) ?? -1) as BarIndex;
      const record = decode(kind, reader);
      visit({ bar, time: time as Millis, record });
      const verdict = decodeVerdict(record, reader);
      if (verdict !== null) visit({ bar, time: time as Millis, record: verdict });
    }
  });
}

/** The values of one record, read by what they stand for. */
class Reader {
  declare private readonly tape: Tape;
  market = 0 as MarketIndex;
  private values: Float64Array = new Float64Array(0);
  /** Values of the record. */
  count = 0;

  constructor(tape: Tape) {
    this.tape = tape;
  }

  turnTo(market: MarketIndex, values: Float64Array, count: number): void {
    this.market = market;
    this.values = values;
    this.count = count;
  }

  n(at: number): number {
    return this.values[at] as number;
  }
  id(at: number): number | string {
    return this.n(at) < 0 ? (this.tape.text(-this.n(at)) as string) : this.n(at);
  }
  textOf(code: number): string | null {
    return this.tape.text(code);
  }
  textOrNull(at: number): string | null {
    return this.textOf(this.n(at));
  }
  text(at: number): string {
    return this.textOrNull(at) ?? "";
  }
  reason(at: number): Reason {
    return reasons[this.n(at)] as Reason;
  }
  price(at: number): Price | null {
    return this.n(at) === 0 ? null : (this.n(at) as Price);
  }
  quantity(at: number): Quantity {
    return this.n(at) as Quantity;
  }
  money(at: number): Money {
    return this.n(at) as Money;
  }
  leg(at: number): Leg {
    return legs[this.n(at)] as Leg;
  }
}

const spokenKinds: readonly boolean[] = kinds.map((type) => isSpoken({ type } as TapeRecord["record"]));

function decode(kind: number, r: Reader): TapeRecord["record"] {
  const type = kinds[kind] as Kind;
  if (spokenKinds[kind] === true) return decodeSpoken(type as SpokenEvent["type"] | SpokenEffect["type"], isEventKind(kind), r);
  return isEventKind(kind) ? decodeEvent(type as EventKind, r) : decodeEffect(type as EffectKind, r);
}

// The verdict that a fill or the end of an order led to stands as one word behind the words of its own.
function decodeVerdict(record: TapeRecord["record"], r: Reader): OrderSettled | null {
  const words = record.type === "order_canceled" ? 4 : record.type === "order_filled" ? 9 : r.count;
  return r.count === words ? null : settled(r, r.n(2), r.n(words));
}

function settled({ market }: Reader, order: number, word: number): OrderSettled {
  const status = statuses[word & 15] as OrderSettled["status"];
  return { type: "order_settled", market, order: order as OrderNumber, status, reason: reasons[word >> 4] as Reason };
}

type EventKind = Exclude<Event["type"], "bar_closed" | SpokenEvent["type"]>;
type EffectKind = Exclude<Effect["type"], SpokenEffect["type"]>;

function decodeSpoken(type: SpokenEvent["type"] | SpokenEffect["type"], isEvent: boolean, r: Reader): TapeRecord["record"] {
  const stamp = isEvent ? { time: r.n(0), sequence: r.n(1) } : {};
  const told = JSON.parse(r.text("time" in stamp ? 2 : 0)) as object;
  return { type, ...stamp, ...told } as SpokenEvent | SpokenEffect;
}

// The two kinds that every order has are written out: an object that is put together out of others costs ten times as much.
function decodeAcknowledgement(r: Reader): OrderAcknowledged {
  return {
    type: "order_acknowledged",
    time: r.n(0) as Millis,
    sequence: r.n(1) as Sequence,
    market: r.market,
    order: r.n(2) as OrderNumber,
    venueOrderId: r.id(3),
  };
}

function decodeFill(r: Reader): OrderFilled {
  return {
    type: "order_filled",
    time: r.n(0) as Millis,
    sequence: r.n(1) as Sequence,
    market: r.market,
    order: r.n(2) as OrderNumber,
    trade: r.id(3),
    price: r.n(4) as Price,
    quantity: r.quantity(5),
    fee: r.money(6),
    feeCurrency: r.textOf(r.n(8) >> 1) ?? "",
    liquidity: liquidities[r.n(8) & 1] as Liquidity,
    cumulative: r.quantity(7),
  };
}

function decodeEvent(type: EventKind, r: Reader): Exclude<Event, { type: "bar_closed" }> {
  if (type === "order_acknowledged") return decodeAcknowledgement(r);
  if (type === "order_filled") return decodeFill(r);
  const { market } = r;
  const stamp = { time: r.n(0) as Millis, sequence: r.n(1) as Sequence };
  const head = { ...stamp, market, order: r.n(2) as OrderNumber };
  switch (type) {
    case "order_rejected":
    case "cancel_rejected":
    case "amend_rejected":
      return { type, ...head, ...decodeRefusal(r, 3) };
    case "query_rejected": {
      const order = r.n(2) === 0 ? null : (r.n(2) as OrderNumber);
      return { type, ...stamp, market, order, leg: r.n(3) < 0 ? null : r.leg(3), ...decodeRefusal(r, 4) };
    }
    case "order_unknown":
      return { type, ...head, request: requests[r.n(3)] as (typeof requests)[number] };
    case "order_canceled":
      return { type, ...head, cumulative: r.quantity(3) };
    case "order_expired":
      return { type, ...head, cumulative: r.quantity(3), reason: r.reason(4) };
    case "order_amended":
      return { type, ...head, price: r.price(3), trigger: r.price(4), quantity: r.quantity(5) };
    case "query_answered":
      return {
        type,
        ...head,
        status: r.n(3) < 0 ? null : (statuses[r.n(3)] as OrderStatus),
        venueOrderId: r.n(4) === 0 ? null : r.id(4),
        cumulative: r.quantity(5),
        fills: r.n(6) === 0 ? [] : (JSON.parse(r.text(6)) as OrderFilled[]),
        ...(r.count > 7 ? { refusal: decodeRefusal(r, 7) } : {}),
      };
    case "position_reported":
      return { type, ...stamp, market, leg: r.leg(2), quantity: r.quantity(3), entryPrice: r.textOrNull(5), external: r.n(4) === 1 };
    case "account_insolvent":
      return { type, ...stamp, market, equity: r.money(2), maintenance: r.money(3) };
    case "funding_paid":
    case "liquidated":
      return decodeSettlement(type, r, { ...stamp, market });
    case "auto_deleveraged": {
      const side = sides[r.n(3)] as Side;
      return { type, ...stamp, market, leg: r.leg(2), side, quantity: r.quantity(4), price: r.n(5) as Price, fee: r.money(6), left: r.quantity(7) };
    }
    case "timer_fired":
      return { type, ...stamp, timer: r.n(2) };
    case "operator_command":
      return { type, ...stamp, command: commands[r.n(2)] as (typeof commands)[number], text: r.text(3) };
    case "strategy_verdict":
      return { type, ...stamp, market, verdict: verdicts[r.n(3)] as (typeof verdicts)[number], text: r.text(2) };
  }
}

function decodeRefusal(r: Reader, from: number): Refusal {
  const ccxtClass = r.textOrNull(from + 3) as CcxtErrorClass | null;
  const limited = r.count > from + 4;
  return {
    reason: r.reason(from),
    code: r.textOrNull(from + 1),
    message: r.textOrNull(from + 2),
    ccxtClass,
    limit: limited ? { status: r.n(from + 4), until: r.n(from + 5) as Millis, banned: r.n(from + 6) === 1 } : null,
  };
}

/** What the venue did to money and positions without an order. */
function decodeSettlement(
  type: "funding_paid" | "liquidated",
  r: Reader,
  stamp: Pick<FundingPaid, "time" | "sequence" | "market">,
): FundingPaid | Liquidated {
  const leg = r.leg(2);
  if (type === "funding_paid") {
    const source = markSources[r.n(7)] as FundingPaid["source"];
    return { type, ...stamp, leg, quantity: r.quantity(3), rate: r.n(4), rateScale: r.n(5), mark: r.n(6) as Price, source, amount: r.money(8) };
  }
  return {
    type,
    ...stamp,
    leg,
    side: sides[r.n(3) & 1] as Side,
    quantity: r.quantity(4),
    price: r.n(5) as Price,
    fee: r.money(6),
    insurance: r.money(7),
    left: r.quantity(8),
    equity: r.money(9),
    maintenance: r.money(10),
    takeover: (r.n(3) & 2) !== 0,
  };
}

function decodeLedgerEntry(r: Reader): LedgerEntry {
  return {
    type: "ledger_entry",
    market: r.market,
    order: r.n(0) as OrderNumber,
    leg: r.leg(1),
    quantity: r.quantity(2),
    gross: r.money(3),
    entryFee: r.money(4),
    exitFee: r.money(5),
    net: r.money(6),
    cumulative: r.money(7),
  };
}

function decodeEffect(type: EffectKind, r: Reader): Effect {
  if (type === "submit_order") return { type, request: decodeRequest(r), reason: reasons[r.n(1) >> 15] as Reason };
  if (type === "ledger_entry") return decodeLedgerEntry(r);
  const { market } = r;
  const target = { market, order: r.n(0) as OrderNumber };
  switch (type) {
    case "cancel_order":
      return { type, ...target, reason: r.reason(1) };
    case "amend_order":
      return { type, ...target, price: r.price(1), trigger: r.price(2), quantity: r.n(3) === 0 ? null : r.quantity(3) };
    case "query_order":
      return { type, ...target };
    case "query_position":
      return { type, market, leg: r.leg(0) };
    case "set_timer":
      return { type, timer: r.n(0), due: r.n(1) as Millis };
    case "alert":
      return { type, level: levels[r.n(0)] as (typeof levels)[number], text: r.text(1) };
    case "halt":
      return { type, reason: r.reason(0), text: r.text(1) };
    case "intent_skipped":
      return {
        type,
        market,
        intent: r.n(0) as IntentNumber,
        kind: intentKinds[r.n(1)] as IntentKind,
        side: directions[r.n(2)] as "LONG" | "SHORT",
        family: families[r.n(3)] as Family,
        reason: r.reason(4),
      };
    case "order_settled":
      return settled(r, r.n(0), r.n(1));
    case "order_held":
      return { type, request: JSON.parse(r.text(0)) as OrderRequest, reason: r.reason(1), until: r.n(2) as Millis };
    case "position_synced":
      return {
        type,
        market,
        leg: r.leg(0),
        status: synced[r.n(1)] as (typeof synced)[number],
        quantity: r.quantity(2),
        reason: r.reason(3),
        ...(r.count > 4 ? { fill: JSON.parse(r.text(4)) as NonNullable<PositionSynced["fill"]> } : {}),
      };
    case "route_planned":
      return { type, market, intent: r.n(0) as IntentNumber, route: routes[r.n(1)] as WorkedRoute, quantity: r.quantity(2), slices: r.n(3) };
    case "order_routed":
      return { type, ...target, slice: r.n(1), stage: r.n(2), predictedSlippage: r.n(3) };
    case "route_ended":
      return { type, market, intent: r.n(0) as IntentNumber, filled: r.quantity(1), reason: r.reason(2) };
  }
}

function decodeRequest(r: Reader): OrderRequest {
  const long = r.count > 5;
  const names = r.n(1);
  return {
    order: r.n(0) as OrderNumber,
    market: r.market,
    side: sides[names & 1] as Side,
    leg: legs[(names >> 2) & 3] as Leg,
    family: families[(names >> 11) & 15] as Family,
    type: types[(names >> 7) & 15] as OrderType,
    quantity: r.quantity(2),
    price: r.price(3),
    trigger: r.price(4),
    timeInForce: timesInForce[(names >> 4) & 7] as TimeInForce,
    reduceOnly: (names & 2) !== 0,
    timeToLive: !long || r.n(5) < 0 ? null : r.n(5),
    replaces: !long || r.n(6) === 0 ? null : (r.n(6) as OrderNumber),
    terms: r.count > 7 ? (JSON.parse(r.text(7)) as OrderTerms) : null,
  };
}
