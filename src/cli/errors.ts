// How an error leaves the program: one line on stderr, or one JSON object on stdout. A stack only for those who ask.

import type { ExitCode, SeatrialError } from "../domain/errors.ts";
import { oneLine, seatrialErrorOf } from "../report/outcome.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { errorObject } from "../report/result.ts";
import { traitsOf, type Io } from "./io.ts";

/** Prints anything that was thrown, with the line of the file that it names. @returns its exit code; 2 for what is no typed error */
export async function printError(thrown: unknown, target: { readonly json: boolean; readonly io: Io }): Promise<ExitCode> {
  const error = seatrialErrorOf(thrown);
  const { io } = target;
  if (target.json) io.stdout.write(`${JSON.stringify({ error: errorObject(error) })}\n`);
  else io.stderr.write(`seatrial: ${oneLine(error.message)}\n${await lineText(error, io)}`);
  if (wantsStack(io.env)) io.stderr.write(`${stackOf(error)}\n`);
  return error.exitCode;
}

async function lineText({ place }: SeatrialError, { stderr }: Io): Promise<string> {
  if (place.line === null) return "";
  const [{ excerptOf }, { excerptLines }] = await Promise.all([
    import("../report/terminal/excerpt-read.ts"),
    import("../report/terminal/excerpt.ts"),
  ]);
  const excerpt = await excerptOf(place);
  const { width, colours } = traitsOf(stderr);
  return excerpt === null ? "" : `${excerptLines(excerpt, { width, paint: paintOf(colours) }).join("\n")}\n`;
}

/** SEATRIAL_DEBUG=1 asks for stacks. */
export function wantsStack(env: Io["env"]): boolean {
  return env["SEATRIAL_DEBUG"] === "1";
}

/** Stack of an error and of what caused it. */
export function stackOf(error: SeatrialError): string {
  const { cause } = error;
  const causes = cause instanceof Error ? `\ncaused by ${cause.stack ?? cause.message}` : "";
  return `${error.stack ?? error.message}${causes}`;
}
