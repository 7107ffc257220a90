// The way of messages from the venue to the session: lost, late, twice, out of step, or not at all while a stream is dead.
// It never changes what has happened at the venue.

import type { Family, Leg, MarketIndex, Millis, OrderNumber, VenueEvent } from "../../domain/index.ts";
import { isForeign } from "./client-ids.ts";
import type { FaultBox } from "./fault-box.ts";
import { changesBook, isPushed, messageKindOf, type MessageKind } from "./messages.ts";
import type { Fate, Silence, WireState } from "./trouble-state.ts";
import type { VenueOrder } from "./venue-order.ts";

export interface WireHost {
  readonly faults: FaultBox;
  readonly markets: readonly { readonly instrument: { readonly symbol: string } }[];
  readonly events: { deliver(event: VenueEvent, due: number): void };
  find(market: MarketIndex, order: OrderNumber): VenueOrder | undefined;
  nextTrade(): number;
  /** Tells of a leg over the stream. */
  tellPosition(market: MarketIndex, leg: Leg, time: Millis): void;
}

type OrderMessage = Extract<VenueEvent, { readonly order: OrderNumber | null }>;

export class Wire {
  declare private readonly host: WireHost;
  private silences: Silence[] = [];
  private fates: Fate[] = [];
  /** Acknowledgements that wait for what is to be told before them. */
  private held: { event: VenueEvent; due: number }[] = [];
  /** Orders of other parties whose fills the stream does not tell. */
  private readonly quiet: number[] = [];
  /** Changes of the account that no message has told as what they were: the session's book is wrong until it finds out. */
  untold = 0;

  constructor(host: WireHost) {
    this.host = host;
  }

  silence(silence: Silence): void {
    this.silences.push(silence);
  }

  /** Since when some stream has been silent, as a session can hear it: without a word and without pings; null: none is. */
  silentSince(now: Millis): Millis | null {
    const heard = this.silences.filter(({ from, until, known, pings }) => !known && !pings && from <= now && now < until);
    return heard.length === 0 ? null : (Math.min(...heard.map(({ from }) => from)) as Millis);
  }

  /** Since when a market's stream has been broken, as the session was told; null: it is not. */
  brokenSince(market: MarketIndex, now: Millis): Millis | null {
    const broken = this.silences.filter((one) => one.known && (one.market ?? market) === market && one.from <= now && now < one.until);
    return broken.length === 0 ? null : (Math.min(...broken.map(({ from }) => from)) as Millis);
  }

  /** The session opens its streams anew: those that had died without a word live again. */
  renew(now: Millis): void {
    this.silences = this.silences.map((one) => (one.known || one.until <= now ? one : { ...one, until: now }));
  }

  fate(fate: Fate): void {
    this.fates.push(fate);
  }

  /** Another party's order fills without a word to this session. */
  hush(order: OrderNumber): void {
    this.quiet.push(order);
  }

  /** @param due when it is heard if nothing happens to it */
  carry(event: VenueEvent, due: number): void {
    const kind = messageKindOf(event);
    if (kind === null) return this.host.events.deliver(event, due);
    if (isAboutOrder(event) && isForeign(event.order)) return this.overhear(event);
    const market = "market" in event ? event.market : null;
    if (isPushed(kind) && this.isSilent(market, event.time)) return this.lose(kind);
    if (isAboutOrder(event) && this.fates.length > 0) return this.carryFated(event, kind, due);
    this.pass(event, kind, due);
  }

  private isSilent(market: MarketIndex | null, time: number): boolean {
    return this.silences.some((silence) => {
      const covers = silence.market === null || silence.market === market;
      return covers && silence.from <= time && time < silence.until;
    });
  }

  private lose(kind: MessageKind): void {
    if (changesBook(kind)) this.untold += 1;
  }

  /** What happens to orders of other parties is not told, but for the position that it changes. */
  private overhear(event: OrderMessage): void {
    if (event.type !== "order_filled") return;
    const order = this.host.find(event.market, event.order);
    this.untold += 1;
    if (order === undefined || this.quiet.includes(event.order)) return;
    this.host.tellPosition(event.market, order.leg, event.time);
  }

  private carryFated(event: OrderMessage, kind: MessageKind, due: number): void {
    const own = this.fates.filter(({ order, kinds }) => order === event.order && kinds.includes(kind));
    if (own.some(({ what }) => what === "drop")) return this.lose(kind);
    if (own.some(({ what }) => what === "behind_fill")) {
      this.held.push({ event, due });
      return;
    }
    const late = own.reduce((sum, { delayMs }) => sum + delayMs, 0);
    this.pass(event, kind, due + late);
    if (kind === "ack" || kind === "rejection" || kind === "amendment") return;
    this.release(event.order as OrderNumber, due + late);
  }

  /** What waited for the first fill or the end of an order follows it. */
  private release(order: OrderNumber, due: number): void {
    const freed = this.held.filter(({ event }) => isAboutOrder(event) && event.order === order);
    if (freed.length === 0) return;
    this.held = this.held.filter((one) => !freed.includes(one));
    this.fates = this.fates.filter((fate) => fate.order !== order || fate.what !== "behind_fill");
    for (const { event } of freed) this.pass(event, "ack", due);
  }

  private pass(event: VenueEvent, kind: MessageKind, due: number): void {
    const { faults, events } = this.host;
    if (!faults.threatens) return events.deliver(event, due);
    const market = "market" in event ? event.market : null;
    const symbol = market === null ? "" : (this.host.markets[market]?.instrument.symbol ?? "");
    const family = this.familyOf(event);
    if (faults.takeMessage("drop_message", family, symbol, kind) !== null) return this.lose(kind);
    const blank = event.type === "order_filled" && faults.take("blank_trade_id", family, symbol) !== null;
    const message = blank ? { ...event, trade: "" } : event;
    const delay = faults.takeMessage("delay_message", family, symbol, kind)?.fault.delayMs ?? 0;
    const shuffled = faults.takeMessage("reorder_messages", family, symbol, kind)?.held ?? 0;
    const heard = due + delay + shuffled;
    events.deliver(message, heard);
    const twice = faults.takeMessage("duplicate_message", family, symbol, kind)?.fault ?? null;
    if (twice === null) return;
    for (let copy = 1; copy <= twice.copies; copy += 1) {
      const renamed = twice.newTradeIds && message.type === "order_filled" ? { ...message, trade: this.host.nextTrade() } : message;
      events.deliver(renamed, heard + copy * twice.delayMs);
    }
  }

  private familyOf(event: VenueEvent): Family | null {
    return isAboutOrder(event) && event.order !== null ? (this.host.find(event.market, event.order)?.family ?? null) : null;
  }

  snapshot(): WireState {
    return { silences: [...this.silences], fates: [...this.fates], held: [...this.held], quiet: [...this.quiet], untold: this.untold };
  }

  restore({ silences, fates, held, quiet, untold }: WireState): void {
    this.silences = [...silences];
    this.fates = [...fates];
    this.held = [...held];
    this.quiet.push(...quiet);
    this.untold = untold;
  }
}

function isAboutOrder(event: VenueEvent): event is OrderMessage {
  return "order" in event;
}
