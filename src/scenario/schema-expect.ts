// Schema of expectations: what a scenario says must be found in the journal. One key an expectation; a filter that is
// absent matches everything.

import * as z from "zod";

import { reasons, type Reason } from "../domain/index.ts";
import { decimal, decimalMatch, family, integerMatch, leg, liquidity, object, orderType, rowStatus, side, symbol } from "./schema-values.ts";

const reason = z.enum(reasons as unknown as [Reason, ...Reason[]]).meta({ id: "reason" });

const count = integerMatch.optional().describe("How many match: exactly this many, or {min, max}. Absent: at least one.");
const bar = integerMatch.optional().describe("Row in the symbol's finest series; -1 before the first bar.");
const bySymbol = symbol.optional().describe("Only this market.");
const byLeg = leg.optional().describe("Only this leg.");
const byFamily = family.optional().describe("Only this family.");
const bySide = side.optional().describe("Only this side.");

const orderExpectation = object({
  family: byFamily,
  symbol: bySymbol,
  side: bySide,
  leg: byLeg,
  type: orderType.optional().describe("Only this order type."),
  status: rowStatus.optional().describe("Only orders that ended, or stand, in this status."),
  reason: reason.optional().describe("Only orders with this reason."),
  price: decimalMatch.optional().describe("Limit price."),
  trigger: decimalMatch.optional().describe("Trigger price."),
  quantity: decimalMatch.optional().describe("Ordered quantity."),
  reduceOnly: z.boolean().optional().describe("Only reduce-only orders, or only others."),
  code: z.string().optional().describe('Only orders that the venue refused with this code: "-2021".'),
  ccxtClass: z.string().optional().describe('Only orders whose refusal ccxt throws as this class: "InsufficientFunds".'),
  bar,
  count,
});

const fillExpectation = object({
  family: byFamily,
  symbol: bySymbol,
  side: bySide,
  leg: byLeg,
  liquidity: liquidity.optional().describe("Only this side of the book."),
  price: decimalMatch.optional().describe("Price of the fill."),
  quantity: decimalMatch.optional().describe("Quantity of one fill."),
  fee: decimalMatch.optional().describe("Fee of one fill; a rebate is negative."),
  feeCurrency: z.string().optional().describe("Only fees in this currency."),
  bar,
  count,
});

const skippedExpectation = object({ family: byFamily, symbol: bySymbol, reason: reason.optional().describe("Why it was refused."), bar, count });

const syncedExpectation = object({
  symbol: bySymbol,
  leg: byLeg,
  status: z.enum(["SYNCED", "REVERTED"]).optional().describe("Only this kind of row."),
  reason: reason.optional().describe("Why the book was brought in line."),
  quantity: decimalMatch.optional().describe("Quantity of the row."),
  bar,
  count,
});

const alertExpectation = object({
  level: z.enum(["info", "warning", "error"]).optional().describe("Only this level."),
  text: z.string().min(1).optional().describe("Text that the alert contains."),
  bar,
  count,
});

const ledgerExpectation = object({
  symbol: bySymbol,
  leg: byLeg,
  bar,
  count,
  gross: decimalMatch.optional().describe("Sum of the realised P&L before fees over the matching lines."),
  net: decimalMatch.optional().describe("Sum of the realised P&L after fees over the matching lines."),
});

const routeExpectation = object({
  family: byFamily,
  symbol: bySymbol,
  side: bySide,
  leg: byLeg,
  route: z.enum(["limit-patience", "twap"]).optional().describe("Only intents worked by this route."),
  reason: reason.optional().describe("Why it ended; `filled`: all of it."),
  quantity: decimalMatch.optional().describe("Of the whole intent."),
  filled: decimalMatch.optional().describe("What its orders filled."),
  slices: integerMatch.optional().describe("Slices that were planned."),
  orders: integerMatch.optional().describe("Orders that were sent."),
  bar,
  endBar: integerMatch.optional().describe("Bar of its end."),
  count,
});

