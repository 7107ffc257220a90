// Schema of the steps that are done to the process: it dies at a place of its own life, is started again, sleeps, meets a
// second one, loses its disk. `kill` at a bar is the operator's switch; at an order, a timer or a commit it is the crash.

import * as z from "zod";

import { journalDamages } from "../session/index.ts";
import { leg, object, positiveDecimal, symbol, family } from "./schema-values.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "90s", "5m": out come milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, { error: 'is no length of time: write "500ms", "90s", "5m", "2h" or "1d"' })
  .transform((text) => Number.parseInt(text, 10) * (unitMs[text.replace(/^\d+/, "")] ?? 0));

const text = z.string().max(200).default("").describe("The operator's reason, kept in the journal.");

const atBar = object({
  bar: z.int().min(0).describe("0-based row in the symbol's finest series; the step takes effect before that bar's open."),
  symbol: symbol.optional().describe("Whose bars are counted. Default: the step's symbol, else the first market."),
}).describe("When.");

const orderName = z
  .string()
  .regex(new RegExp(`^(?:${family.options.join("|")})#[1-9]\\d{0,5}$`), { error: 'is no order: write "entry#1", the first entry' })
  .transform((name) => {
    const [word = "", number = ""] = name.split("#");
    return { family: family.parse(word), number: Number(number) };
  });

const phases = ["planned", "journaled", "sent", "answered", "acknowledged", "filled"] as const;
const places = ["bar", "order", "cancel", "timer", "commit"] as const;

const killAt = object({
  bar: z.int().min(0).optional().describe("The operator's kill switch at this bar: no crash."),
  order: orderName.optional().describe('The first entry: "entry#1", counted for each market and leg.'),
  cancel: orderName.optional().describe("The first cancel of this order."),
  timer: z.int().min(1).optional().describe("The n-th timer that goes off."),
  commit: z.int().min(1).optional().describe("The n-th commit of the session."),
  recovery: z.int().min(1).optional().describe("With commit: counted from the n-th time that the process came back."),
  effects: z.int().min(0).optional().describe("With a commit that is sent: after so many of its effects. Default: all."),
  symbol: symbol.optional().describe("With a bar: whose bars. With an order or a cancel: its market. Default: every one."),
  leg: leg.optional().describe("With an order or a cancel: its leg. Default: either."),
  phase: z
    .enum(phases)
    .optional()
    .describe(
      "planned: the runner has answered and nothing is durable; journaled: all is durable and nothing sent; sent: this was sent. Of an order: answered: the venue's first answer was handled and is not durable; acknowledged, filled: the acknowledgement, the first fill is durable and nothing that it led to was sent.",
    ),
})
  .describe("When.")
  .check((ctx) => {
    const at = ctx.value;
    const say = (message: string, ...path: string[]) => ctx.issues.push({ code: "custom", message, path, input: at });
    const given = places.filter((place) => at[place] !== undefined);
    if (given.length !== 1) return void say(`needs exactly one of ${places.join(", ")}, here: ${given.join(", ") || "none"}`, ...given.slice(1, 2));
    if (at.bar === undefined && at.phase === undefined) say("needs a phase: where of this the process dies");
    if (at.bar !== undefined && at.phase !== undefined) say("says nothing at a bar", "phase");
    const ofOrder = at.phase === "answered" || at.phase === "acknowledged" || at.phase === "filled";
    if (ofOrder && at.order === undefined) say("is a phase of an order", "phase");
    if (at.recovery !== undefined && at.commit === undefined) say("needs a commit", "recovery");
    if (at.effects !== undefined && (at.commit === undefined || at.phase !== "sent")) say('needs a commit that is "sent"', "effects");
    if (at.leg !== undefined && at.order === undefined && at.cancel === undefined) say("needs an order or a cancel", "leg");
  });

export const processSteps = [
  object({
    do: z.literal("kill").describe("At a bar: the operator's kill switch. At an order, a cancel, a timer or a commit: the process dies there."),
    at: killAt,
    text,
    downtime: duration.optional().describe('How long the process is gone: "5m". Default: "0s", it is back at once. Only of a crash.'),
  }).refine((step) => step.downtime === undefined || step.at.bar === undefined, {
    error: "says nothing of the operator's switch",
    path: ["downtime"],
  }),
  object({
    do: z.literal("restart").describe("The process dies before the bar's open and comes back after a downtime."),
    at: atBar,
    downtime: duration.describe('How long it is gone: "5m"; "0s": it is back at once.'),
    changed: z
      .enum(["configuration", "code"])
      .optional()
      .describe("What was edited meanwhile. Default: nothing, or the configuration where there are params."),
    params: z.record(z.string(), z.unknown()).optional().describe("Parameters of the strategy from here on, laid over the scenario's."),
  }),
  object({
    do: z.literal("freeze").describe("The process is stopped and does not know it; what it is told waits."),
    at: atBar,
    length: duration.describe('For how long: "10m".'),
  }),
  object({
    do: z.literal("second_runner").describe("Another process of this bot signs in on the account, with a higher epoch, and sends a market order."),
    at: atBar,
    symbol: symbol.optional().describe("The market. Default: the symbol in at, else the first market."),
    leg: leg.optional().describe("Default: NET in one-way mode; needed in hedge mode."),
    quantity: positiveDecimal.describe("Of its order."),
  }),
  object({
    do: z.literal("journal_fault").describe("From this bar on something is wrong with the journal."),
    at: atBar,
    fault: z
      .enum(["disk_full", "io_error", ...journalDamages])
      .describe(
        "disk_full: what reduces risk is still kept, from the space held back for it. io_error: nothing can be written. The others are found by the next start, which they end: damaged: a record is; older_copy: an older copy stands in its place; snapshot_damaged; snapshot_ahead: its snapshot is of a commit that it does not have.",
      ),
  }),
] as const;
