// The auditor can find what it looks for: each row of the table falsifies one thing in the records of a good run, its venue's
// tape, its equity curve or its result, and names the invariant under which that must be found.

import { describe, expect, it } from "vitest";

import type { VenueEntry } from "../../../src/domain/index.ts";
import { auditedInvariants, type AuditRecord } from "../../../src/journal/index.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { planOf as shippedPlan } from "../../scenarios/shipped-files.ts";
import { busyPlan } from "../../session/busy-plan.ts";
import { auditOf, copyOf, evidenceOf, withoutRows, type Evidence } from "./evidence.ts";

type Kind = AuditRecord["record"]["type"];

/** Place of the n-th record of a kind, from 0 on. */
function at({ records }: Evidence, kind: Kind, n = 0): number {
  const found = records.flatMap(({ record }, place) => (record.type === kind ? [place] : []))[n];
  if (found === undefined) throw new Error(`there is no ${kind} ${n}`);
  return found;
}

/** The n-th record of a kind, to be written into. */
function the(evidence: Evidence, kind: Kind, n = 0): Record<string, unknown> {
  return (evidence.records[at(evidence, kind, n)] as { record: unknown }).record as Record<string, unknown>;
}

function entry(evidence: Evidence, kind: VenueEntry["type"], n = 0): Record<string, unknown> {
  return evidence.entries.filter(({ type }) => type === kind)[n] as unknown as Record<string, unknown>;
}

function set(target: object, values: object): void {
  Object.assign(target, values);
}

function drop({ records }: Evidence, place: number): void {
  records.splice(place, 1);
}

/** Puts a record of one's own before a place. */
function insert({ records }: Evidence, place: number, record: object): void {
  const { bar, time } = records[Math.min(place, records.length - 1)] as AuditRecord;
  records.splice(place, 0, { bar, time, record: record as never });
}

function settledAt(evidence: Evidence, status: string): number {
  return evidence.records.findIndex(({ record }) => record.type === "order_settled" && record.status === status);
}

const busy = busyPlan({ fill: { delivery: "immediate" }, configuration: "a busy session" });
const plans: Readonly<Record<string, () => Promise<SimulationPlan>>> = {
  busy: () => Promise.resolve(busy),
  funding: () => shippedPlan("funding-overnight.json"),
  liquidation: () => shippedPlan("liquidation-cross.json"),
  lost: () => shippedPlan("lost-request.json"),
  grid: () => shippedPlan("grid-range.json"),
  reply: () => shippedPlan("lost-reply.json"),
  timeout: () => shippedPlan("limit-timeout.json"),
  outside: () => shippedPlan("closed-by-hand-with-resting-target.json"),
  fallback: () => shippedPlan("limit-timeout-market-fallback.json"),
};

type Invariant = keyof typeof auditedInvariants;
type Mutation = readonly [what: string, plan: keyof typeof plans, invariant: Invariant, falsify: (evidence: Evidence) => void];