const fundingExpectation = object({
  symbol: bySymbol,
  leg: byLeg,
  rate: decimalMatch.optional().describe("Rate of the payment."),
  mark: decimalMatch.optional().describe("Price that it was computed at."),
  source: z.enum(["mark", "last"]).optional().describe("Only payments at a mark price, or at the last traded one."),
  bar,
  count,
  amount: decimalMatch.optional().describe("Sum of the matching payments; positive = received."),
});

const liquidationExpectation = object({
  symbol: bySymbol,
  leg: byLeg,
  side: bySide,
  price: decimalMatch.optional().describe("Price of the close."),
  quantity: decimalMatch.optional().describe("Quantity of one close."),
  fee: decimalMatch.optional().describe("Clearance fee of one close."),
  insurance: decimalMatch.optional().describe("What the insurance fund took; negative: what it paid."),
  takeover: z.boolean().optional().describe("Only positions that the venue took over, or only others."),
  bar,
  count,
});

const unprotectedExpectation = object({
  symbol: bySymbol,
  leg: byLeg,
  exit: z.enum(["stop", "take_profit"]).optional().describe("Only stops, or only take-profits of a stale size."),
  price: decimalMatch.optional().describe("Where the exit would have closed."),
  quantity: decimalMatch.optional().describe("What stayed open for want of it."),
  bar,
  count,
  cost: decimalMatch.optional().describe("Sum of the costs of the matching bars; negative: the result is flattered by it."),
});

const restartExpectation = object({
  epoch: integerMatch.optional().describe("Of the process that came back; the first process of a session is 1."),
  changed: z.enum(["configuration", "code"]).optional().describe("Only of a process that came back with something edited."),
  missedBars: integerMatch.optional().describe("Bars of the first market that closed while it was gone."),
  reconciled: z.enum(["done", "blocked"]).optional().describe("How its comparison with the venue ended."),
  bar,
  count,
});

const metricExpectation = object({
  name: z.enum(["orders", "fills", "rejected", "canceled", "skipped", "unknown", "fees", "realizedPnl", "maxDrawdown"]).describe("Which metric."),
  currency: z.string().min(1).optional().describe("For fees: in which currency; needed there."),
  equals: decimal.optional().describe("The exact value."),
  min: decimal.optional().describe("Smallest value that passes."),
  max: decimal.optional().describe("Largest value that passes."),
}).check((ctx) => {
  const { name, currency, equals, min, max } = ctx.value;
  const say = (message: string) => ctx.issues.push({ code: "custom", message, input: ctx.value });
  if (equals === undefined && min === undefined && max === undefined) say("needs equals, min or max");
  if ((name === "fees") !== (currency !== undefined)) say(name === "fees" ? "needs the currency of the fees" : `has a currency, ${name} has none`);
});

const legPosition = object({
  symbol: symbol.describe("The market."),
  leg: leg.optional().describe("One leg. Default: the signed sum of the market's legs."),
  position: decimalMatch.describe("Signed quantity."),
});

const finalExpectation = object({
  position: z
    .union([decimalMatch, legPosition, z.array(legPosition).min(1)], { error: "is neither a quantity nor {symbol, leg, position}" })
    .optional()
    .describe('The signed sum of all legs ("0" is flat), or one leg, or a list of legs.'),
  openOrders: integerMatch.optional().describe("Orders that are still open."),
  equity: decimalMatch.optional().describe("Equity in the settlement currency at the last close."),
  balance: z.record(z.string(), decimalMatch).optional().describe('Total balances: {"USDC": "1001.9296"}.'),
});

const envelopeEnd = object({
  equity: decimalMatch.optional().describe("Equity at its end."),
  choices: integerMatch.optional().describe("Bars in which it takes another answer than the main world."),
  confirmed: z.boolean().optional().describe("A whole run had this end."),
});

