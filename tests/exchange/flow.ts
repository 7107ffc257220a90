// Random bars and random order flows, small enough to shrink to something readable. Prices lie on a coarse grid, so that
// equal prices, touches and gaps are the rule. It must never decide anything about a fill.

import fc from "fast-check";

import type { Leg, OrderRequest, OrderType, PositionMode, TimeInForce } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import { requestOf, type Bar, type TicketTerms } from "./desk.ts";

export interface Submit {
  readonly do: "submit";
  readonly request: OrderRequest;
}
export interface Cancel {
  readonly do: "cancel";
  readonly number: number;
}
export interface Amend {
  readonly do: "amend";
  readonly number: number;
  readonly price: number | null;
  readonly trigger: number | null;
  readonly quantity: number | null;
}
export type Act = Submit | Cancel | Amend;

/** What is sent before each bar opens, and the bar. */
export interface Flow {
  readonly mode: PositionMode;
  readonly fill: FillModel;
  readonly halfSpreadBp: "0" | "40";
  readonly bars: readonly Bar[];
  readonly acts: readonly (readonly Act[])[];
}

/** Half units from 95 to 105: the tick of the flow's market. */
export const tick = "0.5";
/** Quantities are tenths. */
export const step = "0.1";

const onGrid = fc.integer({ min: 190, max: 210 }).map((halves) => halves / 2);
const size = fc.integer({ min: 1, max: 12 }).map((tenths) => tenths / 10);

export const bar: fc.Arbitrary<Bar> = fc
  .tuple(
    onGrid,
    onGrid,
    onGrid,
    onGrid,
    fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: fc.integer({ min: 1, max: 200 }).map((n) => n / 10) }),
  )
  .map(([a, b, open, close, volume]) => [open, Math.max(a, b, open, close), Math.min(a, b, open, close), close, volume]);

const types: readonly OrderType[] = [
  ...(["market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"] as const),
  "market_on_close",
];
const lives: readonly TimeInForce[] = ["GTC", "GTC", "GTC", "IOC", "FOK", "PO", "GTD", "DAY"];
/** The flow's trading day ends after four bars. */
export const dayEnd = "00:04";

function submit(mode: PositionMode): fc.Arbitrary<Omit<Submit, "request"> & { readonly ticket: Parameters<typeof requestOf>[1] }> {
  const legs: readonly Leg[] = mode === "hedge" ? ["LONG", "LONG", "SHORT", "SHORT", "NET"] : ["NET", "NET", "NET", "NET", "LONG"];
  return fc
    .record({
      type: fc.constantFrom(...types),
      side: fc.constantFrom("buy" as const, "sell" as const),
      quantity: fc.oneof({ weight: 20, arbitrary: size }, { weight: 1, arbitrary: fc.constant(0.15) }),
      price: fc.oneof({ weight: 20, arbitrary: onGrid }, { weight: 1, arbitrary: fc.constant(99.7) }),
      trigger: onGrid,
      leg: fc.constantFrom(...legs),
      timeInForce: fc.constantFrom(...lives),
      goodTill: fc.integer({ min: 0, max: 18 }).map((half) => half * 30_000),
      trail: fc.constantFrom<TicketTerms>({ rate: "0.01" }, { distance: 1 }, { distance: 2.5 }, { rate: "0.02", activation: 101 }),
      // How many orders before this one its parent and the head of its group are; 0 = it has none.
      parent: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) }),
      group: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 }) }),
      reduceOnly: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ type, price, trigger, timeInForce, goodTill, trail, parent, group, ...rest }) => {
      const limited = type === "limit" || type.endsWith("_limit");
      const trails = type === "trailing_stop";
      const triggered = type.startsWith("stop") || type.startsWith("take_profit") || (trails && rest.quantity > 1 && trail.activation === undefined);
      const atClose = type === "market_on_close" && timeInForce !== "DAY";
      const life = (!limited && timeInForce === "PO") || atClose ? "GTC" : timeInForce;
      const terms: TicketTerms = { ...(trails ? trail : {}), ...(life === "GTD" ? { goodTill } : {}), parent, group };
      return {
        do: "submit",
        ticket: { ...rest, type, timeInForce: life, terms, ...(limited ? { price } : {}), ...(triggered ? { trigger } : {}) },
      } as const;
    });
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 1 });
const target = fc.integer({ min: 1, max: 30 });
const cancel: fc.Arbitrary<Cancel> = fc.record({ do: fc.constant("cancel"), number: target });
const amend: fc.Arbitrary<Amend> = fc.record({
  do: fc.constant("amend"),
  number: target,
  price: maybe(onGrid),
  trigger: maybe(onGrid),
  quantity: maybe(size),
});

export const fillModel: fc.Arbitrary<FillModel> = fc.record({
  path: fc.constantFrom("adaptive", "ohlc", "olhc"),
  limit: fc.constantFrom<FillModel["limit"]>("through", "touch", { probability: "0" }, { probability: "0.5" }, { probability: "1" }),
  gap: fc.constantFrom("limit", "open"),
  crossedTrigger: fc.constantFrom("reject", "fire"),
  stopLimit: fc.constantFrom("rest-of-path", "next-bar"),
  volumeCap: fc.constantFrom(null, "0.1", "0.5"),
  halfSpreadBp: fc.constantFrom(null, "25"),
  slippage: fc.constantFrom({ kind: "none" }, { kind: "ticks", ticks: 1 }, { kind: "bps", bps: "30" }),
  timeToLive: fc.constant("exact"),
  market: fc.constant("next-open"),
  delivery: fc.constant("immediate"),
  deliveryWindow: fc.constant(1_000),
  latency: fc.constant(null),
  tradingDayEnd: fc.constant(dayEnd),
});

function acts(mode: PositionMode, length: number): fc.Arbitrary<readonly (readonly Act[])[]> {
  const act = fc.oneof({ weight: 6, arbitrary: submit(mode) }, { weight: 1, arbitrary: cancel }, { weight: 2, arbitrary: amend });
  return fc.array(fc.array(act, { maxLength: 5 }), { minLength: length, maxLength: length }).map((rounds) => {
    let number = 0;
    return rounds.map((round) =>
      round.map((one): Act =>
        one.do === "submit" ? { do: "submit", request: requestOf(++number, { ...one.ticket, terms: termsAt(number, one.ticket.terms) }) } : one,
      ),
    );
  });
}

/** Links as numbers of orders; absent where nothing is said. */
function termsAt(number: number, { parent = 0, group = 0, ...rest }: TicketTerms = {}): TicketTerms | undefined {
  const links = {
    ...(parent > 0 && parent < number ? { parent: number - parent } : {}),
    ...(group > 0 && group < number ? { group: number - group } : {}),
  };
  return Object.keys(rest).length + Object.keys(links).length === 0 ? undefined : { ...rest, ...links };
}

/** Flows of at most `longest` bars. */
export function flow(longest = 8): fc.Arbitrary<Flow> {
  return fc.tuple(fc.constantFrom<PositionMode>("one_way", "hedge"), fc.array(bar, { minLength: 2, maxLength: longest })).chain(([mode, bars]) =>
    fc.record({
      mode: fc.constant(mode),
      bars: fc.constant(bars),
      fill: fillModel,
      halfSpreadBp: fc.constantFrom("0", "40"),
      acts: acts(mode, bars.length),
    }),
  );
}
