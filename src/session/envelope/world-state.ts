// When two worlds of one plan are the same: everything that decides what they do next, without what only tells how they
// came there (ids, results so far) and without money. It only reads; a doubt makes them different, never equal.

import { plainRequest, type OrderRequest } from "../../domain/index.ts";
import type { SimulatedSession } from "../simulate.ts";

/** What of a runner's snapshot needs a second look; everything else in it is compared as it is. */
interface RunnerState {
  readonly now: number;
  readonly intents: number;
  readonly rateLimits: {
    readonly until: Readonly<Record<string, number>>;
    readonly orders: readonly number[];
    readonly cancels: readonly { readonly order: number }[];
    readonly questions: readonly { readonly order?: number }[];
  };
  readonly timers: { readonly open: readonly (readonly [number, { readonly kind: string; readonly order?: number }, number])[] };
  readonly orders: readonly {
    readonly request: OrderRequest;
    readonly status: string;
    readonly filled: number;
    readonly cancelCause: string;
    readonly cancelTime: number;
    readonly unknown: boolean;
    readonly intent: number;
  }[];
  readonly markets: readonly {
    readonly strategy: unknown;
    readonly routes: readonly { readonly order: number }[];
    readonly book: {
      readonly legs: readonly { readonly leg: string; readonly quantity: number; readonly cost: number; readonly lots: unknown }[];
      readonly adoptions: readonly (readonly { readonly time: number; readonly open: number }[])[];
    };
  }[];
}

/** What of a runner's and of a venue's snapshots only tells how a world came there: clocks that both share, counts and results. */
const runnerHistory: ReadonlySet<string> = new Set(["now", "intents", "netResult", "rateLimits", "timers", "orders", "markets"]);
const deskHistory: ReadonlySet<string> = new Set(["bar", "book", "routes"]);
const marketHistory: ReadonlySet<string> = new Set([
  "symbol",
  "bar",
  "now",
  "priority",
  "capBar",
  "capLeft",
  "optimisticLives",
  "ambiguousBars",
  "unmarkedBars",
  "usedIds",
  "orders",
  "arrivals",
]);

function withoutHistory(state: object, history: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !history.has(key)));
}

/** A number that equal worlds share and different ones seldom do: positions and open orders. */
export function glance({ venue }: SimulatedSession): number {
  let hash = 0;
  for (const { legs } of venue.account.markets) for (const leg of legs) hash = mix(mix(hash, leg.quantity), leg.cost);
  for (const { orders } of venue.markets) {
    let sum = orders.size;
    // A sum, so that the order of their numbers does not matter.
    for (const order of orders.sorted()) sum = (sum + mix(mix(mix(order.direction, order.limit), order.stop), order.quantity - order.filled)) | 0;
    hash = mix(hash, sum);
  }
  return hash;
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ (value | 0) ^ Math.floor(value / 4_294_967_296), 0x9e3779b1) | 0;
}

/** Balances of every currency: worlds with equal ones are equal to the last unit. */
export function moneyKey({ venue: { account } }: SimulatedSession): string {
  return account.ledger.currencies.map((_, at) => account.wallet(at)).join(" ");
}

/** Text that is equal for two worlds exactly when they will do the same from here on, as long as money does not decide. */
export function stateKey(session: SimulatedSession): string {
  const runner = session.runner.outline() as RunnerState;
  const names = new Names(runner);
  return JSON.stringify({ runner: runnerState(runner, names, session), venue: venueState(session, names), numbers: numbersOf(runner, session) });
}

/** Orders and intents by their place among equals: two worlds number them differently. */
class Names {
  private readonly orders = new Map<number, string>();
  private readonly intents = new Map<number, string>();
  /** Open orders of the runner, in the order of their content. */
  declare readonly sorted: RunnerState["orders"];

  constructor({ orders }: RunnerState) {
    this.sorted = byText(orders, ({ request, filled }) => JSON.stringify([contentOf(request), filled]));
    this.sorted.forEach(({ request, intent }, at) => {
      this.orders.set(request.order, `order ${at}`);
      this.intents.set(intent, `intent ${at}`);
    });
  }

  /** An order that has ended, or that another party sent, is no more than that. */
  order(number: number | null | undefined): string | null {
    return number === null || number === undefined ? null : (this.orders.get(number) ?? "ended");
  }

  /** What a strategy keeps, with the numbers of its open intents replaced. */
  inState(value: unknown): unknown {
    if (typeof value === "bigint" || value === undefined) return String(value);
    if (typeof value === "number") return this.intents.get(value) ?? (Number.isFinite(value) ? value : String(value));
    if (Array.isArray(value)) return value.map((one) => this.inState(one));
    if (typeof value !== "object" || value === null) return value;
    const entries =
      value instanceof Map || value instanceof Set ? [...value].map((entry, at) => [String(at), entry] as const) : Object.entries(value);
    return Object.fromEntries(entries.map(([key, member]) => [this.intents.get(Number(key)) ?? key, this.inState(member)]));
  }

  request(request: OrderRequest): unknown {
    const { terms } = request;
    const linked = terms === null ? null : { ...terms, parent: this.order(terms.parent), group: this.order(terms.group) };
    return [this.order(request.order), contentOf(request), linked];
  }
}

