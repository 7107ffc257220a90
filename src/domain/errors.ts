// Typed errors. Every error that a user can meet carries a code, a reason, a hint and the exit code of the CLI.

/** Exit codes of every command; of several results the worst wins, in the order 130 > 3 > 2 > 1 > 0. */
export const ExitCode = { ok: 0, dependency: 1, run: 2, input: 3, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Where in a file an input error stands; lines and columns are 1-based, null where unknown. */
export interface Place {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ErrorDetails {
  readonly code: string;
  readonly reason: string;
  readonly hint?: string;
  readonly exitCode?: ExitCode;
  readonly place?: Partial<Place>;
  readonly cause?: unknown;
}

/** The one error class that crosses room borders. `message` is one printable line: place, reason, hint. */
export class SeatrialError extends Error {
  declare readonly code: string;
  declare readonly reason: string;
  declare readonly hint: string | null;
  declare readonly exitCode: ExitCode;
  declare readonly place: Place;

  constructor(details: ErrorDetails) {
    const place = {
      file: details.place?.file ?? null,
      line: details.place?.line ?? null,
      column: details.place?.column ?? null,
    };
    super(printLine(place, details.reason, details.hint), { cause: details.cause });
    this.name = "SeatrialError";
    this.code = details.code;
    this.reason = details.reason;
    this.hint = details.hint ?? null;
    this.exitCode = details.exitCode ?? ExitCode.input;
    this.place = place;
  }

  /** The machine form, `{code, file, line, column, reason, hint}`. */
  toJSON(): Record<string, string | number | null> {
    return { code: this.code, ...this.place, reason: this.reason, hint: this.hint };
  }

  /** The same error with a place filled in where it had none; a line of another file than its own is none of its lines. */
  at(place: Partial<Place>): SeatrialError {
    if (this.place.file !== null && place.file !== undefined && place.file !== this.place.file) return this;
    return new SeatrialError({
      code: this.code,
      reason: this.reason,
      exitCode: this.exitCode,
      cause: this.cause,
      ...(this.hint === null ? {} : { hint: this.hint }),
      place: {
        file: this.place.file ?? place.file ?? null,
        line: this.place.line ?? place.line ?? null,
        column: this.place.column ?? place.column ?? null,
      },
    });
  }
}

function printLine(place: Place, reason: string, hint: string | undefined): string {
  let where = "";
  if (place.file !== null) {
    where = place.file;
    if (place.line !== null) where += `:${place.line}`;
    if (place.column !== null) where += `:${place.column}`;
    where += ": ";
  }
  return hint === undefined ? where + reason : `${where}${reason} (${hint})`;
}

/** A broken invariant of our own: always a defect or a lie of a venue, never bad user input. Exit code 2. */
export class InvariantError extends SeatrialError {
  constructor(invariant: string, reason: string) {
    super({ code: invariant, reason, exitCode: ExitCode.run, hint: "this is a defect: please report it with the scenario file and its seed" });
    this.name = "InvariantError";
  }
}

/** Assertions stay on in every mode. The message is built only when the check fails. */
export function assert(condition: boolean, invariant: string, reason: () => string): asserts condition {
  if (!condition) throw new InvariantError(invariant, reason());
}
