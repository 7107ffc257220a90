// Mistakes in what a scenario does to its process. Lines and columns are counted by hand in the base scenario of workspace.ts:
// its steps stand in line 12, from column 12 on.

import type { BadCase } from "./bad-plans.ts";

const step = (text: string) => `"steps": [${text}]`;

export const badProcess: readonly BadCase[] = [
  [
    "a crash without a phase",
    '"steps": []',
    step('{ "at": { "order": "entry#1" }, "do": "kill" }'),
    "12:21 bad_value",
    "steps[0].at: this object needs a phase: where of this the process dies",
    null,
  ],
  [
    "a crash at two places",
    '"steps": []',
    step('{ "at": { "order": "entry#1", "timer": 1, "phase": "sent" }, "do": "kill" }'),
    "12:52 bad_value",
    "needs exactly one of bar, order, cancel, timer, commit, here: order, timer",
    null,
  ],
  [
    "an order that has no number",
    '"steps": []',
    step('{ "at": { "order": "entry", "phase": "sent" }, "do": "kill" }'),
    "12:32 bad_value",
    'steps[0].at.order: "entry" is no order: write "entry#1", the first entry',
    null,
  ],
  [
    "a phase of an order at a timer",
    '"steps": []',
    step('{ "at": { "timer": 1, "phase": "filled" }, "do": "kill" }'),
    "12:44 bad_value",
    'steps[0].at.phase: "filled" is a phase of an order',
    null,
  ],
  [
    "a downtime of the operator's switch",
    '"steps": []',
    step('{ "at": { "bar": 0 }, "do": "kill", "downtime": "5m" }'),
    "12:61 bad_value",
    'steps[0].downtime: "5m" says nothing of the operator\'s switch',
    null,
  ],
  [
    "a downtime in no unit",
    '"steps": []',
    step('{ "at": { "bar": 0 }, "do": "restart", "downtime": "5" }'),
    "12:64 bad_value",
    'steps[0].downtime: "5" is no length of time: write "500ms", "90s", "5m", "2h" or "1d"',
    null,
  ],
  [
    "a reason for a crash",
    '"steps": []',
    step('{ "at": { "timer": 1, "phase": "sent" }, "do": "kill", "text": "why" }'),
    "12:76 bad_step",
    "steps[0].text: nobody gives a reason for a crash",
    null,
  ],
  [
    "a restart beyond the last bar",
    '"steps": []',
    step('{ "at": { "bar": 9 }, "do": "restart", "downtime": "5m" }'),
    "12:30 step_beyond_bars",
    "HYPE/USDC:USDC has no bar 9",
    "its last bar is 1",
  ],
  [
    "a parameter over a restart that the strategy does not know",
    '"steps": []',
    step('{ "at": { "bar": 1 }, "do": "restart", "downtime": "5m", "params": { "action": [] } }'),
    "12:82 unknown_parameter",
    'scripted has no parameter "action"',
    'did you mean "actions"?',
  ],
];