const inTheJournal: readonly Mutation[] = [
  ["a fill is left out", "busy", "I-07", (e) => drop(e, at(e, "order_filled"))],
  ["a fill has another price", "busy", "I-08", (e) => set(the(e, "order_filled", 3), { price: 1 })],
  ["a fill has another quantity", "busy", "I-07", (e) => set(the(e, "order_filled"), { quantity: 1 })],
  ["a fee is doubled", "busy", "I-06", (e) => set(the(e, "order_filled", 2), { fee: (the(e, "order_filled", 2)["fee"] as number) * 2 })],
  ["a fee is in another currency", "busy", "I-06", (e) => set(the(e, "order_filled"), { feeCurrency: "BNB" })],
  [
    "a trade comes twice, the second time dearer",
    "busy",
    "I-08",
    (e) => insert(e, at(e, "order_filled") + 1, { ...the(e, "order_filled"), price: 7 }),
  ],
  ["a fill counts more than there is", "busy", "I-08", (e) => set(the(e, "order_filled"), { cumulative: 1 })],
  [
    "an order is acknowledged before it is sent",
    "busy",
    "I-01",
    (e) => {
      const [moved] = e.records.splice(at(e, "submit_order"), 1);
      e.records.push(moved as Evidence["records"][number]);
    },
  ],
  ["the record that sends an order is left out", "busy", "I-01", (e) => drop(e, at(e, "submit_order", 1))],
  ["an order is sent twice", "busy", "I-05", (e) => insert(e, at(e, "submit_order") + 1, the(e, "submit_order"))],
  [
    "another attempt while the first is out",
    "busy",
    "I-04",
    (e) => {
      const { request, reason } = the(e, "submit_order") as unknown as { request: { order: number }; reason: string };
      insert(e, at(e, "submit_order") + 1, { type: "submit_order", reason, request: { ...request, order: request.order + 1 } });
    },
  ],
  ["an end is left out", "busy", "I-12", (e) => drop(e, settledAt(e, "CANCELED"))],
  ["an order ends twice", "busy", "I-12", (e) => insert(e, at(e, "order_settled") + 1, { ...the(e, "order_settled"), status: "CANCELED" })],
  ["a reason is in no list", "busy", "I-12", (e) => set(the(e, "order_settled"), { reason: "because" })],
  [
    "an order is filled by less than it is",
    "busy",
    "I-07",
    (e) => set((the(e, "submit_order") as { request: object }).request, { quantity: 9_999_999 }),
  ],
  ["a cancel that nobody confirmed", "timeout", "I-11", (e) => drop(e, at(e, "order_canceled"))],
  [
    "given up after one question",
    "lost",
    "I-11",
    (e) => {
      while (e.records.filter(({ record }) => record.type === "query_answered").length > 1) drop(e, at(e, "query_answered"));
    },
  ],
  [
    "an order of the LONG leg that opens it sells",
    "busy",
    "I-09",
    (e) => {
      const { request } = the(e, "submit_order") as unknown as { request: { side: string; leg: string } };
      request.side = request.leg === "LONG" ? "sell" : "buy";
    },
  ],
  ["an intent is refused without a record", "busy", "I-12", (e) => drop(e, at(e, "submit_order"))],
  ["a line of the ledger is left out", "busy", "I-07", (e) => drop(e, at(e, "ledger_entry"))],
  ["a line of the ledger that closes nothing", "busy", "I-07", (e) => insert(e, at(e, "order_filled"), the(e, "ledger_entry"))],
  [
    "P&L of a close is off by one unit",
    "busy",
    "I-07",
    (e) => {
      const line = the(e, "ledger_entry", 1) as unknown as { gross: number; net: number };
      set(line, { gross: line.gross + 1, net: line.net + 1 });
    },
  ],
  ["a net that does not add up", "busy", "I-26", (e) => set(the(e, "ledger_entry"), { net: 0 })],
  ["a running sum that does not run", "busy", "I-26", (e) => set(the(e, "ledger_entry", 2), { cumulative: 0 })],
  ["funding with the wrong sign", "funding", "I-06", (e) => set(the(e, "funding_paid"), { amount: -(the(e, "funding_paid")["amount"] as number) })],
  ["a liquidation that leaves something", "liquidation", "I-07", (e) => set(the(e, "liquidated"), { left: 5 })],
  ["the fee of a liquidation", "liquidation", "I-07", (e) => set(the(e, "liquidated"), { fee: 7 })],
  ["a difference that nothing explains", "outside", "I-20", (e) => set(the(e, "position_synced"), { reason: "unexplained_divergence" })],
  ["a sync to another quantity", "outside", "I-07", (e) => set(the(e, "position_synced"), { quantity: 77 })],
  ["a timer goes off twice", "timeout", "I-27", (e) => insert(e, at(e, "timer_fired") + 1, the(e, "timer_fired"))],
  ["a timer goes off too early", "timeout", "I-27", (e) => set(the(e, "set_timer"), { due: Number.MAX_SAFE_INTEGER })],
  [
    "an entry under the operator's stop",
    "busy",
    "I-13",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "operator_command", time: 0, sequence: 0, command: "stop_new_orders", text: "" });
    },
  ],
  [
    "an entry while risk is locked",
    "busy",
    "I-13",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "risk_locked", market: null, reason: "reconciling", locked: true });
    },
  ],
  [
    "an entry on an account in the other mode",
    "busy",
    "I-29",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "account_reported", time: 0, sequence: 0, positionMode: "one_way", leverage: [3], balances: {} });
    },
  ],
  [
    "an entry while the stream is broken",
    "busy",
    "I-25",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "stream_gap", time: 0, sequence: 0, market: null });
    },
  ],
  [
    "an entry of a process that has not compared itself",
    "busy",
    "I-21",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "session_resumed", time: 0, sequence: 0, epoch: 2, since: 0, changed: null });
    },
  ],
  [
    "an entry on a market that is closed",
    "busy",
    "I-31",
    (e) => {
      insert(e, at(e, "submit_order"), { type: "venue_status_changed", time: 0, sequence: 0, market: 0, status: "cancel_only" });
    },
  ],
  [
    "a request during a ban",
    "busy",
    "I-15",
    (e) => {
      const limit = { status: 418, until: Number.MAX_SAFE_INTEGER, banned: true };
      const refusal = { reason: "rate_limited", code: null, message: null, ccxtClass: null, limit };
      insert(e, at(e, "submit_order"), { type: "query_rejected", time: 0, sequence: 0, market: 0, order: null, leg: null, ...refusal });
    },
  ],
  ["an order after the halt", "busy", "I-13", (e) => insert(e, at(e, "submit_order"), { type: "halt", reason: "operator_halt", text: "" })],
];