/** A request without the numbers that only this world knows it by. */
function contentOf(request: OrderRequest): unknown {
  const { order: _order, replaces, terms, ...content } = plainRequest(request);
  const { parent: _parent, group: _group, ...own } = terms ?? { parent: null, group: null };
  return [content, replaces !== null, own];
}

function byText<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const texts = new Map(items.map((item) => [item, textOf(item)]));
  // Stable: of equal ones the earlier stays first.
  return [...items].sort((a, b) => compareTexts(texts.get(a) ?? "", texts.get(b) ?? ""));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function runnerState(runner: RunnerState, names: Names, { timers, venue }: SimulatedSession): unknown {
  // Since when a cancel is without an answer matters where answers get lost.
  const answersAll = !venue.faults.threatens;
  const armed = runner.timers.open.map(([timer, { order, ...purpose }]) => JSON.stringify([timers.dueOf(timer), purpose, names.order(order)]));
  return {
    ...withoutHistory(runner, runnerHistory),
    limits: limitsState(runner, names),
    timers: armed.sort(compareTexts),
    orders: names.sorted.map(({ request, status, filled, cancelCause, cancelTime, unknown }) => {
      return [names.request(request), status, filled, cancelCause, answersAll ? 0 : cancelTime, unknown];
    }),
    markets: runner.markets.map((desk) => ({
      legs: desk.book.legs.map(({ leg, quantity, cost, lots }) => [leg, quantity, cost, lots]),
      // What is told of the time before them is no news.
      adoptions: desk.book.adoptions.map((reports) => reports.map(({ time, open }) => [time, open])),
      ...withoutHistory(desk, deskHistory),
      strategy: names.inState(desk.strategy),
      routes: desk.routes.map(({ order, ...route }) => [names.order(order), names.inState(route)]),
    })),
  };
}

/** What waits for a venue that takes no more requests; a time that is over holds nothing back. */
function limitsState({ now, rateLimits }: RunnerState, names: Names): unknown {
  const { until, orders, cancels, questions } = rateLimits;
  return {
    until: Object.entries(until).map(([kind, time]) => [kind, time > now ? time : 0]),
    orders: orders.map((order) => names.order(order)),
    cancels: cancels.map(({ order, ...cancel }) => [names.order(order), cancel]),
    questions: questions.map(({ order, ...question }) => [names.order(order), question]),
  };
}

/** Where chance is drawn by the numbers of orders, worlds that number them differently will not do the same. */
function numbersOf({ intents, orders }: RunnerState, { venue }: SimulatedSession): unknown {
  return typeof venue.fill.limit === "string" ? null : [intents, orders.map(({ request }) => request.order)];
}

function venueState({ venue, questions }: SimulatedSession, names: Names): unknown {
  const { account } = venue;
  const perpetuals = venue.perpetuals?.snapshot() ?? null;
  return {
    mode: account.mode,
    legs: account.markets.map(({ legs }) => legs.map(({ leg, quantity, cost, lots }) => [leg, quantity, cost, lots.list()])),
    // Coins are a position of a spot market.
    coins: account.markets.map(({ instrument, base }) => (instrument.spot ? account.wallet(base) : 0)),
    markets: venue.markets.map((market) => marketState(market.exportState(), names)),
    answers: venue.events.list().map(({ due, event }) => [due, answerState(event, names)]),
    questions: questions.list().map(({ order, market }) => [names.order(order), market]),
    random: venue.events.snapshot().random,
    faults: venue.faults.snapshot(),
    // Where reads lag and messages are late, when something was matters too.
    trouble: venue.trouble === null ? null : [venue.trouble.snapshot(), venue.exportState().history, venue.outside.snapshot()],
    requests: venue.gate?.snapshot() ?? null,
    perpetuals: perpetuals === null ? null : { ...perpetuals, lastPriceStamps: 0 },
  };
}

type MarketState = ReturnType<SimulatedSession["venue"]["markets"][number]["exportState"]>;

function marketState(market: MarketState, names: Names): unknown {
  const { orders, arrivals } = market;
  const queued = [...orders].sort((a, b) => a.priority - b.priority);
  return {
    rest: withoutHistory(market, marketHistory),
    // Orders at one price keep their turns; at different ones it does not matter who came first.
    orders: byText(queued, ({ request, limit, trigger }) => `${request.side} ${limit} ${trigger}`).map(
      ({ id: _id, request, fills: _fills, priority: _priority, reserved: _reserved, startTime: _start, ...order }) => [names.request(request), order],
    ),
    arrivals: arrivals.map((arrival) =>
      arrival.do === "submit"
        ? names.request(arrival.request)
        : [arrival.do, names.order(arrival.order), "change" in arrival ? arrival.change : null],
    ),
  };
}

/** An answer on its way, without the numbers that the venue counts. */
function answerState(event: object, names: Names): unknown {
  const { sequence: _sequence, venueOrderId: _id, trade: _trade, order, fills, ...rest } = event as Record<string, unknown>;
  return [typeof order === "number" ? names.order(order) : null, Array.isArray(fills) ? fills.length : 0, rest];
}