const envelopeExpectation = object({
  worst: envelopeEnd.optional().describe("The worst world that was found."),
  best: envelopeEnd.optional().describe("The best world that was found."),
  bars: integerMatch.optional().describe("Bars whose outcome depends on what they leave open."),
  worlds: integerMatch.optional().describe("Worlds that were run."),
  unexplored: integerMatch.optional().describe("Choices that were met and not tried."),
  exact: z.boolean().optional().describe("Every world was run: best and worst are the extremes."),
});

/** What must never be found; each can be checked from the rows and the bars alone. */
export const neverNames = [
  "duplicate-order",
  "order-after-halt",
  "risk-increase-while-stopped",
  "fill-outside-bar",
  "fill-without-volume",
  "fill-beyond-limit",
  "fill-without-order",
  "overfill",
  "unresolved-outcome",
  "unsettled-end",
  "strategy-differs",
  "invariant-violation",
  "halt",
  "liquidation",
] as const;
export type NeverName = (typeof neverNames)[number];

const neverText = [
  "duplicate-order: two orders with one client id.",
  "order-after-halt: an order sent after the session stopped.",
  "risk-increase-while-stopped: an entry or dca order between stop_new_orders or kill and resume.",
  "fill-outside-bar: a price the bar did not have.",
  "fill-without-volume: in a bar in which nothing was traded.",
  "fill-beyond-limit: worse than the order's limit.",
  "fill-without-order: a fill of an order that was not sent.",
  "overfill: more filled than ordered, and no position of the venue that confirms it.",
  "unresolved-outcome: an order that ends UNKNOWN or QUARANTINED.",
  "unsettled-end: at the end an order or a comparison with the venue whose outcome is open, without a stop or a quarantine that says why.",
  "strategy-differs: told again after a restart of what is over, a strategy answered otherwise than it had.",
  "invariant-violation: a violated invariant.",
  "halt: the session stopped before its last bar.",
  "liquidation: the venue closed a position for want of margin.",
].join(" ");
const never = z.enum(neverNames).describe(neverText);

const forms = {
  order: orderExpectation.optional().describe("Orders that were sent."),
  fill: fillExpectation.optional().describe("Executions."),
  skipped: skippedExpectation.optional().describe("Intents refused before they became orders."),
  synced: syncedExpectation.optional().describe("The book brought in line with the venue without a trade of ours."),
  alert: alertExpectation.optional().describe("Alerts."),
  ledger: ledgerExpectation.optional().describe("Lines of the P&L ledger."),
  route: routeExpectation.optional().describe("Intents that were worked by a route."),
  funding: fundingExpectation.optional().describe("Funding payments."),
  liquidation: liquidationExpectation.optional().describe("Positions that the venue closed for want of margin; a run with one fails without this."),
  unprotected: unprotectedExpectation.optional().describe("Bars in which an exit that answers a fill was reached before it was live."),
  restart: restartExpectation.optional().describe("Processes that died and came back."),
  metric: metricExpectation.optional().describe("One metric of the run."),
  final: finalExpectation.optional().describe("The account after the last bar; every key given must hold."),
  envelope: envelopeExpectation
    .optional()
    .describe('What else the bars allow, of a run with the path "envelope"; every key given must hold. All other forms speak of the main world.'),
  halt: object({ reason: reason.optional().describe("Why it stopped."), bar })
    .optional()
    .describe("The session stopped before its last bar."),
  never: never.optional(),
};
export const expectationForms = Object.keys(forms) as readonly (keyof typeof forms)[];

export const expectationSchema = object(forms).check((ctx) => {
  const given = expectationForms.filter((form) => ctx.value[form] !== undefined);
  if (given.length === 1) return;
  const message = `needs exactly one of ${expectationForms.join(", ")}, here: ${given.join(", ") || "none"}`;
  ctx.issues.push({ code: "custom", message, path: given.slice(1, 2), input: ctx.value });
});
export type Expectation = z.output<typeof expectationSchema>;