const atTheVenue: readonly Mutation[] = [
  [
    "the venue knows nothing of a fill",
    "busy",
    "I-08",
    (e) =>
      e.entries.splice(
        e.entries.findIndex(({ type }) => type === "filled"),
        1,
      ),
  ],
  [
    "the venue has filled what was never told",
    "timeout",
    "I-11",
    (e) => {
      const taken = entry(e, "accepted") as unknown as Extract<VenueEntry, { type: "accepted" }>;
      const { time, bar, market, order, venueOrderId, side, leg } = taken;
      const fill = { price: 10_000, quantity: 1, fee: 0, feeCurrency: "USDC", liquidity: "maker", cumulative: 1, left: 0, position: 1, balances: {} };
      e.entries.push({ type: "filled", time, bar, market, order, venueOrderId, trade: 99, side, leg, ...fill } as never);
    },
  ],
  [
    "the venue holds an order that was canceled",
    "timeout",
    "I-11",
    (e) =>
      e.entries.splice(
        e.entries.findIndex(({ type }) => type === "ended"),
        1,
      ),
  ],
  [
    "the venue has accepted what was given up",
    "lost",
    "I-11",
    (e) => {
      const { request } = the(e, "submit_order") as unknown as { request: { order: number } };
      const taken = { type: "accepted", time: 0, bar: 0, market: 0, order: request.order, venueOrderId: 77, side: "buy", leg: "LONG" };
      e.entries.unshift({ ...taken, family: "entry", orderType: "market", quantity: 1, closing: false, epoch: 1 } as never);
    },
  ],
  [
    "the venue holds an order that nobody sent",
    "busy",
    "I-01",
    (e) => e.entries.unshift({ ...entry(e, "accepted"), order: 999_936, venueOrderId: 999 } as never),
  ],
  [
    "the venue holds one order twice",
    "reply",
    "I-04",
    (e) => {
      const taken = entry(e, "accepted");
      e.entries.push({ ...taken, venueOrderId: 998 } as never, { ...taken, venueOrderId: 999 } as never);
    },
  ],
  ["the venue gives an id twice", "busy", "I-37", (e) => e.entries.splice(1, 0, { ...e.entries[0] } as never)],
  ["the venue gives a trade id twice", "busy", "I-37", (e) => set(entry(e, "filled", 1), { trade: entry(e, "filled")["trade"] })],
  ["the venue fills outside its bar", "busy", "I-37", (e) => set(entry(e, "filled"), { price: 1, liquidity: "taker" })],
  ["the venue ends what is not open", "busy", "I-37", (e) => e.entries.push({ ...entry(e, "ended") } as never)],
  ["the venue takes another fee", "busy", "I-06", (e) => set(entry(e, "filled"), { fee: 1 })],
  ["the venue has another balance", "busy", "I-06", (e) => set(entry(e, "filled"), { balances: { USDC: 1 } })],
  ["the venue has another position", "busy", "I-07", (e) => set(entry(e, "filled"), { position: 1 })],
  ["an order that may only reduce opens a leg", "busy", "I-09", (e) => set(entry(e, "accepted"), { closing: true })],
  ["an order that should only reduce is bound to nothing", "funding", "I-17", (e) => set(entry(e, "accepted", 1), { closing: false })],
  ["the venue pays other funding", "funding", "I-06", (e) => set(entry(e, "funded"), { amount: 5 })],
  ["the venue pays funding on another position", "funding", "I-06", (e) => set(entry(e, "funded"), { quantity: 5 })],
  ["the venue closes another quantity", "liquidation", "I-07", (e) => set(entry(e, "liquidated"), { quantity: 1 })],
];

