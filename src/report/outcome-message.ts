// An outcome as it travels between threads: plain data, errors taken apart and put together again. It must never lose what an
// error says, its place or its stack.

import { SeatrialError, type ExitCode, type Place } from "../domain/index.ts";
import type { Outcome, RunFigures } from "./outcome.ts";

interface ErrorMessage {
  readonly code: string;
  readonly reason: string;
  readonly hint: string | null;
  readonly exitCode: ExitCode;
  readonly place: Place;
  readonly stack: string | null;
  readonly cause: { readonly name: string; readonly message: string; readonly stack: string | null } | null;
}

/** What a thread sends of one scenario. */
export interface OutcomeMessage {
  readonly outcome: Omit<Outcome<RunFigures>, "error">;
  readonly error: ErrorMessage | null;
}

export function packOutcome({ error, ...outcome }: Outcome<RunFigures>): OutcomeMessage {
  return { outcome, error: error === null ? null : packError(error) };
}

export function unpackOutcome({ outcome, error }: OutcomeMessage): Outcome<RunFigures> {
  return { ...outcome, error: error === null ? null : unpackError(error) };
}

function packError({ code, reason, hint, exitCode, place, stack, cause }: SeatrialError): ErrorMessage {
  const known = cause instanceof Error ? { name: cause.name, message: cause.message, stack: cause.stack ?? null } : null;
  return { code, reason, hint, exitCode, place, stack: stack ?? null, cause: known };
}

function unpackError({ code, reason, hint, exitCode, place, stack, cause }: ErrorMessage): SeatrialError {
  const known = cause === null ? undefined : Object.assign(new Error(cause.message), { name: cause.name, stack: cause.stack ?? cause.message });
  const error = new SeatrialError({ code, reason, exitCode, place, cause: known, ...(hint === null ? {} : { hint }) });
  if (stack !== null) error.stack = stack;
  return error;
}
