// Prints the run hash of one fixed session: a child process of run-hash.test.ts runs it in another time zone and language.

import { simulate } from "../../src/session/index.ts";
import { busyPlan } from "./busy-plan.ts";

process.stdout.write(`${simulate(busyPlan()).runHash}\n`);
