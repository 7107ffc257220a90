// The first run of a process: what one `simulate` sees, under the settings of V8 that it runs with. Prints its milliseconds.

import { benchBars } from "./generator.ts";
import { coldTimeOf, type WorkloadName } from "./measure.ts";

const [, , name = "", bars = ""] = process.argv;
process.stdout.write(String(coldTimeOf(name as WorkloadName, benchBars(Number(bars)))));