const inTheResult: readonly Mutation[] = [
  ["one mark of the equity curve", "busy", "I-26", (e) => (e.curve.value[100] = 1)],
  ["the largest drawdown", "busy", "I-42", (e) => set(e.result.metrics, { maxDrawdown: "0.5" })],
  ["the number of orders", "busy", "I-42", (e) => set(e.result.metrics, { orders: 1 })],
  ["the number of cancels", "busy", "I-42", (e) => set(e.result.metrics, { canceled: 99 })],
  ["the number of skips", "busy", "I-42", (e) => set(e.result.metrics, { skipped: 99 })],
  ["the realised P&L", "busy", "I-42", (e) => set(e.result.metrics, { realizedPnl: "1" })],
  ["the fees", "busy", "I-42", (e) => set(e.result.metrics, { feesByCurrency: { USDC: "1" } })],
  ["the funding", "funding", "I-42", (e) => set(e.result.metrics, { funding: "1" })],
  ["a balance", "busy", "I-42", (e) => set(e.result.final.balances["USDC"] as object, { total: "1" })],
  ["equity at the end", "busy", "I-42", (e) => set(e.result.final, { equity: "1" })],
  ["a position at the end", "busy", "I-42", (e) => set(e.result.final, { positions: [] })],
  ["the status of an order", "busy", "I-42", (e) => set(e.result.orders[0] as object, { status: "CANCELED" })],
  ["the reason of an order", "busy", "I-42", (e) => set(e.result.orders[0] as object, { reason: "kill" })],
  ["the price of a fill", "busy", "I-42", (e) => set(e.result.fills[0] as object, { price: "1" })],
  ["a row of an order", "busy", "I-42", (e) => e.result.orders.pop()],
  ["the sum of the ledger", "busy", "I-42", (e) => set(e.result.ledger.at(-1) as object, { cumulative: "1" })],
  ["an open order", "grid", "I-12", (e) => set(e.result.final, { openOrders: [] })],
];

const known = new Map<string, Evidence>();

async function evidence(name: keyof typeof plans): Promise<Evidence> {
  const found = known.get(name) ?? evidenceOf(await (plans[name] as () => Promise<SimulationPlan>)());
  known.set(name, found);
  return copyOf(found);
}

describe.each(Object.keys(plans))("the run %s", (name) => {
  it("as it was has nothing to find", async () => {
    const { findings, leftOut } = auditOf(await evidence(name));
    expect([findings, leftOut]).toEqual([[], []]);
  });
});

describe.each([
  ["the journal", inTheJournal],
  ["the venue's tape", atTheVenue],
  ["the result", inTheResult],
] as const)("falsified in %s", (_where, mutations) => {
  it.each(mutations)("%s (%s): found under %s", async (_what, name, invariant, falsify) => {
    const falsified = await evidence(name);
    falsify(falsified);
    expect(auditOf(falsified).findings.map((finding) => finding.invariant)).toContain(invariant);
  });
});

/** What those falsify who ask for no rows. */
const figures = inTheResult.filter(([what]) => !/of an order$|of a fill|a row|the ledger/.test(what));

describe("the figures of a run whose rows nobody is told", () => {
  it("as they were have nothing to find, and fewer things are looked at", async () => {
    const all = await evidence("grid");
    const [whole, lean] = [auditOf(all), auditOf(withoutRows(all))];
    expect([lean.findings, lean.leftOut]).toEqual([[], []]);
    expect(lean.checks).toBeLessThan(whole.checks);
  });

  it.each(figures)("%s falsified (%s): found under %s", async (_what, name, invariant, falsify) => {
    const falsified = await evidence(name);
    falsify(falsified);
    expect(auditOf(withoutRows(falsified)).findings.map((finding) => finding.invariant)).toContain(invariant);
  });
});

it("every invariant that the auditor knows is found broken by one of these", () => {
  // A chain is a journal's own: tests/journal/audit/chain.test.ts.
  const broken = new Set<string>(["I-41"].concat([...inTheJournal, ...atTheVenue, ...inTheResult].map(([, , invariant]) => invariant)));
  expect(Object.keys(auditedInvariants).filter((id) => !broken.has(id))).toEqual([]);
});
