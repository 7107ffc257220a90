// What a call comes to, as one value to compare: its result, or the code of the typed error that it throws.

import { SeatrialError } from "../../src/domain/index.ts";

/** Anything else than a SeatrialError is a defect and goes on. */
export function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof SeatrialError) return error.code;
    throw error;
  }
}
