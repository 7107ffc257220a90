// The limit of a whole process: W1 by hand over columns out of a file. Prints the number of fills, as the program that it is
// measured against does in its own way.

import { readRawByHand } from "./limit-files.ts";
import { limitW1 } from "./limits.ts";

const [, , path = ""] = process.argv;
const [, open, high, low, close] = readRawByHand(path) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
process.stdout.write(`${limitW1({ open, high, low, close }, new Float64Array(close.length)).fills}\n`);
