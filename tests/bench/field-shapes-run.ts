// Program of field-shapes.test.ts: both workloads, and one field that outgrows a small integer, by which the test knows that it would see one.

import { benchBars } from "../../src/bench/generator.ts";
import { benchDcaLadder, benchEmaCross } from "../../src/bench/strategies.ts";
import { benchPlan } from "../../src/bench/workloads.ts";
import { SimulatedSession } from "../../src/session/index.ts";

class Outgrown {
  outgrown = 0;
}

const control = new Outgrown();
control.outgrown = 0.5;

const series = benchBars(2_000);
for (const strategy of [benchEmaCross, benchDcaLadder]) new SimulatedSession(benchPlan(strategy, series)).run();
