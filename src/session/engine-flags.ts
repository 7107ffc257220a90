// Settings of V8 under which the core runs fastest. They hold for a whole process, so programs that run long ask
// for them; the library never does. Nothing that is computed depends on them.

import { setFlagsFromString } from "node:v8";

/** To be called before the core has been compiled. What each setting is worth stands in bench/README.md. */
export function setEngineFlags(): void {
  // The road of an order is many small functions in many files: nine times the usual budget, twice the usual end of all
  // budgets, and larger functions, small and other, let V8 join them.
  setFlagsFromString("--max-inlined-bytecode-size-absolute=10000");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=8000");
  setFlagsFromString("--max-inlined-bytecode-size=1000");
  setFlagsFromString("--max-inlined-bytecode-size-small=100");
  setFlagsFromString("--max-optimized-bytecode-size=120000");
  // V8 14 checks each sum of integers beyond 32 bits for exactness in 16 instructions; float64 is exact there anyway.
  if (Number.parseInt(process.versions.v8, 10) >= 14) setFlagsFromString("--no-additive-safe-int-feedback");
}
