// The streams and the environment of one command, gathered in one place so that tests can give their own. Holds no
// policy on what is printed where.

import type { ProgressStream } from "../report/terminal/progress.ts";
import { takesColours } from "../report/terminal/paint.ts";

export interface OutputStream extends ProgressStream {
  readonly colours: boolean;
}

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a renderer in another thread must know of a stream. */
export interface StreamTraits {
  readonly width: number;
  readonly colours: boolean;
}

/** Columns where nobody can tell: wide enough that a log keeps a table's row on one line. */
const defaultWidth = 120;

export function traitsOf(stream: OutputStream): StreamTraits {
  const columns = stream.columns ?? 0;
  return { width: columns > 0 ? columns : defaultWidth, colours: stream.colours };
}

/** The process's own streams. */
export function processIo(): Io {
  return { stdout: outputOf(process.stdout), stderr: outputOf(process.stderr), env: process.env };
}

function outputOf(stream: NodeJS.WriteStream): OutputStream {
  // The reader of a pipe may leave early (`seatrial … | head`): that is its right and no error of ours.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    isTTY: stream.isTTY,
    columns: stream.columns,
    colours: takesColours(stream),
    write: (text) => stream.write(text),
  };
}
