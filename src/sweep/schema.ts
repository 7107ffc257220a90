// Schema of a sweep file: which parameters of which scenarios are tried under which fill assumptions, and what counts as good. It
// checks shapes; what needs the scenarios and their strategies is checked by the loader.

import * as z from "zod";

import { fillSettings, notFillSettings, object, presetSchema } from "../scenario/index.ts";
import { metricNames } from "./metrics.ts";

/** More trials than this are a mistake in the file, not a plan. */
export const maxTrials = 100_000;
const maxCount = { error: `is more than the ${maxTrials} trials of a sweep` };

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: "is neither a text, a number, true, false nor null" });

const range = object({
  min: z.number().describe("Smallest value."),
  max: z.number().describe("Largest value."),
  step: z.number().positive().optional().describe("Distance of the values: min, min + step, …; min 5 and step 5 stay whole numbers."),
  levels: z.int().min(2).max(1_000).optional().describe("Instead of a step: so many values, evenly spaced, both ends included."),
  scale: z
    .enum(["linear", "log"])
    .default("linear")
    .describe("log: evenly spaced in their logarithm, for sizes and periods over several magnitudes."),
})
  .refine(({ min, max }) => min < max, { error: "has no room between min and max", path: ["max"] })
  .refine(({ min, scale }) => scale !== "log" || min > 0, { error: "must be above 0 on a log scale", path: ["min"] })
  .refine(({ step, levels }) => step === undefined || levels === undefined, { error: "stands beside step: give one of them", path: ["levels"] })
  .refine(({ step, scale }) => step === undefined || scale === "linear", { error: "is for a linear scale: give levels", path: ["step"] });

const values = z
  .array(z.union([scalar, z.array(z.unknown()), z.record(z.string(), z.unknown())]))
  .min(1)
  .max(1_000);

const dimension = z.union([values, range], { error: 'is neither a list of values nor a range {"min": …, "max": …}' });

const sampled = object({ count: z.int().min(1).max(maxTrials, maxCount).describe("Points.") });

const metric = z.enum(metricNames as [string, ...string[]]).describe("A figure of a trial; docs/sweeps.md says what each is.");

const constraint = object({
  metric,
  min: z.number().optional().describe("Least value that is allowed."),
  max: z.number().optional().describe("Largest value that is allowed."),
}).refine(({ min, max }) => min !== undefined || max !== undefined, { error: "needs min, max or both" });

const objective = object({
  metric: metric.default("profit"),
  goal: z.enum(["maximise", "minimise"]).default("maximise").describe("Which direction is better."),
  across: z
    .enum(["mean", "worst", "median"])
    .default("mean")
    .describe(
      "How the values of one point in several scenarios and fills become one. Default: mean. Scenarios of unequal size want a share, not an amount.",
    ),
  constraints: z.array(constraint).default([]).describe("A point that breaks one in any of its trials is not chosen."),
});

const bars = z.int().min(1).max(100_000_000);

const walkForward = object({
  mode: z
    .enum(["rolling", "anchored"])
    .default("rolling")
    .describe("rolling: train windows of one length; anchored: each begins at the first bar and the train windows grow."),
  trainBars: bars.describe("Bars of the first train window, of the first market's finest series."),
  testBars: bars.describe("Bars of a test window; it follows its train window directly."),
  stepBars: bars.optional().describe("From one window to the next. Default: testBars, so that tests stand side by side."),
  leadInBars: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe("Bars before each window that only warm up the indicators: the strategy may not order in them."),
}).refine(({ testBars, stepBars }) => stepBars === undefined || stepBars >= testBars, {
  error: "is less than testBars: test windows would overlap",
  path: ["stepBars"],
});

const word = /^[A-Za-z][A-Za-z0-9 ._+-]{0,39}$/;

export const sweepSchema = object({
  $schema: z.string().optional().describe("Path of this schema, for editors."),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, { error: "is no name: letters, digits, space, dot, dash and underscore, at most 80" })
    .describe("Name of the sweep; its results are filed under it."),
  why: z.string().max(2_000).default("").describe("What the sweep asks, in a sentence."),
  seed: z.int().min(0).default(1).describe("Seed of the points and of every trial: a trial's own seed follows from it and the trial's number."),
  scenarios: z.array(z.string().min(1)).min(1).max(1_000).describe("Scenario files, relative to this file. Each point runs in each."),
  parameters: z
    .record(z.string().min(1).max(200), dimension)
    .refine((all) => Object.keys(all).length > 0, { error: 'is empty: write {"fast": [5, 10, 20]}' })
    .refine((all) => Object.keys(all).length <= 32, { error: "has more than 32 dimensions" })
    .describe('Parameters of the strategy: a list of values, or a range. A path leads into objects and lists: "exits.stop", "steps.0".'),
  method: z
    .union(
      [
        z.literal("grid"),
        object({ random: sampled.describe("Points drawn one by one, each value by itself.") }),
        object({ latinHypercube: sampled.describe("Points of which each value's range is cut into as many strata, one point in each.") }),
      ],
      { error: 'is neither "grid", {"random": {"count": …}} nor {"latinHypercube": {"count": …}}' },
    )
    .default("grid")
    .describe("How points are taken from the parameters. grid: every combination."),
  fills: z
    .record(
      z.string().regex(word, { error: "is no name: a letter, then letters, digits and a few signs, at most 40" }),
      z.union([presetSchema, fillSettings], { error: notFillSettings }),
    )
    .refine((all) => Object.keys(all).length > 0, { error: 'is empty: write {"as written": {}}' })
    .default({ "as written": {} })
    .describe("Fill assumptions by a name of yours: a preset in place of the scenario's, or settings laid over the scenario's own."),
  walkForward: walkForward.optional().describe("Trains on windows and judges the best of each on the bars behind it. Absent: whole runs."),
  objective: objective.default({ metric: "profit", goal: "maximise", across: "mean", constraints: [] }).describe("What counts as good."),
});
export type SweepInput = z.output<typeof sweepSchema>;
export type DimensionInput = SweepInput["parameters"][string];
export type Objective = SweepInput["objective"];
export type WalkForward = NonNullable<SweepInput["walkForward"]>;

/** The JSON Schema (draft 2020-12) of sweep files, as published in scenarios/sweep.schema.json. */
export function sweepJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(sweepSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "Seatrial sweep", description: "A sweep that seatrial sweep runs. docs/sweeps.md explains it." };
}
